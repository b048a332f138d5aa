"""紙の申請の言葉: how it came, what was shown, how it was paid and told; as officers read it."""

from collections.abc import Mapping

from api.deciding.completeness import HowHandedOut
from api.paper.views import PaperTurn, ToldHow
from procedures.paper import ALONE, Arrival, Authority, Method, Proof
from procedures.texts import Language
from ui.language import translated
from ui.wording import N_

ARRIVALS: Mapping[Arrival, str] = {"online": N_("オンライン"), "counter": N_("窓口"), "post": N_("郵送")}
PROOFS: Mapping[Proof, str] = {
    "my_number_card": N_("マイナンバーカード"),
    "driving_licence": N_("運転免許証・運転経歴証明書"),
    "passport": N_("旅券（パスポート）"),
    "residence_card": N_("在留カード"),
    "permanent_resident_certificate": N_("特別永住者証明書"),
    "disability_certificate": N_("障害者手帳（写真付き）"),
    "other_with_photo": N_("その他の、官公署が発行した写真付きの証明書"),
    "health_insurance": N_("健康保険の資格確認書"),
    "pension": N_("年金手帳・基礎年金番号通知書・年金証書"),
    "care_insurance": N_("介護保険の被保険者証"),
    "other_official": N_("その他の、官公署が発行した写真のない書類"),
    "employment_card": N_("社員証"),
    "student_card": N_("学生証"),
    "bank_book": N_("預金通帳・キャッシュカード"),
    "other_private": N_("その他の、本人の名前が分かる書類"),
}
AUTHORITIES: Mapping[Authority, str] = {
    "letter_of_attorney": N_("委任状"),
    "family_register": N_("戸籍の証明書（親権者など）"),
    "guardianship": N_("後見の登記事項証明書"),
}
METHODS: Mapping[Method, str] = {
    "card": N_("クレジットカード"),
    "in_person": N_("窓口で納付"),
    "cash": N_("現金"),
    "money_order": N_("定額小為替"),
}
TOLD: Mapping[ToldHow, str] = {"letter": N_("手紙"), "telephone": N_("電話"), "in_person": N_("対面")}
HANDED_OUT: Mapping[HowHandedOut, str] = {
    "in_person": N_("窓口で渡した"),
    "post": N_("郵送した"),
}
TURNS: Mapping[PaperTurn, str] = {
    "payment": N_("手数料を受け取る"),
    "person": N_("本人の記載を確かめる"),
    "task": N_("審査・交付の作業"),
    "correction": N_("補正の回答を入力する"),
    "tell": N_("申請者に知らせる"),
    "refund": N_("手数料を返す"),
}
"""次にすること."""


def proof_groups(language: Language) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """本人確認書類: those that suffice alone, and the others."""
    named = [(proof, translated(language, name)) for proof, name in PROOFS.items()]
    return tuple(e for e in named if e[0] in ALONE), tuple(e for e in named if e[0] not in ALONE)

"""文言: the sentences behind codes: states, what happened, reasons, findings, errors.

Codes come from workflows, activities and api; here each gets words. `N_` only marks a sentence for the catalogues;
templates translate it with the `wording` filter. A code without words falls back to a sentence that is always true,
and tests/ui hold this table against the code that writes the codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from api.resident.progress import HANDING_OUT
from api.views import Action, Actor, CaseStatus, CaseView, PaymentView, TimelineEntry, VerificationView
from procedures.document import Procedure
from procedures.marks import Fault
from procedures.texts import Text

Colour = Literal["blue", "green", "orange", "red", "gray"]


def N_(sentence: str) -> str:  # noqa: N802 - the gettext convention
    return sentence


@dataclass(frozen=True)
class State:
    """状態の言葉: a label, what it means for the resident, and whose turn it is."""

    label: str
    meaning: str
    colour: Colour
    turn: Actor | None


STATES: Mapping[CaseStatus, State] = {
    "received": State(N_("受付済み"), N_("申請を受け付けました。まもなく確認を始めます。"), "blue", "counter"),
    "checking": State(
        N_("確認中"), N_("電子署名と住民記録を自動で確認しています。通常は数分で終わります。"), "blue", "counter"
    ),
    "awaiting_payment": State(
        N_("お支払い待ち"),
        N_("手数料のお支払いをお待ちしています。お支払いの後に審査へ進みます。"),
        "orange",
        "resident",
    ),
    "under_review": State(N_("審査中"), N_("担当の職員が内容を確認しています。"), "blue", "officer"),
    "awaiting_correction": State(
        N_("補正待ち"),
        N_("内容の確認または修正をお願いしています。修正されるまで、処理の期限は止まっています。"),
        "orange",
        "resident",
    ),
    "awaiting_neighbour": State(
        N_("外部システムの回答待ち"),
        N_("確認に必要な外部のシステムから回答を得られていません。自動でやり直します。受付日時は変わりません。"),
        "orange",
        "neighbour",
    ),
    "issuing": State(N_("書面を作成中"), N_("書面を作成し、電子的な公印を付けています。"), "blue", "counter"),
    "mailing": State(N_("発送準備中"), N_("書面を郵送する準備をしています。"), "blue", "officer"),
    "handing_out": State(N_("交付待ち"), N_("書面ができました。窓口でお渡しするか、郵送します。"), "blue", "officer"),
    "delivered": State(N_("完了"), N_("手続が完了しました。"), "green", None),
    "rejected": State(N_("却下"), N_("申請は認められませんでした。"), "red", None),
    "withdrawn": State(N_("取下げ済み"), N_("申請は取り下げられました。"), "gray", None),
    "lapsed": State(
        N_("期限切れで終了"), N_("期限までにお支払いが確認できなかったため、手続を終了しました。"), "gray", None
    ),
    "recalled": State(N_("取消し"), N_("取り消されました。発行した書面がある場合、その書面は無効です。"), "red", None),
}

CONFIRMING = State(
    N_("お支払いを確認中"),
    N_("お支払いの手続は終わっています。決済会社からの確認を待っています。二重に支払わないでください。"),
    "blue",
    "neighbour",
)
"""お支払いの確認中: the resident is back from the payment page, the gateway has not said that it was paid."""
CHECKING_CERTIFICATE = State(
    N_("電子証明書の確認待ち"),
    N_(
        "電子証明書が有効かどうかを認証局に問い合わせていますが、まだ答えがありません。カードの問題とは限りません。"
        "受付日時は変わらず、お手続きは不要です。自動で確認し直します。"
    ),
    "orange",
    "neighbour",
)
"""電子証明書の確認待ち: nobody can tell today whether the certificate is good; the receipt stands."""

STAGES: Mapping[str, str] = {
    "done": N_("済み"),
    "now": N_("いまここ"),
    "ahead": N_("これから"),
    "stopped": N_("ここで終了"),
    "passed_over": N_("行いません"),
}
"""段階の状態."""

TURNS: Mapping[Actor, str] = {
    "resident": N_("あなた"),
    "officer": N_("市の職員"),
    "counter": N_("自動処理"),
    "neighbour": N_("外部のシステム"),
}

ACTORS: Mapping[Actor, str] = {**TURNS, "resident": N_("申請者")}
"""経過の主体: as officers read it."""
HAPPENINGS: Mapping[Action, str] = {
    "received": N_("申請を受け付けました"),
    "entered_on_paper": N_("紙の申請を職員が入力しました"),
    "signature_checked": N_("電子署名を確認しました"),
    "register_checked": N_("住民記録を確認しました"),
    "payment_opened": N_("お支払いのページを用意しました"),
    "payment_confirmed": N_("お支払いを確認しました"),
    "payment_received": N_("手数料を職員が受け取りました"),
    "payment_disputed": N_("カード会社から支払いへの異議の連絡がありました"),
    "task_opened": N_("担当課に届きました"),
    "task_claimed": N_("担当の職員が確認を始めました"),
    "task_released": N_("担当の職員が担当を外れました"),
    "task_reassigned": N_("担当の職員が替わりました"),
    "repaired": N_("管理者が修復を指示しました"),
    "begun_again": N_("前の段階に戻って、もう一度行うことになりました"),
    "version_adopted": N_("手続の新しい版で進めることになりました"),
    "retry_requested": N_("管理者がほかのシステムへの再試行を指示しました"),
    "approved": N_("承認されました"),
    "sent_back": N_("補正をお願いしました"),
    "approved_in_part": N_("合議の一人が承認しました"),
    "returned": N_("前の段階に差し戻されました"),
    "deputy_admitted": N_("代決者も判断できるようになりました"),
    "looked_over": N_("代決を後閲しました"),
    "rejected": N_("却下されました"),
    "corrected": N_("補正を受け付けました"),
    "rejection_issued": N_("却下の通知書を作成しました"),
    "rejection_unprintable": N_("却下の通知書を印刷できませんでした。使えない文字を確かめ、書面で通知してください"),
    "answer_corrected": N_("職員が明らかな誤りを正しました"),
    "extended": N_("処理の期限を延ばしました"),
    "task_held": N_("担当の職員が保留にしました"),
    "task_resumed": N_("担当の職員が保留を解きました"),
    "officer_recused": N_("職員がこの案件から外れました"),
    "document_issued": N_("書面を作成しました"),
    "delivered": N_("書面を電子交付しました"),
    "posted": N_("書面を郵送しました"),
    "handed_out": N_("書面を窓口で渡しました"),
    "points_awarded": N_("ポイントを付与しました"),
    "registry_told": N_("住民記録の担当に引き継ぎました"),
    "withdrawal_requested": N_("取下げの申出を受け付けました"),
    "neighbour_awaited": N_("外部のシステムから回答が得られず、やり直しを待っています"),
    "reminded": N_("処理の期限が近いことを担当課に知らせました"),
    "escalated": N_("処理の期限を過ぎたことを責任者に知らせました"),
    "law_warned": N_("法律により結果が決まる日が近いことを担当課に知らせました"),
    "deemed_accepted": N_("期間内に市が決定しなかったため、法律により認められました"),
    "deemed_rejected": N_("期間内に市が決定しなかったため、法律により却下されたものとみなされました"),
    "refunded": N_("手数料を返金しました"),
    "refund_due": N_("職員が手数料を返すことになりました"),
    "points_reversed": N_("ポイントの付与を取り消しました"),
    "document_revoked": N_("書面を無効にしました"),
    "document_downloaded": N_("書面がダウンロードされました"),
    "document_printed": N_("渡す書面を職員が開きました"),
    "person_put_right": N_("申請する方の読み誤りを職員が直しました"),
    "absence_confirmed": N_("住民記録にないことを職員が確かめました"),
    "resident_told": N_("申請者に職員が知らせました"),
    "account_closed": N_("利用者登録を抹消しました"),
    "account_kept": N_("利用者登録を抹消できませんでした"),
    "message_sent": N_("メッセージが送られました"),
    "evidence_taken": N_("証拠（電子署名など）が取り出されました"),
    "note_written": N_("職員が内部メモを書きました"),
    "note_withdrawn": N_("職員が内部メモを取り下げました"),
    "opinion_asked": N_("ほかの課や外部有識者に意見を照会しました"),
    "opinion_given": N_("照会した意見が届きました"),
    "opinion_withdrawn": N_("意見の照会を取り下げました"),
    "review_form_saved": N_("職員が審査欄を保存しました"),
    "closed": N_("手続が終わりました"),
    "purged": N_("保存期間が終わったため、内容を廃棄しました"),
    "hold_placed": N_("保存期間が終わっても保存を続けることにしました"),
    "hold_lifted": N_("保存の継続を解きました"),
}
"""出来事: one sentence for each action of the audit log."""
ABOUT_A_STEP: frozenset[Action] = frozenset({
    "task_opened", "approved", "approved_in_part", "returned", "looked_over", "sent_back", "rejected",
    "neighbour_awaited", "document_issued",
})  # fmt: skip

REASONS: Mapping[str, str] = {
    "unreachable": N_("確認先のシステムに接続できません。自動でやり直しますので、お待ちください。"),
    "unknown": N_("確認先のシステムから回答を得られません。自動でやり直しますので、お待ちください。"),
    "step_failed": N_("市のシステムで処理が止まっています。管理者が確認しています。お手続きは不要です。"),
    "revocation_unknown": N_(
        "電子証明書が有効かどうかを、認証局に確認できません。カードに問題はありません。自動でやり直します。"
    ),
    "register_unavailable": N_("住民記録のシステムを利用できません。自動でやり直しますので、お待ちください。"),
    "not_in_register": N_(
        "この市の住民記録に見つかりませんでした。転出入の直後の場合や心当たりがない場合は、担当課へご連絡ください。"
    ),
    "subject_not_in_household": N_(
        "申請者と同じ世帯に、対象の方が見つかりませんでした。氏名と生年月日を確かめて、もう一度申請してください。"
    ),
    "not_eligible": N_("この手続の対象となる条件に当てはまりませんでした。"),
    "already_awarded": N_("対象の方には、すでにポイントが付与されています。"),
    "payment_overdue": N_("期限までにお支払いが確認できませんでした。必要な場合は、もう一度申請してください。"),
    "payment_disputed": N_(
        "カード会社を通じて支払いが取り消されました。心当たりがない場合は、担当課へご連絡ください。"
    ),
    "correction_overdue": N_("期限までに補正がありませんでした。必要な場合は、もう一度申請してください。"),
    "decided": N_("審査の結果、認められませんでした。"),
    "terminated": N_("市の判断により、手続を打ち切りました。くわしくは担当課へお問い合わせください。"),
    "answered_by_hand": N_("確認の結果、認められませんでした。くわしくは担当課へお問い合わせください。"),
    "deemed": N_("期間内に市が決定しなかったため、法律により却下されたものとみなされました。"),
    "withdrawn": N_("申出により取り下げられました。"),
    "other_cases_open": N_(
        "ほかに進行中の申請があるため、利用者登録を抹消できませんでした。その申請が終わるのを待つか取り下げてから、もう一度申請してください。"
    ),
    "still_appointed": N_(
        "職員として任命されている間は、利用者登録を抹消できません。管理者に解任を依頼してから、もう一度申請してください。"
    ),
}
"""理由: of a wait or an end. Signature reasons are trust's own and come with their sentences."""

FINDINGS: Mapping[str, str] = {
    "register_differs_name": N_("電子証明書の氏名が住民記録と異なります"),
    "register_differs_address": N_("電子証明書の住所が住民記録と異なります"),
    "register_differs_birth_date": N_("電子証明書の生年月日が住民記録と異なります"),
    "register_differs_sex": N_("電子証明書の性別が住民記録と異なります"),
    "other_cases_open": N_("この利用者には、ほかに進行中の申請があります。このままでは抹消できません"),
    "paper_differs_name": N_("申請書の氏名が住民記録と異なります"),
    "paper_differs_address": N_("申請書の住所が住民記録と異なります"),
    "paper_differs_birth_date": N_("申請書の生年月日が住民記録と異なります"),
    "paper_differs_sex": N_("申請書の性別が住民記録と異なります"),
    "not_entitled": N_("申請書の内容では対象になりません。内容を確かめ、却下するときは根拠を示してください"),
    "signer_differs_name": N_("電子証明書の名称が申請の内容と異なります"),
    "signer_differs_corporate_number": N_("電子証明書の法人番号が申請の内容と異なるか、証明書に記載がありません"),
}
ATTRIBUTES: Mapping[str, str] = {
    "name": N_("氏名"),
    "address": N_("住所"),
    "birth_date": N_("生年月日"),
    "sex": N_("性別"),
}
ORGANIZATION: Mapping[str, str] = {
    "organization": N_("名称"),
    "corporate_number": N_("法人番号"),
    "representative": N_("代表者"),
    "office": N_("本店・主たる事務所"),
}
"""事業者: what the certificate of an organisation says."""
DIFFERENCES: Mapping[str, str] = {
    "organization": "signer_differs_name",
    "corporate_number": "signer_differs_corporate_number",
}
"""相違: the finding about each."""
SEXES: Mapping[str, str] = {"male": N_("男"), "female": N_("女"), "other": N_("その他")}

PAYMENTS: Mapping[str, tuple[str, Colour]] = {
    "open": (N_("お支払い待ち"), "orange"),
    "paid": (N_("支払い済み"), "green"),
    "expired": (N_("期限切れ"), "gray"),
    "refunded": (N_("返金済み"), "gray"),
    "disputed": (N_("異議申立て中"), "red"),
}
TASKS: Mapping[str, str] = {
    "review": N_("審査"),
    "approve": N_("決裁"),
    "post_document": N_("郵送"),
    "deliver": N_("交付"),
}
FAULTS: Mapping[Fault, str] = {
    "incorrect": N_("内容に誤りがあります。"),
    "incomplete": N_("内容が足りません。"),
    "outdated": N_("有効な期間を過ぎています。"),
}
"""不備の種類, as the resident reads it."""
FAULT_NAMES: Mapping[Fault, str] = {"incorrect": N_("誤り"), "incomplete": N_("不足"), "outdated": N_("期限切れ")}
"""不備の種類, as officers choose it."""
STANCES: Mapping[str, str] = {"agree": N_("賛成"), "object": N_("反対"), "comment": N_("意見のみ")}
"""意見の賛否."""
STANCE_COLOURS: Mapping[str, Colour] = {"agree": "green", "object": "red", "comment": "blue"}
LEVELS: Mapping[str, str] = {
    "done": N_("承認済み"),
    "now": N_("判断待ち"),
    "ahead": N_("未着"),
    "passed_over": N_("専決により省略"),
    "deemed": N_("法律によるみなし"),
}
"""決裁の段階の状態."""
EVERYBODY = N_("全員")
HOLDINGS: Mapping[str, str] = {
    "free": N_("担当者なし"),
    "mine": N_("自分の担当"),
    "others": N_("ほかの職員"),
}
"""担当."""
FLAGS: Mapping[str, str] = {
    "overdue": N_("期限超過"),
    "soon": N_("3開庁日以内"),
    "escalated": N_("督促済み"),
    "statutory": N_("法定の期日あり"),
    "doubtful": N_("要確認"),
    "held": N_("保留中"),
}
"""目印."""
ORDERS: Mapping[str, str] = {
    "due": N_("期限が近い順"),
    "received": N_("受付が古い順"),
    "escalated": N_("督促済みを先に"),
}
BOOKINGS: Mapping[str, str] = {"award": N_("付与"), "reversal": N_("取消し")}
NOTICES: Mapping[str, str] = {
    "awaiting_payment": N_("手数料のお支払いをお願いします"),
    "sent_back": N_("内容の確認をお願いします"),
    "answer_corrected": N_("申請の内容を市が訂正しました"),
    "extended": N_("処理の期限を延ばしました"),
    "deemed_accepted": N_("法律により認められました"),
    "delivered": N_("手続が完了しました"),
    "rejected": N_("申請の結果をお知らせします"),
    "withdrawn": N_("申請を取り下げました"),
    "lapsed": N_("期限が過ぎたため、手続を終了しました"),
    "recalled": N_("交付が取り消されました"),
    "account_closing": N_("抹消の前に、通知書を保存してください"),
}
OFFICER_NOTICES: Mapping[str, tuple[str, Colour]] = {
    "task_due_soon": (N_("期限が近い"), "orange"),
    "task_overdue": (N_("期限超過"), "red"),
    "law_decides_soon": (N_("法律により決まる日が近い"), "red"),
    "law_decided": (N_("法律により決定済み"), "gray"),
}
"""職員へのお知らせ."""
NEWS = N_("申請について新しいお知らせがあります")
CATEGORIES: Mapping[str, str] = {
    "certificates": N_("証明書"),
    "health": N_("健康・医療"),
    "children": N_("子育て"),
    "welfare": N_("福祉・介護"),
    "moving": N_("引越し・住まい"),
    "tax": N_("税金"),
    "library": N_("図書館"),
    "business": N_("事業者の方"),
    "staff": N_("職員の手続"),
}
OUTCOMES: Mapping[str, tuple[str, str, str]] = {
    "valid": (
        "success",
        N_("この書面は有効です"),
        N_("市が発行した書面で、発行後に変更されていません。"),
    ),
    "altered": (
        "error",
        N_("この書面は変更されています"),
        N_("市が発行した内容と異なります。信用しないでください。提出した方に、元のファイルを求めてください。"),
    ),
    "unknown": (
        "warning",
        N_("この書面は確認できません"),
        N_("市が発行した記録がありません。検証コードを確かめるか、発行した市の担当課へお問い合わせください。"),
    ),
    "revoked": (
        "error",
        N_("この書面は無効になっています"),
        N_("市が発行した書面ですが、発行の後に取り消されました。証明書として使えません。"),
    ),
}


@dataclass(frozen=True)
class Trouble:
    """困りごと: what happened, what it means, what to do next."""

    title: str
    meaning: str
    next_step: str


TROUBLES: Mapping[int, Trouble] = {
    400: Trouble(
        N_("送られた内容を読み取れませんでした"),
        N_("何も保存されていません。"),
        N_("前のページに戻り、もう一度お試しください。"),
    ),
    401: Trouble(
        N_("ログインが必要です"),
        N_("ログインの有効時間が切れたか、まだログインしていません。"),
        N_("マイナンバーカードでログインしてください。"),
    ),
    403: Trouble(
        N_("このページを見る権限がありません"),
        N_("ご本人または担当の職員だけが見られるページです。"),
        N_("別のカードでログインしている場合は、ログアウトしてからやり直してください。"),
    ),
    404: Trouble(
        N_("ページが見つかりません"),
        N_("アドレスが変わったか、削除された可能性があります。ご自身のものではない申請も表示できません。"),
        N_("手続の一覧からお探しください。"),
    ),
    405: Trouble(
        N_("この操作はできません"),
        N_("何も変更されていません。"),
        N_("手続の一覧からやり直してください。"),
    ),
    409: Trouble(
        N_("状況が変わったため、処理できませんでした"),
        N_("同じ申請が別の画面や別の人によって先に更新されました。この操作は反映されていません。"),
        N_("最新の状態を開いて確かめてから、やり直してください。"),
    ),
    410: Trouble(
        N_("期限が切れています"),
        N_("このページの有効時間が過ぎたか、すでに使われました。申請やログインは行われていません。"),
        N_("元のページに戻り、もう一度始めてください。"),
    ),
    413: Trouble(
        N_("送られた内容が大きすぎます"),
        N_("何も保存されていません。"),
        N_("ファイルを小さくするか、分けて添付してください。"),
    ),
    422: Trouble(
        N_("入力内容を受け付けられませんでした"),
        N_("何も変更されていません。"),
        N_("前のページに戻り、内容を確かめてください。"),
    ),
    429: Trouble(
        N_("アクセスが集中しています"),
        N_("短い間に多くの操作があったため、一時的に止めています。何も変更されていません。"),
        N_("表示された秒数だけ待ってから、もう一度お試しください。"),
    ),
    500: Trouble(
        N_("申し訳ありません。市のシステムで問題が起きました"),
        N_("原因を調べるための記録は残っています。受付が済んだ申請は失われません。"),
        N_("少し待ってからやり直してください。続く場合は、下の番号を添えて市へご連絡ください。"),
    ),
    503: Trouble(
        N_("ただいま一時的にご利用いただけません"),
        N_("市のシステムの準備ができていません。受付が済んだ申請は失われません。"),
        N_("数分後に、もう一度お試しください。"),
    ),
}
SECONDS_LEFT = N_("あと%(seconds)s秒で続けられます。")
FOREIGN_REQUEST = Trouble(
    N_("ほかのサイトからの操作を止めました"),
    N_(
        "あなたに代わってほかのサイトが操作しようとした可能性があるため、受け付けませんでした。何も変更されていません。"
    ),
    N_("このサイトのページを開き直し、そこから操作してください。"),
)


def trouble(status: int, code: str = "") -> Trouble:
    """困りごと: the words for an error; an unlisted status speaks as its class."""
    if code == "foreign_request":
        return FOREIGN_REQUEST
    return TROUBLES.get(status) or TROUBLES[500 if status >= 500 else 400]


OTHERWISE: Mapping[Action, tuple[str, object, str]] = {
    "handed_out": ("how", "post", N_("書面を郵送しました")),
    "payment_opened": ("in_person", True, N_("窓口で手数料を納めていただくことになりました")),
}
"""出来事の言い換え: where a fact of it has this value."""


def happening(entry: TimelineEntry) -> str:
    """出来事: what a line of the timeline says; the end of a case says how it ended."""
    fact, value, otherwise = OTHERWISE.get(entry.action, ("", None, ""))
    if otherwise and entry.facts.get(fact) == value:
        return otherwise
    if entry.action == "closed":
        ended = {str(status): state.meaning for status, state in STATES.items()}
        return ended.get(str(entry.facts.get("closing")), HAPPENINGS["closed"])
    return HAPPENINGS[entry.action]


def step_title(procedure: Procedure, entry: TimelineEntry) -> Text | None:
    """処理の名前: the document's own title of the step, where the sentence alone does not say which."""
    steps = {step.id: step for step in procedure.steps}
    found = steps.get(entry.step) if entry.step and entry.action in ABOUT_A_STEP else None
    if found is not None and found.kind == "deliver":  # an officer's task only where it is handed out
        return HANDING_OUT
    return found.title if found else None


def reason(case: CaseView) -> str | None:
    """理由: the sentence of a reason code. A code without one (trust's) comes with `reason_text`, shown instead."""
    return REASONS.get(case.reason or "")


def open_payment(case: CaseView) -> PaymentView | None:
    """支払: what can be paid now."""
    return next((payment for payment in case.payments if payment.status == "open"), None)


def verdict(found: VerificationView) -> tuple[str, str, str]:
    """検証の判定: kind of banner, heading and meaning."""
    return OUTCOMES[found.outcome]

"""カードによる本人確認の内容: which readers answer, what is to be done now, and why it did not work, in words."""

from collections.abc import Mapping
from typing import Any

from api.paper.reader import ReaderDeskView
from procedures.document import Procedure
from procedures.texts import Language, Text
from ui import notation
from ui.language import translated
from ui.wording import N_

UNTRUSTED = N_("証明書を信頼できません。このカードでは確認できません。ほかの書類で確認してください。")
REASONS: Mapping[str, str] = {
    "reader_offline": N_(
        "カードリーダーが応答していません。リーダーの端末の電源と通信を確かめるか、ほかの窓口を選んでください。"
    ),
    "reader_lost": N_("カードリーダーの端末が途中で応答しなくなりました。端末を確かめてから、もう一度お試しください。"),
    "reader_broken": N_("端末にカードリーダーがつながっていません。差し直してから、もう一度お試しください。"),
    "no_card": N_("1分以内にカードが置かれませんでした。カードを用意していただいてから、もう一度お試しください。"),
    "card_removed": N_("カードが途中で離れたか、応答しませんでした。置き直していただき、もう一度お試しください。"),
    "card_unusable": N_(
        "このカードでは確認できません。マイナンバーカードか、利用者証明用電子証明書が入っているかを確かめてください。"
    ),
    "no_pin": N_("時間内に暗証番号が入力されませんでした。もう一度お試しになるか、ほかの書類で確認してください。"),
    "pin_blocked": N_("暗証番号がロックされています。カードの担当窓口で再設定するか、ほかの書類で確認してください。"),
    "declined": N_("ご本人が取りやめました。ほかの書類で確認してください。"),
    "stopped": N_("取りやめました。"),
    "expired": N_("時間内に結果が届きませんでした。もう一度お試しください。"),
    "city_unreachable": N_(
        "カードリーダーの端末から市のシステムに届きませんでした。通信を確かめてから、もう一度お試しください。"
    ),
    "request_refused": N_(
        "カードリーダーの端末が、この求めを受け付けませんでした。端末の設定を管理者に確かめてもらってください。"
    ),
    "certificate_unknown": N_(
        "証明書が失効していないかを、いま確かめられません。確かめられるまで、カードで確認したことにはできません。"
        "しばらくしてからもう一度お試しになるか、ほかの書類で確認してください。"
    ),
    "certificate_revoked": N_(
        "証明書が失効しています。このカードでは確認できません。カードが有効かどうかを確かめてください。"
    ),
    "certificate_expired": N_(
        "証明書の有効期限が切れています。このカードでは確認できません。ほかの書類で確認してください。"
    ),
    "certificate_administrator": N_(
        "紛失などの届出で止められているカードです。本人確認には使わず、上司に相談してください。"
    ),
    "certificate_refused": UNTRUSTED,
}
"""確認できなかった理由, and what to do."""


def desk(
    language: Language, procedure: Procedure, place: str, view: ReaderDeskView, problem: Text | None
) -> dict[str, Any]:
    """カードによる本人確認."""
    check = view.check
    online = [each for each in view.readers if each.online]
    return {
        "procedure": procedure,
        "place": place,
        "at": view.at,
        "readers": [(each.counter, _name(language, each.counter)) for each in online],
        "offline": [_name(language, each.counter) for each in view.readers if not each.online],
        "chosen": check.counter if check else online[0].counter if len(online) == 1 else "",
        "check": check,
        "why": translated(language, REASONS.get(check.reason, UNTRUSTED)) if check and check.reason else "",
        "confirmed_at": notation.moment(language, check.confirmed_at) if check and check.confirmed_at else "",
        "problem": problem,
        "trail": (
            (translated(language, N_("紙の申請")), "/paper"),
            (translated(language, N_("申請書と本人")), f"{place}/person"),
            (translated(language, N_("カードによる本人確認")), None),
        ),
    }


def _name(language: Language, counter: str) -> str:
    return translated(language, N_("窓口 %(counter)s")) % {"counter": counter}

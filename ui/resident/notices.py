"""お知らせの設定: where and about what somebody is told, by mail and in the browser, and what became of each mail."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from starlette.responses import FileResponse, RedirectResponse

from api.counter import City, Counter, CounterHere, LoggedIn
from api.language import known
from api.problems import Problem
from api.resident import contacts
from api.resident.contacts import ContactView, DeliveryView
from api.views import Visitor
from procedures.texts import Text
from procedures.values import MunicipalityCode
from ui import wording
from ui.language import NAMES, chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.submitted import Sent, text
from ui.wording import N_

router = APIRouter(route_class=PageRoute)
HOME = "/account/notices"
WORKER = Path(__file__).parent.parent / "static" / "push-worker.js"
Token = Annotated[str, InPath(pattern=r"^[0-9a-fA-F]{48}$")]

TOPICS: Mapping[str, str] = {
    "payment": N_("お支払いのお願い"),
    "correction": N_("補正（内容の確認・修正）のお願い"),
    "message": N_("担当課からのメッセージ"),
    "result": N_("手続の結果"),
}
CHANNELS: Mapping[str, str] = {"mail": N_("メール"), "push": N_("ブラウザ")}
CODE = N_("確認コード")
STATES: Mapping[str, tuple[str, str]] = {
    "waiting": (N_("送信待ち"), "blue"),
    "sent": (N_("送信しました"), "green"),
    "failed": (N_("送れませんでした"), "red"),
    "bounced": (N_("戻ってきました"), "red"),
    "cancelled": (N_("取りやめました"), "gray"),
}
ERRORS: Mapping[str, str] = {
    "unreachable": N_("送り先のサーバーにつながりませんでした。"),
    "busy": N_("送り先のサーバーが、いまは受け取れないと答えました。"),
    "refused": N_("送り先のサーバーが受け取りを断りました。迷惑メールの設定で市からのメールを許可してください。"),
    "no_such_address": N_("送り先のサーバーが、このアドレスは見つからないと答えました。アドレスを確かめてください。"),
    "mailbox_full": N_("メールボックスがいっぱいです。空きを作ってください。"),
    "late_return": N_("途中のサーバーが配達をあきらめました。続く場合は、別のアドレスを登録してください。"),
    "subscription_gone": N_("このブラウザは通知を受け取らなくなっています。必要な場合は、もう一度登録してください。"),
    "unwritable": N_("市のシステムの問題で送れませんでした。お知らせはこの窓口の画面で読めます。"),
    "address_removed": N_("アドレスが削除されたため、送りませんでした。"),
    "code_replaced": N_("新しいコードを送ったか、時間が過ぎたため、送りませんでした。"),
    "address_bounced": N_("前のメールが戻ってきたため、送りませんでした。"),
    "stopped": N_("お知らせを止めたため、送りませんでした。"),
}
DONE: Mapping[str, tuple[str, str]] = {
    "verified": (N_("メールアドレスを確認しました"), N_("これからは、このアドレスにお知らせをお送りします。")),
    "saved": (N_("お知らせの選択を保存しました"), N_("次のお知らせから変わります。")),
    "removed": (N_("メールアドレスを削除しました"), N_("メールはもう届きません。お知らせはこの窓口の画面で読めます。")),
    "browser-removed": (N_("ブラウザの登録を解除しました"), N_("そのブラウザには、もう通知は届きません。")),
}


@router.get(HOME)
def settings(
    request: Request, counter: CounterHere, city: City, visitor: LoggedIn, done: str | None = None
) -> Response:
    """お知らせの設定."""
    return _shown(request, counter, city, visitor, done=done)


@router.post(f"{HOME}/address")
def give_address(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, form: Sent) -> Response:
    """メールアドレスの届出: a code is mailed."""
    email = text(form, "email")
    try:
        contacts.ask_address(counter, city, visitor, email, chosen(request))
    except Problem as refused:
        return _shown(request, counter, city, visitor, refused=refused, typed=email, field="email")
    return RedirectResponse(f"{HOME}#address", 303)


@router.post(f"{HOME}/verification")
def verify(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, form: Sent) -> Response:
    """メールアドレスの確認."""
    try:
        contacts.verify(counter, city, visitor, text(form, "code", 40))
    except Problem as refused:
        return _shown(request, counter, city, visitor, refused=refused, field="code")
    return RedirectResponse(f"{HOME}?done=verified", 303)


@router.post(f"{HOME}/code")
def send_again(request: Request, counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """確認コードの再送."""
    try:
        contacts.ask_again(counter, city, visitor)
    except Problem as refused:
        return _shown(request, counter, city, visitor, refused=refused, field="code")
    return RedirectResponse(f"{HOME}#address", 303)


@router.post(f"{HOME}/change/end")
def drop_change(counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """変更の取りやめ."""
    contacts.drop_pending(counter, city, visitor)
    return RedirectResponse(f"{HOME}#address", 303)


@router.post(f"{HOME}/address/removal")
def remove_address(counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """メールアドレスの削除."""
    contacts.forget(counter, city, visitor)
    return RedirectResponse(f"{HOME}?done=removed", 303)


@router.post(f"{HOME}/choices")
def choose(counter: CounterHere, city: City, visitor: LoggedIn, form: Sent) -> Response:
    """お知らせの選択."""
    topics = contacts.topics_of(form.getlist("topics"))
    contacts.choose(counter, city, visitor, known(text(form, "language")) or "ja", topics)
    return RedirectResponse(f"{HOME}?done=saved", 303)


@router.post(f"{HOME}/browsers/{{browser_id}}/removal")
def remove_browser(counter: CounterHere, city: City, visitor: LoggedIn, browser_id: UUID) -> Response:
    """ブラウザの登録の解除."""
    contacts.unsubscribe(counter, city, visitor, browser_id)
    return RedirectResponse(f"{HOME}?done=browser-removed", 303)


@router.get("/push-worker.js")
def push_worker() -> Response:
    """プッシュ通知の受け手: at an address that stays, since browsers keep a subscription by it."""
    return FileResponse(WORKER, media_type="text/javascript", headers={"cache-control": "no-cache"})


# --- stopping without a login -----------------------------------------------------------------------------------------


@router.get("/notices/stop/{token}")
def ask_stop(request: Request, counter: CounterHere, city: City, token: Token) -> Response:
    """配信停止の確かめ: following a link changes nothing (mail scanners follow links)."""
    usable = contacts.stoppable(counter, city, token)
    return _stop_page(request, token=token, usable=usable, stopped=False)


@router.post("/notices/stop/{token}")
def stop(request: Request, counter: CounterHere, city: City, token: Token) -> Response:
    """配信停止: by the button of the page, or by a mail program's own (RFC 8058)."""
    usable = contacts.stoppable(counter, city, token)
    if usable:
        contacts.stop(counter, city, token)
    return _stop_page(request, token=token, usable=usable, stopped=usable)


def _stop_page(request: Request, *, token: str, usable: bool, stopped: bool) -> Response:
    status = 200 if usable else 404
    return page(
        request, "resident/notices_stop.html", status_code=status, token=token, usable=usable, stopped=stopped
    )  # fmt: skip


# --- contents ---------------------------------------------------------------------------------------------------------


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, visitor: Visitor, *,
    refused: Problem | None = None, typed: str = "", field: str = "", done: str | None = None,
) -> Response:  # fmt: skip
    shown = contents(contacts.read(counter, city, visitor), refused.text if refused else None, typed, field, done)
    status = refused.status if refused else 200
    return page(request, "resident/notices.html", visitor=visitor, status_code=status, **shown)


def contents(
    held: ContactView, refused: Text | None = None, typed: str = "", field: str = "", done: str | None = None
) -> dict[str, Any]:
    """内容: what became of the newest code stands beside its field; the rest in the list below."""
    code = next((each for each in held.deliveries if each.kind == "code"), None)
    returned = code if code and code.status in ("bounced", "failed") else None
    return {
        "held": held,
        "field": field if refused else "",
        "refused": refused,
        "faulty": refused is not None,
        "typed": typed,
        "done": DONE.get(done or "") if refused is None else None,
        "bounce": ERRORS.get(held.bounce or "") if held.bounced_at else None,
        "code_error": ERRORS.get(returned.error or "") if returned and held.pending_email else None,
        "topics": list(TOPICS.items()),
        "tongues": list(NAMES.items()),
        "rows": [_row(each) for each in held.deliveries],
        "browsers": list(held.browsers),
    }


def _row(delivery: DeliveryView) -> dict[str, Any]:
    state, colour = STATES[delivery.status]
    what = CODE if delivery.kind == "code" else wording.NOTICES.get(delivery.kind, wording.NEWS)
    again = delivery.next_attempt_at if delivery.status == "waiting" and delivery.error else None
    return {
        "delivery": delivery,
        "what": what,
        "channel": CHANNELS[delivery.channel],
        "state": state,
        "colour": "orange" if again else colour,
        "again": again,
        "error": ERRORS.get(delivery.error or ""),
    }

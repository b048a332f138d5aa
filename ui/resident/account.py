"""アカウント: the certificates a person is known by, adding and removing one, and where they are logged in."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.access import accounts
from api.access.accounts import session_of
from api.access.logins import remember_session
from api.counter import City, Counter, CounterHere, LoggedIn
from api.problems import Problem
from api.views import CertificateView, SessionView, Visitor
from procedures.texts import Text
from procedures.values import MunicipalityCode
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.wording import N_

router = APIRouter(route_class=PageRoute)
HOME = "/account/certificates"

KINDS = {"jpki_card": N_("マイナンバーカード"), "jpki_smartphone": N_("スマートフォン"), "oidc": N_("職員用の認証基盤")}
STATES = {
    None: (N_("ログインに使えます"), "green"),
    "revoked": (N_("失効しています"), "gray"),
    "administrator": (N_("市が停止しています"), "red"),
    "renewed": (N_("新しいカードに引き継ぎました"), "gray"),
}


@router.get(HOME)
def certificates(
    request: Request, counter: CounterHere, city: City, visitor: LoggedIn, added: bool = False, ended: bool = False
) -> Response:
    """登録した証明書."""
    return _shown(request, counter, city, visitor, added=added, ended=ended)


@router.post(HOME)
def add(request: Request, counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """証明書を追加する: to the card agent, with the other card on the reader."""
    agent = accounts.request_registration(counter, city, visitor, chosen(request), session_of(request))
    return RedirectResponse(agent, 303)


@router.get(f"{HOME}/complete/{{handback}}")
def complete(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, handback: str) -> Response:
    """追加の完了: the other card has answered; only the session that asked may add it."""
    try:
        _, token = accounts.register(counter, city, visitor, handback, session_of(request))
    except Problem as refused:
        return _shown(request, counter, city, visitor, refused=refused)
    response = RedirectResponse(f"{HOME}?added=true", 303)
    if token is not None:
        remember_session(counter, response, token)
    return response


@router.post(f"{HOME}/{{certificate_id}}/removal")
def remove(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, certificate_id: UUID) -> Response:
    """登録を外す: who removes the one in use is logged out."""
    try:
        accounts.remove(counter, city, visitor, certificate_id)
    except Problem as refused:
        return _shown(request, counter, city, visitor, refused=refused)
    return RedirectResponse("/login" if certificate_id == visitor.credential_id else HOME, 303)


@router.post("/account/sessions/end")
def leave_elsewhere(request: Request, counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """ほかの端末をログアウトする."""
    accounts.leave_elsewhere(counter, city, visitor, session_of(request))
    return RedirectResponse(f"{HOME}?ended=true", 303)


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, visitor: Visitor, *,
    refused: Problem | None = None, added: bool = False, ended: bool = False,
) -> Response:  # fmt: skip
    held = accounts.certificates(counter, city, visitor)
    sessions = accounts.sessions(counter, city, visitor, session_of(request))
    shown = contents(held, sessions, refused.text if refused else None, added=added, ended=ended)
    status = refused.status if refused else 200
    return page(request, "resident/account.html", visitor=visitor, status_code=status, **shown)


def contents(
    held: tuple[CertificateView, ...], sessions: tuple[SessionView, ...],
    refused: Text | None = None, *, added: bool = False, ended: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """内容: each certificate with its words; only a card or smartphone that is not the last may be removed."""
    usable = sum(each.suspension is None for each in held)
    rows = [(each, KINDS[each.kind], *STATES[each.suspension], _removable(each, usable)) for each in held]
    return {
        "certificates": rows,
        "sessions": [(each, KINDS[each.kind]) for each in sessions],
        "refused": refused,
        "added": added,
        "ended": ended,
    }


def _removable(held: CertificateView, usable: int) -> bool:
    return held.suspension is None and held.kind != "oidc" and usable > 1

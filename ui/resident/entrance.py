"""出入口: login by card, or for officers by the city's identity provider, and logout. No PIN is ever typed here."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from api.access import identity, logins
from api.counter import BROWSER_COOKIE, SESSION_COOKIE, City, Counter, CounterHere, MaybeVisitor
from api.problems import Problem
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)
Said = Annotated[str, Query(max_length=4000)]
"""What another server put into an address."""


@router.get("/login")
def entrance(request: Request, counter: CounterHere, visitor: MaybeVisitor, next: str = "/") -> Response:
    """ログインの案内."""
    if visitor is not None:
        return RedirectResponse(logins.local_path(next), 303)
    return _entrance(request, counter, logins.local_path(next))


@router.post("/login")
def ask(request: Request, counter: CounterHere, city: City, form: Sent) -> Response:
    """ログイン: to the card agent on the reader's own machine."""
    browser = request.cookies.get(BROWSER_COOKIE) or logins.new_browser()
    agent = logins.request_login(counter, city, logins.local_path(text(form, "next")), chosen(request), browser)
    response = RedirectResponse(agent, 303)
    logins.remember_browser(counter, response, browser)
    return response


@router.get("/login/complete/{handback}")
def complete(request: Request, counter: CounterHere, city: City, handback: str) -> Response:
    """ログインの完了: the card has answered; only the browser that asked gets the session."""
    try:
        browser, former_token = request.cookies.get(BROWSER_COOKIE, ""), request.cookies.get(SESSION_COOKIE, "")
        path, token = logins.complete(counter, city, handback, browser, former_token)
    except Problem:
        return _entrance(request, counter, "/", failed=True)
    response = RedirectResponse(logins.local_path(path), 303)
    logins.remember_session(counter, response, token)
    return response


@router.get("/login/identity")
def ask_identity(request: Request, counter: CounterHere, city: City, next: str = "/") -> Response:
    """職員ログイン: to the city's identity provider. A GET: no form may lead to an address only it names."""
    browser = request.cookies.get(BROWSER_COOKIE) or logins.new_browser()
    response = RedirectResponse(identity.request_identity(counter, city, next, browser), 303)
    logins.remember_browser(counter, response, browser)
    return response


@router.get("/login/identity/callback")
def complete_identity(
    request: Request, counter: CounterHere, city: City,
    state: Said = "", code: Said = "", error: Said = "", iss: Said = "",
) -> Response:  # fmt: skip
    """職員ログインの完了: the provider has answered; only the browser that asked gets the session."""
    browser, former_token = request.cookies.get(BROWSER_COOKIE, ""), request.cookies.get(SESSION_COOKIE, "")
    answered = identity.Answered(state=state, code=code, error=error, iss=iss)
    path, token = identity.complete_identity(counter, city, answered, browser, former_token)
    response = RedirectResponse(logins.local_path(path), 303)
    logins.remember_session(counter, response, token)
    return response


@router.post("/logout")
def leave(request: Request, counter: CounterHere, city: City) -> Response:
    """ログアウト."""
    logins.log_out(counter, city, request.cookies.get(SESSION_COOKIE, ""))
    response = RedirectResponse("/", 303)
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


def _entrance(request: Request, counter: Counter, next: str, *, failed: bool = False) -> Response:
    officer_login = counter.identity.name if counter.identity else None
    status = 410 if failed else 200
    return page(
        request, "resident/login.html", status_code=status, next=next, failed=failed, officer_login=officer_login
    )

"""出入口: login by card and logout. The PIN is typed into the card agent, never here."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api import logins
from api.counter import BROWSER_COOKIE, SESSION_COOKIE, City, CounterHere, MaybeVisitor
from api.problems import Problem
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/login")
def entrance(request: Request, visitor: MaybeVisitor, next: str = "/") -> Response:
    """ログインの案内."""
    if visitor is not None:
        return RedirectResponse(logins.local_path(next), 303)
    return page(request, "resident/login.html", next=logins.local_path(next), failed=False)


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
        path, token = logins.complete(counter, city, handback, request.cookies.get(BROWSER_COOKIE, ""))
    except Problem:
        return page(request, "resident/login.html", status_code=410, next="/", failed=True)
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

"""ログイン: by the authentication certificate: nonce, PIN at the card, signature, chain, use, policy, revocation."""

import json
import secrets
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.access.credentials import admit, presented, recognised
from api.counter import BROWSER_COOKIE, SESSION_COOKIE, City, Counter, CounterHere, MaybeVisitor, token_hash
from api.problems import problem
from api.views import Visitor
from procedures.texts import Language
from procedures.values import MunicipalityCode
from store import people, signing
from store.credentials import Certificate, Credential
from store.signing import SigningRequest
from trust.anchors import Use

router = APIRouter(prefix="/api", tags=["login"])

COMPLETE = {"login": "/login/complete/", "register": "/account/certificates/complete/"}
"""Where a browser hands back what its card agent got, by what was asked."""


class LoginWanted(BaseModel):
    """ログインの求め."""

    model_config = ConfigDict(frozen=True)

    language: Language = "ja"
    next: str = Field(default="/", max_length=500)


class LoginRequest(BaseModel):
    """ログイン要求: send the browser to `agent_url`; it comes back with a handback to redeem at POST /api/sessions."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    request_url: str
    agent_url: str


class Handback(BaseModel):
    """引換え: the last part of the address the card agent's answer was given back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    handback: str = Field(min_length=16, max_length=100)


@router.post("/login-requests", status_code=201)
def ask(counter: CounterHere, city: City, wanted: LoginWanted, request: Request, response: Response) -> LoginRequest:
    """ログインを始める."""
    browser = request.cookies.get(BROWSER_COOKIE) or new_browser()
    remember_browser(counter, response, browser)
    request_id = _ask(counter, city, wanted.next, wanted.language, browser)
    url = f"{counter.settings.public_url}/api/signing-requests/{request_id}"
    return LoginRequest(id=request_id, request_url=url, agent_url=agent_url(counter, request_id))


@router.post("/sessions", status_code=204)
def redeem(counter: CounterHere, city: City, given: Handback, request: Request, response: Response) -> None:
    """セッションを受け取る: the browser that asked, with the handback its own card agent got."""
    browser, former_token = request.cookies.get(BROWSER_COOKIE, ""), request.cookies.get(SESSION_COOKIE, "")
    _, token = complete(counter, city, given.handback, browser, former_token)
    remember_session(counter, response, token)


@router.get("/session")
def who(visitor: MaybeVisitor) -> Visitor | None:
    """いま誰か."""
    return visitor


@router.delete("/session", status_code=204)
def leave(counter: CounterHere, city: City, request: Request, response: Response) -> None:
    """ログアウト."""
    log_out(counter, city, request.cookies.get(SESSION_COOKIE, ""))
    response.delete_cookie(SESSION_COOKIE, path="/")


def request_login(counter: Counter, city: MunicipalityCode, return_path: str, language: Language, browser: str) -> str:
    """ログイン要求: the agent's address to send the browser to."""
    return agent_url(counter, _ask(counter, city, return_path, language, browser))


def _ask(counter: Counter, city: MunicipalityCode, return_path: str, language: Language, browser: str) -> UUID:
    return ask_card(counter, city, "login", language, browser, next=local_path(return_path))


def ask_card(
    counter: Counter,
    city: MunicipalityCode,
    purpose: Literal["login", "register"],
    language: Language,
    asked_by: str,
    account_id: UUID | None = None,
    **more: str,
) -> UUID:
    """認証の求め: something only this request says, to be signed by the authentication key; once, within minutes.

    `asked_by` is the browser's own secret (a login) or its session's token: only whoever has it can redeem the answer.
    """
    nonce = secrets.token_urlsafe(24)
    content = {
        "server": counter.settings.public_url,
        "purpose": purpose,
        "nonce": nonce,
        "language": language,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **more,
    }
    with counter.database.transaction(city) as connection:
        return signing.ask(
            connection,
            purpose=purpose,
            nonce=nonce,
            content=json.dumps(content, sort_keys=True).encode(),
            lifetime=counter.settings.signing_lifetime,
            browser_hash=token_hash(asked_by),
            account_id=account_id,
        )


def accept(counter: Counter, city: MunicipalityCode, request: SigningRequest, cms: bytes) -> str:
    """カードの応答: whose certificate answered, kept until the browser that asked redeems it.

    Raises Problem in words the card agent shows: trust's own, or why this certificate is suspended here.
    """
    check = counter.verifier.check(request.content, cms, use=Use.AUTHENTICATION, received_at=datetime.now(UTC))
    certificate = recognised(counter, city, presented(check), returning=request.purpose == "register")
    handback = secrets.token_urlsafe(24)
    with counter.database.transaction(city) as connection:
        if not signing.answer(
            connection, request.id, request.nonce, token_hash(handback), credential=certificate.packed()
        ):
            raise problem("signing_request_gone")
    return f"{COMPLETE[request.purpose]}{handback}"


def complete(
    counter: Counter, city: MunicipalityCode, handback: str, browser: str, former_token: str
) -> tuple[str, str]:
    """ログインの完了: (path to go on to, session token) for the browser that asked. Raises Problem for any other.

    The account of a certificate seen for the first time is opened here, so that nobody opens one in another's name.
    """
    with counter.database.transaction(city) as connection:
        answered = signing.redeem_login(connection, token_hash(handback), token_hash(browser))
        if answered is None or answered.credential is None:
            raise problem("signing_request_gone")
        known = admit(connection, Certificate.unpacked(answered.credential))
        token = open_session(counter, connection, known, former_token)
    return json.loads(answered.content)["next"], token


def open_session(counter: Counter, connection: Connection, known: Credential, former_token: str) -> str:
    """セッションを開く: always a new token, never one a browser brought; the browser's former session ends."""
    token = secrets.token_urlsafe(32)
    people.close_session(connection, token_hash(former_token))
    people.open_session(connection, token_hash(token), known.account_id, known.id, counter.settings.session_lifetime)
    return token


def log_out(counter: Counter, city: MunicipalityCode, token: str) -> None:
    """ログアウト: the session is gone at once, everywhere."""
    with counter.database.transaction(city) as connection:
        people.close_session(connection, token_hash(token))


def local_path(path: str) -> str:
    """内部の住所: a path on this site, or the front page. A browser reads a backslash as a slash."""
    own = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable()
    return path if own else "/"


def agent_url(counter: Counter, request_id: UUID) -> str:
    """The card agent's page for a signing request."""
    return f"{counter.settings.agent_url}/sign?request={counter.settings.public_url}/api/signing-requests/{request_id}"


def new_browser() -> str:
    return secrets.token_urlsafe(24)


def remember_browser(counter: Counter, response: Response, browser: str) -> None:
    _set_cookie(counter, response, BROWSER_COOKIE, browser)


def remember_session(counter: Counter, response: Response, token: str) -> None:
    _set_cookie(counter, response, SESSION_COOKIE, token)


def _set_cookie(counter: Counter, response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, httponly=True, samesite="lax", secure=counter.settings.secure, path="/")

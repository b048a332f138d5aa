"""アカウント: what a person is known by here: cards, smartphones, sessions; adding one and removing one."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from api.access.credentials import require_usable, succeed
from api.access.logins import Handback, LoginRequest, agent_url, ask_card, open_session, remember_session
from api.counter import SESSION_COOKIE, City, Counter, CounterHere, LoggedIn, token_hash
from api.problems import problem
from api.views import CertificateView, SessionView, Visitor
from procedures.texts import Language
from procedures.values import MunicipalityCode
from store import accounts, credentials, people, signing
from store.credentials import HOLDER, SUBJECT, Certificate, Credential

router = APIRouter(prefix="/api/account", tags=["account"])


class RegistrationWanted(BaseModel):
    """追加登録の求め."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Language = "ja"


@router.get("/certificates")
def list_certificates(counter: CounterHere, city: City, visitor: LoggedIn) -> tuple[CertificateView, ...]:
    """登録した証明書."""
    return certificates(counter, city, visitor)


@router.post("/certificate-requests", status_code=201)
def ask_registration(
    counter: CounterHere, city: City, visitor: LoggedIn, wanted: RegistrationWanted, request: Request
) -> LoginRequest:
    """証明書の追加を始める: send the browser to `agent_url`, with the other card on the reader."""
    request_id = _ask(counter, city, visitor, wanted.language, session_of(request))
    url = f"{counter.settings.public_url}/api/signing-requests/{request_id}"
    return LoginRequest(id=request_id, request_url=url, agent_url=agent_url(counter, request_id))


@router.post("/certificates", status_code=201)
def register_certificate(
    counter: CounterHere, city: City, visitor: LoggedIn, given: Handback, request: Request, response: Response
) -> tuple[CertificateView, ...]:
    """証明書を追加する: with the handback the card agent's answer was given, in the session that asked for it."""
    registered, token = register(counter, city, visitor, given.handback, session_of(request))
    if token is not None:
        remember_session(counter, response, token)
    return certificates(counter, city, registered)


@router.delete("/certificates/{certificate_id}", status_code=204)
def remove_certificate(counter: CounterHere, city: City, visitor: LoggedIn, certificate_id: UUID) -> None:
    """証明書を外す."""
    remove(counter, city, visitor, certificate_id)


@router.get("/sessions")
def list_sessions(counter: CounterHere, city: City, visitor: LoggedIn, request: Request) -> tuple[SessionView, ...]:
    """ログイン中の端末."""
    return sessions(counter, city, visitor, session_of(request))


@router.delete("/sessions", status_code=204)
def end_other_sessions(counter: CounterHere, city: City, visitor: LoggedIn, request: Request) -> None:
    """ほかの端末をログアウトする."""
    leave_elsewhere(counter, city, visitor, session_of(request))


# --- use cases --------------------------------------------------------------------------------------------------------


def certificates(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> tuple[CertificateView, ...]:
    """登録した証明書, the oldest first; what its holder removed is no longer shown."""
    with counter.database.reading(city) as connection:
        held = credentials.of_account(connection, visitor.account_id)
    return tuple(_view(each, visitor) for each in held if each.suspension != "removed")


def request_registration(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, language: Language, token: str
) -> str:
    """追加登録を求める: the agent's address to send the browser to."""
    return agent_url(counter, _ask(counter, city, visitor, language, token))


def register(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, handback: str, token: str
) -> tuple[Visitor, str | None]:
    """追加登録: who the visitor is from now on, and the new session's token where that is another account.

    Only the very session that asked gets here: otherwise a stranger could add a victim's card to his account, or his
    own card to the victim's. Raises Problem.
    """
    with counter.database.transaction(city) as connection:
        answered = signing.redeem_registration(connection, token_hash(handback), token_hash(token), visitor.account_id)
        if answered is None or answered.credential is None:
            raise problem("signing_request_gone")
        certificate = Certificate.unpacked(answered.credential)
        known = credentials.hold(connection, certificate.key)
        if known is None:
            return _add(counter, connection, visitor, certificate, token)
        if known.suspension != "removed":
            require_usable(known)
        return _join(counter, connection, visitor, known, token)


def remove(counter: Counter, city: MunicipalityCode, visitor: Visitor, certificate_id: UUID) -> None:
    """登録を外す: its sessions end at once. Raises Problem for the last one, and for what the city gave."""
    with counter.database.transaction(city) as connection:
        credentials.hold_account(connection, visitor.account_id)
        held = [each for each in credentials.of_account(connection, visitor.account_id) if each.suspension is None]
        unwanted = next((each for each in held if each.id == certificate_id), None)
        if unwanted is None:
            raise problem("not_found")
        if unwanted.kind == SUBJECT:
            raise problem("not_allowed")
        if len(held) == 1:
            raise problem("last_certificate")
        credentials.suspend(connection, unwanted.id, "removed", actor=HOLDER)


def sessions(counter: Counter, city: MunicipalityCode, visitor: Visitor, token: str) -> tuple[SessionView, ...]:
    """ログイン中の端末, the newest first."""
    with counter.database.reading(city) as connection:
        rows = people.sessions(connection, visitor.account_id, token_hash(token), counter.settings.session_idle)
    return tuple(SessionView.model_validate(row, from_attributes=True) for row in rows)


def leave_elsewhere(counter: Counter, city: MunicipalityCode, visitor: Visitor, token: str) -> None:
    """ほかの端末のログアウト: every session of this account but this one."""
    with counter.database.transaction(city) as connection:
        people.close_other_sessions(connection, visitor.account_id, token_hash(token))


def session_of(request: Request) -> str:
    """The token this browser brought."""
    return request.cookies.get(SESSION_COOKIE, "")


# --- small things -----------------------------------------------------------------------------------------------------


def _ask(counter: Counter, city: MunicipalityCode, visitor: Visitor, language: Language, token: str) -> UUID:
    return ask_card(counter, city, "register", language, token, account_id=visitor.account_id)


def _add(
    counter: Counter, connection: Connection, visitor: Visitor, certificate: Certificate, token: str
) -> tuple[Visitor, str | None]:
    """追加: a certificate nobody has here. One that renews another's belongs where that one is. Raises Problem."""
    former = credentials.hold(connection, certificate.replaces) if certificate.replaces else None
    if former is None:
        credentials.attach(connection, certificate, visitor.account_id)
        return visitor, None
    if former.account_id != visitor.account_id and not credentials.is_empty(connection, former.account_id):
        raise problem("certificate_taken")
    linked = succeed(connection, certificate, former, visitor.account_id)
    if former.account_id != visitor.account_id:
        accounts.join(connection, former.account_id, visitor.account_id)
    if former.id != visitor.credential_id:
        return visitor, None
    renewed = open_session(counter, connection, linked, token)
    return visitor.model_copy(update={"credential_id": linked.id}), renewed


def _join(
    counter: Counter, connection: Connection, visitor: Visitor, known: Credential, token: str
) -> tuple[Visitor, str | None]:
    """統合: one person, known here by two accounts; of the two the empty one gives way. Raises Problem."""
    if known.account_id == visitor.account_id:
        if known.suspension == "removed":
            credentials.restore(connection, known.id, actor=HOLDER)
        return visitor, None
    if credentials.is_empty(connection, known.account_id):
        credentials.move(connection, known.id, visitor.account_id)
        accounts.join(connection, known.account_id, visitor.account_id)
        return visitor, None
    if known.suspension is None and credentials.is_empty(connection, visitor.account_id):
        return _join_former(counter, connection, visitor, known, token)
    raise problem("certificate_taken")


def _join_former(
    counter: Counter, connection: Connection, visitor: Visitor, known: Credential, token: str
) -> tuple[Visitor, str | None]:
    """再登録: a renewed card, whose account is still empty, joins the account of a card registered before.

    What was suspended stays behind, suspended: a certificate that moves is in use from then on.
    """
    held: Sequence[Credential] = credentials.of_account(connection, visitor.account_id)
    for each in held:
        if each.suspension is None:
            credentials.move(connection, each.id, known.account_id)
    accounts.join(connection, visitor.account_id, known.account_id)
    current = next(each for each in held if each.id == visitor.credential_id)
    joined = Credential(**{**current.__dict__, "account_id": known.account_id})
    renewed = open_session(counter, connection, joined, token)
    return Visitor(account_id=known.account_id, credential_id=current.id), renewed


def _view(held: Credential, visitor: Visitor) -> CertificateView:
    return CertificateView.model_validate(
        {**held.__dict__, "in_use": held.id == visitor.credential_id}, from_attributes=True
    )

"""カードによる本人確認: whoever holds a card shows by its PIN that it is theirs, at the reader beside the officer.

The certificate names nobody: that the card is theirs, the officer sees by its photograph. What is added is that the
card is genuine and not revoked, and that whoever holds it knows its PIN. Of the card nothing is kept.
"""

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import anyio.from_thread
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.access.credentials import presented
from api.administration.engine import EngineAway
from api.administration.readers import ReaderView, readers_of
from api.counter import City, Counter, CounterHere, Officer
from api.filing.paper import permitted, resident_of
from api.problems import Problem, problem
from api.views import View, Visitor
from procedures.values import MunicipalityCode
from store import credentials, drafts, reader_checks
from store.reader_checks import ReaderCheck
from store.signing import SigningRequest
from trust.anchors import Use
from trust.reasons import Reason
from trust.signature import SignatureCheck
from workflows.reader_contracts import IdentityInput

router = APIRouter(prefix="/api/paper/drafts/{draft_id}/reader", tags=["paper"])

LIFETIME = timedelta(minutes=6)
"""A little longer than a reader waits: what it hands in late is refused."""
REPORTED = ("administrator", "revoked")
"""停止の理由 that count for whoever holds the card: reported lost here, or revoked by the daily lists."""
State = Literal["waiting", "confirmed", "refused"]


class ReaderWanted(BaseModel):
    """リーダーへの求め: the counter whose reader is to wait for a card."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    counter: str = Field(min_length=1, max_length=30)


class CardCheckView(View):
    """カードによる本人確認. `reason`: why not, as a code."""

    counter: str
    state: State
    reason: str | None
    asked_at: datetime
    confirmed_at: datetime | None


class ReaderDeskView(View):
    """リーダーのそば: the city's readers, and how the last request for this paper stands.

    `at` null: Temporal does not answer; nobody can say which readers do.
    """

    at: datetime | None
    readers: tuple[ReaderView, ...]
    check: CardCheckView | None


@router.get("")
def read_reader(counter: CounterHere, city: City, officer: Officer, draft_id: UUID) -> ReaderDeskView:
    """カードによる本人確認の様子."""
    return read(counter, city, officer, draft_id)


@router.post("", status_code=202)
def ask_reader(
    counter: CounterHere, city: City, officer: Officer, draft_id: UUID, wanted: ReaderWanted
) -> ReaderDeskView:
    """リーダーにカードを待たせる: a minute for the card, then for its PIN, typed at the reader's own page."""
    ask(counter, city, officer, draft_id, wanted.counter)
    return read(counter, city, officer, draft_id)


@router.delete("")
def stop_reader(counter: CounterHere, city: City, officer: Officer, draft_id: UUID) -> ReaderDeskView:
    """カードを待つのをやめる."""
    stop(counter, city, officer, draft_id)
    return read(counter, city, officer, draft_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID) -> ReaderDeskView:
    """リーダーのそば. Raises Problem as for a paper that does not exist."""
    resident_of(counter, city, officer, draft_id)
    with counter.database.reading(city) as connection:
        found = reader_checks.newest(connection, draft_id)
    at, readers = _readers(counter, city)
    return ReaderDeskView(at=at, readers=readers, check=None if found is None else _view(found))


def ask(counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID, at: str) -> None:
    """リーダーに求める. Raises Problem: reader_unknown, reader_in_use, reader_unreachable, draft_filed."""
    with counter.database.transaction(city) as connection:
        row = permitted(counter, connection, officer, draft_id)
        draft = drafts.read(connection, draft_id, row.account_id)
        if draft is None or row.receipt_number is not None:
            raise problem("draft_filed")
        if row.arrival != "counter" or row.corrects is not None:
            raise problem("malformed")
        if at not in counter.settings.readers.get(city, ()):
            raise problem("reader_unknown")
        if not reader_checks.hold(connection, at):
            raise problem("reader_in_use")
        nonce = secrets.token_urlsafe(24)
        content = {
            "server": counter.settings.public_url,
            "purpose": reader_checks.PURPOSE,
            "nonce": nonce,
            "language": draft.language,
            "counter": at,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        request_id = reader_checks.ask(
            connection, counter=at, nonce=nonce, content=json.dumps(content, sort_keys=True).encode(),
            lifetime=LIFETIME, account_id=row.account_id, draft_id=draft_id,
        )  # fmt: skip
    url = f"{counter.settings.public_url}/api/signing-requests/{request_id}"
    asked = IdentityInput(municipality=city, request_id=request_id, counter=at, request_url=url)
    if not anyio.from_thread.run(counter.dispatch.begin_identity, asked):
        _refuse(counter, city, request_id, "stopped")
        raise problem("reader_unreachable")


def stop(counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID) -> None:
    """やめる. What is settled stays; a second press finds nothing to stop."""
    with counter.database.transaction(city) as connection:
        permitted(counter, connection, officer, draft_id)
        found = reader_checks.newest(connection, draft_id)
        stopped = found is not None and reader_checks.refuse(connection, found.id, "stopped")
    if found is not None and stopped:
        anyio.from_thread.run(counter.dispatch.stop_identity, found.id)


def accept(counter: Counter, city: MunicipalityCode, request: SigningRequest, cms: bytes) -> str:
    """カードの応答: believed, or the request is refused for good: unknown is never good. Raises Problem."""
    check = counter.verifier.check(request.content, cms, use=Use.AUTHENTICATION, received_at=datetime.now(UTC))
    try:
        certificate = presented(check)
        with counter.database.reading(city) as connection:
            known = credentials.find(connection, certificate.key)
        if known is not None and known.suspension in REPORTED:
            raise problem(f"certificate_{known.suspension}")
    except Problem as refused:
        _refuse(counter, city, request.id, _reason(check, refused))
        raise
    with counter.database.transaction(city) as connection:
        if not reader_checks.confirm(connection, request.id, request.nonce):
            raise problem("signing_request_gone")
    return "/"


# --- small things -----------------------------------------------------------------------------------------------------


def _refuse(counter: Counter, city: MunicipalityCode, request_id: UUID, reason: str) -> None:
    with counter.database.transaction(city) as connection:
        reader_checks.refuse(connection, request_id, reason)


def _reason(check: SignatureCheck, refused: Problem) -> str:
    if check.reason in (Reason.REVOKED, Reason.EXPIRED):
        return f"certificate_{check.reason}"
    return refused.code


def _readers(counter: Counter, city: MunicipalityCode) -> tuple[datetime | None, tuple[ReaderView, ...]]:
    try:
        found = anyio.from_thread.run(counter.engine.queues)
    except EngineAway:
        return None, ()
    return found.at, readers_of(city, counter.settings.readers.get(city, ()), found.queues, found.at)


def _view(found: ReaderCheck) -> CardCheckView:
    waits = found.is_open(datetime.now(UTC))
    state: State = "waiting" if waits else "confirmed" if found.answered_at else "refused"
    return CardCheckView(
        counter=found.counter,
        state=state,
        reason=(found.refused or "expired") if state == "refused" else None,
        asked_at=found.created_at,
        confirmed_at=found.answered_at,
    )

"""再生: can open cases go on with the program that runs now? Asked of one case, of a procedure, or of all.

A workflow has the workers replay the histories, a few a second; what each said is kept. Nothing happens to the cases.
"""

from datetime import datetime
from uuid import UUID

import anyio.from_thread
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.counter import Administrator, City, Counter, CounterHere
from api.events import SPOKEN, EventStream, OfReplay
from api.problems import problem
from api.views import View, Visitor
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import replays
from store.replays import ReplayedCase, ReplayRow, ReplayScope
from workflows.contracts import ReplayRun
from workflows.divergence import MoveKind
from workflows.replay import Outcome, Reason

router = APIRouter(prefix="/api/administration/replays", tags=["administration"])

RECENT = 20
MOST_SHOWN = 200
"""Cases named of each outcome; the counts are of all."""


class ReplayWanted(BaseModel):
    """再生の求め: one case, the open cases of a procedure, or, with neither, all open cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    receipt_number: str | None = Field(default=None, max_length=60)
    procedure: str | None = Field(default=None, max_length=100)


class MoveView(View):
    """動き: what was asked for; `name` of the work where it has one."""

    kind: MoveKind
    name: str | None


class ReplayedCaseView(View):
    """再生の一件. Of other_command: the event, what was recorded there, and what the program asks for now.

    `detail` is English, for experts.
    """

    receipt_number: ReceiptNumber
    outcome: Outcome
    reason: Reason | None
    event: int | None
    recorded: MoveView | None
    came: MoveView | None
    detail: str


class ReplayLine(View):
    """再生の一行. All deterministic: the program can go on with them; unknown is never good."""

    id: UUID
    officer_name: str
    receipt_number: ReceiptNumber | None
    procedure: ProcedureId | None
    asked_at: datetime
    finished_at: datetime | None
    total: int
    deterministic: int
    would_break: int
    unknown: int

    @property
    def done(self) -> int:
        return self.deterministic + self.would_break + self.unknown


class ReplayView(ReplayLine):
    """再生: the cases that would break, and those of which it cannot be told, by number; the first 200 of each."""

    breaking: tuple[ReplayedCaseView, ...]
    untold: tuple[ReplayedCaseView, ...]


@router.get("")
def list_replays(counter: CounterHere, city: City, administrator: Administrator) -> tuple[ReplayLine, ...]:
    """再生の記録, the newest first."""
    return listed(counter, city, administrator)


@router.post("", status_code=202)
def start_replay(counter: CounterHere, city: City, administrator: Administrator, wanted: ReplayWanted) -> ReplayView:
    """再生を始める: asked again while one of the same cases is under way, that one stays the only one."""
    return read(counter, city, administrator, start(counter, city, administrator, wanted))


@router.get("/{replay_id}")
def read_replay(counter: CounterHere, city: City, administrator: Administrator, replay_id: UUID) -> ReplayView:
    """再生の状況と結果."""
    return read(counter, city, administrator, replay_id)


@router.get("/{replay_id}/events", status_code=200, response_class=EventStream, responses=SPOKEN)
async def watch_replay(stream: OfReplay) -> Response:
    """再生の進み具合を待つ: `changed` says to read again, at most every second."""
    return stream


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(counter: Counter, city: MunicipalityCode, _: Visitor) -> tuple[ReplayLine, ...]:
    """再生の記録."""
    with counter.database.reading(city) as connection:
        return tuple(_line(row) for row in replays.listed(connection, RECENT))


def start(counter: Counter, city: MunicipalityCode, administrator: Visitor, wanted: ReplayWanted) -> UUID:
    """始める: the row first, then the workflow. Raises Problem: not_found, replay_not_started (ask again)."""
    scope = _scope(counter, wanted)
    with counter.database.transaction(city) as connection:
        replay_id = replays.under_way(connection, scope) or replays.ask(connection, administrator.account_id, scope)
        if replay_id is None:
            raise problem("not_found")
    if not anyio.from_thread.run(counter.dispatch.begin_replay, ReplayRun(municipality=city, replay_id=replay_id)):
        raise problem("replay_not_started")
    return replay_id


def read(counter: Counter, city: MunicipalityCode, _: Visitor, replay_id: UUID) -> ReplayView:
    """再生. Raises Problem: not_found."""
    with counter.database.reading(city) as connection:
        row = replays.read(connection, replay_id)
        if row is None:
            raise problem("not_found")
        breaking = replays.results(connection, replay_id, "would_break", MOST_SHOWN)
        untold = replays.results(connection, replay_id, "unknown", MOST_SHOWN)
    cases = {"breaking": tuple(map(_case, breaking)), "untold": tuple(map(_case, untold))}
    return ReplayView(**_line(row).model_dump(), **cases)


# --- small things -----------------------------------------------------------------------------------------------------


def _scope(counter: Counter, wanted: ReplayWanted) -> ReplayScope:
    """One of both, and a procedure the city has. Raises Problem."""
    if wanted.receipt_number:
        return ReplayScope(receipt_number=ReceiptNumber(wanted.receipt_number))
    if wanted.procedure and wanted.procedure not in {each.id for each in counter.library.all()}:
        raise problem("not_found")
    return ReplayScope(procedure=ProcedureId(wanted.procedure) if wanted.procedure else None)


def _line(row: ReplayRow) -> ReplayLine:
    facts = {name: value for name, value in row.__dict__.items() if name != "scope"}
    return ReplayLine(receipt_number=row.scope.receipt_number, procedure=row.scope.procedure, **facts)


def _case(row: ReplayedCase) -> ReplayedCaseView:
    return ReplayedCaseView.model_validate(
        {
            "receipt_number": row.receipt_number, "outcome": row.outcome, "reason": row.reason, "event": row.event,
            "recorded": _move(row.recorded_kind, row.recorded_name),
            "came": _move(row.came_kind, row.came_name), "detail": row.detail,
        }
    )  # fmt: skip


def _move(kind: str | None, name: str | None) -> dict[str, str | None] | None:
    return None if kind is None else {"kind": kind, "name": name}

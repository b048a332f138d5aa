"""一括処理: one order of an officer for up to 500 cases: looked at first, followed while it runs, said of each case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import anyio.from_thread
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, Officer
from api.desk.handover import ColleagueView
from api.desk.inbox import InboxAsked, line, page
from api.desk.tasks import LONGEST_REASON, look
from api.desk.views import TaskLine
from api.events import SPOKEN, EventStream, OfBulk
from api.messaging.messages import LONGEST as LONGEST_MESSAGE
from api.problems import FROM_WORKFLOW, problem
from api.views import View, Visitor
from procedures.marks import Mark
from procedures.values import MunicipalityCode
from store import bulks, cases, decisions, handover, tasks
from store.bulks import BulkItem, BulkKind, BulkRow, BulkState, ItemOutcome
from store.people import Duty
from workflows.contracts import BulkInput, Pace

router = APIRouter(prefix="/api/bulks", tags=["tasks"])

MOST = 500
RECENT = 20


class BulkWanted(BaseModel):
    """一括処理の下見: these tasks, or all that a view of the inbox shows (`view`), the first 500 of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: BulkKind
    tasks: tuple[UUID, ...] = Field(default=(), max_length=MOST)
    view: InboxAsked | None = None


class BulkSaid(BaseModel):
    """一括処理の中身: reason and marks of a correction, to whom they are given, or the message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""
    marks: dict[str, Mark] = Field(default={}, max_length=300)
    officer: UUID | None = None
    body: Annotated[str, Field(max_length=LONGEST_MESSAGE)] = ""


class PaceWanted(BaseModel):
    """止める・続ける・取りやめる."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wanted: Literal["pause", "go_on", "stop"]


class ItemView(View):
    """一括処理の一件. `obstacle`: why it could not be done as things are now; `reason`: why it was not done."""

    position: int
    task: TaskLine
    obstacle: str | None = None
    outcome: ItemOutcome | None
    reason: str | None


class ProgressView(View):
    """進み具合: how many of all; sent: the case has not answered yet."""

    total: int
    done: int
    refused: int
    sent: int
    waiting: int


class BulkLine(View):
    """一括処理の一行."""

    id: UUID
    kind: BulkKind
    state: BulkState
    planned_at: datetime
    asked_at: datetime | None
    finished_at: datetime | None
    progress: ProgressView


class BulkView(BulkLine):
    """一括処理, case by case."""

    said: Mapping[str, object]
    items: tuple[ItemView, ...]


class ExportedCase(View):
    """書き出した一件: its task and its answers as filed."""

    task: TaskLine
    answers: Mapping[str, object]


@router.get("")
def list_bulks(counter: CounterHere, city: City, officer: Officer) -> tuple[BulkLine, ...]:
    """一括処理の記録: one's own, the newest first."""
    return listed(counter, city, officer)


@router.post("", status_code=201)
def plan_bulk(counter: CounterHere, city: City, officer: Officer, wanted: BulkWanted) -> BulkView:
    """一括処理を下見する: nothing is done yet."""
    return read(counter, city, officer, plan(counter, city, officer, wanted))


@router.get("/{bulk_id}")
def read_bulk(counter: CounterHere, city: City, officer: Officer, bulk_id: UUID) -> BulkView:
    """一括処理の状況."""
    return read(counter, city, officer, bulk_id)


@router.post("/{bulk_id}/start", status_code=202)
def start_bulk(counter: CounterHere, city: City, officer: Officer, bulk_id: UUID, said: BulkSaid) -> BulkView:
    """一括処理を始める: asked twice, it is begun once."""
    start(counter, city, officer, bulk_id, said)
    return read(counter, city, officer, bulk_id)


@router.post("/{bulk_id}/pace", status_code=202)
def pace_bulk(counter: CounterHere, city: City, officer: Officer, bulk_id: UUID, pace: PaceWanted) -> BulkView:
    """一括処理を止める、続ける、取りやめる."""
    keep_pace(counter, city, officer, bulk_id, pace)
    return read(counter, city, officer, bulk_id)


@router.post("/{bulk_id}/rest", status_code=201)
def plan_rest(counter: CounterHere, city: City, officer: Officer, bulk_id: UUID) -> BulkView:
    """残りをもう一度下見する: what was refused or not begun."""
    return read(counter, city, officer, again(counter, city, officer, bulk_id))


@router.get("/{bulk_id}/events", status_code=200, response_class=EventStream, responses=SPOKEN)
async def watch_bulk(stream: OfBulk) -> Response:
    """一括処理の進み具合を待つ: `changed` says to read again, at most every second."""
    return stream


@router.get("/{bulk_id}/answers")
def read_bulk_answers(counter: CounterHere, city: City, officer: Officer, bulk_id: UUID) -> tuple[ExportedCase, ...]:
    """書き出した案件: what an export was asked for; as long as one holds the duties."""
    return exported(counter, city, officer, bulk_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(counter: Counter, city: MunicipalityCode, officer: Visitor) -> tuple[BulkLine, ...]:
    """一括処理の記録, the newest first."""
    with counter.database.reading(city) as connection:
        found = bulks.of_officer(connection, officer.account_id, RECENT)
    return tuple(_line(row, progress) for row, progress in found)


def plan(counter: Counter, city: MunicipalityCode, officer: Visitor, wanted: BulkWanted) -> UUID:
    """下見: tasks closed meanwhile, or of other duties, are left out. Raises Problem: bulk_empty."""
    chosen = wanted.tasks or _seen(counter, city, officer, wanted.view)
    with counter.database.transaction(city) as connection:
        bulk_id, size = bulks.plan(connection, officer.account_id, wanted.kind, chosen, _duties(officer))
        if not size:
            raise problem("bulk_empty")
    return bulk_id


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, bulk_id: UUID) -> BulkView:
    """一括処理: before it begins, with what stands in the way of each. Raises Problem: not_found."""
    with counter.database.reading(city) as connection:
        row = owned(connection, officer, bulk_id)
        found = bulks.items(connection, bulk_id)
        rows = {each.id: each for each in tasks.read_all(connection, [item.task_id for item in found])}
        barred = decisions.barred_among(connection, officer.account_id, {item.receipt_number for item in found})
        progress = bulks.progress(connection, bulk_id)
    shown = tuple(_item(row, item, line(rows[item.task_id]), officer, barred) for item in found)
    return BulkView(**_line(row, progress).model_dump(), said=row.said, items=shown)


def start(counter: Counter, city: MunicipalityCode, officer: Visitor, bulk_id: UUID, said: BulkSaid) -> None:
    """始める: row first, then the workflow. Raises Problem: what the order lacks, bulk_over for one that has ended."""
    with counter.database.transaction(city) as connection:
        row = owned(connection, officer, bulk_id, lock=True)
        if row.state == "planned":
            _require_said(connection, row.kind, said)
            bulks.begin(connection, bulk_id, said.model_dump(mode="json"))
        size = bulks.progress(connection, bulk_id).total
    anyio.from_thread.run(counter.dispatch.begin_bulk, BulkInput(municipality=city, bulk_id=bulk_id, size=size))


def keep_pace(counter: Counter, city: MunicipalityCode, officer: Visitor, bulk_id: UUID, pace: PaceWanted) -> None:
    """止める・続ける・取りやめる. Raises Problem: bulk_over where nothing is under way, bulk_unreachable."""
    with counter.database.reading(city) as connection:
        row = owned(connection, officer, bulk_id)
    if row.state in ("planned", "finished"):
        raise problem("bulk_over")
    if not anyio.from_thread.run(counter.dispatch.pace_bulk, bulk_id, Pace(wanted=pace.wanted)):
        raise problem("bulk_unreachable")


def again(counter: Counter, city: MunicipalityCode, officer: Visitor, bulk_id: UUID) -> UUID:
    """もう一度: a new order for what was refused or not begun. Raises Problem: not_found, bulk_empty."""
    with counter.database.transaction(city) as connection:
        row = owned(connection, officer, bulk_id)
        left = [item.task_id for item in bulks.items(connection, bulk_id) if item.outcome in (None, "refused")]
        new, size = bulks.plan(connection, officer.account_id, row.kind, left, _duties(officer))
        if not size:
            raise problem("bulk_empty")
    return new


def exported(
    counter: Counter, city: MunicipalityCode, officer: Visitor, bulk_id: UUID
) -> tuple[ExportedCase, ...]:  # fmt: skip
    """書き出した案件, as filed last, without what is no duty of the reader's any more. Raises Problem: not_found."""
    with counter.database.reading(city) as connection:
        row = owned(connection, officer, bulk_id)
        done = [item.task_id for item in bulks.items(connection, bulk_id) if item.outcome == "done"]
        if row.kind != "export" or not done:
            raise problem("not_found")
        found = [each for each in tasks.read_all(connection, done) if officer.may(each.department, each.function)]
        barred = decisions.barred_among(connection, officer.account_id, {each.receipt_number for each in found})
        rows = [each for each in found if each.receipt_number not in barred]
        for each in rows:
            look(connection, officer, each, "export")
        answers = cases.newest_answers(connection, {each.receipt_number for each in rows})
    return tuple(ExportedCase(task=line(each), answers=answers[each.receipt_number]) for each in rows)


def colleagues(
    counter: Counter, city: MunicipalityCode, officer: Visitor, bulk_id: UUID
) -> tuple[ColleagueView, ...]:  # fmt: skip
    """割り当てる相手: who holds the duties of all the cases. Raises Problem: not_found."""
    with counter.database.reading(city) as connection:
        owned(connection, officer, bulk_id)
        found = tasks.read_all(connection, [item.task_id for item in bulks.items(connection, bulk_id)])
        held = [handover.colleagues(connection, *duty) for duty in {(each.department, each.function) for each in found}]
    shared = set.intersection(*(set(each) for each in held)) if held else set()
    by_name = sorted(shared, key=lambda each: (each.name, each.account_id))
    return tuple(ColleagueView(account_id=each.account_id, name=each.name) for each in by_name)


def owned(connection: Connection, officer: Visitor, bulk_id: UUID, *, lock: bool = False) -> BulkRow:
    """自分の一括処理. Raises Problem: another's is not found, like one that does not exist."""
    row = bulks.read(connection, bulk_id, officer.account_id, lock=lock)
    if row is None:
        raise problem("not_found")
    return row


# --- small things -----------------------------------------------------------------------------------------------------


def _seen(counter: Counter, city: MunicipalityCode, officer: Visitor, view: InboxAsked | None) -> tuple[UUID, ...]:
    if view is None:
        raise problem("bulk_empty")
    return tuple(each.id for each in page(counter, city, officer, view, MOST).tasks)


def _duties(officer: Visitor) -> tuple[Duty, ...]:
    return tuple(Duty(duty.department, duty.function) for duty in officer.duties)


def _require_said(connection: Connection, kind: BulkKind, said: BulkSaid) -> None:
    """What each kind cannot do without. What concerns one case is said of that case."""
    if kind == "send_back" and not said.reason.strip():
        raise problem("reason_required")
    if kind == "send_back" and not said.marks:
        raise problem("marks_required")
    if kind == "message" and not said.body.strip():
        raise problem("message_empty")
    if kind == "assign" and said.officer not in {each.account_id for each in handover.appointed(connection)}:
        raise problem("no_colleague")


def _item(row: BulkRow, item: BulkItem, task: TaskLine, officer: Visitor, barred: frozenset[str]) -> ItemView:
    obstacle = _obstacle(row.kind, item, task, officer, barred) if row.state == "planned" else None
    reason = FROM_WORKFLOW.get(item.reason or "", item.reason)
    return ItemView(position=item.position, task=task, obstacle=obstacle, outcome=item.outcome, reason=reason)


def _obstacle(
    kind: BulkKind, item: BulkItem, task: TaskLine, officer: Visitor, barred: frozenset[str]
) -> str | None:  # fmt: skip
    """支障: what is known to stand in the way now; the rest shows when it is done."""
    if task.closed_at is not None:
        return "task_closed"
    if item.receipt_number in barred:
        return "recused"
    if kind not in ("approve", "send_back"):
        return None
    if task.kind == "post_document":
        return "bulk_one_by_one"
    if task.task_version != item.version or task.held_by_another(officer.account_id):
        return "task_taken"
    return "findings_unchecked" if kind == "approve" and task.findings else None


def _line(row: BulkRow, progress: bulks.Progress) -> BulkLine:
    counts = ProgressView(**progress.__dict__, waiting=progress.waiting)
    return BulkLine(
        id=row.id, kind=row.kind, state=row.state, planned_at=row.planned_at, asked_at=row.asked_at,
        finished_at=row.finished_at, progress=counts,
    )  # fmt: skip

"""修復: an administrator proposes what is to happen to one case or many, another signs, a workflow carries it out.

In the words of the city: やり直し (go back, decide again), 飛越し, 手による記録, 保留, 再開, 打切り, 再実行.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

import anyio.from_thread
from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import Connection

from api.administration.cases import CasesAsked, page
from api.bulk.orders import MOST, PaceWanted, ProgressView
from api.counter import Administrator, City, Counter, CounterHere
from api.events import SPOKEN, EventStream, OfRepair
from api.problems import FROM_WORKFLOW, problem
from api.repair.outlook import RepairOutlook, outlook
from api.repair.said import RepairOrder, RepairSaid
from api.views import View, Visitor
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber, StepId
from store import repairs
from store.bulks import ItemOutcome, Progress, RepairKind
from store.repairs import CaseState, Filed, RepairItem, RepairRow, RepairState
from workflows.contracts import BulkInput, Pace

router = APIRouter(prefix="/api/administration/repairs", tags=["administration"])

RECENT = 50
NOTHING = Progress(0, 0, 0, 0)


class RepairWanted(RepairSaid):
    """修復の起案: these cases, or the first 500 that the console shows for `view`."""

    cases: tuple[Annotated[str, Field(max_length=60)], ...] = Field(default=(), max_length=MOST)
    view: CasesAsked | None = None


class RepairItemView(View):
    """修復の一件: before it is signed what is to be expected, afterwards what became of it."""

    position: int
    receipt_number: ReceiptNumber
    procedure: ProcedureId | None
    version: int | None
    status: str | None
    step: StepId | None
    outlook: RepairOutlook | None
    outcome: ItemOutcome | None
    reason: str | None


class RepairLine(View):
    """修復の一行."""

    id: UUID
    kind: RepairKind
    state: RepairState
    said: Mapping[str, object]
    asked_by: str
    approved_by: str | None
    planned_at: datetime
    approved_at: datetime | None
    finished_at: datetime | None
    progress: ProgressView


class RepairView(RepairLine):
    """修復, case by case. `own`: the reader proposed it, and somebody else has to sign."""

    own: bool
    items: tuple[RepairItemView, ...]


@router.get("")
def list_repairs(counter: CounterHere, city: City, administrator: Administrator) -> tuple[RepairLine, ...]:
    """修復の記録: of all administrators, the newest first."""
    return listed(counter, city, administrator)


@router.post("", status_code=201)
def propose_repair(counter: CounterHere, city: City, administrator: Administrator, wanted: RepairWanted) -> RepairView:
    """修復を起案する: nothing happens before another administrator has signed."""
    return read(counter, city, administrator, propose(counter, city, administrator, wanted))


@router.get("/{repair_id}/events", status_code=200, response_class=EventStream, responses=SPOKEN)
async def watch_repair(stream: OfRepair) -> Response:
    """修復の進み具合を待つ: `changed` says to read again, at most every second."""
    return stream


@router.get("/{repair_id}")
def read_repair(counter: CounterHere, city: City, administrator: Administrator, repair_id: UUID) -> RepairView:
    """修復の見通しと状況."""
    return read(counter, city, administrator, repair_id)


@router.post("/{repair_id}/approval", status_code=202)
def approve_repair(counter: CounterHere, city: City, administrator: Administrator, repair_id: UUID) -> RepairView:
    """修復を承認する: it begins. Asked twice, it is begun once."""
    approve(counter, city, administrator, repair_id)
    return read(counter, city, administrator, repair_id)


@router.post("/{repair_id}/withdrawal")
def withdraw_repair(counter: CounterHere, city: City, administrator: Administrator, repair_id: UUID) -> RepairView:
    """修復を取り下げる、または承認しない."""
    withdraw(counter, city, administrator, repair_id)
    return read(counter, city, administrator, repair_id)


@router.post("/{repair_id}/pace", status_code=202)
def pace_repair(
    counter: CounterHere, city: City, administrator: Administrator, repair_id: UUID, pace: PaceWanted
) -> RepairView:
    """修復を止める、続ける、取りやめる."""
    keep_pace(counter, city, administrator, repair_id, pace)
    return read(counter, city, administrator, repair_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(counter: Counter, city: MunicipalityCode, _: Visitor) -> tuple[RepairLine, ...]:
    """修復の記録, the newest first."""
    with counter.database.reading(city) as connection:
        return _lines(connection, repairs.recent(connection, RECENT))


def of_case(counter: Counter, city: MunicipalityCode, _: Visitor, number: ReceiptNumber) -> tuple[RepairLine, ...]:
    """その案件の修復."""
    with counter.database.reading(city) as connection:
        return _lines(connection, repairs.of_case(connection, number, RECENT))


def propose(counter: Counter, city: MunicipalityCode, administrator: Visitor, wanted: RepairWanted) -> UUID:
    """起案. Raises Problem: reason_required, repair_empty."""
    if not wanted.reason.strip():
        raise problem("reason_required")
    chosen = [ReceiptNumber(each) for each in wanted.cases] or _seen(counter, city, administrator, wanted.view)
    with counter.database.transaction(city) as connection:
        known = repairs.states(connection, chosen)
        found = [each for each in chosen if each in known]
        if not found:
            raise problem("repair_empty")
        said = RepairOrder(
            kind=wanted.kind, step=wanted.step, outcome=wanted.outcome, reason=wanted.reason,
            versions=_in_force(counter, known.values()) if wanted.kind == "adopt_version" else {},
        )  # fmt: skip
        return repairs.propose(connection, administrator.account_id, said.kind, said.model_dump(mode="json"), found)


def read(counter: Counter, city: MunicipalityCode, administrator: Visitor, repair_id: UUID) -> RepairView:
    """修復, with the outlook of each case while it waits for its signature. Raises Problem: not_found."""
    with counter.database.reading(city) as connection:
        row = _found(connection, repair_id)
        items = repairs.items(connection, repair_id)
        states = repairs.states(connection, [item.receipt_number for item in items])
        asked = row.kind == "adopt_version" and row.state == "proposed"
        filed = repairs.filed(connection, states) if asked else {}
        (line,) = _lines(connection, (row,))
    shown = tuple(
        _item(counter, row, item, states.get(item.receipt_number), filed.get(item.receipt_number)) for item in items
    )
    return RepairView(**line.model_dump(), own=row.account_id == administrator.account_id, items=shown)


def approve(counter: Counter, city: MunicipalityCode, administrator: Visitor, repair_id: UUID) -> None:
    """承認: row first, then the workflow. Raises Problem: own_repair, repair_over, not_found."""
    with counter.database.transaction(city) as connection:
        row = _found(connection, repair_id, lock=True)
        if row.account_id == administrator.account_id:
            raise problem("own_repair")
        if row.state not in ("proposed", "running"):
            raise problem("repair_over")
        repairs.approve(connection, repair_id, administrator.account_id)
        size = len(repairs.items(connection, repair_id))
    anyio.from_thread.run(counter.dispatch.begin_bulk, BulkInput(municipality=city, bulk_id=repair_id, size=size))


def withdraw(counter: Counter, city: MunicipalityCode, _: Visitor, repair_id: UUID) -> None:
    """取下げ・不承認. Raises Problem: repair_over where it was signed already."""
    with counter.database.transaction(city) as connection:
        _found(connection, repair_id, lock=True)
        if not repairs.withdraw(connection, repair_id):
            raise problem("repair_over")


def keep_pace(
    counter: Counter, city: MunicipalityCode, _: Visitor, repair_id: UUID, pace: PaceWanted
) -> None:  # fmt: skip
    """止める・続ける・取りやめる. Raises Problem: repair_over, bulk_unreachable."""
    with counter.database.reading(city) as connection:
        row = _found(connection, repair_id)
    if row.state not in ("running", "paused"):
        raise problem("repair_over")
    if not anyio.from_thread.run(counter.dispatch.pace_bulk, repair_id, Pace(wanted=pace.wanted)):
        raise problem("bulk_unreachable")


# --- small things -----------------------------------------------------------------------------------------------------


def _found(connection: Connection, repair_id: UUID, *, lock: bool = False) -> RepairRow:
    row = repairs.read(connection, repair_id, lock=lock)
    if row is None:
        raise problem("not_found")
    return row


def _seen(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, view: CasesAsked | None
) -> list[ReceiptNumber]:
    if view is None:
        raise problem("repair_empty")
    return [each.receipt_number for each in page(counter, city, administrator, view, MOST).lines]


def _in_force(counter: Counter, found: Iterable[CaseState]) -> dict[ProcedureId, int]:
    named = {case.procedure for case in found}
    return {ProcedureId(each.id): each.version for each in counter.library.all() if each.id in named}


def _item(
    counter: Counter, row: RepairRow, item: RepairItem, case: CaseState | None, filed: Filed | None
) -> RepairItemView:
    expected = None
    if case is not None and row.state == "proposed":
        expected = outlook(counter.library, RepairOrder.model_validate(row.said), case, filed)
    return RepairItemView(
        position=item.position, receipt_number=item.receipt_number,
        procedure=ProcedureId(case.procedure) if case else None, version=case.version if case else None,
        status=case.status if case else None, step=case.step if case else None,
        outlook=expected, outcome=item.outcome, reason=FROM_WORKFLOW.get(item.reason or "", item.reason),
    )  # fmt: skip


def _lines(connection: Connection, rows: tuple[RepairRow, ...]) -> tuple[RepairLine, ...]:
    counts = repairs.progress_of(connection, [row.id for row in rows])
    return tuple(_line(row, counts.get(row.id, NOTHING)) for row in rows)


def _line(row: RepairRow, progress: Progress) -> RepairLine:
    return RepairLine(
        id=row.id, kind=row.kind, state=row.state, said=row.said, asked_by=row.asked_by_name,
        approved_by=row.approved_by_name, planned_at=row.planned_at, approved_at=row.approved_at,
        finished_at=row.finished_at, progress=ProgressView(**progress.__dict__, waiting=progress.waiting),
    )  # fmt: skip

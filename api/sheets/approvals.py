"""承認: what a batch adds up to, by club and person, looked over by somebody who corrected nothing of it."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from uuid import UUID

import anyio.from_thread
from fastapi import APIRouter
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, Officer
from api.problems import problem
from api.sheets import months, rights
from api.sheets.batches import owned
from api.sheets.corrections import values_of
from api.sheets.typed import as_said, in_clock
from api.sheets.views import ApprovalView, ClubSumView, SheetSumView
from api.views import Visitor
from procedures.values import MunicipalityCode
from sheets.decoding import contradictions
from sheets.document import CellId, Sheet
from store import rosters, sheet_batches, sheet_views
from store.rosters import Roster
from store.sheet_batches import BatchNotReady, BatchRow, SamePerson
from store.sheet_views import SheetSum

router = APIRouter(prefix="/api/sheets/batches", tags=["sheets"])


@router.get("/{batch_id}/approval")
def read_sheet_approval(counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> ApprovalView:
    """承認する内容."""
    return read(counter, city, officer, batch_id)


@router.post("/{batch_id}/approval", status_code=202)
def approve_sheet_batch(counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> ApprovalView:
    """承認する: from now on it is the robot's."""
    approve(counter, city, officer, batch_id)
    return read(counter, city, officer, batch_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, batch_id: UUID) -> ApprovalView:
    """承認する内容. Raises Problem: not_found."""
    with counter.database.transaction(city) as connection:
        row, sheet = owned(counter, connection, officer, batch_id)
        rights.look(connection, officer, sheet, batch_id)
        cells = tuple(cell.id for cell in sheet.cells if cell.id in sheet.totals)
        found = sheet_views.sums(connection, batch_id, cells)
        roster = rosters.read(connection)
        odd = _contradicting(connection, sheet, row, roster, found)
        correctors = sheet_batches.correctors(connection, batch_id)
        before = months.month_before_of(connection, row, sheet, cells)
    by_club = groupby(found, key=lambda each: each.group_number)
    clubs = [_club(sheet, cells, roster, group, list(sheets), odd) for group, sheets in by_club]
    return ApprovalView(
        batch=batch_id, cells=cells, clubs=months.compared(clubs, roster, before), compared=before.total,
        ready=row.state == "approving", by_oneself=officer.account_id in correctors,
    )  # fmt: skip


def approve(counter: Counter, city: MunicipalityCode, officer: Visitor, batch_id: UUID) -> None:
    """承認する. Raises Problem: not_found, not_allowed, batch_not_ready, sheet_same_person."""
    with counter.database.transaction(city) as connection:
        _, sheet = owned(counter, connection, officer, batch_id)
        rights.require_approver(officer, sheet)
        try:
            sheet_batches.approve(connection, batch_id, officer.account_id)
        except BatchNotReady as early:
            raise problem("batch_not_ready") from early
        except SamePerson as same:
            raise problem("sheet_same_person") from same
    anyio.from_thread.run(counter.dispatch.look_at_sheets_again, batch_id)


# --- small things -----------------------------------------------------------------------------------------------------


def _contradicting(
    connection: Connection, sheet: Sheet, batch: BatchRow, roster: Roster, found: Sequence[SheetSum]
) -> frozenset[UUID]:
    """合わないシート: among those of which a person said that it is written so."""
    doubted = {each.page_id: each for each in found if each.disputed}
    by_page = sheet_views.cells_of(connection, doubted.keys()) if doubted else {}
    return frozenset(
        page_id
        for page_id, cells in by_page.items()
        if contradictions(
            sheet,
            values_of(sheet, {each.cell: each.final for each in cells}),
            roster.known(doubted[page_id].group_number, batch.month, doubted[page_id].person_number),
        )
    )


def _club(
    sheet: Sheet, cells: Sequence[CellId], roster: Roster, group: str | None, found: Sequence[SheetSum],
    odd: frozenset[UUID],
) -> ClubSumView:  # fmt: skip
    name = next((each.group_name for each in roster.entries if each.group_number == group), group or "–")
    return ClubSumView(
        group=group, name=name, sheets=tuple(_sum(sheet, cells, roster, each, each.page_id in odd) for each in found)
    )


def _sum(sheet: Sheet, cells: Sequence[CellId], roster: Roster, found: SheetSum, odd: bool) -> SheetSumView:
    values: Mapping[CellId, object] = values_of(sheet, found.totals)
    entry = roster.find(found.group_number, found.person_number or "0")
    numbers = tuple(value if isinstance(value := values[cell], int) else None for cell in cells)
    said = tuple(
        (as_said(kind, found.totals.get(cell)) or None) if number is None else in_clock(kind, number)
        for cell, kind, number in zip(cells, (sheet.cell(each).kind for each in cells), numbers, strict=True)
    )
    return SheetSumView(
        page=found.page_id, person=found.person_number, name=entry.name if entry else None, totals=said,
        numbers=numbers, changed=found.changed, contradicts=odd,
    )  # fmt: skip

"""帳票の入力の処理: approved pages become the robot's orders, one by one; and what became of each is compared.

Of a sheet whose result is a table nothing is typed anywhere: its approved pages are rows of it at once.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection
from temporalio import activity

from activities.batch.page_reading import library
from activities.batch.payroll_result import NotPayable, payroll_entry
from activities.desk import Desk
from activities.heartbeat import signs_of_life
from activities.rpa.payroll import PayrollEntry, shown_of
from sheets.results import PayrollResult, TableResult
from store import robot_entries, rosters, sheet_batches, sheet_pages
from store.robot_entries import PAYROLL, EntryKey, EntryPlannedDifferently
from store.rosters import Roster
from store.sheet_batches import PageState
from store.sheet_pages import PageRow
from workflows.sheet_contracts import EntryOrder, EntrySettled, SheetBatch

ORDERS = 50
"""Given out at a time, so that a workflow's history stays short."""


@dataclass(frozen=True)
class Reconciled:
    """突合の結果: of one page: what was approved, and where what the payroll shows differs from it."""

    page: PageRow
    entry: PayrollEntry | None
    differences: tuple[str, ...]


class SheetEntries:
    """帳票の入力の処理."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn
    async def plan_entries(self, batch: SheetBatch) -> list[EntryOrder]:
        """予定: the next pages' orders, before any system is opened; what cannot be paid is handed over to a person."""
        async with signs_of_life():
            return await asyncio.to_thread(self._plan, batch)

    @activity.defn
    async def settle_entry(self, settled: EntrySettled) -> None:
        """結果: entered, or a person's."""
        await asyncio.to_thread(self._settle, settled)

    def _plan(self, batch: SheetBatch) -> list[EntryOrder]:
        orders: list[EntryOrder] = []
        with self._desk.writing(batch.municipality) as connection:
            roster = rosters.read(connection)
            pages = sheet_pages.pages(connection, batch.batch_id, "approved")
            row = sheet_batches.read(connection, batch.batch_id)
            if row is not None and isinstance(library().current(row.sheet).result, TableResult):
                for page in pages:
                    sheet_pages.settle(connection, page.id, "entered")
                return []
        for page in pages:
            with self._desk.writing(batch.municipality) as connection:
                reference = page.reference or self._planned(connection, page, roster)
            if reference is not None:
                orders.append(EntryOrder(page_id=page.id, reference=reference))
            if len(orders) == ORDERS:
                break
        return orders

    def _planned(self, connection: Connection, page: PageRow, roster: Roster) -> str | None:
        try:
            entry = entry_of(connection, page, roster)
            robot_entries.plan(connection, EntryKey(PAYROLL, entry.reference), entry.model_dump(mode="json"))
        except NotPayable as failed:
            sheet_pages.settle(connection, page.id, "handed_over", failed.fault)
            return None
        except EntryPlannedDifferently:
            sheet_pages.settle(connection, page.id, "handed_over", "planned_differently")
            return None
        if not sheet_pages.plan(connection, page.id, entry.reference):
            sheet_pages.settle(connection, page.id, "handed_over", "same_person_twice")
            return None
        return entry.reference

    def _settle(self, settled: EntrySettled) -> None:
        with self._desk.writing(settled.municipality) as connection:
            state: PageState = "handed_over" if settled.fault else "entered"
            sheet_pages.settle(connection, settled.page_id, state, settled.fault)


def entry_of(connection: Connection, page: PageRow, roster: Roster) -> PayrollEntry:
    """給与への入力 of a page, from its cells as they finally stand. Raises NotPayable."""
    batch = sheet_batches.read(connection, page.batch_id)
    sheet = library().version(batch.sheet if batch else "", page.sheet_version or 1)
    if not isinstance(sheet.result, PayrollResult):
        raise NotPayable("no_result")
    return payroll_entry(sheet, sheet.result, sheet_pages.cells(connection, page.id), page, roster)


def reconciled(connection: Connection, page: PageRow, roster: Roster) -> Reconciled:
    """突合: what the payroll showed when it was read back, against what was approved; made anew from the cells."""
    try:
        entry = entry_of(connection, page, roster)
    except NotPayable as failed:
        return Reconciled(page, None, (failed.fault,))
    row = robot_entries.read(connection, EntryKey(PAYROLL, entry.reference))
    shown: Mapping[str, str] = (row.shown if row else None) or {}
    expected = shown_of(entry)
    places = sorted(place for place in expected.keys() | shown.keys() if expected.get(place) != shown.get(place))
    return Reconciled(page, entry, tuple(places))

"""結果の処理: what the payroll shows against what was approved, the monthly reports (PDF) and the payroll's CSV.

Of a sheet whose document declares a table: its rows as CSV.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from temporalio import activity

from activities.batch.entries import Reconciled, reconciled
from activities.batch.months import BatchNumbers, ClubMonth, clubs, payroll_csv
from activities.batch.page_reading import library
from activities.batch.table_result import table_csv
from activities.desk import Desk
from activities.documents.render import Renderer
from activities.heartbeat import signs_of_life
from sheets.comparison import month_before
from sheets.results import PayrollResult, TableResult
from store import rosters, sheet_batches, sheet_pages, sheet_views
from store.objects import Objects
from store.sheet_batches import BatchRow, payroll_key, report_key, table_key
from workflows.sheet_contracts import SheetBatch

TEMPLATE = "_shared/payroll_month.html"


class SheetReports:
    """結果の処理: the same batch gives the same files, however often it is asked for."""

    def __init__(self, desk: Desk, objects: Objects, renderer: Renderer) -> None:
        self._desk = desk
        self._objects = objects
        self._renderer = renderer

    @activity.defn
    async def report_batch(self, batch: SheetBatch) -> None:
        """突合と報告."""
        async with signs_of_life():
            await asyncio.to_thread(self._report, batch)

    def _report(self, batch: SheetBatch) -> None:
        with self._desk.writing(batch.municipality) as connection:
            row = sheet_batches.read(connection, batch.batch_id)
        if row is None:
            return
        match library().current(row.sheet).result:
            case PayrollResult():
                self._compare(batch, row)
            case TableResult() as table:
                self._tabulate(batch, row, table)

    def _tabulate(self, batch: SheetBatch, row: BatchRow, table: TableResult) -> None:
        with self._desk.writing(batch.municipality) as connection:
            pages = sheet_pages.pages(connection, row.id, "entered")
            cells = sheet_views.cells_of(connection, [page.id for page in pages])
        papers = [(library().version(row.sheet, page.sheet_version or 1), cells[page.id]) for page in pages]
        self._objects.put(table_key(batch.municipality, row.id), table_csv(table, papers))

    def _compare(self, batch: SheetBatch, row: BatchRow) -> None:
        with self._desk.writing(batch.municipality) as connection:
            roster = rosters.read(connection)
            pages = sheet_pages.pages(connection, row.id, "entered", "handed_over")
            found = [reconciled(connection, page, roster) for page in pages]
            for each in found:
                if each.differences:
                    sheet_pages.tell_difference(connection, each.page.id)
            earlier = sheet_batches.earlier(connection, row, month_before(row.month)) if row.month else ()
            before = sheet_pages.entered_minutes(connection, earlier)
            looked_at = sheet_views.work(connection, row.id).touched
            numbers = BatchNumbers.of(sheet_batches.progress(connection, row.id), len(pages), looked_at)
        self._put(batch, row, found, clubs(found, roster, before), numbers)

    def _put(
        self, batch: SheetBatch, row: BatchRow, found: Sequence[Reconciled], months: Sequence[ClubMonth],
        numbers: BatchNumbers,
    ) -> None:  # fmt: skip
        entered = [each for each in found if each.page.state == "entered"]
        self._objects.put(payroll_key(batch.municipality, row.id), payroll_csv(entered))
        for club in months:
            self._print(report_key(batch.municipality, row.id, club.number), row, [club], None)
        self._print(report_key(batch.municipality, row.id), row, months, numbers)

    def _print(self, key: str, row: BatchRow, months: Sequence[ClubMonth], numbers: BatchNumbers | None) -> None:
        year, _, number = (row.month or "").partition("-")
        title = library().current(row.sheet).title.ja
        marked = sum(1 for club in months for each in club.people if each.change)
        context = {
            "title": title, "month": f"{year}年{int(number)}月" if number else "", "clubs": months, "marked": marked,
            "numbers": numbers, "hours": hours, "in_words": in_words,
        }  # fmt: skip
        moment = row.approved_at or row.read_at or datetime.now(UTC)
        self._objects.put(key, self._renderer.print_copy(TEMPLATE, context, issued_at=moment))


def hours(minutes: int | None) -> str:
    """時間: H:MM; nothing where nobody knows."""
    return "" if minutes is None else f"{minutes // 60}:{minutes % 60:02}"


WORDS = {
    "entered": "入力済み", "handed_over": "手入力", "more": "増", "less": "減", "new": "新規", "missing": "報告なし",
    "not_on_roster": "名簿にない職員番号", "does_not_add_up": "計算が合わない", "row_incomplete": "行の記入が不完全",
    "no_total": "合計なし", "no_month": "対象月なし", "same_person_twice": "同じ人の報告が二枚",
    "planned_differently": "別の値で入力済み", "differs": "給与システムの表示と相違",
    "SubjectMissing": "給与システムに対象者なし", "EntryAlreadyThere": "職員が入力済み", "EnteredTwice": "二重登録",
    "SystemUnavailable": "応答なし",
    "EntryDiffers": "登録値の相違", "EntryRefused": "給与システムが拒否", "ScreenNotExpected": "想定外の画面",
}  # fmt: skip


def in_words(code: str | None) -> str:
    """言葉で: a state, a change or a fault; an unknown fault is shown as it is called."""
    return WORDS.get(code or "", code or "")

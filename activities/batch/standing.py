"""一括の状況: what a batch's rows ask for next, and what is shown of it."""

import asyncio
from typing import assert_never

from temporalio import activity

from activities.desk import Desk
from store import sheet_batches, sheet_pages
from store.sheet_batches import BatchProgress, BatchRow, BatchState, FileRow
from workflows.sheet_batch_workflow import PART
from workflows.sheet_contracts import BatchStanding, Next, SheetBatch, SheetEnd, SheetPause


class SheetStanding:
    """一括の状況の処理: short reads and writes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn
    async def find_next(self, batch: SheetBatch) -> BatchStanding:
        """次の仕事: what comes next, and the row says so."""
        return await asyncio.to_thread(self._find_next, batch)

    @activity.defn
    async def show_pause(self, pause: SheetPause) -> None:
        """休止・再開."""
        await asyncio.to_thread(self._show_pause, pause)

    @activity.defn
    async def end_batch(self, end: SheetEnd) -> None:
        """終了."""
        await asyncio.to_thread(self._end, end)

    def _find_next(self, batch: SheetBatch) -> BatchStanding:
        with self._desk.writing(batch.municipality) as connection:
            row = sheet_batches.read(connection, batch.batch_id, lock=True)
            if row is None:  # nothing is left to do for it
                return BatchStanding(next="finish")
            files = sheet_batches.files(connection, batch.batch_id)
            counted = sheet_batches.progress(connection, batch.batch_id)
            found = next_of(row, files, counted)
            sheet_batches.show(connection, batch.batch_id, shown(found, counted, row))
            if found != "read":
                return BatchStanding(next=found)
            waiting = sheet_pages.pages(connection, batch.batch_id, "waiting")
        firsts = {page.position // PART * PART for page in waiting}
        return BatchStanding(next=found, waiting=tuple(sorted(firsts)))

    def _show_pause(self, pause: SheetPause) -> None:
        with self._desk.writing(pause.municipality) as connection:
            sheet_batches.show_pause(connection, pause.batch_id, pause.paused, pause.fault)

    def _end(self, end: SheetEnd) -> None:
        with self._desk.writing(end.municipality) as connection:
            sheet_batches.show_pause(connection, end.batch_id, paused=False)
            if end.state == "stopped":
                sheet_batches.release(connection, end.batch_id)
            sheet_batches.show(connection, end.batch_id, end.state)


def next_of(row: BatchRow, files: tuple[FileRow, ...], counted: BatchProgress) -> Next:
    """次の仕事."""
    if any(file.pages is None and file.fault is None for file in files):
        return "split"
    if counted.pages["waiting"]:
        return "read"
    if row.read_at is None:
        return "sort_out"
    if row.approved_at is None:
        return "wait" if counted.pages["read"] or counted.pages["corrected"] else "finish"
    return "enter" if counted.pages["approved"] else "finish"


def shown(found: Next, counted: BatchProgress, row: BatchRow) -> BatchState:
    """一括の状態, as people see it."""
    match found:
        case "split" | "read" | "sort_out":
            return "reading" if row.read_at is None else row.state
        case "wait":
            return "correcting" if counted.pages["read"] else "approving"
        case "enter" | "finish":
            return "entering" if row.approved_at else row.state
        case _:
            assert_never(found)

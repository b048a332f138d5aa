"""帳票の読取りの処理: files become pages, pages become cells; what fails is told on its page and stops nobody."""

import asyncio
import logging
from dataclasses import replace

from temporalio import activity

from activities.batch.page_reading import PageFound, count_pages
from activities.batch.reading_pool import PageGaveUp, ReadingPool
from activities.batch.settings import SheetSettings
from activities.desk import Desk
from activities.heartbeat import signs_of_life
from activities.ocr.likeness import SAME_PAPER, likeness
from activities.ocr.pages import FileUnreadable
from sheets.label import Label
from store import rosters, sheet_batches, sheet_pages
from store.objects import Objects
from store.rosters import Roster
from store.sheet_batches import FileRow
from store.sheet_pages import PageRead, PageRow
from workflows.sheet_contracts import SheetBatch, SheetPart

log = logging.getLogger(__name__)


class SheetReadings:
    """帳票の読取りの処理: on the queue of the sheets."""

    def __init__(self, desk: Desk, objects: Objects, pool: ReadingPool, settings: SheetSettings) -> None:
        self._desk = desk
        self._objects = objects
        self._pool = pool
        self._settings = settings

    @activity.defn
    async def split_files(self, batch: SheetBatch) -> None:
        """頁に分ける: every file that was not opened yet; one that cannot be opened says why."""
        async with signs_of_life():
            for file in await asyncio.to_thread(self._unsplit, batch):
                await self._split(batch, file)

    @activity.defn
    async def read_pages(self, part: SheetPart) -> None:
        """頁を読む: those of a part that still wait; each is written down before the next is begun."""
        async with signs_of_life():
            roster, sheet, waiting = await asyncio.to_thread(self._waiting, part)
            for file, pages in waiting:
                content = await asyncio.to_thread(self._objects.get, file.object_key)
                for page in pages:
                    found = await self._pool.page(
                        content, page.number, frozenset((sheet,)), roster, self._settings.thresholds,
                        named_label(sheet, page),
                    )  # fmt: skip
                    await asyncio.to_thread(self._record, part, page, found)

    @activity.defn
    async def give_up_pages(self, part: SheetPart) -> None:
        """読取りの断念: what a part could not read is a person's."""
        await asyncio.to_thread(self._give_up, part)

    @activity.defn
    async def sort_out(self, batch: SheetBatch) -> None:
        """整理: the month of the batch, and which pages are the same paper, scanned twice."""
        async with signs_of_life():
            await asyncio.to_thread(self._sort_out, batch)

    # --- files --------------------------------------------------------------------------------------------------------

    def _unsplit(self, batch: SheetBatch) -> list[FileRow]:
        with self._desk.writing(batch.municipality) as connection:
            files = sheet_batches.files(connection, batch.batch_id)
        return [file for file in files if file.pages is None and file.fault is None]

    async def _split(self, batch: SheetBatch, file: FileRow) -> None:
        content = await asyncio.to_thread(self._objects.get, file.object_key)
        pages = 0
        fault: str | None = None
        try:
            pages = await self._pool.run(count_pages, content)
        except FileUnreadable as failed:
            fault = failed.fault
        except PageGaveUp as failed:
            fault = failed.fault
        await asyncio.to_thread(self._split_file, batch, file, pages, fault)

    def _split_file(self, batch: SheetBatch, file: FileRow, pages: int, fault: str | None) -> None:
        with self._desk.writing(batch.municipality) as connection:
            sheet_batches.split_file(connection, file, pages, fault)

    # --- pages --------------------------------------------------------------------------------------------------------

    def _waiting(self, part: SheetPart) -> tuple[Roster, str, list[tuple[FileRow, list[PageRow]]]]:
        with self._desk.writing(part.municipality) as connection:
            batch = sheet_batches.read(connection, part.batch_id)
            pages = sheet_pages.pages(connection, part.batch_id, "waiting", first=part.first, count=part.count)
            files = sheet_batches.files(connection, part.batch_id)
            roster = rosters.read(connection)
        by_file = [(file, [page for page in pages if page.file_id == file.id]) for file in files]
        return roster, batch.sheet if batch else "", [(file, found) for file, found in by_file if found]

    def _record(self, part: SheetPart, page: PageRow, found: PageFound) -> None:
        """The picture first: a page that says it has one has it."""
        read = found.read
        if found.picture is not None:
            again = f"-{page.version}" if page.named_by else ""
            name = f"{sheet_batches.folder(part.municipality, part.batch_id)}/{page.id}{again}.webp"
            read = replace(read, image_key=name)
            self._objects.put(str(read.image_key), found.picture)
        with self._desk.writing(part.municipality) as connection:
            sheet_pages.record(connection, page.id, read, found.cells)

    def _give_up(self, part: SheetPart) -> None:
        with self._desk.writing(part.municipality) as connection:
            for page in sheet_pages.pages(connection, part.batch_id, "waiting", first=part.first, count=part.count):
                sheet_pages.record(connection, page.id, PageRead("unreadable", "read", part.cause), ())

    def _sort_out(self, batch: SheetBatch) -> None:
        with self._desk.writing(batch.municipality) as connection:
            sheet_batches.name_month(connection, batch.batch_id)
            earlier: list[tuple[PageRow, bytes]] = []
            for page, trace in sheet_pages.traces(connection, batch.batch_id):
                same = next((other for other, its in earlier if _same_paper(page, trace, other, its)), None)
                if same is None:
                    earlier.append((page, trace))
                else:
                    sheet_pages.tell_duplicate(connection, page.id, same.id)
            sheet_batches.show(connection, batch.batch_id, "correcting")


def named_label(sheet: str, page: PageRow) -> Label | None:
    """名指し: what a person said that this page is; None: nobody did."""
    if page.named_by is None:
        return None
    return Label(
        sheet=sheet, version=page.sheet_version or 1, month=page.month, group=page.group_number,
        person=page.person_number,
    )  # fmt: skip


def _same_paper(page: PageRow, trace: bytes, other: PageRow, its: bytes) -> bool:
    """Of one club and month only: nobody else's paper looks the same but by chance."""
    return (page.group_number, page.month) == (other.group_number, other.month) and likeness(trace, its) >= SAME_PAPER

"""紙の読取りの処理: of a paper that an officer enters, the first page that is a sheet of its procedure."""

import asyncio
import logging

from temporalio import activity

from activities.batch.page_reading import count_pages, library
from activities.batch.reading_pool import PageGaveUp, ReadingPool
from activities.batch.settings import SheetSettings
from activities.desk import Desk
from activities.heartbeat import signs_of_life
from activities.ocr.pages import FileUnreadable
from procedures.values import ProcedureId
from sheets.results import FilingResult
from store import paper_readings
from store.objects import Objects
from store.paper_readings import Asked, Found
from store.rosters import Roster
from workflows.sheet_contracts import PaperReading

log = logging.getLogger(__name__)
MOST_PAGES = 20
"""Of all scans of one paper: a form is one of the first."""
NOBODY = Roster(())
"""The roster is of people who work for the city; who applies is in the register."""
WORSE = ("blank", "foreign", "not_registered", "label_unreadable", "sheet_unknown", "other_sheet")
"""Which cause is told where several pages have one: the page that comes nearest to a form says most."""


class PaperReadings:
    """紙の読取りの処理: on the queue of the sheets."""

    def __init__(self, desk: Desk, objects: Objects, pool: ReadingPool, settings: SheetSettings) -> None:
        self._desk = desk
        self._objects = objects
        self._pool = pool
        self._settings = settings

    @activity.defn
    async def read_paper(self, given: PaperReading) -> None:
        """紙を読む: what was found is written to its row; one that nobody waits for any more is left alone."""
        async with signs_of_life():
            asked = await asyncio.to_thread(self._waiting, given)
            if asked is not None:
                found = await self._found(given, asked)
                await asyncio.to_thread(self._record, given, found)

    def _waiting(self, given: PaperReading) -> Asked | None:
        with self._desk.writing(given.municipality) as connection:
            return paper_readings.waiting(connection, given.draft_id)

    def _record(self, given: PaperReading, found: Found | str) -> None:
        with self._desk.writing(given.municipality) as connection:
            paper_readings.record(connection, given.draft_id, found)

    async def _found(self, given: PaperReading, asked: Asked) -> Found | str:
        """The form, or the best of the causes why there is none."""
        wanted, causes, left = sheets_of(asked.procedure), list[str](), MOST_PAGES
        for key in asked.scans:
            content = await asyncio.to_thread(self._objects.get, key)
            pages, fault = await self._pages(given, content)
            causes += [fault] if fault else []
            for number in range(1, min(pages, left) + 1):
                page = await self._pool.page(content, number, wanted, NOBODY, self._settings.thresholds)
                if page.sheet is not None and page.picture is not None:
                    return Found(page.sheet, page.read.sheet_version or 1, page.cells, page.picture)
                causes.append(page.read.fault or page.read.kind)
            left -= min(pages, left)
        return max(causes, key=_nearness, default="blank")

    async def _pages(self, given: PaperReading, content: bytes) -> tuple[int, str | None]:
        try:
            return await self._pool.run(count_pages, content), None
        except (FileUnreadable, PageGaveUp) as failed:
            log.warning("A scan of draft %s could not be opened: %s", given.draft_id, failed.fault)
            return 0, failed.fault


def sheets_of(procedure: ProcedureId) -> frozenset[str]:
    """手続の帳票: whose answers are those of its form."""
    return frozenset(
        each.id
        for each in library().all()
        if isinstance(each.result, FilingResult) and each.result.procedure == procedure
    )


def _nearness(cause: str) -> int:
    return WORSE.index(cause) if cause in WORSE else len(WORSE)

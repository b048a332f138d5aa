"""訂正の計測: a scripted person settles what the machine left of some twenty sheets, in a real browser by keys alone.

Real readings of held-out sheets; a second person confirms changed totals. The model of looking and typing is stated in
`tests/bench/typist.py`; what the page takes is measured.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page
from rich.console import Console
from rich.table import Table

from activities.batch.page_reading import PageFound, read_page
from activities.batch.settings import SheetSettings
from api.counter import SESSION_COOKIE
from commands.batch_truth import corrections, said
from commands.sheet_files import read_roster
from machine.postgres import Role
from machine.up import City
from machine.visitor import Visitor
from procedures.values import MunicipalityCode
from sandbox.scans.truth import ScannedPage
from store import rosters, sheet_batches, sheet_pages
from store.database import Database
from store.objects import Objects
from store.settings import StoreSettings
from store.sheet_pages import CellRow
from tests.api.scenes import Books
from tests.api.sheet_scenes import CORRECTION
from tests.bench.reading_pile import SHEET, Pile, made
from tests.bench.typist import KEY, LOOK, Effort, Typist

pytestmark = pytest.mark.timeout(1800)

HIMEJI = MunicipalityCode("282014")
CLUBS = 3
MONTH_OF_SHEETS = 600
WELL_UNDER_TWO_HOURS = 90 * 60


@dataclass(frozen=True)
class Sheet:
    """一枚: as it was read, and what is true of it."""

    page_id: UUID
    due: dict[str, str]
    """What each cell has to say that somebody has to touch."""
    wrong: frozenset[str]
    """Of these, what no machine doubted: their writer worked it out wrongly."""


@pytest.fixture
def stored(city: City) -> Iterator[tuple[Database, Objects]]:
    layout = city.layout
    settings = StoreSettings(
        database_url=f"postgresql+psycopg://{Role.APP}@127.0.0.1:{layout.ports.postgres}/madoguchi",
        password_file=layout.postgres.password_file(Role.APP), objects_url=layout.objects.as_uri(),
        master_key_file=layout.secrets / "master_key",
    )  # fmt: skip
    database = Database(settings)
    yield database, Objects(settings.objects_url)
    database.close()


@pytest.fixture
def officers(city: City) -> Iterator[tuple[Visitor, Visitor]]:
    books = Books(city.layout)
    with books.newcomer(CORRECTION) as first, books.newcomer(CORRECTION) as second:
        yield first, second
    books.close()


def test_human_seconds_for_a_sheet(
    city: City, stored: tuple[Database, Objects], officers: tuple[Visitor, Visitor], browser: Browser, tmp_path: Path,
    console: Console,
) -> None:  # fmt: skip
    sheets, all_of_them = pile(*stored, made(tmp_path, "held_out", CLUBS))
    first, second = (window(browser, city, each) for each in officers)
    typist = Typist(first, SHEET)
    for sheet in sheets.values():
        first.goto(f"{city.layout.public_url}/sheets/pages/{sheet.page_id}")
        typist.settle(sheet.due, sheet.wrong)
    waiting = open_pages(stored[0], sheets)
    colleague = Typist(second, SHEET)
    for page_id in waiting:
        second.goto(f"{city.layout.public_url}/sheets/pages/{page_id}")
        colleague.confirm()

    console.print(table(all_of_them, len(sheets), len(waiting), typist.effort, colleague.effort))
    assert open_pages(stored[0], sheets) == [], "every sheet was settled by keys alone"
    each = (typist.effort.seconds + colleague.effort.seconds) / all_of_them
    assert each * MONTH_OF_SHEETS < WELL_UNDER_TWO_HOURS


def table(sheets: int, touched: int, second: int, effort: Effort, colleague: Effort) -> Table:
    """手間の表."""
    seconds = effort.seconds + colleague.seconds
    found = Table("what", "number", title=f"訂正: {sheets} held-out sheets, {LOOK} s a look, {KEY} s a key")
    found.add_row("sheets that somebody has to open", f"{touched}, {second} of them a second person, too")
    found.add_row("cells looked at", f"{effort.looks} ({effort.looks / sheets:.1f} a sheet)")
    found.add_row("cells typed anew", f"{len(effort.typed)}")
    found.add_row("keys", f"{effort.keys + colleague.keys}")
    found.add_row("waited for the page", f"{effort.waited + colleague.waited:.1f} s")
    found.add_row("human seconds a sheet", f"{seconds / sheets:.1f}")
    found.add_row(f"{MONTH_OF_SHEETS} sheets", f"{seconds / sheets * MONTH_OF_SHEETS / 60:.0f} minutes")
    return found


# --- a pile that was read ---------------------------------------------------------------------------------------------


def pile(database: Database, objects: Objects, scans: Pile) -> tuple[dict[UUID, Sheet], int]:
    """A pile, read by the real readers and stored: its sheets that wait for a person, and how many there are in all."""
    content = {file: (scans.folder / file).read_bytes() for file in {page.file for page in scans.truth.pages}}
    thresholds = SheetSettings().thresholds
    waiting: dict[UUID, Sheet] = {}
    with database.transaction(HIMEJI) as connection:
        rosters.replace(connection, read_roster((scans.folder / "roster.csv").read_text("utf-8")))
        roster = rosters.read(connection)
        batch = sheet_batches.open_batch(connection, SHEET.id, "計測", "folder")
        for name, data in content.items():
            sheet_batches.add_file(connection, batch, name, f"none/{name}", hashlib.sha256(data).digest())
        sheets = 0
        for file in sheet_batches.files(connection, batch):
            truths = [page for page in scans.truth.pages if page.file == file.name]
            sheet_batches.split_file(connection, file, len(truths))
            pages = {each.number: each for each in sheet_pages.pages(connection, batch) if each.file_id == file.id}
            for truth in truths:
                found = read_page(content[file.name], truth.page, frozenset((SHEET.id,)), roster, thresholds)
                page_id = pages[truth.page].id
                key = f"{sheet_batches.folder(HIMEJI, batch)}/{page_id}.webp"
                objects.put(key, found.picture or b"")
                whole = {**found.read.__dict__, "image_key": key}
                sheet_pages.record(connection, page_id, type(found.read)(**whole), found.cells)
                if truth.kind == "sheet":
                    sheets += 1
                    if found.read.state == "read" and found.cells:
                        waiting[page_id] = work(page_id, found, truth, sheet_pages.cells(connection, page_id))
        sheet_batches.show(connection, batch, "correcting")
    return waiting, sheets


def work(page_id: UUID, found: PageFound, truth: ScannedPage, cells: tuple[CellRow, ...]) -> Sheet:
    """一枚の仕事: what is doubtful, and what its writer worked out wrongly."""
    assert truth.written is not None
    final = said(SHEET, truth.written)
    wanted = corrections(SHEET, cells, truth.written)
    doubted = {each.cell for each in found.cells if not each.accepted}
    return Sheet(page_id, final, frozenset(wanted.keys() - doubted))


def open_pages(database: Database, sheets: Iterable[UUID]) -> list[UUID]:
    with database.reading(HIMEJI) as connection:
        found = [sheet_pages.page(connection, each) for each in sheets]
    return [page.id for page in found if page is not None and page.state == "read"]


def window(browser: Browser, city: City, officer: Visitor) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP")
    token = officer.http.cookies[SESSION_COOKIE]
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": city.layout.public_url}])
    return context.new_page()

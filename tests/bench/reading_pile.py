"""読取の計測の土台: a month's pile of paper, from the scanner's files to decoded values, in a process of its own."""

import resource
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2

from activities.documents import blank_sheets
from activities.ocr.pages import open_scan
from activities.ocr.registration import RegisteredPage
from activities.ocr.sheet_reading import SheetReading, read_sheet
from activities.ocr.sorting import PageKind, sort_page
from activities.ocr.words import WordReader
from sandbox.scans.batch import Order, make
from sandbox.scans.clubs import clubs
from sandbox.scans.handwriting import Part
from sandbox.scans.printer import printed
from sandbox.scans.truth import ScannedPage, Truth, Written
from sheets.decoding import Decoded, decode
from sheets.document import Cell
from sheets.drawing import page as drawn
from sheets.kinds import COMBED
from sheets.known import Known
from sheets.label import Label
from sheets.loader import SheetLibrary
from sheets.threshold import Judged
from sheets.values import Empty, Value, value

LIBRARY = SheetLibrary.read()
SHEET = LIBRARY.current("club_work_report")
FIGURES = tuple(cell for cell in SHEET.cells if cell.kind in COMBED)
"""数字の欄: names and remarks are shown to a person whatever was read."""


@dataclass(frozen=True)
class Cost:
    """手間: processor seconds for one page."""

    sorting: float
    reading: float
    decoding: float


@dataclass(frozen=True)
class ReadPage:
    """読んだ頁: what came of it, beside what is true."""

    truth: ScannedPage
    kind: PageKind
    reading: SheetReading | None = None
    decoded: Decoded | None = None
    cost: Cost | None = None


@dataclass(frozen=True)
class Pile:
    """紙の山: files of one part, in a folder."""

    folder: Path
    truth: Truth

    def page(self, page: ScannedPage) -> RegisteredPage | None:
        """A page once more, for readers to be compared."""
        with open_scan((self.folder / page.file).read_bytes()) as scan:
            return sort_page(scan.page(page.page - 1), LIBRARY).page


def made(folder: Path, part: Part, count: int) -> Pile:
    """So many clubs' sheets: printed, filled in and scanned."""
    order = Order(month="2026-10", seed=1, part=part, clubs=count)
    chosen = clubs(order.seed)[:count]
    blanks = blank_sheets.printed(
        drawn(SHEET, Label(sheet=SHEET.id, version=SHEET.version, month=order.month, group=club.number), (club.name,))
        for club in chosen
    )
    by_club = dict(zip((club.number for club in chosen), printed(blanks, order.dpi), strict=True))
    return Pile(folder, make(folder, SHEET, by_club, order))


def read(pile: Pile) -> tuple[list[ReadPage], float]:
    """Every page, by one process; and the megabytes it needed at most."""
    with ProcessPoolExecutor(1, get_context("spawn"), cv2.setNumThreads, (1,)) as pool:
        pages = pool.submit(_read, pile).result()
        peak = pool.submit(resource.getrusage, resource.RUSAGE_SELF).result().ru_maxrss / 1024
    return pages, peak


def judged(pages: Sequence[ReadPage], *, written_only: bool) -> Iterator[Judged]:
    """What the decoder said of each figure, and whether that is what stands there."""
    for page in pages:
        if page.decoded is None or page.truth.written is None:
            continue
        decoded = {each.cell: each for each in page.decoded.cells}
        for cell in FIGURES:
            if written_only and page.truth.written.cells[cell.id] == "":
                continue
            found = decoded[cell.id]
            right = found.value == meant(cell, page.truth.written)
            yield Judged(found.probability, found.agreed, right, found.borne_out)


def meant(cell: Cell, written: Written) -> Value | None:
    """What the cell says to whoever reads it; None where it says nothing (empty, struck out)."""
    said = value(cell.kind, written.cells[cell.id] or "")
    return None if isinstance(said, Empty) else said


def _read(pile: Pile) -> list[ReadPage]:
    words = WordReader()
    by_file: dict[str, list[ScannedPage]] = {}
    for page in pile.truth.pages:
        by_file.setdefault(page.file, []).append(page)
    pages = []
    for file, truths in by_file.items():
        with open_scan((pile.folder / file).read_bytes()) as scan:
            for truth in truths:
                began = time.process_time()
                found = sort_page(scan.page(truth.page - 1), LIBRARY)
                sorted_at = time.process_time()
                if found.page is None:
                    pages.append(ReadPage(truth, found.kind))
                    continue
                reading = read_sheet(found.page, SHEET, words)
                read_at = time.process_time()
                decoded = decode(SHEET, reading.cells, _known(pile.truth, truth.club))
                cost = Cost(sorted_at - began, read_at - sorted_at, time.process_time() - read_at)
                pages.append(ReadPage(truth, found.kind, reading, decoded, cost))
    return pages


def _known(truth: Truth, number: str | None) -> Known:
    """What the city knows of a club's sheet before reading it: who is on its list, and what none of them may exceed."""
    people = [person for club in truth.clubs if club.number == number for person in club.people]
    limits = {
        "minutes_per_day": max((each.minutes_per_day for each in people), default=1440),
        "minutes_per_month": max((each.minutes_per_month for each in people), default=44_640),
    }
    return Known(month=truth.month, lists={"people": frozenset(int(each.number) for each in people)}, limits=limits)

"""一括: a month's pile of paper as a folder of files, and beside it what is written on every page.

The clubs' sheets come as they come: one file a club or many, PDF, TIFF or single JPEGs, some pages twice, some blank,
some of another matter altogether. Seeds of different parts have nothing in common: they are drawn from the part's name.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

from sandbox.scans.clubs import clubs, month_of, roster_csv
from sandbox.scans.filling import fill
from sandbox.scans.foreign import blank_page, foreign_page
from sandbox.scans.forms import WRITERS
from sandbox.scans.handwriting import Part
from sandbox.scans.pen import Page
from sandbox.scans.scanner import EVERYDAY, Scan, Wear, scan
from sandbox.scans.truth import Club, ScannedPage, Truth, Written
from sheets.document import Sheet


@dataclass(frozen=True)
class Order:
    """注文: which pile of paper."""

    month: str
    seed: int
    part: Part
    clubs: int = 67
    """The first so many of the city's."""
    dpi: int = 200
    wear: Wear = EVERYDAY
    duplicates: float = 0.015
    blanks: float = 0.02
    foreign: float = 0.015

    def random(self, what: str) -> Random:
        """乱数: of one thing in this pile; no other part's and no other thing's."""
        return Random(f"{self.part}/{self.seed}/{self.month}/{what}")  # noqa: S311 - repeatable, and no secret


@dataclass(frozen=True)
class _Sheetful:
    """A scanned page on its way into a file."""

    scan: Scan
    page: ScannedPage


def make(folder: Path, sheet: Sheet, blanks: Mapping[str, Page], order: Order, processes: int = 1) -> Truth:
    """月報の山: files and truth.json. `blanks` are the printed sheets by club number, at the order's resolution."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = clubs(order.seed)[: order.clubs]
    work = [(club, blanks[club.number]) for club in chosen]
    one = partial(_club, folder, sheet, order)
    if processes == 1:
        pages = [one(each) for each in work]
    else:
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            pages = list(pool.map(one, work))
    return _kept(folder, sheet, order, chosen, [page for each in pages for page in each])


def make_forms(folder: Path, sheet: Sheet, blank: Page, count: int, order: Order) -> Truth:
    """申請書・受診票の山: so many filled sheets of another kind, as one club's would be filed."""
    folder.mkdir(parents=True, exist_ok=True)
    random = order.random(sheet.id)
    papers = [WRITERS[sheet.id](random) for _ in range(count)]
    scanned = list(_pages(papers, None, sheet, blank, order, random))
    return _kept(folder, sheet, order, (), list(_filed(folder, f"{order.month}_{sheet.id}", scanned, order, random)))


def _kept(folder: Path, sheet: Sheet, order: Order, chosen: tuple[Club, ...], pages: list[ScannedPage]) -> Truth:
    truth = Truth(
        sheet=sheet.id, version=sheet.version, month=order.month, part=order.part, seed=order.seed,
        clubs=chosen, pages=tuple(pages),
    )  # fmt: skip
    truth.save(folder)
    if chosen:
        (folder / "roster.csv").write_text(roster_csv(chosen), "utf-8")
    return truth


def _club(folder: Path, sheet: Sheet, order: Order, work: tuple[Club, Page]) -> list[ScannedPage]:
    """One club's pages, in files of one kind."""
    club, blank = work
    random = order.random(club.number)
    papers = [month_of(person, order.month, random) for person in club.people]
    scanned = list(_pages(papers, club.number, sheet, blank, order, random))
    return list(_filed(folder, f"{order.month}_{club.number}", scanned, order, random))


def _pages(
    papers: Sequence[Written], club: str | None, sheet: Sheet, blank: Page, order: Order, random: Random
) -> Iterator[_Sheetful]:
    for written in papers:
        paper = fill(blank, sheet, written, order.dpi, order.part, random)
        page = ScannedPage(file="", page=1, kind="sheet", club=club, written=written)
        yield _scanned(paper, page, order, random)
        if random.random() < order.duplicates:
            yield _scanned(paper, page.model_copy(update={"kind": "duplicate"}), order, random)
        if random.random() < order.blanks:
            yield _scanned(blank_page(blank), ScannedPage(file="", page=1, kind="blank"), order, random)
        if random.random() < order.foreign:
            other = foreign_page(blank, order.dpi, random)
            yield _scanned(other, ScannedPage(file="", page=1, kind="foreign"), order, random)


def _scanned(paper: Page, page: ScannedPage, order: Order, random: Random) -> _Sheetful:
    found = scan(paper, order.dpi, order.wear, random)
    return _Sheetful(found, page.model_copy(update={"turned": found.turned}))


def _filed(folder: Path, name: str, pages: list[_Sheetful], order: Order, random: Random) -> Iterator[ScannedPage]:
    kind = random.choices(("pdf", "tiff", "jpg"), (60, 25, 15))[0]
    dpi = order.dpi
    if kind == "jpg":
        for number, each in enumerate(pages, start=1):
            file = f"{name}_{number:02}.jpg"
            each.scan.image.save(folder / file, "JPEG", quality=each.scan.quality, dpi=(dpi, dpi))
            yield each.page.model_copy(update={"file": file})
        return
    file = f"{name}.{kind}"
    first, *others = (each.scan.image for each in pages)
    quality = pages[0].scan.quality
    if kind == "pdf":
        first.save(folder / file, "PDF", save_all=True, append_images=others, resolution=dpi, quality=quality)
    else:
        pages_of_it = {"save_all": True, "append_images": others, "dpi": (dpi, dpi)}
        first.save(folder / file, "TIFF", compression="jpeg", quality=quality, **pages_of_it)
    for number, each in enumerate(pages, start=1):
        yield each.page.model_copy(update={"file": file, "page": number})


def paper(picture: Image.Image) -> Page:
    """紙: a printed page as the pens of this room write on it."""
    return np.array(picture.convert("L"))

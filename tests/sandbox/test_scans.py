"""スキャン: a pile of paper and its truth: the same for a seed, complete, and of one mind with the sheet's checks."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from activities.documents.blank_sheets import printed as pdf_of
from sandbox.scans.batch import Order, make, make_forms
from sandbox.scans.clubs import clubs, month_of
from sandbox.scans.filling import fill
from sandbox.scans.foreign import blank_page, foreign_page
from sandbox.scans.forms import WRITERS
from sandbox.scans.pen import Page
from sandbox.scans.printer import printed
from sandbox.scans.scanner import EVERYDAY, PERFECT, scan
from sandbox.scans.truth import Truth, Written
from sheets.document import CellId, Sheet
from sheets.drawing import page
from sheets.geometry import Box
from sheets.holding import findings
from sheets.known import Known
from sheets.label import Label
from sheets.loader import SheetLibrary
from sheets.values import value

DPI = 100
MONTH = "2026-10"
CLUBS = clubs(1)
REPORT = SheetLibrary.read().current("club_work_report")


@pytest.fixture(scope="module")
def blank() -> Page:
    drawn = page(REPORT, Label(sheet=REPORT.id, version=1, month=MONTH, group="001"), ["2026年10月分"])
    return next(printed(pdf_of([drawn]), DPI))


def values(sheet: Sheet, written: Written) -> dict[CellId, object]:
    return {cell.id: value(cell.kind, written.cells.get(cell.id) or "") for cell in sheet.cells}


def months(seeds: range) -> Iterator[Written]:
    for seed in seeds:
        for person in CLUBS[seed % len(CLUBS)].people:
            yield month_of(person, MONTH, Random(seed))


# --- what is written --------------------------------------------------------------------------------------------------


def test_there_are_as_many_clubs_and_sheets_as_in_the_city() -> None:
    assert len(CLUBS) == 67
    assert sum(len(club.people) for club in CLUBS) == 603, "six hundred sheets, as in himeji.md §14"
    assert len({club.name for club in CLUBS}) == 67
    assert len({person.number for club in CLUBS for person in club.people}) == sum(len(c.people) for c in CLUBS)


def test_who_makes_no_mistake_contradicts_nothing() -> None:
    clean = [each for each in months(range(30)) if not each.slips and not each.struck_rows]
    assert len(clean) > 100
    for written in clean:
        known = Known(month=MONTH, lists={"people": frozenset({int(written.person)})})
        found = findings(REPORT, values(REPORT, written), known)  # type: ignore[arg-type]
        assert not [each for each in found if each.state == "fails"], written


def test_who_makes_one_contradicts_something() -> None:
    wrong = [each for each in months(range(67)) if each.slips]
    assert {slip for each in wrong for slip in each.slips} == {
        "row_hours", "total_hours", "total_days", "day_twice", "empty_total",
    }  # fmt: skip
    for written in wrong:
        found = findings(REPORT, values(REPORT, written), Known(month=MONTH))  # type: ignore[arg-type]
        assert [each for each in found if each.state == "fails"], written.slips


def test_some_rows_are_struck_out_and_written_again() -> None:
    struck = [each for each in months(range(30)) if each.struck_rows]
    assert struck
    for written in struck:
        (row,) = written.struck_rows
        assert written.cells[f"{row}.start"] is None
        assert written.cells[f"row{int(row[3:]) + 1:02}.start"]


# --- how it looks -----------------------------------------------------------------------------------------------------


def ink(paper: Page, box: Box) -> float:
    """How much of a box is dark, its lines not counted."""
    left, top, right, bottom = (
        round(each * DPI / 25.4) for each in (box.x + 0.7, box.y + 0.7, box.right - 0.7, box.bottom - 0.7)
    )
    return float((paper[top:bottom, left:right] < 170).mean())


def test_what_is_written_is_in_its_boxes_and_nowhere_else(blank: Page) -> None:
    written = next(each for each in months(range(9)) if not each.struck_rows)
    written = written.model_copy(update={"overwritten": ()})
    inked: Counter[bool] = Counter()
    for seed in range(3):
        paper = fill(blank, REPORT, written, DPI, "train", Random(f"without a stroke {seed}"))
        for cell in REPORT.cells:
            text = written.cells.get(cell.id) or ""
            for at, box in enumerate(cell.boxes):
                filled = bool(text[at : at + 1].strip())
                inked[filled == (ink(paper, box) > 0.02)] += 1
    assert inked[True] / inked.total() > 0.985, "but for a stray stroke or seal"


def test_a_perfect_scanner_changes_nothing(blank: Page) -> None:
    found = scan(blank, DPI, PERFECT, Random(1))
    assert found.turned == 0
    assert np.abs(np.asarray(found.image, float) - (blank.astype(float) - 11).clip(0)).max() < 2


def test_an_office_scanner_turns_some_pages(blank: Page) -> None:
    small = blank[::4, ::4]
    turns = Counter(scan(small, 25, EVERYDAY, Random(seed)).turned for seed in range(300))
    assert set(turns) == {0, 90, 180, 270}
    assert turns[0] > 250


def test_a_back_is_nearly_white_and_a_letter_is_not_a_sheet(blank: Page) -> None:
    assert blank_page(blank).min() > 240
    other = foreign_page(blank, DPI, Random(2))
    assert other.shape == blank.shape
    assert (other < 128).any()


# --- the pile ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory, blank: Page) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("pile")
    order = Order(MONTH, seed=5, part="held_out", clubs=6, dpi=DPI, duplicates=0.1, blanks=0.1, foreign=0.1)
    return folder, make(folder, REPORT, {club.number: blank for club in clubs(5)}, order)


def test_every_page_of_every_file_is_in_the_truth(pile: tuple[Path, Truth]) -> None:
    folder, truth = pile
    told = Counter(each.file for each in truth.pages)
    assert {file.name for file in folder.iterdir()} == {*told, "truth.json", "roster.csv"}
    assert len({Path(name).suffix for name in told}) > 1, "the clubs send files of several kinds"
    for name, pages in told.items():
        assert pages_in(folder / name) == pages


def pages_in(file: Path) -> int:
    if file.suffix == ".pdf":
        return len(pypdfium2.PdfDocument(file))
    with Image.open(file) as picture:
        return getattr(picture, "n_frames", 1)


def test_a_pile_holds_more_than_sheets(pile: tuple[Path, Truth]) -> None:
    kinds = Counter(each.kind for each in pile[1].pages)
    assert kinds["sheet"] == sum(len(club.people) for club in pile[1].clubs)
    assert {"duplicate", "blank", "foreign"} <= kinds.keys()


def test_the_truth_is_read_as_it_was_kept(pile: tuple[Path, Truth]) -> None:
    assert Truth.read(pile[0]) == pile[1]


def test_a_seed_is_a_pile_and_another_part_another(tmp_path: Path, blank: Page) -> None:
    def truth(part: str, name: str, processes: int = 1) -> Truth:
        order = Order(MONTH, seed=5, part=part, clubs=2, dpi=50)  # type: ignore[arg-type]
        small = {club.number: blank[::2, ::2] for club in clubs(5)}
        return make(tmp_path / name, REPORT, small, order, processes)

    def first_page(name: str, made: Truth) -> bytes:
        file = tmp_path / name / made.pages[0].file
        return pypdfium2.PdfDocument(file)[0].render(grayscale=True).to_numpy().tobytes()

    first, again, other = truth("train", "a"), truth("train", "b", processes=2), truth("calibrate", "c")
    assert first == again
    assert first_page("a", first) == first_page("b", again)
    assert [each.written for each in first.pages] != [each.written for each in other.pages]


@pytest.mark.parametrize("sheet_id", sorted(WRITERS))
def test_other_sheets_are_filled_in_as_well(tmp_path: Path, sheet_id: str) -> None:
    sheet = SheetLibrary.read().current(sheet_id)
    blank = next(printed(pdf_of([page(sheet, Label(sheet=sheet_id, version=1))]), DPI))
    truth = make_forms(tmp_path, sheet, blank, 3, Order(MONTH, seed=1, part="train", dpi=DPI, duplicates=0, foreign=0))
    written = [each.written for each in truth.pages if each.written]
    assert len(written) == 3
    for one in written:
        assert set(one.cells) <= {cell.id for cell in sheet.cells}
        found = findings(sheet, values(sheet, one), Known())  # type: ignore[arg-type]
        assert not [each for each in found if each.state == "fails"], one

"""様式を読む: from the scanner's file to what is believed of every cell, and whether the paper was there before."""

from importlib.resources import files

import numpy as np
import pytest
from scanned_paper import LIBRARY, SHEET, as_file, blank_sheet, filled_sheet, scanned

from activities.ocr.digits import FILE, DigitReader, RecogniserTampered, checked
from activities.ocr.images import Gray
from activities.ocr.likeness import SAME_PAPER, likeness
from activities.ocr.pages import open_scan
from activities.ocr.sheet_reading import SheetReading, read_sheet
from activities.ocr.sorting import sort_page
from activities.ocr.words import MOST_SURE, WordReader
from sheets.document import CellId

ROWS = range(1, 9)
TRUTH = {
    **{f"row{row:02}.day": f"{3 * row:2}" for row in ROWS},
    **{f"row{row:02}.start": f"1{row % 6}{row % 5}5" for row in ROWS},
    **{f"row{row:02}.end": f"18{(row * 7) % 6}{row}" for row in ROWS},
    "hours": " 4230",
}


def read(scan: Gray) -> SheetReading:
    found = sort_page(scan, LIBRARY)
    assert found.page is not None
    return read_sheet(found.page, SHEET, WordReader())


def best(reading: SheetReading) -> dict[str, str]:
    return {each.cell: each.alternatives[0].text if each.alternatives else "?" for each in reading.cells}


@pytest.fixture(scope="module")
def reading() -> SheetReading:
    """Of a sheet that went through a scanner as a PDF, upside down and askew."""
    content = as_file([scanned(filled_sheet(TRUTH), degrees=-1.3, quarter_turns=2)], "PDF")
    with open_scan(content) as scan:
        return read(scan.page(0))


def test_every_cell_is_answered_in_the_order_of_the_sheet(reading: SheetReading) -> None:
    assert [each.cell for each in reading.cells] == [cell.id for cell in SHEET.cells]


def test_handwritten_figures_are_read(reading: SheetReading) -> None:
    found = best(reading)
    wrong = {cell: (text, found[cell]) for cell, text in TRUTH.items() if found[cell] != text}
    assert len(wrong) <= 1, f"{wrong}: no more than one cell in {len(TRUTH)} was ever wrong here"


def test_cells_left_empty_are_read_as_empty(reading: SheetReading) -> None:
    empty = {cell.id for cell in SHEET.cells} - TRUTH.keys()
    assert {best(reading)[cell] for cell in empty} == {""}


def test_a_struck_out_figure_is_not_read_as_a_figure() -> None:
    paper, cell = filled_sheet(TRUTH), SHEET.cell(CellId("row03.start"))
    for box in cell.boxes:
        paper.strike_out(box)
    struck = read(scanned(paper))
    (found,) = (each for each in struck.cells if each.cell == cell.id)
    assert found.something_else > 0.5


def test_a_tick_is_seen() -> None:
    paper = blank_sheet()
    paper.tick(SHEET.cell(CellId("holiday")).boxes[0])
    assert best(read(scanned(paper)))["holiday"] == "1"


def test_no_name_or_text_is_sure_enough_to_go_without_a_person(reading: SheetReading) -> None:
    words = {cell.id for cell in SHEET.cells if cell.kind in ("name", "text")}
    sure = [each.alternatives[0].probability for each in reading.cells if each.cell in words and each.alternatives]
    assert sure
    assert max(sure) <= MOST_SURE


def test_the_same_paper_scanned_twice_is_recognised(reading: SheetReading) -> None:
    again = read(scanned(filled_sheet(TRUTH), degrees=1.1, noise=8))
    assert likeness(reading.trace, again.trace) > SAME_PAPER


def test_the_same_month_written_out_anew_is_another_paper(reading: SheetReading) -> None:
    anew = read(scanned(filled_sheet(TRUTH, seed=1)))
    assert likeness(reading.trace, anew.trace) < SAME_PAPER


def test_a_recogniser_that_nobody_measured_is_refused() -> None:
    content = files("activities.ocr").joinpath(FILE).read_bytes()
    assert checked(content) == content
    assert len(content) < 1_000_000
    with pytest.raises(RecogniserTampered):
        checked(content[:-1] + b"?")


def test_no_pictures_are_no_answers() -> None:
    assert DigitReader().read([]) == []


def test_probabilities_of_noise_stay_probabilities() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (5, 32, 32)).astype(np.uint8)
    for alternatives in DigitReader().read(list(noise)):
        assert sum(each.probability for each in alternatives) <= 1 + 1e-6

"""白紙の印刷: on paper, every millimetre is where the sheet's document says."""

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray

from activities.documents.blank_sheets import printed
from sheets.document import Sheet
from sheets.drawing import page
from sheets.geometry import Box
from sheets.label import Label
from sheets.loader import SheetLibrary

DOTS = 10
"""Per millimetre."""
REPORT = SheetLibrary.read().current("club_work_report")


def drawn(sheet: Sheet) -> str:
    return page(sheet, Label(sheet=sheet.id, version=sheet.version))


@pytest.fixture(scope="module")
def paper() -> NDArray[np.uint8]:
    """The report as a grey picture of ten dots to the millimetre."""
    document = pypdfium2.PdfDocument(printed([drawn(REPORT)]))
    picture = document[0].render(scale=DOTS * 25.4 / 72, grayscale=True).to_numpy()
    return np.asarray(picture).squeeze()


def inside(paper: NDArray[np.uint8], box: Box, margin: float) -> NDArray[np.uint8]:
    left, top, right, bottom = (
        round(DOTS * each)
        for each in (box.x + margin, box.y + margin, box.right - margin, box.bottom - margin)
    )  # fmt: skip
    return paper[top:bottom, left:right]


def test_a_page_is_an_a4_page() -> None:
    width, height = pypdfium2.PdfDocument(printed([drawn(REPORT)]))[0].get_size()
    assert (width / 72 * 25.4, height / 72 * 25.4) == pytest.approx((210, 297), abs=0.01)


def test_three_marks_are_black_and_the_last_is_hollow(paper: NDArray[np.uint8]) -> None:
    *solid, last = REPORT.marks
    assert all(inside(paper, mark, 0.2).max() < 30 for mark in solid)
    assert inside(paper, last, 2.2).min() > 225
    assert inside(paper, Box(x=last.x, y=last.y, width=last.width, height=1.8), 0.2).max() < 30


def test_white_surrounds_the_marks(paper: NDArray[np.uint8]) -> None:
    for mark in REPORT.marks:
        around = Box(x=mark.x - 4, y=mark.y - 4, width=mark.width + 8, height=mark.height + 8)
        assert inside(paper, around, 0).mean() == pytest.approx(255 * (1 - 36 / 196), abs=12)


def test_every_box_is_white_within_its_lines(paper: NDArray[np.uint8]) -> None:
    for cell in REPORT.cells:
        for box in cell.boxes:
            assert inside(paper, box, 0.3).min() > 200, cell.id
            edge = inside(paper, Box(x=box.x - 0.2, y=box.y + 1, width=0.4, height=box.height - 2), 0)
            assert edge.min() < 200, f"{cell.id} has no line at its left"


def test_the_same_sheets_give_the_same_bytes() -> None:
    assert printed([drawn(REPORT)]) == printed([drawn(REPORT)])


def test_each_drawing_is_a_page() -> None:
    assert len(pypdfium2.PdfDocument(printed([drawn(sheet) for sheet in SheetLibrary.read().all()]))) == 3

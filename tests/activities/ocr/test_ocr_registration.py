"""位置合わせ: wherever the sheet lay under the lid, millimetres on the page are millimetres on the sheet."""

import numpy as np
import pytest
from scanned_paper import DOTS_PER_MM, SHEET, Paper, blank_sheet, scanned

from activities.ocr.images import as_jpeg, from_jpeg
from activities.ocr.registration import PIXELS_PER_MM, NotRegistered, RegisteredPage, register
from activities.ocr.symbol import Symbol, find_symbols
from sheets.geometry import Box

SPOT = Box(x=150, y=250, width=3, height=3)
"""Far from symbol and marks: an error of the fit is largest there."""


def spotted() -> Paper:
    """A sheet with a black spot in a known place."""
    paper = blank_sheet()
    left, top, side = (round(each * DOTS_PER_MM) for each in (SPOT.x, SPOT.y, SPOT.width))
    paper.image[top : top + side, left : left + side] = 0
    return paper


def laid(paper: Paper, **how: float) -> RegisteredPage:
    scan = scanned(paper, **how)  # type: ignore[arg-type]
    (symbol,) = find_symbols(scan)
    return register(scan, symbol.corners, qr=SHEET.qr, marks=SHEET.marks)


def astray_mm(page: RegisteredPage) -> float:
    """How far the spot is from where it was printed."""
    around = page.cut(SPOT, margin_mm=2.0)
    rows, columns = np.nonzero(around < 100)
    middle = np.array(around.shape) / 2 - 0.5
    return float(np.linalg.norm(np.array((rows.mean(), columns.mean())) - middle)) / PIXELS_PER_MM


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_a_sheet_may_lie_any_way_round(quarter_turns: int) -> None:
    page = laid(spotted(), quarter_turns=quarter_turns, degrees=1.2)
    assert page.marks == 4
    assert astray_mm(page) < 0.2


@pytest.mark.parametrize("degrees", [-3.0, 3.0])
def test_a_sheet_may_lie_askew(degrees: float) -> None:
    assert astray_mm(laid(spotted(), degrees=degrees)) < 0.2


def test_a_bad_scanner_is_good_enough() -> None:
    assert astray_mm(laid(spotted(), degrees=1.0, noise=14, blur=2.2)) < 0.25


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_three_marks_are_enough(missing: int) -> None:
    paper = spotted()
    paper.cover(SHEET.marks[missing])
    page = laid(paper, degrees=1.5)
    assert page.marks == 3
    assert astray_mm(page) < 0.5


def test_with_two_marks_nothing_is_guessed() -> None:
    paper = spotted()
    for mark in (SHEET.marks[0], SHEET.marks[3]):
        paper.cover(mark)
    with pytest.raises(NotRegistered) as refused:
        laid(paper)
    assert refused.value.marks == 2


def test_a_stroke_through_a_mark_does_not_move_it() -> None:
    paper, mark = spotted(), SHEET.marks[2]
    top, left = round((mark.y + 1) * DOTS_PER_MM), round((mark.x - 5) * DOTS_PER_MM)
    paper.image[top : top + 8, left : left + 260] = 0
    assert astray_mm(laid(paper)) < 0.25


def test_a_square_that_is_no_mark_does_not_bend_the_page() -> None:
    paper, mark = spotted(), SHEET.marks[1]
    paper.cover(mark)
    top, left, side = (round(each * DOTS_PER_MM) for each in (mark.y + 4.5, mark.x, mark.width))
    paper.image[top : top + side, left : left + side] = 0
    with pytest.raises(NotRegistered):
        laid(paper)


def test_a_symbol_in_the_wrong_place_is_not_believed() -> None:
    scan = scanned(spotted())
    (symbol,) = find_symbols(scan)
    elsewhere = Symbol(symbol.text, symbol.corners + 30 * DOTS_PER_MM)
    with pytest.raises(NotRegistered):
        register(scan, elsewhere.corners, qr=SHEET.qr, marks=SHEET.marks)


def test_what_lies_beyond_the_edge_of_the_page_is_white() -> None:
    page = laid(spotted())
    beyond = page.cut(Box(x=205, y=290, width=5, height=7), margin_mm=3)
    assert beyond.shape == (13 * PIXELS_PER_MM, 11 * PIXELS_PER_MM)
    assert (beyond[-2 * PIXELS_PER_MM :] == 255).all()


def test_a_kept_page_is_the_page_cells_can_be_cut_from() -> None:
    page = laid(spotted())
    content = as_jpeg(page.image)
    again = RegisteredPage(from_jpeg(content), page.marks)
    assert len(content) < 500_000
    assert astray_mm(again) == pytest.approx(astray_mm(page), abs=0.05)

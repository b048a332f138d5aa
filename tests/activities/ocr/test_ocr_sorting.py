"""仕分け: blank, foreign and spoiled pages are told apart, whatever the scanner added."""

import cv2
import numpy as np
import pytest
from scanned_paper import LABEL, LIBRARY, SHEET, Paper, blank_sheet, scanned

from activities.ocr.sorting import sort_named, sort_page
from sheets.document import CellId


def white() -> Paper:
    return Paper(np.full((3508, 2480), 255, np.uint8))


def letter() -> Paper:
    """A page of somebody else's."""
    paper = white()
    for line in range(20):
        cv2.putText(paper.image, "Dear Sir or Madam", (300, 400 + 120 * line), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 30, 5)
    return paper


@pytest.mark.parametrize("quarter_turns", [0, 1, 2])
def test_a_sheet_is_recognised_and_laid_straight(quarter_turns: int) -> None:
    found = sort_page(scanned(blank_sheet(), degrees=1, quarter_turns=quarter_turns), LIBRARY)
    assert (found.kind, found.label, found.sheet) == ("sheet", LABEL, SHEET)
    assert found.page is not None


def test_a_page_with_nothing_but_shadow_and_noise_is_blank() -> None:
    scan = scanned(white(), degrees=2, noise=9)
    shadow = np.linspace(1, 0.7, scan.shape[1])
    assert sort_page((scan * shadow).astype(np.uint8), LIBRARY).kind == "blank"


def test_a_page_with_one_written_word_is_not_blank() -> None:
    paper = white()
    cv2.putText(paper.image, "memo", (900, 1500), cv2.FONT_HERSHEY_SIMPLEX, 3, 120, 5)
    assert sort_page(scanned(paper), LIBRARY).kind == "foreign"


def test_a_letter_is_foreign() -> None:
    assert sort_page(scanned(letter(), degrees=1), LIBRARY).kind == "foreign"


@pytest.mark.parametrize("change", [{"sheet": "another"}, {"version": 2}])
def test_a_sheet_nobody_knows_is_not_read_as_one_we_know(change: dict[str, object]) -> None:
    unknown = LABEL.model_copy(update=change)
    found = sort_page(scanned(blank_sheet(unknown.encode())), LIBRARY)
    assert (found.kind, found.label, found.page) == ("sheet_unknown", unknown, None)


def test_somebody_elses_symbol_says_nothing() -> None:
    paper = letter()
    symbol = blank_sheet("a parcel on its way").image[90:360, 2000:2270]
    paper.image[100:370, 100:370] = symbol
    assert sort_page(scanned(paper), LIBRARY).kind == "foreign"


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_a_sheet_whose_symbol_is_spoiled_is_one_of_ours_and_lies_straight(quarter_turns: int) -> None:
    paper = blank_sheet()
    paper.cover(SHEET.qr)
    found = sort_page(scanned(paper, degrees=1, quarter_turns=quarter_turns), LIBRARY)
    assert found.kind == "label_unreadable"
    assert found.page is not None
    printed = found.page.cut(SHEET.cell(CellId("row01.day")).boxes[0], margin_mm=0.5)
    inside = found.page.cut(SHEET.cell(CellId("row01.day")).boxes[0], margin_mm=-0.8)
    assert inside.min() > 150 > printed.min(), "the box is not where it was printed"


def test_a_sheet_without_symbol_and_with_three_corners_needs_a_person() -> None:
    paper = blank_sheet()
    paper.cover(SHEET.qr)
    paper.cover(SHEET.marks[0])
    found = sort_page(scanned(paper), LIBRARY)
    assert (found.kind, found.page) == ("label_unreadable", None)


def test_a_sheet_whose_corners_are_cut_off_says_whose_it_is() -> None:
    paper = blank_sheet()
    for mark in SHEET.marks[:2]:
        paper.cover(mark)
    found = sort_page(scanned(paper), LIBRARY)
    assert (found.kind, found.label, found.page) == ("not_registered", LABEL, None)


def test_a_sheet_whose_symbol_is_spoiled_is_read_as_what_a_person_says() -> None:
    paper = blank_sheet()
    paper.cover(SHEET.qr)
    found = sort_named(scanned(paper, degrees=1, quarter_turns=2), LABEL, LIBRARY)
    assert (found.kind, found.label, found.sheet) == ("sheet", LABEL, SHEET)
    assert found.page is not None


def test_what_a_person_says_counts_more_than_the_symbol() -> None:
    unknown = LABEL.model_copy(update={"version": 2})
    scan = scanned(blank_sheet(unknown.encode()))
    assert sort_named(scan, LABEL, LIBRARY).sheet == SHEET
    assert sort_named(scan, unknown, LIBRARY).kind == "sheet_unknown"


def test_a_page_without_corners_cannot_be_read_whatever_is_said_of_it() -> None:
    assert sort_named(scanned(letter()), LABEL, LIBRARY).kind == "not_registered"

"""欄の読み: probabilities of boxes become ranked readings of cells, and no doubt is lost on the way."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scanned_paper import SHEET

from activities.ocr.cells import MOST, combed, ticked
from activities.ocr.digits import CLASSES, EMPTY, OTHER, Probabilities
from sheets.document import CellId

START, DAY, HOLIDAY = (SHEET.cell(CellId(each)) for each in ("row01.start", "row01.day", "holiday"))


def box(chances: Mapping[str, float]) -> Probabilities:
    """Of the characters named; the rest is something else."""
    found = np.zeros(len(CLASSES))
    for character, chance in chances.items():
        found[EMPTY if character == " " else int(character)] = chance
    found[OTHER] = 1 - found.sum()
    return found


def test_what_is_clear_in_every_box_is_clear_in_the_cell() -> None:
    reading = combed(START, [box({each: 1.0}) for each in "0915"])
    assert [(each.text, each.probability) for each in reading.alternatives] == [("0915", 1.0)]


def test_alternatives_come_in_the_order_of_their_probability() -> None:
    reading = combed(START, [box({"0": 1}), box({"9": 0.7, "4": 0.3}), box({"1": 0.9, "7": 0.1}), box({"5": 1})])
    assert [each.text for each in reading.alternatives] == ["0915", "0415", "0975", "0475"]
    assert [each.probability for each in reading.alternatives] == pytest.approx([0.63, 0.27, 0.07, 0.03])


def test_an_empty_box_keeps_its_place() -> None:
    assert combed(DAY, [box({" ": 1}), box({"8": 1})]).alternatives[0].text == " 8"


def test_a_cell_without_any_character_is_empty() -> None:
    assert combed(START, [box({" ": 1})] * 4).alternatives[0].text == ""


def test_a_struck_out_box_makes_the_whole_cell_something_else() -> None:
    reading = combed(DAY, [box({"1": 0.98}), box({"7": 0.2})])
    assert reading.something_else == pytest.approx(1 - 0.98 * 0.2)


def test_a_tick_is_whatever_is_not_nothing() -> None:
    assert ticked(HOLIDAY, box({" ": 0.01, "0": 0.9})).alternatives[0].text == "1"
    assert ticked(HOLIDAY, box({" ": 0.97})).alternatives[0].text == ""


chances = st.lists(st.floats(0.0, 1.0), min_size=len(CLASSES), max_size=len(CLASSES)).filter(lambda each: sum(each) > 0)


@given(st.lists(chances, min_size=4, max_size=4))
def test_the_best_readings_are_found_without_looking_at_all_of_them(drawn: list[list[float]]) -> None:
    boxes = [np.array(each) / sum(each) for each in drawn]
    reading = combed(START, boxes)
    every = np.multiply.outer(
        np.multiply.outer(boxes[0][:OTHER], boxes[1][:OTHER]), np.multiply.outer(boxes[2][:OTHER], boxes[3][:OTHER])
    )
    best = np.sort(every.ravel())[::-1][:MOST]
    found = [each.probability for each in reading.alternatives]
    assert found == pytest.approx(best[: len(found)].tolist())
    assert len(found) == MOST or best[len(found)] < 1.1e-4
    assert sum(found) <= 1 + 1e-6

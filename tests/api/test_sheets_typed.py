"""打ち込み: what people type into a cell, as the paper would hold it, and back."""

import pytest

from api.sheets.typed import as_said, as_written, in_clock
from sheets.document import CellId
from sheets.values import NoValue
from tests.api.sheet_scenes import REPORT


def written(cell: str, typed: str) -> str:
    return as_written(REPORT.cell(CellId(cell)), typed)


@pytest.mark.parametrize("typed", ["815", "0815", "8:15", "８：１５", " 8.15 "])
def test_a_time_may_be_typed_as_one_likes(typed: str) -> None:
    assert written("row01.start", typed) == "0815"
    assert as_said("time", "0815") == as_said("time", " 815") == "8:15"


@pytest.mark.parametrize(
    ("cell", "typed"), [("row01.start", "25:70"), ("row01.start", "八時"), ("row01.day", "32"), ("total.days", "123")]
)
def test_what_is_no_value_of_its_cell_is_refused(cell: str, typed: str) -> None:
    with pytest.raises(NoValue):
        written(cell, typed)


def test_numbers_that_name_somebody_keep_their_zeros_and_stand_right_in_their_boxes() -> None:
    assert written("person.number", "012003") == "012003"
    assert written("total.days", "3") == " 3"
    assert as_said("digits", "012003") == "012003"


def test_nothing_typed_is_an_empty_cell_and_what_nobody_knows_is_shown_as_nothing() -> None:
    assert written("row01.break", " ") == as_said("duration", "") == as_said("duration", None) == ""


def test_what_was_read_and_is_no_value_is_shown_as_it_was_read() -> None:
    assert as_said("time", "2570") == "2570"


def test_sums_are_written_as_their_cells_are() -> None:
    assert (in_clock("duration", 5540), in_clock("duration", -15), in_clock("digits", 102)) == ("92:20", "-0:15", "102")

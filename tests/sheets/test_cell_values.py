"""欄の値: what a text means in its boxes, and how a value is written into them."""

import pytest

from sheets.kinds import Kind
from sheets.values import EMPTY, NoValue, Value, text, value


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        ("time", "0815", 495), ("time", " 815", 495), ("time", "815 ", 495), ("time", "2400", 1440),
        ("duration", "0730", 450), ("duration", "  30", 30), ("duration", "  0 ", None),
        ("duration", "12345", 123 * 60 + 45), ("day", " 5", 5), ("day", "5 ", 5), ("digits", "00123", 123),
        ("tick", "1", 1),
        ("name", " 姫路 花子 ", "姫路 花子"),
    ],
)  # fmt: skip
def test_a_text_has_a_value(kind: Kind, written: str, meant: Value | None) -> None:
    if meant is None:
        with pytest.raises(NoValue):
            value(kind, written)
    else:
        assert value(kind, written) == meant


@pytest.mark.parametrize("kind", ["time", "duration", "day", "digits", "tick", "name", "text"])
def test_nothing_written_is_empty(kind: Kind) -> None:
    assert value(kind, "") is EMPTY
    assert value(kind, "    ") is EMPTY


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("time", "0860"), ("time", "2401"), ("time", " 8  "), ("time", "08 5"), ("duration", "08  "),
        ("duration", "   5"), ("duration", "0175"), ("day", "32"), ("day", "00"), ("digits", "1２3"), ("digits", "-12"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused(kind: Kind, written: str) -> None:
    with pytest.raises(NoValue):
        value(kind, written)


@pytest.mark.parametrize(
    ("kind", "minutes", "boxes", "written"),
    [
        ("time", 495, 4, "0815"), ("duration", 30, 4, "0030"), ("duration", 7470, 5, "12430"), ("day", 5, 2, "05"),
        ("digits", 123, 6, "   123"),
    ],
)  # fmt: skip
def test_a_value_is_written_so_that_it_is_read_again(kind: Kind, minutes: int, boxes: int, written: str) -> None:
    assert text(kind, minutes, boxes) == written
    assert value(kind, written) == minutes

"""欄の値: what a text means in a cell of its kind. Whole numbers; times and durations are minutes."""

from dataclasses import dataclass

from sheets.kinds import Kind

Value = int | str
"""値: minutes since midnight for a time, minutes for a duration, 1 for a tick; a name and a text are themselves."""


class NoValue(ValueError):
    """値でない記入: something is written that is no value of its kind, e.g. 25:70 as a time."""


@dataclass(frozen=True)
class Empty:
    """空欄: nothing is written there."""

    def __bool__(self) -> bool:
        return False


EMPTY = Empty()


def value(kind: Kind, text: str) -> Value | Empty:
    """値: of a text, one character per box and a space for an empty one. Raises NoValue.

    Written to the left or to the right of its comb, a number is the same number: " 815" and "815 " are 8:15. But
    "08  " is no duration: whoever left the minutes empty may have meant eight hours.
    """
    written = text.strip()
    if not written:
        return EMPTY
    if kind in ("name", "text"):
        return written
    if not (written.isascii() and written.isdigit()):
        raise NoValue(f"{text!r} is no number")
    return _number(kind, written, to_the_left=text.endswith(" "))


def text(kind: Kind, of: Value | Empty, boxes: int) -> str:
    """記入のしかた: how a value is written into so many boxes, in full: 8:15 is "0815", nothing is ""."""
    if isinstance(of, Empty | str):
        return of if isinstance(of, str) else ""
    number = of // 60 * 100 + of % 60 if kind in ("time", "duration") else of
    return f"{number:0{boxes}}" if kind in ("time", "duration", "day") else f"{number:>{boxes}}"


def _number(kind: Kind, written: str, to_the_left: bool) -> int:
    match kind:
        case "time":
            return _clock(written)
        case "duration":
            return _duration(written, to_the_left)
        case "day":
            return _bounded(written, 1, 31)
        case "tick":
            return _bounded(written, 1, 1)
        case _:
            return int(written)


def _clock(written: str) -> int:
    minutes = _minutes(written)
    if len(written) < 3 or minutes > 24 * 60:
        raise NoValue(f"{written} is no time of day")
    return minutes


def _duration(written: str, to_the_left: bool) -> int:
    if len(written) < 3 and (to_the_left or len(written) < 2):
        raise NoValue(f"{written} may be hours or minutes")
    return _minutes(written)


def _minutes(written: str) -> int:
    hours, minutes = int(written[:-2] or "0"), int(written[-2:])
    if minutes > 59:
        raise NoValue(f"{written} has {minutes} minutes in its last hour")
    return hours * 60 + minutes


def _bounded(written: str, low: int, high: int) -> int:
    number = int(written)
    if not low <= number <= high:
        raise NoValue(f"{written} is not between {low} and {high}")
    return number

"""値の規則: what may stand in one cell, by the sheet's document and by what is known."""

from collections.abc import Mapping

from sheets.checks import Days, Limit, Listed
from sheets.document import Cell, Sheet
from sheets.known import Known
from sheets.values import Empty, Value


class CellRules:
    """値の規則: bounds, lists, limits and the days of the month, of one sheet."""

    def __init__(self, sheet: Sheet, known: Known) -> None:
        self._sheet = sheet
        self._listed: Mapping[str, frozenset[int]] = {
            check.cell: known.lists[check.list]
            for check in sheet.checks
            if isinstance(check, Listed) and check.list in known.lists
        }
        self._limits: Mapping[str, int] = {
            check.cells: known.limits[check.at_most]
            for check in sheet.checks
            if isinstance(check, Limit) and check.at_most in known.limits
        }
        self._days = {f"{check.table}.{check.column}" for check in sheet.checks if isinstance(check, Days)}
        self._last_day = known.days

    def bear_out(self, cell: Cell, value: Value | Empty | None) -> bool:
        """名簿の裏付け: whether a number is on a list on which no other differs from it in a single figure.

        One misread figure then names nobody; of two people whose numbers are that near, the paper alone has to tell.
        """
        listed = self._listed.get(self._sheet.place(cell), frozenset())
        return (
            isinstance(value, int)
            and value in listed
            and all(each == value or _figures_apart(each, value, len(cell.boxes)) > 1 for each in listed)
        )

    def allow(self, cell: Cell, value: Value | Empty) -> bool:
        """許容: whether a value may stand in a cell; words and empty cells always may."""
        if not isinstance(value, int):
            return True
        place = self._sheet.place(cell)
        return (
            self._sheet.writing(cell).allows(value)
            and (place not in self._listed or value in self._listed[place])
            and value <= self._limits.get(place, value)
            and not (place in self._days and value > self._last_day)
        )


def _figures_apart(one: int, other: int, boxes: int) -> int:
    """In how many boxes two numbers differ."""
    return sum(a != b for a, b in zip(f"{one:0{boxes}}", f"{other:0{boxes}}", strict=False))

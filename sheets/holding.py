"""突合の判定: which checks hold for given values. One meaning of each check, for the decoder and for whoever corrects.

A check that speaks of a value nobody knows is open: it neither holds nor fails.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, assert_never

from sheets.checks import Check, Complete, Count, Days, Difference, Limit, Listed, OneTick, Sum
from sheets.document import CellId, Sheet
from sheets.known import Known
from sheets.rules import CellRules
from sheets.values import Empty, Value

State = Literal["holds", "fails", "open"]
Values = Mapping[CellId, Value | Empty | None]
"""値: by cell; None is not known."""


@dataclass(frozen=True)
class Finding:
    """突合の結果: one check at one place. `check` None: the rules of the cell itself."""

    check: Check | None
    cells: tuple[CellId, ...]
    state: State
    due: int | None = None
    """What the last cell ought to be, where the others say so."""

    @property
    def suspects(self) -> tuple[CellId, ...]:
        """疑わしい欄: which may be to blame. A wrong count is no day's fault: the rest of its row says it is there."""
        return self.cells[-1:] if isinstance(self.check, Count) else self.cells

    @property
    def confirms(self) -> bool:
        """裏付け: it holds, and by arithmetic, which no misread figure would satisfy but by chance."""
        return self.state == "holds" and isinstance(self.check, Difference | Sum)


def findings(sheet: Sheet, values: Values, known: Known) -> tuple[Finding, ...]:
    """突合の結果の一覧: of every check at every place, and of every cell that breaks its own rules."""
    found = [finding for check in sheet.checks for finding in _of(check, sheet, values)]
    return (*_rules(sheet, values, known), *found)


def difference(start: int, end: int, minus: int) -> int:
    """差引: the time worked, as start, end and break say."""
    return end - start - minus


def _rules(sheet: Sheet, values: Values, known: Known) -> Iterator[Finding]:
    rules = CellRules(sheet, known)
    for cell in sheet.cells:
        found = values.get(cell.id)
        if found is not None and not rules.allow(cell, found):
            yield Finding(None, (cell.id,), "fails")


def _of(check: Check, sheet: Sheet, values: Values) -> Iterator[Finding]:
    match check:
        case Difference():
            columns = [check.start, check.end, *([check.minus] if check.minus else []), check.equals]
            for cells in _rows(sheet, check.table, columns):
                yield Finding(check, cells, *_difference([values.get(cell) for cell in cells]))
        case Complete():
            for cells in _rows(sheet, check.table, check.columns):
                yield Finding(check, cells, _complete([values.get(cell) for cell in cells]))
        case Sum() | Count():
            cells = (*sheet.column(check.table, check.column), CellId(check.total))
            *addends, total = (values.get(cell) for cell in cells)
            yield Finding(check, cells, *_total(check, addends, total))
        case Days():
            cells = sheet.column(check.table, check.column)
            yield from _ascending(check, cells, [values.get(cell) for cell in cells])
        case OneTick():
            cells = tuple(CellId(each) for each in check.cells)
            yield Finding(check, cells, _one_tick([values.get(cell) for cell in cells]))
        case Listed() | Limit():
            return  # rules of one cell: `CellRules`
        case _:
            assert_never(check)


def _rows(sheet: Sheet, table: str, columns: Sequence[str]) -> Iterator[tuple[CellId, ...]]:
    return iter(zip(*(sheet.column(table, column) for column in columns), strict=True))


def _difference(row: Sequence[Value | Empty | None]) -> tuple[State, int | None]:
    start, end, *minus, equals = row
    given = [0 if isinstance(each, Empty) else each for each in minus]
    if all(isinstance(each, Empty) for each in (start, end, equals)):
        return "open", None
    known = [each for each in (start, end, *given) if isinstance(each, int)]
    due = difference(known[0], known[1], sum(known[2:])) if len(known) == len(row) - 1 else None
    if any(isinstance(each, Empty) for each in (start, end, equals)):
        return "fails", due
    if due is None or equals is None:
        return "open", due
    return ("holds" if equals == due else "fails"), due


def _complete(row: Sequence[Value | Empty | None]) -> State:
    if None in row:
        return "open"
    return "holds" if len({isinstance(each, Empty) for each in row}) == 1 else "fails"


def _total(
    check: Sum | Count, addends: Sequence[Value | Empty | None], total: Value | Empty | None
) -> tuple[State, int | None]:
    written = [each for each in addends if not isinstance(each, Empty)]
    if None in written:
        return "open", None
    due = len(written) if isinstance(check, Count) else sum(each for each in written if isinstance(each, int))
    if total is None:
        return "open", due
    return ("holds" if total == due or (not written and isinstance(total, Empty)) else "fails"), due


def _ascending(check: Days, cells: Sequence[CellId], days: Sequence[Value | Empty | None]) -> Iterator[Finding]:
    """Each pair of days that follow each other, so that a failure names two cells and not the column."""
    written = [(cell, day) for cell, day in zip(cells, days, strict=True) if isinstance(day, int)]
    for (above, earlier), (below, later) in pairwise(written):
        yield Finding(check, (above, below), "holds" if earlier < later else "fails")


def _one_tick(ticks: Sequence[Value | Empty | None]) -> State:
    if None in ticks:
        return "open"
    return "holds" if sum(not isinstance(each, Empty) for each in ticks) == 1 else "fails"

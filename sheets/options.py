"""値の候補: a cell's alternatives as values, each with how probable it is before anything is compared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sheets.document import Cell, CellId, Sheet
from sheets.known import Known
from sheets.reading import Alternative, CellReading
from sheets.rules import CellRules
from sheets.values import Empty, NoValue, Value, value

SLIP: Final = 1e-3
"""書き間違い: how probable one certain contradiction on the paper is, against a paper without it.

About two in a hundred rows hold a mistake of whoever wrote them, and a mistake is one of some twenty near values. So a
reading that contradicts itself wins only where every other is a thousand times less probable.
"""

MOST = 16
"""Values considered per cell; the others are something else."""
LEAST = 1e-7
"""Less probable values are something else, too."""


@dataclass(frozen=True)
class Option:
    """値の候補: `value` None is no value: something else (`text` None), or a text such as 25:70."""

    value: Value | Empty | None
    text: str | None
    weight: float

    @property
    def filled(self) -> bool:
        """記入あり: something is written; what, may be unknown."""
        return not isinstance(self.value, Empty)

    @property
    def number(self) -> int | None:
        """数値: None where it is empty, no number or unknown."""
        return self.value if isinstance(self.value, int) else None


Options = tuple[Option, ...]
SOMETHING_ELSE: Final = Option(None, None, 1.0)


def options(sheet: Sheet, readings: Iterable[CellReading], known: Known) -> dict[CellId, Options]:
    """値の候補: of every cell of the sheet; one without a reading may be anything."""
    rules = CellRules(sheet, known)
    by_cell = {reading.cell: reading for reading in readings}
    return {cell.id: _options(cell, by_cell.get(cell.id), rules) for cell in sheet.cells}


def _options(cell: Cell, reading: CellReading | None, rules: CellRules) -> Options:
    if reading is None:
        return (SOMETHING_ELSE,)
    likely = sorted(_merged(cell, reading.alternatives), key=lambda each: -each.weight)
    kept = [option for option in likely[:MOST] if option.weight >= LEAST]
    rest = max(0.0, 1.0 - sum(option.weight for option in kept))
    ruled = [Option(each.value, each.text, each.weight * _factor(rules, cell, each)) for each in kept]
    return (*ruled, Option(None, None, rest))


def _factor(rules: CellRules, cell: Cell, option: Option) -> float:
    """1 for what may stand there, SLIP for what only a mistake of the writer explains."""
    return SLIP if option.value is None or not rules.allow(cell, option.value) else 1.0


def _merged(cell: Cell, alternatives: Iterable[Alternative]) -> Iterator[Option]:
    """Texts of one value together, under the most probable of them; texts without a value stay apart."""
    found: dict[object, Option] = {}
    for each in alternatives:
        try:
            meant: Value | Empty | None = value(cell.kind, each.text)
        except NoValue:
            meant = None
        key = ("no value", each.text) if meant is None else meant
        before = found.get(key)
        weight = each.probability + (before.weight if before else 0.0)
        found[key] = Option(meant, before.text if before else each.text, weight)
    return iter(found.values())

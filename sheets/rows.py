"""行の推定: every combination of what may be written in a few cells that check each other.

A row's `core` are the cells whose values a check computes with; of its `sides` only counts whether they are filled in.
Exact but for combinations that are a thousand million times less probable than the likeliest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from sheets.checks import Complete, Difference, OneTick
from sheets.document import CellId
from sheets.holding import difference
from sheets.options import SLIP, Option, Options

Weights = tuple[float, ...]
"""重み: of a cell's options, in their order."""


LEAST_TOGETHER = 1e-9
"""Combinations less probable than this, measured by the likeliest, are left out: contradictions cost only SLIP."""


@dataclass(frozen=True)
class RowCheck:
    """行の突合: a check, and the cells it is about in this row."""

    check: Difference | Complete | OneTick
    cells: tuple[CellId, ...]


@dataclass
class Outcome:
    """組合せ: which option is taken of each core cell, which sides are filled, and how probable that is."""

    chosen: tuple[int, ...]
    filled: tuple[bool, ...]
    weight: float


class Row:
    """行: the combinations of one row. Messages from elsewhere are multiplied in; marginals are read off."""

    def __init__(
        self,
        core: Sequence[CellId],
        sides: Sequence[CellId],
        checks: Sequence[RowCheck],
        options: Mapping[CellId, Options],
    ) -> None:
        self.core, self.sides = tuple(core), tuple(sides)
        self._options = options
        self._sides = {side: tuple(option.weight for option in options[side]) for side in self.sides}
        self.outcomes = [found for found in self._combined(checks) if found.weight > 0]
        self._normalise()

    def _combined(self, checks: Sequence[RowCheck]) -> Iterator[Outcome]:
        options = [self._options[cell] for cell in self.core]
        sides = {side: _emptiness(self._options[side], self._sides[side]) for side in self.sides}
        for chosen, weight in _likely(options):
            picked = {cell: found[i] for cell, found, i in zip(self.core, options, chosen, strict=True)}
            for filled in product((False, True), repeat=len(self.sides)):
                flags = dict(zip(self.sides, filled, strict=True))
                full = weight * prod(sides[side][flag] for side, flag in flags.items())
                yield Outcome(chosen, filled, full * prod(_factor(each, picked, flags) for each in checks))

    def marginal(self, cell: CellId) -> Weights:
        """周辺確率: of the options of a cell."""
        if cell in self.core:
            at = self.core.index(cell)
            found = [0.0] * len(self._options[cell])
            for outcome in self.outcomes:
                found[outcome.chosen[at]] += outcome.weight
            return tuple(found)
        at = self.sides.index(cell)
        filled = sum(outcome.weight for outcome in self.outcomes if outcome.filled[at])
        own = _emptiness(self._options[cell], self._sides[cell])
        share = (_ratio(1.0 - filled, own[False]), _ratio(filled, own[True]))
        return tuple(
            weight * share[option.filled] for option, weight in zip(self._options[cell], self._sides[cell], strict=True)
        )

    def weigh(self, cell: CellId, message: Weights) -> None:
        """重み付け: by what is known elsewhere about the options of a cell."""
        if cell in self.core:
            at = self.core.index(cell)
            for outcome in self.outcomes:
                outcome.weight *= message[outcome.chosen[at]]
        else:
            at = self.sides.index(cell)
            before = _emptiness(self._options[cell], self._sides[cell])
            self._sides[cell] = tuple(own * fit for own, fit in zip(self._sides[cell], message, strict=True))
            after = _emptiness(self._options[cell], self._sides[cell])
            share = (_ratio(after[False], before[False]), _ratio(after[True], before[True]))
            for outcome in self.outcomes:
                outcome.weight *= share[outcome.filled[at]]
        self._normalise()

    def _normalise(self) -> None:
        whole = sum(outcome.weight for outcome in self.outcomes)
        if whole <= 0:  # nothing fits at all: every option is as probable as it was read
            return
        for outcome in self.outcomes:
            outcome.weight /= whole


def _likely(cells: Sequence[Options]) -> Iterator[tuple[tuple[int, ...], float]]:
    """Combinations of options with their weights; a branch is left as soon as nothing on it can count."""
    best = [max(option.weight for option in options) for options in cells]
    ahead = [prod(best[at + 1 :]) for at in range(len(cells))]
    least = LEAST_TOGETHER * prod(best)

    def extended(chosen: tuple[int, ...], weight: float) -> Iterator[tuple[tuple[int, ...], float]]:
        if len(chosen) == len(cells):
            yield chosen, weight
            return
        at = len(chosen)
        for i, option in enumerate(cells[at]):
            if weight * option.weight * ahead[at] > least:
                yield from extended((*chosen, i), weight * option.weight)

    return extended((), 1.0)


def _emptiness(options: Options, weights: Weights) -> tuple[float, float]:
    """How much of the weight is on being empty, and on being filled in."""
    empty = sum(weight for option, weight in zip(options, weights, strict=True) if not option.filled)
    return empty, sum(weights) - empty


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _factor(row: RowCheck, picked: Mapping[CellId, Option], flags: Mapping[CellId, bool]) -> float:
    """1 where the check holds; SLIP where it fails or rests on what nobody knows."""
    match row.check:
        case Difference():
            return _difference([picked[cell] for cell in row.cells])
        case Complete():
            filled = {flags[cell] if cell in flags else picked[cell].filled for cell in row.cells}
            return 1.0 if len(filled) == 1 else SLIP
        case OneTick():
            return 1.0 if sum(picked[cell].filled for cell in row.cells) == 1 else SLIP


def _difference(row: Sequence[Option]) -> float:
    start, end, *minus, equals = row
    if not (start.filled or end.filled or equals.filled):
        return 1.0
    breaks = [each.number if each.filled else 0 for each in minus]
    numbers = [start.number, end.number, *breaks, equals.number]
    known = [each for each in numbers if each is not None]
    if len(known) < len(numbers):
        return SLIP
    return 1.0 if difference(known[0], known[1], sum(known[2:-1])) == known[-1] else SLIP

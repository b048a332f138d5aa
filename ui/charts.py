"""グラフ: figures as shapes, drawn by the server. Only geometry: words and numbers stand in HTML, where they scale.

A chart never tells by colour alone: what came is filled, what went is hollow; and the numbers stand beside or below.
"""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 100
"""Of a column chart, in its own units; the page stretches it."""
SLOT = 10
"""Width of one column's place: two bars and the air between."""
LEAST = 1.5
"""Height of the smallest bar that is not nothing: it must be seen."""


@dataclass(frozen=True)
class Column:
    """縦棒: one bucket's two bars, by their heights of HEIGHT; `x` is the left edge of its place."""

    x: int
    filled: float
    hollow: float


@dataclass(frozen=True)
class ColumnChart:
    """棒グラフ: two series over time. `top` is the value at the upper line."""

    top: int
    columns: tuple[Column, ...]

    @property
    def width(self) -> int:
        return SLOT * len(self.columns)


def columns(pairs: Sequence[tuple[int, int]]) -> ColumnChart | None:
    """棒グラフ of (filled, hollow) values; None where there is nothing to see."""
    largest = max((max(pair) for pair in pairs), default=0)
    if not largest:
        return None
    top = ceiling(largest)
    drawn = (Column(at * SLOT, _height(pair[0], top), _height(pair[1], top)) for at, pair in enumerate(pairs))
    return ColumnChart(top, tuple(drawn))


def ceiling(value: int) -> int:
    """目盛の上端: the next of 2, 4, 10, 20, 40, 100 …, whose half is a whole number too."""
    step = 1
    while True:
        for nice in (2 * step, 4 * step):
            if value <= nice:
                return nice
        step *= 10
        if value <= step:
            return step


def shares(values: Sequence[float]) -> tuple[float, ...]:
    """横棒: each value in percent of the largest; all 0 where the largest is."""
    largest = max(values, default=0)
    return tuple(round(100 * value / largest, 1) if largest else 0.0 for value in values)


def _height(value: int, top: int) -> float:
    return max(round(HEIGHT * value / top, 1), LEAST) if value else 0.0

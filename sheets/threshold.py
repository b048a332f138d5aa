"""閾値: from which probability on a cell is taken as read. Chosen from what was measured, on sheets kept for choosing.

There are two. A misread figure hardly ever satisfies a sum by chance, so what is borne out may be taken more easily; a
day between two others has nothing but its own strokes to speak for it.

A lower threshold leaves less to people (effort) and lets more wrong values through (error); the curve shows both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

ONE_SIDED_95 = 1.645
"""Standard deviations below which 95 in 100 lie."""


@dataclass(frozen=True)
class Thresholds:
    """閾値: probabilities from which on nobody has to look at a cell."""

    borne_out: float
    """裏付けのある欄: something else on the sheet, or a list, says the same."""
    alone: float
    """裏付けのない欄."""


@dataclass(frozen=True)
class Judged:
    """判定済みの欄: how probable its value was, whether nothing contradicted it, and whether it was right."""

    probability: float
    agreed: bool
    right: bool
    borne_out: bool = False


@dataclass(frozen=True)
class Point:
    """曲線の点: what accepting from this threshold on would have done."""

    threshold: float
    accepted: int
    wrong: int
    of: int
    """All cells, accepted or not."""

    @property
    def share(self) -> float:
        """採用率: of all cells; the rest is people's effort."""
        return self.accepted / self.of if self.of else 0.0

    @property
    def error(self) -> float:
        """誤り率: among the accepted."""
        return self.wrong / self.accepted if self.accepted else 0.0

    @property
    def error_at_most(self) -> float:
        """誤り率の上限: with 95 % confidence (Wilson's score bound): no error among few cells proves little."""
        n, z = self.accepted, ONE_SIDED_95
        if not n:
            return 1.0
        centre = self.error + z * z / (2 * n)
        spread = z * sqrt(self.error * (1 - self.error) / n + z * z / (4 * n * n))
        return (centre + spread) / (1 + z * z / n)


def curve(judged: Iterable[Judged]) -> tuple[Point, ...]:
    """誤りと手間の曲線: a point for every probability that occurs, the strictest first."""
    cells = list(judged)
    agreed = sorted((cell for cell in cells if cell.agreed), key=lambda cell: -cell.probability)
    points: list[Point] = []
    accepted = wrong = 0
    for threshold, group in groupby(agreed, key=lambda cell: cell.probability):
        same = list(group)
        accepted += len(same)
        wrong += sum(not cell.right for cell in same)
        points.append(Point(threshold, accepted, wrong, len(cells)))
    return tuple(points)


def chosen(points: Sequence[Point], wanted_error: float) -> Point | None:
    """閾値の選択: the point that accepts most with an error of at most this, by its bound; None: no point has."""
    good = [point for point in points if point.error_at_most <= wanted_error]
    return max(good, key=lambda point: point.accepted, default=None)

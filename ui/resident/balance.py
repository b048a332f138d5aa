"""残高: bookings with the balance after each, and the picture of it."""

from dataclasses import dataclass
from datetime import date

from api.views import PointsLine, PointsView
from procedures.loader import Library
from procedures.steps import AwardPoints
from procedures.texts import Text
from ui import notation


@dataclass(frozen=True)
class Chart:
    """残高の折れ線: in the units of its view box."""

    points: tuple[tuple[int, int], ...]
    highest: int
    first: date
    last: date
    height: int = 240
    top: int = 24
    floor: int = 200

    @property
    def path(self) -> str:
        """A step line: a balance stays until the next booking."""
        (x, y), *others = self.points
        return f"M{x} {y}" + "".join(f"H{x}V{y}" for x, y in others) + "H624"


def balances(points: PointsView) -> tuple[tuple[PointsLine, int], ...]:
    """残高の推移: each booking with the balance after it, newest first."""
    after, rows = int(points.balance), []
    for line in sorted(points.lines, key=lambda line: line.booked_at, reverse=True):
        rows.append((line, after))
        after -= line.points
    return tuple(rows)


def chart(points: PointsView) -> Chart | None:
    """残高の折れ線: from two bookings on; one is no movement."""
    rows = balances(points)[::-1]
    highest = max((balance for _, balance in rows), default=0)
    if len(rows) < 2 or highest <= 0:
        return None
    first, last = rows[0][0].booked_at, rows[-1][0].booked_at
    span = (last - first).total_seconds() or 1.0
    placed = tuple(
        (64 + round(540 * (line.booked_at - first).total_seconds() / span), 200 - round(176 * balance / highest))
        for line, balance in rows
    )
    return Chart(placed, highest, notation.local(first), notation.local(last))


def programme_titles(library: Library) -> dict[str, Text]:
    """事業名: of every points programme, from the procedures that award them."""
    return {
        step.programme: step.programme_title
        for procedure in library.all()
        for step in procedure.steps
        if isinstance(step, AwardPoints)
    }

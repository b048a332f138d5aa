"""誤りと手間の曲線: as a picture. How much is left to people, against how much of the rest is wrong."""

from collections.abc import Sequence
from math import log10

from sheets.threshold import Point

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 90, 20, 30, 60
MOST_EFFORT = 0.10
ERRORS = (1e-4, 1e-3, 1e-2)
"""The lines across; errors are drawn by their logarithm."""
_LOWEST, _HIGHEST = log10(5e-5), log10(2e-2)


def picture(points: Sequence[Point], at: Point, wanted: float) -> str:
    """曲線: the point that was chosen stands out, and the error that is wanted is a dashed line."""
    seen = [point for point in points if 1 - point.share <= MOST_EFFORT]
    path = " ".join(f"{_x(1 - point.share):.1f},{_y(point.error):.1f}" for point in seen)
    lines = "".join(_across(error, f"1 in {1 / error:,.0f}") for error in ERRORS) + _across(0, "none")
    efforts = "".join(_effort(share / 100) for share in range(0, 11, 2))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="14">'
        f"<title>Error among accepted figures against the share left to people</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{lines}{efforts}'
        f'<path d="M{LEFT} {_y(wanted):.1f}H{WIDTH - RIGHT}" stroke="#b3261e" stroke-dasharray="6 4"/>'
        f'<text x="{WIDTH - RIGHT}" y="{_y(wanted) - 6:.1f}" text-anchor="end" fill="#b3261e">'
        f"wanted: 1 in {1 / wanted:,.0f}</text>"
        f'<polyline points="{path}" fill="none" stroke="#0017c1" stroke-width="2"/>'
        f'<circle cx="{_x(1 - at.share):.1f}" cy="{_y(at.error):.1f}" r="6" fill="#0017c1"/>'
        f'<text x="{LEFT}" y="{TOP - 10}">wrong among accepted figures</text>'
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 12}" text-anchor="end">left to people</text></svg>\n'
    )


def _across(error: float, label: str) -> str:
    y = _y(error)
    return (
        f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ccc"/>'
        f'<text x="{LEFT - 8}" y="{y + 5:.1f}" text-anchor="end">{label}</text>'
    )


def _effort(share: float) -> str:
    return f'<text x="{_x(share):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{share:.0%}</text>'


def _x(effort: float) -> float:
    return LEFT + effort / MOST_EFFORT * (WIDTH - LEFT - RIGHT)


def _y(error: float) -> float:
    """Errors below the lowest line, none at all among them, lie on the floor."""
    height = (min(max(log10(error or 1e-9), _LOWEST), _HIGHEST) - _LOWEST) / (_HIGHEST - _LOWEST)
    return HEIGHT - BOTTOM - height * (HEIGHT - TOP - BOTTOM)

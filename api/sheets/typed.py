"""打ち込み: what a person types into a cell as the paper would hold it, and what stands there as people write it."""

import unicodedata

from sheets.document import Cell
from sheets.kinds import COMBED, Kind
from sheets.values import Empty, NoValue, text, value

LONGEST = 200
"""Characters of a name or a remark."""
COLONS = str.maketrans("", "", ":：. 　")
"""8:15, 8.15 and 815 are the same time."""


def as_written(cell: Cell, typed: str) -> str:
    """記入の形: one character per box; full-width figures count as figures. Raises NoValue."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    if cell.kind not in COMBED and cell.kind != "tick":
        return plain[:LONGEST]
    figures = plain.translate(COLONS)
    found = value(cell.kind, figures)
    kept = cell.kind == "digits" and figures  # leading zeros count in a number that names somebody
    written = figures.rjust(len(cell.boxes)) if kept else text(cell.kind, found, len(cell.boxes))
    if len(written) > len(cell.boxes):
        raise NoValue(f"{figures!r} has more figures than boxes")
    return written


def as_said(kind: Kind, written: str | None) -> str:
    """人の書き方: 0815 is 8:15; what is no value stays as it was read; unknown is empty."""
    try:
        found = value(kind, written or "")
    except NoValue:
        return written or ""
    if isinstance(found, Empty):
        return ""
    if kind in ("time", "duration"):
        minutes = int(found)
        return f"{minutes // 60}:{minutes % 60:02}"
    return (written or "").strip() if kind == "digits" else str(found)


def in_clock(kind: Kind, number: int) -> str:
    """値の書き方: of a number that was calculated."""
    sign, size = ("-" if number < 0 else ""), abs(number)
    return f"{sign}{size // 60}:{size % 60:02}" if kind in ("time", "duration") else f"{sign}{size}"

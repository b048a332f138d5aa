"""前月との比較: what of a month is worth a look beside the one before, of a person as of a club."""

from typing import Literal

Change = Literal["", "more", "less", "new", "missing"]
"""前月との差. new: nothing last month; missing: nothing this month."""
MUCH_SHARE, MUCH_MINUTES = 0.2, 300
"""A month that differs from the one before by a fifth and by five hours is marked."""


def change(minutes: int | None, before: int | None, *, compared: bool = True) -> Change:
    """前月との差: only what is worth a look; None: no report. `compared`: False where nobody has a month before."""
    if not compared:
        return ""
    if minutes is None or before is None:
        return "" if minutes == before else "missing" if minutes is None else "new"
    difference = minutes - before
    if abs(difference) < max(MUCH_MINUTES, MUCH_SHARE * before):
        return ""
    return "more" if difference > 0 else "less"


def month_before(month: str) -> str:
    """前月: "2026-01" is after "2025-12"."""
    year, number = map(int, month.split("-"))
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02}"

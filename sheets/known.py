"""既知の事実: what the city knows of a sheet before reading it: its month, its lists and what was agreed."""

from calendar import monthrange
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from procedures.texts import Model

YearMonth = Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
"""年月: e.g. "2026-10"."""


class Known(Model):
    """既知の事実. What is not known is not checked."""

    month: YearMonth | None = None
    lists: Mapping[str, frozenset[int]] = Field(default_factory=dict)
    """名簿: the numbers on each list, by the list's name; e.g. people: those of the club, or the one the QR names."""
    limits: Mapping[str, int] = Field(default_factory=dict)
    """上限: by name; minutes for times and durations."""

    @property
    def days(self) -> int:
        """月の日数: 31 where the month is not known."""
        if self.month is None:
            return 31
        year, month = self.month.split("-")
        return monthrange(int(year), int(month))[1]

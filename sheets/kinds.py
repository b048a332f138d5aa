"""欄の種類: what can be written into a cell at all."""

from typing import Literal

Kind = Literal["digits", "day", "time", "duration", "tick", "name", "text"]
"""欄の種類: digits (a whole number), day (of the month), time (HH:MM), duration (H:MM), tick (✓ or nothing), name and
text (one wide box). How each becomes a value: `sheets.values`."""

COMBED: frozenset[str] = frozenset({"digits", "day", "time", "duration"})
"""一文字一枠: kinds written one character to a box."""

COMB_LENGTHS: dict[str, tuple[int, ...]] = {"day": (2,), "time": (4,), "duration": (3, 4, 5)}
"""How many boxes a kind needs; a duration is hours in one to three digits, then minutes in two."""

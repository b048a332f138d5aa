"""読取器: whoever is shown pictures and says what may be written on them.

Each keeps its engine for itself and is made once per process; reading is a pure function of the pictures, so that a
pool of processes can share the work.
"""

from collections.abc import Sequence
from typing import Protocol

from activities.ocr.images import Gray
from sheets.reading import Alternative

Alternatives = tuple[Alternative, ...]
"""読みの候補: most probable first; what is missing to 1 is something else."""


class Reader(Protocol):
    """読取器."""

    def read(self, pictures: Sequence[Gray]) -> list[Alternatives]:
        """読む: one answer for each picture; an empty one where nothing could be made out."""
        ...

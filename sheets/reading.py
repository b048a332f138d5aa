"""読取結果: what a reader believes is written in a cell."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from procedures.texts import Model
from sheets.document import CellId

ROUNDING = 1e-6
"""By how much the sum of calibrated probabilities may exceed 1."""

Probability = Annotated[float, Field(ge=0, le=1 + ROUNDING)]


class Alternative(Model):
    """読みの候補.

    `text` holds one character per box, a space for an empty one: " 815" in a comb of four is a quarter past eight.
    Wholly empty is "". A ticked box is "1". A struck-out or overwritten box is no character: leave its probability to
    what is not among the alternatives.
    """

    text: str
    probability: Probability
    """Calibrated: of all alternatives given 0.9, nine in ten are right."""


class CellReading(Model):
    """欄の読み: most probable first; what is missing to 1 is something else."""

    cell: CellId
    alternatives: tuple[Alternative, ...]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        found = [each.probability for each in self.alternatives]
        if sum(found) > 1 + ROUNDING:
            raise ValueError(f"the probabilities of {self.cell} sum to {sum(found):.6f}: calibrate them")
        if found != sorted(found, reverse=True):
            raise ValueError(f"the alternatives of {self.cell} are not ordered by their probability")
        return self

    @property
    def something_else(self) -> float:
        """その他: how probable it is that none of the alternatives is written there."""
        return max(0.0, 1.0 - sum(each.probability for each in self.alternatives))

"""修復の中身: what an administrator says is to happen, and what another one signs."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.desk.inbox import Name
from procedures.values import ProcedureId
from store.bulks import RepairKind as RepairKind

LONGEST_REASON = 2_000
Outcome = Literal["done", "refused"]
"""手による記録: what the neighbour would have said."""
OF_A_STEP: frozenset[RepairKind] = frozenset({"go_back", "pass_over", "answer"})


class RepairSaid(BaseModel):
    """修復の中身. `step`: to before which the case goes back, or which is settled. `outcome`: of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: RepairKind
    step: Name | None = None
    outcome: Outcome = "done"
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""

    @property
    def goes_on(self) -> bool:
        """先へ進める: a step counts as done that nobody did."""
        return self.kind == "pass_over" or (self.kind == "answer" and self.outcome == "done")

    @model_validator(mode="after")
    def _names_its_step(self) -> Self:
        if (self.kind in OF_A_STEP) != (self.step is not None):
            raise ValueError(f"{self.kind} names a step, or needs none")
        return self


class RepairOrder(RepairSaid):
    """修復の中身, as it is signed."""

    versions: Mapping[ProcedureId, int] = Field(default_factory=dict)
    """移す先の版 of each procedure: the one in force when the order was proposed."""

"""印: what is wrong with one answer that an officer sends back, and why."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Fault = Literal["incorrect", "incomplete", "outdated"]
"""不備の種類: 誤り (not right), 不足 (something is missing), 期限切れ (no longer current)."""


class Mark(BaseModel):
    """補正の印: `reason` is read by the resident."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fault: Fault
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000)]

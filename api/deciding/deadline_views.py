"""期限の読取りモデル: when a law decides a case in the city's place."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class DeemedView(BaseModel):
    """みなし: when a law decides this case, what, and which. `decided`: it has."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    outcome: Literal["accept", "reject"]
    law: Mapping[str, str]
    explanation: Mapping[str, str]
    decided: bool = False

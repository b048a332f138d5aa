"""進行: the part of a procedure that travels into its workflow. Small, frozen, without texts and personal data."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from procedures.values import ProcedureId, StepId

StepKind = Literal[
    "check_signature",
    "check_register",
    "collect_fee",
    "review",
    "approve",
    "issue_document",
    "deliver",
    "post_document",
    "award_points",
    "close_account",
    "tell_registry",
]
"""処理の種類: one options model in `procedures.document`, one activity of the same name."""


class PinnedStep(BaseModel):
    """ステップ: one step as the workflow sees it; the activity reads its options from the pinned document."""

    model_config = ConfigDict(frozen=True)

    id: StepId
    kind: StepKind
    parallel: str | None = None
    """Neighbouring steps of the same name run side by side."""
    quorum: int = 1
    """定足数: how many different officers must approve."""


class Limits(BaseModel):
    """期限: how long each side may take. Business days follow `procedures.calendar`."""

    model_config = ConfigDict(frozen=True)

    processing_business_days: int
    """標準処理期間 (行政手続法6条), suspended while the resident corrects (同7条)."""
    remind_business_days_before: int = 1
    payment_days: int = 7
    """Calendar days a resident may take to pay before the case closes by itself."""
    correction_days: int = 14
    """Calendar days a resident may take to correct (補正期間)."""


class Process(BaseModel):
    """手続の進行: the pinned process part of one procedure version."""

    model_config = ConfigDict(frozen=True)

    procedure: ProcedureId
    version: int
    department: str
    limits: Limits
    steps: tuple[PinnedStep, ...]
    rejection_notice: bool = False
    """却下通知: a rejection is told by a sealed notice."""

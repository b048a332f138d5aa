"""取消し: what is undone when a case ends otherwise than delivered, in this order: refund, points, documents."""

from datetime import timedelta
from typing import Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from procedures.process import StepKind
    from workflows.contracts import Undoing
    from workflows.steps import COMPENSATION

UNDO: Final[tuple[tuple[StepKind, str], ...]] = (
    ("collect_fee", "refund_fee"),
    ("award_points", "reverse_points"),
    ("issue_document", "revoke_documents"),
)
"""Money first: it is what the resident misses. A document is revoked last, when nothing else can fail any more."""


TAKEN_BACK: Final[frozenset[StepKind]] = frozenset({"award_points", "issue_document"})
"""やり直しの前に取り消すもの: a person has it once. Money stays: collecting again asks only for what is still owed."""


async def compensate(performed: frozenset[StepKind], undoing: Undoing) -> None:
    """取消し: undo what was performed. Each activity is idempotent and finds nothing to do where nothing happened."""
    for kind, activity in UNDO:
        if kind in performed:
            await workflow.execute_activity(
                activity, undoing, start_to_close_timeout=timedelta(seconds=30), retry_policy=COMPENSATION
            )

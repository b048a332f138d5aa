"""処理の走らせ方: where each kind of step runs, how long it may take and how often it is tried."""

from dataclasses import dataclass, field
from datetime import timedelta

from temporalio.common import RetryPolicy

from procedures.process import StepKind
from workflows.contracts import CASES_QUEUE, DOCUMENTS_QUEUE, ROBOTS_QUEUE

FINAL_ERRORS = (
    "GatewayRefused",
    "RegisterRefused",
    "DocumentUnprintable",
    "RuleFailed",
    "FactMissing",
    "ProcedureUnknown",
    "ValidationError",
)
"""Trying these again cannot help: the case waits in sight of an administrator instead."""

NEIGHBOUR = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=3,
    maximum_attempts=4,
    non_retryable_error_types=FINAL_ERRORS,
)
"""About 13 seconds of patience; after that the outcome is *unknown* and the case waits by durable timers."""

SHORT = RetryPolicy(maximum_attempts=2, non_retryable_error_types=FINAL_ERRORS)
DATABASE = RetryPolicy(maximum_interval=timedelta(seconds=10), non_retryable_error_types=FINAL_ERRORS)
"""Our own database: tried until it is back."""
ROBOT = RetryPolicy(maximum_interval=timedelta(minutes=1), maximum_attempts=10, non_retryable_error_types=FINAL_ERRORS)
"""Crashes, lost sessions and a press that is waited out; a system that is closed is left alone until it opens."""
COMPENSATION = RetryPolicy(maximum_interval=timedelta(hours=1))
"""取消し must happen: tried for ever, in sight."""

PATIENCE = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""Pauses between asking a neighbour that could not tell; the last one repeats."""


@dataclass(frozen=True)
class Run:
    """走らせ方: `local` steps are millisecond writes to our database or one call on the city's own network."""

    local: bool = False
    queue: str = CASES_QUEUE
    timeout: timedelta = timedelta(seconds=30)
    retry: RetryPolicy = field(default_factory=lambda: NEIGHBOUR)
    heartbeat: timedelta | None = None
    """Silent for so long, its worker is gone; None: nobody listens for signs of life."""


RUNS: dict[StepKind, Run] = {
    "check_signature": Run(),
    "check_register": Run(local=True, timeout=timedelta(seconds=5), retry=SHORT),
    "collect_fee": Run(),
    "review": Run(local=True, timeout=timedelta(seconds=10), retry=DATABASE),
    "approve": Run(local=True, timeout=timedelta(seconds=10), retry=DATABASE),
    "issue_document": Run(queue=DOCUMENTS_QUEUE, timeout=timedelta(minutes=2)),
    "deliver": Run(local=True, timeout=timedelta(seconds=10), retry=DATABASE),
    "post_document": Run(queue=DOCUMENTS_QUEUE, timeout=timedelta(minutes=2)),
    "award_points": Run(local=True, timeout=timedelta(seconds=10), retry=DATABASE),
    "close_account": Run(timeout=timedelta(minutes=2)),
    "tell_registry": Run(
        queue=ROBOTS_QUEUE, timeout=timedelta(minutes=10), retry=ROBOT, heartbeat=timedelta(seconds=20)
    ),
}


def pause_before_retry(attempt: int) -> timedelta:
    """Pause after the `attempt`-th unknown outcome (1 = first)."""
    return PATIENCE[min(attempt, len(PATIENCE)) - 1]

"""照合: what a webhook or a crash left open is asked after, by a Schedule."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import MunicipalityRun

ONCE_OR_TWICE = RetryPolicy(maximum_attempts=2)
"""The next run comes in minutes anyway."""


@workflow.defn
class ReconciliationWorkflow:
    """照合の一巡 of one municipality: payments against the gateway; inbox, exports and orders against workflows."""

    @workflow.run
    async def run(self, run: MunicipalityRun) -> None:
        """A neighbour that is away keeps nobody from looking after the rest; the round still says that it failed."""
        failed: ActivityError | None = None
        for activity in ("reconcile_payments", "reconcile_inbox", "reconcile_exports", "reconcile_bulks"):
            try:
                await workflow.execute_activity(
                    activity, run, start_to_close_timeout=timedelta(minutes=2), retry_policy=ONCE_OR_TWICE
                )
            except ActivityError as error:
                failed = error
        if failed is not None:
            raise failed

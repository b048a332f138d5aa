"""帳票の取込み: every night, what the scanner left in its folder becomes a batch of its own."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import SHEETS_QUEUE, MunicipalityRun
    from workflows.steps import FINAL_ERRORS

LONGEST = timedelta(minutes=30)
UNTIL_MORNING = timedelta(hours=5)
"""A folder or a database that is away: the next night takes what was left."""
PATIENT = RetryPolicy(maximum_interval=timedelta(minutes=5), non_retryable_error_types=FINAL_ERRORS)


@workflow.defn
class SheetIntakeWorkflow:
    """帳票の取込み of one municipality."""

    @workflow.run
    async def run(self, run: MunicipalityRun) -> int:
        taken: int = await workflow.execute_activity(
            "take_in_folder", run, result_type=int, task_queue=SHEETS_QUEUE,
            start_to_close_timeout=LONGEST, schedule_to_close_timeout=UNTIL_MORNING, retry_policy=PATIENT,
        )  # fmt: skip
        return taken

"""個人データの書き出し: collect what the counter holds of a person, print it part by part, bind the parts.

Nothing personal passes through here: the row says whose data, the files lie in the object store.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ActivityError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import CASES_QUEUE, DOCUMENTS_QUEUE, ExportInput, ExportPart, ExportParts
    from workflows.steps import DATABASE, FINAL_ERRORS

PATIENT = RetryPolicy(
    maximum_interval=timedelta(minutes=1), maximum_attempts=10, non_retryable_error_types=FINAL_ERRORS
)
"""About six minutes for a store that is away; after that the resident is told, and may ask again."""
LONGEST = timedelta(minutes=5)
"""One activity; a part of the printed copy takes seconds."""


@workflow.defn
class ExportWorkflow:
    """書き出し (workflow id = `export-` + the row's id)."""

    @workflow.run
    async def run(self, export: ExportInput) -> None:
        try:
            await self._make(export)
        except ActivityError:
            await workflow.execute_activity(
                "fail_export", export, start_to_close_timeout=timedelta(seconds=10), retry_policy=DATABASE
            )

    async def _make(self, export: ExportInput) -> None:
        """Each part is an activity of its own, so that documents of others are made in between."""
        parts: int = await workflow.execute_activity(
            "collect_export", export, result_type=int, start_to_close_timeout=LONGEST, retry_policy=PATIENT
        )
        for part in range(1, parts + 1):
            await self._print("print_export", ExportPart(**export.model_dump(), part=part, parts=parts))
        if parts:
            await self._print("bind_export", ExportParts(**export.model_dump(), parts=parts))

    async def _print(self, activity: str, message: ExportInput) -> None:
        await workflow.execute_activity(
            activity, message, task_queue=DOCUMENTS_QUEUE, start_to_close_timeout=LONGEST, retry_policy=PATIENT
        )


async def begin(client: Client, export: ExportInput, timeout: timedelta) -> None:
    """書き出しを始める; one that runs or has ended well stays the only one. Raises RPCError: Temporal is away."""
    try:
        await client.start_workflow(
            ExportWorkflow.run,
            export,
            id=f"export-{export.export_id}",
            task_queue=CASES_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            rpc_timeout=timeout,
        )
    except WorkflowAlreadyStartedError:
        return

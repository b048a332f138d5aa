"""紙の読取り: the scan of one paper that an officer enters is read by machine; nobody waits for it.

What was read is written to its row and confirmed by the officer there: nothing of it passes through here.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import CASES_QUEUE, SHEETS_QUEUE
    from workflows.sheet_contracts import PaperReading
    from workflows.steps import FINAL_ERRORS

LONGEST = timedelta(minutes=30)
UNTIL_TOMORROW = timedelta(days=1)
"""Readers that are away so long read it no more: by then it was typed by hand."""
SILENT = timedelta(seconds=20)
PATIENT = RetryPolicy(maximum_interval=timedelta(minutes=1), non_retryable_error_types=FINAL_ERRORS)


@workflow.defn
class PaperReadingWorkflow:
    """紙の読取り (workflow id = `paper-` + the draft's id)."""

    @workflow.run
    async def run(self, given: PaperReading) -> None:
        await workflow.execute_activity(
            "read_paper", given, task_queue=SHEETS_QUEUE, start_to_close_timeout=LONGEST,
            schedule_to_close_timeout=UNTIL_TOMORROW, heartbeat_timeout=SILENT, retry_policy=PATIENT,
        )  # fmt: skip


async def begin(client: Client, given: PaperReading, timeout: timedelta) -> None:
    """読取りを始める, anew where one is under way: its scans may be others by now. Raises RPCError."""
    await client.start_workflow(
        PaperReadingWorkflow.run,
        given,
        id=f"paper-{given.draft_id}",
        task_queue=CASES_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        rpc_timeout=timeout,
    )

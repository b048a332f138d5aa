"""起案文書案: the document a case would issue, drawn for whoever is to approve it, and thrown away again.

Drawn on the queue of documents, where all of them are; the file lies in the object store, never in a history. One
workflow for each case and document: asking again draws anew, and a quarter of an hour after the last time it is gone.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import CASES_QUEUE, DOCUMENTS_QUEUE, StepInput
    from workflows.steps import DATABASE, FINAL_ERRORS

KEPT_FOR = timedelta(minutes=15)
LONGEST = timedelta(seconds=20)
"""Nobody waits longer before a page; a worker that is back later draws for nobody."""
ONCE_MORE = RetryPolicy(maximum_attempts=2, non_retryable_error_types=FINAL_ERRORS)


def draft_key(given: StepInput) -> str:
    """案の置き場: one object for each case and document."""
    return f"{given.municipality}/drafts/{given.receipt_number}/{given.step}"


@workflow.defn
class DraftWorkflow:
    """起案文書案 (workflow id = 受付番号 + `-draft-` + the step that would issue it)."""

    @workflow.init
    def __init__(self, given: StepInput) -> None:
        self._given = given
        self._asked = 0

    @workflow.update
    async def draw(self) -> None:
        """案を作る: when this returns, the file lies there."""
        self._asked += 1
        await self._by_the_printer("draw_draft", ONCE_MORE, patience=LONGEST)

    @workflow.run
    async def run(self, _: StepInput) -> None:
        while True:
            seen = self._asked
            try:
                await workflow.wait_condition(lambda: self._asked > seen, timeout=KEPT_FOR)  # noqa: B023
            except TimeoutError:
                break
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self._by_the_printer("discard_draft", DATABASE)

    async def _by_the_printer(self, activity: str, retry: RetryPolicy, patience: timedelta | None = None) -> None:
        await workflow.execute_activity(
            activity, self._given, task_queue=DOCUMENTS_QUEUE, start_to_close_timeout=LONGEST,
            schedule_to_close_timeout=patience, retry_policy=retry,
        )  # fmt: skip


async def draw(client: Client, given: StepInput) -> None:
    """案を作らせて待つ. Raises WorkflowUpdateFailedError, RPCError, WorkflowUpdateRPCTimeoutOrCancelledError."""
    start = WithStartWorkflowOperation(
        DraftWorkflow.run,
        given,
        id=f"{given.receipt_number}-draft-{given.step}",
        task_queue=CASES_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    await client.execute_update_with_start_workflow(
        DraftWorkflow.draw, start_workflow_operation=start, rpc_timeout=LONGEST
    )

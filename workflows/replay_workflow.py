"""再生の一巡: can the open cases go on with the program that runs now? Asked of them one after the other.

What was told of each is kept in the database: a worker that dies leaves nothing to tell twice.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import CASES_QUEUE, ReplayRun
    from workflows.steps import DATABASE, FINAL_ERRORS

PATIENT = RetryPolicy(maximum_interval=timedelta(minutes=1), non_retryable_error_types=FINAL_ERRORS)
LONGEST_PART = timedelta(minutes=30)
SILENT = timedelta(seconds=30)
"""A sign of life comes with every case. Silent for so long, its worker is gone: another goes on."""
SHORT_WRITE = timedelta(seconds=10)


@workflow.defn
class ReplayWorkflow:
    """再生 (workflow id = `replay-` + the row's id)."""

    @workflow.run
    async def run(self, run: ReplayRun) -> None:
        while await self._replay_some(run):
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(run)
        await workflow.execute_local_activity(
            "finish_replay", run, start_to_close_timeout=SHORT_WRITE, retry_policy=DATABASE
        )

    async def _replay_some(self, run: ReplayRun) -> bool:
        left: bool = await workflow.execute_activity(
            "replay_cases", run, result_type=bool,
            start_to_close_timeout=LONGEST_PART, heartbeat_timeout=SILENT, retry_policy=PATIENT,
        )  # fmt: skip
        return left


async def begin(client: Client, run: ReplayRun, timeout: timedelta) -> None:
    """再生を始める; one that runs stays the only one. Raises RPCError: Temporal is away."""
    await client.start_workflow(
        ReplayWorkflow.run,
        run,
        id=f"replay-{run.replay_id}",
        task_queue=CASES_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        rpc_timeout=timeout,
    )

"""一括処理: an officer's order for many cases, carried out a few at a time, as the officer would have done each.

Nothing of the order passes through here: the row says what to do, and what became of each case. The officer may pause,
go on and stop; what was carried out stays.
"""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import CASES_QUEUE, COUNTER_QUEUE, BulkInput, BulkPart, BulkShown, Pace, Underway
    from workflows.steps import FINAL_ERRORS

PART = 10
"""Cases carried out by one activity, one after the other."""
AT_ONCE = 2
"""Parts under way together: people at the counter come first."""
PATIENT = RetryPolicy(maximum_interval=timedelta(minutes=1), non_retryable_error_types=FINAL_ERRORS)
LONGEST = timedelta(minutes=2)
SILENT = timedelta(seconds=20)
"""A part says before each case that it goes on. Silent for so long, its web process is gone: another takes over."""
ANSWERS = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5))
"""Pauses between looks for cases that have not answered yet; the last one repeats."""


@workflow.defn
class BulkWorkflow:
    """一括処理 (workflow id = `bulk-` + the row's id)."""

    @workflow.init
    def __init__(self, bulk: BulkInput) -> None:
        self._bulk = bulk
        self._paused = self._stopped = False

    @workflow.update
    async def pace(self, pace: Pace) -> None:
        """止める・続ける・取りやめる."""
        self._stopped = self._stopped or pace.wanted == "stop"
        self._paused = pace.wanted == "pause" and not self._stopped
        await self._show("stopped" if self._stopped else "paused" if self._paused else "running")

    @workflow.run
    async def run(self, bulk: BulkInput) -> None:
        parts = [BulkPart(**self._ids, first=first, count=PART) for first in range(0, bulk.size, PART)]
        while parts and not self._stopped:
            await workflow.wait_condition(lambda: not self._paused or self._stopped)
            now, parts = ([], []) if self._stopped else (parts[:AT_ONCE], parts[AT_ONCE:])
            await asyncio.gather(*(self._carry_out(part) for part in now))
        await self._await_answers()
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self._show("finished")

    async def _await_answers(self) -> None:
        """A decision is written before its case knows of it; the relay tells it, however long that takes."""
        looks = 0
        while await self._unanswered():
            await workflow.sleep(ANSWERS[min(looks, len(ANSWERS) - 1)])
            looks += 1

    async def _unanswered(self) -> int:
        left: int = await workflow.execute_activity(
            "count_unanswered", self._bulk, result_type=int, task_queue=COUNTER_QUEUE,
            start_to_close_timeout=SILENT, retry_policy=PATIENT,
        )  # fmt: skip
        return left

    async def _carry_out(self, part: BulkPart) -> None:
        await workflow.execute_activity(
            "carry_out_bulk", part, task_queue=COUNTER_QUEUE,
            start_to_close_timeout=LONGEST, heartbeat_timeout=SILENT, retry_policy=PATIENT,
        )  # fmt: skip

    async def _show(self, state: Underway) -> None:
        shown = BulkShown(**self._ids, state=state)
        await workflow.execute_activity(
            "show_bulk", shown, task_queue=COUNTER_QUEUE, start_to_close_timeout=SILENT, retry_policy=PATIENT
        )

    @property
    def _ids(self) -> dict[str, object]:
        return {"municipality": self._bulk.municipality, "bulk_id": self._bulk.bulk_id}


async def begin(client: Client, bulk: BulkInput, timeout: timedelta) -> None:
    """一括処理を始める; one that runs or has ended stays the only one. Raises RPCError: Temporal is away."""
    try:
        await client.start_workflow(
            BulkWorkflow.run,
            bulk,
            id=f"bulk-{bulk.bulk_id}",
            task_queue=CASES_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            rpc_timeout=timeout,
        )
    except WorkflowAlreadyStartedError:
        return

"""監査の錨: the ends of the audit log's chains, under one root, timestamped once a day, by a Schedule.

The anchor is written down first and stamped afterwards. An authority that gives no timestamp is asked again and again,
for as long as it takes; each day that begins meanwhile gets an anchor of its own, stamped with the others.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import DOCUMENTS_QUEUE, AnchorInput, AnchorRound
    from workflows.steps import DATABASE

LONGEST = timedelta(minutes=10)
"""A first anchor over all cases a city ever had."""


@workflow.defn
class AuditAnchorWorkflow:
    """監査の錨 of one municipality; ends when every anchor has its timestamp."""

    def __init__(self) -> None:
        self._hurried = False

    @workflow.signal
    def check_now(self) -> None:
        """いま時刻印を求める: do not wait for the quarter of an hour."""
        self._hurried = True

    @workflow.run
    async def run(self, given: AnchorInput) -> None:
        run = AnchorRound(municipality=given.municipality, run_id=workflow.info().workflow_id)
        while await self._go_round(run):
            with suppress(asyncio.TimeoutError):
                await workflow.wait_condition(lambda: self._hurried, timeout=given.retry_after)
            self._hurried = False
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(given)

    async def _go_round(self, run: AnchorRound) -> int:
        await workflow.execute_activity("gather_anchor", run, start_to_close_timeout=LONGEST, retry_policy=DATABASE)
        left: int = await workflow.execute_activity(
            "stamp_anchors", run, result_type=int, task_queue=DOCUMENTS_QUEUE,
            start_to_close_timeout=LONGEST, retry_policy=DATABASE,
        )  # fmt: skip
        return left

"""日次失効確認: every registered certificate against its authority's list, once a day, by a Schedule.

One activity works through all lists, so a history stays as short for two thousand lists as for one. What is done is
kept in the database, list by list: a worker that dies leaves nothing to do twice.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import StatusCheck, StatusRound
    from workflows.steps import DATABASE

LONGEST_ROUND = timedelta(hours=4)
SIGN_OF_LIFE = timedelta(seconds=20)
"""A worker that says nothing for so long is dead; another goes on with the lists that are left."""


@workflow.defn
class CertificateStatusWorkflow:
    """日次失効確認 of one municipality; its result is how many lists nobody could confirm today."""

    def __init__(self) -> None:
        self._hurried = False

    @workflow.signal
    def check_now(self) -> None:
        """いま確認する: do not wait for the quarter of an hour."""
        self._hurried = True

    @workflow.run
    async def run(self, check: StatusCheck) -> int:
        run = StatusRound(municipality=check.municipality, run_id=workflow.info().workflow_id)
        give_up_at = workflow.now() + check.retry_for
        unknown = await self._go_round(run)
        while unknown and workflow.now() + check.retry_after <= give_up_at:
            with suppress(asyncio.TimeoutError):
                await workflow.wait_condition(lambda: self._hurried, timeout=check.retry_after)
            self._hurried = False
            unknown = await self._go_round(run)
        await workflow.execute_local_activity(
            "finish_status_run", run, start_to_close_timeout=timedelta(seconds=10), retry_policy=DATABASE
        )
        return unknown

    async def _go_round(self, run: StatusRound) -> int:
        unknown: int = await workflow.execute_activity(
            "check_status_lists",
            run,
            result_type=int,
            start_to_close_timeout=LONGEST_ROUND,
            heartbeat_timeout=SIGN_OF_LIFE,
            retry_policy=DATABASE,
        )
        return unknown

"""帳票の一括: a pile of paper is read, corrected by people, approved by a second one, and typed in by a robot.

What comes next is asked of the batch's rows each time (`find_next`): so it goes on where it stood after any crash, and
people who correct and approve write to the database and no more; `look_again` only saves the wait.
"""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ActivityError, ApplicationError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import CASES_QUEUE, ROBOTS_QUEUE, SHEETS_QUEUE, Pace, RobotResult, RobotRun
    from workflows.sheet_contracts import (
        BatchEnd,
        BatchStanding,
        EntryOrder,
        EntrySettled,
        SheetBatch,
        SheetBatchInput,
        SheetEnd,
        SheetPart,
        SheetPause,
    )
    from workflows.steps import FINAL_ERRORS

PART = 8
"""Pages read by one activity, one after the other."""
AT_ONCE = 4
"""Parts under way together; a worker takes as many as it has processes."""
PATIENT = RetryPolicy(maximum_interval=timedelta(minutes=1), non_retryable_error_types=FINAL_ERRORS)
A_FEW_TIMES = RetryPolicy(
    maximum_interval=timedelta(seconds=30), maximum_attempts=5, non_retryable_error_types=FINAL_ERRORS
)
SILENT = timedelta(seconds=20)
"""Signs of life come every few seconds. Silent for so long, its worker is gone: another takes over."""
SHORT = timedelta(minutes=1)
LONG = timedelta(minutes=30)
NEWS = timedelta(minutes=15)
"""Rows are looked at this often although nobody said anything: a lost message costs no more."""
ROBOT = RetryPolicy(
    initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=5), maximum_attempts=60,
    non_retryable_error_types=FINAL_ERRORS,
)  # fmt: skip
"""About four hours of patience with one entry, and as long as a system that is closed says it will be."""
ONE_ENTRY = timedelta(minutes=10)
NOT_THE_PERSONS_FAULT = frozenset({"LoginRefused", "SystemClosed"})
"""Failures that every entry would meet, and that get worse by trying: the batch pauses before the same one."""
IN_A_ROW = 3
"""After so many failures one after the other it pauses, too: a changed screen is nobody's sheet."""
EVENTS = 2_000
"""From here on a history is continued in a new one; what is under way is finished first (`LEEWAY`). Temporal itself
would suggest it at 4,096 and end a run at 51,200."""
LEEWAY = 100
"""Events that what is under way may still add: parts being read, one entry, what people ask for meanwhile."""


@workflow.defn
class SheetBatchWorkflow:
    """帳票の一括 (workflow id = `sheets-` + the row's id)."""

    @workflow.init
    def __init__(self, given: SheetBatchInput) -> None:
        self._batch = SheetBatch(municipality=given.municipality, batch_id=given.batch_id)
        self._paused, self._stopped, self._news = given.paused, False, False
        self._failures, self._events = given.failures, given.events
        self._showing = asyncio.Lock()

    @workflow.update
    async def pace(self, pace: Pace) -> None:
        """止める・続ける・取りやめる. What was entered stays."""
        self._stopped = self._stopped or pace.wanted == "stop"
        self._paused = pace.wanted == "pause" and not self._stopped
        self._failures = 0
        await self._show_pause()

    @workflow.update
    async def look_again(self) -> None:
        """見直す: somebody has corrected or approved."""
        self._news = True

    @workflow.run
    async def run(self, given: SheetBatchInput) -> None:  # noqa: ARG002 - taken by __init__
        while await self._goes_on():
            self._news = False
            standing = await self._find_next()
            match standing.next:
                case "split":
                    await self._do("split_files", LONG)
                case "read":
                    await self._read(standing)
                case "sort_out":
                    await self._do("sort_out", LONG)
                case "wait":
                    await self._await_news()
                case "enter":
                    await self._enter()
                case "finish":
                    await self._do("report_batch", LONG)
                    break
            await self._continue_if_long()
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self._end("stopped" if self._stopped else "finished")

    async def _goes_on(self) -> bool:
        """Once it is not paused any more; False: it was stopped."""
        await workflow.wait_condition(lambda: not self._paused or self._stopped)
        return not self._stopped

    async def _find_next(self) -> BatchStanding:
        found: BatchStanding = await workflow.execute_activity(
            "find_next", self._batch, result_type=BatchStanding, task_queue=SHEETS_QUEUE,
            start_to_close_timeout=SHORT, retry_policy=PATIENT,
        )  # fmt: skip
        return found

    async def _do(self, activity: str, longest: timedelta) -> None:
        await workflow.execute_activity(
            activity, self._batch, task_queue=SHEETS_QUEUE,
            start_to_close_timeout=longest, heartbeat_timeout=SILENT, retry_policy=PATIENT,
        )  # fmt: skip

    async def _await_news(self) -> None:
        try:
            await workflow.wait_condition(lambda: self._news or self._paused or self._stopped, timeout=NEWS)
        except TimeoutError:
            return

    # --- reading ------------------------------------------------------------------------------------------------------

    async def _read(self, standing: BatchStanding) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(first: int) -> None:
            async with gate:
                if await self._goes_on() and not self._is_long:
                    await self._read_part(SheetPart(**self._ids, first=first, count=PART))

        await asyncio.gather(*(one(first) for first in standing.waiting))

    async def _read_part(self, part: SheetPart) -> None:
        """What cannot be read at all is left to people, with the cause; it stops nobody."""
        try:
            await workflow.execute_activity(
                "read_pages", part, task_queue=SHEETS_QUEUE,
                start_to_close_timeout=LONG, heartbeat_timeout=SILENT, retry_policy=A_FEW_TIMES,
            )  # fmt: skip
        except ActivityError as failed:
            given_up = part.model_copy(update={"cause": _cause(failed)})
            await workflow.execute_activity(
                "give_up_pages", given_up, task_queue=SHEETS_QUEUE, start_to_close_timeout=SHORT, retry_policy=PATIENT
            )

    # --- entering -----------------------------------------------------------------------------------------------------

    async def _enter(self) -> None:
        """One after the other: it is somebody else's old machine."""
        orders: list[EntryOrder] = await workflow.execute_activity(
            "plan_entries", self._batch, result_type=list[EntryOrder], task_queue=SHEETS_QUEUE,
            start_to_close_timeout=LONG, heartbeat_timeout=SILENT, retry_policy=PATIENT,
        )  # fmt: skip
        for order in orders:
            if not await self._goes_on() or self._is_long:
                return
            await self._enter_one(order)

    async def _enter_one(self, order: EntryOrder) -> None:
        run = RobotRun(municipality=self._batch.municipality, reference=order.reference)
        try:
            await workflow.execute_activity(
                "enter_payroll", run, result_type=RobotResult, task_queue=ROBOTS_QUEUE,
                start_to_close_timeout=ONE_ENTRY, heartbeat_timeout=SILENT, retry_policy=ROBOT,
            )  # fmt: skip
        except ActivityError as failed:
            fault = _cause(failed)
            self._failures += 1
            if fault in NOT_THE_PERSONS_FAULT:
                await self._pause_by_itself(fault)
                return
            await self._settle(order, fault)
            if self._failures >= IN_A_ROW:
                await self._pause_by_itself(fault)
        else:
            self._failures = 0
            await self._settle(order)

    async def _settle(self, order: EntryOrder, fault: str | None = None) -> None:
        settled = EntrySettled(**self._ids, page_id=order.page_id, fault=fault)
        await workflow.execute_activity(
            "settle_entry", settled, task_queue=SHEETS_QUEUE, start_to_close_timeout=SHORT, retry_policy=PATIENT
        )

    async def _pause_by_itself(self, fault: str) -> None:
        self._paused, self._failures = not self._stopped, 0
        await self._show_pause(fault)

    # --- told to whoever looks ----------------------------------------------------------------------------------------

    async def _show_pause(self, fault: str | None = None) -> None:
        """In turn: what is shown last is how it is, although a refused login may follow hard upon a "go on"."""
        if workflow.patched("pauses-in-turn"):
            async with self._showing:
                await self._write_pause(fault)
        else:
            await self._write_pause(fault)

    async def _write_pause(self, fault: str | None) -> None:
        pause = SheetPause(**self._ids, paused=self._paused, fault=fault)
        await workflow.execute_activity(
            "show_pause", pause, task_queue=SHEETS_QUEUE, start_to_close_timeout=SHORT, retry_policy=PATIENT
        )

    async def _end(self, state: BatchEnd) -> None:
        await workflow.execute_activity(
            "end_batch", SheetEnd(**self._ids, state=state), task_queue=SHEETS_QUEUE,
            start_to_close_timeout=SHORT, retry_policy=PATIENT,
        )  # fmt: skip

    @property
    def _is_long(self) -> bool:
        """So that what is left is asked for again in a new history; the rows know what is done."""
        return self._events is not None and workflow.info().get_current_history_length() >= self._events

    async def _continue_if_long(self) -> None:
        if self._is_long:
            await workflow.wait_condition(workflow.all_handlers_finished)
        suggested = self._is_long or workflow.info().is_continue_as_new_suggested()
        if suggested and workflow.all_handlers_finished() and not self._stopped:
            so_far = {"paused": self._paused, "failures": self._failures, "events": self._events}
            workflow.continue_as_new(SheetBatchInput(**self._ids, **so_far))

    @property
    def _ids(self) -> dict[str, object]:
        return {"municipality": self._batch.municipality, "batch_id": self._batch.batch_id}


def _cause(failed: ActivityError) -> str:
    """The kind of failure, never its words."""
    cause = failed.cause.type if isinstance(failed.cause, ApplicationError) else None
    return cause or type(failed.cause).__name__


def workflow_id(batch_id: object) -> str:
    """ワークフローID: of a batch."""
    return f"sheets-{batch_id}"


async def begin(client: Client, batch: SheetBatchInput, timeout: timedelta) -> None:
    """一括を始める; one that runs or has ended stays the only one. Raises RPCError: Temporal is away."""
    given = batch if batch.events else batch.model_copy(update={"events": EVENTS})
    try:
        await client.start_workflow(
            SheetBatchWorkflow.run,
            given,
            id=workflow_id(batch.batch_id),
            task_queue=CASES_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            rpc_timeout=timeout,
        )
    except WorkflowAlreadyStartedError:
        return

"""案件: one resident's request, from receipt to delivery.

Walks the pinned steps: perform, then go on, stop or wait.
- done → next step; refused → the case is rejected; unknown → wait for the neighbour and ask again
- waiting → for the resident's payment or an officer's decision, with a durable deadline
- sent back → wait for the correction, then walk again from the first step in the next epoch
- rejected, withdrawn, lapsed, recalled → compensate, then close
Decisions only: no I/O, no clock but the workflow's, no personal data.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from procedures.process import PinnedStep, StepKind
    from procedures.values import StepId
    from workflows.compensation import compensate
    from workflows.contracts import (
        CaseClosing,
        CaseInput,
        Closing,
        Correction,
        Decision,
        DecisionRecord,
        Nudge,
        PaymentNews,
        Request,
        StepInput,
        StepResult,
        Undoing,
        Wait,
    )
    from workflows.steps import DATABASE, FINAL_ERRORS, RUNS, pause_before_retry

CASE_STATUS = SearchAttributeKey.for_keyword("CaseStatus")
OFFICER_STEPS: frozenset[StepKind] = frozenset({"review", "approve", "post_document"})
SHORT_WRITE = timedelta(seconds=10)


@dataclass(frozen=True)
class Stop:
    """Why the walk stopped: a closing, or None = sent back for correction."""

    closing: Closing | None
    reason: str | None = None


@workflow.defn
class CaseWorkflow:
    """案件 (workflow id = 受付番号)."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        self._case = case
        self._steps = case.process.steps
        self._epoch = 1
        self._open_tasks: dict[StepId, UUID] = {}
        self._decisions: dict[StepId, Decision] = {}
        self._paid: set[tuple[StepId, int]] = set()
        self._performed: set[StepKind] = set()
        self._awaiting_correction = False
        self._correction: Correction | None = None
        self._stop: Stop | None = None
        self._closing = False
        self._retries_asked = 0

    # --- what others may tell the case ---------------------------------------------------------------------------

    @workflow.update
    async def decide(self, decision: Decision) -> None:
        """審査・決裁: an officer decides an open task."""
        task_id = self._open_tasks.pop(decision.step)
        try:
            await self._write("record_decision", DecisionRecord(**self._ids, decision=decision))
        except ActivityError as error:
            self._open_tasks[decision.step] = task_id
            raise ApplicationError("The decision could not be written.", type="DecisionLost") from error
        self._decisions[decision.step] = decision

    @decide.validator
    def _may_decide(self, decision: Decision) -> None:
        if self._stopping or self._open_tasks.get(decision.step) != decision.task_id or decision.epoch != self._epoch:
            raise ApplicationError("This task is no longer open.", type="TaskClosed")
        if any(d.officer == decision.officer for d in self._decisions.values() if d.outcome == "approve"):
            kinds = {s.id: s.kind for s in self._steps}
            if kinds[decision.step] == "approve":
                raise ApplicationError("The approver must differ from the reviewer.", type="DutiesNotSeparated")

    @workflow.update
    async def confirm_payment(self, news: PaymentNews, /) -> None:
        """入金: taken in until the case is closing; after that a recall refunds what came too late."""
        self._paid.add((news.step, news.epoch))

    @confirm_payment.validator
    def _may_confirm(self, _: PaymentNews, /) -> None:
        self._refuse_if_stopping()

    @workflow.update
    async def reopen_payment(self, _: Request) -> None:
        """再支払: a fresh payment page, the old one having expired; or the news that the old one was paid."""
        step, epoch = self._fee_step(), self._epoch
        result = await self._perform(step)
        if result.outcome == "unknown":
            raise ApplicationError("The payment gateway cannot be reached.", type="GatewayAway")
        if result.outcome == "done":
            self._paid.add((step.id, epoch))

    @reopen_payment.validator
    def _may_reopen(self, _: Request) -> None:
        step = self._fee_step()
        if self._stopping or (step.id, self._epoch) in self._paid:
            raise ApplicationError("There is nothing to pay.", type="NothingToPay")

    @workflow.update
    async def correct(self, correction: Correction) -> None:
        """補正: the resident filed a new revision."""
        self._correction = correction

    @correct.validator
    def _may_correct(self, correction: Correction) -> None:
        if self._stopping or not self._awaiting_correction or correction.epoch != self._epoch + 1:
            raise ApplicationError("No correction is asked for.", type="NothingToCorrect")

    @workflow.update
    async def withdraw(self, _: Request) -> None:
        """取下げ: by the resident, until the document is being issued."""
        self._stop = Stop("withdrawn")

    @withdraw.validator
    def _may_withdraw(self, _: Request) -> None:
        if self._stopping or "issue_document" in self._performed or "award_points" in self._performed:
            raise ApplicationError("The case can no longer be withdrawn.", type="TooLateToWithdraw")

    @workflow.update
    async def dispute(self, _: Request) -> None:
        """異議 (chargeback): the payer's bank took the money back."""
        self._stop = Stop("recalled", "payment_disputed")

    @dispute.validator
    def _may_dispute(self, _: Request) -> None:
        self._refuse_if_stopping()

    @workflow.update
    async def retry_now(self, _: Request) -> None:
        """再試行: ask the neighbour again without waiting for the timer."""
        self._retries_asked += 1

    # --- the walk ------------------------------------------------------------------------------------------------

    @workflow.run
    async def run(self, _: CaseInput) -> Closing:
        stop = await self._walk()
        self._closing = True
        closing: Closing = stop.closing or "rejected"
        if closing != "delivered":
            await compensate(frozenset(self._performed), Undoing(**self._ids, reason=stop.reason or closing))
        await self._write("close_case", CaseClosing(**self._ids, closing=closing, reason=stop.reason))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return closing

    async def _walk(self) -> Stop:
        while True:
            stop = await self._walk_steps()
            if stop is None:
                return Stop("delivered")
            if stop.closing is not None:
                return stop
            if overdue := await self._await_correction():
                return overdue

    async def _walk_steps(self) -> Stop | None:
        """Every step once; neighbours of one `parallel` name side by side."""
        for _, group in groupby(self._steps, key=lambda s: s.parallel or s.id):
            stops = await asyncio.gather(*(self._take(step) for step in group))
            stop = self._stop or next((s for s in stops if s is not None), None)
            if stop is not None:
                return stop
        return None

    async def _take(self, step: PinnedStep) -> Stop | None:
        attempt = 0
        while self._stop is None:
            result = await self._perform(step)
            match result.outcome:
                case "done":
                    return None
                case "refused":
                    return Stop("rejected", result.reason)
                case "waiting" if step.kind in OFFICER_STEPS:
                    return await self._await_officer(step, result)
                case "waiting":
                    return await self._await_payment(step, result)
                case "unknown":
                    attempt += 1
                    await self._await_neighbour(step, result, attempt)
        return self._stop

    async def _perform(self, step: PinnedStep) -> StepResult:
        """Run the step's activity. A neighbour that stays unreachable leaves the outcome *unknown*, never good."""
        self._performed.add(step.kind)
        run = RUNS[step.kind]
        try:
            if run.local:
                result: StepResult = await workflow.execute_local_activity(
                    step.kind, self._input(step), result_type=StepResult,
                    start_to_close_timeout=run.timeout, retry_policy=run.retry,
                )  # fmt: skip
            else:
                result = await workflow.execute_activity(
                    step.kind, self._input(step), result_type=StepResult, task_queue=run.queue,
                    start_to_close_timeout=run.timeout, retry_policy=run.retry, summary=step.id,
                )  # fmt: skip
            return result
        except ActivityError as error:
            cause = error.cause
            final = isinstance(cause, ApplicationError) and (cause.non_retryable or cause.type in FINAL_ERRORS)
            reason = "step_failed" if final else "unreachable"
            return StepResult(outcome="unknown", reason=reason)

    # --- the waits -----------------------------------------------------------------------------------------------

    async def _await_neighbour(self, step: PinnedStep, result: StepResult, attempt: int) -> None:
        self._show("awaiting_neighbour")
        retry_at = workflow.now() + pause_before_retry(attempt)
        wait = Wait(step=self._input(step), reason=result.reason or "unknown", retry_at=retry_at)
        await self._write("record_wait", wait)
        asked = self._retries_asked
        await self._until(retry_at, lambda: self._retries_asked > asked)

    async def _await_payment(self, step: PinnedStep, result: StepResult) -> Stop | None:
        self._show("awaiting_payment")
        key = (step.id, self._epoch)
        if not await self._until(result.due_at, lambda: key in self._paid) and not await self._settled(step):
            return Stop("lapsed", "payment_overdue")
        return self._stop

    async def _settled(self, step: PinnedStep) -> bool:
        """The term is over: ask the gateway once more before letting the case lapse (a webhook may have been lost)."""
        run = RUNS["collect_fee"]
        result: StepResult = await workflow.execute_activity(
            "settle_payment", self._input(step), result_type=StepResult,
            start_to_close_timeout=run.timeout, retry_policy=DATABASE,
        )  # fmt: skip
        return result.outcome == "done"

    async def _await_officer(self, step: PinnedStep, result: StepResult) -> Stop | None:
        if result.task_id is None:
            raise ApplicationError(f"Step {step.id} waits for an officer but opened no task.", non_retryable=True)
        self._show("under_review" if step.kind != "post_document" else "mailing")
        self._decisions.pop(step.id, None)
        self._open_tasks[step.id] = result.task_id
        await self._nudge_until_decided(step, result.task_id, result)
        self._open_tasks.pop(step.id, None)
        decision = self._decisions.get(step.id)
        if decision is None or decision.outcome in ("approve", "dispatch"):
            return self._stop
        return Stop(None) if decision.outcome == "send_back" else Stop("rejected", "decided")

    async def _nudge_until_decided(self, step: PinnedStep, task_id: UUID, result: StepResult) -> None:
        def decided() -> bool:
            return step.id in self._decisions

        if not await self._until(result.remind_at, decided):
            await self._write("nudge_task", Nudge(**self._ids, task_id=task_id, kind="remind"))
        if not await self._until(result.due_at, decided):
            await self._write("nudge_task", Nudge(**self._ids, task_id=task_id, kind="escalate"))
        await workflow.wait_condition(lambda: decided() or self._stop is not None)

    async def _await_correction(self) -> Stop | None:
        self._show("awaiting_correction")
        self._awaiting_correction = True
        until = workflow.now() + timedelta(days=self._case.process.limits.correction_days)
        corrected = await self._until(until, lambda: self._correction is not None)
        self._awaiting_correction = False
        if self._stop:
            return self._stop
        if not corrected or self._correction is None:
            return Stop("rejected", "correction_overdue")
        self._epoch, self._steps = self._correction.epoch, self._correction.steps
        self._correction = None
        self._decisions.clear()
        return None

    async def _until(self, moment: datetime | None, happened: Callable[[], bool]) -> bool:
        """Wait until it happened, the case stops, or the moment has come (then False)."""
        pause = None if moment is None else max(moment - workflow.now(), timedelta(0))
        try:
            await workflow.wait_condition(lambda: happened() or self._stop is not None, timeout=pause)
        except TimeoutError:
            return False
        return True

    # --- small things --------------------------------------------------------------------------------------------

    @property
    def _stopping(self) -> bool:
        return self._closing or self._stop is not None

    def _refuse_if_stopping(self) -> None:
        if self._stopping:
            raise ApplicationError("The case is being closed.", type="CaseClosed")

    @property
    def _ids(self) -> dict[str, str]:
        return {"receipt_number": self._case.receipt_number, "municipality": self._case.municipality}

    def _input(self, step: PinnedStep) -> StepInput:
        return StepInput(**self._ids, step=step.id, epoch=self._epoch)

    def _fee_step(self) -> PinnedStep:
        for step in self._steps:
            if step.kind == "collect_fee" and step.kind in self._performed:
                return step
        raise ApplicationError("There is nothing to pay.", type="NothingToPay")

    async def _write(self, activity: str, message: object) -> None:
        """A short write to our own database."""
        await workflow.execute_local_activity(
            activity, message, start_to_close_timeout=SHORT_WRITE, retry_policy=DATABASE
        )

    def _show(self, status: str) -> None:
        workflow.upsert_search_attributes([CASE_STATUS.value_set(status)])

"""案件: one resident's request, from receipt to delivery.

Walks the pinned steps: perform, then go on, stop or wait.
- done → next step; refused → the case is rejected; unknown → wait for the neighbour and ask again
- waiting → for the resident's payment or an officer's decision, with a durable deadline; a law may decide instead
- sent back → wait for the correction, then walk again from the first step in the next epoch
- returned → an earlier officers' level and all later ones decide anew, in the next round; what else is done stays done
- of a new version (an administrator's order): what is done stays done, the walk goes on by the new steps
- gone back (an administrator's repair) → take back what a person has only once, walk again from there, next epoch
- rejected, withdrawn, lapsed, recalled → compensate, then close
Decisions only: no I/O, no clock but the workflow's, no personal data.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from procedures import approval_route
    from procedures.process import PinnedStep, StepKind
    from procedures.values import StepId
    from workflows.compensation import TAKEN_BACK, compensate
    from workflows.contracts import (
        DOCUMENTS_QUEUE,
        CaseClosing,
        CaseInput,
        Closing,
        Correction,
        Decision,
        Deeming,
        Extension,
        GoBack,
        HandSettled,
        NewVersion,
        PaymentNews,
        Redoing,
        Rejecting,
        Request,
        StepInput,
        StepResult,
        Undoing,
        VersionRecord,
        Wait,
    )
    from workflows.officers_turn import OfficersTurn
    from workflows.steps import COMPENSATION, DATABASE, FINAL_ERRORS, RUNS, pause_before_retry

CASE_STATUS = SearchAttributeKey.for_keyword("CaseStatus")
DEPARTMENT = SearchAttributeKey.for_keyword("Department")
OFFICER_STEPS: frozenset[StepKind] = approval_route.LEVELS | {"post_document", "deliver"}
SHORT_WRITE = timedelta(seconds=10)


@dataclass(frozen=True)
class Stop:
    """Why the walk stopped: a closing, or None = sent back for correction, to the earlier level `back_to`, or by an
    administrator to before the step `redo`.
    """

    closing: Closing | None
    reason: str | None = None
    back_to: StepId | None = None
    redo: StepId | None = None


@workflow.defn
class CaseWorkflow:
    """案件 (workflow id = 受付番号)."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        self._case = case
        self._steps = case.process.steps
        self._epoch = 1
        self._round = 1
        self._done: set[StepId] = set()
        self._officers = OfficersTurn(case, self._until, self._write, lambda: self._stop is not None)
        self._paid: set[tuple[StepId, int]] = set()
        self._performed: set[StepKind] = set()
        self._awaiting_correction = False
        self._correction: Correction | None = None
        self._stop: Stop | None = None
        self._closing = False
        self._retries_asked = 0
        self._taking: set[StepId] = set()
        self._waiting_for: set[StepId] = set()
        self._settled_by_hand: dict[StepId, HandSettled] = {}
        self._held = False
        self._adopting = False

    # --- what others may tell the case ---------------------------------------------------------------------------

    @workflow.update
    async def decide(self, decision: Decision) -> None:
        """審査・決裁: an officer decides an open task."""
        await self._officers.decide(decision)

    @decide.validator
    def _may_decide(self, decision: Decision) -> None:
        if self._stopping:
            raise ApplicationError("This task is no longer open.", type="TaskClosed")
        self._officers.may_decide(decision)

    @workflow.update
    async def extend(self, extension: Extension) -> None:
        """延長: the deadline of an open task moves."""
        await self._officers.extend(extension)

    @extend.validator
    def _may_extend(self, extension: Extension) -> None:
        if self._stopping:
            raise ApplicationError("This task is no longer open.", type="TaskClosed")
        self._officers.may_extend(extension)

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

    # --- 修復: what administrators may tell the case (docs/adr/0045) ------------------------------------------------

    @workflow.update
    async def go_back(self, order: GoBack) -> None:
        """やり直し: to before a step that was reached."""
        self._stop = Stop(None, redo=order.step)

    @go_back.validator
    def _may_go_back(self, order: GoBack) -> None:
        self._refuse_if_stopping()
        if self._awaiting_correction:
            raise ApplicationError("The resident is asked for a correction.", type="AwaitingCorrection")
        if order.step not in self._done | self._taking:
            raise ApplicationError(f"The case has not come to {order.step}.", type="StepNotReached")

    @workflow.update
    async def settle(self, settled: HandSettled) -> None:
        """手による記録: the step's outcome, as an administrator knows it."""
        self._settled_by_hand[settled.step] = settled

    @settle.validator
    def _may_settle(self, settled: HandSettled) -> None:
        self._refuse_if_stopping()
        if settled.step not in self._waiting_for:
            raise ApplicationError(f"The case does not wait for {settled.step}.", type="NothingToSettle")

    @workflow.update
    async def hold(self, _: Request) -> None:
        """止める: no further step begins; deadlines run on."""
        self._held = True

    @hold.validator
    def _may_hold(self, _: Request) -> None:
        self._refuse_if_stopping()

    @workflow.update
    async def resume(self, _: Request) -> None:
        """続ける."""
        self._held = False

    @workflow.update
    async def terminate(self, _: Request) -> None:
        """打切り: by the city itself; what was done is undone."""
        self._stop = Stop("recalled", "terminated")

    @terminate.validator
    def _may_terminate(self, _: Request) -> None:
        self._refuse_if_stopping()

    @workflow.update
    async def adopt_version(self, new: NewVersion) -> None:
        """新しい版へ移す: steps that were reached stay as they are; those to come are the new version's."""
        self._refuse_if_step_gone(new)  # [the walk went on since it was asked]
        kinds = {step.id: step.kind for step in self._steps}
        self._case = self._case.model_copy(update={"process": new.process})
        self._steps = new.process.steps
        self._done -= {step.id for step in self._steps if kinds.get(step.id, step.kind) != step.kind}
        self._officers.adopt(self._steps)
        self._adopting = True
        try:
            version, department = new.process.version, new.process.department
            await self._write("record_version", VersionRecord(**self._ids, version=version, department=department))
        finally:
            self._adopting = False
        workflow.upsert_search_attributes([DEPARTMENT.value_set(department)])

    @adopt_version.validator
    def _may_adopt(self, new: NewVersion) -> None:
        self._refuse_if_stopping()
        if self._awaiting_correction:
            raise ApplicationError("The resident is asked for a correction.", type="AwaitingCorrection")
        now = self._case.process
        if new.process.procedure != now.procedure or new.process.version <= now.version:
            raise ApplicationError(f"The case is of version {now.version}.", type="VersionNotNewer")
        self._refuse_if_step_gone(new)

    def _refuse_if_step_gone(self, new: NewVersion) -> None:
        kinds = {step.id: step.kind for step in new.process.steps}
        if any(kinds.get(step.id) != step.kind for step in self._steps if step.id in self._taking):
            raise ApplicationError("The case is at a step that the new version has not.", type="StepGone")

    # --- the walk ------------------------------------------------------------------------------------------------

    @workflow.run
    async def run(self, _: CaseInput) -> Closing:
        stop = await self._walk()
        self._closing = True
        closing: Closing = stop.closing or "rejected"
        if closing != "delivered":
            await compensate(frozenset(self._performed), Undoing(**self._ids, reason=stop.reason or closing))
        if closing == "rejected" and self._case.process.rejection_notice:
            rejecting = Rejecting(**self._ids, epoch=self._epoch, reason=stop.reason or closing)
            await self._print("issue_rejection", rejecting)
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
            if stop.redo is not None:
                await self._begin_again(stop.redo)
            elif stop.back_to is not None:
                self._go_back(stop.back_to)
            elif overdue := await self._await_correction():
                return overdue

    async def _walk_steps(self) -> Stop | None:
        """Every step that is not done; neighbours of one `parallel` name side by side."""
        while steps := self._next():
            self._taking |= {step.id for step in steps}
            stops = await asyncio.gather(*(self._take(step) for step in steps))
            self._done |= {step.id for step, stop in zip(steps, stops, strict=True) if stop is None}
            stop = self._stop or next((s for s in stops if s is not None), None)
            if stop is not None:
                return stop
        return None

    def _next(self) -> list[PinnedStep]:
        """The first group that is not done, of the steps as they are now."""
        groups = approval_route.groups(self._steps)
        return next((undone for group in groups if (undone := [s for s in group if s.id not in self._done])), [])

    def _go_back(self, level: StepId) -> None:
        """差戻し: this level and every later one decide anew; nothing else happens twice."""
        anew = approval_route.judged_anew(self._steps, level)
        self._round += 1
        self._done -= anew
        self._officers.return_to(anew)

    async def _begin_again(self, first: StepId) -> None:
        """やり直し: in the next epoch, so that every effect from here on has a key of its own."""
        self._stop = None
        anew = approval_route.from_here_on(self._steps, first)
        redone = frozenset(step.kind for step in self._steps if step.id in anew) & TAKEN_BACK & self._performed
        self._epoch += 1
        self._performed -= redone
        self._done -= anew
        self._settled_by_hand.clear()
        self._officers.begin_again(anew)
        await compensate(redone, Undoing(**self._ids, reason="redone"))
        await self._write("begin_again", Redoing(**self._ids, step=first, epoch=self._epoch))

    async def _take(self, step: PinnedStep) -> Stop | None:
        try:
            return await self._bring_about(step)
        finally:
            self._taking.discard(step.id)

    async def _bring_about(self, step: PinnedStep) -> Stop | None:
        attempt = 0
        while self._stop is None:
            if self._held or self._adopting:
                await workflow.wait_condition(lambda: not (self._held or self._adopting) or self._stop is not None)
                continue
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
                    if settled := self._settled_by_hand.pop(step.id, None):
                        return None if settled.outcome == "done" else Stop("rejected", settled.reason)
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
                    heartbeat_timeout=run.heartbeat,
                )  # fmt: skip
            return result
        except (ActivityError, ApplicationError) as error:  # of a local activity it may come as it is
            cause = error.cause if isinstance(error, ActivityError) else error
            final = isinstance(cause, ApplicationError) and (cause.non_retryable or cause.type in FINAL_ERRORS)
            reason = "step_failed" if final else "unreachable"
            return StepResult(outcome="unknown", reason=reason)

    # --- the waits -----------------------------------------------------------------------------------------------

    async def _await_neighbour(self, step: PinnedStep, result: StepResult, attempt: int) -> None:
        self._show("awaiting_neighbour")
        retry_at = workflow.now() + pause_before_retry(attempt)
        wait = Wait(step=self._input(step), reason=result.reason or "unknown", retry_at=retry_at)
        asked = self._retries_asked
        await self._write("record_wait", wait)
        if not workflow.patched("asked-before-the-row"):  # [who sees the row may ask before it is acknowledged]
            asked = self._retries_asked
        self._waiting_for.add(step.id)
        await self._until(retry_at, lambda: self._retries_asked > asked or step.id in self._settled_by_hand)
        self._waiting_for.discard(step.id)

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
        self._show({"post_document": "mailing", "deliver": "handing_out"}.get(step.kind, "under_review"))
        await self._officers.take(step, self._epoch, result)
        if self._stop is not None:
            return self._stop
        if step.id in self._officers.settled_by_law:
            return self._settled_by_law(result.deeming)
        match self._officers.setback:
            case None:
                return None
            case Decision(outcome="return") as back:
                return Stop(None, back_to=back.to)
            case Decision(outcome="send_back"):
                return Stop(None)
            case _:
                return Stop("rejected", "decided")

    def _settled_by_law(self, deeming: Deeming | None) -> Stop | None:
        """みなし: nobody has to decide any more, whatever the law says."""
        self._done |= self._officers.settled_by_law
        return Stop("rejected", "deemed") if deeming is not None and deeming.outcome == "reject" else None

    async def _await_correction(self) -> Stop | None:
        self._show("awaiting_correction")
        self._awaiting_correction = True
        until = workflow.now() + timedelta(days=self._case.process.limits.correction_days)
        deeming = await self._officers.correct_or_settle(lambda: self._correction is not None, until)
        self._awaiting_correction = False
        if self._stop:
            return self._stop
        if deeming is not None:
            return self._settled_by_law(deeming)
        correction = self._correction
        if correction is None:
            return Stop("rejected", "correction_overdue")
        self._epoch, self._steps = correction.epoch, correction.steps
        self._correction = None
        self._officers.begin_anew(correction)
        self._done.clear()
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
        round_ = self._round if step.kind in approval_route.LEVELS else 1
        return StepInput(**self._ids, step=step.id, epoch=self._epoch, round=round_)

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

    async def _print(self, activity: str, message: object) -> None:
        """A letter: tried until the neighbours that seal it are back; so long the case does not end."""
        await workflow.execute_activity(
            activity, message, task_queue=DOCUMENTS_QUEUE,
            start_to_close_timeout=timedelta(minutes=2), retry_policy=COMPENSATION,
        )  # fmt: skip

    def _show(self, status: str) -> None:
        workflow.upsert_search_attributes([CASE_STATUS.value_set(status)])

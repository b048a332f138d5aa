"""職員の番: levels that wait for officers: their seats, the decisions on them, and what happens while nobody decides.

督促, 代決 and みなし are timers beside the wait for a decision. Where a decision and the law come at the same moment,
whichever the workflow saw first stands: a decision that is being written is waited for, a level the law took is closed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from procedures import approval_route
    from procedures.process import PinnedStep
    from procedures.values import StepId
    from workflows.contracts import (
        CARRIES_ON,
        DECIDED_ALREADY,
        CaseInput,
        Correction,
        Decision,
        DecisionRecord,
        DeemedRecord,
        Deeming,
        DeputySeats,
        Extension,
        ExtensionRecord,
        Nudge,
        NudgeKind,
        StepResult,
    )

Happened = Callable[[], bool]
Until = Callable[[datetime | None, Happened], Awaitable[bool]]
"""Waits until it happened, the case stops, or the moment has come (then False)."""
Write = Callable[[str, object], Awaitable[None]]


@dataclass(frozen=True)
class Seat:
    """席: one officer's decision at a level; several tasks may lead to it (the level's own, its deputy's)."""

    step: StepId
    number: int
    epoch: int


class OfficersTurn:
    """職員の番 of one case."""

    def __init__(self, case: CaseInput, until: Until, write: Write, stopped: Happened) -> None:
        self._ids = {"receipt_number": case.receipt_number, "municipality": case.municipality}
        self._until = until
        self._write = write
        self._stopped = stopped
        self._steps: tuple[PinnedStep, ...] = case.process.steps
        self._open: dict[UUID, Seat] = {}
        self._sealing: dict[UUID, Decision] = {}
        self._decisions: list[Decision] = []
        self._walks = 1
        self._entered_by = {case.entered_by}
        self._extending = False
        self._extended: Extension | None = None
        self._deeming: dict[StepId, Deeming] = {}
        self.setback: Decision | None = None
        """The decision that did not carry the case on."""
        self.settled_by_law: frozenset[StepId] = frozenset()
        """みなし: levels that nobody decided in time."""

    # --- decisions -----------------------------------------------------------------------------------------------

    def may_decide(self, decision: Decision) -> None:
        """審査・決裁の可否. Raises ApplicationError."""
        seat = self._open.get(decision.task_id)
        turned = any(each.outcome not in CARRIES_ON for each in self._sealing.values())
        if turned or seat is None or (seat.step, seat.epoch) != (decision.step, decision.epoch):
            raise ApplicationError("This task is no longer open.", type="TaskClosed")
        if decision.outcome == "return" and decision.to not in approval_route.earlier_levels(self._steps, seat.step):
            raise ApplicationError("The case cannot go back to that level.", type="NoSuchLevel")
        if decision.officer in self._entered_by and seat.step in approval_route.deciding(self._steps):
            raise ApplicationError("Whoever entered the paper does not decide on it.", type="EnteredByOneself")
        if self._has_sealed(decision.officer, seat.step):
            raise ApplicationError("The approver must differ from the reviewer.", type="DutiesNotSeparated")

    def _has_sealed(self, officer: UUID, step: StepId) -> bool:
        """職務の分離: one person, one seal. Two reviews by one officer are no approval, and may be."""
        kinds = {each.id: each.kind for each in self._steps}
        sealed = [*self._decisions, *self._sealing.values()]
        levels = {kinds[each.step] for each in sealed if each.officer == officer and each.outcome == "approve"}
        return bool(levels) and "approve" in levels | {kinds[step]} and kinds[step] in approval_route.LEVELS

    async def decide(self, decision: Decision) -> None:
        """審査・決裁: an officer decides an open task. What does not carry the case on ends all other open tasks."""
        seat, walk = self._open[decision.task_id], self._walks
        taken = {task: each for task, each in self._open.items() if each == seat}
        self._open = {task: each for task, each in self._open.items() if each != seat}
        self._sealing[decision.task_id] = decision
        completes = all(each.step != seat.step for each in self._open.values())
        beside = tuple(task for task in taken if task != decision.task_id)
        record = DecisionRecord(**self._ids, decision=decision, completes=completes, beside=beside)
        try:
            await self._write("record_decision", record)
        except (ActivityError, ApplicationError) as error:  # of a short write it comes as it is
            self._open |= taken
            raise ApplicationError("The decision could not be written.", type="DecisionLost") from error
        finally:
            del self._sealing[decision.task_id]
        if walk != self._walks:
            return  # [the case went back while this was being written]
        if decision.outcome in CARRIES_ON:
            self._decisions.append(decision)
        else:
            self._open, self.setback = {}, decision

    def may_extend(self, extension: Extension) -> None:
        """延長の可否. Raises ApplicationError."""
        if extension.task_id not in self._open:
            raise ApplicationError("This task is no longer open.", type="TaskClosed")

    async def extend(self, extension: Extension) -> None:
        """延長: the deadline moves, and with it reminder and escalation; so may the day on which the law decides."""
        self._extending = True
        try:
            await self._write("record_extension", ExtensionRecord(**self._ids, extension=extension))
        finally:
            self._extending = False
        self._extended = extension
        if extension.deeming is not None:
            self._deeming = dict.fromkeys(self._deeming, extension.deeming)

    # --- the walk goes on ----------------------------------------------------------------------------------------

    def return_to(self, anew: Iterable[StepId]) -> None:
        """差戻し: these levels decide anew; what the others decided stands."""
        undone = frozenset(anew)
        self._walks += 1
        self.setback = None
        self._decisions = [each for each in self._decisions if each.step not in undone]

    def begin_again(self, anew: Iterable[StepId]) -> None:
        """やり直し: nobody decides any more what was asked before; these levels are asked anew."""
        self.return_to(anew)
        self._open, self._extended, self._deeming = {}, None, {}
        self.settled_by_law = frozenset()

    def adopt(self, steps: tuple[PinnedStep, ...]) -> None:
        """新しい版: whoever decided or decides, did and does; levels to come are the new version's."""
        self._steps = steps

    def begin_anew(self, correction: Correction) -> None:
        """補正の後: every level decides anew, about the corrected steps."""
        self.return_to(step.id for step in self._steps)
        self._steps, self._extended, self._deeming = correction.steps, None, {}
        self._entered_by.add(correction.entered_by)

    # --- the wait ------------------------------------------------------------------------------------------------

    async def take(self, step: PinnedStep, epoch: int, result: StepResult) -> None:
        """番: until the level is decided, by officers or by law, or until the case stops."""
        if result.task_id is None:
            raise ApplicationError(f"Step {step.id} waits for an officer but opened no task.", non_retryable=True)
        seats = result.seats or (result.task_id,)
        self._open |= {task: Seat(step.id, number, epoch) for number, task in enumerate(seats, 1)}
        if result.deeming is not None:
            self._deeming[step.id] = result.deeming

        def decided() -> bool:
            sealed = sum(each.step == step.id for each in self._decisions)
            turned = self.setback is not None or step.id in self.settled_by_law
            return turned or self._stopped() or sealed == len(seats)

        await asyncio.gather(
            self._nudge_until(decided, step, result),
            self._seat_deputies(decided, step, result),
            self._await_the_law(decided, step),
        )

    async def _nudge_until(self, decided: Happened, step: PinnedStep, result: StepResult) -> None:
        """督促 until the level is decided or the case stops; an extension begins it anew."""
        while not decided():
            began = self._extended
            due: StepResult | Extension = began or result

            def over(began: Extension | None = began) -> bool:
                return decided() or self._extended is not began

            if not await self._until(due.remind_at, over):
                await self._nudge(step, "remind")
            if not await self._until(due.due_at, over):
                await self._nudge(step, "escalate")
            await self._until(None, over)

    async def _nudge(self, step: PinnedStep, kind: NudgeKind) -> None:
        for task in self._open_at(step):
            await self._write("nudge_task", Nudge(**self._ids, task_id=task, kind=kind))

    async def _seat_deputies(self, decided: Happened, step: PinnedStep, result: StepResult) -> None:
        """代決: where nobody of the level decided in time, its deputies may; whoever comes first takes the seat."""
        if result.deputy_at is None or await self._until(result.deputy_at, decided):
            return
        beside = {task: workflow.uuid4() for task in self._open_at(step)}
        if not beside:
            return
        self._open |= {deputy: self._open[task] for task, deputy in beside.items()}
        await self._write("seat_deputies", DeputySeats(**self._ids, tasks=beside))

    def _open_at(self, step: PinnedStep) -> list[UUID]:
        return [task for task, seat in self._open.items() if seat.step == step.id]

    # --- みなし ----------------------------------------------------------------------------------------------------

    async def _await_the_law(self, decided: Happened, step: PinnedStep) -> None:
        """みなし: officers are warned; then the law decides, unless they did. An extension may move both."""
        while step.id in self._deeming and not decided():
            deeming = self._deeming[step.id]

            def over(deeming: Deeming = deeming) -> bool:
                return decided() or self._deeming[step.id] != deeming

            if not await self._until(deeming.warn_at, over):
                await self._nudge(step, "warn")
            if not await self._until(deeming.at, over):
                await workflow.wait_condition(lambda: not self._sealing and not self._extending)
                if not over() and not await self._settle_by_law(step.id, deeming):
                    await self._until(None, over)

    async def correct_or_settle(self, corrected: Happened, until: datetime) -> Deeming | None:
        """補正を待つ: until it came, the term is over, or the law decides where its period runs on. What decided."""
        sent_back, self.setback = self.setback, None
        deeming = self._deeming.get(sent_back.step) if sent_back else None
        if sent_back is None or deeming is None or not deeming.runs_on or until < deeming.at:
            await self._until(until, corrected)
            return None
        if not await self._until(deeming.warn_at, corrected):
            await self._write("nudge_task", Nudge(**self._ids, task_id=None, kind="warn"))
        if await self._until(deeming.at, corrected) or corrected() or self._stopped():
            return None
        await self._settle_by_law(sent_back.step, deeming)
        return deeming

    async def _settle_by_law(self, level: StepId, deeming: Deeming) -> bool:
        """みなし: all levels before anything is handed over are decided; from now on their tasks are closed.

        False: an officer's decision is written that this workflow has not heard of. It lost the step in which it was
        told (a worker was killed, the server began the step anew); the relay tells it again.
        """
        before = self._open
        self.settled_by_law = approval_route.decided_by_law(self._steps, level)
        tasks = tuple(task for task, seat in self._open.items() if seat.step in self.settled_by_law)
        self._open = {task: seat for task, seat in self._open.items() if task not in tasks}
        record = DeemedRecord(**self._ids, step=level, tasks=tasks, outcome=deeming.outcome)
        try:
            await self._write("record_deemed", record)
        except ApplicationError as refused:
            if refused.type != DECIDED_ALREADY:
                raise
            self._open, self.settled_by_law = before, frozenset()
            return False
        return True

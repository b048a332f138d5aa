"""受信箱: opens a task for review or approval, and writes what the officer decided."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.desk import Desk
from activities.inbox.opening import open_task
from procedures.process import StepKind
from procedures.steps import Approve
from procedures.values import ReceiptNumber
from store import approvals, cases, decisions, documents, officer_notices, tasks
from store.officer_notices import NoticeKind
from workflows.contracts import (
    CARRIES_ON,
    DECIDED_ALREADY,
    Decision,
    DecisionRecord,
    DeemedRecord,
    DeputySeats,
    ExtensionRecord,
    Nudge,
    NudgeKind,
    StepInput,
    StepResult,
)


class Inbox:
    """受信箱の処理."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn
    def review(self, given: StepInput) -> StepResult:
        """審査: open the task; the case waits for the officer's decision."""
        return self._open(given, "review")

    @activity.defn
    def approve(self, given: StepInput) -> StepResult:
        """決裁: as a review, by another officer."""
        return self._open(given, "approve")

    @activity.defn
    def nudge_task(self, nudge: Nudge) -> None:
        """督促: the deadline is near (remind) or over (escalate), or the law will decide (warn): officers are told.

        A task that is closed by now is nobody's worry.
        """
        action, notice = NUDGES[nudge.kind]
        number = nudge.receipt_number
        with self._desk.writing(nudge.municipality) as connection:
            about = _about(connection, nudge)
            if about is None:
                return
            cases.say(connection, number, action)
            if nudge.kind == "escalate" and nudge.task_id is not None:
                tasks.escalate(connection, nudge.task_id)
            officer_notices.tell(connection, number, nudge.task_id, notice, about)

    @activity.defn
    def record_decision(self, record: DecisionRecord) -> None:
        """判断の記録: decision, task closure and audit in one transaction; a retry finds the task closed."""
        decision = record.decision
        with self._desk.writing(record.municipality) as connection:
            prepared = tasks.close(connection, decision.task_id, decision.outcome, decision.officer)
            if prepared is not None:
                _write_outcome(connection, record, prepared)

    @activity.defn
    def record_extension(self, record: ExtensionRecord) -> None:
        """延長の記録: deadline of case and open tasks, notice and audit together; a retry finds the deadline moved."""
        extension, number = record.extension, record.receipt_number
        with self._desk.writing(record.municipality) as connection:
            case = cases.read(connection, number, lock=True)
            if case is None or case.due_at == extension.due_at:
                return
            deemed_at = extension.deeming.at if extension.deeming else case.deemed_at
            cases.show(connection, number, due_at=extension.due_at, deemed_at=deemed_at)
            tasks.move_deadline(connection, number, extension.due_at, deemed_at)
            cases.tell(connection, number, "extended")
            by, absent = decisions.extended_by(connection, extension.command_id)
            facts = {"due_at": extension.due_at.isoformat(), **_in_place_of(absent)}
            cases.say(connection, number, "extended", actor=f"officer:{by}", step=extension.step, facts=facts)

    @activity.defn
    def record_deemed(self, record: DeemedRecord) -> None:
        """みなしの記録: nobody decided, the law has; tasks, notices and audit together. A retry finds it written.

        Raises ApplicationError (DecidedAlready) where an officer's decision is written that the workflow lost with the
        step it was taking: it will be told again, and the law has nothing to decide.
        """
        number, outcome = record.receipt_number, approvals.BY_LAW[record.outcome]
        with self._desk.writing(record.municipality) as connection:
            at = cases.decide_by_law(connection, number, record.outcome)
            if at is None:
                return
            if tasks.decided_among(connection, record.tasks):
                raise ApplicationError(f"{number} was decided in time.", type=DECIDED_ALREADY, non_retryable=True)
            tasks.close_by_law(connection, record.tasks, outcome)
            task_id = record.tasks[0] if record.tasks else None
            officer_notices.tell(connection, number, task_id, "law_decided", at)
            if record.outcome == "accept":  # a rejection is told where the case ends
                cases.tell(connection, number, outcome)
            facts = {"law": self._law(connection, number), "at": at.isoformat()}
            cases.say(connection, number, outcome, step=record.step, facts=facts)

    def _law(self, connection: Connection, number: ReceiptNumber) -> str | None:
        """The provision, as the procedure of this case names it."""
        case = cases.read(connection, number)
        declared = case and self._desk.library.version(case.procedure, case.version).deemed
        return declared[1].law.ja if declared else None

    @activity.defn
    def seat_deputies(self, seats: DeputySeats) -> None:
        """代決者の席: nobody of the level decided in time; from now on its deputies may, too."""
        with self._desk.writing(seats.municipality) as connection:
            for task_id, deputy_id in seats.tasks.items():
                own = tasks.read(connection, task_id)
                level = own and self._desk.library.version(own.procedure, own.procedure_version).step(own.step)
                if isinstance(level, Approve) and level.deputy is not None:
                    approvals.seat_deputy(connection, task_id, deputy_id, level.deputy.function)
            cases.say(connection, seats.receipt_number, "deputy_admitted")

    def _open(self, given: StepInput, kind: StepKind) -> StepResult:
        step = self._desk.take(given, kind)
        return step.stored or open_task(self._desk, step, "under_review")


NUDGES: Mapping[NudgeKind, tuple[str, NoticeKind]] = {
    "remind": ("reminded", "task_due_soon"),
    "escalate": ("escalated", "task_overdue"),
    "warn": ("law_warned", "law_decides_soon"),
}
"""督促: what the audit log says of each, and what officers are told."""


def _about(connection: Connection, nudge: Nudge) -> datetime | None:
    """Which deadline, or day of the law, it is about."""
    if nudge.task_id is None:
        case = cases.read(connection, nudge.receipt_number)
        return case.deemed_at if case else None
    task = tasks.read(connection, nudge.task_id)
    if task is None or task.closed_at is not None:
        return None
    return task.deemed_at if nudge.kind == "warn" else task.due_at


def _write_outcome(connection: Connection, record: DecisionRecord, prepared: Mapping[str, object]) -> None:
    decision, receipt_number = record.decision, record.receipt_number

    deputised = bool(record.beside) and approvals.close_beside(connection, record.beside)
    if decision.outcome not in CARRIES_ON:
        tasks.close_all(connection, receipt_number, approvals.ENDED)

    def say(action: str, facts: Mapping[str, object] | None = None) -> None:
        actor = f"officer:{decision.officer}"
        told = {**(facts or {}), **({"deputy": True} if deputised else {}), **_in_place_of(prepared.get("for"))}
        cases.say(connection, receipt_number, action, actor=actor, step=decision.step, facts=told)

    match decision.outcome:
        case "approve":
            say("approved" if record.completes else "approved_in_part")
        case "return":
            say("returned", {"to": decision.to})
        case "reject":
            say("rejected")
        case "dispatch":
            say("posted", {"tracking_number": prepared.get("tracking_number")})
        case "hand_out":
            documents.hand_out(connection, receipt_number)
            say("handed_out", {"how": prepared.get("how")})
        case "send_back":
            _send_back(connection, record, decision, prepared)
            say("sent_back")


def _in_place_of(absent: object) -> dict[str, object]:
    """代理: for the audit log, where the officer acted in another's place."""
    return {"for": absent} if absent else {}


def _send_back(
    connection: Connection, record: DecisionRecord, decision: Decision, prepared: Mapping[str, object]
) -> None:
    """差戻し: the marks become the resident's correction; the processing period stops (行政手続法7条)."""
    marks = prepared.get("marks")
    cases.ask_correction(connection, record.receipt_number, decision.epoch, marks if isinstance(marks, Mapping) else {})
    cases.show(connection, record.receipt_number, status="awaiting_correction", suspended_at=func.now())
    cases.tell(connection, record.receipt_number, "sent_back")

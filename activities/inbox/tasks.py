"""受信箱: opens a task for review or approval, and writes what the officer decided."""

from collections.abc import Mapping

from sqlalchemy import Connection, func
from temporalio import activity

from activities.desk import Desk
from activities.inbox.opening import open_task
from procedures.process import StepKind
from store import cases, tasks
from workflows.contracts import Decision, DecisionRecord, Nudge, StepInput, StepResult


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
        """督促: the deadline is near (remind) or over (escalate to the superior)."""
        action = "reminded" if nudge.kind == "remind" else "escalated"
        with self._desk.writing(nudge.municipality) as connection:
            cases.say(connection, nudge.receipt_number, action)
            if nudge.kind == "escalate":
                tasks.escalate(connection, nudge.task_id)

    @activity.defn
    def record_decision(self, record: DecisionRecord) -> None:
        """判断の記録: decision, task closure and audit in one transaction; a retry finds the task closed."""
        decision = record.decision
        with self._desk.writing(record.municipality) as connection:
            prepared = tasks.close(connection, decision.task_id, decision.outcome, decision.officer)
            if prepared is not None:
                _write_outcome(connection, record, prepared)

    def _open(self, given: StepInput, kind: StepKind) -> StepResult:
        step = self._desk.take(given, kind)
        return step.stored or open_task(self._desk, step, "under_review")


def _write_outcome(connection: Connection, record: DecisionRecord, prepared: Mapping[str, object]) -> None:
    decision, receipt_number = record.decision, record.receipt_number

    def say(action: str, facts: Mapping[str, object] | None = None) -> None:
        actor = f"officer:{decision.officer}"
        cases.say(connection, receipt_number, action, actor=actor, step=decision.step, facts=facts)

    match decision.outcome:
        case "approve":
            say("approved")
        case "reject":
            say("rejected")
        case "dispatch":
            say("posted", {"tracking_number": prepared.get("tracking_number")})
        case "send_back":
            _send_back(connection, record, decision, prepared)
            say("sent_back")


def _send_back(
    connection: Connection, record: DecisionRecord, decision: Decision, prepared: Mapping[str, object]
) -> None:
    """差戻し: the marks become the resident's correction; the processing period stops (行政手続法7条)."""
    marks = prepared.get("marks")
    cases.ask_correction(connection, record.receipt_number, decision.epoch, marks if isinstance(marks, Mapping) else {})
    cases.show(connection, record.receipt_number, status="awaiting_correction", suspended_at=func.now())
    cases.tell(connection, record.receipt_number, "sent_back")

"""案件の記録: waits in sight, and the last line of a case."""

from sqlalchemy import func
from temporalio import activity

from activities.desk import Desk
from store import cases, tasks
from workflows.contracts import CaseClosing, Redoing, VersionRecord, Wait


class CaseRecords:
    """案件の記録の処理."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn
    def record_wait(self, wait: Wait) -> None:
        """待機: a neighbour cannot tell; the page says so, and the legal time of receipt stays what it was."""
        step = wait.step
        with self._desk.writing(step.municipality) as connection:
            if cases.has_happened(connection, step.receipt_number, step.step, step.epoch):
                return  # [a workflow that was begun again tells of a wait that is over]
            cases.show(connection, step.receipt_number, status="awaiting_neighbour", step=step.step, reason=wait.reason)
            facts = {"reason": wait.reason, "retry_at": wait.retry_at.isoformat()}
            cases.say(connection, step.receipt_number, "neighbour_awaited", step=step.step, facts=facts)

    @activity.defn
    def begin_again(self, redoing: Redoing) -> None:
        """やり直し: the case shows its new epoch; nobody decides on what was asked in the one before."""
        with self._desk.writing(redoing.municipality) as connection:
            case = cases.read(connection, redoing.receipt_number, lock=True)
            if case is None or case.epoch >= redoing.epoch:
                return
            tasks.close_all(connection, redoing.receipt_number, "redone")
            began = {"status": "checking", "step": redoing.step, "reason": None, "epoch": redoing.epoch}
            cases.show(connection, redoing.receipt_number, **began)
            cases.say(connection, redoing.receipt_number, "begun_again", step=redoing.step)

    @activity.defn
    def record_version(self, adopted: VersionRecord) -> None:
        """版の記録: its pages, rules and documents are the new version's from now on."""
        with self._desk.writing(adopted.municipality) as connection:
            case = cases.read(connection, adopted.receipt_number, lock=True)
            if case is None or case.version >= adopted.version:
                return
            cases.show(connection, adopted.receipt_number, version=adopted.version, department=adopted.department)
            facts = {"before": case.version, "version": adopted.version}
            cases.say(connection, adopted.receipt_number, "version_adopted", facts=facts)

    @activity.defn
    def close_case(self, closing: CaseClosing) -> None:
        """終結: status, open tasks, notice and audit together. Only a recall changes the outcome of a closed case."""
        receipt_number = closing.receipt_number
        with self._desk.writing(closing.municipality) as connection:
            case = cases.read(connection, receipt_number, lock=True)
            if case is None or case.status == closing.closing:
                return
            if case.closed_at is not None and closing.closing != "recalled":
                return  # [a workflow that was begun again comes to its end once more]
            if case.closed_at is None or case.status == "delivered":
                status = {"status": closing.closing, "reason": closing.reason, "closed_at": func.now()}
                cases.show(connection, receipt_number, **status)
            tasks.close_all(connection, receipt_number)
            cases.tell(connection, receipt_number, closing.closing)
            facts = {"closing": closing.closing, "reason": closing.reason}
            cases.say(connection, receipt_number, "closed", facts=facts)

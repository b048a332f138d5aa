"""交付と失効: the resident may download, or is handed it; anyone may verify; a revoked document says so for ever."""

from temporalio import activity

from activities.desk import Desk
from activities.inbox.opening import open_task
from procedures.steps import Deliver
from store import cases, documents
from workflows.contracts import StepInput, StepResult, Undoing


class Delivery:
    """交付の処理: short database writes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn
    def deliver(self, given: StepInput) -> StepResult:
        """電子交付: from now on the resident may download the documents. On paper: an officer is to hand them out."""
        step = self._desk.take(given, "deliver")
        if step.stored:
            return step.stored
        if not isinstance(step.options, Deliver):
            raise TypeError(f"Step {given.step} delivers nothing.")
        if step.on_paper:
            return open_task(self._desk, step, "handing_out")
        result = StepResult(outcome="done")
        with self._desk.writing(given.municipality) as connection:
            documents.deliver(connection, given.receipt_number, step.options.documents)
            if any(each.kind == "close_account" for each in step.procedure.steps):
                cases.tell(connection, given.receipt_number, "account_closing")
            self._desk.record_in(connection, step, result, "delivered", status="issuing")
        return result

    @activity.defn
    def revoke_documents(self, undoing: Undoing) -> None:
        """失効: every document of the case; the public page says so from this moment."""
        with self._desk.writing(undoing.municipality) as connection:
            if documents.revoke(connection, undoing.receipt_number, undoing.reason):
                facts = {"reason": undoing.reason}
                cases.say(connection, undoing.receipt_number, "document_revoked", facts=facts)

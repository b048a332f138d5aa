"""利用者登録の抹消: everything that need not be kept goes, at once and for good; the cases stay for their term."""

from sqlalchemy import Connection
from temporalio import activity

from activities.desk import Desk, StepAtDesk
from store import accounts, credentials, people
from store.objects import Objects
from workflows.contracts import StepInput, StepResult


class Accounts:
    """利用者登録の処理."""

    def __init__(self, desk: Desk, objects: Objects) -> None:
        self._desk = desk
        self._objects = objects

    @activity.defn
    def close_account(self, given: StepInput) -> StepResult:
        """抹消: drafts, contact, exports, sessions and certificates go, with the line that says so, or nothing does.

        Refused while another case of the account is open (its resident could not follow it any more), and while its
        holder works for the city (an administrator dismisses first).
        """
        step = self._desk.take(given, "close_account")
        if step.stored:
            return step.stored
        with self._desk.writing(given.municipality) as connection:
            credentials.hold_account(connection, step.case.account_id)
            reason = _hindrance(connection, step)
            if reason is not None:
                result = StepResult(outcome="refused", reason=reason)
                self._desk.record_in(connection, step, result, "account_kept", facts={"reason": reason})
                return result
            accounts.close(connection, step.case.account_id, self._objects)
            self._desk.record_in(connection, step, StepResult(outcome="done"), "account_closed")
        return StepResult(outcome="done")


def _hindrance(connection: Connection, step: StepAtDesk) -> str | None:
    """支障: why this account cannot be closed now, as a reason code."""
    if people.has_duties(connection, step.case.account_id):
        return "still_appointed"
    if accounts.open_cases(connection, step.case.account_id, but=step.given.receipt_number):
        return "other_cases_open"
    return None

"""受信箱を開く: one task per step and epoch, with what the officer should look at first."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Connection

from activities.desk import JAPAN, Desk, StepAtDesk, day_in_japan
from activities.jpki.claims import signer_differences
from procedures.calendar import is_business_day
from procedures.steps import Approve, PostDocument, Review
from procedures.values import StepId
from store import accounts, tasks
from workflows.contracts import StepResult

OPENING = time(8, 35)
"""Reminders come when the counter opens."""


def open_task(desk: Desk, step: StepAtDesk, status: str, task_id: UUID | None = None) -> StepResult:
    """Open the step's task and record that the case waits for it, in one transaction."""
    with desk.writing(step.given.municipality) as connection:
        opened = _insert(connection, step, task_id)
        remind_at = datetime.combine(_remind_on(step), OPENING, JAPAN)
        result = StepResult(outcome="waiting", task_id=opened, remind_at=remind_at, due_at=step.case.due_at)
        desk.record_in(connection, step, result, "task_opened", status=status)
    return result


def _insert(connection: Connection, step: StepAtDesk, task_id: UUID | None) -> UUID:
    return tasks.open_task(
        connection,
        task_id=task_id,
        receipt_number=step.given.receipt_number,
        step=StepId(step.given.step),
        epoch=step.given.epoch,
        kind=step.kind,
        function=_function(step),
        due_at=step.case.due_at,
        findings=[*_findings(step), *_other_cases(connection, step)],
    )


def _findings(step: StepAtDesk) -> list[str]:
    signer = [f"signer_differs_{name}" for name in signer_differences(step.procedure, step.facts)]
    return [f"register_differs_{name}" for name in step.case.differences] + signer


def _other_cases(connection: Connection, step: StepAtDesk) -> list[str]:
    """An account with open cases will not be closed: better said before anybody decides."""
    closes = any(each.kind == "close_account" for each in step.procedure.steps)
    if closes and accounts.open_cases(connection, step.case.account_id, but=step.given.receipt_number):
        return ["other_cases_open"]
    return []


def _function(step: StepAtDesk) -> str:
    if isinstance(step.options, Review | Approve | PostDocument):
        return step.options.function
    raise TypeError(f"Step {step.options.id} is no officer's task.")


def _remind_on(step: StepAtDesk) -> date:
    """The business day that lies as many business days before the deadline as the procedure says."""
    day, left = day_in_japan(step.case.due_at), step.procedure.limits.remind_business_days_before
    while left > 0:
        day -= timedelta(days=1)
        left -= is_business_day(day)
    return day

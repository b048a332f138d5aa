"""受信箱を開く: one task per step and epoch, with what the officer should look at first."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Connection

from activities.desk import JAPAN, Desk, StepAtDesk, day_in_japan
from activities.jpki.claims import signer_differences
from procedures.approval_route import decided_by_law
from procedures.calendar import add_business_days
from procedures.deadlines import OPENING, opening_before
from procedures.names import keys as name_keys
from procedures.names import stated
from procedures.paper import counter_functions
from procedures.steps import Approve, Deliver, PostDocument, Review
from procedures.values import StepId
from store import accounts, names, tasks
from workflows.contracts import Deeming, StepResult


def open_task(desk: Desk, step: StepAtDesk, status: str, task_id: UUID | None = None) -> StepResult:
    """Open the step's task and record that the case waits for it, in one transaction."""
    closed = desk.closed(step.given.municipality)
    deeming = _deeming(step, closed)
    with desk.writing(step.given.municipality) as connection:
        first, *others = (_insert(connection, step, task_id, seat, deeming) for seat in range(1, _quorum(step) + 1))
        due_at = step.case.due_at
        result = StepResult(
            outcome="waiting",
            task_id=first,
            seats=(first, *others) if others else (),
            deputy_at=_deputy_at(step, datetime.now(UTC), closed),
            remind_at=opening_before(due_at, step.procedure.limits.remind_business_days_before, closed),
            due_at=due_at,
            deeming=deeming,
        )
        desk.record_in(connection, step, result, "task_opened", status=status)
    return result


def _insert(connection: Connection, step: StepAtDesk, task_id: UUID | None, seat: int, deeming: Deeming | None) -> UUID:
    return tasks.open_task(
        connection,
        task_id=task_id,
        receipt_number=step.given.receipt_number,
        step=StepId(step.given.step),
        epoch=step.given.epoch,
        round_=step.given.round,
        seat=seat,
        kind=step.kind,
        function=_function(step),
        due_at=step.case.due_at,
        deemed_at=deeming.at if deeming else None,
        findings=[*_findings(step), *_other_cases(connection, step)],
        beside=names.kept(step.given.receipt_number, name_keys(_names(step))),
    )


def _names(step: StepAtDesk) -> tuple[str, ...]:
    """氏名: as the applicant wrote it, as certificate and register have it; officers search by any of them."""
    signer, record = step.case.signer or {}, step.case.register_record or {}
    registered = record.get("person")
    said = [signer.get("name"), signer.get("organization")]
    said += [registered.get("name"), registered.get("kana")] if isinstance(registered, Mapping) else []
    return (*stated(step.procedure.form, step.case.answers), *(str(name) for name in said if name))


def _findings(step: StepAtDesk) -> list[str]:
    if step.on_paper:
        return _findings_on_paper(step)
    signer = [f"signer_differs_{name}" for name in signer_differences(step.procedure, step.facts)]
    return [f"register_differs_{name}" for name in step.case.differences] + signer


def _findings_on_paper(step: StepAtDesk) -> list[str]:
    """Whoever is not entitled is told so by a decision: their paper has arrived, and is taken (行政手続法7条)."""
    if not isinstance(step.options, Review | Approve):
        return []
    not_entitled = ["not_entitled"] if step.procedure.refusals(step.facts) else []
    return [f"paper_differs_{name}" for name in step.case.differences] + not_entitled


def _other_cases(connection: Connection, step: StepAtDesk) -> list[str]:
    """An account with open cases will not be closed: better said before anybody decides."""
    closes = any(each.kind == "close_account" for each in step.procedure.steps)
    if closes and accounts.open_cases(connection, step.case.account_id, but=step.given.receipt_number):
        return ["other_cases_open"]
    return []


def _function(step: StepAtDesk) -> str:
    if isinstance(step.options, Review | Approve | PostDocument):
        return step.options.function
    if isinstance(step.options, Deliver) and step.on_paper:
        return counter_functions(step.procedure)[0]
    raise TypeError(f"Step {step.options.id} is no officer's task.")


def _quorum(step: StepAtDesk) -> int:
    return step.options.quorum if isinstance(step.options, Approve) else 1


def _deputy_at(step: StepAtDesk, now: datetime, closed: Collection[date]) -> datetime | None:
    """代決の始まり: when the counter opens, so many business days after the level was reached."""
    if not isinstance(step.options, Approve) or step.options.deputy is None:
        return None
    day = add_business_days(day_in_japan(now), step.options.deputy.after_business_days, closed)
    return datetime.combine(day, OPENING, JAPAN)


def _deeming(step: StepAtDesk, closed: Collection[date]) -> Deeming | None:
    """みなし: at the levels whose decision the law does not wait for."""
    declared, at = step.procedure.deemed, step.case.deemed_at
    if declared is None or at is None:
        return None
    level, deemed = declared
    covered = decided_by_law(step.procedure.process().steps, level)
    return Deeming.of(deemed, at, closed) if step.given.step in covered else None

"""受信箱: what waits for an officer. Claim, release and closing are one conditional UPDATE each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, Select, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.values import ProcedureId, ReceiptNumber, StepId
from store.tables import case_file, command, officer, task

LEASE = timedelta(minutes=60)
"""A claim nobody works on falls back to everybody after this."""


@dataclass(frozen=True)
class TaskRow:
    """受信箱の一件."""

    id: UUID
    receipt_number: ReceiptNumber
    procedure: ProcedureId
    procedure_version: int
    department: str
    step: StepId
    epoch: int
    kind: str
    function: str
    version: int
    assignee: UUID | None
    assignee_name: str | None
    lease_until: datetime | None
    findings: tuple[str, ...]
    opened_at: datetime
    due_at: datetime
    received_at: datetime
    escalated: bool
    closed_at: datetime | None
    outcome: str | None
    reason: str | None
    result: Mapping[str, object] | None


def open_task(
    connection: Connection,
    *,
    task_id: UUID | None,
    receipt_number: ReceiptNumber,
    step: StepId,
    epoch: int,
    kind: str,
    function: str,
    due_at: datetime,
    findings: Iterable[str],
) -> UUID:
    """Open the task of this step and epoch; a retry finds the one opened before.

    What an inbox filters and sorts by is copied from the case, where it never changes.
    """
    case = [case_file.c.department, case_file.c.procedure, case_file.c.received_at]
    copied = {c.name: select(c).where(case_file.c.receipt_number == receipt_number).scalar_subquery() for c in case}
    statement = upsert(task).values(
        id=task_id or uuid4(),
        receipt_number=receipt_number,
        step=step,
        epoch=epoch,
        kind=kind,
        function=function,
        due_at=due_at,
        findings=list(findings),
        **copied,
    )
    keep = statement.on_conflict_do_update(
        constraint="uq_task_receipt_number_step_epoch", set_={"function": task.c.function}
    )
    return UUID(str(connection.execute(keep.returning(task.c.id)).scalar_one()))


def rows() -> Select[tuple[object, ...]]:
    """Tasks as `TaskRow` has them, of all cases: narrow it before asking."""
    return (
        select(
            task.c.id,
            task.c.receipt_number,
            task.c.procedure,
            case_file.c.version.label("procedure_version"),
            task.c.department,
            task.c.step,
            task.c.epoch,
            task.c.kind,
            task.c.function,
            task.c.version,
            task.c.assignee,
            officer.c.name.label("assignee_name"),
            task.c.lease_until,
            task.c.findings,
            task.c.opened_at,
            task.c.due_at,
            task.c.received_at,
            task.c.escalated,
            task.c.closed_at,
            task.c.outcome,
            task.c.reason,
            task.c.result,
        )
        .join(case_file, case_file.c.receipt_number == task.c.receipt_number)
        .outerjoin(officer, officer.c.account_id == task.c.assignee)
    )


def row_of(found: Row[tuple[object, ...]]) -> TaskRow:
    return TaskRow(**{**found._mapping, "findings": tuple(found.findings)})


def read(connection: Connection, task_id: UUID) -> TaskRow | None:
    found = connection.execute(rows().where(task.c.id == task_id)).one_or_none()
    return None if found is None else row_of(found)


def claim(connection: Connection, task_id: UUID, version: int, account_id: UUID) -> int | None:
    """担当: take a free task (or one whose lease ran out). The new version, or None: somebody was faster."""
    statement = (
        update(task)
        .where(
            task.c.id == task_id,
            task.c.version == version,
            task.c.closed_at.is_(None),
            or_(task.c.assignee.is_(None), task.c.assignee == account_id, task.c.lease_until < func.now()),
        )
        .values(assignee=account_id, lease_until=func.now() + LEASE, version=task.c.version + 1)
        .returning(task.c.version)
    )
    new_version: int | None = connection.execute(statement).scalar_one_or_none()
    return new_version


def release(connection: Connection, task_id: UUID, version: int, account_id: UUID) -> int | None:
    statement = (
        update(task)
        .where(
            task.c.id == task_id,
            task.c.version == version,
            task.c.assignee == account_id,
            task.c.closed_at.is_(None),
        )
        .values(assignee=None, lease_until=None, version=task.c.version + 1)
        .returning(task.c.version)
    )
    new_version: int | None = connection.execute(statement).scalar_one_or_none()
    return new_version


def release_all(connection: Connection, account_id: UUID) -> None:
    """引継ぎ: everything this officer had claimed is everybody's again."""
    connection.execute(
        update(task)
        .where(task.c.assignee == account_id, task.c.closed_at.is_(None))
        .values(assignee=None, lease_until=None, version=task.c.version + 1)
    )


def prepare_decision(
    connection: Connection, task_id: UUID, version: int, account_id: UUID, *, reason: str, result: Mapping[str, object]
) -> bool:
    """Write reason and result beside the open task.

    False where the page was stale, the task is another's, or an earlier decision is still on its way to the case.
    """
    on_its_way = exists().where(
        command.c.receipt_number == task.c.receipt_number, command.c.kind == "decide", command.c.status == "pending"
    )
    statement = (
        update(task)
        .where(
            task.c.id == task_id,
            task.c.version == version,
            task.c.assignee == account_id,
            task.c.closed_at.is_(None),
            ~on_its_way,
        )
        .values(reason=reason, result=dict(result), version=task.c.version + 1)
        .returning(task.c.id)
    )
    return connection.execute(statement).scalar_one_or_none() is not None


def close(connection: Connection, task_id: UUID, outcome: str, account_id: UUID) -> Mapping[str, object] | None:
    """Close with the decision; returns what was prepared, or None where it was closed before (a retry)."""
    statement = (
        update(task)
        .where(task.c.id == task_id, task.c.closed_at.is_(None))
        .values(outcome=outcome, decided_by=account_id, closed_at=func.now())
        .returning(task.c.result)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else (row.result or {})


def close_all(connection: Connection, receipt_number: ReceiptNumber) -> None:
    """The case ended otherwise: nothing is left to decide."""
    connection.execute(
        update(task)
        .where(task.c.receipt_number == receipt_number, task.c.closed_at.is_(None))
        .values(outcome="case_closed", closed_at=func.now())
    )


def escalate(connection: Connection, task_id: UUID) -> None:
    connection.execute(update(task).where(task.c.id == task_id).values(escalated=True))


def open_cases(connection: Connection) -> tuple[ReceiptNumber, ...]:
    """Cases with an open task, for the reconciler."""
    statement = select(task.c.receipt_number).where(task.c.closed_at.is_(None)).distinct()
    return tuple(connection.execute(statement).scalars())


def newest_reason(connection: Connection, receipt_number: ReceiptNumber) -> str | None:
    """The officer's own words at the last decision."""
    return connection.execute(
        select(task.c.reason)
        .where(task.c.receipt_number == receipt_number, task.c.closed_at.is_not(None), task.c.reason.is_not(None))
        .order_by(task.c.closed_at.desc())
        .limit(1)
    ).scalar_one_or_none()

"""受信箱: what waits for an officer. Claim, release and closing are one conditional UPDATE each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import (
    CTE,
    Connection,
    DateTime,
    Row,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.paper import Arrival
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
    round: int
    seat: int
    deputy: bool
    """代決: it stands beside a level's own task."""
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
    deemed_at: datetime | None
    """みなしの時: when the law decides, if nobody has."""
    suspended_days: int
    """Business days for which the case stood still, corrected by the resident."""
    escalated: bool
    closed_at: datetime | None
    outcome: str | None
    reason: str | None
    result: Mapping[str, object] | None
    held_until: datetime | None
    held_reason: str | None
    arrival: Arrival
    decision_pending: bool
    """An officer's decision is written, and on its way to the case."""
    purged: bool
    """廃棄済み: nothing of its case is left."""


_ON_ITS_WAY = exists().where(
    command.c.receipt_number == task.c.receipt_number,
    command.c.kind == "decide",
    command.c.status == "pending",
    command.c.payload["task_id"].astext == cast(task.c.id, Text),
)


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
    beside: CTE | None = None,
    deemed_at: datetime | None = None,
    round_: int = 1,
    seat: int = 1,
) -> UUID:
    """Open the task of this seat (席) of a step, epoch and round; a retry finds the one opened before.

    What an inbox filters and sorts by is copied from the case; deadlines that move there move here (`move_deadline`).
    `deemed_at`: when a law decides what this task is to decide. `beside`: what else this statement writes.
    """
    named = [case_file.c.department, case_file.c.procedure, case_file.c.received_at]
    copied = {c.name: select(c).where(case_file.c.receipt_number == receipt_number).scalar_subquery() for c in named}
    statement = upsert(task).values(
        id=task_id or uuid4(),
        receipt_number=receipt_number,
        step=step,
        epoch=epoch,
        round=round_,
        seat=seat,
        kind=kind,
        function=function,
        due_at=due_at,
        deemed_at=deemed_at,
        findings=list(findings),
        **copied,
    )
    keep = statement.on_conflict_do_update(
        constraint="uq_task_receipt_number_step_epoch_round_seat_function", set_={"function": task.c.function}
    )
    opened = keep.returning(task.c.id)
    return UUID(str(connection.execute(opened if beside is None else opened.add_cte(beside)).scalar_one()))


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
            task.c.round,
            task.c.seat,
            task.c.deputy,
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
            task.c.deemed_at,
            case_file.c.suspended_days,
            task.c.escalated,
            task.c.closed_at,
            task.c.outcome,
            task.c.reason,
            task.c.result,
            task.c.held_until,
            task.c.held_reason,
            case_file.c.arrival,
            and_(task.c.closed_at.is_(None), _ON_ITS_WAY).label("decision_pending"),
            case_file.c.purged_at.is_not(None).label("purged"),
        )
        .join(case_file, case_file.c.receipt_number == task.c.receipt_number)
        .outerjoin(officer, officer.c.account_id == task.c.assignee)
    )


def row_of(found: Row[tuple[object, ...]]) -> TaskRow:
    return TaskRow(**{**found._mapping, "findings": tuple(found.findings)})


def read(connection: Connection, task_id: UUID) -> TaskRow | None:
    found = connection.execute(rows().where(task.c.id == task_id)).one_or_none()
    return None if found is None else row_of(found)


def read_all(connection: Connection, task_ids: Sequence[UUID]) -> tuple[TaskRow, ...]:
    """件: these, in no order of their own."""
    return tuple(row_of(row) for row in connection.execute(rows().where(task.c.id.in_(task_ids))))


def open_of(connection: Connection, receipt_number: ReceiptNumber) -> tuple[TaskRow, ...]:
    """Open tasks of a case, the oldest first."""
    found = rows().where(task.c.receipt_number == receipt_number, task.c.closed_at.is_(None)).order_by(task.c.opened_at)
    return tuple(row_of(each) for each in connection.execute(found))


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
    """担当を外れる. The new version, or None where the task changed meanwhile."""
    return _changed_own(connection, task_id, version, account_id, assignee=None, lease_until=None)


def prepare_decision(
    connection: Connection, task_id: UUID, version: int, account_id: UUID, *, reason: str, result: Mapping[str, object]
) -> bool:
    """Write reason and result beside the open task.

    False where the page was stale, the task is another's, or an earlier decision of it is still on its way to the case.
    """
    statement = (
        update(task)
        .where(
            task.c.id == task_id,
            task.c.version == version,
            task.c.assignee == account_id,
            task.c.closed_at.is_(None),
            ~_ON_ITS_WAY,
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


def release_case(connection: Connection, receipt_number: ReceiptNumber, account_id: UUID) -> None:
    """除斥: whatever this officer holds of the case is everybody's again."""
    connection.execute(
        update(task)
        .where(task.c.receipt_number == receipt_number, task.c.assignee == account_id, task.c.closed_at.is_(None))
        .values(assignee=None, lease_until=None, version=task.c.version + 1)
    )


def close_all(connection: Connection, receipt_number: ReceiptNumber, outcome: str = "case_closed") -> None:
    """Nothing is left to decide: the case ended otherwise, or another officer turned it round (`ended`)."""
    connection.execute(
        update(task)
        .where(task.c.receipt_number == receipt_number, task.c.closed_at.is_(None))
        .values(outcome=outcome, closed_at=func.now())
    )


def move_deadline(
    connection: Connection, receipt_number: ReceiptNumber, due_at: datetime, deemed_at: datetime | None
) -> None:
    """延長: of every open task of the case; none of them is late any more."""
    moved = literal(deemed_at, DateTime(timezone=True))
    connection.execute(
        update(task)
        .where(task.c.receipt_number == receipt_number, task.c.closed_at.is_(None))
        .values(due_at=due_at, deemed_at=case((task.c.deemed_at.is_not(None), moved)), escalated=False)
    )


def hold(
    connection: Connection, task_id: UUID, version: int, account_id: UUID, *, until: datetime | None, reason: str | None
) -> int | None:
    """保留 of one's own task until then; None: it goes on. The new version; None: it changed meanwhile."""
    lease = func.greatest(task.c.lease_until, until) if until else func.now() + LEASE
    return _changed_own(
        connection, task_id, version, account_id, held_until=until, held_reason=reason, lease_until=lease
    )


def touch(connection: Connection, task_id: UUID, version: int, account_id: UUID) -> int | None:
    """What the officer saw is outdated from now on. The new version, or None where it was so already."""
    return _changed_own(connection, task_id, version, account_id)


def _changed_own(
    connection: Connection, task_id: UUID, version: int, account_id: UUID, **values: object
) -> int | None:  # fmt: skip
    statement = (
        update(task)
        .where(
            task.c.id == task_id,
            task.c.version == version,
            task.c.assignee == account_id,
            task.c.closed_at.is_(None),
        )
        .values(**values, version=task.c.version + 1)
        .returning(task.c.version)
    )
    new_version: int | None = connection.execute(statement).scalar_one_or_none()
    return new_version


def close_by_law(connection: Connection, task_ids: Collection[UUID], outcome: str) -> None:
    """みなし: nobody decided these, and nobody will."""
    connection.execute(
        update(task)
        .where(task.c.id.in_(task_ids), task.c.closed_at.is_(None))
        .values(outcome=outcome, closed_at=func.now())
    )


def decided_among(connection: Connection, task_ids: Collection[UUID]) -> bool:
    """判断済み: whether an officer has decided any of these."""
    decided = exists().where(task.c.id.in_(task_ids), task.c.decided_by.is_not(None))
    found: bool = connection.execute(select(decided)).scalar_one()
    return found


def open_of_case(connection: Connection, receipt_number: ReceiptNumber) -> UUID | None:
    """An open task of a case, the first that was opened."""
    waiting = select(task.c.id).where(task.c.receipt_number == receipt_number, task.c.closed_at.is_(None))
    found: UUID | None = connection.execute(waiting.order_by(task.c.opened_at).limit(1)).scalar_one_or_none()
    return found


def escalate(connection: Connection, task_id: UUID) -> None:
    connection.execute(update(task).where(task.c.id == task_id).values(escalated=True))


def open_cases(connection: Connection) -> tuple[ReceiptNumber, ...]:
    """Cases with an open task, for the reconciler; without those that are yet to begin (again, after a restore)."""
    beginning = select(command.c.receipt_number).where(command.c.kind == "start", command.c.status == "pending")
    open_now = task.c.closed_at.is_(None) & task.c.receipt_number.not_in(beginning)
    statement = select(task.c.receipt_number).where(open_now).distinct()
    return tuple(connection.execute(statement).scalars())


@dataclass(frozen=True)
class RejectionSaid:
    """却下の理由: the officer's own words, and the ground of the procedure they named."""

    reason: str
    ground: str | None


def rejection_said(connection: Connection, receipt_number: ReceiptNumber) -> RejectionSaid | None:
    """却下の理由 of the decision that rejected the case."""
    said = connection.execute(
        select(task.c.reason, task.c.result)
        .where(task.c.receipt_number == receipt_number, task.c.outcome == "reject")
        .order_by(task.c.closed_at.desc())
        .limit(1)
    ).one_or_none()
    return None if said is None else RejectionSaid(said.reason or "", (said.result or {}).get("ground"))


def newest_reason(connection: Connection, receipt_number: ReceiptNumber) -> str | None:
    """却下の理由: the officer's own words. What officers say to each other (a return) is not for the resident."""
    return connection.execute(
        select(task.c.reason)
        .where(task.c.receipt_number == receipt_number, task.c.outcome == "reject", task.c.reason.is_not(None))
        .order_by(task.c.closed_at.desc())
        .limit(1)
    ).scalar_one_or_none()

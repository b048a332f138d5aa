"""決裁: the seats of a case's levels, who sealed them, and what a deputy decided in another's place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, case, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.values import ProcedureId, ReceiptNumber, StepId
from store.inbox import of_duties
from store.people import Duty
from store.tables import case_file, officer, task

DEPUTISED = "deputised"
"""代決済み: outcome of a level's own task whose deputy decided."""
ENDED = "ended"
"""終了: outcome of a task that another officer's decision made needless."""
BY_LAW = {"accept": "deemed_accepted", "reject": "deemed_rejected"}
"""みなし: outcome of a task that nobody decided before the law did."""


@dataclass(frozen=True)
class SealRow:
    """印: one task of a level, open or decided. `to`: the level it was returned to."""

    task_id: UUID
    step: StepId
    round: int
    seat: int
    deputy: bool
    outcome: str | None
    officer: UUID | None
    officer_name: str | None
    closed_at: datetime | None
    looked_over_at: datetime | None
    reason: str | None
    to: StepId | None


@dataclass(frozen=True)
class DeputisedRow:
    """後閲: what a deputy decided and nobody of the level has looked over."""

    task_id: UUID
    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    closed_at: datetime


def of_case(connection: Connection, receipt_number: ReceiptNumber, epoch: int) -> tuple[SealRow, ...]:
    """決裁欄: the tasks of this epoch, in the order they were opened."""
    found = connection.execute(
        select(
            task.c.id.label("task_id"),
            task.c.step,
            task.c.round,
            task.c.seat,
            task.c.deputy,
            task.c.outcome,
            task.c.decided_by.label("officer"),
            officer.c.name.label("officer_name"),
            task.c.closed_at,
            task.c.looked_over_at,
            task.c.reason,
            task.c.result["to"].astext.label("to"),
        )
        .outerjoin(officer, officer.c.account_id == task.c.decided_by)
        .where(task.c.receipt_number == receipt_number, task.c.epoch == epoch)
        .order_by(task.c.opened_at, task.c.seat, task.c.deputy)
    )
    return tuple(SealRow(**row._mapping) for row in found)


def seat_deputy(connection: Connection, task_id: UUID, deputy_id: UUID, function: str) -> None:
    """代決者の席: a task beside this one, if it is still open; a retry finds it."""
    columns = ("receipt_number", "step", "epoch", "round", "seat", "kind", "due_at", "deemed_at", "findings",
               "department", "procedure", "received_at")  # fmt: skip
    beside = select(literal(deputy_id), literal(function), literal(True), *(task.c[name] for name in columns)).where(
        task.c.id == task_id, task.c.closed_at.is_(None)
    )
    statement = upsert(task).from_select(["id", "function", "deputy", *columns], beside)
    connection.execute(statement.on_conflict_do_nothing())


def close_beside(connection: Connection, task_ids: Collection[UUID]) -> bool:
    """The seat is taken: nobody else decides it. Whether it was a deputy who took it."""
    statement = (
        update(task)
        .where(task.c.id.in_(task_ids), task.c.closed_at.is_(None))
        .values(outcome=case((task.c.deputy, ENDED), else_=DEPUTISED), closed_at=func.now())
        .returning(task.c.deputy)
    )
    return any(not deputy for deputy in connection.execute(statement).scalars())


def deputised(connection: Connection, duties: Collection[Duty], limit: int = 50) -> tuple[DeputisedRow, ...]:
    """後閲するもの: what deputies decided for these duties, the oldest first."""
    found = connection.execute(
        select(
            task.c.id.label("task_id"),
            task.c.receipt_number,
            task.c.procedure,
            case_file.c.version,
            task.c.closed_at,
        )
        .join(case_file, case_file.c.receipt_number == task.c.receipt_number)
        .where(task.c.outcome == DEPUTISED, task.c.looked_over_at.is_(None), of_duties(duties))
        .order_by(task.c.closed_at)
        .limit(limit)
    )
    return tuple(DeputisedRow(**row._mapping) for row in found)


def look_over(connection: Connection, task_id: UUID) -> bool:
    """後閲: an officer of the level has seen what its deputy decided. False: there was nothing to look over."""
    statement = (
        update(task)
        .where(task.c.id == task_id, task.c.outcome == DEPUTISED, task.c.looked_over_at.is_(None))
        .values(looked_over_at=func.now())
    )
    return connection.execute(statement).rowcount == 1

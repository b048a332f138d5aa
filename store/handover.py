"""引継ぎ: a task given to a colleague, and everything an absent officer holds given to another."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, DateTime, Uuid, and_, case, exists, literal, select, update

from procedures.values import ReceiptNumber, StepId
from store import cases
from store.decisions import barred
from store.people import holds
from store.tables import officer, officer_duty, task


@dataclass(frozen=True)
class Colleague:
    """同僚: an officer by name."""

    account_id: UUID
    name: str


@dataclass(frozen=True)
class HandedOver:
    """引き継いだ件. `assignee` None: the heir does not hold its duty; it is everybody's again."""

    receipt_number: ReceiptNumber
    step: StepId
    assignee: UUID | None


def colleagues(connection: Connection, department: str, function: str) -> tuple[Colleague, ...]:
    """同僚: who holds this duty, there or in the whole city, or stands in today for somebody who does."""
    found = select(officer.c.account_id, officer.c.name).where(
        holds(officer.c.account_id, literal(department), literal(function))
    )
    return tuple(Colleague(*row) for row in connection.execute(found.order_by(officer.c.name)))


def appointed(connection: Connection) -> tuple[Colleague, ...]:
    """任命されている職員: everybody with a duty."""
    works = exists().where(officer_duty.c.account_id == officer.c.account_id)
    found = select(officer.c.account_id, officer.c.name).where(works).order_by(officer.c.name)
    return tuple(Colleague(*row) for row in connection.execute(found))


def assign(connection: Connection, task_id: UUID, version: int, to: UUID, until: datetime) -> int | None:
    """割当: to this officer until then, whoever has it now. The new version, or None: it changed meanwhile."""
    statement = (
        update(task)
        .where(task.c.id == task_id, task.c.version == version, task.c.closed_at.is_(None))
        .values(assignee=to, lease_until=until, version=task.c.version + 1)
        .returning(task.c.version)
    )
    new_version: int | None = connection.execute(statement).scalar_one_or_none()
    return new_version


def hand_over(
    connection: Connection, absent: UUID, heir: UUID | None, until: datetime, departments: Collection[str] | None
) -> tuple[HandedOver, ...]:
    """引継ぎ: all open tasks of one officer (in these departments; None: all), to the heir where they may have them."""
    may = and_(holds(literal(heir, Uuid), task.c.department, task.c.function), ~barred(task.c.receipt_number, heir))
    statement = (
        update(task)
        .where(task.c.assignee == absent, task.c.closed_at.is_(None))
        .values(
            assignee=case((may, literal(heir, Uuid))),
            lease_until=case((may, literal(until, DateTime(timezone=True)))),
            version=task.c.version + 1,
        )
        .returning(task.c.receipt_number, task.c.step, task.c.assignee)
    )
    if departments is not None:
        statement = statement.where(task.c.department.in_(departments))
    return tuple(HandedOver(*row) for row in connection.execute(statement))


def release_all(connection: Connection, account_id: UUID, *, actor: str) -> int:
    """解任: everything this officer had claimed is everybody's again; how many."""
    return _release(connection, actor, task.c.assignee == account_id)


def release_lost(connection: Connection, *, actor: str = "counter") -> int:
    """職務を失った担当: what officers hold without the duty for it (any more) is everybody's again; how many."""
    unheld = ~holds(task.c.assignee, task.c.department, task.c.function)
    return _release(connection, actor, task.c.assignee.is_not(None), unheld)


def _release(connection: Connection, actor: str, *which: ColumnElement[bool]) -> int:
    statement = (
        update(task)
        .where(task.c.closed_at.is_(None), *which)
        .values(assignee=None, lease_until=None, version=task.c.version + 1)
        .returning(task.c.receipt_number, task.c.step)
    )
    released = connection.execute(statement).all()
    for receipt_number, step in released:
        cases.say(connection, receipt_number, "task_released", actor=actor, step=step)
    return len(released)

"""引継ぎ: a task given to a colleague, and everything an absent officer holds given to another."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, DateTime, Uuid, case, exists, func, literal, or_, select, update

from procedures.values import ReceiptNumber, StepId
from store.people import WHOLE_CITY
from store.tables import officer, officer_duty, task


@dataclass(frozen=True)
class Colleague:
    """同僚: an officer by name."""

    account_id: UUID
    name: str


@dataclass(frozen=True)
class Holder(Colleague):
    """担当者: an officer with the number of open tasks they hold."""

    open_tasks: int


@dataclass(frozen=True)
class HandedOver:
    """引き継いだ件. `assignee` None: the heir does not hold its duty; it is everybody's again."""

    receipt_number: ReceiptNumber
    step: StepId
    assignee: UUID | None


def colleagues(connection: Connection, department: str, function: str) -> tuple[Colleague, ...]:
    """同僚: who holds this duty, there or in the whole city."""
    holds = exists().where(
        officer_duty.c.account_id == officer.c.account_id,
        officer_duty.c.function == function,
        officer_duty.c.department.in_((department, WHOLE_CITY)),
    )
    found = select(officer.c.account_id, officer.c.name).where(holds).order_by(officer.c.name)
    return tuple(Colleague(*row) for row in connection.execute(found))


def appointed(connection: Connection) -> tuple[Colleague, ...]:
    """任命されている職員: everybody with a duty."""
    works = exists().where(officer_duty.c.account_id == officer.c.account_id)
    found = select(officer.c.account_id, officer.c.name).where(works).order_by(officer.c.name)
    return tuple(Colleague(*row) for row in connection.execute(found))


def holders(connection: Connection) -> tuple[Holder, ...]:
    """担当者: who holds open tasks, and how many."""
    found = (
        select(officer.c.account_id, officer.c.name, func.count())
        .join(task, task.c.assignee == officer.c.account_id)
        .where(task.c.closed_at.is_(None), task.c.assignee.is_not(None))
        .group_by(officer.c.account_id, officer.c.name)
        .order_by(officer.c.name)
    )
    return tuple(Holder(*row) for row in connection.execute(found))


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


def hand_over(connection: Connection, absent: UUID, heir: UUID | None, until: datetime) -> tuple[HandedOver, ...]:
    """引継ぎ: all open tasks of one officer, to the heir where they hold the duty, else to nobody."""
    may = exists().where(
        officer_duty.c.account_id == heir,
        officer_duty.c.function == task.c.function,
        or_(officer_duty.c.department == task.c.department, officer_duty.c.department == WHOLE_CITY),
    )
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
    return tuple(HandedOver(*row) for row in connection.execute(statement))

"""職員の一覧: who works for the city, with their duties and the open tasks they hold; who holds which duty."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, func, select

from store.handover import Colleague
from store.people import Duty, in_place
from store.tables import officer, officer_duty, substitution, task


@dataclass(frozen=True)
class Office(Colleague):
    """職員: their own duties, and how many open tasks they hold."""

    duties: tuple[Duty, ...]
    open_tasks: int


@dataclass(frozen=True)
class DutyHolder(Colleague):
    """職務を持つ職員. `substitute`: only in another's place, today."""

    duty: Duty
    substitute: bool


def listed(
    connection: Connection, departments: Collection[str] | None, account_id: UUID | None = None
) -> tuple[Office, ...]:
    """職員の一覧, by name: who has a duty in these departments (None: anywhere); tasks are counted there, too."""
    held = (
        select(func.jsonb_agg(func.jsonb_build_array(officer_duty.c.department, officer_duty.c.function)))
        .where(officer_duty.c.account_id == officer.c.account_id)
        .scalar_subquery()
    )
    open_tasks = select(func.count()).where(task.c.assignee == officer.c.account_id, task.c.closed_at.is_(None))
    works = select(officer_duty.c.account_id)
    if departments is not None:
        open_tasks = open_tasks.where(task.c.department.in_(departments))
        works = works.where(officer_duty.c.department.in_(departments))
    statement = (
        select(officer.c.account_id, officer.c.name, held.label("duties"), open_tasks.scalar_subquery())
        .where(officer.c.account_id.in_(works))
        .order_by(officer.c.name, officer.c.account_id)
    )
    if account_id is not None:
        statement = statement.where(officer.c.account_id == account_id)
    return tuple(
        Office(found, name, tuple(sorted(Duty(*duty) for duty in duties)), count)
        for found, name, duties, count in connection.execute(statement)
    )


def everybody(connection: Connection) -> tuple[Colleague, ...]:
    """職員であった者も含む全員, by name: whom the records name."""
    statement = select(officer.c.account_id, officer.c.name).order_by(officer.c.name, officer.c.account_id)
    return tuple(Colleague(*row) for row in connection.execute(statement))


def duty_holders(connection: Connection) -> tuple[DutyHolder, ...]:
    """職務を持つ職員: every duty with everybody who has it today, their own before those in another's place."""
    duty = (officer_duty.c.department, officer_duty.c.function)
    own = select(officer.c.account_id, officer.c.name, *duty).join(
        officer_duty, officer_duty.c.account_id == officer.c.account_id
    )
    standing_in = (
        select(officer.c.account_id, officer.c.name, *duty)
        .join(substitution, substitution.c.substitute == officer.c.account_id)
        .join(officer_duty, in_place(officer.c.account_id))
        .distinct()
    )
    found: dict[tuple[UUID, Duty], DutyHolder] = {}
    for statement, substitute in ((own, False), (standing_in, True)):
        for account_id, name, *held in connection.execute(statement.order_by(officer.c.name)):
            found.setdefault((account_id, Duty(*held)), DutyHolder(account_id, name, Duty(*held), substitute))
    return tuple(found.values())

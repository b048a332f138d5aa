"""期限カレンダー: how many open tasks fall due on each day, when the law decides, and who holds how much of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Date, and_, case, cast, func, select

from store.inbox import Span, of_duties
from store.people import Duty
from store.tables import officer, task

ByDay = Mapping[date, int]

JAPAN = "Asia/Tokyo"


@dataclass(frozen=True)
class Load:
    """担当ごとの件数: of open tasks; `account_id` None: nobody holds them."""

    account_id: UUID | None
    name: str | None
    overdue: int
    due: int
    """In the days that were asked for."""
    total: int


def due_by_day(connection: Connection, duties: Collection[Duty], days: Span) -> ByDay:
    """日ごとの期限の件数: days without any are missing."""
    return _by_day(connection, duties, task.c.due_at, days)


def decided_by_law(connection: Connection, duties: Collection[Duty], days: Span) -> ByDay:
    """日ごとのみなしの件数: tasks that the law decides with the beginning of that day, if nobody has."""
    return _by_day(connection, duties, task.c.deemed_at, days)


def overdue(connection: Connection, duties: Collection[Duty]) -> int:
    """期限超過の件数."""
    late = select(func.count()).where(_open(duties), task.c.due_at < func.now())
    found: int = connection.execute(late).scalar_one()
    return found


def loads(connection: Connection, duties: Collection[Duty], days: Span) -> tuple[Load, ...]:
    """担当ごとの件数: by name, what nobody holds first. A lease that ran out holds nothing."""
    holder = case((task.c.lease_until > func.now(), task.c.assignee)).label("holder")
    held = (
        select(
            holder,
            func.count().filter(task.c.due_at < func.now()).label("overdue"),
            func.count().filter(task.c.due_at >= days.since, task.c.due_at < days.until).label("due"),
            func.count().label("total"),
        )
        .where(_open(duties))
        .group_by(holder)
        .subquery()
    )
    found = (
        select(held.c.holder.label("account_id"), officer.c.name, held.c.overdue, held.c.due, held.c.total)
        .outerjoin(officer, officer.c.account_id == held.c.holder)
        .order_by(officer.c.name.nulls_first())
    )
    return tuple(Load(**row._mapping) for row in connection.execute(found))


def _by_day(connection: Connection, duties: Collection[Duty], column: ColumnElement[Any], days: Span) -> ByDay:
    day = cast(func.timezone(JAPAN, column), Date)
    found = select(day, func.count()).where(_open(duties), column >= days.since, column < days.until).group_by(day)
    return {day: count for day, count in connection.execute(found)}  # noqa: C416 - a row is no pair to mypy


def _open(duties: Collection[Duty]) -> ColumnElement[bool]:
    return and_(task.c.closed_at.is_(None), of_duties(duties))

"""統計: how many cases came, how they ended, how long they took. Numbers only, never a person who applied.

PostgreSQL counts; row-level security keeps the municipalities apart. What of the cases is one statement over those
received in the period, those closed in it, and those open now.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Date, Text, and_, cast, func, literal, or_, select, tuple_, union_all

from store.tables import case_file, correction, officer, task

Grain = Literal["day", "week", "month"]
"""刻み: a week begins on Monday."""

JAPAN = "Asia/Tokyo"
DECIDED = ("delivered", "rejected", "recalled")
"""Ends the city is answerable for: who withdrew or did not pay made nobody late."""


@dataclass(frozen=True)
class Scope:
    """範囲: from `since` up to, but without, `until`; None: every department, every procedure."""

    since: datetime
    until: datetime
    departments: Collection[str] | None = None
    procedure: str | None = None


@dataclass(frozen=True)
class CaseFigures:
    """案件の統計: of one procedure in one department, or (both None) of all. Times are None where nothing closed."""

    procedure: str | None
    version: int | None
    department: str | None
    received: int
    online: int
    at_counter: int
    by_post: int
    """How what was received reached the city; together `received`."""
    closed: int
    delivered: int
    rejected: int
    withdrawn: int
    lapsed: int
    recalled: int
    corrected: int
    """Of the closed: sent back at least once (補正)."""
    closed_late: int
    """Of the closed: decided after the deadline, which does not run during a correction (行政手続法7条)."""
    waiting: int
    waiting_late: int
    """Of the waiting: past the deadline, as above."""
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True)
class Waiting:
    """処理待ち: open cases that stand at one step in one state; step None: not begun."""

    procedure: str
    version: int
    step: str | None
    status: str
    count: int


@dataclass(frozen=True)
class StepFigures:
    """職員の処理の統計: decisions made in the period at one step, and the time from its task's opening to them."""

    procedure: str
    version: int
    step: str
    decided: int
    late: int
    median: timedelta
    p90: timedelta


@dataclass(frozen=True)
class Bucket:
    """推移: cases received and closed in one day, week or month of Japan's calendar; `start` is its first day."""

    start: date
    received: int
    closed: int
    online: int
    """Of the received."""


@dataclass(frozen=True)
class Workload:
    """職員の処理件数: decisions in the period, and what the officer holds now under a running lease."""

    account_id: UUID
    name: str
    approved: int
    sent_back: int
    rejected: int
    dispatched: int
    decided: int
    holding: int


def cases(connection: Connection, scope: Scope) -> tuple[CaseFigures, ...]:
    """案件の統計: procedure by procedure; the last is of all, also where there is nothing."""
    received, closed = _within(case_file.c.received_at, scope), _within(case_file.c.closed_at, scope)
    waiting = case_file.c.closed_at.is_(None)
    took = case_file.c.closed_at - case_file.c.received_at
    ran_until = func.coalesce(case_file.c.suspended_at, case_file.c.closed_at)
    late = case_file.c.status.in_(DECIDED) & (ran_until > case_file.c.due_at)
    statement = (
        select(
            case_file.c.procedure,
            func.max(case_file.c.version).label("version"),
            case_file.c.department,
            _count(received, "received"),
            *(_count(received & (case_file.c.arrival == arrival), name) for name, arrival in _ARRIVALS.items()),
            _count(closed, "closed"),
            *(_count(closed & (case_file.c.status == end), end) for end in _ENDS),
            _count(closed & _was_corrected(), "corrected"),
            _count(closed & late, "closed_late"),
            _count(waiting, "waiting"),
            _count(waiting & case_file.c.suspended_at.is_(None) & (case_file.c.due_at < func.now()), "waiting_late"),
            func.percentile_cont(0.5).within_group(took).filter(closed).label("median"),
            func.percentile_cont(0.9).within_group(took).filter(closed).label("p90"),
        )
        .where(_of(scope), or_(received, closed, waiting))
        .group_by(func.grouping_sets(tuple_(case_file.c.procedure, case_file.c.department), tuple_()))
        .order_by(case_file.c.procedure.nulls_last(), case_file.c.department)
    )  # fmt: skip
    return tuple(CaseFigures(**row._mapping) for row in connection.execute(statement))


def waiting(connection: Connection, scope: Scope) -> tuple[Waiting, ...]:
    """処理待ち: where the open cases stand now, whenever they were received."""
    place = (case_file.c.procedure, case_file.c.step, case_file.c.status)
    statement = (
        select(*place, func.max(case_file.c.version).label("version"), func.count().label("count"))
        .where(_of(scope), case_file.c.closed_at.is_(None))
        .group_by(*place)
        .order_by(case_file.c.procedure, func.count().desc(), case_file.c.step, case_file.c.status)
    )
    return tuple(Waiting(**row._mapping) for row in connection.execute(statement))


def steps(connection: Connection, scope: Scope) -> tuple[StepFigures, ...]:
    """職員の処理の統計: what nobody decided (the case ended otherwise) is not counted."""
    took = task.c.closed_at - task.c.opened_at
    statement = (
        select(
            case_file.c.procedure,
            func.max(case_file.c.version).label("version"),
            task.c.step,
            func.count().label("decided"),
            _count(task.c.closed_at > task.c.due_at, "late"),
            func.percentile_cont(0.5).within_group(took).label("median"),
            func.percentile_cont(0.9).within_group(took).label("p90"),
        )
        .join(case_file, case_file.c.receipt_number == task.c.receipt_number)
        .where(_of(scope), task.c.decided_by.is_not(None), _within(task.c.closed_at, scope))
        .group_by(case_file.c.procedure, task.c.step)
        .order_by(case_file.c.procedure, task.c.step)
    )
    return tuple(StepFigures(**row._mapping) for row in connection.execute(statement))


def course(connection: Connection, scope: Scope, grain: Grain) -> tuple[Bucket, ...]:
    """推移: oldest first; where neither came nor went anything there is no bucket."""
    happened = union_all(
        *(
            select(_first_day(column, grain).label("start"), literal(name, Text).label("what"), case_file.c.arrival)
            .select_from(case_file)
            .where(_of(scope), _within(column, scope))
            for name, column in (("received", case_file.c.received_at), ("closed", case_file.c.closed_at))
        )
    ).subquery()
    statement = (
        select(
            happened.c.start,
            _count(happened.c.what == "received", "received"),
            _count(happened.c.what == "closed", "closed"),
            _count((happened.c.what == "received") & (happened.c.arrival == "online"), "online"),
        )
        .group_by(happened.c.start)
        .order_by(happened.c.start)
    )
    return tuple(Bucket(**row._mapping) for row in connection.execute(statement))


def workload(connection: Connection, scope: Scope, only: UUID | None) -> tuple[Workload, ...]:
    """職員の処理件数: of one officer, or of all who decided or hold something."""
    decided = task.c.decided_by.is_not(None) & _within(task.c.closed_at, scope)
    holding = task.c.closed_at.is_(None) & (task.c.lease_until > func.now())
    statement = (
        select(
            officer.c.account_id,
            officer.c.name,
            *(_count(decided & task.c.outcome.in_(outcomes), name) for name, outcomes in _DECISIONS.items()),
            _count(decided, "decided"),
            _count(holding, "holding"),
        )
        .select_from(task)
        .join(case_file, case_file.c.receipt_number == task.c.receipt_number)
        .join(officer, officer.c.account_id == func.coalesce(task.c.decided_by, task.c.assignee))
        .where(_of(scope), or_(decided, holding))
        .group_by(officer.c.account_id, officer.c.name)
        .order_by(officer.c.name, officer.c.account_id)
    )
    if only is not None:
        statement = statement.where(officer.c.account_id == only)
    return tuple(Workload(**row._mapping) for row in connection.execute(statement))


_ARRIVALS = {"online": "online", "at_counter": "counter", "by_post": "post"}
_ENDS = ("delivered", "rejected", "withdrawn", "lapsed", "recalled")
_DECISIONS = {
    "approved": ("approve",),
    "sent_back": ("send_back",),
    "rejected": ("reject",),
    "dispatched": ("dispatch", "hand_out"),
}


def _count(condition: ColumnElement[bool], name: str) -> Any:
    return func.count().filter(condition).label(name)


def _within(column: ColumnElement[Any], scope: Scope) -> ColumnElement[bool]:
    return and_(column >= scope.since, column < scope.until)


def _of(scope: Scope) -> ColumnElement[bool]:
    """The scope's departments and procedure; no department at all is none, not every one."""
    wanted: list[ColumnElement[bool]] = [literal(True)]
    if scope.departments is not None:
        wanted.append(case_file.c.department.in_(scope.departments))
    if scope.procedure is not None:
        wanted.append(case_file.c.procedure == scope.procedure)
    return and_(*wanted)


def _was_corrected() -> ColumnElement[bool]:
    return select(correction.c.epoch).where(correction.c.receipt_number == case_file.c.receipt_number).exists()


def _first_day(column: ColumnElement[Any], grain: Grain) -> ColumnElement[date]:
    return cast(func.date_trunc(grain, func.timezone(JAPAN, column)), Date)

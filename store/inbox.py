"""受信箱の一覧: the tasks of an officer's duties, narrowed, sorted, counted and turned page by page.

Every question goes through an index of the open tasks (`ix_task_open`, `ix_task_held`): a test reads the plans.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select, tuple_

from procedures.values import ProcedureId, ReceiptNumber
from store.people import WHOLE_CITY, Duty
from store.tables import task
from store.tasks import TaskRow, row_of, rows

Holding = Literal["free", "mine", "others"]
"""担当: nobody's (or its lease ran out), one's own, or a colleague's."""
Flag = Literal["overdue", "soon", "escalated", "doubtful"]
"""目印: the deadline is over; it is near; the superior was told; something differs (`findings`)."""
Order = Literal["due", "received"]
"""並び順: the nearest deadline, or the earliest receipt, first."""
HOLDINGS: tuple[Holding, ...] = get_args(Holding)
FLAGS: tuple[Flag, ...] = get_args(Flag)
ORDERS: tuple[Order, ...] = get_args(Order)
_SORTED_BY = {"due": task.c.due_at, "received": task.c.received_at}


@dataclass(frozen=True)
class Looker:
    """見る人: whose inbox it is. `soon_until`: deadlines up to then are near."""

    account_id: UUID
    duties: Collection[Duty]
    soon_until: datetime


@dataclass(frozen=True)
class Wanted:
    """絞込み: None is all of them."""

    procedure: ProcedureId | None = None
    function: str | None = None
    holding: Holding | None = None
    flag: Flag | None = None
    order: Order = "due"


@dataclass(frozen=True)
class Place:
    """続き: the last task of the page before, by what the list is sorted by."""

    at: datetime
    task_id: UUID


@dataclass(frozen=True)
class Counts:
    """件数: of open tasks. Each filter is counted as if it were chosen now, beside the others that are."""

    total: int
    shown: int
    holdings: Mapping[Holding, int]
    flags: Mapping[Flag, int]
    procedures: Mapping[ProcedureId, int]


def listed(
    connection: Connection, looker: Looker, wanted: Wanted, *, after: Place | None = None, limit: int
) -> tuple[TaskRow, ...]:
    """一覧: open tasks in the wanted order, from after that place on."""
    key = tuple_(_SORTED_BY[wanted.order], task.c.id)
    found = select(task.c.id).where(_open(looker, wanted), *_chosen(looker, wanted))
    if after is not None:
        found = found.where(key > (after.at, after.task_id))
    page = found.order_by(*key.clauses).limit(limit).subquery()
    ordered = rows().join(page, page.c.id == task.c.id).order_by(*key.clauses)
    return tuple(row_of(row) for row in connection.execute(ordered))


def counted(connection: Connection, looker: Looker, wanted: Wanted) -> Counts:
    """件数: one pass over the open tasks of these duties."""
    found = connection.execute(_counting(looker, wanted)).all()
    here = [row for row in found if wanted.procedure in (None, row.procedure)]
    return Counts(
        total=sum(row.total for row in found),
        shown=sum(row.shown for row in here),
        holdings={each: sum(getattr(row, each) for row in here) for each in HOLDINGS},
        flags={each: sum(getattr(row, each) for row in here) for each in FLAGS},
        procedures={ProcedureId(row.procedure): row.shown for row in found},
    )


def numbered(
    connection: Connection, looker: Looker, *, number: ReceiptNumber | None = None, tail: str, limit: int
) -> tuple[TaskRow, ...]:
    """受付番号で探す: by the whole number or its last characters, closed tasks too, the newest first."""
    which = task.c.receipt_number == number if number is not None else task.c.tail == tail
    newest = rows().where(which, _held(looker.duties)).order_by(task.c.opened_at.desc()).limit(limit)
    return tuple(row_of(row) for row in connection.execute(newest))


def _counting(looker: Looker, wanted: Wanted) -> Select[tuple[Any, ...]]:
    holding, flag = _holding(looker, wanted.holding), _flag(looker, wanted.flag)

    def count(name: str, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(and_(True, *conditions)).label(name)

    return (
        select(
            task.c.procedure,
            func.count().label("total"),
            count("shown", *holding, *flag),
            *(count(each, *_holding(looker, each), *flag) for each in HOLDINGS),
            *(count(each, *holding, *_flag(looker, each)) for each in FLAGS),
        )
        .where(_open(looker, Wanted(function=wanted.function)))
        .group_by(task.c.procedure)
    )


def _open(looker: Looker, wanted: Wanted) -> ColumnElement[bool]:
    held = [duty for duty in looker.duties if wanted.function in (None, duty.function)]
    return and_(task.c.closed_at.is_(None), _held(held))


def _held(duties: Iterable[Duty]) -> ColumnElement[bool]:
    """事務分掌: a function counts in its own department only, or in all where it is held for the whole city."""
    held = set(duties)
    if not held:
        return false()
    everywhere = [duty.function for duty in held if duty.department == WHOLE_CITY]
    own = tuple_(task.c.department, task.c.function).in_([tuple(duty) for duty in held])
    # The first says no more than the second; it is what the index is read by.
    return and_(task.c.function.in_({duty.function for duty in held}), or_(task.c.function.in_(everywhere), own))


def _chosen(looker: Looker, wanted: Wanted) -> list[ColumnElement[bool]]:
    procedure = [] if wanted.procedure is None else [task.c.procedure == wanted.procedure]
    return [*procedure, *_holding(looker, wanted.holding), *_flag(looker, wanted.flag)]


def _holding(looker: Looker, holding: Holding | None) -> list[ColumnElement[bool]]:
    run_out = task.c.lease_until < func.now()
    match holding:
        case None:
            return []
        case "mine":
            return [task.c.assignee == looker.account_id]
        case "free":
            return [or_(task.c.assignee.is_(None), and_(task.c.assignee != looker.account_id, run_out))]
        case "others":
            return [task.c.assignee != looker.account_id, ~run_out]


def _flag(looker: Looker, flag: Flag | None) -> list[ColumnElement[bool]]:
    match flag:
        case None:
            return []
        case "overdue":
            return [task.c.due_at < func.now()]
        case "soon":
            return [task.c.due_at >= func.now(), task.c.due_at <= looker.soon_until]
        case "escalated":
            return [task.c.escalated]
        case "doubtful":
            return [task.c.doubtful]

"""受信箱の一覧: the tasks of an officer's duties, narrowed, sorted, counted and turned page by page.

Every question goes through an index of the open tasks (`ix_task_open`, `ix_task_held`): a test reads the plans.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Update,
    Uuid,
    and_,
    cast,
    false,
    func,
    or_,
    select,
    tuple_,
    union_all,
    update,
)

from procedures.values import ProcedureId, ReceiptNumber
from store.decisions import barred
from store.people import WHOLE_CITY, Duty
from store.tables import task
from store.tasks import LEASE, TaskRow, row_of, rows

Holding = Literal["free", "mine", "others"]
"""担当: nobody's (or its lease ran out), one's own, or a colleague's."""
Flag = Literal["overdue", "soon", "escalated", "statutory", "doubtful", "held"]
"""目印: the deadline is over; it is near; the superior was told; the law decides some day; something differs
(`findings`); put on hold."""
Order = Literal["due", "received", "escalated"]
"""並び順: the nearest deadline, the earliest receipt, or what was told to the superior (by deadline) first."""
HOLDINGS: tuple[Holding, ...] = get_args(Holding)
FLAGS: tuple[Flag, ...] = get_args(Flag)
ORDERS: tuple[Order, ...] = get_args(Order)
MOST_COUNTED = 10_000
"""Open tasks counted at most: whoever has more is told so, and waits for a list and not for a number."""
_REACHED_FOR = 100
"""Free tasks looked at in one go for somebody who takes the next one: more than officers reach at the same moment."""
_COUNTED_BY = ("procedure", "assignee", "lease_until", "due_at", "escalated", "deemed_at", "doubtful", "held_until")
_SORTED_BY: Mapping[Order, tuple[ColumnElement[Any], ...]] = {
    "due": (task.c.due_at,),
    "received": (task.c.received_at,),
    "escalated": (~task.c.escalated, task.c.due_at),
}


@dataclass(frozen=True)
class Looker:
    """見る人: whose inbox it is. `soon_until`: deadlines up to then are near."""

    account_id: UUID
    duties: Collection[Duty]
    soon_until: datetime


class Span(NamedTuple):
    """期間: from one moment up to, but without, another."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Wanted:
    """絞込み: None is all of them."""

    procedure: ProcedureId | None = None
    function: str | None = None
    holding: Holding | None = None
    flag: Flag | None = None
    due: Span | None = None
    order: Order = "due"


@dataclass(frozen=True)
class Place:
    """続き: the last task of the page before, by what the list is sorted by."""

    at: datetime
    task_id: UUID
    escalated: bool = False


@dataclass(frozen=True)
class Counts:
    """件数: of open tasks. Each filter is counted as if it were chosen now, beside the others that are.

    `capped`: there are more than were counted (`MOST_COUNTED`); every number is at least so large.
    """

    capped: bool
    total: int
    shown: int
    holdings: Mapping[Holding, int]
    flags: Mapping[Flag, int]
    procedures: Mapping[ProcedureId, int]


def listed(
    connection: Connection, looker: Looker, wanted: Wanted, *, after: Place | None = None, limit: int
) -> tuple[TaskRow, ...]:
    """一覧: open tasks in the wanted order, from after that place on."""
    parts = [_first(looker, wanted, after, limit, duties) for duties in _by_function(looker, wanted)]
    if not parts:
        return ()
    merged = union_all(*parts).subquery()
    page = select(merged.c.id).order_by(*merged.c).limit(limit).subquery()
    ordered = rows().join(page, page.c.id == task.c.id).order_by(*_SORTED_BY[wanted.order], task.c.id)
    return tuple(row_of(row) for row in connection.execute(ordered))


def claim_next(connection: Connection, looker: Looker, wanted: Wanted) -> UUID | None:
    """次の一件を担当する: the first free task of the wanted ones, None where none is left.

    Whoever asks at the same moment gets another one at once: rows that somebody is taking are skipped, not waited for.
    """
    free, after = replace(wanted, holding="free"), None
    while found := listed(connection, looker, free, after=after, limit=_REACHED_FOR):
        taken = connection.execute(_taking_first(found, looker.account_id)).scalar_one_or_none()
        if taken is not None:
            return UUID(str(taken))
        after = Place(_sorted_at(free.order, found[-1]), found[-1].id, found[-1].escalated)
    return None


def _taking_first(found: Collection[TaskRow], account_id: UUID) -> Update:
    ids = [row.id for row in found]
    still_free = or_(task.c.assignee.is_(None), task.c.lease_until < func.now())
    first = (
        select(task.c.id)
        .where(task.c.id.in_(ids), task.c.closed_at.is_(None), still_free, ~barred(task.c.receipt_number, account_id))
        .order_by(func.array_position(cast(ids, ARRAY(Uuid)), task.c.id))
        .limit(1)
        .with_for_update(of=task, skip_locked=True)
        .scalar_subquery()
    )
    held = {"assignee": account_id, "lease_until": func.now() + LEASE, "version": task.c.version + 1}
    return update(task).where(task.c.id == first).values(held).returning(task.c.id)


def _sorted_at(order: Order, row: TaskRow) -> datetime:
    return row.received_at if order == "received" else row.due_at


def counted(connection: Connection, looker: Looker, wanted: Wanted) -> Counts:
    """件数: one pass over the open tasks of these duties, as far as they are counted."""
    found = connection.execute(_counting(looker, wanted)).all()
    here = [row for row in found if wanted.procedure in (None, row.procedure)]
    total = sum(row.total for row in found)
    return Counts(
        capped=total >= MOST_COUNTED,
        total=total,
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
    newest = rows().where(which, of_duties(looker.duties)).order_by(task.c.opened_at.desc()).limit(limit)
    return tuple(row_of(row) for row in connection.execute(newest))


def _first(
    looker: Looker, wanted: Wanted, after: Place | None, limit: int, duties: Collection[Duty]
) -> Select[tuple[Any, ...]]:
    """A page of one function alone: read in the order of an index, so that no more is read than is shown."""
    key = tuple_(*_SORTED_BY[wanted.order], task.c.id)
    alone = replace(looker, duties=duties)
    found = select(*key.clauses).where(_open(alone, wanted), *_chosen(looker, wanted))
    if after is not None:
        told = (not after.escalated,) if wanted.order == "escalated" else ()
        found = found.where(key > (*told, after.at, after.task_id))
    return found.order_by(*key.clauses).limit(limit)


def _by_function(looker: Looker, wanted: Wanted) -> list[list[Duty]]:
    duties = sorted(duty for duty in looker.duties if wanted.function in (None, duty.function))
    return [[duty for duty in duties if duty.function == each] for each in sorted({duty.function for duty in duties})]


def _counting(looker: Looker, wanted: Wanted) -> Select[tuple[Any, ...]]:
    columns = (task.c[name] for name in _COUNTED_BY)
    of_all = Wanted(function=wanted.function, due=wanted.due)
    seen = select(*columns).where(_open(looker, of_all)).limit(MOST_COUNTED).subquery()
    holding, flag = _holding(seen, looker, wanted.holding), _flag(seen, looker, wanted.flag)

    def count(name: str, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(and_(True, *conditions)).label(name)

    return select(
        seen.c.procedure,
        func.count().label("total"),
        count("shown", *holding, *flag),
        *(count(each, *_holding(seen, looker, each), *flag) for each in HOLDINGS),
        *(count(each, *holding, *_flag(seen, looker, each)) for each in FLAGS),
    ).group_by(seen.c.procedure)


def _open(looker: Looker, wanted: Wanted) -> ColumnElement[bool]:
    held = [duty for duty in looker.duties if wanted.function in (None, duty.function)]
    due = [] if wanted.due is None else [task.c.due_at >= wanted.due.since, task.c.due_at < wanted.due.until]
    return and_(task.c.closed_at.is_(None), of_duties(held), *due)


def of_duties(duties: Iterable[Duty]) -> ColumnElement[bool]:
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
    return [*procedure, *_holding(task, looker, wanted.holding), *_flag(task, looker, wanted.flag)]


def _holding(of: FromClause, looker: Looker, holding: Holding | None) -> list[ColumnElement[bool]]:
    run_out = of.c.lease_until < func.now()
    match holding:
        case None:
            return []
        case "mine":
            return [of.c.assignee == looker.account_id]
        case "free":
            return [or_(of.c.assignee.is_(None), and_(of.c.assignee != looker.account_id, run_out))]
        case "others":
            return [of.c.assignee != looker.account_id, ~run_out]


def _flag(of: FromClause, looker: Looker, flag: Flag | None) -> list[ColumnElement[bool]]:
    meant: Mapping[Flag, list[ColumnElement[bool]]] = {
        "overdue": [of.c.due_at < func.now()],
        "soon": [of.c.due_at >= func.now(), of.c.due_at <= looker.soon_until],
        "escalated": [of.c.escalated],
        "statutory": [of.c.deemed_at.is_not(None)],
        "doubtful": [of.c.doubtful],
        "held": [of.c.held_until > func.now()],
    }
    return [] if flag is None else meant[flag]

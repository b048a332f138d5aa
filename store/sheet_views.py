"""帳票の見かた: what people are shown of a batch: who has what to do next, and what each sheet adds up to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from store.sheet_batches import PageState
from store.sheet_pages import CellRow
from store.tables import robot_entry, sheet_cell, sheet_page

_DOUBTFUL = ~sheet_cell.c.accepted & sheet_cell.c.corrected_at.is_(None)
_UNCONFIRMED = sheet_cell.c.needs_second & sheet_cell.c.confirmed_at.is_(None)
_LOOKED_BACK = 50
"""So many pages tell how fast the next ones will be."""
_REST = timedelta(minutes=5)
"""Longer between two of them, and it was paused, or the other side was closed."""
_CELL = tuple(sheet_cell.c[name] for name in CellRow.__annotations__)


@dataclass(frozen=True)
class Work:
    """人の作業: of a batch. `second`: sheets of which only a changed total is open."""

    second: int
    touched: int
    """Sheets that took somebody's time."""
    seconds: int


@dataclass(frozen=True)
class SheetSum:
    """一枚の合計: `totals` as they stand, by cell; `disputed`: cells a person took for right that nothing bears out."""

    page_id: UUID
    group_number: str | None
    person_number: str | None
    state: PageState
    totals: Mapping[str, str | None]
    changed: int
    disputed: int


@dataclass(frozen=True)
class GroupCount:
    """組ごとの枚数: how many sheets of a club, and how many wait for people."""

    group_number: str
    sheets: int
    to_correct: int


def work(connection: Connection, batch_id: UUID) -> Work:
    """人の作業."""
    waiting = sheet_page.c.state == "read"
    second = waiting & _has(_UNCONFIRMED) & ~_has(_DOUBTFUL)
    row = connection.execute(
        select(
            func.count().filter(second),
            func.count().filter(sheet_page.c.seconds > 0),
            func.coalesce(func.sum(sheet_page.c.seconds), 0),
        ).where(sheet_page.c.batch_id == batch_id)
    ).one()
    return Work(*map(int, row))


def reading_seconds(connection: Connection, batch_id: UUID) -> float | None:
    """読取りの速さ: from one page to the next, of those read last; None: nobody knows yet."""
    read = select(sheet_page.c.read_at.label("moment")).where(
        sheet_page.c.batch_id == batch_id, sheet_page.c.read_at.is_not(None)
    )
    return _pace(connection, read)


def entering_seconds(connection: Connection, batch_id: UUID) -> float | None:
    """入力の速さ: from one entry to the next, of those typed in last; None: nobody knows yet."""
    own = and_(sheet_page.c.reference == robot_entry.c.reference, sheet_page.c.batch_id == batch_id)
    entered = (
        select(robot_entry.c.entered_at.label("moment"))
        .select_from(robot_entry.join(sheet_page, own))
        .where(robot_entry.c.entered_at.is_not(None))
    )
    return _pace(connection, entered)


def _pace(connection: Connection, moments: Select[tuple[datetime]]) -> float | None:
    """Seconds between two of the newest moments; rests do not count."""
    newest = moments.order_by(moments.selected_columns.moment.desc()).limit(_LOOKED_BACK).subquery()
    gap = (newest.c.moment - func.lag(newest.c.moment).over(order_by=newest.c.moment)).label("gap")
    gaps = select(gap).subquery()
    mean = select(func.extract("epoch", func.avg(gaps.c.gap))).where(gaps.c.gap < _REST)
    found = connection.execute(mean).scalar_one()
    return None if found is None else float(found)


def next_for(connection: Connection, batch_id: UUID, officer: UUID, after: int = -1) -> UUID | None:
    """次の一枚: that this officer can do something about: after that position, else from the beginning."""
    mine = or_(_DOUBTFUL, _UNCONFIRMED & (sheet_cell.c.corrected_by != officer))
    found = (
        select(sheet_page.c.id)
        .where(sheet_page.c.batch_id == batch_id, sheet_page.c.state == "read", _has(mine))
        .order_by(sheet_page.c.position <= after, sheet_page.c.position)
        .limit(1)
    )
    return connection.execute(found).scalar_one_or_none()


def groups(connection: Connection, batch_id: UUID) -> tuple[GroupCount, ...]:
    """組ごとの枚数, by number."""
    found = (
        select(
            sheet_page.c.group_number, func.count(), func.count().filter(sheet_page.c.state.in_(("waiting", "read")))
        )
        .where(sheet_page.c.batch_id == batch_id, sheet_page.c.kind == "sheet", sheet_page.c.group_number.is_not(None))
        .group_by(sheet_page.c.group_number)
        .order_by(sheet_page.c.group_number)
    )
    return tuple(GroupCount(*row) for row in connection.execute(found))


def sums(connection: Connection, batch_id: UUID, totals: Collection[str]) -> tuple[SheetSum, ...]:
    """合計の一覧: of all sheets that go on, by club and person."""
    stands = func.coalesce(sheet_cell.c.corrected, sheet_cell.c.text)
    person_said = sheet_cell.c.corrected_at.is_not(None)
    found = (
        select(
            sheet_page.c.id, sheet_page.c.group_number, sheet_page.c.person_number, sheet_page.c.state,
            func.coalesce(
                func.jsonb_object_agg(sheet_cell.c.cell, stands).filter(sheet_cell.c.cell.in_(totals)),
                func.jsonb_build_object(),
            ),
            func.count().filter(person_said & sheet_cell.c.corrected.is_distinct_from(sheet_cell.c.text)),
            func.count().filter(person_said & ~sheet_cell.c.agreed),
        )
        .join(sheet_cell, sheet_cell.c.page_id == sheet_page.c.id)
        .where(sheet_page.c.batch_id == batch_id, sheet_page.c.kind == "sheet", sheet_page.c.state != "set_aside")
        .group_by(sheet_page.c.id)
        .order_by(sheet_page.c.group_number, sheet_page.c.person_number)
    )  # fmt: skip
    return tuple(SheetSum(*row) for row in connection.execute(found))


def cells_of(connection: Connection, page_ids: Collection[UUID]) -> dict[UUID, tuple[CellRow, ...]]:
    """欄: of several pages at once."""
    statement = select(sheet_cell.c.page_id, *_CELL).where(sheet_cell.c.page_id.in_(page_ids))
    found: dict[UUID, list[CellRow]] = {}
    names = tuple(CellRow.__annotations__)
    for row in connection.execute(statement.order_by(sheet_cell.c.page_id, sheet_cell.c.position)):
        found.setdefault(row.page_id, []).append(CellRow(**{name: row._mapping[name] for name in names}))
    return {page_id: tuple(rows) for page_id, rows in found.items()}


def _has(what: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(and_(sheet_cell.c.page_id == sheet_page.c.id, what))

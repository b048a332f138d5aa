"""市の休庁日: on which days the city hall is closed beside weekends, national holidays and the turn of the year."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from procedures.values import MunicipalityCode
from store.database import Database
from store.tables import closed_day, officer

MEMORY = timedelta(minutes=1)
"""How long a process goes on with what it read: so long it may not know of a day that another one added."""


@dataclass(frozen=True)
class ClosedDay:
    """市の休庁日, and who added it."""

    day: date
    reason: str
    added_by: str


class ClosedDays:
    """市の休庁日: of every municipality, one memory per process, so that a case costs no statement for them."""

    def __init__(self, database: Database, memory: timedelta = MEMORY) -> None:
        self._database = database
        self._memory = memory.total_seconds()
        self._known: dict[MunicipalityCode, tuple[float, frozenset[date]]] = {}

    def __call__(self, municipality: MunicipalityCode) -> frozenset[date]:
        """市の休庁日: asked before a connection is taken; this takes one itself now and then.

        While the database is away, what was known last: the front page needs nothing else of it.
        """
        known = self._remembered(municipality)
        if known is not None:
            return known
        try:
            with self._database.reading(municipality) as connection:
                return self.within(connection, municipality)
        except SQLAlchemyError:
            if municipality not in self._known:
                raise
            return self._known[municipality][1]

    def within(self, connection: Connection, municipality: MunicipalityCode) -> frozenset[date]:
        """市の休庁日: for whoever holds a connection already."""
        known = self._remembered(municipality)
        return self.learn(municipality, _kept(connection)) if known is None else known

    def learn(self, municipality: MunicipalityCode, days: Collection[date]) -> frozenset[date]:
        """覚える: until its memory is over."""
        found = frozenset(days)
        self._known[municipality] = (time.monotonic(), found)
        return found

    def forget(self, municipality: MunicipalityCode) -> None:
        """忘れる: they were changed; whoever asks next reads them anew."""
        self._known.pop(municipality, None)

    def _remembered(self, municipality: MunicipalityCode) -> frozenset[date] | None:
        at, days = self._known.get(municipality, (0.0, None))
        return days if days is not None and time.monotonic() - at < self._memory else None


def listed(connection: Connection, since: date, until: date) -> tuple[ClosedDay, ...]:
    """一覧: from one day to another, both included."""
    statement = (
        select(closed_day.c.day, closed_day.c.reason, officer.c.name.label("added_by"))
        .join(officer, officer.c.account_id == closed_day.c.added_by)
        .where(closed_day.c.removed_at.is_(None), closed_day.c.day.between(since, until))
        .order_by(closed_day.c.day)
    )
    return tuple(ClosedDay(**row._mapping) for row in connection.execute(statement))


def add(connection: Connection, days: Collection[tuple[date, str]], by: UUID) -> int:
    """加える: how many of them were not there yet; of those that were the reason stays."""
    if not days:
        return 0
    rows = [{"day": day, "reason": reason, "added_by": by} for day, reason in days]
    added = upsert(closed_day).values(rows).on_conflict_do_nothing().returning(closed_day.c.day)
    return len(connection.execute(added).all())


def remove(connection: Connection, day: date, by: UUID) -> bool:
    """除く: it stays as a row that says who removed it. False where the hall was not closed by it."""
    statement = update(closed_day).where(closed_day.c.day == day, closed_day.c.removed_at.is_(None))
    return connection.execute(statement.values(removed_by=by, removed_at=func.now())).rowcount == 1


def _kept(connection: Connection) -> Collection[date]:
    return connection.execute(select(closed_day.c.day).where(closed_day.c.removed_at.is_(None))).scalars().all()

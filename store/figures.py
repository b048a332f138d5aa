"""数値: what is watched from outside, for one municipality: counts and ages, never a case and never a person.

Two statements: one over cases that are open or of today, one over the queues. Partial indexes answer the second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Float, Integer, Select, cast, column, func, or_, select, table

from store.tables import case_file, command, notice_delivery, payment


@dataclass(frozen=True)
class CaseFigure:
    """案件の数値 of one procedure at one step in one state. Received and closed: since `midnight`."""

    procedure: str
    step: str | None
    status: str
    received: int
    closed: int
    waiting: int
    overdue: int
    """Of the waiting: past the deadline, which does not run during a correction."""


@dataclass(frozen=True)
class QueueFigures:
    """待ち行列の数値. Ages in seconds, of the oldest; 0 where nothing waits."""

    commands: int
    commands_age: float
    notices: int
    notices_age: float
    payments_open: int
    refunds_due: int
    effects: int
    """Written since the database's statistics began; of the whole database."""


def of_cases(connection: Connection, midnight: datetime) -> Sequence[CaseFigure]:
    """案件の数値: where open cases stand, and what came and ended today."""
    received, closed = case_file.c.received_at >= midnight, case_file.c.closed_at >= midnight
    waiting = case_file.c.closed_at.is_(None)
    overdue = waiting & case_file.c.suspended_at.is_(None) & (case_file.c.due_at < func.now())
    place = (case_file.c.procedure, case_file.c.step, case_file.c.status)
    counts = {"received": received, "closed": closed, "waiting": waiting, "overdue": overdue}
    statement = (
        select(*place, *(func.count().filter(each).label(name) for name, each in counts.items()))
        .where(or_(waiting, closed, received))
        .group_by(*place)
    )
    return [CaseFigure(**row._mapping) for row in connection.execute(statement)]


def of_queues(connection: Connection) -> QueueFigures:
    """待ち行列の数値: what was committed and is not done."""
    pending, unsent = command.c.status == "pending", notice_delivery.c.status == "waiting"
    statistics, inserted = table("pg_stat_user_tables"), column("n_tup_ins", Integer)
    effects = select(inserted).select_from(statistics).where(column("relname") == "effect").scalar_subquery()
    statement = select(
        select(func.count()).where(pending).scalar_subquery().label("commands"),
        _age(select(func.min(command.c.created_at)).where(pending)).label("commands_age"),
        select(func.count()).where(unsent).scalar_subquery().label("notices"),
        _age(select(func.min(notice_delivery.c.created_at)).where(unsent)).label("notices_age"),
        select(func.count()).where(payment.c.status == "open").scalar_subquery().label("payments_open"),
        select(func.count()).where(payment.c.refund_due > 0).scalar_subquery().label("refunds_due"),
        func.coalesce(effects, 0).label("effects"),
    )
    return QueueFigures(**connection.execute(statement).one()._mapping)


def _age(oldest: Select[tuple[datetime]]) -> ColumnElement[float]:
    return cast(func.coalesce(func.extract("epoch", func.now() - oldest.scalar_subquery()), 0), Float)

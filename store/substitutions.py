"""代理: who stands in for whom, from the first day to the last (whole days in Japan), unless it is revoked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Date, and_, cast, func, insert, or_, select, update

from store.tables import officer, substitution

JAPAN = "Asia/Tokyo"


@dataclass(frozen=True)
class Substitution:
    """代理. `departments`: a head declared it, and it covers duties there only; None: all duties."""

    id: UUID
    absent: UUID
    absent_name: str
    substitute: UUID
    substitute_name: str
    first_day: date
    last_day: date
    departments: tuple[str, ...] | None
    declared_by: UUID
    declared_by_name: str


def today() -> ColumnElement[date]:
    """今日, in Japan."""
    return cast(func.timezone(JAPAN, func.now()), Date)


def running() -> ColumnElement[bool]:
    """代理の期間中: it ends by itself after the last day, and at once where it is revoked."""
    return and_(
        substitution.c.revoked_at.is_(None), substitution.c.first_day <= today(), substitution.c.last_day >= today()
    )


def declare(
    connection: Connection, absent: UUID, substitute: UUID, first_day: date, last_day: date, *,
    departments: Collection[str] | None, by: UUID,
) -> UUID:  # fmt: skip
    """代理を届け出る."""
    statement = insert(substitution).values(
        absent=absent,
        substitute=substitute,
        first_day=first_day,
        last_day=last_day,
        departments=None if departments is None else sorted(departments),
        declared_by=by,
    )
    declared: UUID = connection.execute(statement.returning(substitution.c.id)).scalar_one()
    return declared


def revoke(connection: Connection, substitution_id: UUID, by: UUID) -> bool:
    """代理の取消し, from this moment on. False: it had ended before."""
    ended = update(substitution).where(substitution.c.id == substitution_id, _ahead())
    return connection.execute(ended.values(revoked_at=func.now(), revoked_by=by)).rowcount == 1


def revoke_all(connection: Connection, account_id: UUID, by: UUID | None) -> None:
    """解任: whoever leaves neither stands in for anybody nor is stood in for. `by` None: at the command line."""
    theirs = or_(substitution.c.absent == account_id, substitution.c.substitute == account_id)
    ended = update(substitution).where(theirs, _ahead())
    connection.execute(ended.values(revoked_at=func.now(), revoked_by=by))


def listed(connection: Connection, of: Collection[UUID] | None = None) -> tuple[Substitution, ...]:
    """代理の一覧: those that run or are still to come, the first first; of these officers, whichever their part."""
    absent, substitute, declarer = officer.alias(), officer.alias(), officer.alias()
    statement = (
        select(
            substitution.c.id,
            substitution.c.absent,
            absent.c.name.label("absent_name"),
            substitution.c.substitute,
            substitute.c.name.label("substitute_name"),
            substitution.c.first_day,
            substitution.c.last_day,
            substitution.c.departments,
            substitution.c.declared_by,
            declarer.c.name.label("declared_by_name"),
        )
        .join(absent, absent.c.account_id == substitution.c.absent)
        .join(substitute, substitute.c.account_id == substitution.c.substitute)
        .join(declarer, declarer.c.account_id == substitution.c.declared_by)
        .where(_ahead())
        .order_by(substitution.c.first_day, absent.c.name, substitution.c.id)
    )
    if of is not None:
        statement = statement.where(or_(substitution.c.absent.in_(of), substitution.c.substitute.in_(of)))
    return tuple(_row(**found._mapping) for found in connection.execute(statement))


def _row(departments: list[str] | None, **rest: object) -> Substitution:
    return Substitution(**rest, departments=None if departments is None else tuple(departments))  # type: ignore[arg-type]


def _ahead() -> ColumnElement[bool]:
    """Running or still to come."""
    return and_(substitution.c.revoked_at.is_(None), substitution.c.last_day >= today())

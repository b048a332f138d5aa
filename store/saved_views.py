"""保存した表示: an officer's own ways of looking at the inbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from store.tables import saved_view


@dataclass(frozen=True)
class SavedView:
    """保存した表示: `filters` as `api.desk.inbox.InboxAsked` reads them."""

    id: UUID
    name: str
    filters: Mapping[str, object]


def of_officer(connection: Connection, account_id: UUID) -> tuple[SavedView, ...]:
    """保存した表示, in the order they were saved."""
    found = select(saved_view.c.id, saved_view.c.name, saved_view.c.filters)
    mine = found.where(saved_view.c.account_id == account_id).order_by(saved_view.c.created_at, saved_view.c.id)
    return tuple(SavedView(*row) for row in connection.execute(mine))


def count(connection: Connection, account_id: UUID) -> int:
    """保存した数."""
    found = select(func.count()).select_from(saved_view).where(saved_view.c.account_id == account_id)
    return int(connection.execute(found).scalar_one())


def save(connection: Connection, account_id: UUID, name: str, filters: Mapping[str, object]) -> bool:
    """保存する. False: there is one of that name."""
    statement = upsert(saved_view).values(account_id=account_id, name=name, filters=dict(filters))
    return connection.execute(statement.on_conflict_do_nothing().returning(saved_view.c.id)).one_or_none() is not None


def remove(connection: Connection, account_id: UUID, view_id: UUID) -> bool:
    """消す. False: there is none."""
    mine = delete(saved_view).where(saved_view.c.id == view_id, saved_view.c.account_id == account_id)
    return connection.execute(mine).rowcount == 1

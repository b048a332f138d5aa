"""冪等キー: which write of the JSON API came with which key, and what it was answered.

Answers hold personal data: row-level security keeps them in their municipality, and they are gone after KEPT.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, select, text, update

from store.tables import idempotency_key

KEPT = timedelta(hours=24)
"""An answer is given again for so long; then the key means nothing any more."""
LEASE = timedelta(minutes=1)
"""A request without an answer after so long has died with its server; the same request may take its key over."""


@dataclass(frozen=True)
class Claim:
    """占有: the right to answer for a key; `since` tells it from a later claim of the same key."""

    account_id: UUID
    key: str
    since: datetime


@dataclass(frozen=True)
class Kept:
    """控え: what a key stands for. `status` None: its request is under way."""

    fingerprint: bytes
    status: int | None
    headers: Mapping[str, str] | None
    body: bytes | None


_CLAIM = text(
    """
    with swept as (
        delete from idempotency_key where (account_id, key) in (
            select account_id, key from idempotency_key
             where created_at <= now() - :kept and not (account_id = :account_id and key = :key)
             limit 100 for update skip locked))
    insert into idempotency_key (account_id, key, fingerprint) values (:account_id, :key, :fingerprint)
    on conflict (account_id, key) do update
       set fingerprint = excluded.fingerprint, created_at = now(), status = null, headers = null, body = null
     where idempotency_key.created_at <= now() - :kept
        or idempotency_key.status is null
           and idempotency_key.created_at <= now() - :lease
           and idempotency_key.fingerprint = excluded.fingerprint
    returning created_at
    """
)


def claim(connection: Connection, account_id: UUID, key: str, fingerprint: bytes) -> Claim | None:
    """占有する: the key is this request's, or None: it is another's. What ran out is swept away on the way."""
    values = {"account_id": account_id, "key": key, "fingerprint": fingerprint, "kept": KEPT, "lease": LEASE}
    since = connection.execute(_CLAIM, values).scalar_one_or_none()
    return None if since is None else Claim(account_id, key, since)


def find(connection: Connection, account_id: UUID, key: str) -> Kept | None:
    """控え of a key that could not be claimed; None: it was released meanwhile."""
    columns = (idempotency_key.c[name] for name in Kept.__annotations__)
    statement = select(*columns).where(idempotency_key.c.account_id == account_id, idempotency_key.c.key == key)
    row = connection.execute(statement).one_or_none()
    return None if row is None else Kept(**row._mapping)


def keep(connection: Connection, claimed: Claim, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """控える: the answer, unless the key was taken over meanwhile."""
    statement = update(idempotency_key).where(*_still(claimed))
    connection.execute(statement.values(status=status, headers=dict(headers), body=body))


def release(connection: Connection, claimed: Claim) -> None:
    """放す: nothing was written, so the key may be used again."""
    connection.execute(delete(idempotency_key).where(*_still(claimed)))


def _still(claimed: Claim) -> tuple[ColumnElement[bool], ...]:
    table = idempotency_key.c
    return (table.account_id == claimed.account_id, table.key == claimed.key, table.created_at == claimed.since)

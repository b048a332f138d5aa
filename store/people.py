"""利用者・職員・セッション: who is asking."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from store.tables import account, credential, officer, session

TOUCH_AFTER = timedelta(minutes=1)
"""last_seen_at is written at most this often, so that a page view is a read."""


@dataclass(frozen=True)
class CredentialKey:
    """資格の鍵: (kind, CA key identifier, serial); the serial alone is not unique (jpki-card §7)."""

    kind: str
    issuer_key_id: bytes
    serial: str


@dataclass(frozen=True)
class SessionRow:
    """セッション: the account behind a token, and its functions where it is an officer's."""

    account_id: UUID
    officer_name: str | None
    functions: tuple[str, ...]


def find_or_open_account(connection: Connection, key: CredentialKey) -> UUID:
    """利用者登録: the account of a certificate; the first login opens one."""
    where = (
        (credential.c.kind == key.kind)
        & (credential.c.issuer_key_id == key.issuer_key_id)
        & (credential.c.serial == key.serial)
    )
    known = connection.execute(select(credential.c.account_id).where(where)).scalar_one_or_none()
    if known is not None:
        return UUID(str(known))
    opened: UUID = connection.execute(insert(account).returning(account.c.id)).scalar_one()
    connection.execute(
        insert(credential).values(kind=key.kind, issuer_key_id=key.issuer_key_id, serial=key.serial, account_id=opened)
    )
    return opened


def appoint(connection: Connection, account_id: UUID, name: str, functions: Iterable[str]) -> None:
    """任命: give an account its functions (事務分掌); repeating it replaces them."""
    row = {"account_id": account_id, "name": name, "functions": list(functions)}
    statement = upsert(officer).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[officer.c.account_id], set_={"name": name, "functions": row["functions"]}
        )
    )


def open_session(connection: Connection, token_hash: bytes, account_id: UUID, lifetime: timedelta) -> None:
    """Sign in. `lifetime` is the absolute limit."""
    connection.execute(
        insert(session).values(token_hash=token_hash, account_id=account_id, expires_at=func.now() + lifetime)
    )


def find_session(connection: Connection, token_hash: bytes, idle: timedelta) -> SessionRow | None:
    """The session, unless it ran out (absolutely, or idle for longer than `idle`)."""
    row = connection.execute(
        select(
            session.c.account_id,
            officer.c.name,
            officer.c.functions,
            (session.c.last_seen_at < func.now() - TOUCH_AFTER).label("stale"),
        )
        .outerjoin(officer, officer.c.account_id == session.c.account_id)
        .where(
            session.c.token_hash == token_hash,
            session.c.expires_at > func.now(),
            session.c.last_seen_at > func.now() - idle,
        )
    ).one_or_none()
    if row is None:
        return None
    if row.stale:
        connection.execute(update(session).where(session.c.token_hash == token_hash).values(last_seen_at=func.now()))
    return SessionRow(row.account_id, row.name, tuple(row.functions or ()))


def close_session(connection: Connection, token_hash: bytes) -> None:
    connection.execute(delete(session).where(session.c.token_hash == token_hash))

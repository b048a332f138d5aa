"""職員・セッション: who is asking, and what they do for the city."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Interval,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from store.tables import credential, officer, officer_duty, session

TOUCH_AFTER = timedelta(minutes=1)
"""last_seen_at is written at most this often, so that a page view is a read."""


WHOLE_CITY = "*"
"""全庁: the department of a duty that counts in every department."""


class Duty(NamedTuple):
    """事務分掌: what an officer does in which department; department `*` is the whole city (全庁)."""

    department: str
    function: str


@dataclass(frozen=True)
class SessionRow:
    """セッション: the account behind a token, how it logged in, and its duties where it is an officer's."""

    account_id: UUID
    credential_id: UUID
    officer_name: str | None
    duties: tuple[Duty, ...]


@dataclass(frozen=True)
class OpenSession:
    """開いているセッション: as its holder sees it in a list; `kind` is what it was opened with."""

    kind: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


def appoint(connection: Connection, account_id: UUID, name: str, duties: Iterable[Duty]) -> None:
    """任命: give an account its duties; repeating it replaces them."""
    statement = upsert(officer).values(account_id=account_id, name=name)
    connection.execute(statement.on_conflict_do_update(index_elements=[officer.c.account_id], set_={"name": name}))
    connection.execute(delete(officer_duty).where(officer_duty.c.account_id == account_id))
    rows = [{"account_id": account_id, **duty._asdict()} for duty in sorted(set(duties))]
    if rows:
        connection.execute(insert(officer_duty), rows)


def dismiss(connection: Connection, account_id: UUID) -> str | None:
    """解任: no duties and no sessions from this moment on; past decisions keep the name. None: no officer."""
    name: str | None = connection.execute(
        select(officer.c.name).where(officer.c.account_id == account_id)
    ).scalar_one_or_none()
    connection.execute(delete(officer_duty).where(officer_duty.c.account_id == account_id))
    if name is not None:
        connection.execute(delete(session).where(session.c.account_id == account_id))
    return name


def has_duties(connection: Connection, account_id: UUID) -> bool:
    """Whether this account works for the city today."""
    held = select(officer_duty.c.account_id).where(officer_duty.c.account_id == account_id).limit(1)
    return connection.execute(held).scalar_one_or_none() is not None


def open_session(
    connection: Connection, token_hash: bytes, account_id: UUID, credential_id: UUID, lifetime: timedelta
) -> None:
    """Sign in. `lifetime` is the absolute limit. Sessions that ran out are swept away on the way."""
    connection.execute(delete(session).where(session.c.account_id == account_id, session.c.expires_at <= func.now()))
    connection.execute(
        insert(session).values(
            token_hash=token_hash,
            account_id=account_id,
            credential_id=credential_id,
            expires_at=func.now() + lifetime,
        )
    )


def find_session(connection: Connection, token_hash: bytes, idle: timedelta) -> SessionRow | None:
    """The session, unless it ran out (absolutely, or idle for longer than `idle`) or its certificate was suspended."""
    row = connection.execute(_SESSION, {"token": token_hash, "idle": idle}).one_or_none()
    if row is None:
        return None
    if row.stale:
        connection.execute(update(session).where(session.c.token_hash == token_hash).values(last_seen_at=func.now()))
    return SessionRow(row.account_id, row.credential_id, row.name, tuple(Duty(*duty) for duty in row.duties or ()))


def sessions(connection: Connection, account_id: UUID, token_hash: bytes, idle: timedelta) -> tuple[OpenSession, ...]:
    """Where this account is logged in now, the newest first."""
    rows = connection.execute(
        select(
            credential.c.kind,
            session.c.created_at,
            session.c.last_seen_at,
            (session.c.token_hash == token_hash).label("current"),
        )
        .join(credential, credential.c.id == session.c.credential_id)
        .where(session.c.account_id == account_id, _alive(idle))
        .order_by(session.c.created_at.desc())
    )
    return tuple(OpenSession(**row._mapping) for row in rows)


def alive(connection: Connection, token_hashes: Collection[bytes], idle: timedelta) -> set[bytes]:
    """有効なセッション: which of these are still open. Asking does not keep a session awake, as `find_session` does."""
    statement = (
        select(session.c.token_hash)
        .join(credential, credential.c.id == session.c.credential_id)
        .where(session.c.token_hash.in_(token_hashes), _alive(idle), credential.c.suspended_at.is_(None))
    )
    return set(connection.execute(statement).scalars())


def close_session(connection: Connection, token_hash: bytes) -> None:
    connection.execute(delete(session).where(session.c.token_hash == token_hash))


def close_other_sessions(connection: Connection, account_id: UUID, token_hash: bytes) -> None:
    """ほかの端末のログアウト."""
    connection.execute(delete(session).where(session.c.account_id == account_id, session.c.token_hash != token_hash))


def _alive(idle: timedelta | BindParameter[timedelta]) -> ColumnElement[bool]:
    return (session.c.expires_at > func.now()) & (session.c.last_seen_at > func.now() - idle)


def _session() -> Select[Any]:
    duties = (
        select(func.jsonb_agg(func.jsonb_build_array(officer_duty.c.department, officer_duty.c.function)))
        .where(officer_duty.c.account_id == session.c.account_id)
        .scalar_subquery()
    )
    alive = _alive(bindparam("idle", type_=Interval()))
    return (
        select(
            session.c.account_id,
            session.c.credential_id,
            officer.c.name,
            duties.label("duties"),
            (session.c.last_seen_at < func.now() - TOUCH_AFTER).label("stale"),
        )
        .join(credential, credential.c.id == session.c.credential_id)
        .outerjoin(officer, officer.c.account_id == session.c.account_id)
        .where(session.c.token_hash == bindparam("token"), alive, credential.c.suspended_at.is_(None))
    )


_SESSION = _session()
"""Asked at every request, so built once."""

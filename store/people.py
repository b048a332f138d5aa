"""職員・セッション: who is asking, and what they do for the city."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Interval,
    Select,
    and_,
    any_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from store import substitutions
from store.tables import appointment, credential, officer, officer_duty, officer_notice, session, substitution

TOUCH_AFTER = timedelta(minutes=1)
"""last_seen_at is written at most this often, so that a page view is a read."""


WHOLE_CITY = "*"
"""全庁: the department of a duty that counts in every department."""


ADMINISTRATOR = "administrator"
"""システム管理者: of the whole city only."""
AUDITOR = "auditor"
"""監査担当: of the whole city only; sees who looked at what and decides nothing."""
HEAD = "head"
"""所属長: superior of a department's officers; what is overdue is escalated to them."""
NEVER_IN_PLACE = (ADMINISTRATOR, AUDITOR)
"""What nobody does in another's place: who administers rights or looks over everybody is appointed to it."""
SHEET_CORRECTION = "sheet_correction"
"""帳票の訂正: of a department's paper, read by machine."""
SHEET_APPROVAL = "sheet_approval"
"""帳票の承認: of what others corrected."""
EXPERT = "expert"
"""外部有識者: appointed to be asked for an opinion; sees what they are shown of a case and nothing else."""


class Duty(NamedTuple):
    """事務分掌: what an officer does in which department; department `*` is the whole city (全庁)."""

    department: str
    function: str


@dataclass(frozen=True)
class InPlace:
    """代理の職務: one duty of somebody for whom an officer stands in, until the end of that day."""

    absent: UUID
    name: str
    until: date
    duty: Duty


@dataclass(frozen=True)
class SessionRow:
    """セッション: the account behind a token, how it logged in, and its duties where it is an officer's."""

    account_id: UUID
    credential_id: UUID | None
    officer_name: str | None
    duties: tuple[Duty, ...]
    in_place: tuple[InPlace, ...] = ()
    unread_notices: int = 0


@dataclass(frozen=True)
class AppointmentRow:
    """任命の経緯: the duties from then on; none: dismissed. `by_name` None: at the command line."""

    at: datetime
    name: str
    duties: tuple[Duty, ...]
    by_name: str | None


@dataclass(frozen=True)
class OpenSession:
    """開いているセッション: as its holder sees it in a list; `kind` is what it was opened with."""

    kind: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


def appoint(
    connection: Connection, account_id: UUID, name: str, duties: Iterable[Duty], *, by: UUID | None = None
) -> None:
    """任命: give an account its duties; repeating it replaces them. `by` None: at the command line."""
    held = sorted(set(duties))
    statement = upsert(officer).values(account_id=account_id, name=name)
    connection.execute(statement.on_conflict_do_update(index_elements=[officer.c.account_id], set_={"name": name}))
    connection.execute(delete(officer_duty).where(officer_duty.c.account_id == account_id))
    if held:
        connection.execute(insert(officer_duty), [{"account_id": account_id, **duty._asdict()} for duty in held])
    _note(connection, account_id, name, held, by)


def dismiss(connection: Connection, account_id: UUID, *, by: UUID | None = None) -> str | None:
    """解任: no duties, no sessions and nobody's substitute from this moment on; past decisions keep the name.

    None: no officer.
    """
    name: str | None = connection.execute(
        select(officer.c.name).where(officer.c.account_id == account_id)
    ).scalar_one_or_none()
    connection.execute(delete(officer_duty).where(officer_duty.c.account_id == account_id))
    if name is not None:
        connection.execute(
            update(officer).where(officer.c.account_id == account_id).values(mail=None, calendar_hash=None)
        )
        connection.execute(delete(session).where(session.c.account_id == account_id))
        substitutions.revoke_all(connection, account_id, by)
        _note(connection, account_id, name, (), by)
    return name


def write_to(connection: Connection, account_id: UUID, mail: str) -> None:
    """職員の宛先: where the officer's mails go."""
    connection.execute(update(officer).where(officer.c.account_id == account_id).values(mail=mail))


def officer_now(connection: Connection, account_id: UUID) -> SessionRow | None:
    """職員のいま: name and duties, one's own and in others' place; None: no officer (any more)."""
    found = select(
        officer.c.name,
        _own(officer.c.account_id).label("duties"),
        _conveyed(officer.c.account_id).label("in_place"),
    ).where(officer.c.account_id == account_id)
    row = connection.execute(found).one_or_none()
    return None if row is None else SessionRow(account_id, None, row.name, _duties(row.duties), _in_place(row.in_place))


def hold_administrators(connection: Connection) -> frozenset[UUID]:
    """管理者: who administers the city; until this transaction ends nobody else takes the function from anybody."""
    held = select(officer_duty.c.account_id).where(
        officer_duty.c.department == WHOLE_CITY, officer_duty.c.function == ADMINISTRATOR
    )
    return frozenset(connection.execute(held.order_by(officer_duty.c.account_id).with_for_update()).scalars())


def appointments(connection: Connection, account_id: UUID, limit: int = 20) -> tuple[AppointmentRow, ...]:
    """任命の経緯 of one officer, the newest first."""
    by = officer.alias()
    statement = (
        select(appointment.c.at, appointment.c.name, appointment.c.duties, by.c.name.label("by_name"))
        .outerjoin(by, by.c.account_id == appointment.c.by)
        .where(appointment.c.account_id == account_id)
        .order_by(appointment.c.id.desc())
        .limit(limit)
    )
    return tuple(
        AppointmentRow(row.at, row.name, tuple(Duty(*each.split(":")) for each in row.duties), row.by_name)
        for row in connection.execute(statement)
    )


def _note(connection: Connection, account_id: UUID, name: str, duties: Collection[Duty], by: UUID | None) -> None:
    said = {"account_id": account_id, "name": name, "duties": [":".join(duty) for duty in duties], "by": by}
    connection.execute(insert(appointment).values(said))


def officer_names(connection: Connection, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """職員の氏名, also of those who are no longer."""
    if not account_ids:
        return {}
    named = select(officer.c.account_id, officer.c.name).where(officer.c.account_id.in_(account_ids))
    return dict(connection.execute(named).tuples().all())


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
    duties, conveyed = _duties(row.duties), _in_place(row.in_place)
    return SessionRow(row.account_id, row.credential_id, row.name, duties, conveyed, row.unread_notices)


def _duties(found: list[list[str]] | None) -> tuple[Duty, ...]:
    return tuple(Duty(*duty) for duty in found or ())


def _in_place(found: list[list[str]] | None) -> tuple[InPlace, ...]:
    return tuple(
        InPlace(UUID(absent), name, date.fromisoformat(until), Duty(*duty))
        for absent, name, until, *duty in found or ()
    )


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


def holds(
    account_id: ColumnElement[UUID], department: ColumnElement[str], function: ColumnElement[str]
) -> ColumnElement[bool]:
    """職務の有無: there or in the whole city, one's own or that of somebody for whom one stands in today."""
    duty = and_(officer_duty.c.function == function, officer_duty.c.department.in_((department, WHOLE_CITY)))
    own = exists().where(officer_duty.c.account_id == account_id, duty)
    return or_(own, exists().where(in_place(account_id), duty))


def in_place(substitute: ColumnElement[UUID]) -> ColumnElement[bool]:
    """代理の職務: a duty of somebody for whom this officer stands in today. Who leaves stands in for nobody."""
    return and_(
        substitution.c.substitute == substitute,
        substitutions.running(),
        officer_duty.c.account_id == substitution.c.absent,
        officer_duty.c.function.not_in(NEVER_IN_PLACE),
        or_(substitution.c.departments.is_(None), officer_duty.c.department == any_(substitution.c.departments)),
    )


def _own(account_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    """自分の職務, as JSON."""
    held = select(func.jsonb_agg(func.jsonb_build_array(officer_duty.c.department, officer_duty.c.function)))
    return held.where(officer_duty.c.account_id == account_id).scalar_subquery()


def _conveyed(account_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    """代理による職務, with whose they are and until when, as JSON."""
    absent = officer.alias()
    duty = (substitution.c.absent, absent.c.name, substitution.c.last_day, officer_duty.c.department,
            officer_duty.c.function)  # fmt: skip
    conveyed = select(func.jsonb_agg(func.jsonb_build_array(*duty)))
    return conveyed.where(in_place(account_id), absent.c.account_id == substitution.c.absent).scalar_subquery()


def _session() -> Select[Any]:
    unread = (
        select(func.count())
        .where(officer_notice.c.officer == session.c.account_id, officer_notice.c.read_at.is_(None))
        .scalar_subquery()
    )
    alive = _alive(bindparam("idle", type_=Interval()))
    return (
        select(
            session.c.account_id,
            session.c.credential_id,
            officer.c.name,
            _own(session.c.account_id).label("duties"),
            unread.label("unread_notices"),
            _conveyed(session.c.account_id).label("in_place"),
            (session.c.last_seen_at < func.now() - TOUCH_AFTER).label("stale"),
        )
        .join(credential, credential.c.id == session.c.credential_id)
        .outerjoin(officer, officer.c.account_id == session.c.account_id)
        .where(session.c.token_hash == bindparam("token"), alive, credential.c.suspended_at.is_(None))
    )


_SESSION = _session()
"""Asked at every request, so built once."""

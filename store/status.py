"""失効確認の記録: daily runs over all registered certificates, list by list, and the certificates they suspended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from store.credentials import CARD, SMARTPHONE
from store.tables import credential, credential_event, session, status_list, status_run

SYSTEM = "system"
"""Who acted, in the events of a certificate."""

Outcome = Literal["waiting", "checked", "unknown"]


@dataclass(frozen=True)
class ListKey:
    """失効リストの鍵: an authority's key and the distribution point its certificates name ("" where they name none)."""

    issuer_key_id: bytes
    distribution_point: str


@dataclass(frozen=True)
class StatusList:
    """失効リストの確認: `reason` is a code, `detail` says more (no personal data)."""

    issuer_key_id: bytes
    distribution_point: str
    registrations: int
    outcome: Outcome
    reason: str | None
    detail: str | None
    suspended: int
    checked_at: datetime | None


@dataclass(frozen=True)
class StatusRun:
    """日次失効確認の一回, summed over its lists."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    registrations: int
    lists: int
    checked: int
    suspended: int
    unconfirmed: int
    """Registrations whose list is not checked (yet): nobody can say today whether they are good."""


# --- a run ------------------------------------------------------------------------------------------------------------


def open_run(connection: Connection, run_id: str) -> None:
    """開始: one line per list that registered certificates stand on or not. Opening it again changes nothing.

    Of one municipality never two runs are under way (the Schedule sees to that): what another left open was abandoned.
    """
    statement = upsert(status_run).values(id=run_id).on_conflict_do_nothing().returning(status_run.c.id)
    if connection.execute(statement).scalar_one_or_none() is None:
        return
    abandoned = (status_run.c.finished_at.is_(None)) & (status_run.c.id != run_id)
    connection.execute(update(status_run).where(abandoned).values(finished_at=func.now()))
    counted = select(literal(run_id), *_KEY, func.count(), literal("waiting")).where(_in_use()).group_by(*_KEY)
    columns = ["run_id", "issuer_key_id", "distribution_point", "registrations", "outcome"]
    connection.execute(insert(status_list).from_select(columns, counted))
    total = select(func.coalesce(func.sum(status_list.c.registrations), 0)).where(status_list.c.run_id == run_id)
    this = status_run.c.id == run_id
    connection.execute(update(status_run).where(this).values(registrations=total.scalar_subquery()))


def unchecked(connection: Connection, run_id: str) -> tuple[ListKey, ...]:
    """未確認のリスト of a run; those never asked come first."""
    statement = (
        select(status_list.c.issuer_key_id, status_list.c.distribution_point)
        .where(status_list.c.run_id == run_id, status_list.c.outcome != "checked")
        .order_by(status_list.c.outcome.desc(), status_list.c.issuer_key_id, status_list.c.distribution_point)
    )
    return tuple(ListKey(**row._mapping) for row in connection.execute(statement))


def hold_list(connection: Connection, run_id: str, key: ListKey) -> bool:
    """Only one works on a list at a time. False where it was checked meanwhile."""
    held = select(status_list.c.outcome).where(_is(run_id, key)).with_for_update()
    outcome: Outcome = connection.execute(held).scalar_one()
    return outcome != "checked"


def mark_checked(connection: Connection, run_id: str, key: ListKey, suspended: int) -> None:
    """確認済み: whoever is registered for this list and was not suspended is good as of now."""
    known = {"outcome": "checked", "reason": None, "detail": None, "suspended": status_list.c.suspended + suspended}
    connection.execute(update(status_list).where(_is(run_id, key)).values(**known, checked_at=func.clock_timestamp()))


def mark_unknown(connection: Connection, run_id: str, key: ListKey, reason: str, detail: str) -> None:
    """不明: never good; asked again. Says nothing about a list that was checked meanwhile."""
    where = _is(run_id, key) & (status_list.c.outcome != "checked")
    connection.execute(update(status_list).where(where).values(outcome="unknown", reason=reason, detail=detail))


def count_suspended(connection: Connection, run_id: str, key: ListKey, suspended: int) -> None:
    """途中経過 of a list that is asked certificate by certificate."""
    more = status_list.c.suspended + suspended
    connection.execute(update(status_list).where(_is(run_id, key)).values(suspended=more))


def finish_run(connection: Connection, run_id: str) -> None:
    """終了, whatever is still unknown."""
    open_ = (status_run.c.id == run_id) & status_run.c.finished_at.is_(None)
    connection.execute(update(status_run).where(open_).values(finished_at=func.now()))


# --- registered certificates ------------------------------------------------------------------------------------------

# PostgreSQL joins: neither the serials of a list nor the registrations are ever in our memory as a whole.
_SUSPEND = text(
    """
    update credential set suspended_at = clock_timestamp(), suspension = 'revoked'
      from unnest(cast(:serials as text[])) as revoked (serial)
     where credential.kind in ('jpki_card', 'jpki_smartphone') and credential.issuer_key_id = :issuer_key_id
       and credential.serial = revoked.serial and credential.suspended_at is null
    returning credential.id
    """
)


def suspend_revoked(connection: Connection, issuer_key_id: bytes, serials: Sequence[str]) -> int:
    """失効による停止: of this authority's `serials` those that are registered. Their sessions are over. How many."""
    found = connection.execute(_SUSPEND, {"serials": list(serials), "issuer_key_id": issuer_key_id})
    ids = [row.id for row in found]
    if ids:
        event = {"actor": SYSTEM, "action": "suspended", "reason": "revoked"}
        connection.execute(insert(credential_event), [{"credential_id": each, **event} for each in ids])
        # A statement of its own: it also sees the session of whoever logged in while the first one waited.
        connection.execute(delete(session).where(session.c.credential_id.in_(ids)))
    return len(ids)


def serials_of(connection: Connection, key: ListKey, *, after: str, limit: int) -> tuple[str, ...]:
    """発行番号 registered for a list, in pages: those behind `after`."""
    statement = (
        select(credential.c.serial)
        .where(_in_use(), _of_list(key), credential.c.serial > after)
        .order_by(credential.c.serial)
        .limit(limit)
    )
    return tuple(connection.execute(statement).scalars())


def resume(connection: Connection, credential_id: UUID, *, actor: str, reason: str) -> bool:
    """停止の解除 of a revoked or suspended certificate. False where it was not; a list that still names it wins."""
    where = (credential.c.id == credential_id) & credential.c.suspension.in_(("revoked", "administrator"))
    cleared = {"suspended_at": None, "suspension": None, "suspension_note": None}
    resumed = connection.execute(update(credential).where(where).values(cleared).returning(credential.c.id))
    if resumed.scalar_one_or_none() is None:
        return False
    event = {"credential_id": credential_id, "actor": actor, "action": "resumed", "reason": reason}
    connection.execute(insert(credential_event).values(event))
    return True


# --- what administrators read -----------------------------------------------------------------------------------------


def runs(connection: Connection, limit: int) -> tuple[StatusRun, ...]:
    """これまでの確認, the newest first."""
    is_checked = status_list.c.outcome == "checked"
    sums = (
        func.count(status_list.c.run_id).label("lists"),
        func.count().filter(is_checked).label("checked"),
        func.coalesce(func.sum(status_list.c.suspended), 0).label("suspended"),
        func.coalesce(func.sum(status_list.c.registrations).filter(~is_checked), 0).label("unconfirmed"),
    )
    own = (status_run.c.id, status_run.c.started_at, status_run.c.finished_at, status_run.c.registrations)
    statement = (
        select(*own, *sums)
        .outerjoin(status_list, status_list.c.run_id == status_run.c.id)
        .group_by(status_run.c.id)
        .order_by(status_run.c.started_at.desc(), status_run.c.id)
        .limit(limit)
    )
    return tuple(StatusRun(**row._mapping) for row in connection.execute(statement))


def unconfirmed_lists(connection: Connection, run_id: str, limit: int) -> tuple[StatusList, ...]:
    """未確認のリスト with the reason, the largest first."""
    statement = (
        select(*(status_list.c[name] for name in StatusList.__annotations__))
        .where(status_list.c.run_id == run_id, status_list.c.outcome != "checked")
        .order_by(status_list.c.registrations.desc(), status_list.c.issuer_key_id, status_list.c.distribution_point)
        .limit(limit)
    )
    return tuple(StatusList(**row._mapping) for row in connection.execute(statement))


_KEY = (credential.c.issuer_key_id, credential.c.distribution_point)


def _in_use() -> ColumnElement[bool]:
    """Certificates that can log in: not suspended, not expired (an expired one is on no list any more)."""
    lasting = or_(credential.c.expires_at.is_(None), credential.c.expires_at > func.now())
    return and_(credential.c.kind.in_((CARD, SMARTPHONE)), credential.c.suspended_at.is_(None), lasting)


def _of_list(key: ListKey) -> ColumnElement[bool]:
    point = credential.c.distribution_point == key.distribution_point
    return and_(credential.c.issuer_key_id == key.issuer_key_id, point)


def _is(run_id: str, key: ListKey) -> ColumnElement[bool]:
    point = status_list.c.distribution_point == key.distribution_point
    return and_(status_list.c.run_id == run_id, status_list.c.issuer_key_id == key.issuer_key_id, point)

"""登録された証明書: as an administrator looks one up: whose it is, whether it may log in, and what happened to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from store.credentials import CARD, SMARTPHONE
from store.tables import credential, credential_event, officer, status_list

SPACES = " \N{IDEOGRAPHIC SPACE}"


@dataclass(frozen=True)
class Registration:
    """登録: `officer_name` is None for residents, whose names this counter does not keep."""

    id: UUID
    kind: str
    issuer_key_id: bytes
    serial: str
    officer_name: str | None
    registered_at: datetime
    expires_at: datetime | None
    confirmed_at: datetime | None
    """When a list last did not name it as revoked."""
    suspended_at: datetime | None
    suspension: str | None
    suspension_note: str | None


@dataclass(frozen=True)
class RegistrationEvent:
    """経緯の一行."""

    at: datetime
    actor: str
    action: str
    reason: str | None


def of_officers(connection: Connection, name: str, limit: int) -> tuple[Registration, ...]:
    """職員の証明書, by a part of the name; spaces in it do not count."""
    wanted = name.translate(dict.fromkeys(map(ord, SPACES)))
    spaceless = func.translate(officer.c.name, SPACES, "")
    return _read(connection, _REGISTRATION.where(spaceless.contains(wanted, autoescape=True)), limit)


def by_serial(connection: Connection, serial: str, issuer_key_id: bytes | None, limit: int) -> tuple[Registration, ...]:
    """発行番号で: several where authorities gave out the same one and no authority is named."""
    statement = _REGISTRATION.where(credential.c.serial == serial)
    if issuer_key_id is not None:
        statement = statement.where(credential.c.issuer_key_id == issuer_key_id)
    return _read(connection, statement, limit)


def of_id(connection: Connection, credential_id: UUID) -> Registration | None:
    found = _read(connection, _REGISTRATION.where(credential.c.id == credential_id), 1)
    return found[0] if found else None


def events(connection: Connection, credential_id: UUID) -> tuple[RegistrationEvent, ...]:
    """経緯, the newest first."""
    columns = (credential_event.c[name] for name in RegistrationEvent.__annotations__)
    where = credential_event.c.credential_id == credential_id
    rows = connection.execute(select(*columns).where(where).order_by(credential_event.c.id.desc()))
    return tuple(RegistrationEvent(**row._mapping) for row in rows)


_CONFIRMED = (
    select(func.max(status_list.c.checked_at))
    .where(
        status_list.c.issuer_key_id == credential.c.issuer_key_id,
        status_list.c.distribution_point == credential.c.distribution_point,
        status_list.c.outcome == "checked",
        status_list.c.checked_at > credential.c.registered_at,
    )
    .scalar_subquery()
)
"""最終確認: kept once per list and day instead of on every registration, which would be rewritten every night."""

_REGISTRATION: Select[tuple[object, ...]] = (
    select(
        *(credential.c[name] for name in ("id", "kind", "issuer_key_id", "serial", "registered_at", "expires_at")),
        *(credential.c[name] for name in ("suspended_at", "suspension", "suspension_note")),
        officer.c.name.label("officer_name"),
        _CONFIRMED.label("confirmed_at"),
    )
    .outerjoin(officer, officer.c.account_id == credential.c.account_id)
    .where(credential.c.kind.in_((CARD, SMARTPHONE)))
    .order_by(credential.c.registered_at.desc(), credential.c.id)
)


def _read(connection: Connection, statement: Select[tuple[object, ...]], limit: int) -> tuple[Registration, ...]:
    return tuple(Registration(**row._mapping) for row in connection.execute(statement.limit(limit)))

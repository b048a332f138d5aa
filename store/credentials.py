"""資格: the certificates, or subjects of the city's identity provider, an account is known by. There may be several."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, select, update

from store.tables import account, case_file, credential, credential_event, draft, officer, session

CARD, SMARTPHONE, SUBJECT = "jpki_card", "jpki_smartphone", "oidc"
HOLDER = "holder"
"""Who acted, in the events: the holder; `system`; or `officer:` and an account id."""


@dataclass(frozen=True)
class CredentialKey:
    """資格の鍵: (kind, CA key identifier, serial); the serial alone is not unique (jpki-card §7)."""

    kind: str
    issuer_key_id: bytes
    serial: str


@dataclass(frozen=True)
class Certificate:
    """証明書: what is kept of one: whose list of revoked certificates it would stand on, and when it expires."""

    key: CredentialKey
    distribution_point: str = ""
    expires_at: datetime | None = None
    replaces: CredentialKey | None = None
    """更新前: the certificate the authority says this one came after, where that one is known here."""

    def packed(self) -> dict[str, object]:
        """As a signing request keeps whose card answered."""
        return {
            **_packed(self.key),
            "distribution_point": self.distribution_point,
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "replaces": _packed(self.replaces) if self.replaces else None,
        }

    @classmethod
    def unpacked(cls, kept: Mapping[str, object]) -> Self:
        expires_at, replaces = kept["expires_at"], kept["replaces"]
        return cls(
            key=_unpacked(kept),
            distribution_point=str(kept["distribution_point"]),
            expires_at=datetime.fromisoformat(expires_at) if isinstance(expires_at, str) else None,
            replaces=_unpacked(replaces) if isinstance(replaces, Mapping) else None,
        )


@dataclass(frozen=True)
class Credential:
    """資格 as stored; `suspension` says why it may not log in."""

    id: UUID
    kind: str
    issuer_key_id: bytes
    serial: str
    account_id: UUID
    registered_at: datetime
    expires_at: datetime | None
    suspended_at: datetime | None
    suspension: str | None


_COLUMNS = tuple(credential.c[name] for name in Credential.__annotations__)


def find(connection: Connection, key: CredentialKey) -> Credential | None:
    """The registration of this certificate."""
    row = connection.execute(select(*_COLUMNS).where(_is(key))).one_or_none()
    return None if row is None else Credential(**row._mapping)


def hold(connection: Connection, key: CredentialKey) -> Credential | None:
    """As `find`; until this transaction ends nobody else registers, moves or suspends it here."""
    name = f"{key.kind}/{key.issuer_key_id.hex()}/{key.serial}"
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    row = connection.execute(select(*_COLUMNS).where(_is(key)).with_for_update()).one_or_none()
    return None if row is None else Credential(**row._mapping)


def of_account(connection: Connection, account_id: UUID) -> tuple[Credential, ...]:
    """Everything an account is known by, the oldest first; what was replaced or removed too."""
    statement = select(*_COLUMNS).where(credential.c.account_id == account_id)
    rows = connection.execute(statement.order_by(credential.c.registered_at, credential.c.id))
    return tuple(Credential(**row._mapping) for row in rows)


def open_account(connection: Connection, certificate: Certificate, actor: str = HOLDER) -> Credential:
    """利用者登録: a new account for a certificate nobody holds here (`hold` it before)."""
    opened: UUID = connection.execute(insert(account).returning(account.c.id)).scalar_one()
    return attach(connection, certificate, opened, actor=actor)


def attach(
    connection: Connection,
    certificate: Certificate,
    account_id: UUID,
    *,
    actor: str = HOLDER,
    action: str = "registered",
) -> Credential:
    """登録: one more certificate of an account (`hold` it before)."""
    statement = insert(credential).values(
        kind=certificate.key.kind,
        issuer_key_id=certificate.key.issuer_key_id,
        serial=certificate.key.serial,
        distribution_point=certificate.distribution_point,
        expires_at=certificate.expires_at,
        account_id=account_id,
    )
    row = connection.execute(statement.returning(*_COLUMNS)).one()
    note(connection, row.id, action, actor=actor)
    return Credential(**row._mapping)


def move(connection: Connection, credential_id: UUID, account_id: UUID) -> None:
    """付替え: from an account where nothing has happened yet to the one its holder uses. Its sessions end.

    Only for a certificate in use, or one its holder removed: it is in use from now on.
    """
    here = {"account_id": account_id, "suspended_at": None, "suspension": None, "suspension_note": None}
    connection.execute(update(credential).where(credential.c.id == credential_id).values(here))
    connection.execute(delete(session).where(session.c.credential_id == credential_id))
    note(connection, credential_id, "linked", actor=HOLDER)


def suspend(
    connection: Connection, credential_id: UUID, suspension: str, *, actor: str, reason: str | None = None
) -> bool:
    """停止: from now on it logs nobody in, and its sessions are over. False where it was suspended before."""
    statement = (
        update(credential)
        .where(credential.c.id == credential_id, credential.c.suspended_at.is_(None))
        .values(suspended_at=func.now(), suspension=suspension, suspension_note=reason)
        .returning(credential.c.id)
    )
    if connection.execute(statement).scalar_one_or_none() is None:
        return False
    connection.execute(delete(session).where(session.c.credential_id == credential_id))
    action = "removed" if suspension == "removed" else "suspended"
    note(connection, credential_id, action, actor=actor, reason=reason or suspension)
    return True


def restore(connection: Connection, credential_id: UUID, *, actor: str) -> None:
    """再登録: a certificate its holder had removed is in use again. Only what was `removed` comes back this way."""
    statement = (
        update(credential)
        .where(credential.c.id == credential_id, credential.c.suspension == "removed")
        .values(suspended_at=None, suspension=None, suspension_note=None)
    )
    connection.execute(statement)
    note(connection, credential_id, "resumed", actor=actor)


def refresh(connection: Connection, known: Credential, certificate: Certificate) -> None:
    """記載事項: where it would be listed when revoked, of certificates registered before that was kept."""
    if known.expires_at is None and certificate.expires_at is not None:
        kept = {"distribution_point": certificate.distribution_point, "expires_at": certificate.expires_at}
        connection.execute(update(credential).where(credential.c.id == known.id).values(kept))


def is_empty(connection: Connection, account_id: UUID) -> bool:
    """空の利用者: no case, no draft, no office: nothing is lost when its certificate goes to another account."""
    used = [exists().where(table.c.account_id == account_id) for table in (case_file, draft, officer)]
    return not connection.execute(select(used[0] | used[1] | used[2])).scalar_one()


def note(connection: Connection, credential_id: UUID, action: str, *, actor: str, reason: str | None = None) -> None:
    """経緯: one more line; lines are never changed."""
    connection.execute(
        insert(credential_event).values(credential_id=credential_id, action=action, actor=actor, reason=reason)
    )


def hold_account(connection: Connection, account_id: UUID) -> None:
    """Of two changes to one account's certificates the second sees what the first did (never remove the last)."""
    connection.execute(select(account.c.id).where(account.c.id == account_id).with_for_update())


def _is(key: CredentialKey) -> ColumnElement[bool]:
    return (
        (credential.c.kind == key.kind)
        & (credential.c.issuer_key_id == key.issuer_key_id)
        & (credential.c.serial == key.serial)
    )


def _packed(key: CredentialKey) -> dict[str, object]:
    return {"kind": key.kind, "issuer_key_id": key.issuer_key_id.hex(), "serial": key.serial}


def _unpacked(kept: Mapping[str, object]) -> CredentialKey:
    return CredentialKey(str(kept["kind"]), bytes.fromhex(str(kept["issuer_key_id"])), str(kept["serial"]))

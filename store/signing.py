"""署名要求: what a card is asked to sign or to read, once, within minutes.

Who asks and who answers must be the same browser. The answer's address carries a handback (引換え) that only the
browser at the card agent gets; only the browser that asked can redeem it. So nobody can have somebody else's card log
them in, or sign their application, by sending that person a link.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, insert, null, select, update

from store.tables import signing_request


@dataclass(frozen=True)
class SigningRequest:
    """署名要求 as stored; `cms`, `credential` (whose certificate) or `attributes` once a card has answered."""

    id: UUID
    purpose: str
    nonce: str
    content: bytes
    account_id: UUID | None
    draft_id: UUID | None
    expires_at: datetime
    cms: bytes | None
    credential: Mapping[str, object] | None
    attributes: Mapping[str, str] | None


_COLUMNS = tuple(signing_request.c[name] for name in SigningRequest.__annotations__)
_OPEN = signing_request.c.answered_at.is_(None) & (signing_request.c.expires_at > func.now())


def ask(
    connection: Connection,
    *,
    purpose: str,
    nonce: str,
    content: bytes,
    lifetime: timedelta,
    browser_hash: bytes | None = None,
    account_id: UUID | None = None,
    draft_id: UUID | None = None,
) -> UUID:
    """Write down what is to be signed, before anybody is asked."""
    statement = (
        insert(signing_request)
        .values(
            purpose=purpose,
            nonce=nonce,
            content=content,
            browser_hash=browser_hash,
            account_id=account_id,
            draft_id=draft_id,
            expires_at=func.now() + lifetime,
        )
        .returning(signing_request.c.id)
    )
    return UUID(str(connection.execute(statement).scalar_one()))


def read(connection: Connection, request_id: UUID) -> SigningRequest | None:
    """The request, unless it has run out or was answered."""
    row = connection.execute(select(*_COLUMNS).where(signing_request.c.id == request_id, _OPEN)).one_or_none()
    return None if row is None else SigningRequest(**row._mapping)


def answer(
    connection: Connection,
    request_id: UUID,
    nonce: str,
    handback_hash: bytes,
    *,
    cms: bytes | None = None,
    credential: Mapping[str, object] | None = None,
    attributes: Mapping[str, str] | None = None,
) -> bool:
    """Note the card's answer (a signature, whose certificate it was, or what it was read), once: of two one wins."""
    statement = (
        update(signing_request)
        .where(signing_request.c.id == request_id, signing_request.c.nonce == nonce, _OPEN)
        .values(
            answered_at=func.now(),
            handback_hash=handback_hash,
            cms=cms,
            credential=credential or null(),
            attributes=dict(attributes) if attributes else null(),
        )
        .returning(signing_request.c.id)
    )
    return connection.execute(statement).scalar_one_or_none() is not None


def redeem_login(connection: Connection, handback_hash: bytes, browser_hash: bytes) -> SigningRequest | None:
    """引換え: the answered login request of this very browser, once."""
    asked_by = (signing_request.c.purpose == "login") & (signing_request.c.browser_hash == browser_hash)
    return _redeem(connection, handback_hash, asked_by)


def redeem_registration(
    connection: Connection, handback_hash: bytes, session_hash: bytes, account_id: UUID
) -> SigningRequest | None:
    """引換え: the answered registration of this very session (its hash stands where a login keeps the browser's)."""
    asked_by = (signing_request.c.browser_hash == session_hash) & (signing_request.c.account_id == account_id)
    return _redeem(connection, handback_hash, asked_by & (signing_request.c.purpose == "register"))


def redeem_signature(connection: Connection, handback_hash: bytes, account_id: UUID) -> SigningRequest | None:
    """引換え: the signed request of the account that asked, once."""
    asked_by = (signing_request.c.purpose == "sign") & (signing_request.c.account_id == account_id)
    return _redeem(connection, handback_hash, asked_by)


def redeem_reading(
    connection: Connection, handback_hash: bytes, account_id: UUID, draft_id: UUID
) -> SigningRequest | None:
    """引換え: what a card was read for this draft of the account that asked, once. The request keeps nothing of it."""
    asked_by = (signing_request.c.account_id == account_id) & (signing_request.c.draft_id == draft_id)
    found = _redeem(connection, handback_hash, asked_by & (signing_request.c.purpose == "read"))
    forget_readings(connection)
    return found


def forget_readings(connection: Connection) -> None:
    """読み取ったものを忘れる: what nobody has fetched in time, and what was fetched."""
    is_over = signing_request.c.attributes.is_not(None) & (signing_request.c.expires_at <= func.now())
    connection.execute(update(signing_request).where(is_over).values(attributes=null()))


def _redeem(connection: Connection, handback_hash: bytes, asked_by: ColumnElement[bool]) -> SigningRequest | None:
    statement = (
        update(signing_request)
        .where(signing_request.c.handback_hash == handback_hash, asked_by, signing_request.c.expires_at > func.now())
        .values(expires_at=func.now())
        .returning(*_COLUMNS)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else SigningRequest(**row._mapping)

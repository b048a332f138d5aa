"""署名要求: what a card is asked to sign, once, within minutes."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from store.tables import signing_request


@dataclass(frozen=True)
class SigningRequest:
    """署名要求 as stored."""

    id: UUID
    purpose: str
    nonce: str
    content: bytes
    browser_hash: bytes | None
    account_id: UUID | None
    draft_id: UUID | None
    return_path: str
    used: bool
    receipt_number: str | None
    credential_account_id: UUID | None


_COLUMNS = (
    signing_request.c.id,
    signing_request.c.purpose,
    signing_request.c.nonce,
    signing_request.c.content,
    signing_request.c.browser_hash,
    signing_request.c.account_id,
    signing_request.c.draft_id,
    signing_request.c.return_path,
    signing_request.c.used_at.is_not(None).label("used"),
    signing_request.c.receipt_number,
    signing_request.c.credential_account_id,
)


def ask(
    connection: Connection,
    *,
    purpose: str,
    nonce: str,
    content: bytes,
    return_path: str,
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
            return_path=return_path,
            browser_hash=browser_hash,
            account_id=account_id,
            draft_id=draft_id,
            expires_at=func.now() + lifetime,
        )
        .returning(signing_request.c.id)
    )
    return UUID(str(connection.execute(statement).scalar_one()))


def read(connection: Connection, request_id: UUID) -> SigningRequest | None:
    """The request, unless it has run out."""
    statement = select(*_COLUMNS).where(signing_request.c.id == request_id, signing_request.c.expires_at > func.now())
    row = connection.execute(statement).one_or_none()
    return None if row is None else SigningRequest(**row._mapping)


def use(connection: Connection, request_id: UUID, nonce: str) -> SigningRequest | None:
    """Take the request, once: of two answers one wins and the other finds None."""
    statement = (
        update(signing_request)
        .where(
            signing_request.c.id == request_id,
            signing_request.c.nonce == nonce,
            signing_request.c.used_at.is_(None),
            signing_request.c.expires_at > func.now(),
        )
        .values(used_at=func.now())
        .returning(*_COLUMNS)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else SigningRequest(**row._mapping)


def logged_in(connection: Connection, request_id: UUID, account_id: UUID) -> None:
    """ログイン: whose card answered; the browser that asked may now collect its session."""
    connection.execute(
        update(signing_request).where(signing_request.c.id == request_id).values(credential_account_id=account_id)
    )


def collect_login(connection: Connection, request_id: UUID, browser_hash: bytes) -> SigningRequest | None:
    """The answered login request of this very browser, once."""
    statement = (
        update(signing_request)
        .where(
            signing_request.c.id == request_id,
            signing_request.c.browser_hash == browser_hash,
            signing_request.c.credential_account_id.is_not(None),
            signing_request.c.expires_at > func.now(),
        )
        .values(expires_at=func.now())
        .returning(*_COLUMNS)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else SigningRequest(**row._mapping)

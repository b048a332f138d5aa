"""職員ログインの求め: a login on its way to the city's identity provider: for one browser, once, within minutes."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, func, insert

from store.tables import identity_request


@dataclass(frozen=True)
class IdentityRequest:
    """職員ログインの求め as redeemed."""

    nonce: str
    code_verifier: str
    next: str


_COLUMNS = tuple(identity_request.c[name] for name in IdentityRequest.__annotations__)


def ask(
    connection: Connection, state_hash: bytes, browser_hash: bytes, wanted: IdentityRequest, lifetime: timedelta
) -> None:
    """Write down what the answer must fit, before anybody is asked. What ran out is swept away on the way."""
    connection.execute(delete(identity_request).where(identity_request.c.expires_at <= func.now()))
    connection.execute(
        insert(identity_request).values(
            state_hash=state_hash,
            browser_hash=browser_hash,
            nonce=wanted.nonce,
            code_verifier=wanted.code_verifier,
            next=wanted.next,
            expires_at=func.now() + lifetime,
        )
    )


def redeem(connection: Connection, state_hash: bytes, browser_hash: bytes) -> IdentityRequest | None:
    """引換え: the request of this state, for the very browser that asked, once."""
    statement = (
        delete(identity_request)
        .where(
            identity_request.c.state_hash == state_hash,
            identity_request.c.browser_hash == browser_hash,
            identity_request.c.expires_at > func.now(),
        )
        .returning(*_COLUMNS)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else IdentityRequest(**row._mapping)

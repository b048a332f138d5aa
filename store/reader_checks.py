"""カードによる本人確認: what the card reader at a counter is asked for a paper that is being entered.

A signing request of its own purpose. Of the card nothing is kept: neither the signature nor whose certificate it was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, insert, literal_column, select, update

from store.tables import signing_request

PURPOSE = "identify"


@dataclass(frozen=True)
class ReaderCheck:
    """カードによる本人確認 as stored: confirmed, refused (why), or neither yet while `expires_at` has not come."""

    id: UUID
    counter: str
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    refused: str | None

    def is_open(self, now: datetime) -> bool:
        """まだ待っている."""
        return self.answered_at is None and self.refused is None and self.expires_at > now


_COLUMNS = tuple(signing_request.c[name] for name in ReaderCheck.__annotations__)
_UNSETTLED = (
    (signing_request.c.purpose == PURPOSE)
    & signing_request.c.answered_at.is_(None)
    & signing_request.c.refused.is_(None)
)


def hold(connection: Connection, counter: str) -> bool:
    """リーダーを取る: until this transaction ends nobody else asks it. False where it is being waited for."""
    city = func.current_setting("app.municipality")
    name = func.hashtextextended(city + f"/reader/{counter}", literal_column("0"))
    connection.execute(select(func.pg_advisory_xact_lock(name)))
    waiting = _UNSETTLED & (signing_request.c.counter == counter) & (signing_request.c.expires_at > func.now())
    return connection.execute(select(signing_request.c.id).where(waiting).limit(1)).first() is None


def ask(
    connection: Connection, *, counter: str, nonce: str, content: bytes, lifetime: timedelta, account_id: UUID,
    draft_id: UUID,
) -> UUID:  # fmt: skip
    """求める: `account_id` and `draft_id` are the paper's."""
    values = {
        "purpose": PURPOSE, "counter": counter, "nonce": nonce, "content": content, "account_id": account_id,
        "draft_id": draft_id, "expires_at": func.now() + lifetime,
    }  # fmt: skip
    statement = insert(signing_request).values(values).returning(signing_request.c.id)
    return UUID(str(connection.execute(statement).scalar_one()))


def confirm(connection: Connection, request_id: UUID, nonce: str) -> bool:
    """確認できた, once. False where it is over."""
    where = (signing_request.c.id == request_id) & (signing_request.c.nonce == nonce)
    return _settle(connection, where & (signing_request.c.expires_at > func.now()), answered_at=func.now())


def refuse(connection: Connection, request_id: UUID, reason: str) -> bool:
    """確認できなかった. What was settled before stays. No signature is taken for it any more."""
    return _settle(connection, signing_request.c.id == request_id, refused=reason, expires_at=func.now())


def newest(connection: Connection, draft_id: UUID) -> ReaderCheck | None:
    """最後の求め of a paper."""
    here = (signing_request.c.draft_id == draft_id) & (signing_request.c.purpose == PURPOSE)
    statement = select(*_COLUMNS).where(here).order_by(signing_request.c.created_at.desc()).limit(1)
    row = connection.execute(statement).one_or_none()
    return None if row is None else ReaderCheck(**row._mapping)


def confirmed(connection: Connection, draft_id: UUID) -> ReaderCheck | None:
    """確認できた求め of a paper, the newest."""
    here = (signing_request.c.draft_id == draft_id) & (signing_request.c.purpose == PURPOSE)
    answered = here & signing_request.c.answered_at.is_not(None)
    row = connection.execute(
        select(*_COLUMNS).where(answered).order_by(signing_request.c.answered_at.desc()).limit(1)
    ).one_or_none()
    return None if row is None else ReaderCheck(**row._mapping)


def _settle(connection: Connection, where: ColumnElement[bool], **values: object) -> bool:
    statement = update(signing_request).where(where, _UNSETTLED).values(values).returning(signing_request.c.id)
    return connection.execute(statement).scalar_one_or_none() is not None

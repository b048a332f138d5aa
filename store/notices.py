"""お知らせ: what a resident is told, where they want it, and what became of every mail and push message.

Whoever tells writes the deliveries too, in the transaction of what is told: a mail cannot be forgotten and cannot speak
of something that did not happen. The courier (activities/notify) sends them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.texts import Language
from procedures.values import ProcedureId, ReceiptNumber
from store.tables import case_file, contact, notice, notice_delivery

Topic = Literal["payment", "correction", "message", "result"]
TOPICS: tuple[Topic, ...] = ("payment", "correction", "message", "result")
"""話題: what a resident may want or not want by mail and push."""
EVERYTHING = "*"
"""In `muted`: nothing at all, whatever topics come later."""
CODE = "code"
"""The kind of the mail that carries a verification code; it is nobody's notice and cannot be muted."""
_TOPIC_OF: Mapping[str, Topic] = {
    "awaiting_payment": "payment",
    "sent_back": "correction",
    "answer_corrected": "correction",
    "extended": "correction",
    "message": "message",
}

_TO_RESIDENT = notice_delivery.c.officer_day.is_(None)
"""What goes to the same person as an officer is no resident's to read about, or to stop."""

Channel = Literal["mail", "push"]
DeliveryStatus = Literal["waiting", "sent", "failed", "bounced", "cancelled"]


@dataclass(frozen=True)
class NoticeRow:
    """お知らせ."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    kind: str
    created_at: datetime


@dataclass(frozen=True)
class Contact:
    """連絡先: `email` is verified; `pending_email` waits for its code."""

    account_id: UUID
    email: str | None
    verified_at: datetime | None
    pending_email: str | None
    code_salt: bytes | None
    code_expires_at: datetime | None
    code_attempts: int
    language: Language
    muted: list[str]
    bounced_at: datetime | None
    bounce: str | None


@dataclass(frozen=True)
class DeliveryLine:
    """配送の一行, as its receiver reads it."""

    id: UUID
    receipt_number: ReceiptNumber | None
    kind: str
    channel: Channel
    status: DeliveryStatus
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None
    error: str | None


def topic_of(kind: str) -> Topic:
    """話題 of a kind of notice; every way a case can end is a result."""
    return _TOPIC_OF.get(kind, "result")


UNDERSTOOD = ("awaiting_payment", "delivered", "withdrawn")
"""What whoever applied on paper need not be told: they pay at the counter, hold it in their hands, or said it."""
_TELL = text(
    """
    with whom as (
        select receipt_number, account_id, arrival from case_file where receipt_number = :receipt_number),
    on_paper as (
        insert into paper_notice (receipt_number, kind)
        select receipt_number, :kind from whom where arrival <> 'online' and not :understood),
    told as (
        insert into notice (receipt_number, account_id, kind)
        select receipt_number, account_id, :kind from whom where arrival = 'online'
        returning id, account_id, kind),
    wanted as (
        select t.* from told t left join contact c on c.account_id = t.account_id
         where not coalesce(c.muted && array[:topic, '*'], false)),
    pushed as (
        insert into notice_delivery (account_id, notice_id, subscription_id, channel, kind)
        select w.account_id, w.id, s.id, 'push', w.kind
          from wanted w join push_subscription s on s.account_id = w.account_id)
    insert into notice_delivery (account_id, notice_id, channel, kind)
    select w.account_id, w.id, 'mail', w.kind
      from wanted w join contact c on c.account_id = w.account_id
     where c.email is not null and c.verified_at is not null and c.bounced_at is null
    """
)


def tell(connection: Connection, receipt_number: ReceiptNumber, kind: str) -> None:
    """お知らせ: tell the resident in the portal, and by mail and push where they want it. One statement.

    Whoever applied on paper has no portal: what is written down waits for an officer to tell them.
    """
    said = {"kind": kind, "topic": topic_of(kind), "understood": kind in UNDERSTOOD}
    connection.execute(_TELL, {"receipt_number": receipt_number, **said})


def notices(connection: Connection, account_id: UUID) -> tuple[NoticeRow, ...]:
    """お知らせ: the newest first."""
    statement = (
        select(notice.c.receipt_number, case_file.c.procedure, case_file.c.version, notice.c.kind, notice.c.created_at)
        .join(case_file, case_file.c.receipt_number == notice.c.receipt_number)
        .where(notice.c.account_id == account_id)
        .order_by(notice.c.created_at.desc())
        .limit(50)
    )
    return tuple(NoticeRow(**row._mapping) for row in connection.execute(statement))


# --- where somebody wants notices -------------------------------------------------------------------------------------

_CONTACT = tuple(contact.c[name] for name in Contact.__annotations__)


def contact_of(connection: Connection, account_id: UUID, *, lock: bool = False) -> Contact | None:
    """連絡先, if this account ever gave one."""
    statement = select(*_CONTACT).where(contact.c.account_id == account_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else Contact(**row._mapping)


def choose(connection: Connection, account_id: UUID, language: Language, muted: Sequence[str]) -> None:
    """選ぶ: language and unwanted topics."""
    chosen = {"language": language, "muted": list(muted), "updated_at": func.now()}
    statement = upsert(contact).values(account_id=account_id, **chosen)
    connection.execute(statement.on_conflict_do_update(index_elements=[contact.c.account_id], set_=chosen))


def open_contact(connection: Connection, account_id: UUID, language: Language) -> Contact:
    """The account's contact, locked; made where there is none, in the language of the page."""
    connection.execute(upsert(contact).values(account_id=account_id, language=language).on_conflict_do_nothing())
    row = connection.execute(select(*_CONTACT).where(contact.c.account_id == account_id).with_for_update()).one()
    return Contact(**row._mapping)


def ask_address(connection: Connection, account_id: UUID, email: str, salt: bytes, lifetime: timedelta) -> None:
    """確認を求める: the address waits for a code, and the mail with the code is on its way. An older code is void."""
    _cancel(connection, account_id, "code_replaced", notice_delivery.c.kind == CODE)
    pending = {"pending_email": email, "code_salt": salt, "code_expires_at": func.now() + lifetime, "code_attempts": 0}
    _change(connection, account_id, pending)
    connection.execute(insert(notice_delivery).values(account_id=account_id, channel="mail", kind=CODE))


def codes_asked(connection: Connection, account_id: UUID, within: timedelta) -> tuple[datetime, ...]:
    """When codes were asked for, the newest first."""
    statement = (
        select(notice_delivery.c.created_at)
        .where(
            notice_delivery.c.account_id == account_id,
            notice_delivery.c.kind == CODE,
            notice_delivery.c.created_at > func.now() - within,
        )
        .order_by(notice_delivery.c.created_at.desc())
    )
    return tuple(connection.execute(statement).scalars())


def count_attempt(connection: Connection, account_id: UUID) -> None:
    """A wrong code."""
    _change(connection, account_id, {"code_attempts": contact.c.code_attempts + 1})


def verify_address(connection: Connection, account_id: UUID) -> None:
    """確認: the waiting address becomes the address; whatever came back from the old one is forgotten."""
    verified = {"email": contact.c.pending_email, "verified_at": func.now(), "bounced_at": None, "bounce": None}
    _change(connection, account_id, {**verified, **_NO_CODE})


def forget_address(connection: Connection, account_id: UUID) -> None:
    """削除: no address, and nothing more is mailed, not even what waits."""
    _cancel(connection, account_id, "address_removed", notice_delivery.c.channel == "mail")
    _change(
        connection, account_id, {"email": None, "verified_at": None, "bounced_at": None, "bounce": None, **_NO_CODE}
    )


def forget_pending(connection: Connection, account_id: UUID) -> None:
    """変更の取りやめ: the address that waits is given up; a verified one stays."""
    _cancel(connection, account_id, "code_replaced", notice_delivery.c.kind == CODE)
    _change(connection, account_id, _NO_CODE)


_NO_CODE: Mapping[str, object] = {
    "pending_email": None, "code_salt": None, "code_expires_at": None, "code_attempts": 0,
}  # fmt: skip


def mute_everything(connection: Connection, account_id: UUID) -> None:
    """配信停止: nothing more, whatever it is about."""
    _change(connection, account_id, {"muted": [EVERYTHING]})
    _cancel(connection, account_id, "stopped", notice_delivery.c.kind != CODE)


def deliveries(connection: Connection, account_id: UUID, limit: int = 20) -> tuple[DeliveryLine, ...]:
    """配送の記録: the newest first."""
    of_notice = {"receipt_number"}
    columns = [notice_delivery.c[name] for name in DeliveryLine.__annotations__ if name not in of_notice]
    statement = (
        select(*columns, notice.c.receipt_number)
        .outerjoin(notice, notice.c.id == notice_delivery.c.notice_id)
        .where(notice_delivery.c.account_id == account_id, _TO_RESIDENT)
        .order_by(notice_delivery.c.created_at.desc())
        .limit(limit)
    )
    return tuple(DeliveryLine(**row._mapping) for row in connection.execute(statement))


def _change(connection: Connection, account_id: UUID, values: Mapping[str, object]) -> None:
    changed = update(contact).where(contact.c.account_id == account_id)
    connection.execute(changed.values({**values, "updated_at": func.now()}))


def _cancel(connection: Connection, account_id: UUID, why: str, which: ColumnElement[bool]) -> None:
    statement = update(notice_delivery).where(
        notice_delivery.c.account_id == account_id,
        notice_delivery.c.status == "waiting",
        _TO_RESIDENT,
        which,
    )
    connection.execute(statement.values(status="cancelled", error=why))

"""メッセージ: between a resident and the officers of a case, with attachments. The bytes are in the object store."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.values import ProcedureId, ReceiptNumber
from store.people import WHOLE_CITY, Duty
from store.tables import case_file, message, message_attachment, officer

Author = Literal["resident", "officer"]


@dataclass(frozen=True)
class AttachedFile:
    """添付ファイル of a message. Sizes in bytes."""

    id: UUID
    message_id: UUID
    name: str
    media_type: str
    bytes: int
    sha256: str
    object_key: str


@dataclass(frozen=True)
class MessageRow:
    """メッセージ as stored. `read_at`: when the other side first opened it."""

    id: UUID
    receipt_number: ReceiptNumber
    author: Author
    author_id: UUID
    officer_name: str | None
    body: str
    sent_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class UnreadRow:
    """未読 of one case, as officers see it: how many, and since when."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    department: str
    count: int
    since: datetime


def send(
    connection: Connection,
    message_id: UUID,
    receipt_number: ReceiptNumber,
    author: Author,
    author_id: UUID,
    body: str,
    attached: Sequence[AttachedFile],
) -> bool:
    """送る, once: the id was chosen when the form was made. False where it was sent before (a double click)."""
    values = {"id": message_id, "receipt_number": receipt_number, "author": author, "author_id": author_id}
    statement = upsert(message).values(**values, body=body).on_conflict_do_nothing().returning(message.c.id)
    if connection.execute(statement).scalar_one_or_none() is None:
        return False
    if attached:
        connection.execute(insert(message_attachment), [each.__dict__ for each in attached])
    return True


def find(connection: Connection, message_id: UUID) -> MessageRow | None:
    """One message, whatever its case."""
    row = connection.execute(_messages().where(message.c.id == message_id)).one_or_none()
    return None if row is None else MessageRow(**row._mapping)


def of_case(connection: Connection, receipt_number: ReceiptNumber) -> tuple[MessageRow, ...]:
    """Oldest first."""
    statement = _messages().where(message.c.receipt_number == receipt_number).order_by(message.c.sent_at, message.c.id)
    return tuple(MessageRow(**row._mapping) for row in connection.execute(statement))


def attached_to(connection: Connection, message_ids: Collection[UUID]) -> tuple[AttachedFile, ...]:
    if not message_ids:
        return ()
    statement = (
        select(*(message_attachment.c[name] for name in AttachedFile.__annotations__))
        .where(message_attachment.c.message_id.in_(message_ids))
        .order_by(message_attachment.c.name, message_attachment.c.id)
    )
    return tuple(AttachedFile(**row._mapping) for row in connection.execute(statement))


def attachment(connection: Connection, receipt_number: ReceiptNumber, attachment_id: UUID) -> AttachedFile | None:
    """One file of one case's messages."""
    row = connection.execute(
        select(*(message_attachment.c[name] for name in AttachedFile.__annotations__))
        .join(message, message.c.id == message_attachment.c.message_id)
        .where(message_attachment.c.id == attachment_id, message.c.receipt_number == receipt_number)
    ).one_or_none()
    return None if row is None else AttachedFile(**row._mapping)


def read_by(connection: Connection, receipt_number: ReceiptNumber, reader: Author) -> int:
    """既読: what the other side wrote and nobody had opened yet; how many."""
    statement = (
        update(message)
        .where(message.c.receipt_number == receipt_number, message.c.author != reader, message.c.read_at.is_(None))
        .values(read_at=func.now())
        .returning(message.c.id)
    )
    return len(connection.execute(statement).all())


def unread_of_account(connection: Connection, account_id: UUID) -> dict[ReceiptNumber, int]:
    """未読件数: of the resident's cases, those with messages of the city they have not opened."""
    statement = (
        select(message.c.receipt_number, func.count())
        .join(case_file, case_file.c.receipt_number == message.c.receipt_number)
        .where(case_file.c.account_id == account_id, message.c.author == "officer", message.c.read_at.is_(None))
        .group_by(message.c.receipt_number)
    )
    return {ReceiptNumber(receipt): number for receipt, number in connection.execute(statement).tuples()}


def unread_in(connection: Connection, duties: Collection[Duty], limit: int = 100) -> tuple[UnreadRow, ...]:
    """未読のメッセージ of residents, in the departments of these duties; who waits longest comes first."""
    departments = {duty.department for duty in duties}
    statement = (
        select(
            message.c.receipt_number, case_file.c.procedure, case_file.c.version, case_file.c.department,
            func.count().label("count"), func.min(message.c.sent_at).label("since"),
        )
        .join(case_file, case_file.c.receipt_number == message.c.receipt_number)
        .where(message.c.author == "resident", message.c.read_at.is_(None))
        .group_by(message.c.receipt_number, case_file.c.procedure, case_file.c.version, case_file.c.department)
        .order_by(func.min(message.c.sent_at))
        .limit(limit)
    )  # fmt: skip
    if WHOLE_CITY not in departments:
        statement = statement.where(case_file.c.department.in_(departments))
    return tuple(UnreadRow(**row._mapping) for row in connection.execute(statement))


def _messages() -> Select[tuple[Any, ...]]:
    return select(
        message.c.id, message.c.receipt_number, message.c.author, message.c.author_id,
        officer.c.name.label("officer_name"), message.c.body, message.c.sent_at, message.c.read_at,
    ).outerjoin(officer, officer.c.account_id == message.c.author_id)  # fmt: skip

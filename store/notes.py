"""内部メモ: what officers of a case write for each other. The database lets nobody change what was written."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.values import ReceiptNumber
from store.tables import case_note, officer


@dataclass(frozen=True)
class NoteRow:
    """内部メモ as stored, with its author's name."""

    id: UUID
    receipt_number: ReceiptNumber
    author: UUID
    author_name: str
    body: str
    written_at: datetime
    withdrawn_at: datetime | None


def write(connection: Connection, note_id: UUID, receipt_number: ReceiptNumber, author: UUID, body: str) -> bool:
    """書く, once: the id was chosen when the form was made. False where it was written before (a double click)."""
    values = {"id": note_id, "receipt_number": receipt_number, "author": author, "body": body}
    statement = upsert(case_note).values(**values).on_conflict_do_nothing().returning(case_note.c.id)
    return connection.execute(statement).scalar_one_or_none() is not None


def withdraw(connection: Connection, note_id: UUID, receipt_number: ReceiptNumber, author: UUID) -> bool:
    """取り下げる: it stays readable. False where it is not this author's, or withdrawn already."""
    statement = (
        update(case_note)
        .where(
            case_note.c.id == note_id,
            case_note.c.receipt_number == receipt_number,
            case_note.c.author == author,
            case_note.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=func.now())
        .returning(case_note.c.id)
    )
    return connection.execute(statement).scalar_one_or_none() is not None


def of_case(connection: Connection, receipt_number: ReceiptNumber) -> tuple[NoteRow, ...]:
    """The newest first, withdrawn ones too."""
    columns = (case_note.c[name] for name in NoteRow.__annotations__ if name != "author_name")
    statement = (
        select(*columns, officer.c.name.label("author_name"))
        .join(officer, officer.c.account_id == case_note.c.author)
        .where(case_note.c.receipt_number == receipt_number)
        .order_by(case_note.c.written_at.desc(), case_note.c.id)
    )
    return tuple(NoteRow(**row._mapping) for row in connection.execute(statement))

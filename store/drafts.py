"""下書き: answers and attachments that are not filed yet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, insert, literal, select, update

from procedures.paper import Arrival
from procedures.texts import Language
from procedures.values import ProcedureId, ReceiptNumber
from store.tables import attachment, case_file, draft, submission


@dataclass(frozen=True)
class DraftRow:
    """下書き; `corrects` names the case whose answers it corrects, `receipt_number` the case it became."""

    id: UUID
    account_id: UUID
    procedure: ProcedureId
    version: int
    corrects: ReceiptNumber | None
    answers: Mapping[str, object]
    language: Language
    receipt_number: ReceiptNumber | None
    revision: int
    """Counts the saves of its answers, so that two devices cannot overwrite each other unseen."""
    prefilled: Mapping[str, Any]
    """事前入力: what was filled in for the resident, by field: {"from": where it came from, "value": what it was}."""
    arrival: Arrival = "online"
    received_on: date | None = None
    """Of a new request on paper: the day it reached the city. None: the day it is filed, or the case's own."""


@dataclass(frozen=True)
class AttachmentRow:
    """添付ファイル."""

    id: UUID
    field: str
    name: str
    media_type: str
    bytes: int
    sha256: str
    object_key: str


_DRAFT = (
    draft.c.id,
    draft.c.account_id,
    draft.c.procedure,
    draft.c.version,
    draft.c.corrects,
    draft.c.answers,
    draft.c.language,
    draft.c.receipt_number,
    draft.c.revision,
    draft.c.prefilled,
    draft.c.arrival,
    draft.c.received_on,
)
_OWNED = select(*_DRAFT).where(draft.c.id == bindparam("wanted"), draft.c.account_id == bindparam("owner"))
_LOCKED = _OWNED.with_for_update()
_ATTACHMENT = (
    attachment.c.id,
    attachment.c.field,
    attachment.c.name,
    attachment.c.media_type,
    attachment.c.bytes,
    attachment.c.sha256,
    attachment.c.object_key,
)


def start(
    connection: Connection,
    *,
    account_id: UUID,
    procedure: ProcedureId,
    version: int,
    language: str,
    answers: Mapping[str, object],
    corrects: ReceiptNumber | None = None,
    prefilled: Mapping[str, Mapping[str, object]] | None = None,
    arrival: Arrival = "online",
    received_on: date | None = None,
) -> UUID:
    statement = (
        insert(draft)
        .values(
            account_id=account_id,
            procedure=procedure,
            version=version,
            language=language,
            answers=dict(answers),
            corrects=corrects,
            prefilled=dict(prefilled or {}),
            arrival=arrival,
            received_on=received_on,
        )
        .returning(draft.c.id)
    )
    return UUID(str(connection.execute(statement).scalar_one()))


def read(connection: Connection, draft_id: UUID, account_id: UUID, *, lock: bool = False) -> DraftRow | None:
    """The draft of this account. `lock` while filing: a double click waits and then finds the case."""
    statement = _LOCKED if lock else _OWNED
    row = connection.execute(statement, {"wanted": draft_id, "owner": account_id}).one_or_none()
    return None if row is None else DraftRow(**row._mapping)


def is_open() -> ColumnElement[bool]:
    """書きかけ: not filed yet; a correction only while the city waits for it."""
    asked = exists().where(case_file.c.receipt_number == draft.c.corrects, case_file.c.status == "awaiting_correction")
    return draft.c.receipt_number.is_(None) & (draft.c.corrects.is_(None) | asked)


def listed(connection: Connection, account_id: UUID) -> tuple[DraftRow, ...]:
    statement = (
        select(*_DRAFT)
        .where(draft.c.account_id == account_id, is_open())
        .order_by(draft.c.updated_at.desc())
        .limit(100)
    )
    return tuple(DraftRow(**row._mapping) for row in connection.execute(statement))


def save(connection: Connection, draft_id: UUID, answers: Mapping[str, object], *, revision: int) -> int | None:
    """Save over `revision`; the new one, or None where another device saved meanwhile and nothing was written."""
    statement = (
        update(draft)
        .where(draft.c.id == draft_id, draft.c.revision == revision)
        .values(answers=dict(answers), updated_at=func.now(), revision=draft.c.revision + 1)
        .returning(draft.c.revision)
    )
    saved: int | None = connection.execute(statement).scalar_one_or_none()
    return saved


def prefill(
    connection: Connection, row: DraftRow, answers: Mapping[str, object], prefilled: Mapping[str, object]
) -> None:
    """事前入力を加える to a locked draft: the answers are `answers` from now on."""
    values = {"answers": dict(answers), "prefilled": dict(prefilled), "updated_at": func.now()}
    connection.execute(update(draft).where(draft.c.id == row.id).values(**values, revision=row.revision + 1))


def renew(connection: Connection, draft_id: UUID, version: int, answers: Mapping[str, object]) -> None:
    """改定への引継ぎ: the draft is of this version from now on."""
    values = {"version": version, "answers": dict(answers), "updated_at": func.now()}
    connection.execute(update(draft).where(draft.c.id == draft_id).values(**values, revision=draft.c.revision + 1))


def remove(connection: Connection, draft_id: UUID) -> tuple[str, ...]:
    """Delete a draft with its files; returns the object keys that nothing names any more."""
    mine = delete(attachment).where(attachment.c.draft_id == draft_id).returning(attachment.c.object_key)
    keys = connection.execute(mine).scalars().all()
    connection.execute(delete(draft).where(draft.c.id == draft_id))
    return tuple(key for key in keys if not names_object(connection, key))


def filed(connection: Connection, draft_id: UUID, receipt_number: ReceiptNumber) -> None:
    connection.execute(update(draft).where(draft.c.id == draft_id).values(receipt_number=receipt_number))


def attachments(connection: Connection, draft_id: UUID) -> tuple[AttachmentRow, ...]:
    statement = select(*_ATTACHMENT).where(attachment.c.draft_id == draft_id).order_by(attachment.c.uploaded_at)
    return tuple(AttachmentRow(**row._mapping) for row in connection.execute(statement))


def attachments_by_draft(
    connection: Connection, draft_ids: Collection[UUID]
) -> Mapping[UUID, tuple[AttachmentRow, ...]]:
    """添付ファイル of several drafts; those without any are absent."""
    found: dict[UUID, tuple[AttachmentRow, ...]] = {}
    statement = select(attachment.c.draft_id, *_ATTACHMENT).where(attachment.c.draft_id.in_(draft_ids))
    for draft_id, *row in connection.execute(statement.order_by(attachment.c.uploaded_at)):
        found[draft_id] = (*found.get(draft_id, ()), AttachmentRow(*row))
    return found


def attached_to_case(
    connection: Connection, receipt_number: ReceiptNumber, attachment_id: UUID
) -> AttachmentRow | None:
    """One file of any revision of a case."""
    filed = select(submission.c.draft_id).where(submission.c.receipt_number == receipt_number)
    statement = select(*_ATTACHMENT).where(attachment.c.id == attachment_id, attachment.c.draft_id.in_(filed))
    row = connection.execute(statement).one_or_none()
    return None if row is None else AttachmentRow(**row._mapping)


def attach(connection: Connection, draft_id: UUID, row: AttachmentRow) -> None:
    connection.execute(
        insert(attachment).values(
            id=row.id,
            draft_id=draft_id,
            field=row.field,
            name=row.name,
            media_type=row.media_type,
            bytes=row.bytes,
            sha256=row.sha256,
            object_key=row.object_key,
        )
    )


def detach(connection: Connection, draft_id: UUID, attachment_id: UUID) -> str | None:
    """Remove an attachment; returns its object key, or None where there is none."""
    statement = (
        delete(attachment)
        .where(attachment.c.id == attachment_id, attachment.c.draft_id == draft_id)
        .returning(attachment.c.object_key)
    )
    key: str | None = connection.execute(statement).scalar_one_or_none()
    return key


def names_object(connection: Connection, object_key: str) -> bool:
    """Whether any draft still names this object (a correction shares its case's files)."""
    statement = select(attachment.c.id).where(attachment.c.object_key == object_key).limit(1)
    return connection.execute(statement).scalar_one_or_none() is not None


def share_attachments(connection: Connection, source: UUID, target: UUID) -> None:
    """補正の下書き: the new draft starts with the files of the last submission."""
    columns = ("field", "name", "media_type", "bytes", "sha256", "object_key")
    copied = select(literal(target), *(attachment.c[name] for name in columns)).where(attachment.c.draft_id == source)
    connection.execute(insert(attachment).from_select(["draft_id", *columns], copied))


def correcting(connection: Connection, account_id: UUID, receipt_number: ReceiptNumber) -> UUID | None:
    """The correction already begun for this case, if any."""
    statement = select(draft.c.id).where(
        draft.c.account_id == account_id, draft.c.corrects == receipt_number, draft.c.receipt_number.is_(None)
    )
    begun: UUID | None = connection.execute(statement.limit(1)).scalar_one_or_none()
    return begun

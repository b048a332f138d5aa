"""メッセージ: between a resident and the officers of a case, with attachments only these two sides can read.

A resident writes while the case is open and for thirty days after its end; who comes later asks the department. What
was written stays readable as long as the case is kept.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID, uuid4

from fastapi import APIRouter, File, Form, Response, UploadFile
from sqlalchemy import Connection
from starlette.datastructures import UploadFile as AnyUpload

from api.case.access import absent, actor_of, concerns, in_place_of, look_at, require_case
from api.counter import City, Counter, CounterHere, LoggedIn, Officer
from api.filing.examination import examine
from api.problems import problem
from api.views import MessageFileView, MessageView, ThreadView, UnreadView, Visitor
from procedures.form import AttachmentKind
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases, messages
from store.accesses import Kind
from store.cases import CaseRow
from store.messages import AttachedFile, Author, MessageRow
from store.people import Duty

router = APIRouter(prefix="/api", tags=["messages"])

LONGEST = 5000
"""Characters of one message."""
MOST_FILES = 5
MOST_PAGES = 100
"""Pages of one PDF."""
ACCEPTED: tuple[AttachmentKind, ...] = ("pdf", "jpeg", "png")
WRITABLE_AFTER_CLOSING = timedelta(days=30)
LONGEST_NAME = 200

Body = Annotated[str, Form(max_length=LONGEST * 4)]
Files = Annotated[list[UploadFile], File()]
MessageId = Annotated[UUID | None, Form()]
FILE_SENT: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}


@dataclass(frozen=True)
class Upload:
    """届いたファイル."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Side:
    """どちら側から: the resident of a case, or one of its officers. Each finds only what they may see."""

    counter: Counter
    city: MunicipalityCode
    visitor: Visitor
    author: Author

    def case(self, connection: Connection, receipt_number: ReceiptNumber) -> CaseRow:
        """Raises Problem: not_found, also for a case that is none of theirs; recused, for one too close to them."""
        if self.author == "officer":
            return require_case(self.counter, connection, self.visitor, receipt_number)
        row = cases.read(connection, receipt_number, self.visitor.account_id)
        if row is None:
            raise absent(connection, receipt_number)
        return row

    def look(self, connection: Connection, row: CaseRow, kind: Kind) -> None:
        """見る: what an officer is about to see is written down."""
        if self.author == "officer":
            look_at(self.counter, connection, self.visitor, row, kind)


def resident_side(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> Side:
    return Side(counter, city, visitor, "resident")


def officer_side(counter: Counter, city: MunicipalityCode, officer: Visitor) -> Side:
    return Side(counter, city, officer, "officer")


# --- use cases --------------------------------------------------------------------------------------------------------


def thread(side: Side, receipt_number: ReceiptNumber) -> ThreadView:
    """やりとりを読む. Reading does not mark as read: `read_all` does, once the page is really shown."""
    with side.counter.database.reading(side.city) as connection:
        row = side.case(connection, receipt_number)
        side.look(connection, row, "messages")
        rows = messages.of_case(connection, receipt_number)
        files = messages.attached_to(connection, [each.id for each in rows])
    until = _writable_until(row)
    return ThreadView(
        receipt_number=receipt_number,
        messages=tuple(_view(side, each, files) for each in rows),
        may_write=row.arrival == "online" and (until is None or datetime.now(UTC) < until),
        writable_until=until,
        next_id=uuid4(),
    )


def read_all(side: Side, receipt_number: ReceiptNumber) -> int:
    """既読にする: what the other side wrote; how many were new."""
    with side.counter.database.transaction(side.city) as connection:
        side.case(connection, receipt_number)
        return messages.read_by(connection, receipt_number, side.author)


def write(
    side: Side, receipt_number: ReceiptNumber, body: str, uploads: Sequence[Upload] = (), message_id: UUID | None = None
) -> UUID:
    """送る, once per `message_id`; the message's id.

    Raises Problem: not_found, message_empty, message_too_long, message_too_many_files, messages_closed,
    message_id_taken, and what `api.filing.examination.examine` refuses.
    """
    text = _sendable(body, uploads)
    wanted = message_id or uuid4()
    with side.counter.database.reading(side.city) as connection:
        row = side.case(connection, receipt_number)
        _require_open(row)
        if _was_sent(connection, side, receipt_number, wanted):
            return wanted
    with _kept(side, wanted, uploads) as kept, side.counter.database.transaction(side.city) as connection:
        sent = messages.send(connection, wanted, receipt_number, side.author, side.visitor.account_id, text, kept)
        if sent:
            _tell(connection, side, row)
    if not sent:
        for each in kept:
            side.counter.objects.delete(each.object_key)
        with side.counter.database.reading(side.city) as connection:
            _was_sent(connection, side, receipt_number, wanted)
    return wanted


def attachment(side: Side, receipt_number: ReceiptNumber, attachment_id: UUID) -> tuple[bytes, str, str]:
    """添付ファイル: (bytes, media type, name). Raises Problem: not_found."""
    with side.counter.database.reading(side.city) as connection:
        row = side.case(connection, receipt_number)
        found = messages.attachment(connection, receipt_number, attachment_id)
        if found is None:
            raise problem("not_found")
        side.look(connection, row, "message_attachment")
    return side.counter.objects.get(found.object_key), found.media_type, found.name


def unread(side: Side) -> tuple[UnreadView, ...]:
    """未読: cases whose residents wrote to this officer's department, who waits longest first."""
    held = [Duty(duty.department, duty.function) for duty in side.visitor.duties]
    with side.counter.database.reading(side.city) as connection:
        rows = messages.unread_in(connection, held)
    return tuple(
        UnreadView.model_validate(row.__dict__)
        for row in rows
        if concerns(side.counter.library, side.visitor, row.procedure, row.version, row.department)
    )


# --- small things -----------------------------------------------------------------------------------------------------


def _sendable(body: str, uploads: Sequence[Upload]) -> str:
    text = body.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text and not uploads:
        raise problem("message_empty")
    if len(text) > LONGEST:
        raise problem("message_too_long")
    if len(uploads) > MOST_FILES:
        raise problem("message_too_many_files")
    return text


def _writable_until(row: CaseRow) -> datetime | None:
    return None if row.closed_at is None else row.closed_at + WRITABLE_AFTER_CLOSING


def _require_open(row: CaseRow) -> None:
    if row.arrival != "online":
        raise problem("resident_without_portal")
    until = _writable_until(row)
    if until is not None and datetime.now(UTC) >= until:
        raise problem("messages_closed")


def _was_sent(connection: Connection, side: Side, receipt_number: ReceiptNumber, message_id: UUID) -> bool:
    """二度押し: this very message is there already. Raises Problem where the id is another message's."""
    found = messages.find(connection, message_id)
    if found is not None and (found.receipt_number, found.author_id) != (receipt_number, side.visitor.account_id):
        raise problem("message_id_taken")
    return found is not None


@contextmanager
def _kept(side: Side, message_id: UUID, uploads: Sequence[Upload]) -> Iterator[list[AttachedFile]]:
    """Bytes before rows, so that no row is without bytes; and no bytes without rows if the rows cannot be written."""
    kept: list[AttachedFile] = []
    try:
        for upload in uploads:
            kept.append(_keep(side, message_id, upload))
        yield kept
    except BaseException:
        for each in kept:
            side.counter.objects.delete(each.object_key)
        raise


def _keep(side: Side, message_id: UUID, upload: Upload) -> AttachedFile:
    """検査して保存する."""
    counter = side.counter
    examined = examine(counter, upload.data, ACCEPTED, counter.settings.upload_limit, MOST_PAGES)
    attachment_id = uuid4()
    row = AttachedFile(
        id=attachment_id,
        message_id=message_id,
        name=harmless(upload.name),
        media_type=examined.media_type,
        bytes=len(examined.data),
        sha256=hashlib.sha256(examined.data).hexdigest(),
        object_key=f"{side.city}/messages/{attachment_id}",
    )
    counter.objects.put(row.object_key, examined.data)
    return row


def harmless(name: str) -> str:
    """A file's own name without folders and control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if c.isprintable()).strip()
    return shown[-LONGEST_NAME:] or "file"


def _tell(connection: Connection, side: Side, row: CaseRow) -> None:
    """監査 without content; the resident is told of what an officer wrote."""
    if side.author == "resident":
        cases.say(connection, row.receipt_number, "message_sent", actor="resident")
        return
    facts = in_place_of(side.counter.library, side.visitor, row)
    cases.say(connection, row.receipt_number, "message_sent", actor=actor_of(side.visitor), facts=facts)
    cases.tell(connection, row.receipt_number, "message")


def _view(side: Side, row: MessageRow, files: Sequence[AttachedFile]) -> MessageView:
    return MessageView(
        id=row.id,
        author=row.author,
        author_name=row.officer_name if side.author == "officer" else None,
        body=row.body,
        sent_at=row.sent_at,
        read_at=row.read_at,
        attachments=tuple(
            MessageFileView(id=each.id, name=each.name, media_type=each.media_type, bytes=each.bytes)
            for each in files
            if each.message_id == row.id
        ),
    )


def uploads_of(counter: Counter, files: Sequence[AnyUpload]) -> tuple[Upload, ...]:
    """届いたファイル; an empty file input is none."""
    limit = counter.settings.upload_limit + 1
    return tuple(Upload(each.filename, each.file.read(limit)) for each in files if each.filename)


def _file_response(data: bytes, media_type: str, name: str) -> Response:
    """Saved under its own name, never shown inside our pages (RFC 6266, RFC 8187)."""
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
    }
    return Response(data, media_type=media_type, headers=headers)


# --- routes: residents ------------------------------------------------------------------------------------------------


@router.get("/cases/{receipt_number}/messages")
def read_messages(counter: CounterHere, city: City, visitor: LoggedIn, receipt_number: str) -> ThreadView:
    """メッセージを読む."""
    return thread(resident_side(counter, city, visitor), ReceiptNumber(receipt_number))


@router.post("/cases/{receipt_number}/messages", status_code=201)
def send_message(
    counter: CounterHere, city: City, visitor: LoggedIn, receipt_number: str,
    body: Body = "", files: Files = [], id: MessageId = None,  # noqa: B006 - the form's own names; FastAPI copies
) -> ThreadView:  # fmt: skip
    """メッセージを送る: `id` is the thread's `next_id`; sent twice, the message is taken in once."""
    side = resident_side(counter, city, visitor)
    write(side, ReceiptNumber(receipt_number), body, uploads_of(counter, files), id)
    return thread(side, ReceiptNumber(receipt_number))


@router.post("/cases/{receipt_number}/messages/read")
def read_all_messages(counter: CounterHere, city: City, visitor: LoggedIn, receipt_number: str) -> ThreadView:
    """既読にする."""
    side = resident_side(counter, city, visitor)
    read_all(side, ReceiptNumber(receipt_number))
    return thread(side, ReceiptNumber(receipt_number))


@router.get("/cases/{receipt_number}/messages/attachments/{attachment_id}", responses=FILE_SENT)
def read_message_attachment(
    counter: CounterHere, city: City, visitor: LoggedIn, receipt_number: str, attachment_id: UUID
) -> Response:
    """メッセージの添付ファイル."""
    side = resident_side(counter, city, visitor)
    return _file_response(*attachment(side, ReceiptNumber(receipt_number), attachment_id))


# --- routes: officers -------------------------------------------------------------------------------------------------


@router.get("/inbox/messages")
def list_unread(counter: CounterHere, city: City, officer: Officer) -> tuple[UnreadView, ...]:
    """申請者からの未読のメッセージ."""
    return unread(officer_side(counter, city, officer))


@router.get("/inbox/cases/{receipt_number}/messages")
def read_as_officer(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> ThreadView:
    """申請者とのメッセージを読む."""
    return thread(officer_side(counter, city, officer), ReceiptNumber(receipt_number))


@router.post("/inbox/cases/{receipt_number}/messages", status_code=201)
def send_as_officer(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str,
    body: Body = "", files: Files = [], id: MessageId = None,  # noqa: B006 - the form's own names; FastAPI copies
) -> ThreadView:  # fmt: skip
    """申請者にメッセージを送る: the resident is told."""
    side = officer_side(counter, city, officer)
    write(side, ReceiptNumber(receipt_number), body, uploads_of(counter, files), id)
    return thread(side, ReceiptNumber(receipt_number))


@router.post("/inbox/cases/{receipt_number}/messages/read")
def read_all_as_officer(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> ThreadView:
    """既読にする."""
    side = officer_side(counter, city, officer)
    read_all(side, ReceiptNumber(receipt_number))
    return thread(side, ReceiptNumber(receipt_number))


@router.get("/inbox/cases/{receipt_number}/messages/attachments/{attachment_id}", responses=FILE_SENT)
def read_attachment_as_officer(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, attachment_id: UUID
) -> Response:
    """申請者からの添付ファイル."""
    side = officer_side(counter, city, officer)
    return _file_response(*attachment(side, ReceiptNumber(receipt_number), attachment_id))

"""添付ファイル: the files of a draft, on their way in, out, and back to their owner."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import quote
from uuid import UUID, uuid4

from fastapi import APIRouter, File, Form, Response, UploadFile
from sqlalchemy import Connection
from starlette.datastructures import UploadFile as AnyUpload

from api.counter import City, Counter, CounterHere, LoggedIn
from api.filing.drafts import attachment_view, marks_of, owned
from api.filing.examination import Examined, bind, examine, require_kind
from api.problems import Problem, problem
from api.views import AttachmentView, Visitor
from procedures.form import AttachmentField
from procedures.paper import SCAN
from procedures.submission import PAPER_SCAN
from procedures.texts import Text
from procedures.values import MunicipalityCode
from store import drafts, paper_readings
from store.drafts import AttachmentRow, DraftRow

router = APIRouter(prefix="/api/drafts", tags=["drafts"])

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chosen:
    """選んだファイル: as it came; neither its name nor its kind is believed."""

    name: str
    data: bytes


@router.post("/{draft_id}/attachments", status_code=201)
def add_attachments(
    counter: CounterHere,
    city: City,
    visitor: LoggedIn,
    draft_id: UUID,
    field: Annotated[str, Form(max_length=60)],
    file: Annotated[list[UploadFile], File(max_length=20)],
) -> tuple[AttachmentView, ...]:
    """ファイルを添付する: one part `file` for each, all of them or none. Photographs may come back as one PDF."""
    return attach(counter, city, visitor, draft_id, field, [received(counter, each) for each in file])


@router.get("/{draft_id}/attachments/{attachment_id}", response_class=Response)
def read_attachment(
    counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, attachment_id: UUID
) -> Response:
    """添付したファイルを開く: one's own, also after it was filed."""
    return opened(counter, city, visitor, draft_id, attachment_id)


@router.delete("/{draft_id}/attachments/{attachment_id}", status_code=204)
def remove_attachment(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, attachment_id: UUID) -> None:
    """添付を外す."""
    detach(counter, city, visitor, draft_id, attachment_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def received(counter: Counter, file: AnyUpload) -> Chosen:
    """届いたファイル, up to the upload limit."""
    return Chosen(file.filename or "", file.file.read(counter.settings.upload_limit + 1))


def attach(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, field: str, chosen: Sequence[Chosen]
) -> tuple[AttachmentView, ...]:
    """ファイルを添付する: all or none; what each is, its bytes say. The same file twice (a double click) is there once.

    Raises Problem: of `examine` (naming the file where several came), field_not_marked, too_many_files, draft_filed.
    """
    with counter.database.reading(city) as connection:
        row = owned(connection, visitor, draft_id)
        _require_marked(connection, row, field)
        attached = drafts.attachments(connection, draft_id)
    asked = _asked(counter, row, field)
    taken = _examined(counter, asked, chosen)
    new = [_row(city, field, name, examined) for name, examined in taken]
    _require_room(asked, attached, new)
    contents = [examined.data for _, examined in taken]
    with _kept(counter, new, contents), counter.database.transaction(city) as connection:
        owned(connection, visitor, draft_id, lock=True)  # filed, or filled from another device, while bytes were stored
        attached = drafts.attachments(connection, draft_id)
        _require_room(asked, attached, new)
        fresh = _fresh(attached, new)
        for each in fresh:
            drafts.attach(connection, draft_id, each)
    for each in new:
        if each not in fresh:
            counter.objects.delete(each.object_key)
    there = {_same(each): each for each in (*attached, *fresh)}
    return tuple(attachment_view(there[_same(each)]) for each in new)


def detach(counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, attachment_id: UUID) -> None:
    """添付を外す. The bytes go when no other draft (an earlier revision) still names them."""
    with counter.database.transaction(city) as connection:
        row = owned(connection, visitor, draft_id, lock=True)
        found = next((a for a in drafts.attachments(connection, draft_id) if a.id == attachment_id), None)
        if found is None:
            raise problem("not_found")
        _require_marked(connection, row, found.field)
        key = drafts.detach(connection, draft_id, attachment_id)
        if key is None:
            raise problem("not_found")
        if found.field == PAPER_SCAN:
            paper_readings.discard(connection, draft_id)  # it may have been read from this very scan
        unused = not drafts.names_object(connection, key)
    if unused:
        counter.objects.delete(key)


def opened(counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, attachment_id: UUID) -> Response:
    """添付したファイル as a download: never shown within our own pages, whatever is in it. Raises Problem."""
    with counter.database.reading(city) as connection:
        row = drafts.read(connection, draft_id, visitor.account_id)
        attached = drafts.attachments(connection, draft_id) if row else ()
    found = next((each for each in attached if each.id == attachment_id), None)
    if found is None:
        raise problem("not_found")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",  # RFC 6266
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return Response(counter.objects.get(found.object_key), media_type=found.media_type, headers=headers)


# --- small things -----------------------------------------------------------------------------------------------------


def _asked(counter: Counter, row: DraftRow, field: str) -> AttachmentField:
    """The question a file answers; of a request on paper also its scan. Raises Problem where none is asked for."""
    if field == PAPER_SCAN and row.arrival != "online":
        return SCAN
    fields = counter.library.version(row.procedure, row.version).form.fields()
    found = next((each for each in fields if each.id == field), None)
    if not isinstance(found, AttachmentField):
        raise problem("attachment_refused")
    return found


def _examined(counter: Counter, asked: AttachmentField, chosen: Sequence[Chosen]) -> list[tuple[str, Examined]]:
    """検査する: each by itself; photographs chosen together become one PDF where the question wants it."""
    photographs = _photographs(asked, chosen) if asked.photos_as_pdf else []
    taken = []
    for each in chosen:
        if each not in photographs:
            with _naming(each, chosen):
                examined = examine(counter, each.data, asked.accept, asked.max_bytes, asked.max_pages)
            taken.append((each.name, examined))
    if photographs:
        name = f"{PurePosixPath(_harmless(photographs[0].name)).stem}.pdf"
        bound = bind(counter, [each.data for each in photographs], asked.accept, asked.max_bytes, asked.max_pages)
        taken.append((name, bound))
    return taken


def _photographs(asked: AttachmentField, chosen: Sequence[Chosen]) -> Sequence[Chosen]:
    """Those to be bound: several, or one that is only small enough as a page."""
    found = []
    for each in chosen:
        with _naming(each, chosen):
            if require_kind(each.data, asked.accept) != "application/pdf":
                found.append(each)
    alone = len(found) == 1 and len(found[0].data) <= asked.max_bytes
    return () if alone else found


@contextmanager
def _naming(one: Chosen, of: Sequence[Chosen]) -> Iterator[None]:
    """Says which of several files was refused; a single one needs no name."""
    try:
        yield
    except Problem as refused:
        if len(of) == 1:
            raise
        name, text = _harmless(one.name), refused.text
        said = {"ja": f"「{name}」: {text.ja}", "en": f"{name}: {text.en}"}
        said |= {"zh": f"“{name}”：{text.zh}", "ko": f"{name}: {text.ko}"}
        raise Problem(refused.status, refused.code, Text(**said)) from refused


def _require_room(asked: AttachmentField, attached: Sequence[AttachmentRow], new: Sequence[AttachmentRow]) -> None:
    more = len(_fresh(attached, new))
    if more and sum(each.field == asked.id for each in attached) + more > asked.max_files:
        raise problem("too_many_files")


def _fresh(attached: Sequence[AttachmentRow], new: Sequence[AttachmentRow]) -> list[AttachmentRow]:
    """Of several that are the same, the first; none that is there already."""
    known = {_same(each) for each in attached}
    first = {_same(each): each for each in reversed(new)}
    return [each for each in new if first[_same(each)] is each and _same(each) not in known]


def _same(row: AttachmentRow) -> tuple[str, str]:
    return row.field, row.sha256


def _require_marked(connection: Connection, row: DraftRow, field: str) -> None:
    """In a correction, files come and go only where the officer marked their field; on paper its scan comes beside."""
    if row.corrects is not None and field not in (PAPER_SCAN, *marks_of(connection, row)):
        raise problem("field_not_marked")


def _row(city: MunicipalityCode, field: str, name: str, examined: Examined) -> AttachmentRow:
    attachment_id = uuid4()
    return AttachmentRow(
        id=attachment_id,
        field=field,
        name=_harmless(name),
        media_type=examined.media_type,
        bytes=len(examined.data),
        sha256=hashlib.sha256(examined.data).hexdigest(),
        object_key=f"{city}/attachments/{attachment_id}",
    )


@contextmanager
def _kept(counter: Counter, rows: Sequence[AttachmentRow], contents: Sequence[bytes]) -> Iterator[None]:
    """Bytes before rows, so that no row is without bytes; and no bytes without rows if the rows cannot be written."""
    written: list[str] = []
    try:
        for row, data in zip(rows, contents, strict=True):
            counter.objects.put(row.object_key, data)
            written.append(row.object_key)
        yield
    except BaseException:
        for key in written:
            counter.objects.delete(key)
        raise


def _harmless(filename: str) -> str:
    """The name's last part, without control characters; shown to people, never used as a path."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in name if c.isprintable())[:120] or "file"

"""下書き: answers on their way to a submission, and the files that belong to them."""

import hashlib
import io
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

import filetype
from fastapi import APIRouter, File, Form, UploadFile
from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, LoggedIn
from api.problems import problem
from api.views import AttachmentView, DraftView, Visitor
from procedures import problems
from procedures.answers import Checked, check_answers
from procedures.calendar import JAPAN
from procedures.document import Procedure
from procedures.form import AttachmentField
from procedures.loader import ProcedureUnknown
from procedures.texts import Language
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import cases, drafts
from store.drafts import AttachmentRow, DraftRow

router = APIRouter(prefix="/api/drafts", tags=["drafts"])

MOST_ANSWERS = 300
MOST_ATTACHMENTS = 20


class DraftWanted(BaseModel):
    """下書きの求め."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    procedure: str = Field(max_length=60)
    language: Language = "ja"


class Answers(BaseModel):
    """回答: by field id, as typed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: dict[str, Any] = Field(max_length=MOST_ANSWERS)


class ProblemView(BaseModel):
    """入力の誤り, in four languages."""

    model_config = ConfigDict(frozen=True)

    field: str
    code: str
    message: Mapping[str, str]


class SavedDraft(BaseModel):
    """保存した下書き and what is still wrong with it."""

    model_config = ConfigDict(frozen=True)

    draft: DraftView
    problems: tuple[ProblemView, ...]


@router.post("", status_code=201)
def start_draft(counter: CounterHere, city: City, visitor: LoggedIn, wanted: DraftWanted) -> DraftView:
    """下書きを始める."""
    return start(counter, city, visitor, wanted.procedure, wanted.language)


@router.get("")
def list_drafts(counter: CounterHere, city: City, visitor: LoggedIn) -> tuple[DraftView, ...]:
    """下書きの一覧."""
    return listed(counter, city, visitor)


@router.get("/{draft_id}")
def read_draft(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID) -> DraftView:
    """下書きを読む."""
    return read(counter, city, visitor, draft_id)


@router.put("/{draft_id}/answers")
def save_answers(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, body: Answers) -> SavedDraft:
    """回答を保存する: also incomplete ones; the answer says what is still wrong."""
    view, found = save(counter, city, visitor, draft_id, body.answers)
    said = tuple(ProblemView(field=p.field, code=p.code, message=p.message.model_dump()) for p in found)
    return SavedDraft(draft=view, problems=said)


@router.post("/{draft_id}/attachments", status_code=201)
def add_attachment(
    counter: CounterHere,
    city: City,
    visitor: LoggedIn,
    draft_id: UUID,
    field: Annotated[str, Form(max_length=60)],
    file: Annotated[UploadFile, File()],
) -> AttachmentView:
    """ファイルを添付する."""
    data = file.file.read(counter.settings.upload_limit + 1)
    return attach(counter, city, visitor, draft_id, field, file.filename or "file", data)


@router.delete("/{draft_id}/attachments/{attachment_id}", status_code=204)
def remove_attachment(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, attachment_id: UUID) -> None:
    """添付を外す."""
    detach(counter, city, visitor, draft_id, attachment_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def start(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, procedure_id: str, language: Language
) -> DraftView:
    """下書きを始める: pinned to the version in force now."""
    try:
        procedure = counter.library.current(procedure_id)
    except ProcedureUnknown:
        raise problem("not_found") from None
    with counter.database.transaction(city) as connection:
        draft_id = drafts.start(
            connection,
            account_id=visitor.account_id,
            procedure=ProcedureId(procedure.id),
            version=procedure.version,
            language=language,
            answers={},
        )
    return DraftView(
        id=draft_id, procedure=ProcedureId(procedure.id), version=procedure.version, language=language,
        answers={}, attachments=(),
    )  # fmt: skip


def read(counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID) -> DraftView:
    """下書きを読む: one's own, not yet filed."""
    with counter.database.reading(city) as connection:
        return _view(connection, owned(connection, visitor, draft_id))


def listed(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> tuple[DraftView, ...]:
    """下書きの一覧, without attachments."""
    with counter.database.reading(city) as connection:
        rows = drafts.listed(connection, visitor.account_id)
    return tuple(_shown(row, (), {}) for row in rows)


def save(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, raw: Mapping[str, object]
) -> tuple[DraftView, tuple[problems.Problem, ...]]:
    """回答を保存する as typed, and say what is still wrong. A correction may only change what was marked."""
    with counter.database.transaction(city) as connection:
        row = owned(connection, visitor, draft_id, lock=True)
        procedure = counter.library.version(row.procedure, row.version)
        attached = drafts.attachments(connection, draft_id)
        marks = _marks(connection, row)
        if row.corrects is not None:
            raw = _only_marked(connection, row.corrects, raw, marks)
        kept = _storable(raw)
        drafts.save(connection, draft_id, kept)
        checked = check(procedure, raw, attached)
    shown = _shown(row, attached, marks)
    return shown.model_copy(update={"answers": kept}), checked.problems


def attach(
    counter: Counter,
    city: MunicipalityCode,
    visitor: Visitor,
    draft_id: UUID,
    field: str,
    filename: str,
    data: bytes,
) -> AttachmentView:
    """ファイルを添付する: its kind is what its bytes say, never what its name says."""
    with counter.database.transaction(city) as connection:
        row = owned(connection, visitor, draft_id)
        _require_marked(connection, row, field)
        attached = drafts.attachments(connection, draft_id)
    procedure = counter.library.version(row.procedure, row.version)
    media_type = _accepted_kind(procedure, field, data, len([a for a in attached if a.field == field]))
    attachment_id = uuid4()
    new = AttachmentRow(
        id=attachment_id,
        field=field,
        name=_harmless(filename),
        media_type=media_type,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        object_key=f"{city}/attachments/{attachment_id}",
    )
    counter.objects.put(new.object_key, data)
    with counter.database.transaction(city) as connection:
        owned(connection, visitor, draft_id, lock=True)  # it may have been filed while the bytes were stored
        drafts.attach(connection, draft_id, new)
    return _attachment_view(new)


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
        unused = not drafts.names_object(connection, key)
    if unused:
        counter.objects.delete(key)


def owned(connection: Connection, visitor: Visitor, draft_id: UUID, *, lock: bool = False) -> DraftRow:
    """The visitor's own draft. Raises Problem where there is none, or it was filed.

    `lock` before changing it: filing takes the same lock, so what was signed cannot change under it.
    """
    row = drafts.read(connection, draft_id, visitor.account_id, lock=lock)
    if row is None:
        raise problem("not_found")
    if row.receipt_number is not None:
        raise problem("draft_filed")
    return row


def check(procedure: Procedure, raw: Mapping[str, object], attached: tuple[AttachmentRow, ...]) -> Checked:
    """回答の検査, with the files the server holds in place of whatever was posted for them."""
    files: dict[str, list[dict[str, object]]] = {}
    for each in attached:
        content = {"name": each.name, "media_type": each.media_type, "bytes": each.bytes, "sha256": each.sha256}
        files.setdefault(each.field, []).append(content)
    fields = {field.id for field in procedure.form.fields() if isinstance(field, AttachmentField)}
    typed = {name: value for name, value in raw.items() if name not in fields}
    return check_answers(procedure, typed | files, datetime.now(UTC).astimezone(JAPAN).date())


# --- small things -----------------------------------------------------------------------------------------------------


def _view(connection: Connection, row: DraftRow) -> DraftView:
    return _shown(row, drafts.attachments(connection, row.id), _marks(connection, row))


def _shown(row: DraftRow, attached: tuple[AttachmentRow, ...], marks: Mapping[str, str]) -> DraftView:
    return DraftView(
        id=row.id,
        procedure=row.procedure,
        version=row.version,
        language=row.language,
        answers=row.answers,
        attachments=tuple(_attachment_view(each) for each in attached),
        corrects=row.corrects,
        marks=marks,
    )


def _attachment_view(row: AttachmentRow) -> AttachmentView:
    return AttachmentView(id=row.id, field=row.field, name=row.name, media_type=row.media_type, bytes=row.bytes)


def _marks(connection: Connection, row: DraftRow) -> Mapping[str, str]:
    asked = None if row.corrects is None else cases.asked_correction(connection, row.corrects)
    return {} if asked is None else asked[1]


def _only_marked(
    connection: Connection, corrects: ReceiptNumber, raw: Mapping[str, object], marks: Mapping[str, str]
) -> Mapping[str, object]:
    """Marked answers may change, questions that were not asked before may be answered, what is left out stays."""
    _, before, _ = cases.newest_submission(connection, corrects)
    fixed = {name: value for name, value in before.items() if name not in marks}
    if any(str(raw.get(name, value)) != str(value) for name, value in fixed.items()):
        raise problem("field_not_marked")
    return {**raw, **fixed}


def _require_marked(connection: Connection, row: DraftRow, field: str) -> None:
    """In a correction, files come and go only where the officer marked their field."""
    if row.corrects is not None and field not in _marks(connection, row):
        raise problem("field_not_marked")


def _storable(raw: Mapping[str, object]) -> dict[str, object]:
    """What PostgreSQL's JSON can hold: no U+0000, no half surrogates, no NaN; the check has named them already."""

    def clean(value: object) -> object:
        if isinstance(value, list):
            return [_scalar(each) for each in value[:200]]
        return _scalar(value)

    return {_text(name)[:64]: clean(value) for name, value in raw.items()}


def _scalar(value: object) -> object:
    """An answer is a text, a number, a yes or no; anything deeper was typed by no resident."""
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    try:
        return _text(str(value))[:20_000]
    except RecursionError:
        return None


def _text(value: str) -> str:
    return value.replace("\x00", "").encode("utf-8", "ignore").decode()


def _accepted_kind(procedure: Procedure, field: str, data: bytes, present: int) -> str:
    asked = next((f for f in procedure.form.fields() if f.id == field and isinstance(f, AttachmentField)), None)
    kind = filetype.guess(data)
    extension = {"jpg": "jpeg"}.get(kind.extension, kind.extension) if kind else None
    if not isinstance(asked, AttachmentField) or kind is None or extension not in asked.accept:
        raise problem("attachment_refused")
    if len(data) > asked.max_bytes:
        raise problem("too_large")
    whole = _is_pdf if extension == "pdf" else _is_image
    if present >= min(asked.max_files, MOST_ATTACHMENTS) or not whole(data):
        raise problem("attachment_refused")
    return str(kind.mime)


def _is_pdf(data: bytes) -> bool:
    """A first line alone makes no PDF: it ends with where its table of contents begins (ISO 32000-1, 7.5.5)."""
    end = data[-4096:]
    return b"startxref" in end and b"%%EOF" in end


def _is_image(data: bytes) -> bool:
    try:
        Image.open(io.BytesIO(data)).verify()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def _harmless(filename: str) -> str:
    """The name's last part, without control characters; shown to people, never used as a path."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in name if c.isprintable())[:120] or "file"

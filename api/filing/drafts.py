"""下書き: answers on their way to a submission, and the files that belong to them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, LoggedIn
from api.filing import known, stored_answers
from api.problems import problem
from api.views import AttachmentView, DraftView, Visitor
from procedures.answers import Checked, check_answers
from procedures.calendar import JAPAN
from procedures.document import Procedure
from procedures.form import AttachmentField
from procedures.loader import ProcedureUnknown
from procedures.marks import Mark
from procedures.submission import PAPER_SCAN
from procedures.texts import Language
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import cases, drafts
from store.drafts import AttachmentRow, DraftRow

router = APIRouter(prefix="/api/drafts", tags=["drafts"])

MOST_ANSWERS = 300


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
    """保存した下書き, what is still wrong with it, and what was written otherwise than it was sent."""

    model_config = ConfigDict(frozen=True)

    draft: DraftView
    problems: tuple[ProblemView, ...]
    tidied: tuple[str, ...] = ()
    """Places (`phone`, `children.0.kana`) whose answer is kept in other words: half width, katakana, an ISO date."""


IfMatch = Annotated[
    str | None, Header(max_length=100, description="The ETag of the draft this is based on; 412 where it changed.")
]


@router.post("", status_code=201)
def start_draft(
    counter: CounterHere, city: City, visitor: LoggedIn, wanted: DraftWanted, response: Response
) -> DraftView:
    """下書きを始める."""
    started = start(counter, city, visitor, wanted.procedure, wanted.language)
    response.headers["etag"] = etag(started)
    return started


@router.get("")
def list_drafts(counter: CounterHere, city: City, visitor: LoggedIn) -> tuple[DraftView, ...]:
    """下書きの一覧."""
    return listed(counter, city, visitor)


@router.get("/{draft_id}")
def read_draft(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, response: Response) -> DraftView:
    """下書きを読む. Its ETag counts the saves of its answers."""
    found = read(counter, city, visitor, draft_id)
    response.headers["etag"] = etag(found)
    return found


@router.put("/{draft_id}/answers")
def save_answers(
    counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, body: Answers, response: Response,
    if_match: IfMatch = None,
) -> SavedDraft:  # fmt: skip
    """回答を保存する: also incomplete ones; the answer says what is still wrong.

    With If-Match, answers that another device saved meanwhile are not overwritten (412 draft_changed).
    """
    saved = save(counter, city, visitor, draft_id, body.answers, based_on=based_on(if_match))
    response.headers["etag"] = etag(saved.draft)
    return saved_view(saved)


@router.delete("/{draft_id}", status_code=204)
def delete_draft(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, if_match: IfMatch = None) -> None:
    """下書きを削除する, with its files. What was filed stays."""
    remove(counter, city, visitor, draft_id, based_on=based_on(if_match))


def etag(draft: DraftView) -> str:
    """版の印 (RFC 9110, 8.8.3): of the answers; files come and go by themselves."""
    return f'"{draft.revision}"'


def based_on(if_match: str | None) -> int | None:
    """版の条件: the revision an If-Match header names; 0, which no draft has, for what is no ETag of ours."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*"([0-9]{1,9})"\s*', if_match)
    return int(found[1]) if found else 0


# --- use cases --------------------------------------------------------------------------------------------------------


def start(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, procedure_id: str, language: Language
) -> DraftView:
    """下書きを始める: pinned to the version in force now, with what this account told before filled in."""
    try:
        procedure = counter.library.current(procedure_id)
    except ProcedureUnknown:
        raise problem("not_found") from None
    with counter.database.transaction(city) as connection:
        filled = known.at_start(counter.library, connection, visitor.account_id, procedure)
        draft_id = drafts.start(
            connection,
            account_id=visitor.account_id,
            procedure=ProcedureId(procedure.id),
            version=procedure.version,
            language=language,
            answers=filled.answers,
            prefilled=filled.sources,
        )
        return view(counter, connection, owned(connection, visitor, draft_id))


def read(counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID) -> DraftView:
    """下書きを読む: one's own, not yet filed."""
    with counter.database.reading(city) as connection:
        return view(counter, connection, owned(connection, visitor, draft_id))


def examine(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID
) -> tuple[DraftView, Checked]:  # fmt: skip
    """下書きの点検: as it stands, and what is wrong with it; nothing is written."""
    with counter.database.reading(city) as connection:
        row = owned(connection, visitor, draft_id)
        attached = drafts.attachments(connection, draft_id)
        asked = _asked(connection, row)
    procedure = counter.library.version(row.procedure, row.version)
    return _shown(counter, row, attached, asked), check(procedure, row.answers, attached, asked.day)


def filed_as(counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID) -> ReceiptNumber | None:
    """受付番号 of the case a draft became, if it became one."""
    with counter.database.reading(city) as connection:
        row = drafts.read(connection, draft_id, visitor.account_id)
    return None if row is None else row.receipt_number


def listed(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> tuple[DraftView, ...]:
    """下書きの一覧, without attachments."""
    with counter.database.reading(city) as connection:
        rows = drafts.listed(connection, visitor.account_id)
    return tuple(_shown(counter, row, (), _NOT_ASKED) for row in rows)


@dataclass(frozen=True)
class Saved:
    """保存の結果: the draft as it is now, what is wrong with it, and which answers were tidied."""

    draft: DraftView
    checked: Checked
    tidied: tuple[str, ...]


def save(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, raw: Mapping[str, object],
    *, based_on: int | None = None,
) -> Saved:  # fmt: skip
    """回答を保存する, and say what is still wrong. A correction may only change what was marked.

    `based_on`: the revision the sender saw. Raises Problem draft_changed where the draft has moved on to other answers;
    the same answers sent twice (a double click) are no conflict.
    """
    with counter.database.transaction(city) as connection:
        row = owned(connection, visitor, draft_id, lock=True)
        procedure = counter.library.version(row.procedure, row.version)
        attached = drafts.attachments(connection, draft_id)
        asked = _asked(connection, row)
        if row.corrects is not None:
            raw = _only_marked(connection, row.corrects, raw, asked.marks)
        checked = check(procedure, raw, attached, asked.day)
        kept = stored_answers.normalised(procedure, raw, checked)
        row = _written(connection, row, kept, based_on)
    tidied = stored_answers.tidied(procedure, raw, kept)
    return Saved(_shown(counter, row, attached, asked), checked, tidied)


def saved_view(saved: Saved) -> SavedDraft:
    """保存の結果, as the JSON API says it."""
    said = (ProblemView(field=p.field, code=p.code, message=p.message.model_dump()) for p in saved.checked.problems)
    return SavedDraft(draft=saved.draft, problems=tuple(said), tidied=saved.tidied)


def _written(
    connection: Connection, row: DraftRow, kept: Mapping[str, object], based_on: int | None
) -> DraftRow:  # fmt: skip
    if _is_same(kept, row.answers):
        return row
    revision = None
    if based_on is None or based_on == row.revision:
        revision = drafts.save(connection, row.id, kept, revision=row.revision)
    if revision is None:
        raise problem("draft_changed")
    return replace(row, answers=kept, revision=revision)


def _is_same(one: object, other: object) -> bool:
    """As JSON: 1 is not true there."""
    return json.dumps(one, sort_keys=True, default=dict) == json.dumps(other, sort_keys=True, default=dict)


def remove(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, *, based_on: int | None = None
) -> None:
    """下書きを削除する. The bytes of its files go where no other draft names them. Raises Problem draft_changed."""
    with counter.database.transaction(city) as connection:
        row = owned(connection, visitor, draft_id, lock=True)
        require_revision(row, based_on)
        unused = drafts.remove(connection, draft_id)
    for key in unused:
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


def require_revision(row: DraftRow, based_on: int | None) -> None:
    """版の検査: the draft is as its sender saw it. Raises Problem draft_changed."""
    if based_on not in (None, row.revision):
        raise problem("draft_changed")


def day_of(connection: Connection, row: DraftRow) -> date:
    """受付日, in Japan: today, or of a paper the day it arrived; of a correction the day its case was received, so that
    what was right stays right.
    """
    return _received_on(connection, row) or _today()


def check(
    procedure: Procedure, raw: Mapping[str, object], attached: tuple[AttachmentRow, ...], day: date
) -> Checked:  # fmt: skip
    """回答の検査 as of `day_of`, with the files the server holds in place of whatever was posted for them.

    The scan of a paper form answers no question.
    """
    files: dict[str, list[dict[str, object]]] = {}
    for each in (file for file in attached if file.field != PAPER_SCAN):
        content = {"name": each.name, "media_type": each.media_type, "bytes": each.bytes, "sha256": each.sha256}
        files.setdefault(each.field, []).append(content)
    fields = {field.id for field in procedure.form.fields() if isinstance(field, AttachmentField)}
    typed = {name: value for name, value in raw.items() if name not in fields}
    return check_answers(procedure, typed | files, day)


# --- small things -----------------------------------------------------------------------------------------------------


def is_outdated(counter: Counter, row: DraftRow) -> bool:
    """改定前の下書きか: a correction keeps its case's version; a new submission must be of the version in force."""
    return row.corrects is None and counter.library.current(row.procedure).version != row.version


def view(counter: Counter, connection: Connection, row: DraftRow) -> DraftView:
    """下書きの表示."""
    return _shown(counter, row, drafts.attachments(connection, row.id), _asked(connection, row))


def _shown(counter: Counter, row: DraftRow, attached: tuple[AttachmentRow, ...], asked: "_Asked") -> DraftView:
    return DraftView(
        id=row.id,
        procedure=row.procedure,
        version=row.version,
        language=row.language,
        answers=row.answers,
        attachments=tuple(attachment_view(each) for each in attached if each.field != PAPER_SCAN),
        corrects=row.corrects,
        marks=asked.marks,
        received_on=asked.received_on,
        revision=row.revision,
        outdated=is_outdated(counter, row),
        prefilled=known.sources(row),
        arrival=row.arrival,
    )


def attachment_view(row: AttachmentRow) -> AttachmentView:
    return AttachmentView(id=row.id, field=row.field, name=row.name, media_type=row.media_type, bytes=row.bytes)


@dataclass(frozen=True)
class _Asked:
    """補正の求め: what a correction answers."""

    marks: Mapping[str, Mark]
    received_on: date | None

    @property
    def day(self) -> date:
        return self.received_on or _today()


_NOT_ASKED = _Asked({}, None)


def _asked(connection: Connection, row: DraftRow) -> _Asked:
    marks = {} if row.corrects is None else marks_of(connection, row)
    return _Asked(marks, _received_on(connection, row))


def _received_on(connection: Connection, row: DraftRow) -> date | None:
    if row.corrects is None:
        return row.received_on
    case = cases.read(connection, row.corrects)
    return None if case is None else case.received_at.astimezone(JAPAN).date()


def _today() -> date:
    return datetime.now(UTC).astimezone(JAPAN).date()


def marks_of(connection: Connection, row: DraftRow) -> Mapping[str, Mark]:
    asked = None if row.corrects is None else cases.asked_correction(connection, row.corrects)
    return {} if asked is None else asked[1]


def _only_marked(
    connection: Connection, corrects: ReceiptNumber, raw: Mapping[str, object], marks: Mapping[str, Mark]
) -> Mapping[str, object]:
    """Marked answers may change, questions that were not asked before may be answered, what is left out stays."""
    _, before, _ = cases.newest_submission(connection, corrects)
    fixed = {name: value for name, value in before.items() if name not in marks}
    changed = (name for name, value in fixed.items() if name in raw and not _is_same(raw[name], value))
    if any(str(raw[name]) != str(fixed[name]) for name in changed):
        raise problem("field_not_marked")
    return {**raw, **fixed}

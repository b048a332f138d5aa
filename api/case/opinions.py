"""意見照会: officers elsewhere or an expert are asked about a case, see only what they are shown of it, and answer.

Rows in the store, as a hold is: the workflow knows nothing of it, no deadline moves. An approval waits only for answers
that were asked for as required.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.case.access import actor_of, concerns, look_into, require_case
from api.case.views import DutyChoice, OpinionView
from api.counter import City, Counter, CounterHere, Officer
from api.problems import problem
from api.views import MessageFileView, Visitor
from api.written import written
from procedures.calendar import JAPAN
from procedures.form import AttachmentField
from procedures.loader import Library
from procedures.texts import Text
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases, drafts, opinions
from store.cases import CaseRow
from store.opinions import OpinionRow
from store.people import ADMINISTRATOR, AUDITOR, EXPERT, HEAD, WHOLE_CITY, Duty

router = APIRouter(prefix="/api/inbox/cases", tags=["opinions"])

LONGEST = 4000
"""Characters of a question, and of an answer."""
LATEST = timedelta(days=180)
"""How far ahead an answer may be wished for."""
NOT_ASKED = frozenset({ADMINISTRATOR, AUDITOR})
"""Duties that judge no case."""
WHOLE = Text(ja="全庁", en="whole city", zh="全市", ko="시 전체")
FUNCTIONS = {
    EXPERT: Text(ja="外部有識者", en="outside expert", zh="外部专家", ko="외부 전문가"),
    HEAD: Text(ja="所属長", en="head of the department", zh="部门负责人", ko="부서장"),
}
"""職務 that no procedure names."""


class OpinionWanted(BaseModel):
    """照会の内容; the same `id` sent twice is asked once. `fields`, `attachments`: what the asked ones may see."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    department: Annotated[str, Field(max_length=100)]
    function: Annotated[str, Field(max_length=100)]
    question: Annotated[str, Field(max_length=LONGEST * 4)]
    fields: Annotated[tuple[str, ...], Field(max_length=300)] = ()
    attachments: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    wished_for: date
    required: bool = False
    id: UUID | None = None


@router.get("/{receipt_number}/opinions")
def list_opinions(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> tuple[OpinionView, ...]:
    """この案件の意見照会."""
    return of_case(counter, city, officer, ReceiptNumber(receipt_number))


@router.get("/{receipt_number}/opinions/choices")
def list_choices(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> tuple[DutyChoice, ...]:
    """照会先の一覧."""
    return choices(counter, city, officer, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/opinions", status_code=201)
def ask_opinion(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, wanted: OpinionWanted
) -> tuple[OpinionView, ...]:
    """意見を照会する."""
    ask(counter, city, officer, ReceiptNumber(receipt_number), wanted)
    return of_case(counter, city, officer, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/opinions/{opinion_id}/withdrawal")
def withdraw_opinion(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, opinion_id: UUID
) -> tuple[OpinionView, ...]:
    """照会を取り下げる."""
    withdraw(counter, city, officer, ReceiptNumber(receipt_number), opinion_id)
    return of_case(counter, city, officer, ReceiptNumber(receipt_number))


@router.get("/{receipt_number}/opinions/{opinion_id}/file", response_class=Response)
def read_opinion_file(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, opinion_id: UUID
) -> Response:
    """回答に添えられたファイル."""
    data, media_type, _ = answer_file(counter, city, officer, ReceiptNumber(receipt_number), opinion_id)
    return Response(data, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"})


# --- use cases --------------------------------------------------------------------------------------------------------


def of_case(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber
) -> tuple[OpinionView, ...]:
    """この案件の意見照会, the newest first. Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        look_into(counter, connection, officer, receipt_number, "case")
        rows = opinions.of_case(connection, receipt_number)
        newest = cases.newest_submission(connection, receipt_number)[0] if rows else 0
    return tuple(view(counter.library, row, newest) for row in rows)


def choices(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber
) -> tuple[DutyChoice, ...]:
    """照会先: duties that somebody holds, and that do not handle this very case."""
    with counter.database.reading(city) as connection:
        row = require_case(counter, connection, officer, receipt_number)
        return tuple(in_words(counter.library, duty) for duty in _askable(counter, connection, row))


def ask(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, wanted: OpinionWanted
) -> None:
    """照会する, once per `id`.

    Raises Problem: not_found, recused, case_closed, opinion_unaskable, opinion_incomplete.
    """
    question = written(wanted.question, LONGEST)
    today = datetime.now(JAPAN).date()
    if question is None or not today <= wanted.wished_for <= today + LATEST:
        raise problem("opinion_incomplete")
    with counter.database.transaction(city) as connection:
        row = require_case(counter, connection, officer, receipt_number)
        if row.closed_at is not None:
            raise problem("case_closed")
        asked = Duty(wanted.department, wanted.function)
        if asked not in _askable(counter, connection, row):
            raise problem("opinion_unaskable")
        revision = _require_shown(counter, connection, row, wanted)
        if opinions.ask(
            connection, wanted.id or uuid4(), receipt_number, officer.account_id, asked, question=question,
            revision=revision, fields=wanted.fields, attachments=wanted.attachments, wished_for=wanted.wished_for,
            required=wanted.required,
        ):  # fmt: skip
            facts = {"department": asked.department, "function": asked.function, "required": wanted.required}
            cases.say(connection, receipt_number, "opinion_asked", actor=actor_of(officer), facts=facts)


def withdraw(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, opinion_id: UUID
) -> None:
    """照会を取り下げる, by any officer of the case. Raises Problem: not_found, recused, opinion_settled."""
    with counter.database.transaction(city) as connection:
        require_case(counter, connection, officer, receipt_number)
        if not opinions.withdraw(connection, opinion_id, receipt_number):
            raise problem("opinion_settled")
        cases.say(connection, receipt_number, "opinion_withdrawn", actor=actor_of(officer))


def answer_file(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, opinion_id: UUID
) -> tuple[bytes, str, str]:
    """回答のファイル: (bytes, media type, name). Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        look_into(counter, connection, officer, receipt_number, "opinion")
        row = opinions.read(connection, opinion_id)
    if row is None or row.receipt_number != receipt_number or row.file is None:
        raise problem("not_found")
    return counter.objects.get(row.file.key), row.file.media_type, row.file.name


# --- small things -----------------------------------------------------------------------------------------------------


def _askable(counter: Counter, connection: Connection, row: CaseRow) -> tuple[Duty, ...]:
    return tuple(
        duty
        for duty in opinions.askable(connection)
        if duty.function not in NOT_ASKED and not _handles(counter.library, duty, row)
    )


def _handles(library: Library, duty: Duty, row: CaseRow) -> bool:
    held = Visitor.model_validate({"account_id": row.account_id, "duties": [duty._asdict()]})
    return concerns(library, held, row.procedure, row.version, row.department)


def _require_shown(counter: Counter, connection: Connection, row: CaseRow, wanted: OpinionWanted) -> int:
    """What is to be shown is there, in the newest revision; which one that is. Raises Problem."""
    revision, answers, draft_id = cases.newest_submission(connection, row.receipt_number)
    files = {each.id for each in drafts.attachments(connection, draft_id)}
    form = counter.library.version(row.procedure, row.version).form
    shown = {field.id for field in form.fields() if not isinstance(field, AttachmentField)} & answers.keys()
    if not (set(wanted.fields) <= shown and set(wanted.attachments) <= files):
        raise problem("opinion_incomplete")
    return revision


def in_words(library: Library, duty: Duty) -> DutyChoice:
    """職務の言い方: as the procedures name it; a name nobody gives is shown as it is."""
    departments: dict[str, Text] = {WHOLE_CITY: WHOLE}
    titles: dict[str, Text] = dict(FUNCTIONS)
    for procedure in library.all():
        departments[procedure.department.id] = procedure.department.name
        titles |= {function.id: function.title for function in procedure.functions}
    return DutyChoice(
        department=duty.department,
        function=duty.function,
        department_name=_text(departments, duty.department),
        function_title=_text(titles, duty.function),
    )


def _text(known: Mapping[str, Text], name: str) -> dict[str, str]:
    found = known.get(name)
    return {"ja": name} if found is None else found.model_dump()


def view(library: Library, row: OpinionRow, newest: int = 0) -> OpinionView:
    """意見照会の表示."""
    said: dict[str, Any] = {name: value for name, value in row.__dict__.items() if name in OpinionView.model_fields}
    file = row.file
    said["file"] = file and MessageFileView(id=row.id, name=file.name, media_type=file.media_type, bytes=file.bytes)
    said["asked"] = in_words(library, Duty(row.department, row.function))
    said["outdated"] = newest > row.revision
    return OpinionView.model_validate(said)

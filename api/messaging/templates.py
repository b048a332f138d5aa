"""定型文: what a department often writes to residents; filled with the case's number and title when it is used."""

import re
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api.case.access import concerns, require_case
from api.case.views import FilledTemplate, TemplateView
from api.counter import City, Counter, CounterHere, Officer
from api.problems import problem
from api.views import Language, Visitor
from api.written import written
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import message_templates
from store.message_templates import TemplateRow

router = APIRouter(prefix="/api/inbox", tags=["messages"])

LONGEST_NAME = 60
LONGEST = 5000
"""Characters of a text, as of a message."""
NUMBER, TITLE = "{受付番号}", "{手続名}"
"""差込み: what is filled in, in every language."""
PLACES = re.compile(r"\{[^{}\n]{0,40}\}")


class TemplateWanted(BaseModel):
    """定型文の内容: Japanese always, the other languages where the department has them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(max_length=LONGEST_NAME * 4)]
    texts: Mapping[Language, Annotated[str, Field(max_length=LONGEST * 4)]]


class NewTemplate(TemplateWanted):
    """新しい定型文: of one department."""

    department: Annotated[str, Field(max_length=100)]


class ChangedTemplate(TemplateWanted):
    """変えた定型文, with the version that was seen."""

    version: Annotated[int, Field(ge=1, lt=2**31)]


@router.get("/message-templates")
def list_templates(counter: CounterHere, city: City, officer: Officer) -> tuple[TemplateView, ...]:
    """定型文の一覧 of one's own departments."""
    return listed(counter, city, officer)


@router.post("/message-templates", status_code=201)
def add_template(counter: CounterHere, city: City, officer: Officer, wanted: NewTemplate) -> TemplateView:
    """定型文を加える."""
    made = add(counter, city, officer, wanted.department, wanted.name, wanted.texts)
    return read(counter, city, officer, made)


@router.put("/message-templates/{template_id}")
def change_template(
    counter: CounterHere, city: City, officer: Officer, template_id: UUID, wanted: ChangedTemplate
) -> TemplateView:
    """定型文を変える."""
    change(counter, city, officer, template_id, wanted.version, wanted.name, wanted.texts)
    return read(counter, city, officer, template_id)


@router.delete("/message-templates/{template_id}", status_code=204)
def remove_template(counter: CounterHere, city: City, officer: Officer, template_id: UUID, version: int) -> None:
    """定型文を削除する: of the version that was seen."""
    remove(counter, city, officer, template_id, version)


@router.get("/cases/{receipt_number}/message-templates/{template_id}")
def fill_template(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, template_id: UUID
) -> FilledTemplate:
    """定型文に差し込む: for this case, in the language of its application."""
    return filled(counter, city, officer, ReceiptNumber(receipt_number), template_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def departments(counter: Counter, officer: Visitor) -> frozenset[str]:
    """担当課 whose cases this officer handles: theirs are the templates to see and to change."""
    return frozenset(
        each.department.id
        for each in counter.library.all()
        if concerns(counter.library, officer, ProcedureId(each.id), each.version, each.department.id)
    )


def listed(counter: Counter, city: MunicipalityCode, officer: Visitor) -> tuple[TemplateView, ...]:
    """定型文の一覧, by department and name."""
    with counter.database.reading(city) as connection:
        rows = message_templates.of_departments(connection, departments(counter, officer))
    return tuple(_view(row) for row in rows)


def for_case(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber
) -> tuple[TemplateView, ...]:
    """この案件に使える定型文: those of its department. Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        row = require_case(counter, connection, officer, receipt_number)
        return tuple(_view(each) for each in message_templates.of_departments(connection, [row.department]))


def filled(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, template_id: UUID
) -> FilledTemplate:
    """差込み: in the language of the application, or else in Japanese. Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        case = require_case(counter, connection, officer, receipt_number)
        row = message_templates.read(connection, template_id)
    if row is None or row.department != case.department:
        raise problem("not_found")
    language: Language = case.language if row.texts.get(case.language) else "ja"
    title = counter.library.version(case.procedure, case.version).title.of(language)
    text = row.texts[language].replace(NUMBER, receipt_number).replace(TITLE, title)
    return FilledTemplate(text=text, language=language)


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, template_id: UUID) -> TemplateView:
    """定型文. Raises Problem: not_found, also for one of other departments."""
    with counter.database.reading(city) as connection:
        return _view(_own(counter, connection, officer, template_id))


def add(
    counter: Counter, city: MunicipalityCode, officer: Visitor, department: str, name: str,
    texts: Mapping[Language, str],
) -> UUID:  # fmt: skip
    """加える. Raises Problem: not_allowed, template_incomplete, template_taken."""
    if department not in departments(counter, officer):
        raise problem("not_allowed")
    called, kept = _written(name, texts)
    try:
        with counter.database.transaction(city) as connection:
            return message_templates.add(connection, department, called, kept, officer.account_id)
    except IntegrityError as taken:
        raise problem("template_taken") from taken


def change(
    counter: Counter, city: MunicipalityCode, officer: Visitor, template_id: UUID, version: int, name: str,
    texts: Mapping[Language, str],
) -> None:  # fmt: skip
    """変える. Raises Problem: not_found, template_incomplete, template_taken, template_changed."""
    called, kept = _written(name, texts)
    try:
        with counter.database.transaction(city) as connection:
            _own(counter, connection, officer, template_id)
            if not message_templates.change(connection, template_id, version, called, kept, officer.account_id):
                raise problem("template_changed")
    except IntegrityError as taken:
        raise problem("template_taken") from taken


def remove(counter: Counter, city: MunicipalityCode, officer: Visitor, template_id: UUID, version: int) -> None:
    """削除する; messages written with it stay. Raises Problem: not_found, template_changed."""
    with counter.database.transaction(city) as connection:
        _own(counter, connection, officer, template_id)
        if not message_templates.remove(connection, template_id, version):
            raise problem("template_changed")


# --- small things -----------------------------------------------------------------------------------------------------


def _own(counter: Counter, connection: Connection, officer: Visitor, template_id: UUID) -> TemplateRow:
    row = message_templates.read(connection, template_id)
    if row is None or row.department not in departments(counter, officer):
        raise problem("not_found")
    return row


def _written(name: str, texts: Mapping[Language, str]) -> tuple[str, dict[str, str]]:
    """Name and texts as they are kept. Raises Problem: template_incomplete."""
    called = " ".join(name.replace("\x00", "").split())
    kept: dict[str, str] = {}
    for language, text in texts.items():
        said = written(text, LONGEST)
        kept |= {language: said} if said else {}
    unknown = any(set(PLACES.findall(text)) - {NUMBER, TITLE} for text in kept.values())
    too_long = len(called) > LONGEST_NAME or any(len(text) > LONGEST for text in texts.values())
    if not called or "ja" not in kept or unknown or too_long:
        raise problem("template_incomplete")
    return called, kept


def _view(row: TemplateRow) -> TemplateView:
    return TemplateView.model_validate(row.__dict__)

"""判断のほかにできること: put on hold, extend, put an answer right, step aside."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, Officer
from api.deciding import answer_corrections, postponement, recusals
from api.deciding.answer_corrections import AnswersPutRight
from api.deciding.postponement import ExtensionWanted, HoldWanted
from api.desk import tasks
from api.problems import Problem, problem
from api.views import Visitor
from procedures.form import AttachmentField, FormField, GroupField
from procedures.values import MunicipalityCode
from ui import answers, entry
from ui.form import DATE_PARTS
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.reviewer.case_pages import task_page
from ui.reviewer.inbox import version_of
from ui.submitted import Sent, text

Wanted = TypeVar("Wanted", HoldWanted, ExtensionWanted, AnswersPutRight)
router = APIRouter(route_class=PageRoute)


@router.post("/tasks/{task_id}/hold")
def hold(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """保留にする."""
    until = None
    with suppress(ValueError):
        until = date(*(int(text(form, f"until.{part}", 4)) for part in DATE_PARTS))
    try:
        if until is None:
            raise problem("hold_too_long")
        said = {"version": version_of(form), "until": until, "reason": text(form, "reason")}
        postponement.hold(counter, city, officer, task_id, _read(HoldWanted, said))
    except Problem as refused:
        return task_page(request, counter, city, officer, task_id, problem=refused)
    return RedirectResponse(f"/tasks/{task_id}", 303)


@router.post("/tasks/{task_id}/resumption")
def resume(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """保留を解く."""
    try:
        postponement.resume(counter, city, officer, task_id, version_of(form))
    except Problem as refused:
        return task_page(request, counter, city, officer, task_id, problem=refused)
    return RedirectResponse(f"/tasks/{task_id}", 303)


@router.post("/tasks/{task_id}/extension")
def extend(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """期限を延ばす."""
    days, statutory = text(form, "business_days", 3), text(form, "statutory_days", 4) or "0"
    said = {
        "version": version_of(form),
        "business_days": int(days) if days.isdecimal() else 0,
        "statutory_days": int(statutory) if statutory.isdecimal() else -1,
        "reason": text(form, "reason"),
    }
    try:
        postponement.extend(counter, city, officer, task_id, _read(ExtensionWanted, said))
    except Problem as refused:
        return task_page(request, counter, city, officer, task_id, problem=refused)
    return RedirectResponse(f"/tasks/{task_id}", 303)


@router.post("/tasks/{task_id}/recusal")
def recuse(counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> Response:
    """この案件から外れる."""
    recusals.recuse(counter, city, officer, task_id, officer.account_id)
    return RedirectResponse("/inbox", 303)


@router.get("/tasks/{task_id}/answers/{field}")
def ask(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID, field: str) -> Response:
    """正す項目."""
    return _asked(request, counter, city, officer, task_id, field)


@router.post("/tasks/{task_id}/answers/{field}")
def put_right(
    request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID, field: str, form: Sent
) -> Response:
    """正す."""
    view = tasks.read(counter, city, officer, task_id)
    asked = _field(counter, view.procedure, view.version, field)
    said = {
        "version": version_of(form),
        "answers": {field: entry.answer(asked, form, field)},
        "reason": text(form, "reason"),
    }
    try:
        answer_corrections.put_right(counter, city, officer, task_id, _read(AnswersPutRight, said))
    except Problem as refused:
        return _asked(request, counter, city, officer, task_id, field, form, refused)
    return RedirectResponse(f"/tasks/{task_id}", 303)


def _asked(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, field: str,
    form: FormData | None = None, refused: Problem | None = None,
) -> Response:  # fmt: skip
    view = tasks.read(counter, city, officer, task_id)
    asked = _field(counter, view.procedure, view.version, field)
    language, saved = chosen(request), view.answers.get(field)
    value = saved if form is None else entry.answer(asked, form, field)
    parts = [*str(value or "").split("-"), "", "", ""][:3]
    content = {
        "task": view,
        "procedure": counter.library.version(view.procedure, view.version),
        "field": asked,
        "label": asked.label.of(language),
        "now": "" if saved is None else answers.shown(language, saved, asked),
        "value": value,
        "parts": parts,
        "typed_reason": text(form, "reason") if form else "",
        "problem": refused.text if refused else None,
    }
    status = refused.status if refused else 200
    return page(request, "reviewer/put_right.html", visitor=officer, status_code=status, **content)


def _field(counter: Counter, procedure: str, version: int, field: str) -> FormField:
    try:
        found = counter.library.version(procedure, version).field(field)
    except KeyError as absent:
        raise problem("not_found") from absent
    if isinstance(found, AttachmentField | GroupField):
        raise problem("field_unknown")
    return found


def _read(model: type[Wanted], said: Mapping[str, Any]) -> Wanted:
    try:
        return model.model_validate(said)
    except ValidationError as wrong:
        at = {str(each["loc"][0]) for each in wrong.errors()}
        raise problem("reason_required" if at == {"reason"} else "malformed") from wrong

"""定型文の頁: what a department often writes to residents, kept by its own officers."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.case.views import TemplateView
from api.counter import City, Counter, CounterHere, Officer
from api.messaging import templates as message_templates
from api.problems import Problem
from api.views import Language, Visitor
from procedures.texts import LANGUAGES
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/inbox/templates")
def listed(request: Request, counter: CounterHere, city: City, officer: Officer) -> Response:
    """定型文の一覧."""
    found = message_templates.listed(counter, city, officer)
    shown = [(each, _department(request, counter, each.department)) for each in found]
    may_add = bool(message_templates.departments(counter, officer))
    return page(request, "reviewer/templates.html", visitor=officer, templates=shown, may_add=may_add)


@router.get("/inbox/templates/new")
def new(request: Request, counter: CounterHere, officer: Officer) -> Response:
    """定型文を加える頁."""
    return _form(request, counter, officer, None, {})


@router.post("/inbox/templates")
def add(request: Request, counter: CounterHere, city: City, officer: Officer, form: Sent) -> Response:
    """定型文を加える."""
    typed = _typed(form)
    try:
        message_templates.add(counter, city, officer, text(form, "department", 100), typed["name"], _texts(typed))
    except Problem as refused:
        return _form(request, counter, officer, None, typed, refused)
    return RedirectResponse("/inbox/templates", 303)


@router.get("/inbox/templates/{template_id}")
def read(request: Request, counter: CounterHere, city: City, officer: Officer, template_id: UUID) -> Response:
    """定型文を変える頁."""
    found = message_templates.read(counter, city, officer, template_id)
    typed = {"name": found.name, **{f"text.{each}": found.texts.get(each, "") for each in LANGUAGES}}
    return _form(request, counter, officer, found, typed)


@router.post("/inbox/templates/{template_id}")
def change(
    request: Request, counter: CounterHere, city: City, officer: Officer, template_id: UUID, form: Sent
) -> Response:
    """定型文を変える."""
    typed = _typed(form)
    try:
        message_templates.change(counter, city, officer, template_id, _version(form), typed["name"], _texts(typed))
    except Problem as refused:
        if refused.status == 404:
            raise
        found = message_templates.read(counter, city, officer, template_id)
        return _form(request, counter, officer, found, typed, refused)
    return RedirectResponse("/inbox/templates", 303)


@router.post("/inbox/templates/{template_id}/removal")
def remove(counter: CounterHere, city: City, officer: Officer, template_id: UUID, form: Sent) -> Response:
    """定型文を削除する."""
    message_templates.remove(counter, city, officer, template_id, _version(form))
    return RedirectResponse("/inbox/templates", 303)


def _form(
    request: Request, counter: Counter, officer: Visitor, template: TemplateView | None, typed: dict[str, str],
    refused: Problem | None = None,
) -> Response:  # fmt: skip
    own = sorted(message_templates.departments(counter, officer))
    content = {
        "kept": template,
        "typed": typed,
        "departments": [(each, _department(request, counter, each)) for each in own],
        "department": _department(request, counter, template.department) if template else None,
        "problem": refused.text if refused else None,
    }
    status = refused.status if refused else 200
    return page(request, "reviewer/template.html", visitor=officer, status_code=status, **content)


def _department(request: Request, counter: Counter, department: str) -> str:
    names = {each.department.id: each.department.name for each in counter.library.all()}
    found = names.get(department)
    return found.of(chosen(request)) if found else department


def _typed(form: FormData) -> dict[str, str]:
    longest = message_templates.LONGEST * 2
    said = {f"text.{each}": text(form, f"text.{each}", longest) for each in LANGUAGES}
    return {"name": text(form, "name", 200), "department": text(form, "department", 100), **said}


def _texts(typed: dict[str, str]) -> dict[Language, str]:
    return {each: typed[f"text.{each}"] for each in LANGUAGES}


def _version(form: FormData) -> int:
    said = text(form, "version", 9)
    return int(said) if said.isdecimal() else 0

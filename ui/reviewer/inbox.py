"""受信箱: what waits for an officer, and deciding it."""

from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api import tasks
from api.counter import City, Counter, CounterHere, Officer
from api.problems import Problem, problem
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident.documents import download
from ui.reviewer import contents
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)
MARK = "mark."
DECISIONS: tuple[tasks.DecisionWord, ...] = get_args(tasks.DecisionWord)


@router.get("/inbox")
def inbox(
    request: Request, counter: CounterHere, city: City, officer: Officer, function: str = "", mine: bool = False
) -> Response:
    """受信箱: by deadline."""
    found = tasks.inbox(counter, city, officer, function=function if function in officer.functions else None, mine=mine)
    now = datetime.now(UTC)
    shown = contents.inbox(chosen(request), counter.library, found, officer, now, function, mine=mine)
    return page(request, "reviewer/inbox.html", visitor=officer, **shown)


@router.get("/tasks/{task_id}")
def read(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> Response:
    """審査画面."""
    return _shown(request, counter, city, officer, task_id)


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID,
    typed: contents.Typed | None = None, refused: Problem | None = None,
) -> Response:  # fmt: skip
    view = tasks.read(counter, city, officer, task_id)
    procedure = counter.library.version(view.procedure, view.version)
    detail = refused.text if refused else None
    shown = contents.task(chosen(request), procedure, view, datetime.now(UTC), typed, detail)
    return page(request, "reviewer/task.html", visitor=officer, status_code=refused.status if refused else 200, **shown)


@router.post("/tasks/{task_id}/claim")
def claim(counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """担当する."""
    tasks.claim(counter, city, officer, task_id, _version(form))
    return RedirectResponse(f"/tasks/{task_id}", 303)


@router.post("/tasks/{task_id}/release")
def release(counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """担当を外れる."""
    tasks.release(counter, city, officer, task_id, _version(form))
    return RedirectResponse("/inbox", 303)


@router.post("/tasks/{task_id}/decision")
def decide(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """判断: a refused decision shows the task again with what was typed."""
    typed = contents.Typed(text(form, "decision", 20), text(form, "reason", tasks.LONGEST_REASON), _marks(form))
    tracking_number = text(form, "tracking_number", 40) or None
    decision = next((word for word in DECISIONS if word == typed.decision), None)
    if decision is None:
        raise problem("malformed")
    try:
        tasks.decide(
            counter, city, officer, task_id, _version(form), decision, typed.reason, typed.marks, tracking_number
        )
    except Problem as refused:
        return _shown(request, counter, city, officer, task_id, typed, refused)
    return RedirectResponse("/inbox", 303)


def _version(form: FormData) -> int:
    """版: the task as the officer saw it; anything else is a version nobody has."""
    version = text(form, "task_version", 9)
    return int(version) if version.isdecimal() else 0


def _marks(form: FormData) -> dict[str, str]:
    named = {name.removeprefix(MARK): text(form, name, 500) for name in form if name.startswith(MARK)}
    return {field: reason for field, reason in named.items() if reason and field.isidentifier()}


@router.get("/tasks/{task_id}/label")
def label(counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> Response:
    """宛名ラベル."""
    return download(tasks.label(counter, city, officer, task_id), "label.pdf")


@router.get("/tasks/{task_id}/attachments/{attachment_id}")
def attachment(counter: CounterHere, city: City, officer: Officer, task_id: UUID, attachment_id: UUID) -> Response:
    """添付ファイル."""
    data, media_type, name = tasks.attachment(counter, city, officer, task_id, attachment_id)
    return download(data, name, media_type)

"""所属の案件: what waits in the departments a head answers for, and giving a task to somebody else."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, Officer
from api.desk import department, handover
from api.desk.department import DepartmentAsked
from api.problems import Problem, problem
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.reviewer import inbox_contents
from ui.reviewer.inbox import version_of
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)
DEPARTMENT = "/department"


@router.get("/department")
def overview(
    request: Request, counter: CounterHere, city: City, officer: Officer, asked: Annotated[DepartmentAsked, Query()]
) -> Response:
    """所属の案件: read only; what was told to the head comes first."""
    found = department.page(counter, city, officer, asked)
    counts = department.counts(counter, city, officer, asked)
    content = inbox_contents.listed(
        chosen(request), counter.library, officer, asked, found, counts, datetime.now(UTC), counter.closed(city),
        DEPARTMENT,
    )  # fmt: skip
    return page(request, "reviewer/department.html", visitor=officer, **content)


@router.get("/department/tasks/{task_id}")
def ask(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> Response:
    """担当を替える: who holds it, and who could."""
    return _asked(request, counter, city, officer, task_id)


@router.post("/department/tasks/{task_id}")
def assign(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """担当を替えた: a refused one shows the page again, as the task is now."""
    try:
        handover.assign(counter, city, officer, task_id, version_of(form), _colleague(text(form, "officer", 36)))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _asked(request, counter, city, officer, task_id, refused)
    return RedirectResponse(f"/department/tasks/{task_id}?done=1", 303)


def _asked(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID,
    refused: Problem | None = None,
) -> Response:  # fmt: skip
    line = department.task(counter, city, officer, task_id)
    colleagues = handover.colleagues(counter, city, officer, task_id)
    content = inbox_contents.assignment(counter.library, line, colleagues, datetime.now(UTC))
    content |= {"problem": refused.text if refused else None, "done": "done" in request.query_params}
    return page(
        request, "reviewer/department_task.html", visitor=officer, status_code=refused.status if refused else 200,
        **content,
    )  # fmt: skip


def _colleague(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as wrong:
        raise problem("no_colleague") from wrong

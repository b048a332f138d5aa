"""職員へのお知らせ: what time is running out on, and what one has read of it."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.counter import City, CounterHere, Officer
from api.desk import notices as officer_notices
from api.desk.notices import NoticesRead, OfficerNoticeView
from procedures.loader import Library
from ui.pages import page
from ui.problems import PageRoute
from ui.submitted import MOST_FIELDS, Sent

router = APIRouter(route_class=PageRoute)
FIRST = 5
"""On the inbox itself; all of them have a page of their own."""


@router.get("/inbox/notices")
def listed(request: Request, counter: CounterHere, city: City, officer: Officer) -> Response:
    """職員へのお知らせ, the newest first."""
    found = officer_notices.listed(counter, city, officer)
    return page(request, "reviewer/officer_notices.html", visitor=officer, **notices(counter.library, found))


@router.post("/inbox/notices/read")
def read(counter: CounterHere, city: City, officer: Officer, form: Sent) -> Response:
    """既読にする: those that were on the page."""
    ids = [int(each) for each in form.getlist("notice")[:MOST_FIELDS] if isinstance(each, str) and each.isdecimal()]
    known = [each for each in ids if 0 < each < 2**63][: officer_notices.ON_A_PAGE]
    officer_notices.mark_read(counter, city, officer, NoticesRead(ids=tuple(known)))
    return RedirectResponse("/inbox/notices", 303)


def notices(library: Library, found: tuple[OfficerNoticeView, ...]) -> dict[str, Any]:
    """職員へのお知らせ: each with its procedure's title, and where to look at it."""
    return {"notices": [(each, library.version(each.procedure, each.version).title, _address(each)) for each in found]}


def _address(each: OfficerNoticeView) -> str | None:
    """The task itself for who may decide it, its line for the head; nowhere where none was open."""
    if each.task_id is None:
        return None
    return f"/tasks/{each.task_id}" if each.mine else f"/department/tasks/{each.task_id}"

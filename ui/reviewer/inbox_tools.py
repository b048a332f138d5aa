"""受信箱の道具: search, saved views, and word of what changes."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.responses import RedirectResponse

from api.counter import City, CounterHere, Officer
from api.desk import inbox as tasks_inbox
from api.desk import saved_views
from api.desk.inbox import InboxAsked
from api.desk.saved_views import LONGEST_NAME, ViewWanted
from api.events import OfInbox
from api.problems import Problem, problem
from ui.pages import page
from ui.problems import PageRoute
from ui.reviewer import inbox_contents
from ui.reviewer.inbox import listed
from ui.reviewer.inbox_contents import INBOX
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/inbox/events", response_class=Response)
async def watch(stream: OfInbox) -> Response:
    """受信箱の変更を待つ."""
    return stream


@router.post("/inbox/search")
def search(request: Request, counter: CounterHere, city: City, officer: Officer, form: Sent) -> Response:
    """案件を探す: a number leads to its own address; names are shown here, and stand in no address."""
    sought = text(form, "text", 100)
    if not sought:
        return RedirectResponse(INBOX, 303)
    if tasks_inbox.is_number(sought):
        return RedirectResponse(InboxAsked(number=sought).address(INBOX), 303)
    found = tasks_inbox.search(counter, city, officer, sought)
    content = inbox_contents.search(counter.library, officer, sought, found, datetime.now(UTC), counter.closed(city))
    return page(request, "reviewer/search.html", visitor=officer, **content)


@router.post("/inbox/views")
def save_view(request: Request, counter: CounterHere, city: City, officer: Officer, form: Sent) -> Response:
    """表示を保存する: a refused one is shown with the inbox as it was."""
    name, asked = text(form, "name", LONGEST_NAME + 1), asked_by(text(form, "filters"))
    try:
        saved_views.save(counter, city, officer, _wanted(name, asked))
    except Problem as refused:
        return listed(request, counter, city, officer, asked, name, refused)
    return RedirectResponse(asked.address(INBOX), 303)


@router.post("/inbox/views/{view_id}/removal")
def remove_view(counter: CounterHere, city: City, officer: Officer, view_id: UUID) -> Response:
    """保存した表示を消す."""
    saved_views.remove(counter, city, officer, view_id)
    return RedirectResponse(INBOX, 303)


def asked_by(address: str) -> InboxAsked:
    """絞込み: the filters an address of the inbox names."""
    try:
        return InboxAsked.model_validate(
            {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        )
    except ValidationError as wrong:
        raise problem("malformed") from wrong


def _wanted(name: str, asked: InboxAsked) -> ViewWanted:
    try:
        return ViewWanted(name=name, filters=asked)
    except ValidationError as wrong:
        raise problem("view_unnamed") from wrong

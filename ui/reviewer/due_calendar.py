"""期限カレンダー: what falls due on which day; each day leads to its tasks."""

from datetime import date

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, Officer
from api.desk import due_calendar
from api.desk.due_calendar import Scope
from api.problems import problem
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.reviewer import due_calendar_contents as contents

router = APIRouter(route_class=PageRoute)


@router.get("/inbox/calendar")
def overview(
    request: Request, counter: CounterHere, city: City, officer: Officer, day: str = "", scope: str = "own"
) -> Response:
    """期限カレンダー of a month; on a phone of a week."""
    return _shown(request, counter, city, officer, day, "department" if scope == "department" else "own")


@router.post("/inbox/calendar/feed")
def open_feed(request: Request, counter: CounterHere, city: City, officer: Officer) -> Response:
    """購読の宛先を作る: shown this once."""
    return _shown(request, counter, city, officer, feed=due_calendar.open_feed(counter, city, officer))


@router.post("/inbox/calendar/feed/end")
def close_feed(counter: CounterHere, city: City, officer: Officer) -> Response:
    """購読をやめる."""
    due_calendar.close_feed(counter, city, officer)
    return RedirectResponse("/inbox/calendar", 303)


@router.get("/calendar/{token}.ics")
def feed(counter: CounterHere, city: City, token: str) -> Response:
    """購読: the token is the key, and opens counts by day only."""
    return due_calendar.feed(counter, city, token[:100])


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, day: str = "", scope: Scope = "own",
    feed: str | None = None,
) -> Response:  # fmt: skip
    chosen_day = _day(day)
    view = due_calendar.read(counter, city, officer, chosen_day, scope)
    content = contents.calendar(chosen(request), officer, view, chosen_day, due_calendar.today(), feed)
    return page(request, "reviewer/due_calendar.html", visitor=officer, **content)


def _day(typed: str) -> date:
    """The chosen day; without one, today. Raises Problem."""
    try:
        return date.fromisoformat(typed) if typed else due_calendar.today()
    except ValueError as wrong:
        raise problem("malformed") from wrong

"""統計: the page of numbers, and each of its tables as a file."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import statistics
from api.counter import City, CounterHere, Officer
from api.problems import Problem, problem
from api.statistics import Period
from ui import spreadsheet
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.reviewer import statistics_contents as contents
from ui.reviewer import statistics_tables as tables
from ui.reviewer.statistics_tables import SheetName

router = APIRouter(route_class=PageRoute)


def asked(since: str = "", until: str = "", procedure: str = "", department: str = "") -> dict[str, str]:
    """条件: as typed; a name nobody has finds nothing."""
    return {"since": since[:10], "until": until[:10], "procedure": procedure[:100], "department": department[:100]}


Asked = Annotated[dict[str, str], Depends(asked)]


@router.get("/statistics")
def overview(request: Request, counter: CounterHere, city: City, officer: Officer, typed: Asked) -> Response:
    """統計: a period that cannot be counted is told, and this month is shown."""
    now, refused = statistics.today(), None
    try:
        period = _period(typed, now)
    except Problem as found:
        period, refused = Period.of_month(now), found
    view = statistics.read(counter, city, officer, period, **_narrowed(typed))
    dates = {} if refused else {"since": period.first.isoformat(), "until": period.last.isoformat()}
    shown = contents.statistics(
        chosen(request), counter.library, view, typed | dates, now, statistics.departments(officer),
        everybody=officer.is_administrator, problem=refused.text if refused else None,
    )  # fmt: skip
    status = refused.status if refused else 200
    return page(request, "reviewer/statistics.html", visitor=officer, status_code=status, **shown)


@router.get("/statistics/{sheet}.csv")
def download(
    request: Request, counter: CounterHere, city: City, officer: Officer, typed: Asked, sheet: SheetName
) -> Response:
    """統計の表をCSVで: in the reader's language."""
    period = _period(typed, statistics.today())
    view = statistics.read(counter, city, officer, period, **_narrowed(typed))
    language = chosen(request)
    found = tables.sheets(language, counter.library, view)[sheet]
    name = f"statistics-{sheet}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    data = spreadsheet.written(tables.header(language, found), tables.cells(found))
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


def _period(typed: dict[str, str], now: date) -> Period:
    return statistics.period(None, _day(typed["since"]), _day(typed["until"]), now)


def _day(text: str) -> date | None:
    """A day as browsers write it; one that is none is no period. Raises Problem."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise problem("period_malformed") from None


def _narrowed(typed: dict[str, str]) -> dict[str, str | None]:
    return {name: typed[name] or None for name in ("procedure", "department")}

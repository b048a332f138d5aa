"""市の休庁日: which days of a fiscal year the city hall is closed on, beside the national holidays."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse

from api.administration import closed_days
from api.administration.closed_days import ClosedDayWanted, ImportRefused, ImportView
from api.counter import Administrator, City, Counter, CounterHere
from api.problems import Problem, problem
from api.views import Visitor
from procedures.calendar import fiscal_year
from procedures.values import MunicipalityCode
from ui.form import DATE_PARTS
from ui.pages import page
from ui.problems import PageRoute
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)
PLACE = "/admin/closed-days"
LARGEST_FILE = 200_000
"""Bytes: a thousand lines with long reasons."""


@router.get("/admin/closed-days")
def overview(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, year: int | None = None
) -> Response:
    """市の休庁日 of a fiscal year."""
    return _shown(request, counter, city, administrator, year)


@router.post("/admin/closed-days")
def add(request: Request, counter: CounterHere, city: City, administrator: Administrator, form: Sent) -> Response:
    """登録: a refused one shows the page again with what was typed."""
    try:
        wanted = _wanted(form)
        closed_days.add(counter, city, administrator, wanted)
    except Problem as refused:
        typed = [text(form, f"day.{part}", 4) for part in DATE_PARTS]
        return _shown(
            request, counter, city, administrator, _year(form), refused, typed=typed, reason=text(form, "reason", 100)
        )
    return RedirectResponse(f"{PLACE}?year={fiscal_year(wanted.day)}", 303)


@router.post("/admin/closed-days/{day}/removal")
def remove(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, day: date
) -> Response:  # fmt: skip
    """取消し."""
    year = fiscal_year(day)
    try:
        closed_days.remove(counter, city, administrator, day)
    except Problem as refused:
        return _shown(request, counter, city, administrator, year, refused)
    return RedirectResponse(f"{PLACE}?year={year}", 303)


@router.post("/admin/closed-days/import")
async def take_in(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, form: Sent
) -> Response:
    """取込み: what became of it, or which lines cannot be read."""
    data = await _file(form)
    return await counter.shortly(_taken_in, request, counter, city, administrator, _year(form), data)


def _taken_in(
    request: Request, counter: Counter, city: MunicipalityCode, administrator: Visitor, year: int | None, data: bytes
) -> Response:
    try:
        done = closed_days.take_in(counter, city, administrator, data)
    except ImportRefused as refused:
        return _shown(request, counter, city, administrator, year, unread=refused.mistakes)
    except Problem as refused:
        return _shown(request, counter, city, administrator, year, refused)
    return _shown(request, counter, city, administrator, year, done=done)


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, administrator: Visitor, year: int | None,
    refused: Problem | None = None, *, typed: list[str] | None = None, reason: str = "",
    unread: tuple[closed_days.ImportMistake, ...] = (), done: ImportView | None = None,
) -> Response:  # fmt: skip
    try:
        view = closed_days.of_year(counter, city, administrator, year)
    except Problem:
        view = closed_days.of_year(counter, city, administrator, None)
    said = {"problem": refused.text if refused else None, "unread": unread, "done": done}
    status = refused.status if refused else 422 if unread else 200
    content = contents(view) | said | {"typed": typed or ["", "", ""], "reason": reason}
    return page(request, "admin/closed_days.html", visitor=administrator, status_code=status, **content)


def contents(view: closed_days.FiscalYearView) -> dict[str, Any]:
    """年度の休庁日: the city's own days and the national holidays in one list, by date."""
    own = [(each.day, each.reason, each) for each in view.closed_days]
    national = [(day, name, None) for day, name in view.holidays]
    return {"view": view, "days": sorted([*own, *national], key=lambda row: (row[0], row[2] is None))}


def _wanted(form: FormData) -> ClosedDayWanted:
    try:
        day = date(*(int(text(form, f"day.{part}", 4)) for part in DATE_PARTS))
        return ClosedDayWanted(day=day, reason=text(form, "reason", 200))
    except (ValueError, ValidationError) as wrong:
        raise problem("closed_day_malformed") from wrong


def _year(form: FormData) -> int | None:
    typed = text(form, "year", 4)
    return int(typed) if typed.isdecimal() else None


async def _file(form: FormData) -> bytes:
    """The uploaded file; too large a one is none that can be read."""
    given = form.get("file")
    if not isinstance(given, UploadFile):
        return b""
    data = await given.read(LARGEST_FILE + 1)
    return data if len(data) <= LARGEST_FILE else b""

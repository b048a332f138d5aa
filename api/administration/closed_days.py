"""市の休庁日: an administrator says on which other days the city hall is closed.

A deadline that was told to somebody stays as it was told; whatever is reckoned from now on counts the new days.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from api.counter import Administrator, City, Counter, CounterHere
from api.problems import problem
from api.views import View, Visitor
from procedures import calendar
from procedures.values import MunicipalityCode
from store import closed_days
from store.closed_days import ClosedDay

router = APIRouter(prefix="/api/administration/closed-days", tags=["administration"])

YEARS_BACK, YEARS_AHEAD = 1, 3
"""Fiscal years around this one whose days may be entered."""
MOST_ROWS = 1000
ENCODINGS = ("utf-8-sig", "cp932")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class ClosedDayWanted(BaseModel):
    """休庁日の登録."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    reason: Reason


class ClosedDayView(View):
    """市の休庁日."""

    day: date
    reason: str
    added_by: str


class FiscalYearView(View):
    """年度の休庁日: the city's own days, and the national holidays beside them."""

    year: int
    years: tuple[int, ...]
    """Those that may be entered."""
    closed_days: tuple[ClosedDayView, ...]
    holidays: tuple[tuple[date, str], ...]


class ImportView(View):
    """取込みの結果: how many days were added, were on the list already, or are closed anyway."""

    added: int
    known: int
    closed_anyway: int


@dataclass(frozen=True)
class ImportMistake:
    """取込みの誤り: a line of the file that is no day with a reason."""

    line: int
    text: str


class ImportRefused(Exception):
    """The file has mistakes, and nothing of it was taken in."""

    def __init__(self, mistakes: tuple[ImportMistake, ...]) -> None:
        super().__init__(f"{len(mistakes)} lines cannot be read.")
        self.mistakes = mistakes


@router.get("")
def list_closed_days(
    counter: CounterHere, city: City, administrator: Administrator, year: int | None = None
) -> FiscalYearView:  # fmt: skip
    """年度の休庁日."""
    return of_year(counter, city, administrator, year)


@router.post("", status_code=201)
def add_closed_day(
    counter: CounterHere, city: City, administrator: Administrator, wanted: ClosedDayWanted
) -> ClosedDayWanted:  # fmt: skip
    """休庁日を登録する."""
    add(counter, city, administrator, wanted)
    return wanted


@router.delete("/{day}", status_code=204)
def remove_closed_day(counter: CounterHere, city: City, administrator: Administrator, day: date) -> None:
    """休庁日を取り消す."""
    remove(counter, city, administrator, day)


# --- use cases --------------------------------------------------------------------------------------------------------


def of_year(counter: Counter, city: MunicipalityCode, _: Visitor, year: int | None) -> FiscalYearView:
    """年度の休庁日; without a year of this one. Raises Problem for a year nobody plans for."""
    years = _years()
    wanted = _this_year() if year is None else year
    if wanted not in years:
        raise problem("not_found")
    first, last = date(wanted, 4, 1), date(wanted + 1, 3, 31)
    with counter.database.reading(city) as connection:
        found = closed_days.listed(connection, first, last)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return FiscalYearView(
        year=wanted,
        years=tuple(years),
        closed_days=tuple(_view(each) for each in found),
        holidays=tuple((day, name) for day in days if (name := calendar.national_holiday(day))),
    )


def add(counter: Counter, city: MunicipalityCode, administrator: Visitor, wanted: ClosedDayWanted) -> None:
    """登録. Raises Problem for a day that is closed anyway, on the list already, or too far away."""
    if calendar.fiscal_year(wanted.day) not in _years():
        raise problem("closed_day_malformed")
    if not calendar.is_business_day(wanted.day, calendar.EVERY_WEEKDAY):
        raise problem("closed_day_closed_anyway")
    with counter.database.transaction(city) as connection:
        if not closed_days.add(connection, [(wanted.day, wanted.reason)], administrator.account_id):
            raise problem("closed_day_known")
    counter.closed.forget(city)


def remove(counter: Counter, city: MunicipalityCode, administrator: Visitor, day: date) -> None:
    """取消し: from now on the day counts. Raises Problem where it is not on the list."""
    with counter.database.transaction(city) as connection:
        if not closed_days.remove(connection, day, administrator.account_id):
            raise problem("closed_day_unknown")
    counter.closed.forget(city)


def take_in(counter: Counter, city: MunicipalityCode, administrator: Visitor, file: bytes) -> ImportView:
    """取込み (CSV): all of it or, where a line cannot be read, nothing. Raises Problem, ImportRefused."""
    days = _read(file)
    fresh = {day: reason for day, reason in days.items() if calendar.is_business_day(day, calendar.EVERY_WEEKDAY)}
    with counter.database.transaction(city) as connection:
        added = closed_days.add(connection, tuple(fresh.items()), administrator.account_id)
    counter.closed.forget(city)
    return ImportView(added=added, known=len(fresh) - added, closed_anyway=len(days) - len(fresh))


# --- reading a file ---------------------------------------------------------------------------------------------------


def _read(file: bytes) -> dict[date, str]:
    """日付と理由 of a file; a first line without a date is a heading. Raises Problem, ImportRefused."""
    rows = list(_rows(file))
    if not rows or len(rows) > MOST_ROWS:
        raise problem("closed_days_unreadable")
    if _DAY.search(rows[0][1][0]) is None:
        rows = rows[1:]
    found = [(line, cells, _day_of(cells)) for line, cells in rows]
    mistakes = tuple(ImportMistake(line, ",".join(cells)[:60]) for line, cells, read in found if read is None)
    if mistakes or not found:
        raise ImportRefused(mistakes) if mistakes else problem("closed_days_unreadable")
    return dict(read for _, _, read in found if read is not None)


def _rows(file: bytes) -> Iterator[tuple[int, list[str]]]:
    """行: numbered as an editor shows them, without empty ones. Raises Problem."""
    reader = csv.reader(io.StringIO(_text(file)))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as wrong:
        raise problem("closed_days_unreadable") from wrong


def _text(file: bytes) -> str:
    """Excel writes UTF-8 with a mark, or CP932. Raises Problem."""
    for encoding in ENCODINGS:
        try:
            text = file.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise problem("closed_days_unreadable")


def _day_of(cells: list[str]) -> tuple[date, str] | None:
    """One line: a day of a year that may be entered, and a reason."""
    found = _DAY.fullmatch(cells[0])
    reason = cells[1] if len(cells) > 1 else ""
    if found is None or not 1 <= len(reason) <= 100:
        return None
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return None
    return (day, reason) if calendar.fiscal_year(day) in _years() else None


# --- small things -----------------------------------------------------------------------------------------------------


def _this_year() -> int:
    return calendar.fiscal_year(datetime.now(UTC).astimezone(calendar.JAPAN).date())


def _years() -> range:
    return range(_this_year() - YEARS_BACK, _this_year() + YEARS_AHEAD + 1)


def _view(each: ClosedDay) -> ClosedDayView:
    return ClosedDayView.model_validate(each.__dict__)

"""期限カレンダー: on which days open tasks fall due, when laws decide, and on which days nobody is there.

As JSON, and as iCalendar (RFC 5545) for an officer's own calendar: counts by day, of nobody and nothing in particular.
"""

import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.counter import City, Counter, CounterHere, Officer, token_hash
from api.desk import department, icalendar_writing
from api.desk.inbox import YEARS, held_by, whole_days
from api.problems import problem
from api.views import View, Visitor
from procedures import calendar
from procedures.values import MunicipalityCode
from store import closed_days, due_calendar, officer_calendars
from store.due_calendar import ByDay
from store.people import Duty

router = APIRouter(prefix="/api/inbox/calendar", tags=["tasks"])

Scope = Literal["own", "department"]
"""範囲: what one may decide oneself, or (for heads) all of the department."""
WEEK = timedelta(days=7)
FEED_AHEAD = timedelta(weeks=13)
"""購読: so far ahead; longer than any period of a procedure but a few."""


class DueDay(View):
    """一日: how many open tasks fall due, how many the law decides as it begins, and why the city hall is closed."""

    day: date
    due: int
    by_law: int
    is_open: bool
    closed: str | None = None
    """Reason, in Japanese: a national holiday's name or the city's own words; None: a weekend, the turn of the year."""


class LoadView(View):
    """担当ごとの件数; without a name: nobody holds them."""

    account_id: UUID | None
    name: str | None
    overdue: int
    due: int
    total: int


class CalendarView(View):
    """期限カレンダー: whole weeks, from Monday."""

    scope: Scope
    first: date
    last: date
    days: tuple[DueDay, ...]
    overdue: int
    loads: tuple[LoadView, ...] = ()
    """For heads: who holds what."""


Day = Annotated[date | None, Query()]


@router.get("")
def read_calendar(
    counter: CounterHere, city: City, officer: Officer, day: Day = None, scope: Scope = "own"
) -> CalendarView:  # fmt: skip
    """期限カレンダー of the month in which the day lies; without one, of this month."""
    return read(counter, city, officer, today() if day is None else day, scope)


@router.post("/feed", status_code=201)
def make_feed(counter: CounterHere, city: City, officer: Officer) -> dict[str, str]:
    """購読の宛先を作る: an earlier one is void from now on."""
    return {"url": open_feed(counter, city, officer)}


@router.delete("/feed", status_code=204)
def end_feed(counter: CounterHere, city: City, officer: Officer) -> None:
    """購読をやめる."""
    close_feed(counter, city, officer)


@router.get("/due.ics", response_class=Response)
def download_calendar(counter: CounterHere, city: City, officer: Officer) -> Response:
    """期限カレンダー (iCalendar): from this week on."""
    return as_icalendar(counter, city, upcoming(counter, city, held_by(officer)))


# --- use cases --------------------------------------------------------------------------------------------------------


def today() -> date:
    """今日, in Japan."""
    return datetime.now(UTC).astimezone(calendar.JAPAN).date()


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, day: date, scope: Scope) -> CalendarView:
    """期限カレンダー of a month. Raises Problem for a head's view by who heads nothing, and for days nobody plans."""
    if day.year not in YEARS:
        raise problem("malformed")
    own = scope == "own"
    duties = held_by(officer) if own else department.headed(counter.library, officer)
    first, last = month(day)
    days = whole_days(first, last)
    with counter.database.reading(city) as connection:
        found = _Days(
            due_calendar.due_by_day(connection, duties, days),
            due_calendar.decided_by_law(connection, duties, days),
            {each.day: each.reason for each in closed_days.listed(connection, first, last)},
        )
        overdue = due_calendar.overdue(connection, duties)
        loads = () if own else due_calendar.loads(connection, duties, days)
    return CalendarView(
        scope=scope,
        first=first,
        last=last,
        days=tuple(found.of(first, last)),
        overdue=overdue,
        loads=tuple(LoadView.model_validate(each.__dict__) for each in loads),
    )


def month(day: date) -> tuple[date, date]:
    """月: the whole weeks that its days lie in."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def upcoming(counter: Counter, city: MunicipalityCode, duties: Collection[Duty]) -> tuple[DueDay, ...]:
    """これからの期限, from this week's Monday on; what is overdue shows in the inbox."""
    first = today() - timedelta(days=today().weekday())
    last = first + FEED_AHEAD
    days = whole_days(first, last)
    with counter.database.reading(city) as connection:
        by_day = due_calendar.due_by_day(connection, duties, days)
        found = _Days(by_day, due_calendar.decided_by_law(connection, duties, days), {})
    return tuple(found.of(first, last))


def open_feed(counter: Counter, city: MunicipalityCode, officer: Visitor) -> str:
    """購読の宛先: holds a secret, told this once; whoever has it can read counts by day until it is made anew."""
    token = secrets.token_urlsafe(32)
    with counter.database.transaction(city) as connection:
        officer_calendars.open_feed(connection, officer.account_id, token_hash(token))
    return f"{counter.settings.address(city)}/calendar/{token}.ics"


def close_feed(counter: Counter, city: MunicipalityCode, officer: Visitor) -> None:
    """購読の取消し."""
    with counter.database.transaction(city) as connection:
        officer_calendars.open_feed(connection, officer.account_id, None)


def feed(counter: Counter, city: MunicipalityCode, token: str) -> Response:
    """購読: by whoever knows its address. Raises Problem where it is none, or its officer has left."""
    with counter.database.reading(city) as connection:
        duties = officer_calendars.duties_of_feed(connection, token_hash(token))
    if not duties:
        raise problem("not_found")
    return as_icalendar(counter, city, upcoming(counter, city, duties))


def as_icalendar(counter: Counter, city: MunicipalityCode, days: Collection[DueDay]) -> Response:
    """iCalendar (RFC 5545): one whole-day event for each day on which something falls due or the law decides."""
    data = icalendar_writing.written(days, city, counter.settings.address(city))
    headers = {"content-disposition": 'attachment; filename="due.ics"', "cache-control": "no-store"}
    return Response(data, media_type="text/calendar; charset=utf-8", headers=headers)


@dataclass(frozen=True)
class _Days:
    """日ごとの数."""

    due: ByDay
    by_law: ByDay
    reasons: dict[date, str]

    def of(self, first: date, last: date) -> Iterator[DueDay]:
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            reason = calendar.national_holiday(day) or self.reasons.get(day)
            yield DueDay(
                day=day,
                due=self.due.get(day, 0),
                by_law=self.by_law.get(day, 0),
                is_open=calendar.is_business_day(day, self.reasons),
                closed=reason,
            )

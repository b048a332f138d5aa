"""推移: what came, what was finished and what met a failing neighbour, by hour and by day; and what waits now."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from fastapi import APIRouter
from sqlalchemy import Connection

from api.counter import Administrator, City, Counter, CounterHere
from api.views import CaseStatus, View, Visitor
from procedures.calendar import JAPAN
from procedures.values import MunicipalityCode
from store import console, statistics
from store.statistics import Scope

router = APIRouter(prefix="/api/administration", tags=["administration"])

HOURS, DAYS = 24, 14
Grain = Literal["hour", "day"]


class CourseBucket(View):
    """推移の一刻み. `waited`: of the received, those that had to wait for a neighbour at least once."""

    start: datetime
    received: int
    closed: int
    waited: int


class WaitingNow(View):
    """いまの状態: open cases in one state."""

    status: CaseStatus
    count: int


class CourseView(View):
    """推移: the last 24 hours and the last 14 days, the running ones last; and the open cases by state."""

    at: datetime
    hours: tuple[CourseBucket, ...]
    days: tuple[CourseBucket, ...]
    waiting: tuple[WaitingNow, ...]


@router.get("/course")
def read_course(counter: CounterHere, city: City, administrator: Administrator) -> CourseView:
    """推移."""
    return view(counter, city, administrator)


def view(counter: Counter, city: MunicipalityCode, _: Visitor) -> CourseView:
    """推移 of the city, counted when asked."""
    now = datetime.now(JAPAN)
    hour = now.replace(minute=0, second=0, microsecond=0)
    with counter.database.reading(city) as connection:
        return CourseView(
            at=now,
            hours=_buckets(connection, "hour", [hour - timedelta(hours=n) for n in reversed(range(HOURS))]),
            days=_buckets(connection, "day", [hour.replace(hour=0) - timedelta(days=n) for n in reversed(range(DAYS))]),
            waiting=_waiting(connection, now),
        )


def _buckets(connection: Connection, grain: Grain, starts: list[datetime]) -> tuple[CourseBucket, ...]:
    """Every hour or day, also those in which nothing happened."""
    zone = str(JAPAN)
    met = {each.start: each for each in console.met(connection, starts[0], grain, zone)}
    closed = console.closings(connection, starts[0], grain, zone)
    return tuple(
        CourseBucket(
            start=start,
            received=met[start].received if start in met else 0,
            closed=closed.get(start, 0),
            waited=met[start].waited if start in met else 0,
        )
        for start in starts
    )


def _waiting(connection: Connection, now: datetime) -> tuple[WaitingNow, ...]:
    """The largest first."""
    counts: dict[CaseStatus, int] = {}
    for each in statistics.waiting(connection, Scope(now, now)):
        status: CaseStatus = each.status  # type: ignore[assignment]
        counts[status] = counts.get(status, 0) + each.count
    return tuple(WaitingNow(status=status, count=count) for status, count in _largest_first(counts))


def _largest_first(counts: Mapping[CaseStatus, int]) -> list[tuple[CaseStatus, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))

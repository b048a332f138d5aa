"""統計: numbers for officers, of the departments they work for; of single officers only to the right eyes."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, Officer
from api.problems import problem
from api.views import CaseStatus, View, Visitor
from procedures.calendar import JAPAN
from procedures.values import MunicipalityCode, ProcedureId, StepId
from store import statistics
from store.people import EXPERT, WHOLE_CITY
from store.statistics import Scope

router = APIRouter(prefix="/api/statistics", tags=["statistics"])

YEARS = frozenset(range(2000, 2100))
LONGEST_DAYS = 3 * 366
"""Three years and their leap days: what a budget looks back on."""
MOST_DAYS, MOST_WEEKS = 31, 26 * 7
"""A course is shown by day up to the first, by week up to the second, then by month (all in days)."""

Grain = Literal["day", "week", "month"]
Day = Annotated[date | None, Query()]
Month = Annotated[str | None, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-11"])]
Name = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{0,99}$")]


class Period(BaseModel):
    """期間: whole days in Japan, both included."""

    model_config = ConfigDict(frozen=True)

    first: date
    last: date

    @classmethod
    def of_month(cls, day: date) -> Self:
        """月: the whole month in which the day lies."""
        next_month = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
        return cls(first=day.replace(day=1), last=next_month - timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def grain(self) -> Grain:
        """刻み of a course over this period."""
        return "day" if self.days <= MOST_DAYS else "week" if self.days <= MOST_WEEKS else "month"


class CaseFigures(View):
    """案件の統計: of one procedure in one department, or (both null) of all. Times: from receipt to closing."""

    procedure: ProcedureId | None
    version: int | None
    department: str | None
    received: int
    online: int
    at_counter: int
    by_post: int
    """How what was received reached the city; together `received`."""
    closed: int
    delivered: int
    rejected: int
    withdrawn: int
    lapsed: int
    recalled: int
    corrected: int
    closed_late: int
    waiting: int
    waiting_late: int
    median: timedelta | None
    p90: timedelta | None


class WaitingView(View):
    """処理待ち: open cases now at one step in one state."""

    procedure: ProcedureId
    version: int
    step: StepId | None
    status: CaseStatus
    count: int


class StepFigures(View):
    """職員の処理の統計: decisions in the period, and the time from the task's opening to them."""

    procedure: ProcedureId
    version: int
    step: StepId
    decided: int
    late: int
    median: timedelta
    p90: timedelta


class Bucket(View):
    """推移: one day, week (from Monday) or month; `start` is its first day within the period."""

    start: date
    received: int
    closed: int
    online: int
    """Of the received."""


class Workload(View):
    """職員の処理件数."""

    account_id: UUID
    name: str
    approved: int
    sent_back: int
    rejected: int
    dispatched: int
    decided: int
    holding: int


class StatisticsView(View):
    """統計: what happened in the period, and what waits at `at`."""

    period: Period
    at: datetime
    total: CaseFigures
    procedures: tuple[CaseFigures, ...]
    waiting: tuple[WaitingView, ...]
    steps: tuple[StepFigures, ...]
    grain: Grain
    course: tuple[Bucket, ...]
    officers: tuple[Workload, ...]
    """An administrator sees everybody, an officer himself."""


@router.get("")
def read_statistics(
    counter: CounterHere, city: City, officer: Officer,
    month: Month = None, since: Day = None, until: Day = None, procedure: Name = None, department: Name = None,
) -> StatisticsView:  # fmt: skip
    """統計: of a month, or from one day until another (both included); without either, of this month."""
    wanted = period(month, since, until, today())
    return read(counter, city, officer, wanted, procedure=procedure, department=department)


# --- use cases --------------------------------------------------------------------------------------------------------


def today() -> date:
    """今日, in Japan."""
    return datetime.now(JAPAN).date()


def period(month: str | None, since: date | None, until: date | None, now: date) -> Period:
    """期間: as asked. Raises Problem where it ends before it begins, or is longer than LONGEST_DAYS."""
    if month is not None:
        return Period.of_month(date(int(month[:4]), int(month[5:]), 1))
    if not {each.year for each in (since, until) if each} <= YEARS:
        raise problem("period_malformed")
    usual = Period.of_month(since or until or now)
    found = Period(first=since or usual.first, last=until or usual.last)
    if not 0 < found.days <= LONGEST_DAYS:
        raise problem("period_malformed")
    return found


def departments(officer: Visitor) -> frozenset[str] | None:
    """見られる担当課: those of the officer's duties; None: every one."""
    held = frozenset(duty.department for duty in officer.duties if duty.function != EXPERT)
    return None if officer.is_administrator or WHOLE_CITY in held else held


def read(
    counter: Counter, city: MunicipalityCode, officer: Visitor, wanted: Period,
    *, procedure: str | None = None, department: str | None = None,
) -> StatisticsView:  # fmt: skip
    """統計. Raises Problem for a department of which the officer holds no duty."""
    held = departments(officer)
    if department is not None and held is not None and department not in held:
        raise problem("not_allowed")
    scope = Scope(
        since=_midnight(wanted.first),
        until=_midnight(wanted.last + timedelta(days=1)),
        departments=held if department is None else {department},
        procedure=procedure,
    )
    with counter.database.reading(city) as connection:
        return _view(connection, scope, wanted, None if officer.is_administrator else officer.account_id)


def _view(connection: Connection, scope: Scope, wanted: Period, only: UUID | None) -> StatisticsView:
    *procedures, total = (CaseFigures.model_validate(each.__dict__) for each in statistics.cases(connection, scope))
    return StatisticsView(
        period=wanted,
        at=datetime.now(JAPAN),
        total=total,
        procedures=tuple(procedures),
        waiting=tuple(WaitingView.model_validate(each.__dict__) for each in statistics.waiting(connection, scope)),
        steps=tuple(StepFigures.model_validate(each.__dict__) for each in statistics.steps(connection, scope)),
        grain=wanted.grain,
        course=_complete(wanted, statistics.course(connection, scope, wanted.grain)),
        officers=tuple(Workload(**each.__dict__) for each in statistics.workload(connection, scope, only)),
    )


def _complete(wanted: Period, found: tuple[statistics.Bucket, ...]) -> tuple[Bucket, ...]:
    """Every bucket of the period, also those in which nothing happened."""
    known = {each.start: each for each in found}
    starts = dict.fromkeys(_start(wanted.first + timedelta(days=n), wanted.grain) for n in range(wanted.days))
    return tuple(
        Bucket(
            start=max(start, wanted.first),
            received=known[start].received if start in known else 0,
            closed=known[start].closed if start in known else 0,
            online=known[start].online if start in known else 0,
        )
        for start in starts
    )


def _start(day: date, grain: Grain) -> date:
    if grain == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if grain == "week" else day


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=JAPAN)

"""期限カレンダーの内容: the weeks of a month, one week for a phone, and where each day leads."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_skeleton

from api.desk.department import DepartmentAsked
from api.desk.due_calendar import CalendarView, DueDay
from api.desk.inbox import InboxAsked
from api.views import Visitor
from procedures.texts import Language
from ui import notation
from ui.language import translated
from ui.wording import N_

CALENDAR = "/inbox/calendar"
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Cell:
    """一日: `href` leads to its tasks, where there are any. `mark`: why the city hall is closed."""

    counted: DueDay
    number: int
    href: str
    mark: str
    inside: bool
    """Of the month itself."""
    today: bool


def calendar(
    language: Language, officer: Visitor, view: CalendarView, day: date, today: date, feed: str | None = None
) -> dict[str, Any]:
    """期限カレンダー."""
    cells = [_cell(language, view, each, day, today) for each in view.days]
    weeks = [cells[n : n + 7] for n in range(0, len(cells), 7)]
    this_week = next(week for week in weeks if week[0].counted.day <= day <= week[-1].counted.day)
    monday = day - timedelta(days=day.weekday())
    before, after = day.replace(day=1) - timedelta(days=1), (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    asked: InboxAsked = DepartmentAsked() if view.scope == "department" else InboxAsked()
    path = _path(view)
    return {
        "view": view,
        "weeks": weeks,
        "week": this_week,
        "month_title": format_skeleton("yMMMM", day, locale=language),
        "month": (_address(view, before), _address(view, after)),
        "week_steps": (_address(view, monday - WEEK), _address(view, monday + WEEK)),
        "now": _address(view, today),
        "at_today": day == today,
        "weekdays": [format_skeleton("E", each.counted.day, locale=language) for each in weeks[0]],
        "overdue": asked.address(path, flag="overdue"),
        "statutory": asked.address(path, flag="statutory"),
        "heads": any(duty.function == "head" for duty in officer.duties),
        "scopes": [
            (translated(language, label), f"{CALENDAR}?day={day}&scope={code}", code == view.scope)
            for code, label in (("own", N_("自分の職務")), ("department", N_("所属全体")))
        ],
        "total": sum(each.due for each in view.days),
        "feed": feed,
    }


def _cell(language: Language, view: CalendarView, counted: DueDay, day: date, today: date) -> Cell:
    asked: InboxAsked = DepartmentAsked() if view.scope == "department" else InboxAsked()
    closed = translated(language, N_("休庁日"))
    named = counted.closed if counted.closed and language == "ja" else closed
    return Cell(
        counted=counted,
        number=counted.day.day,
        href=asked.address(_path(view), due=counted.day.isoformat()) if counted.due else "",
        mark="" if counted.is_open else named,
        inside=(counted.day.year, counted.day.month) == (day.year, day.month),
        today=counted.day == today,
    )


def _path(view: CalendarView) -> str:
    return "/department" if view.scope == "department" else "/inbox"


def _address(view: CalendarView, day: date) -> str:
    scope = "" if view.scope == "own" else f"&scope={view.scope}"
    return f"{CALENDAR}?day={notation.local(day)}{scope}"

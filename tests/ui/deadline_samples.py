"""The pages about deadlines: what a law decides, the department, notices, the calendar and the city's closed days."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from inbox_samples import colleagues

from api.administration.closed_days import ClosedDayView, FiscalYearView, ImportMistake, ImportView
from api.deciding.deadline_views import DeemedView
from api.desk.department import DepartmentAsked
from api.desk.due_calendar import CalendarView, DueDay, LoadView, month
from api.desk.inbox import InboxCounts, InboxPage
from api.desk.notices import OfficerNoticeView
from api.desk.views import TaskLine, TaskView
from api.problems import problem
from api.views import DutyView, ExtensionView, Visitor
from procedures.calendar import EVERY_WEEKDAY, is_business_day
from procedures.document import Procedure
from procedures.loader import Library
from procedures.texts import Language
from procedures.values import ProcedureId, ReceiptNumber, StepId
from store.inbox import FLAGS, HOLDINGS
from store.officer_notices import NoticeKind
from ui.admin import closed_days
from ui.reviewer import due_calendar_contents, inbox_contents, officer_notices

Page = tuple[str, str, Mapping[str, object], Visitor, str]
HEAD = Visitor(
    account_id=UUID(int=7), officer_name="白鷺　秋代", unread_notices=3,
    duties=frozenset({DutyView(department="town_planning", function="head")}),
)  # fmt: skip
KINDS: tuple[NoticeKind, ...] = ("task_due_soon", "task_overdue", "law_decides_soon", "law_decided")
RECEIPT = ReceiptNumber("282014-261127-7K3MQ")


def by_law(at: datetime, *, decided: bool = False, outcome: str = "accept") -> DeemedView:
    """What a law says of a case."""
    law = {
        "ja": "景観法第18条第1項",
        "en": "Landscape Act, Article 18",
        "zh": "《景观法》第18条",
        "ko": "경관법 제18조",
    }
    said = {"ja": "着手できます。", "en": "The work may begin.", "zh": "可以动工。", "ko": "착수할 수 있습니다."}
    return DeemedView.model_validate(
        {"at": at, "outcome": outcome, "decided": decided, "law": law, "explanation": said}
    )


def tasks(library: Library, make: Callable[..., TaskView], now: datetime) -> Iterator[tuple[Procedure, TaskView]]:
    """The task of a case that the law decides, and the same once it has."""
    procedure = library.current("landscape_notification")
    plain = {"procedure": procedure.id, "deemed_at": now + timedelta(days=6), "suspended_days": 9, "answers": {}}
    moved = ExtensionView(
        due_before=now, due_after=now, reason="現地調査", at=now, deemed_before=now, deemed_after=now
    )  # fmt: skip
    for more in ({"extensions": (moved,)}, {"closed_at": now, "outcome": "deemed_accepted"}):
        yield procedure, make(**plain | more)


def a_line(**changes: object) -> TaskLine:
    """A landscape task that the law decides in some days, late by now, after a correction."""
    now = datetime.fromisoformat("2026-12-21T10:00:00+09:00")
    plain = {
        "id": UUID(int=31), "receipt_number": RECEIPT, "procedure": "landscape_notification", "version": 1,
        "department": "town_planning", "step": "review", "kind": "review", "function": "landscape_review",
        "task_version": 2, "assignee": None, "assignee_name": None, "lease_until": None, "findings": (),
        "opened_at": now, "due_at": now - timedelta(days=1), "received_at": now - timedelta(days=24),
        "escalated": True, "deemed_at": now + timedelta(days=6), "suspended_days": 9, "closed_at": None,
    }  # fmt: skip
    return TaskLine.model_validate(plain | changes)


def deadline_pages(language: Language, library: Library, now: datetime, hostile: str) -> Iterator[Page]:
    """(name, template, what it gets, who reads it, where)."""
    yield from _departments(language, library, now, hostile or "窓口　一郎")
    yield from _calendars(language, hostile or "市制記念日")
    yield from _closed_days(hostile or "市制記念日")
    told = tuple(_notice(kind, n, now) for n, kind in enumerate(KINDS))
    for name, found in (("notices", told), ("no notices", ())):
        shown = officer_notices.notices(library, found)
        yield f"officers' {name}", "reviewer/officer_notices.html", shown, HEAD, "/inbox/notices"


def _notice(kind: NoticeKind, n: int, now: datetime) -> OfficerNoticeView:
    return OfficerNoticeView(
        id=n + 1, receipt_number=RECEIPT, procedure=ProcedureId("landscape_notification"), version=1, kind=kind,
        about=now, created_at=now, read_at=now if n > 1 else None, task_id=UUID(int=n) if n != 2 else None,
        step=StepId("review"), closed=n == 3, mine=n == 0,
    )  # fmt: skip


def told(library: Library, now: datetime) -> dict[str, object]:
    """What an inbox shows of them."""
    return officer_notices.notices(library, tuple(_notice(kind, n, now) for n, kind in enumerate(KINDS)))


def _departments(language: Language, library: Library, now: datetime, name: str) -> Iterator[Page]:
    held = a_line(id=UUID(int=32), assignee=UUID(int=8), assignee_name=name, lease_until=now + timedelta(hours=1))
    views: dict[str, tuple[DepartmentAsked, tuple[TaskLine, ...], str | None]] = {
        "department": (DepartmentAsked(), (a_line(), held), "2026-12-01T00:00:00_1_told"),
        "department on a day": (DepartmentAsked(due=date(2026, 12, 20), flag="statutory"), (a_line(),), None),
        "department with nothing like it": (DepartmentAsked(holding="free"), (), None),
        "idle department": (DepartmentAsked(), (), None),
    }
    flags, holdings = dict.fromkeys(FLAGS, 2), dict.fromkeys(HOLDINGS, 1)
    counts = InboxCounts(total=3, shown=2, holdings=holdings, flags=flags, procedures={})
    for called, (asked, lines, more) in views.items():
        shown = inbox_contents.listed(
            language, library, HEAD, asked, InboxPage(lines, more), counts, now, EVERY_WEEKDAY, "/department"
        )
        yield called, "reviewer/department.html", shown, HEAD, "/department"
    refused, closed = problem("task_taken").text, a_line(closed_at=now)
    for called, line, others, more in (
        ("", held, colleagues(), {"done": False}),
        (" refused", held, colleagues(), {"problem": refused, "done": False}),
        (" done", held, colleagues(), {"done": True}),
        (" without colleagues", a_line(), (), {"done": False}),
        (" of a closed task", closed, colleagues(), {"done": False}),
    ):
        shown = inbox_contents.assignment(library, line, others, now) | {"problem": None} | more
        yield f"reassignment{called}", "reviewer/department_task.html", shown, HEAD, f"/department/tasks/{line.id}"


def a_calendar(scope: str, reason: str, first: date, last: date) -> CalendarView:
    """December, with the city's own closed day, the law and a pile of overdue tasks."""
    own = date(2026, 12, 24)
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    counted = tuple(
        DueDay(
            day=day, due=day.day % 4 * 3 if day.weekday() < 5 else 0, by_law=2 if day.day == 28 else 0,
            is_open=is_business_day(day, {own}), closed=reason if day == own else None,
        )
        for day in days
    )  # fmt: skip
    loads = (
        LoadView(account_id=None, name=None, overdue=4, due=12, total=30),
        LoadView(account_id=UUID(int=1), name=reason, overdue=0, due=3, total=3),
    )
    return CalendarView.model_validate(
        {"scope": scope, "first": first, "last": last, "days": counted, "overdue": 4 if scope == "own" else 0,
         "loads": loads if scope == "department" else ()}
    )  # fmt: skip


def _calendars(language: Language, reason: str) -> Iterator[Page]:
    day, today = date(2026, 12, 24), date(2026, 12, 21)
    for scope, feed in (("own", None), ("department", None), ("own", "https://example.jp/calendar/abc.ics")):
        view = a_calendar(scope, reason, *month(day))
        shown = due_calendar_contents.calendar(language, HEAD, view, day, today, feed)
        name = f"calendar of {scope}{' with a feed' if feed else ''}"
        yield name, "reviewer/due_calendar.html", shown, HEAD, "/inbox/calendar"


def _closed_days(reason: str) -> Iterator[Page]:
    own = tuple(
        ClosedDayView(day=day, reason=reason, added_by=reason) for day in (date(2026, 12, 24), date(2026, 4, 29))
    )
    view = FiscalYearView(
        year=2026, years=(2025, 2026, 2027), closed_days=own,
        holidays=((date(2026, 4, 29), "昭和の日"), (date(2026, 5, 3), "憲法記念日")),
    )  # fmt: skip
    plain = {"problem": None, "unread": (), "done": None, "typed": ["", "", ""], "reason": ""}
    mistakes = (ImportMistake(2, reason), ImportMistake(14, "2026-02-30,停電"))
    for name, more in (
        ("", {}),
        (" refused", {"problem": problem("closed_day_known").text, "typed": ["2026", "12", "24"], "reason": reason}),
        (" with unreadable lines", {"unread": mistakes}),
        (" imported", {"done": ImportView(added=3, known=1, closed_anyway=2)}),
    ):
        shown = closed_days.contents(view) | plain | more
        yield f"closed days{name}", "admin/closed_days.html", shown, ADMINISTRATOR, "/admin/closed-days"


ADMINISTRATOR = HEAD.model_copy(update={"duties": frozenset({DutyView(department="*", function="administrator")})})

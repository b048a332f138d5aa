"""受信箱の内容: rows, filters with their counts, and the addresses they lead to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from api.bulk.orders import MOST
from api.desk.handover import ColleagueView
from api.desk.inbox import InboxAsked, InboxCounts, InboxFound, InboxPage
from api.desk.saved_views import SavedViewView
from api.desk.views import TaskLine
from api.views import Visitor
from procedures import calendar
from procedures.loader import Library
from procedures.texts import Language, Text
from ui import notation, wording
from ui.language import translated
from ui.reviewer import bulk_contents

INBOX = "/inbox"


@dataclass(frozen=True)
class Choice:
    """選択: one filter as a link. `count`: how many tasks it would show."""

    label: str
    href: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class InboxRow:
    """受信箱の一行. `held`: by the reader (mine), by a colleague (others), or by nobody (free)."""

    task: TaskLine
    title: Text
    late: bool
    days_left: int
    """Business days (開庁日); 0 is today."""
    held: str
    run_out: bool
    """It was held, but not worked on for too long."""


@dataclass(frozen=True)
class Saving:
    """表示の保存: those saved, and the one that was refused, as typed."""

    views: tuple[SavedViewView, ...] = ()
    typed: str = ""
    problem: Text | None = None


def inbox(
    language: Language, library: Library, officer: Visitor, asked: InboxAsked, found: InboxPage, counts: InboxCounts,
    saving: Saving, now: datetime, city_closed: Collection[date],
) -> dict[str, Any]:  # fmt: skip
    """受信箱: everything on the page."""
    here = asked.address(INBOX)
    titles = {f.id: f.title.of(language) for p in library.all() for f in p.functions if f.id in officer.functions}
    return {
        **listed(language, library, officer, asked, found, counts, now, city_closed, INBOX),
        "procedures": _procedures(language, library, counts),
        "functions": sorted(titles.items()),
        "orders": [(code, translated(language, label)) for code, label in wording.ORDERS.items()],
        "sought": asked.number,
        "bulk_kinds": bulk_contents.choices(language),
        "most_at_once": MOST,
        "address": here,
        "take_next": asked.address("/inbox/next") if counts.holdings["free"] and not asked.number else None,
        "views": [(each, href := each.filters.address(INBOX), href == here) for each in saving.views],
        "typed_view": saving.typed,
        "view_problem": saving.problem,
    }


def search(
    library: Library, officer: Visitor, sought: str, found: InboxFound, now: datetime, city_closed: Collection[date]
) -> dict[str, Any]:  # fmt: skip
    """探した結果: everything on the page."""
    titles = [(library.current(each).title, InboxAsked(procedure=each).address(INBOX)) for each in found.procedures]
    return {
        "rows": [_row(library, officer.account_id, task, now, city_closed) for task in found.tasks],
        "procedures": titles,
        "sought": sought,
        "more": found.more,
    }


def listed(
    language: Language, library: Library, officer: Visitor, asked: InboxAsked, found: InboxPage, counts: InboxCounts,
    now: datetime, city_closed: Collection[date], path: str,
) -> dict[str, Any]:  # fmt: skip
    """一覧: rows, and what narrows them, of one's own inbox or of a department."""
    everything = type(asked)(order=asked.order)
    return {
        "asked": asked,
        "rows": [_row(library, officer.account_id, task, now, city_closed) for task in found.tasks],
        "legible": found.legible,
        "next_page": asked.address(path, after=found.next_page) if found.next_page else None,
        "first_page": asked.address(path),
        "counts": counts,
        "holdings": _holdings(language, asked, counts, path),
        "flags": _flags(language, asked, counts, path),
        "every_due_day": asked.address(path, due=None),
        "everything": everything.address(path),
        "narrowed": asked.address(path) != everything.address(path),
    }


def _row(library: Library, reader: UUID, task: TaskLine, now: datetime, city_closed: Collection[date]) -> InboxRow:
    run_out = task.lease_until is not None and task.lease_until < now
    mine = task.assignee == reader
    held = "mine" if mine else "free" if task.assignee is None or run_out else "others"
    title = library.version(task.procedure, task.version).title
    left = calendar.business_days_between(notation.local(now), notation.local(task.due_at), city_closed)
    return InboxRow(task, title, task.due_at < now, left, held, run_out)


def assignment(
    library: Library, task: TaskLine, colleagues: Iterable[ColleagueView], now: datetime
) -> dict[str, Any]:  # fmt: skip
    """担当の割当: what a head sees of a task, and to whom it can go."""
    procedure = library.version(task.procedure, task.version)
    run_out = task.lease_until is not None and task.lease_until < now
    return {
        "task": task,
        "procedure": procedure,
        "step": procedure.step(task.step).title,
        "late": task.closed_at is None and task.due_at < now,
        "holder": None if run_out else task.assignee_name,
        "colleagues": [(str(e.account_id), e.name) for e in colleagues if run_out or e.account_id != task.assignee],
    }


def _holdings(language: Language, asked: InboxAsked, counts: InboxCounts, path: str) -> list[Choice]:
    """担当: one of them is always chosen."""
    everybody = Choice(
        translated(language, wording.EVERYBODY), asked.address(path, holding=None), sum(counts.holdings.values()),
        asked.holding is None,
    )  # fmt: skip
    return [everybody] + [
        Choice(translated(language, label), asked.address(path, holding=code), counts.holdings[code],
               asked.holding == code)
        for code, label in wording.HOLDINGS.items()
    ]  # fmt: skip


def _flags(language: Language, asked: InboxAsked, counts: InboxCounts, path: str) -> list[Choice]:
    """目印: chosen again, it is taken back."""
    return [
        Choice(translated(language, label), asked.address(path, flag=None if asked.flag == code else code),
               counts.flags[code], asked.flag == code)
        for code, label in wording.FLAGS.items()
    ]  # fmt: skip


def _procedures(language: Language, library: Library, counts: InboxCounts) -> list[tuple[str, str]]:
    titles = {procedure.id: procedure.title.of(language) for procedure in library.all()}
    return sorted(
        ((id_, f"{titles.get(id_, id_)} ({notation.number(language, n)})") for id_, n in counts.procedures.items()),
        key=lambda option: option[1],
    )

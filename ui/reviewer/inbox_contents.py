"""受信箱の内容: rows, filters with their counts, and the addresses they lead to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.inbox import InboxAsked, InboxCounts, InboxPage
from api.views import TaskLine, Visitor
from procedures import calendar
from procedures.loader import Library
from procedures.texts import Language, Text
from ui import notation, wording
from ui.language import translated

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


def inbox(
    language: Language, library: Library, officer: Visitor, asked: InboxAsked, found: InboxPage, counts: InboxCounts,
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """受信箱: everything on the page."""
    titles = {f.id: f.title.of(language) for p in library.all() for f in p.functions if f.id in officer.functions}
    return {
        "asked": asked,
        "rows": [_row(library, officer.account_id, task, now) for task in found.tasks],
        "legible": found.legible,
        "next_page": asked.address(INBOX, after=found.next_page) if found.next_page else None,
        "counts": counts,
        "holdings": _holdings(language, asked, counts),
        "flags": _flags(language, asked, counts),
        "procedures": _procedures(language, library, counts),
        "functions": sorted(titles.items()),
        "orders": [(code, translated(language, label)) for code, label in wording.ORDERS.items()],
        "everything": InboxAsked(order=asked.order).address(INBOX),
        "narrowed": asked.address(INBOX) != InboxAsked(order=asked.order).address(INBOX),
    }


def _row(library: Library, reader: UUID, task: TaskLine, now: datetime) -> InboxRow:
    run_out = task.lease_until is not None and task.lease_until < now
    mine = task.assignee == reader
    held = "mine" if mine else "free" if task.assignee is None or run_out else "others"
    title = library.version(task.procedure, task.version).title
    left = calendar.business_days_between(notation.local(now), notation.local(task.due_at))
    return InboxRow(task, title, task.due_at < now, left, held, run_out)


def _holdings(language: Language, asked: InboxAsked, counts: InboxCounts) -> list[Choice]:
    """担当: one of them is always chosen."""
    everybody = Choice(
        translated(language, wording.EVERYBODY), asked.address(INBOX, holding=None), sum(counts.holdings.values()),
        asked.holding is None,
    )  # fmt: skip
    return [everybody] + [
        Choice(translated(language, label), asked.address(INBOX, holding=code), counts.holdings[code],
               asked.holding == code)
        for code, label in wording.HOLDINGS.items()
    ]  # fmt: skip


def _flags(language: Language, asked: InboxAsked, counts: InboxCounts) -> list[Choice]:
    """目印: chosen again, it is taken back."""
    return [
        Choice(translated(language, label), asked.address(INBOX, flag=None if asked.flag == code else code),
               counts.flags[code], asked.flag == code)
        for code, label in wording.FLAGS.items()
    ]  # fmt: skip


def _procedures(language: Language, library: Library, counts: InboxCounts) -> list[tuple[str, str]]:
    titles = {procedure.id: procedure.title.of(language) for procedure in library.all()}
    return sorted(
        ((id_, f"{titles.get(id_, id_)} ({notation.number(language, n)})") for id_, n in counts.procedures.items()),
        key=lambda option: option[1],
    )

"""The inbox as it is narrowed, searched, late and empty."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from api.handover import ColleagueView, HolderView
from api.inbox import InboxAsked, InboxCounts, InboxPage
from api.views import TaskLine, Visitor
from procedures.loader import Library
from procedures.texts import Language
from store.inbox import FLAGS, HOLDINGS
from ui.admin.handover import holdings
from ui.reviewer.inbox_contents import inbox


def inbox_views(
    language: Language, library: Library, officer: Visitor, lines: Sequence[TaskLine], now: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, what its template gets)."""
    mine = lines[0]
    held = mine.model_copy(update={"assignee": lines[0].id, "assignee_name": "窓口　次郎"})
    tasks = (*lines, held, held.model_copy(update={"due_at": now + timedelta(hours=2)}))
    closed = mine.model_copy(update={"closed_at": now})
    narrowed = InboxAsked(procedure="residence_certificate", holding="mine", flag="soon", order="received")
    views = {
        "inbox": (InboxAsked(), InboxPage(tuple(tasks), "2026-04-01T00:00:00_1"), now),
        "late inbox": (InboxAsked(), InboxPage(tuple(tasks)), now + timedelta(days=4)),
        "empty inbox": (InboxAsked(), InboxPage(()), now),
        "narrowed inbox": (narrowed, InboxPage((mine,)), now),
        "narrowed inbox with nothing": (narrowed, InboxPage(()), now),
        "last page of an inbox": (InboxAsked(after="x"), InboxPage((mine,)), now),
        "past the last page of an inbox": (InboxAsked(after="x"), InboxPage(()), now),
        "found in an inbox": (InboxAsked(number="7K3MQ"), InboxPage((closed,)), now),
        "not found in an inbox": (InboxAsked(number="7K3MQ"), InboxPage(()), now),
        "no number in an inbox": (InboxAsked(number="<7K3>"), InboxPage((), legible=False), now),
    }
    for name, (asked, found, at) in views.items():
        yield name, inbox(language, library, officer, asked, found, _counts(len(found.tasks)), at)


def _counts(shown: int) -> InboxCounts:
    return InboxCounts(
        total=1234, shown=shown, holdings=dict.fromkeys(HOLDINGS, 411), flags=dict.fromkeys(FLAGS, 7),
        procedures={"residence_certificate": 1234, "gone_procedure": 1},
    )  # fmt: skip


def colleagues() -> tuple[ColleagueView, ...]:
    return tuple(ColleagueView(account_id=UUID(int=n), name=f"窓口　{n}郎") for n in (21, 22))


def handover_views() -> Iterator[tuple[str, dict[str, Any]]]:
    """担当の引継ぎ: (name, what its template gets)."""
    holders = tuple(HolderView(**each.model_dump(), open_tasks=n) for n, each in enumerate(colleagues(), 1))
    for name, held, handed in (("handover", holders, None), ("handed over", holders[:1], 4), ("none held", (), None)):
        yield name, holdings(held, colleagues()) | {"handed": handed, "freed": 1}

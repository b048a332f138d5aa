"""The inbox as it is narrowed, searched, late and empty."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from api.desk.handover import ColleagueView
from api.desk.inbox import InboxAsked, InboxCounts, InboxFound, InboxPage
from api.desk.saved_views import SavedViewView
from api.desk.views import TaskLine
from api.problems import problem
from api.views import Visitor
from procedures.calendar import EVERY_WEEKDAY
from procedures.loader import Library
from procedures.texts import Language
from store.inbox import FLAGS, HOLDINGS
from ui.reviewer.inbox_contents import Saving, inbox, search


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
    saved = (SavedViewView(id=UUID(int=31), name="急ぎの住民票", filters=narrowed.model_copy(update={"order": "due"})),
             SavedViewView(id=UUID(int=32), name="あとで見るもの", filters=narrowed))  # fmt: skip
    for name, (asked, found, at) in views.items():
        saving = Saving(saved) if asked.procedure else Saving()
        counts = _counts(len(found.tasks)).model_copy(update={"capped": name == "late inbox"})
        shown = inbox(language, library, officer, asked, found, counts, saving, at, EVERY_WEEKDAY)
        yield name, shown | {"notices": []}
    refused = Saving(saved, "急ぎの住民票", problem("view_named_so").text)
    page = InboxPage(tuple(tasks))
    shown = inbox(language, library, officer, narrowed, page, _counts(3), refused, now, EVERY_WEEKDAY)
    yield "view not saved", shown | {"notices": []}


def search_views(
    library: Library, officer: Visitor, lines: Sequence[TaskLine], now: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    """案件を探す: (name, what its template gets)."""
    closed = lines[0].model_copy(update={"closed_at": now})
    results = {
        "found by name": InboxFound(by="name", tasks=(*lines, closed), more=True),
        "found by procedure": InboxFound(by="name", tasks=(), procedures=(lines[0].procedure,)),
        "found nothing by name": InboxFound(by="name", tasks=()),
    }
    for name, found in results.items():
        yield name, search(library, officer, "姫路", found, now, EVERY_WEEKDAY)


def _counts(shown: int) -> InboxCounts:
    return InboxCounts(
        total=1234, shown=shown, holdings=dict.fromkeys(HOLDINGS, 411), flags=dict.fromkeys(FLAGS, 7),
        procedures={"residence_certificate": 1234, "gone_procedure": 1},
    )  # fmt: skip


def colleagues() -> tuple[ColleagueView, ...]:
    return tuple(ColleagueView(account_id=UUID(int=n), name=f"窓口　{n}郎") for n in (21, 22))

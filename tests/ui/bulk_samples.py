"""Bulk orders: looked at, under way, paused, over; and none of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from inbox_samples import colleagues

from api.bulk.orders import BulkView, ItemView, ProgressView
from api.desk.views import TaskLine
from api.problems import problem
from procedures.loader import Library
from procedures.marks import Mark
from procedures.texts import Language
from store.bulks import BulkKind, BulkState
from ui.reviewer.bulk_contents import Typed, order, orders

KINDS: tuple[BulkKind, ...] = get_args(BulkKind)


def bulk_pages(
    language: Language, library: Library, lines: Sequence[TaskLine], now: datetime, hostile: str
) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """(name, template, what it gets, path)."""
    for kind in KINDS:
        shown = order(language, library, _order(kind, "planned", lines, now), colleagues())
        yield f"bulk {kind} planned", "reviewer/bulk.html", shown, "/bulks/1"
    states: tuple[BulkState, ...] = ("running", "paused", "stopped", "finished")
    for state in states:
        kind: BulkKind = "export" if state == "finished" else "approve"
        shown = order(language, library, _order(kind, state, lines, now))
        yield f"bulk {state}", "reviewer/bulk.html", shown, "/bulks/1"
    typed = Typed(hostile, {"phone": Mark(fault="incomplete", reason=hostile or "x")}, hostile)
    refused = order(
        language, library, _order("send_back", "planned", lines, now), (), typed, problem("reason_required").text
    )
    yield "bulk refused", "reviewer/bulk.html", refused, "/bulks/1"
    mixed = [lines[0], lines[0].model_copy(update={"procedure": "cancer_screening"})]
    several = order(language, library, _order("send_back", "planned", mixed, now))
    yield "bulk of several procedures", "reviewer/bulk.html", several, "/bulks/1"
    kept = [_order(kind, state, lines, now) for kind, state in zip(KINDS, (*states, "finished"), strict=True)]
    yield "bulks", "reviewer/bulks.html", orders(language, kept), "/bulks"
    yield "no bulks", "reviewer/bulks.html", orders(language, ()), "/bulks"


def _order(kind: BulkKind, state: BulkState, lines: Sequence[TaskLine], now: datetime) -> BulkView:
    planned = state == "planned"
    became: list[dict[str, Any]] = [
        {"outcome": None if planned else "done", "reason": None},
        {"outcome": None if planned else "refused", "reason": "task_taken", "obstacle": "findings_unchecked"},
        {"outcome": None if planned else "sent", "reason": None},
        {"outcome": None, "reason": None},
    ]
    items = tuple(
        ItemView(
            position=n, task=lines[n % len(lines)], **{k: v for k, v in each.items() if planned or k != "obstacle"}
        )
        for n, each in enumerate(became)
    )
    return BulkView(
        id=UUID(int=1), kind=kind, state=state, planned_at=now, asked_at=now + timedelta(minutes=1),
        finished_at=now if state == "finished" else None, said={}, items=items,
        progress=ProgressView(total=4, done=1, refused=1, sent=1, waiting=1),
    )  # fmt: skip

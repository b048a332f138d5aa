"""Samples of the auditor's page of anchors, in every state."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from api.audit.anchors import AnchorsView, AnchorView
from ui.admin import anchor_contents as contents

PATH = "/audit/anchors"
Shown = tuple[str, str, dict[str, Any], str]


def an_anchor(now: datetime, days_ago: int = 0, **changes: Any) -> AnchorView:
    at = now - timedelta(days=days_ago)
    facts: dict[str, Any] = {
        "number": 400 - days_ago, "day": at.date(), "cases": 1_234 + days_ago, "root": "5e" * 32, "gathered_at": at,
        "stamped_at": at + timedelta(seconds=1), "authority": "Sandbox timestamp authority", "attempts": 1,
        "tried_at": at, "state": "verified", "different": 0, "detail": "",
    }  # fmt: skip
    return AnchorView.model_validate(facts | changes)


def audit_pages(now: datetime, hostile: str = "") -> Iterator[Shown]:
    """(name, template, what it gets, address)."""
    month = tuple(an_anchor(now, days) for days in range(31))
    silent = hostile or "the timestamp authority doesn't answer: [Errno 111] Connection refused"
    waiting = an_anchor(now, stamped_at=None, authority=None, state="waiting", attempts=7, detail=silent)
    wrong = (
        an_anchor(now, 1, state="different", different=2),
        an_anchor(now, 2, state="altered"),
        an_anchor(now, 3, state="untrusted", detail=hostile or "it stamps other bytes than these"),
    )
    for name, anchors in (
        ("anchors of a month", month),
        ("anchors that wait", (waiting, *month[1:5])),
        ("anchors that do not agree", (month[0], *wrong, *month[4:8])),
        ("no anchors yet", ()),
    ):
        first = now.date() - timedelta(days=399) if anchors else None
        view = AnchorsView(total=400 if anchors else 0, first_day=first, anchors=anchors)
        yield name, "admin/anchors.html", contents.anchors(view, typed="", unknown=False), PATH
    view = AnchorsView(total=400, first_day=now.date(), anchors=month[:3])
    typed = hostile or "282014-260401-XXXXX"
    yield "evidence of no case", "admin/anchors.html", contents.anchors(view, typed=typed, unknown=True), PATH

"""Replays: none yet, under way, safe, breaking, unsure, of nothing; and a list of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from api.administration.replay import ReplayedCaseView, ReplayView
from api.problems import problem
from procedures.loader import Library
from procedures.texts import Language
from ui.admin import replay_contents as contents
from workflows.replay import Reason

PLACE = "/admin/replays"
RECEIPT = "282014-261129-7K3MQ"
SENTENCE = "[TMPRL1100] Nondeterminism error: Timer machine does not handle this event: HistoryEvent(id: 17, X)"


def replay_pages(
    language: Language, library: Library, now: datetime, hostile: str
) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """(name, template, what it gets, path)."""
    told = {
        "running": a_replay(now, finished_at=None, deterministic=300),
        "safe": a_replay(now, deterministic=1234),
        "breaking": a_replay(
            now, deterministic=900, would_break=250, unknown=84, breaking=_breaking(hostile), untold=_untold(hostile)
        ),
        "unsure": a_replay(now, deterministic=1231, unknown=3, untold=_untold(hostile)),
        "of one case": a_replay(
            now, total=1, would_break=1, receipt_number=RECEIPT, procedure=None, breaking=_breaking(hostile)[:1]
        ),
        "of nothing": a_replay(now, total=0, procedure=None),
    }
    for name, found in told.items():
        yield f"replay {name}", "admin/replay.html", contents.replayed(language, library, found), f"{PLACE}/1"
    yield "replays", "admin/replays.html", contents.overview(language, library, told.values()), PLACE
    yield "no replays", "admin/replays.html", contents.overview(language, library, ()), PLACE
    refused = contents.overview(language, library, (), "cancer_screening", problem("replay_not_started").text)
    yield "replay refused", "admin/replays.html", refused, PLACE


def a_replay(now: datetime, **changes: Any) -> ReplayView:
    facts: dict[str, Any] = {
        "id": UUID(int=1), "officer_name": "管理　夏男", "receipt_number": None, "procedure": "residence_certificate",
        "asked_at": now, "finished_at": now + timedelta(minutes=2), "total": 1234, "deterministic": 0,
        "would_break": 0, "unknown": 0, "breaking": (), "untold": (),
    }  # fmt: skip
    return ReplayView.model_validate(facts | changes)


def _breaking(hostile: str) -> list[ReplayedCaseView]:
    """Every kind of work, with a name and without."""
    named = [_case("other_command", kind, hostile or "check_register", hostile) for kind in contents.WORK]
    alone = [_case("other_command", kind, None, hostile) for kind in contents.WORK]
    lacking = [_case(reason, None, None, hostile) for reason in ("no_such_workflow", "step_failed")]
    return [*named, *alone, *lacking]


def _untold(hostile: str) -> list[ReplayedCaseView]:
    reasons = [each for each in get_args(Reason) if each not in ("other_command", "no_such_workflow", "step_failed")]
    return [_case(reason, None, None, hostile, outcome="unknown") for reason in reasons]


def _case(
    reason: str, kind: str | None, name: str | None, hostile: str, outcome: str = "would_break"
) -> ReplayedCaseView:  # fmt: skip
    command = None if kind is None else {"kind": kind, "name": name}
    facts = {
        "receipt_number": RECEIPT, "outcome": outcome, "reason": reason, "event": 17 if command else None,
        "recorded": command, "came": {"kind": "timer", "name": None} if command else None,
        "detail": hostile or SENTENCE,
    }  # fmt: skip
    return ReplayedCaseView.model_validate(facts)

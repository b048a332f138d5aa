"""経過・支払・ほかの申請の内容: what happened to a case day by day, what was paid, and the person's other cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from api.case.views import EarlierView, HistoryLine
from api.views import PaymentView, TimelineEntry
from procedures.document import Procedure
from procedures.loader import Library
from procedures.texts import Language, Text
from ui import notation, wording
from ui.language import translated
from ui.wording import N_

SHOWN_AT_ONCE = 12
"""Lines of the history before the older ones fold away."""

CASES_AT_ONCE = 5
"""Other cases before the older ones fold away."""


@dataclass(frozen=True)
class Happening:
    """経過の一行: what, of which step, when, by whom, to whom, and what belongs to it."""

    at: datetime
    what: str
    step: Text | None
    who: str
    to: str | None
    detail: str | None


def history(language: Language, procedure: Procedure, lines: Iterable[HistoryLine]) -> dict[str, Any]:
    """経過, the newest first, by day; the older ones apart."""
    told = [_happening(language, procedure, line) for line in lines]
    return {"history": _by_day(told[:SHOWN_AT_ONCE]), "older": _by_day(told[SHOWN_AT_ONCE:])}


def payments(language: Language, found: Iterable[PaymentView], lines: Iterable[HistoryLine]) -> dict[str, Any]:
    """支払, and when money went back."""
    back = [(line.at, _yen(language, line.facts)) for line in lines if line.action == "refunded"]
    return {"payments": tuple(found), "refunds": sorted(back)}


def earlier(library: Library, view: EarlierView) -> dict[str, Any]:
    """ほかの申請: each with its procedure's title."""
    found = [(each, library.version(each.procedure, each.version).title) for each in view.cases]
    return {"earlier": found[:CASES_AT_ONCE], "more_earlier": found[CASES_AT_ONCE:], "elsewhere": view.elsewhere}


def _by_day(told: Iterable[Happening]) -> list[tuple[date, list[Happening]]]:
    return [(day, list(each)) for day, each in groupby(told, key=lambda one: notation.local(one.at))]


def _happening(language: Language, procedure: Procedure, line: HistoryLine) -> Happening:
    names = HistoryLine.model_fields.keys() & TimelineEntry.model_fields.keys()
    entry = TimelineEntry.model_validate({name: getattr(line, name) for name in names})
    return Happening(
        line.at,
        translated(language, wording.happening(entry)),
        wording.step_title(procedure, entry),
        _who(language, line),
        line.to,
        _detail(language, line),
    )


def _who(language: Language, line: HistoryLine) -> str:
    who = line.officer or translated(language, wording.ACTORS[line.actor])
    if line.in_place_of is None:
        return who
    return translated(language, N_("%(officer)s（%(absent)s の代理）")) % {"officer": who, "absent": line.in_place_of}


def _detail(language: Language, line: HistoryLine) -> str | None:
    """金額・賛否: what a line says beside its sentence."""
    if line.action == "opinion_given":
        return translated(language, wording.STANCES.get(str(line.facts.get("stance")), ""))
    if line.action in ("payment_confirmed", "refunded", "payment_opened") and "amount" in line.facts:
        return _yen(language, line.facts)
    if line.action == "task_released" and line.facts.get("reason") == "lease_lapsed":
        return translated(language, N_("担当の時間が過ぎました"))
    if line.action == "posted" and line.facts.get("tracking_number"):
        return str(line.facts["tracking_number"])
    return None


def _yen(language: Language, facts: Mapping[str, object]) -> str:
    amount = facts.get("amount")
    said = notation.number(language, amount) if isinstance(amount, int) else str(amount or "")
    return translated(language, N_("%(amount)s円")) % {"amount": said}

"""内容: what the page of retention shows: what is purged when, what the runs did, and what is kept on."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.administration.retention import HeldCaseView, HoldOutcome, KeptView, RetentionRunView, RetentionView
from procedures.loader import Library, ProcedureUnknown
from procedures.texts import Language, Text
from ui import charts
from ui.language import translated
from ui.wording import N_, Colour

OUTCOMES: Mapping[HoldOutcome, str] = {
    "held": N_("保存を続けます"),
    "held_already": N_("すでに保存を続けています"),
    "lifted": N_("保存の継続を解きました"),
    "not_held": N_("保存の継続はされていません"),
    "not_found": N_("見つかりません"),
    "case_purged": N_("すでに廃棄されています"),
}
DONE: frozenset[HoldOutcome] = frozenset({"held", "held_already", "lifted", "not_held"})


@dataclass(frozen=True)
class DueDay:
    """廃棄の日: how many cases fall due on it; `share` in percent of the most."""

    due_on: date
    cases: int
    held: int
    share: float
    over: bool
    """The next run purges them."""


def overview(
    language: Language, library: Library, view: RetentionView, done: Sequence[HeldCaseView] = ()
) -> dict[str, Any]:
    """保存期間の状況, by day and by procedure."""
    return {
        "view": view,
        "days": _days(view),
        "unruled": sum(each.cases for each in view.kept if each.due_on is None),
        "lines": [(each, _title(library, each)) for each in _by_day(view)],
        "runs": [(each, *_state(language, each)) for each in view.runs],
        "purges": _purges(view),
        "done": [(each.receipt_number, translated(language, OUTCOMES[each.outcome])) for each in done],
        "all_done": all(each.outcome in DONE for each in done),
    }


def _days(view: RetentionView) -> list[DueDay]:
    counted: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
    for each in view.kept:
        if each.due_on is not None:
            counted[each.due_on][0] += each.cases
            counted[each.due_on][1] += each.held
    ordered = sorted(counted.items())
    shares = charts.shares([cases for _, (cases, _) in ordered])
    return [
        DueDay(day, cases, held, share, day <= view.today)
        for (day, (cases, held)), share in zip(ordered, shares, strict=True)
    ]


def _by_day(view: RetentionView) -> list[KeptView]:
    return sorted(view.kept, key=lambda each: (each.due_on or date.max, each.procedure, each.version))


def _title(library: Library, line: KeptView) -> Text | str:
    try:
        return library.version(line.procedure, line.version).title
    except ProcedureUnknown:
        return line.procedure


def _state(language: Language, run: RetentionRunView) -> tuple[str, Colour]:
    if run.finished_at is None:
        return translated(language, N_("廃棄中")), "blue"
    if run.failed:
        return translated(language, N_("残りがあります")), "orange"
    return translated(language, N_("終わりました")), "green"


def _purges(view: RetentionView) -> charts.ColumnChart | None:
    """廃棄の推移: purged beside due, the oldest run first."""
    return charts.columns([(each.purged, each.due) for each in reversed(view.runs)])

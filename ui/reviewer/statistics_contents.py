"""内容: what the page of statistics shows."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from api.statistics import Period, StatisticsView
from procedures.loader import Library
from procedures.texts import Language
from ui import charts
from ui.reviewer.statistics_tables import Kind, Sheet, Value, online_share, sheets, shown
from ui.wording import N_

Content = dict[str, Any]
FISCAL_YEAR_BEGINS = 4
"""会計年度: 1 April to 31 March (地方自治法208条1項)."""


def statistics(
    language: Language, library: Library, view: StatisticsView, typed: Mapping[str, str], today: date,
    departments: frozenset[str] | None, *, everybody: bool, problem: object = None,
) -> Content:  # fmt: skip
    """統計: tables, charts, and what may be chosen. `everybody`: whether all officers' work is shown."""
    tables = sheets(language, library, view)
    return {
        "view": view,
        "sheets": tables,
        "bars": {
            "waiting": _bars(tables["waiting"], "count"),
            "steps": _bars(tables["steps"], "span"),
            "arrivals": _portions(tables["arrivals"]),
        },
        "chart": charts.columns([(each.received, each.closed) for each in view.course]),
        "arrivals_chart": charts.columns([(each.online, each.received - each.online) for each in view.course]),
        "online_share": online_share(view.total),
        "shown": lambda kind, value: shown(language, kind, value),
        "typed": typed,
        "query": urlencode({key: value for key, value in typed.items() if value}),
        "periods": [(label, _query(typed, each)) for label, each in _usual(today)],
        "procedures": _procedures(language, library, departments),
        "departments": _departments(language, library, departments),
        "everybody": everybody,
        "problem": problem,
    }


def _bars(sheet: Sheet, kind: Kind) -> list[list[float | None]]:
    """横棒: for each cell of this kind, all on one scale; the others have none."""
    kinds = [heading.kind for heading in sheet.headings]
    measured = [[_length(each) if kinds[at] == kind else None for at, each in enumerate(row)] for row in sheet.rows]
    drawn = iter(charts.shares([each for row in measured for each in row if each is not None]))
    return [[None if each is None else next(drawn) for each in row] for row in measured]


def _portions(sheet: Sheet) -> list[list[float | None]]:
    """割合の横棒: each share of the whole, not of the largest."""
    kinds = [heading.kind for heading in sheet.headings]
    return [
        [100 * _length(each) if kinds[at] == "share" and each is not None else None for at, each in enumerate(row)]
        for row in sheet.rows
    ]


def _length(value: Value) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value or 0)


def _usual(today: date) -> tuple[tuple[str, Period], ...]:
    """よく使う期間."""
    month = Period.of_month(today)
    year = today.year if today.month >= FISCAL_YEAR_BEGINS else today.year - 1
    fiscal = Period(first=date(year, FISCAL_YEAR_BEGINS, 1), last=date(year + 1, FISCAL_YEAR_BEGINS - 1, 31))
    return (
        (N_("今月"), month),
        (N_("先月"), Period.of_month(month.first - timedelta(days=1))),
        (N_("今年度"), fiscal),
    )


def _query(typed: Mapping[str, str], period: Period) -> str:
    kept = {key: typed[key] for key in ("procedure", "department") if typed.get(key)}
    return urlencode({"since": period.first.isoformat(), "until": period.last.isoformat(), **kept})


def _procedures(language: Language, library: Library, allowed: frozenset[str] | None) -> list[tuple[str, str]]:
    found = [each for each in library.all() if allowed is None or each.department.id in allowed]
    return sorted((each.id, each.title.of(language)) for each in found)


def _departments(language: Language, library: Library, allowed: frozenset[str] | None) -> list[tuple[str, str]]:
    named = {each.department.id: each.department.name.of(language) for each in library.all()}
    return sorted((name, label) for name, label in named.items() if allowed is None or name in allowed)

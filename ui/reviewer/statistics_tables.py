"""統計の表: each table once, for the page and for its CSV. Cells hold values; only who shows them writes them out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from babel.numbers import format_decimal, format_percent

from api.statistics import Bucket, CaseFigures, StatisticsView
from procedures.loader import Library, ProcedureUnknown
from procedures.texts import Language
from ui import notation, wording
from ui.language import translated
from ui.spreadsheet import Cell
from ui.wording import N_

Kind = Literal["text", "day", "count", "share", "span"]
"""A share is of 1, a span is elapsed time."""
Value = str | int | float | timedelta | None
"""None: there is nothing this could be said of."""
SheetName = Literal["results", "arrivals", "pace", "course", "waiting", "steps", "officers"]
NOTHING = "—"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Heading:
    """列."""

    label: str
    kind: Kind = "count"


@dataclass(frozen=True)
class Sheet:
    """表: `name` is its address; the first column names the row."""

    name: SheetName
    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Value, ...], ...]
    has_total: bool = False
    """Whether the last row is the sum."""


def shown(language: Language, kind: Kind, value: Value) -> str:
    """表示: a value as a person reads it; a time in minutes below an hour, in hours below two days, then in days."""
    if value is None:
        return NOTHING
    if isinstance(value, timedelta):
        return _span(language, value)
    if kind == "day":
        return notation.day(language, date.fromisoformat(str(value)))
    if kind == "share":
        return str(format_percent(value, "#,##0.#%", locale=language))
    return notation.number(language, value) if isinstance(value, int) else str(value)


def _span(language: Language, value: timedelta) -> str:
    if value < HOUR:
        return translated(language, N_("%(number)s分")) % {
            "number": _decimal(language, value / timedelta(minutes=1), "0")
        }
    if value < 2 * DAY:
        return translated(language, N_("%(number)s時間")) % {"number": _decimal(language, value / HOUR)}
    return translated(language, N_("%(number)s日間")) % {"number": _decimal(language, value / DAY)}


def _decimal(language: Language, value: float, pattern: str = "#,##0.#") -> str:
    return str(format_decimal(value, pattern, locale=language))


def header(language: Language, sheet: Sheet) -> tuple[str, ...]:
    """CSVの見出し: with the unit, since cells hold bare numbers."""
    units = {"share": N_("（%）"), "span": N_("（時間）")}
    named = ((each.label, units.get(each.kind)) for each in sheet.headings)
    return tuple("".join(translated(language, part) for part in parts if part) for parts in named)


def cells(sheet: Sheet) -> Iterable[tuple[Cell, ...]]:
    """CSVの行: shares in percent, times in hours."""
    for row in sheet.rows:
        yield tuple(_cell(heading.kind, value) for heading, value in zip(sheet.headings, row, strict=True))


def _cell(kind: Kind, value: Value) -> Cell:
    if isinstance(value, timedelta):
        return round(value / HOUR, 2)
    return round(100 * value, 1) if kind == "share" and isinstance(value, float) else value


# --- the tables -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """名前: how procedures, departments and steps are called in the reader's language."""

    language: Language
    library: Library

    def procedure(self, name: str | None, version: int | None) -> str:
        """手続名; a procedure the library no longer has keeps its id."""
        try:
            return self.library.version(name or "", version or 0).title.of(self.language)
        except ProcedureUnknown:
            return name or ""

    def step(self, procedure: str, version: int, step: str | None) -> str:
        """処理名; a case that has not begun stands at none."""
        if step is None:
            return self.said(N_("開始前"))
        try:
            titles = {each.id: each.title for each in self.library.version(procedure, version).steps}
        except ProcedureUnknown:
            return step
        return titles[step].of(self.language) if step in titles else step

    def department(self, name: str | None) -> str:
        """担当課名; one the library no longer has keeps its id."""
        names = {each.department.id: each.department.name for each in self.library.all()}
        return names[name].of(self.language) if name in names else name or ""

    def said(self, sentence: str) -> str:
        return translated(self.language, sentence)


def sheets(language: Language, library: Library, view: StatisticsView) -> dict[SheetName, Sheet]:
    """統計の表: every one, in the order of the page."""
    words = Words(language, library)
    made: tuple[Callable[[Words, StatisticsView], Sheet], ...] = (
        _results, _arrivals, _pace, _course, _waiting, _steps, _officers,
    )  # fmt: skip
    return {sheet.name: sheet for sheet in (make(words, view) for make in made)}


def _results(words: Words, view: StatisticsView) -> Sheet:
    ends = (N_("交付"), N_("却下"), N_("取下げ"), N_("期限切れによる終了"), N_("交付の取消し"))
    labels = (N_("受付"), N_("終了"), *ends, N_("処理待ち（現在）"))
    headings = (Heading(N_("手続"), "text"), Heading(N_("担当課"), "text"), *map(Heading, labels))
    rows = (
        (*_named(words, each), each.received, each.closed, each.delivered, each.rejected, each.withdrawn, each.lapsed,
         each.recalled, each.waiting)
        for each in (*view.procedures, view.total)
    )  # fmt: skip
    return Sheet("results", N_("受付と終了"), headings, tuple(rows), has_total=True)


def _arrivals(words: Words, view: StatisticsView) -> Sheet:
    """受付方法: how what was received reached the city, and the online share of it."""
    labels = (N_("受付"), N_("オンライン"), N_("窓口"), N_("郵送"))
    headings = (
        Heading(N_("手続"), "text"), Heading(N_("担当課"), "text"), *map(Heading, labels),
        Heading(N_("オンライン率"), "share"),
    )  # fmt: skip
    rows = (
        (*_named(words, each), each.received, each.online, each.at_counter, each.by_post, online_share(each))
        for each in (*view.procedures, view.total)
    )
    return Sheet("arrivals", N_("受付方法"), headings, tuple(rows), has_total=True)


def online_share(counted: CaseFigures | Bucket) -> float | None:
    """オンライン率: of what was received; where nothing was, it is not 0 but unknown."""
    return counted.online / counted.received if counted.received else None


def _pace(words: Words, view: StatisticsView) -> Sheet:
    headings = (
        Heading(N_("手続"), "text"), Heading(N_("担当課"), "text"),
        Heading(N_("中央値"), "span"), Heading(N_("9割が収まる時間"), "span"),
        Heading(N_("期限後に終了")), Heading(N_("期限超過で処理待ち")),
        Heading(N_("補正率"), "share"), Heading(N_("却下率"), "share"),
    )  # fmt: skip
    rows = (
        (*_named(words, each), each.median, each.p90, each.closed_late if each.closed else None,
         each.waiting_late if each.waiting else None, _share(each.corrected, each), _share(each.rejected, each))
        for each in (*view.procedures, view.total)
    )  # fmt: skip
    return Sheet("pace", N_("速さと質"), headings, tuple(rows), has_total=True)


def _share(part: int, figures: CaseFigures) -> float | None:
    """Of what closed; where nothing did, it is not 0 but unknown."""
    return part / figures.closed if figures.closed else None


def _named(words: Words, figures: CaseFigures) -> tuple[str, str]:
    if figures.procedure is None:
        return words.said(N_("合計")), ""
    return words.procedure(figures.procedure, figures.version), words.department(figures.department)


def _course(_: Words, view: StatisticsView) -> Sheet:
    firsts = {"day": N_("日"), "week": N_("週（初日）"), "month": N_("月（初日）")}
    headings = (
        Heading(firsts[view.grain], "day"), Heading(N_("受付")), Heading(N_("終了")), Heading(N_("オンライン")),
        Heading(N_("オンライン率"), "share"),
    )  # fmt: skip
    return Sheet("course", N_("受付と終了の推移"), headings, tuple(map(_bucket, view.course)))


def _bucket(each: Bucket) -> tuple[Value, ...]:
    return each.start.isoformat(), each.received, each.closed, each.online, online_share(each)


def _waiting(words: Words, view: StatisticsView) -> Sheet:
    texts = (N_("手続"), N_("処理"), N_("状態"))
    headings = (*(Heading(each, "text") for each in texts), Heading(N_("件数")))
    rows = (
        (words.procedure(each.procedure, each.version), words.step(each.procedure, each.version, each.step),
         words.said(wording.STATES[each.status].label), each.count)
        for each in view.waiting
    )  # fmt: skip
    return Sheet("waiting", N_("処理待ちの案件（現在）"), headings, tuple(rows))


def _steps(words: Words, view: StatisticsView) -> Sheet:
    headings = (
        Heading(N_("手続"), "text"), Heading(N_("処理"), "text"), Heading(N_("判断")), Heading(N_("期限超過")),
        Heading(N_("中央値"), "span"), Heading(N_("9割が収まる時間"), "span"),
    )  # fmt: skip
    rows = (
        (words.procedure(each.procedure, each.version), words.step(each.procedure, each.version, each.step),
         each.decided, each.late, each.median, each.p90)
        for each in view.steps
    )  # fmt: skip
    return Sheet("steps", N_("職員の処理にかかった時間"), headings, tuple(rows))


def _officers(_: Words, view: StatisticsView) -> Sheet:
    labels = (N_("承認"), N_("差戻し"), N_("却下"), N_("発送・交付"), N_("合計"), N_("担当中（現在）"))
    rows = (
        (each.name, each.approved, each.sent_back, each.rejected, each.dispatched, each.decided, each.holding)
        for each in view.officers
    )
    return Sheet("officers", N_("職員の処理件数"), (Heading(N_("職員"), "text"), *map(Heading, labels)), tuple(rows))

"""一括の内容: what its pages show: counts, shares of a bar, causes in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from api.sheets import rights
from api.sheets.views import AsideLine, BatchLine, BatchView, PilesProgress
from api.views import Visitor
from procedures.texts import Language
from sheets.document import Sheet
from ui.charts import shares
from ui.language import translated
from ui.sheets.words import BATCHES, CAUSES, KINDS, PAGES
from ui.wording import N_

Content = dict[str, Any]
OTHERWISE = N_("機械では扱えませんでした")


@dataclass(frozen=True)
class Part:
    """棒の一部: of all pages, in percent from the left; `tone` is a class, and the number stands in the legend."""

    label: str
    pages: int
    tone: str
    start: float
    width: float


@dataclass(frozen=True)
class Aside:
    """取り分けた頁の一行."""

    line: AsideLine
    kind: str
    why: str
    label: str
    colour: str


def listed(language: Language, officer: Visitor, sheets: Iterable[Sheet], found: Iterable[BatchLine]) -> Content:
    """一括の一覧."""
    mine = [each for each in sheets if rights.may_correct(officer, each) and rights.comes_in_piles(each)]
    return {
        "batches": [(each, *_said(language, BATCHES[each.state]), parts(language, each.progress)) for each in found],
        "sheets": [(each.id, each.title.of(language)) for each in mine],
    }


def batch(language: Language, found: BatchView) -> Content:
    """一括の状況."""
    bars = shares([club.pages for club in found.clubs])
    return {
        "batch": found,
        "state": _said(language, BATCHES[found.state]),
        "parts": parts(language, found.progress),
        "clubs": list(zip(found.clubs, bars, strict=True)),
        "aside": [_aside(language, each) for each in found.aside],
        "fault": cause(language, found.fault) if found.fault else None,
        "files": [(name, cause(language, fault)) for name, fault in found.unreadable_files],
        "seconds_a_sheet": round(found.human_seconds / sheets) if (sheets := sum(c.pages for c in found.clubs)) else 0,
        "read_share": round(100 * found.accepted / found.cells, 1) if found.cells else None,
    }


def parts(language: Language, found: PilesProgress) -> list[Part]:
    """進み具合の棒: what is done on the left, what waits on the right; what is set aside at the end."""
    counted = (
        (PAGES["entered"][0], found.entered, "is-entered"),
        (PAGES["approved"][0], found.approved, "is-approved"),
        (PAGES["corrected"][0], found.corrected, "is-corrected"),
        (N_("二人目の確認待ち"), found.second, "is-second"),
        (PAGES["read"][0], found.to_correct, "is-read"),
        (PAGES["waiting"][0], found.waiting, "is-waiting"),
        (PAGES["handed_over"][0], found.handed_over, "is-handed"),
        (PAGES["set_aside"][0], found.set_aside, "is-aside"),
    )
    made, start = [], 0.0
    for label, pages, tone in counted:
        if pages:
            width = round(100 * pages / max(found.pages, 1), 2)
            made.append(Part(translated(language, label), pages, tone, round(start, 2), width))
            start += width
    return made


def cause(language: Language, code: str) -> str:
    """原因: in words; a code nobody foresaw is said as such."""
    return translated(language, CAUSES.get(code, OTHERWISE))


def _aside(language: Language, line: AsideLine) -> Aside:
    kind = translated(language, KINDS.get(line.kind or "", N_("帳票")))
    why = cause(language, line.fault) if line.fault and line.fault != line.kind else ""
    return Aside(line, kind, why, *_said(language, PAGES[line.state]))


def _said(language: Language, found: tuple[str, str]) -> tuple[str, str]:
    return translated(language, found[0]), found[1]

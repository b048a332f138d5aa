"""紙の読取りの内容: each answer under its piece of the scan, and how sure the machine was of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from api.filing.reading import STATED, unseen
from api.paper.views import PaperDraftView, PaperReadingView, ReadLine
from procedures.document import Procedure
from procedures.form import ChoiceField, ConsentField, FormField
from procedures.texts import Language
from sheets.document import CellId, Sheet
from sheets.geometry import PAGE_HEIGHT, PAGE_WIDTH, Box
from ui import steps
from ui.language import translated
from ui.reviewer.paper_contents import as_day, parts_of
from ui.sheets.words import CAUSES
from ui.wording import N_, Colour

Content = dict[str, Any]
AROUND, BESIDE_A_TICK = 1.4, 34.0
"""Millimetres of paper seen around a cell, and right of a tick: its printed words."""
TALL = 11.0
"""Millimetres from which on a piece of paper is two lines high."""
STANDINGS: Mapping[str, tuple[str, Colour]] = {
    "sure": (N_("読取り済み"), "green"),
    "doubtful": (N_("要確認"), "orange"),
    "unread": (N_("読めません"), "red"),
}
PERSON: Mapping[str, str] = {
    "name": N_("氏名"),
    "name_kana": N_("フリガナ"),
    "birth_date": N_("生年月日"),
    "address": N_("住所"),
}
FAULTS: Mapping[str, str] = {
    "blank": N_("白紙です"),
    "foreign": N_("読み取れる様式の申請書ではありません"),
    "other_sheet": N_("この手続の申請書とは別の様式です"),
}
"""What is said otherwise of one paper than of a pile."""
OTHERWISE = N_("機械では扱えませんでした")


@dataclass(frozen=True)
class LineShown:
    """一項目: `view` is its place in the picture, in millimetres, as an SVG's viewBox."""

    place: str
    label: str
    control: Literal["text", "choice", "tick", "date"]
    view: str
    tall: bool
    value: str
    parts: Sequence[str]
    options: Sequence[tuple[str, str]]
    standing: str
    chip: tuple[str, str]
    seen: bool
    missed: bool

    @property
    def at(self) -> Sequence[str]:
        """The same in numbers: what lies around is cut off, however narrow the screen."""
        return self.view.split()

    @property
    def asks(self) -> bool:
        return self.standing != "sure"


@dataclass(frozen=True)
class Typed:
    """打ち込んだもの: of a confirmation that was refused."""

    values: Mapping[str, str] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()


def reading(
    language: Language, procedure: Procedure, sheet: Sheet | None, draft: PaperDraftView, found: PaperReadingView,
    typed: Typed | None = None,
) -> Content:  # fmt: skip
    """読取りの確認."""
    missed = frozenset(unseen(found, typed.values, typed.seen)) if typed else frozenset()
    shown = _Shown(language, procedure, typed or Typed(), missed)
    lines = [] if sheet is None else [shown.line(sheet, each) for each in found.lines]
    return {
        "procedure": procedure,
        "draft": draft.draft,
        "place": steps.place(draft.draft),
        "found": found,
        "fault": fault(language, found.fault) if found.fault else None,
        "person": [each for each in lines if each.place.startswith(STATED)],
        "answers": [each for each in lines if not each.place.startswith(STATED)],
        "to_see": sum(each.asks for each in lines),
        "lines": len(lines),
        "missed": [each for each in lines if each.missed],
        "paper": (f"{PAGE_WIDTH:g}", f"{PAGE_HEIGHT:g}"),
    }


def fault(language: Language, code: str) -> str:
    """原因: in words; one nobody foresaw is said as such."""
    return translated(language, FAULTS.get(code) or CAUSES.get(code, OTHERWISE))


@dataclass(frozen=True)
class _Shown:
    language: Language
    procedure: Procedure
    typed: Typed
    missed: frozenset[str]

    def line(self, sheet: Sheet, line: ReadLine) -> LineShown:
        value = self.typed.values.get(line.place, line.value or "")
        control, options = self._control(line.place)
        boxes = [box for cell in line.cells for box in sheet.cell(CellId(cell)).boxes]
        ticks = all(sheet.cell(CellId(cell)).kind == "tick" for cell in line.cells)
        name, colour = STANDINGS[line.standing]
        return LineShown(
            place=line.place, label=self._label(line.place), control=control,
            view=_view(boxes, BESIDE_A_TICK if ticks else AROUND), tall=_height(boxes) > TALL, value=value,
            parts=parts_of(as_day(value)) if control == "date" else (), options=options, standing=line.standing,
            chip=(translated(self.language, name), colour), seen=line.place in self.typed.seen,
            missed=line.place in self.missed,
        )  # fmt: skip

    def _label(self, place: str) -> str:
        if place.startswith(STATED):
            return translated(self.language, PERSON[place.removeprefix(STATED)])
        return self._field(place).label.of(self.language)

    def _control(
        self, place: str
    ) -> tuple[Literal["text", "choice", "tick", "date"], Sequence[tuple[str, str]]]:  # fmt: skip
        if place.startswith(STATED):
            return ("date" if place.endswith("birth_date") else "text"), ()
        match self._field(place):
            case ChoiceField() as choice:
                return "choice", [(each.value, each.label.of(self.language)) for each in choice.options]
            case ConsentField():
                return "tick", ()
            case _:
                return "text", ()

    def _field(self, name: str) -> FormField:
        return next(each for each in self.procedure.form.fields() if each.id == name)


def _height(boxes: Iterable[Box]) -> float:
    there = list(boxes)
    return max(box.bottom for box in there) - min(box.y for box in there)


def _view(boxes: Sequence[Box], right: float) -> str:
    left, top = min(box.x for box in boxes) - AROUND, min(box.y for box in boxes) - AROUND
    end = min(max(box.right for box in boxes) + right, PAGE_WIDTH)
    bottom = max(box.bottom for box in boxes) + AROUND
    return f"{left:g} {top:g} {end - left:g} {bottom - top:g}"

"""訂正の内容: one sheet as its page shows it: each value under its piece of the picture, row by row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from api.sheets.typed import as_said, in_clock
from api.sheets.views import SheetCellView, SheetPageView
from procedures.texts import Language
from sheets.checks import Count, Difference, Sum
from sheets.document import Cell, CellId, Sheet, Table
from sheets.geometry import PAGE_HEIGHT, PAGE_WIDTH, Box
from sheets.kinds import COMBED
from sheets.values import Empty, NoValue, value
from ui.language import translated
from ui.wording import N_

Content = dict[str, Any]
AROUND = 1.2
"""Millimetres of paper seen around a cell: writing seldom stays inside."""
LONGEST_WORDS = 200


@dataclass(frozen=True)
class CellShown:
    """欄: `view` is its place in the picture, in millimetres, as an SVG's viewBox; `choices` are its other readings.

    `place` is its label with its row; `fixed`: its reader may not change it.
    """

    id: str
    label: str
    place: str
    kind: str
    view: str
    value: str
    read: str | None
    choices: tuple[str, ...]
    standing: str
    second: str
    by: str | None
    blamed: bool
    figures: bool
    longest: int
    column: str
    fixed: bool
    seen: bool
    unknown: bool
    error: object = None

    @property
    def doubtful(self) -> bool:
        return self.standing == "doubtful"


@dataclass(frozen=True)
class RowShown:
    """行: `arithmetic` names the cells whose difference its hours must be."""

    name: str
    number: int
    view: str
    cells: tuple[CellShown, ...]
    arithmetic: Mapping[str, str]

    @property
    def empty(self) -> bool:
        """Nothing is written, and nobody has to look."""
        return not any(cell.value or cell.doubtful or cell.blamed for cell in self.cells)

    @property
    def open(self) -> bool:
        return any(cell.doubtful or cell.blamed for cell in self.cells)


@dataclass(frozen=True)
class TotalShown:
    """合計の突合: what is written, and what the rows make."""

    cell: str
    label: str
    kind: str
    how: str
    """sum or count."""
    column: str
    written: str
    due: str
    agrees: bool | None


@dataclass(frozen=True)
class Typed:
    """打ち込んだもの: a save that was refused: what was typed, what was ticked, and what is wrong, by cell."""

    texts: Mapping[str, str] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    wrong: Mapping[str, object] = field(default_factory=dict)


def correction(
    language: Language, sheet: Sheet, found: SheetPageView, *, editable: bool, typed: Typed | None = None
) -> Content:
    """訂正; of a page nobody could read there are no cells."""
    if not found.cells:
        return {"found": found}
    shown = _Shown(language, sheet, found, editable, typed or Typed())
    tables = [(table, list(shown.rows(table))) for table in sheet.tables]
    return {
        "sheet": sheet,
        "found": found,
        "before": [shown.cell(cell) for cell in sheet.cells if cell.row is None and not _below(sheet, cell)],
        "tables": [(table, shown.heads(table), rows, _runs(rows)) for table, rows in tables],
        "after": [shown.cell(cell) for cell in sheet.cells if cell.row is None and _below(sheet, cell)],
        "totals": list(shown.totals()),
        "doubtful": [each for each in shown.all() if each.doubtful],
        "second": [each for each in shown.all() if each.second == "needed"],
        "paper": f"0 0 {PAGE_WIDTH:g} {PAGE_HEIGHT:g}",
        "width": f"{PAGE_WIDTH:g}",
        "height": f"{PAGE_HEIGHT:g}",
        "editable": editable,
        "about": shown.about(),
    }


@dataclass(frozen=True)
class _Shown:
    language: Language
    sheet: Sheet
    found: SheetPageView
    editable: bool
    typed: Typed

    def all(self) -> Iterator[CellShown]:
        """欄の一覧, as a reader of the paper comes to them."""
        return (self.cell(cell) for cell in _in_order(self.sheet))

    def cell(self, cell: Cell) -> CellShown:
        stands = self._by_id[cell.id]
        said = as_said(cell.kind, stands.text)
        others = dict.fromkeys(as_said(cell.kind, each) for each in (stands.read or "", *stands.alternatives))
        return CellShown(
            id=cell.id, label=self.label(cell), place=self._place(cell), kind=cell.kind, view=_view(cell.boxes),
            value=self.typed.texts.get(cell.id, said),
            read=None if stands.read is None else as_said(cell.kind, stands.read),
            choices=tuple(each for each in others if each and each != said)[:4],
            standing=stands.standing, second=stands.second, by=stands.by, blamed=cell.id in self._blamed,
            figures=cell.kind in COMBED or cell.kind == "tick",
            longest=len(cell.boxes) + 1 if cell.kind in COMBED else LONGEST_WORDS,
            column=self.sheet.place(cell), fixed=not self.editable, seen=cell.id in self.typed.seen,
            unknown=stands.text is None,
            error=self.typed.wrong.get(cell.id),
        )  # fmt: skip

    def label(self, cell: Cell) -> str:
        return self.sheet.writing(cell).label.of(self.language)

    def _place(self, cell: Cell) -> str:
        if cell.row is None:
            return self.label(cell)
        named = translated(self.language, N_("%(row)s行目 %(column)s"))
        return named % {"row": int(cell.row[-2:]), "column": self.label(cell)}

    def about(self) -> str:
        """どの紙か: club, month, numbers, as far as they are known."""
        found = self.found
        who = [found.group_name or found.group, found.month, found.person and f"No. {found.person}"]
        return "　".join(each for each in who if each)

    def heads(self, table: Table) -> list[str]:
        return [column.label.of(self.language) for column in table.columns]

    def rows(self, table: Table) -> Iterator[RowShown]:
        check = next((e for e in self.sheet.checks if isinstance(e, Difference) and e.table == table.id), None)
        for number, name in enumerate(table.row_names, start=1):
            cells = [self.sheet.cell(CellId(f"{name}.{column.id}")) for column in table.columns]
            yield RowShown(
                name=name, number=number, view=_view([box for cell in cells for box in cell.boxes]),
                cells=tuple(map(self.cell, cells)), arithmetic=_arithmetic(check, name),
            )  # fmt: skip

    def totals(self) -> Iterator[TotalShown]:
        for check in self.sheet.checks:
            if isinstance(check, Sum | Count):
                yield self._total(check)

    def _total(self, check: Sum | Count) -> TotalShown:
        cell = self.sheet.cell(CellId(check.total))
        addends = [self._value(each) for each in self.sheet.column(check.table, check.column)]
        written = self._value(cell.id)
        kind = "digits" if isinstance(check, Count) else cell.kind
        numbers = [each for each in addends if isinstance(each, int)]
        due = None if None in addends else len(numbers) if isinstance(check, Count) else sum(numbers)
        agrees = None if due is None or written is None else (0 if isinstance(written, Empty) else written) == due
        return TotalShown(
            cell=cell.id, label=self.label(cell), kind=kind, how=check.kind, column=f"{check.table}.{check.column}",
            written=as_said(cell.kind, self._by_id[cell.id].text), due="" if due is None else in_clock(cell.kind, due)
            if kind != "digits" else str(due), agrees=agrees,
        )  # fmt: skip

    def _value(self, cell: CellId) -> object:
        stands = self._by_id[cell].text
        try:
            return None if stands is None else value(self.sheet.cell(cell).kind, stands)
        except NoValue:
            return None

    @cached_property
    def _by_id(self) -> Mapping[str, SheetCellView]:
        return {each.cell: each for each in self.found.cells}

    @cached_property
    def _blamed(self) -> frozenset[str]:
        return frozenset(each.cells[-1] for each in self.found.contradictions)


def _runs(rows: Sequence[RowShown]) -> tuple[int, int] | None:
    """空の行: from which row to which nothing is written, at the end of the table; None: the last one is filled in."""
    filled = max((row.number for row in rows if not row.empty), default=0)
    return None if filled == len(rows) else (filled + 1, len(rows))


def _in_order(sheet: Sheet) -> Iterable[Cell]:
    """Fields above, tables, fields below: as one reads the paper."""
    alone = [cell for cell in sheet.cells if cell.row is None]
    above = [cell for cell in alone if not _below(sheet, cell)]
    tabled = [cell for cell in sheet.cells if cell.row is not None]
    return (*above, *tabled, *(cell for cell in alone if _below(sheet, cell)))


def _below(sheet: Sheet, cell: Cell) -> bool:
    """Whether a field stands below the first table."""
    return bool(sheet.tables) and cell.boxes[0].y > sheet.tables[0].top


def _arithmetic(check: Difference | None, row: str) -> Mapping[str, str]:
    if check is None:
        return {}
    names = {"start": check.start, "end": check.end, "minus": check.minus, "equals": check.equals}
    return {role: f"{row}.{column}" for role, column in names.items() if column}


def _view(boxes: Sequence[Box]) -> str:
    left, top = min(box.x for box in boxes) - AROUND, min(box.y for box in boxes) - AROUND
    right, bottom = max(box.right for box in boxes) + AROUND, max(box.bottom for box in boxes) + AROUND
    return f"{left:g} {top:g} {right - left:g} {bottom - top:g}"

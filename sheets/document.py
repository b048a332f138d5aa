"""帳票: one paper sheet as a versioned, frozen document: what is written where, and what must agree with what.

Lengths are millimetres from the top left corner of an A4 page standing upright. Digits are written one to a box
(一文字一枠), which is what makes them readable to a machine at all.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal, NewType, Self

from pydantic import Field as Bound
from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from procedures.form import Id
from procedures.texts import Model, Text
from sheets import consistency
from sheets.checks import Check, Count, Sum
from sheets.geometry import MARKS, QR, Box, Length
from sheets.kinds import COMBED, Kind
from sheets.results import Result

CellId = NewType("CellId", str)
"""欄ID: of a table "row03.start", else a field's own id, e.g. "total.hours"."""

COLON = 2.6
"""Between the groups of a comb, where its colon is printed."""


class Cell(Model):
    """欄: one thing that is written on a sheet, and the boxes it is written into."""

    id: CellId
    kind: Kind
    boxes: tuple[Box, ...]
    """One per character, from left to right; a tick, a name and a text have one."""
    row: str | None
    """The table's row, e.g. "row03"; None outside tables."""
    column: str
    """The table's column, e.g. "start"; outside tables the field's id."""


class Writing(Model):
    """記入: what is written into a cell, where from the left, and which values are allowed."""

    kind: Kind
    label: Text
    x: Length
    """Left edge of the first box."""
    comb: tuple[Annotated[int, Bound(ge=1, le=12)], ...] = ()
    """Boxes in groups, of kinds written one character to a box: [2, 2] is HH:MM with the colon printed."""
    width: Length | None = None
    """Of the one box of a tick, name or text."""
    minimum: int | None = None
    """Smallest value; minutes for times and durations."""
    maximum: int | None = None
    """Largest value; minutes for times and durations."""
    step: int = Bound(default=1, ge=1)
    """Values are multiples of it: 5 where times are written in five minutes."""

    def allows(self, number: int) -> bool:
        """値の規則: whether a number may stand here."""
        low = self.minimum is None or self.minimum <= number
        high = self.maximum is None or number <= self.maximum
        return low and high and number % self.step == 0

    def boxes(self, y: float, size: "BoxSize") -> tuple[Box, ...]:
        """枠: the boxes in a row whose upper edge is at `y`."""
        if self.kind not in COMBED:
            return (Box(x=self.x, y=y, width=self.width or size.width, height=size.height),)
        return tuple(Box(x=x, y=y, width=size.width, height=size.height) for x in self._lefts(size.width))

    def _lefts(self, width: float) -> Iterator[float]:
        x = self.x
        for group in self.comb:
            for _ in range(group):
                yield round(x, 2)
                x += width
            x += COLON


class Column(Writing):
    """列: of a table; written once in each row."""

    id: Id


class Field(Writing):
    """単独欄: written once on the sheet."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?$")]
    y: Length
    height: Length | None = None
    """None: as high as every box of the sheet."""
    label_at: Literal["left", "right", "none"] = "left"
    """none: a note says what it is."""
    label_x: Length | None = None
    """Left edge of a label at the left; None: it ends just before the first box."""


class BoxSize(Model):
    """枠の大きさ: of one character."""

    width: Length = 5.4
    height: Length = 6.0


class Table(Model):
    """表: equal rows, one below the other."""

    id: Id
    """Rows are called after it: row01, row02, …"""
    rows: int = Bound(ge=1, le=60)
    top: Length
    """Upper edge of the first row's boxes."""
    pitch: Length
    """From one row to the next."""
    columns: tuple[Column, ...] = Bound(min_length=1)

    def row(self, number: int) -> str:
        """行の名: row 3 is "row03"."""
        return f"{self.id}{number:02}"

    @property
    def row_names(self) -> tuple[str, ...]:
        """行の名の一覧: from the top."""
        return tuple(self.row(number) for number in range(1, self.rows + 1))


class Note(Model):
    """印字: words that are printed and not read."""

    text: Text
    x: Length
    y: Length
    width: Length
    style: Literal["heading", "label", "note", "seal"] = "note"
    """heading: over a part of the sheet. label: of what stands right of it. note: how to fill it in. seal: a square for
    somebody's seal (印), under its words."""


class Sheet(Model):
    """帳票: read it with `sheets.loader.SheetLibrary`."""

    id: Id
    """The folder's name under sheets/library."""
    version: int = Bound(ge=1)
    """Counts up; sheets in people's hands are read as the version their QR names."""
    title: Text
    belongs_to: Literal["person_month", "person", "case"]
    """What one filled sheet is about: a person's month, a person, or a case yet to be filed."""
    department: Id
    """担当課: whose officers correct and approve it, as procedures name departments."""
    result: Result | None = None
    """What becomes of it; None: it is read and corrected, and a person deals with it."""
    from_folder: bool = False
    """フォルダとメールの紙: what comes with no word of what it is is taken for this sheet; one of a library at most."""
    box: BoxSize = BoxSize()
    fields: tuple[Field, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[Note, ...] = ()
    checks: tuple[Check, ...] = ()
    marks: tuple[Box, Box, Box, Box] = MARKS
    """位置合わせの印: upper left, upper right, lower left, lower right. Solid squares, the last one hollow: thus a page
    whose QR cannot be read still knows which way is up."""
    qr: Box = QR

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if found := consistency.mistakes(self.model_dump(mode="json")):
            raise PydanticCustomError("inconsistent", "{mistakes}", {"mistakes": "\n".join(map(str, found))})
        return self

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """欄の一覧: fields first, then the tables row by row."""
        return (*self._single(), *(cell for table in self.tables for cell in self._tabled(table)))

    def cell(self, cell_id: CellId) -> Cell:
        """欄: by id. Raises KeyError."""
        return self._by_id[cell_id]

    @cached_property
    def totals(self) -> frozenset[CellId]:
        """合計欄: what the rest of the sheet adds up to; a second person confirms one that was changed."""
        return frozenset(CellId(check.total) for check in self.checks if isinstance(check, Sum | Count))

    @cached_property
    def _by_id(self) -> dict[CellId, Cell]:
        return {cell.id: cell for cell in self.cells}

    def writing(self, cell: Cell) -> Writing:
        """記入: what the document says of a cell. Raises KeyError."""
        return self._writings[self.place(cell)]

    @staticmethod
    def place(cell: Cell) -> str:
        """参照先: as checks name a cell: a field by its id, the cells of a column by table.column."""
        return cell.column if cell.row is None else f"{cell.row[:-2]}.{cell.column}"

    def column(self, table_id: str, column_id: str) -> tuple[CellId, ...]:
        """列の欄: the cells of a column, from the top."""
        return tuple(CellId(f"{row}.{column_id}") for row in self.table(table_id).row_names)

    @cached_property
    def _writings(self) -> dict[str, Writing]:
        single: dict[str, Writing] = {field.id: field for field in self.fields}
        tabled = {f"{table.id}.{column.id}": column for table in self.tables for column in table.columns}
        return {**single, **tabled}

    def table(self, table_id: str) -> Table:
        """表: by id. Raises KeyError."""
        return {table.id: table for table in self.tables}[table_id]

    def _single(self) -> Iterator[Cell]:
        for field in self.fields:
            size = BoxSize(width=self.box.width, height=field.height or self.box.height)
            yield Cell(
                id=CellId(field.id), kind=field.kind, boxes=field.boxes(field.y, size), row=None, column=field.id
            )

    def _tabled(self, table: Table) -> Iterator[Cell]:
        for number, row in enumerate(table.row_names):
            y = round(table.top + number * table.pitch, 2)
            for column in table.columns:
                cell_id = CellId(f"{row}.{column.id}")
                boxes = column.boxes(y, self.box)
                yield Cell(id=cell_id, kind=column.kind, boxes=boxes, row=row, column=column.id)

"""帳票の結果: what becomes of a sheet that was read and approved, as its document declares it.

No code knows a sheet by its name: which cell is whose hours, a measurement or an answer stands here.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from procedures.form import Id
from procedures.texts import Model
from sheets.checks import Reference

Era = Literal["明治", "大正", "昭和", "平成", "令和"]
"""元号."""
Word = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Taken(Model):
    """欄から: what stands in a cell, or what the one ticked box means. One of both."""

    cell: Reference | None = None
    one_of: Mapping[Reference, Word] = Field(default_factory=dict)
    """By the tick's id."""

    @property
    def cells(self) -> tuple[str, ...]:
        """もとの欄."""
        return (self.cell,) if self.cell else tuple(self.one_of)


class PayrollResult(Model):
    """給与: one person's month is typed into the payroll; who and where is the roster's."""

    kind: Literal["payroll"]
    person: Reference
    total: Reference
    """Of the hours."""
    table: Id
    """A row for each day worked; what follows are its columns."""
    day: Id
    start: Id
    end: Id
    rest: Id
    hours: Id


class Column(Taken):
    """CSVの列."""

    name: Word
    """Its heading."""


class TableResult(Model):
    """表: a row of a CSV for each sheet, for whichever system takes it."""

    kind: Literal["table"]
    columns: tuple[Column, ...] = Field(min_length=1)


class Answer(Taken):
    """申請の回答: to a question of the procedure's form."""

    answer: Id


class BirthDate(Model):
    """生年月日: era ticked, year, month and day in figures."""

    era: Mapping[Reference, Era]
    year: Reference
    month: Reference
    day: Reference

    @property
    def cells(self) -> tuple[str, ...]:
        """もとの欄."""
        return (*self.era, self.year, self.month, self.day)


class StatedFrom(Model):
    """申請者: as written on the paper; compared with the register, never believed."""

    name: Reference
    name_kana: Reference
    birth_date: BirthDate
    address: Reference


class FilingResult(Model):
    """申請: one sheet is one request, which an officer enters as a case. Not a matter of piles: each is identified."""

    kind: Literal["filing"]
    procedure: Id
    answers: tuple[Answer, ...] = Field(min_length=1)
    stated: StatedFrom | None = None


Result = Annotated[PayrollResult | TableResult | FilingResult, Field(discriminator="kind")]
"""帳票の結果."""

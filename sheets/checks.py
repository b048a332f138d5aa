"""突合: what must agree on a sheet, as declared kinds. Times and durations are compared as whole minutes."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from procedures.form import Id
from procedures.texts import Model

Reference = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
"""参照: a field's id, e.g. "total.hours", or table.column for the cells of a whole column, e.g. "row.hours"."""


class Difference(Model):
    """差引: in each row end − start − minus = equals."""

    kind: Literal["difference"]
    table: Id
    start: Id
    end: Id
    minus: Id | None = None
    """Left empty it counts as nothing."""
    equals: Id


class Sum(Model):
    """合計: a column's values sum to a field."""

    kind: Literal["sum"]
    table: Id
    column: Id
    total: Reference


class Count(Model):
    """件数: as many rows are filled in, in this column, as a field says."""

    kind: Literal["count"]
    table: Id
    column: Id
    total: Reference


class Days(Model):
    """日付: each day exists in the sheet's month, and they ascend from row to row, none twice."""

    kind: Literal["days"]
    table: Id
    column: Id


class Complete(Model):
    """行の記入: a row is filled in, in all these columns, or it is left empty in all of them."""

    kind: Literal["complete"]
    table: Id
    columns: tuple[Id, ...] = Field(min_length=2)


class Listed(Model):
    """名簿: a number that must be one of those known, e.g. a person of the club's list."""

    kind: Literal["listed"]
    cell: Reference
    list: Id
    """Which list of those given for the sheet."""


class Limit(Model):
    """上限: a value, or every value of a column, is at most what is agreed for this person, e.g. minutes a day."""

    kind: Literal["limit"]
    cells: Reference
    at_most: Id
    """Which of the limits given for the sheet; where that is not given, there is none."""


class OneTick(Model):
    """択一: exactly one of these boxes is ticked."""

    kind: Literal["one_tick"]
    cells: tuple[Reference, ...] = Field(min_length=2)


Check = Annotated[
    Difference | Sum | Count | Days | Complete | Listed | Limit | OneTick,
    Field(discriminator="kind"),
]
"""突合: one declared kind each."""

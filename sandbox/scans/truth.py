"""正解: what was written on each page of each file, kept beside the scans for whoever measures a reader."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sandbox.scans.handwriting import Part

PageKind = Literal["sheet", "duplicate", "blank", "foreign"]
Slip = Literal["row_hours", "total_hours", "total_days", "day_twice", "empty_total"]
"""書き間違い: what the writer got wrong; the scan shows it as it was written."""

NAME = "truth.json"


class Kept(BaseModel):
    """正解の一部."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(Kept):
    """職員: of a club, as the city's list has them."""

    number: str
    name: str
    minutes_per_day: int
    minutes_per_month: int


class Club(Kept):
    """クラブ."""

    number: str
    name: str
    people: tuple[Person, ...]


class Written(Kept):
    """記入済みの一枚: texts by cell, one character per box; None is struck out or cannot be read by anybody."""

    person: str
    cells: dict[str, str | None]
    slips: tuple[Slip, ...] = ()
    struck_rows: tuple[str, ...] = ()
    overwritten: tuple[str, ...] = ()
    """Cells in which a digit was written over a wrong one."""


class ScannedPage(Kept):
    """一枚の正解."""

    file: str
    page: int
    """From 1."""
    kind: PageKind
    turned: Literal[0, 90, 180, 270] = 0
    """By how many degrees the page lies turned, counter-clockwise."""
    club: str | None = None
    written: Written | None = None


class Truth(Kept):
    """正解: of a whole batch."""

    sheet: str
    version: int
    month: str
    part: Part
    seed: int
    clubs: tuple[Club, ...]
    pages: tuple[ScannedPage, ...]

    def save(self, folder: Path) -> None:
        """保存: beside the scans."""
        (folder / NAME).write_text(self.model_dump_json(indent=1), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Truth":
        """読込."""
        return cls.model_validate_json((folder / NAME).read_text("utf-8"))

"""紙面の込み具合: what a document allows and a scanner cannot read: boxes on each other, off the page, at a mark."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from sheets.document import Cell, Sheet
from sheets.geometry import CLEARANCE

TOUCHING = -0.01
"""Boxes may stand side by side."""
MOST = 500
"""Pairs of cells that are named; a draft may hold the same table twice."""
Crowd = Literal["overlaps", "off_page", "at_mark"]


@dataclass(frozen=True)
class Crowding:
    """込み合い: of a place as checks name it: a field's id, or table.column; `other`: what it meets."""

    kind: Crowd
    place: str
    other: str = ""


def crowding(sheet: Sheet) -> list[Crowding]:
    """込み合いの一覧: each place once for each way and each neighbour."""
    return list(dict.fromkeys([*_outside(sheet), *islice(_on_each_other(sheet), MOST)]))


def _outside(sheet: Sheet) -> Iterator[Crowding]:
    for cell in sheet.cells:
        place = sheet.place(cell)
        if not all(box.on_page for box in cell.boxes):
            yield Crowding("off_page", place)
        if any(around.overlaps(box, CLEARANCE) for around in (*sheet.marks, sheet.qr) for box in cell.boxes):
            yield Crowding("at_mark", place)


def _on_each_other(sheet: Sheet) -> Iterator[Crowding]:
    cells = sorted(sheet.cells, key=lambda cell: cell.boxes[0].y)
    for at, one in enumerate(cells):
        for other in islice(cells, at + 1, None):
            if one.boxes[0].bottom <= other.boxes[0].y:
                break
            if _meet(one, other):
                yield Crowding("overlaps", sheet.place(one), sheet.place(other))


def _meet(one: Cell, other: Cell) -> bool:
    return any(box.overlaps(near, TOUCHING) for box in one.boxes for near in other.boxes)

"""様式を読む: every cell of a registered page, each by the reader that is right for what is written in it.

A pure function of the page: a pool of processes shares a month's sheets, one sheet at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from activities.ocr.boxes import characters, without_rules
from activities.ocr.cells import combed, ticked
from activities.ocr.digits import probabilities
from activities.ocr.likeness import trace
from activities.ocr.readers import Reader
from activities.ocr.registration import RegisteredPage
from sheets.document import Cell, Sheet
from sheets.geometry import Box
from sheets.kinds import COMBED
from sheets.reading import CellReading

INSIDE_MM = 0.4
"""How much of a line's edge is left out: what is left of its frame."""


@dataclass(frozen=True)
class SheetReading:
    """様式の読み: what is believed of every cell, in the sheet's order, and the trace to find duplicates by."""

    cells: tuple[CellReading, ...]
    trace: bytes


def read_sheet(page: RegisteredPage, sheet: Sheet, words: Reader) -> SheetReading:
    """読む: digits and ticks by our own recogniser, names and texts by `words`."""
    plain = without_rules(page, _boxes(sheet.cells))
    single = [cell for cell in sheet.cells if cell.kind in COMBED or cell.kind == "tick"]
    pictures = characters(plain, _boxes(single))
    found = iter(probabilities(pictures))
    readings = {}
    for cell in single:
        boxes = [next(found) for _ in cell.boxes]
        readings[cell.id] = ticked(cell, boxes[0]) if cell.kind == "tick" else combed(cell, boxes)
    written = [cell for cell in sheet.cells if cell.id not in readings]
    lines = words.read([plain.cut(cell.boxes[0], -INSIDE_MM) for cell in written])
    readings |= {
        cell.id: CellReading(cell=cell.id, alternatives=each) for cell, each in zip(written, lines, strict=True)
    }
    return SheetReading(tuple(readings[cell.id] for cell in sheet.cells), trace(pictures))


def _boxes(cells: Sequence[Cell]) -> list[Box]:
    return [box for cell in cells for box in cell.boxes]

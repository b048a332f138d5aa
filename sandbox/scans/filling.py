"""記入: what somebody writes onto a blank page of a sheet, box by box."""

from dataclasses import dataclass
from random import Random

from sandbox.scans.handwriting import Part
from sandbox.scans.pen import Page, Pen
from sandbox.scans.truth import Written
from sheets.document import Cell, Sheet
from sheets.geometry import PAGE_HEIGHT, PAGE_WIDTH
from sheets.kinds import COMBED


@dataclass(frozen=True)
class Habits:
    """記入の癖: how often something is on a page that does not belong there."""

    stray: float = 0.15
    """A stroke anywhere, boxes included."""
    seal_astray: float = 0.12
    """A second seal, pressed where there was room."""


def fill(blank: Page, sheet: Sheet, written: Written, dpi: int, part: Part, random: Random) -> Page:
    """記入する: returns a page of its own; the blank one stays blank."""
    page = blank.copy()
    pen = Pen(page, dpi, part, random)
    for cell in sheet.cells:
        _write(pen, cell, written, random)
    for row in written.struck_rows:
        _write_struck(pen, sheet, row, written)
    _seals(pen, sheet, written, random)
    _astray(pen, Habits(), random)
    return page


def _write(pen: Pen, cell: Cell, written: Written, random: Random) -> None:
    text = written.cells.get(cell.id)
    if not text:
        return
    if cell.kind == "tick":
        pen.tick(cell.boxes[0])
    elif cell.kind not in COMBED:
        pen.words(text, cell.boxes[0])
    else:
        corrected = random.randrange(len(text)) if cell.id in written.overwritten else None
        for at, (character, box) in enumerate(zip(text, cell.boxes, strict=True)):
            if character == " ":
                continue
            if at == corrected:
                pen.digit(random.choice("0123456789".replace(character, "")), box)
            pen.digit(character, box)


def _write_struck(pen: Pen, sheet: Sheet, row: str, written: Written) -> None:
    """What stood there first: the next row with a digit or two wrong, then two lines through all of it."""
    table = next(table for table in sheet.tables if row in table.row_names)
    names = table.row_names
    below = names[names.index(row) + 1]
    struck = [cell for cell in sheet.cells if cell.row == row and cell.kind in COMBED]
    for cell in struck:
        text = written.cells.get(f"{below}.{cell.column}") or ""
        for character, box in zip(text, cell.boxes, strict=False):
            if character != " ":
                pen.digit(character, box)
    pen.strike([box for cell in struck for box in cell.boxes])


def _seals(pen: Pen, sheet: Sheet, written: Written, random: Random) -> None:
    name = written.cells.get("person.name") or "姫路"
    for note in sheet.notes:
        if note.style == "seal" and random.random() < 0.9:
            middle = note.width / 2
            pen.seal(note.x + middle + random.gauss(0, 1), note.y + 1.5 + middle + random.gauss(0, 1), name)


def _astray(pen: Pen, habits: Habits, random: Random) -> None:
    while random.random() < habits.stray:
        pen.stray(random.uniform(20, PAGE_WIDTH - 20), random.uniform(40, PAGE_HEIGHT - 30), random.uniform(4, 22))
    if random.random() < habits.seal_astray:
        pen.seal(random.uniform(30, PAGE_WIDTH - 30), random.uniform(32, PAGE_HEIGHT - 30), "訂正")

"""作図: a blank sheet as an SVG page of exact millimetres, with its marks and its QR. Text only: nothing is rendered.

Lines are thin and blue: dark enough to be seen, light enough to vanish beside ink when a page is scanned.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Literal

import segno

from procedures.texts import Language, Text
from sheets.document import COLON, Field, Note, Sheet, Table, Writing
from sheets.geometry import PAGE_HEIGHT, PAGE_WIDTH, Box
from sheets.kinds import COMBED, Kind
from sheets.label import Label
from sheets.lettering import fitting, lines, width

FONT = "Noto Sans CJK JP"
BLACK, INK, LINE, GUIDE = "#000", "#1a1a1a", "#4f86b5", "#c3d5e4"
FRAME, DIVIDER, RULE = 0.22, 0.14, 0.1
"""Line widths in millimetres: around a comb, between its boxes, under a row."""
LEFT, RIGHT = 22.0, 191.0
"""Where titles and headings begin and end."""
SEPARATORS: dict[Kind, tuple[float, ...]] = {"time": (0.36, 0.64), "duration": (0.36, 0.64), "digits": (0.86,)}
"""Between the groups of a comb: the dots of a colon, or of a decimal point, by the height of the box."""
DOT = 0.36
"""Radius."""
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Stroke:
    """線: part of a path; `thick` 0 fills it. Those of one colour and thickness become one path."""

    colour: str
    thick: float
    path: str


Part = Stroke | str
"""A stroke, or a text as SVG."""


@dataclass(frozen=True)
class Wording:
    """印字の言語: the language of the sheet, and a second one in small letters beneath, if any."""

    first: Language = "ja"
    second: Language | None = None


def page(sheet: Sheet, label: Label, facts: Sequence[str] = (), wording: Wording | None = None) -> str:
    """白紙の一枚: `facts` are printed under the title, e.g. month and club."""
    words = wording or Wording()
    parts: list[Part] = [
        *_marks(sheet),
        *_code(label, sheet.qr),
        *_title(sheet, facts, words),
        *(part for table in sheet.tables for part in _table(sheet, table, words)),
        *(part for field in sheet.fields for part in _field(sheet, field, words)),
        *(part for note in sheet.notes for part in _note(note, words)),
        _text(PAGE_WIDTH / 2, 289.5, 2.2, label.encode(), anchor="middle", colour=LINE),
    ]
    size = f'width="{PAGE_WIDTH:g}mm" height="{PAGE_HEIGHT:g}mm" viewBox="0 0 {PAGE_WIDTH:g} {PAGE_HEIGHT:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n' + "\n".join(_merged(parts)) + "\n</svg>"


def facts(label: Label, *others: str) -> list[str]:
    """見出しの事実: what a label knows, in words for whoever holds the paper, and what else is to be said."""
    year, _, month = (label.month or "").partition("-")
    known = [f"{year}年{int(month)}月分"] if label.month else []
    known += [f"クラブ {label.group}"] if label.group else []
    return [*known, *([f"番号 {label.person}"] if label.person else []), *others]


def _merged(parts: Iterable[Part]) -> Iterator[str]:
    """Renderers take their time over every element, not over the length of a path."""
    paths: dict[tuple[str, float], list[str]] = {}
    for part in parts:
        if isinstance(part, Stroke):
            paths.setdefault((part.colour, part.thick), []).append(part.path)
    for (colour, thick), drawn in paths.items():
        look = f'fill="none" stroke="{colour}" stroke-width="{thick}"' if thick else f'fill="{colour}"'
        yield f'<path {look} d="{"".join(drawn)}"/>'
    yield from (part for part in parts if isinstance(part, str))


# --- what machines look for -------------------------------------------------------------------------------------------


def _marks(sheet: Sheet) -> Iterator[Stroke]:
    *solid, last = sheet.marks
    yield from (Stroke(BLACK, 0, _rectangle(mark)) for mark in solid)
    third = last.width / 3
    yield Stroke(BLACK, 0, _rectangle(last) + _hole(Box(x=last.x + third, y=last.y + third, width=third, height=third)))


def _code(label: Label, box: Box) -> Iterator[Stroke]:
    """A rectangle for each run of dark modules, so that no hairline shows between two of them."""
    rows = tuple(segno.make(label.encode(), error="q", micro=False, boost_error=False).matrix)
    module = box.width / len(rows)
    for number, row in enumerate(rows):
        at = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                x, y, wide = box.x + at * module, box.y + number * module, length * module
                yield Stroke(BLACK, 0, f"M{x:.3f} {y:.3f}h{wide:.3f}v{module:.3f}h{-wide:.3f}z")
            at += length


# --- what people read -------------------------------------------------------------------------------------------------


def _title(sheet: Sheet, facts: Sequence[str], words: Wording) -> Iterator[str]:
    title = sheet.title.of(words.first)
    room = sheet.qr.x - LEFT - 6
    yield _text(LEFT, 17.5, fitting(title, 6.4, room), title, bold=True)
    if words.second:
        yield _text(LEFT, 21.8, 3.0, sheet.title.of(words.second), colour=LINE)
    line = "　　".join(facts)
    yield _text(LEFT, 27.5, fitting(line, 4.0, room), line)


def _field(sheet: Sheet, field: Field, words: Wording) -> Iterator[Part]:
    cell = next(cell for cell in sheet.cells if cell.row is None and cell.column == field.id)
    first, last = cell.boxes[0], cell.boxes[-1]
    yield from _boxes(field, cell.boxes)
    middle = first.y + first.height / 2
    if field.label_at == "right":
        yield from _label(last.right + 1.8, middle, field.label, words, RIGHT + 4 - last.right)
    elif field.label_at == "left" and field.label_x is not None:
        yield from _label(field.label_x, middle, field.label, words, first.x - field.label_x - 2)
    elif field.label_at == "left":
        yield from _label(first.x - 2.4, middle, field.label, words, 40, "end")


def _label(
    x: float, middle: float, label: Text, words: Wording, room: float, anchor: Anchor = "start"
) -> Iterator[str]:
    first = label.of(words.first)
    baseline = middle + (0.1 if words.second else 1.2)
    yield _text(x, baseline, fitting(first, 3.3, room), first, anchor=anchor)
    if words.second:
        second = label.of(words.second)
        yield _text(x, middle + 2.8, fitting(second, 2.1, room), second, anchor=anchor, colour=LINE)


def _table(sheet: Sheet, table: Table, words: Wording) -> Iterator[Part]:
    by_column = {
        column.id: [sheet.cell(cell).boxes for cell in sheet.column(table.id, column.id)] for column in table.columns
    }
    left = by_column[table.columns[0].id][0][0].x - 6
    right = max(boxes[-1].right for rows in by_column.values() for boxes in rows)
    gap = table.pitch - sheet.box.height
    yield _line(left, table.top - 6, right, table.top - 6, FRAME)
    for column in table.columns:
        boxes = by_column[column.id][0]
        middle = (boxes[0].x + boxes[-1].right) / 2
        label = column.label.of(words.first)
        yield _text(middle, table.top - 2.6, 3.1, label, anchor="middle", bold=True)
        if words.second:
            yield _text(middle, table.top - 0.4, 1.8, column.label.of(words.second), anchor="middle", colour=LINE)
    for number in range(1, table.rows + 1):
        boxes = by_column[table.columns[0].id][number - 1]
        fifth = number % 5 == 0
        yield _text(left + 4, boxes[0].y + 4.1, 2.5, str(number), anchor="end", colour=INK if fifth else LINE)
        below = boxes[0].bottom + gap / 2
        last = number == table.rows
        yield _line(left, below, right, below, FRAME if last else RULE, LINE if fifth or last else GUIDE)
    for column in table.columns:
        for boxes in by_column[column.id]:
            yield from _boxes(column, boxes)


def _note(note: Note, words: Wording) -> Iterator[Part]:
    text = note.text.of(words.first)
    match note.style:
        case "heading":
            yield _text(note.x, note.y, 4.0, text, bold=True)
            if words.second:
                yield _text(note.x + width(text, 4.0) + 3, note.y, 2.6, note.text.of(words.second), colour=LINE)
            yield _line(note.x, note.y + 2, note.x + note.width, note.y + 2, 0.3, INK)
        case "label":
            yield from _label(note.x, note.y + 2.3, note.text, words, note.width)
        case "seal":
            yield _text(note.x + note.width / 2, note.y, fitting(text, 2.6, note.width), text, anchor="middle")
            yield _frame(Box(x=note.x, y=note.y + 1.5, width=note.width, height=note.width))
        case "note":
            yield from _paragraph(note, text)


def _paragraph(note: Note, text: str) -> Iterator[str]:
    size = 2.9
    for number, line in enumerate(lines(text, size, note.width)):
        yield _text(note.x, note.y + number * size * 1.5, size, line)


def _boxes(writing: Writing, boxes: Sequence[Box]) -> Iterator[Stroke]:
    """A comb: one frame around each group, thin lines between its boxes, and the separator between groups."""
    if writing.kind not in COMBED:
        yield _frame(boxes[0])
        return
    at = 0
    for number, size in enumerate(writing.comb):
        group = boxes[at : at + size]
        at += size
        first, last = group[0], group[-1]
        yield _frame(Box(x=first.x, y=first.y, width=round(last.right - first.x, 3), height=first.height))
        for box in group[1:]:
            yield _line(box.x, box.y, box.x, box.bottom, DIVIDER)
        if number + 1 < len(writing.comb):
            dots = SEPARATORS.get(writing.kind, ())
            x = last.right + COLON / 2
            yield from (Stroke(INK, 0, _dot(x, first.y + at * first.height)) for at in dots)


# --- strokes ----------------------------------------------------------------------------------------------------------


def _text(
    x: float, y: float, size: float, words: str, *, anchor: Anchor = "start", bold: bool = False, colour: str = INK
) -> str:
    weight = ' font-weight="700"' if bold else ""
    place = f'x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" text-anchor="{anchor}"'
    return f'<text {place} font-family="{FONT}"{weight} fill="{colour}">{escape(words)}</text>'


def _frame(box: Box) -> Stroke:
    return Stroke(LINE, FRAME, _rectangle(box))


def _line(left: float, top: float, right: float, bottom: float, thick: float, colour: str = LINE) -> Stroke:
    return Stroke(colour, thick, f"M{left:.2f} {top:.2f}L{right:.2f} {bottom:.2f}")


def _rectangle(box: Box) -> str:
    return f"M{box.x:.3f} {box.y:.3f}h{box.width:.3f}v{box.height:.3f}h{-box.width:.3f}z"


def _hole(box: Box) -> str:
    """Drawn the other way round, so that filling leaves it white."""
    return f"M{box.x:.3f} {box.y:.3f}v{box.height:.3f}h{box.width:.3f}v{-box.height:.3f}z"


def _dot(x: float, y: float) -> str:
    return f"M{x - DOT:.2f} {y:.2f}a{DOT} {DOT} 0 1 0 {2 * DOT} 0a{DOT} {DOT} 0 1 0 {-2 * DOT} 0z"

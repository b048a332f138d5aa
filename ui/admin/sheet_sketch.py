"""様式の下描き: what is added to a draft, from a rectangle somebody drew or at a free place, and what is taken out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sheets.document import COLON, BoxSize
from sheets.geometry import PAGE_HEIGHT, PAGE_WIDTH
from sheets.kinds import COMBED
from ui.admin.sheet_form import PARTS, Data
from ui.admin.sheet_words import CHECK_KEYS, KINDS

LEFT, TOP, LOWEST, APART = 52.0, 40.0, 265.0, 10.0
"""Where a field is put that nobody drew: below the others."""
PITCH, ROWS = 7.0, 5
GRID = 0.5
"""Millimetres; finer places are typed."""
LEAST = 2.0
"""A smaller rectangle was a click: it says where, not how large."""
TICK = 5.0
WIDE = 60.0
MOST_ROWS, MOST_BOXES = 60, 12
MOST_PARTS = 400


@dataclass(frozen=True)
class Drawn:
    """描いた枠, in millimetres."""

    x: float
    y: float
    width: float = 0.0
    height: float = 0.0

    @property
    def sized(self) -> bool:
        """大きさのある枠."""
        return self.width >= LEAST and self.height >= LEAST


def drawn(text: str) -> Drawn | None:
    """描いた枠 from "x,y,width,height"; None where it is none."""
    try:
        sides = [round(float(each) / GRID) * GRID for each in text.split(",")]
    except (ValueError, OverflowError):
        return None
    if len(sides) != 4 or not all(0 <= side <= PAGE_HEIGHT for side in sides) or sides[0] > PAGE_WIDTH:
        return None
    return Drawn(*sides)


def acted(data: Data, action: str, kind: str, at: Drawn | None) -> str | None:
    """加える・取り除く: `action` is add:PART or remove:PLACE; changes the draft and says where something is new."""
    verb, _, what = action.partition(":")
    if verb == "remove":
        _remove(data, what)
        return None
    if verb != "add":
        return None
    if what in PARTS:
        made = {"fields": _field, "tables": _table, "notes": _note, "checks": _check}[what](data, kind, at)
        return _put(data, what, what, made)
    return _column(data, what, kind, at)


def _put(parent: Data, key: str, place: str, made: Data | None) -> str | None:
    items = parent.setdefault(key, [])
    if made is None or len(items) >= MOST_PARTS:
        return None
    items.append(made)
    return f"{place}.{len(items) - 1}"


def _remove(data: Data, place: str) -> None:
    *way, last = place.split(".")
    node: Any = data
    for step in way:
        node = node.get(step) if isinstance(node, Mapping) else _item(node, step)
    if isinstance(node, list) and last.isdecimal() and int(last) < len(node):
        del node[int(last)]


def _item(node: Any, step: str) -> Any:
    return node[int(step)] if isinstance(node, list) and step.isdecimal() and int(step) < len(node) else None


# --- parts ------------------------------------------------------------------------------------------------------------


def _field(data: Data, kind: str, at: Drawn | None) -> Data:
    place = at or Drawn(LEFT, _free(data))
    made: Data = {"id": _named(data.get("fields"), "field"), "kind": _kind(kind), "x": place.x, "y": place.y}
    return made | _size(made["kind"], place, _box_width(data), high=True)


def _table(data: Data, kind: str, at: Drawn | None) -> Data:
    place = at or Drawn(LEFT, _free(data))
    rows = min(max(1, int(place.height // PITCH)), MOST_ROWS) if place.sized else ROWS
    column: Data = {"id": "column_1", "kind": _kind(kind), "x": place.x}
    column |= _size(column["kind"], place, _box_width(data), high=False)
    return {
        "id": _named(data.get("tables"), "table"), "rows": rows, "top": place.y, "pitch": PITCH, "columns": [column],
    }  # fmt: skip


def _note(data: Data, kind: str, at: Drawn | None) -> Data:  # noqa: ARG001 - as the others
    place = at or Drawn(LEFT, _free(data))
    return {"x": place.x, "y": place.y, "width": place.width if place.sized else WIDE}


def _check(data: Data, kind: str, at: Drawn | None) -> Data | None:  # noqa: ARG001 - as the others
    return {"kind": kind} if kind in CHECK_KEYS else None


def _column(data: Data, what: str, kind: str, at: Drawn | None) -> str | None:
    """A column of the table that is named, else of the one it was drawn in."""
    tables = [each for each in data.get("tables") or [] if isinstance(each, dict)]
    named = what.split(".")
    number = int(named[1]) if len(named) == 3 and named[1].isdecimal() else _around(tables, at)
    if not 0 <= number < len(tables):
        return None
    columns = tables[number].setdefault("columns", [])
    place = at or Drawn(max((_right(each, _box_width(data)) for each in columns), default=LEFT - 4) + 4, 0)
    made: Data = {"id": _named(columns, "column"), "kind": _kind(kind), "x": place.x}
    made |= _size(made["kind"], place, _box_width(data), high=False)
    return _put(tables[number], "columns", f"tables.{number}.columns", made)


def _around(tables: list[Data], at: Drawn | None) -> int:
    """The table whose rows a rectangle begins in, else the last."""
    for number, table in enumerate(tables):
        top, end = _number(table.get("top")), _number(table.get("rows")) * _number(table.get("pitch"))
        if at and top - PITCH <= at.y <= top + end:
            return number
    return len(tables) - 1


def _size(kind: str, place: Drawn, box: float, *, high: bool) -> Data:
    """What a kind is written into: a comb of as many boxes as fit, or one box."""
    if kind not in COMBED:
        side = TICK if kind == "tick" else WIDE if high else WIDE / 2
        wide = place.width if place.sized else side
        tall = {"height": place.height if place.sized else TICK} if high and (place.sized or kind == "tick") else {}
        return {"width": wide} | tall
    fitting = max(1, round(place.width / box)) if place.sized else 4
    match kind:
        case "day":
            return {"comb": [2]}
        case "time":
            return {"comb": [2, 2]}
        case "duration":
            hours = round((place.width - COLON) / box) - 2 if place.sized else 2
            return {"comb": [min(max(1, hours), 3), 2]}
    return {"comb": [min(fitting, MOST_BOXES)]}


def _free(data: Data) -> float:
    fields = [each for each in data.get("fields") or [] if isinstance(each, Mapping)]
    lowest = max((_number(each.get("y")) for each in fields), default=TOP - APART) + APART
    return lowest if lowest <= LOWEST else TOP


def _right(column: Any, box: float) -> float:
    node = column if isinstance(column, Mapping) else {}
    comb = [_number(each) for each in node.get("comb") or []]
    return _number(node.get("x")) + (sum(comb) * box + (len(comb) - 1) * COLON if comb else _number(node.get("width")))


def _box_width(data: Data) -> float:
    size = data.get("box")
    return _number(size.get("width") if isinstance(size, Mapping) else None) or BoxSize().width


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _kind(kind: str) -> str:
    return kind if kind in KINDS else "digits"


def _named(items: Any, noun: str) -> str:
    """An id nobody has yet."""
    taken = {each.get("id") for each in items or [] if isinstance(each, Mapping)}
    return next(f"{noun}_{number}" for number in range(1, MOST_PARTS + 2) if f"{noun}_{number}" not in taken)

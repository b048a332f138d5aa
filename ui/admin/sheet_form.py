"""様式の入力欄: a form of numbers in millimetres as a sheet document's plain data, right or wrong.

Names of inputs are the document's own paths with dots (`tables.0.columns.2.comb`). What cannot be a number stays as it
was typed, so that the loader says so at its place.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from starlette.datastructures import FormData

from procedures.texts import LANGUAGES
from ui.admin.sheet_words import CHECK_KEYS

Data = dict[str, Any]
Node = Mapping[str, Any]
LONGEST = 20_000
"""Characters of one input: what becomes of a sheet has as many lines as the sheet has answers."""
LONGEST_NUMBER = 30
PARTS = ("fields", "tables", "notes", "checks")
"""What there may be any number of."""
BOXES = ("marks.0", "marks.1", "marks.2", "marks.3", "qr")
SIDES = ("x", "y", "width", "height")
TIMED = frozenset({"time", "duration"})
"""Kinds whose limits people write as 8:30."""
_PATH = re.compile(r"[a-z][a-z_]*(\.([0-9]{1,3}|[a-z][a-z_]*))*")


def data_of(form: FormData) -> Data:
    """様式の下書き: what the form says; what was left empty is left out."""
    tree = _tree(form)
    said = {
        "id": _text, "version": _whole, "title": _texts, "belongs_to": _text, "department": _text,
        "from_folder": _yes, "result": _part, "box": _size,
        "fields": _each(_writing), "tables": _each(_table), "notes": _each(_note), "checks": _each(_check),
        "marks": _boxes, "qr": _box,
    }  # fmt: skip
    return _made(tree, said)


def number(text: str) -> object:
    """数: an integer where it is one."""
    plain = unicodedata.normalize("NFKC", text).strip()[:LONGEST_NUMBER]
    if not re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", plain):
        return plain or None
    value = float(plain)
    return int(value) if value.is_integer() else value


def minutes(text: str) -> object:
    """分: 8:30 is 510; a number is taken as it is."""
    plain = unicodedata.normalize("NFKC", text).strip()
    clock = re.fullmatch(r"([0-9]{1,3}):([0-5][0-9])", plain)
    return int(clock[1]) * 60 + int(clock[2]) if clock else number(text)


def clock(value: object, kind: object) -> str:
    """表示: a limit as people write it."""
    if str(kind) in TIMED and isinstance(value, int) and value >= 0:
        return f"{value // 60}:{value % 60:02}"
    return shown(value)


def shown(value: object) -> str:
    """表示: as it is typed."""
    if isinstance(value, list | tuple):
        return ", ".join(shown(each) for each in value)
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


# --- the form's names as a tree ---------------------------------------------------------------------------------------


def _tree(form: FormData) -> Data:
    tree: Data = {}
    for name in dict.fromkeys(form):
        if not _PATH.fullmatch(name):
            continue
        values = [each.replace("\x00", "")[:LONGEST] for each in form.getlist(name) if isinstance(each, str)]
        *way, last = name.split(".")
        node = tree
        for step in way:
            inner = node.setdefault(step, {})
            node = inner if isinstance(inner, dict) else {}
        node[last] = values
    return tree


def _made(tree: Node, said: Mapping[str, Callable[[Any, Node], object]]) -> Data:
    found = {key: make(tree[key], tree) for key, make in said.items() if key in tree}
    return {key: value for key, value in found.items() if value is not None}


def _each(make: Callable[[Node], Data]) -> Callable[[Any, Node], object]:
    """A list: its items in the order of their numbers, however many were taken out between."""

    def listed(node: Any, _: Node) -> object:
        items = node if isinstance(node, dict) else {}
        numbers = sorted((each for each in items if each.isdecimal()), key=int)
        return [make(items[each] if isinstance(items[each], dict) else {}) for each in numbers] or None

    return listed


def _writing(tree: Node) -> Data:
    return _made(
        tree,
        {
            "id": _text, "kind": _text, "x": _length, "y": _length, "width": _length, "height": _length,
            "comb": _comb, "minimum": _limit, "maximum": _limit, "step": _step, "label_at": _unless("left"),
            "label_x": _length, "label": _texts,
        },
    )  # fmt: skip


def _table(tree: Node) -> Data:
    columns = _each(_writing)
    said = {"id": _text, "rows": _whole, "top": _length, "pitch": _length, "columns": columns}
    return _made(tree, said)


def _note(tree: Node) -> Data:
    return _made(tree, {"x": _length, "y": _length, "width": _length, "style": _unless("note"), "text": _texts})


def _check(tree: Node) -> Data:
    kind = _first(tree.get("kind"))
    lists = {"columns"} | ({"cells"} if kind == "one_tick" else set())
    keys = {key: _listed if key in lists else _text for key in CHECK_KEYS.get(kind, ())}
    return _made(tree, {"kind": _text, **keys})


# --- values -----------------------------------------------------------------------------------------------------------


def _first(values: Any) -> str:
    return values[0].strip() if isinstance(values, list) and values else ""


def _text(values: Any, _: Node) -> object:
    return _first(values) or None


def _yes(values: Any, _: Node) -> object:
    return {"": None, "true": True}.get(_first(values), _first(values))


def _part(values: Any, _: Node) -> object:
    """What is written as in the document; what is no YAML stays text, and the loader says so."""
    try:
        return YAML(typ="safe", pure=True).load(_first(values))
    except YAMLError:
        return _first(values)


def _length(values: Any, _: Node) -> object:
    return number(_first(values))


def _whole(values: Any, _: Node) -> object:
    return number(_first(values))


def _limit(values: Any, beside: Node) -> object:
    return minutes(_first(values)) if _first(beside.get("kind")) in TIMED else number(_first(values))


def _step(values: Any, _: Node) -> object:
    value = number(_first(values))
    return None if value == 1 else value


def _unless(usual: str) -> Callable[[Any, Node], object]:
    return lambda values, _: _first(values) if _first(values) not in ("", usual) else None


def _comb(values: Any, _: Node) -> object:
    plain = unicodedata.normalize("NFKC", _first(values))[:100]
    return [number(each) for each in re.split(r"[\s,、:+]+", plain) if each] or None


def _listed(values: Any, _: Node) -> object:
    return [each for each in values if each] if isinstance(values, list) else None


def _texts(node: Any, _: Node) -> object:
    said = node if isinstance(node, dict) else {}
    return {each: _first(said.get(each)) for each in LANGUAGES if _first(said.get(each))} or None


def _size(node: Any, _: Node) -> object:
    return _made(node if isinstance(node, dict) else {}, {"width": _length, "height": _length}) or None


def _box(node: Any, _: Node) -> object:
    return _made(node if isinstance(node, dict) else {}, dict.fromkeys(SIDES, _length)) or None


def _boxes(node: Any, _: Node) -> object:
    found = [_box(each, {}) or {} for each in (node.values() if isinstance(node, dict) else ())]
    return found if any(found) else None

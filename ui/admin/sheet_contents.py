"""様式の内容: the sheets the city knows, and a sheet being drawn: each part as inputs, each mistake at its input."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from api.administration.sheets import Checked, SheetFormView, picture
from procedures.loader import Library
from procedures.mistakes import Where, dotted
from procedures.texts import LANGUAGES, Language
from sheets.consistency import COMPARABLE
from sheets.document import COLON, BoxSize, Sheet
from sheets.geometry import MARKS, QR
from sheets.kinds import COMBED
from sheets.writing import part_written
from ui.admin import sheet_words as words
from ui.admin.sheet_form import BOXES, PARTS, SIDES, Data, Node, clock, shown
from ui.duties import DutyNames
from ui.language import NAMES, translated

Content = dict[str, Any]
Control = Literal["text", "lines", "number", "choice", "many"]
Options = Sequence[tuple[str, str]]
OF_A_FIELD = (
    "id", "kind", "x", "y", "comb", "width", "height", "minimum", "maximum", "step", "label_at", "label_x",
    *(f"label.{each}" for each in LANGUAGES),
)  # fmt: skip
OF_A_COLUMN = tuple(each for each in OF_A_FIELD if each not in ("y", "height", "label_at", "label_x"))
OF_A_TABLE = ("id", "rows", "top", "pitch")
OF_A_NOTE = ("x", "y", "width", "style", *(f"text.{each}" for each in LANGUAGES))
OF_ALL = ("id", "version", "belongs_to", "department", *(f"title.{each}" for each in LANGUAGES))
NUMBERS = frozenset({"x", "y", "width", "height", "rows", "top", "pitch", "label_x", "version", "step"})
MANY = frozenset({"columns"})
ASKED_FOR: Mapping[str, tuple[str, ...]] = {
    "person_month": ("month", "group", "person"),
    "person": ("person",),
    "case": (),
}
"""白紙に書けること: what a label may name, by what a sheet is about."""


@dataclass(frozen=True)
class Asked:
    """入力欄: one of the document's values; `errors`: advice with the loader's own sentence."""

    name: str
    key: str
    label: str
    control: Control
    value: str = ""
    chosen: tuple[str, ...] = ()
    options: Options = ()
    errors: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


@dataclass(frozen=True)
class Part:
    """部品: a field, a table, a column, a note or a check."""

    place: str
    title: str
    kind: str
    asked: tuple[Asked, ...]
    columns: tuple["Part", ...] = ()

    @property
    def id(self) -> str:
        return f"part-{self.place.replace('.', '-')}"

    @property
    def faulty(self) -> bool:
        return any(each.errors for each in self.asked) or any(each.faulty for each in self.columns)


@dataclass
class _Mistakes:
    """誤り: given to the inputs they stand at; what is left stands at none."""

    language: Language
    left: list[tuple[Where, str, str]]
    told: list[tuple[str, str]] = field(default_factory=list)
    """Input and advice, in the order of the page."""

    def at(self, name: str) -> tuple[tuple[str, str], ...]:
        way = tuple(int(each) if each.isdecimal() else each for each in name.split("."))
        mine = [each for each in self.left if each[0][: len(way)] == way or (each[0] and each[0] == way[:-1])]
        self.left = [each for each in self.left if each not in mine]
        found = tuple((self._advice(where), f"{problem}; {write}") for where, problem, write in mine)
        self.told += [(name, advice) for advice, _ in found[:1]]
        return found

    def others(self) -> list[tuple[str, str, str]]:
        return [(dotted(where), self._advice(where), f"{problem}; {write}") for where, problem, write in self.left]

    def _advice(self, where: Where) -> str:
        keys = [each for each in reversed(where) if isinstance(each, str) and each in words.ADVICE]
        return translated(self.language, words.ADVICE[keys[0]] if keys else words.OTHERWISE)


def listed(language: Language, library: Library, found: Sequence[SheetFormView]) -> Content:
    """様式の一覧, each with what its blank may name."""
    departments = DutyNames.of(language, library)
    return {
        "sheets": [
            (each, departments.department(each.department), ASKED_FOR.get(each.belongs_to, ()),
             translated(language, words.BELONGS_TO[each.belongs_to]))
            for each in found
        ],
        "languages_beside": [(code, name) for code, name in NAMES.items() if code != "ja"],
    }  # fmt: skip


def started(language: Language, library: Library, sheets: Sequence[Sheet], data: Data | None = None) -> Content:
    """作図の画面: as it opens, or after something was added or taken out."""
    return _drawn(language, library, sheets, data or {}, _Mistakes(language, [])) | {"result": None}


def looked_over(
    language: Language, library: Library, sheets: Sequence[Sheet], data: Data, found: Checked
) -> Content:  # fmt: skip
    """検査の結果: each mistake at its input, else the blank."""
    unlike = {each.mistake.where: each.mistake for each in found.mistakes}
    mistakes = _Mistakes(language, [(where, each.problem, each.write) for where, each in unlike.items()])
    content = _drawn(language, library, sheets, data, mistakes)
    return content | {"result": _result(language, found, mistakes)}


def _result(language: Language, found: Checked, mistakes: _Mistakes) -> Content:
    drawn = picture(found.sheet) if found.sheet else ""
    return {
        "told": mistakes.told,
        "others": mistakes.others(),
        "count": len(mistakes.told) + len(mistakes.left),
        "cells": len(found.sheet.cells) if found.sheet else 0,
        "crowding": [
            translated(language, words.CROWDS[each.kind]) % {"place": each.place, "other": each.other}
            for each in found.crowding
        ],
        "blank": f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}" if drawn else None,
    }  # fmt: skip


def _drawn(
    language: Language, library: Library, sheets: Sequence[Sheet], data: Data, mistakes: _Mistakes
) -> Content:  # fmt: skip
    form = _Form(language, data, mistakes, _departments(language, library, sheets))
    parts = {kind: form.parts(kind) for kind in PARTS}
    return {
        "basics": form.inputs("", data, OF_ALL),
        "parts": parts,
        "afterwards": form.afterwards(),
        "advanced": form.advanced(),
        "known": [(each.id, each.title.of(language)) for each in sheets],
        "kinds": form.said(words.KINDS),
        "checks": form.said(words.CHECKS),
        "surface": {
            "colon": COLON, "width": BoxSize().width, "height": BoxSize().height, "combed": " ".join(sorted(COMBED)),
            "reserved": [(each.x, each.y, each.width, each.height) for each in (*MARKS, QR)],
        },
    }  # fmt: skip


def _departments(language: Language, library: Library, sheets: Sequence[Sheet]) -> Options:
    names = DutyNames.of(language, library)
    known = {each.department for each in sheets} | (names.departments.keys() - {"*"})
    return sorted(((each, names.department(each)) for each in known), key=lambda option: option[1])


@dataclass
class _Form:
    """One form being made; `options` of choices are made once."""

    language: Language
    data: Data
    mistakes: _Mistakes
    departments: Options

    def said(self, table: Mapping[str, str]) -> Options:
        return [(code, translated(self.language, label)) for code, label in table.items()]

    def parts(self, kind: str) -> tuple[Part, ...]:
        return tuple(self._part(kind, f"{kind}.{number}", node) for number, node in enumerate(_nodes(self.data, kind)))

    def _part(self, kind: str, place: str, node: Node) -> Part:
        if kind == "checks":
            return Part(place, self._check_title(node), str(node.get("kind")), self._check(place, node))
        keys = {"fields": OF_A_FIELD, "tables": OF_A_TABLE, "notes": OF_A_NOTE}[kind]
        asked = self.inputs(f"{place}.", node, keys)
        columns = tuple(
            Part(f"{place}.columns.{number}", self._title(column), str(column.get("kind") or ""),
                 self.inputs(f"{place}.columns.{number}.", column, OF_A_COLUMN))
            for number, column in enumerate(_nodes(node, "columns"))
        )  # fmt: skip
        return Part(place, self._title(node), str(node.get("kind") or ""), asked, columns)

    def _title(self, node: Node) -> str:
        text = node.get("label") or node.get("text")
        said = text.get(self.language) or text.get("ja") if isinstance(text, Mapping) else ""
        return "　".join(filter(None, (str(node.get("id") or ""), str(said or "")[:30])))

    def inputs(self, before: str, node: Node, keys: Sequence[str]) -> tuple[Asked, ...]:
        return tuple(self._asked(before, node, key) for key in keys)

    def _asked(self, before: str, node: Node, key: str) -> Asked:
        name, label = f"{before}{key}", translated(self.language, words.LABELS[key])
        value = _at(node, key)
        said = clock(value, node.get("kind")) if key in ("minimum", "maximum") else shown(value)
        options = self._options(key, said)
        control: Control = "choice" if options else "number" if key in NUMBERS else "text"
        usual = {"label_at": "left", "style": "note", "step": "1"}.get(key, "")
        return Asked(name, key, label, control, said or usual, options=options, errors=self.mistakes.at(name))

    def _options(self, key: str, value: str) -> Options:
        match key:
            case "kind":
                return _with(self.said(words.KINDS), value)
            case "label_at":
                return _with(self.said(words.LABEL_AT), value)
            case "style":
                return _with(self.said(words.STYLES), value)
            case "belongs_to":
                return _with(self.said(words.BELONGS_TO), value)
            case "department":
                return _with(self.departments, value)
        return ()

    # --- checks -------------------------------------------------------------------------------------------------------

    def _check_title(self, node: Node) -> str:
        kind = str(node.get("kind") or "")
        return translated(self.language, words.CHECKS[kind]) if kind in words.CHECKS else kind

    def _check(self, place: str, node: Node) -> tuple[Asked, ...]:
        kind = str(node.get("kind") or "")
        return tuple(self._reference(place, node, kind, key) for key in words.CHECK_KEYS.get(kind, ()))

    def _reference(self, place: str, node: Node, kind: str, key: str) -> Asked:
        name, label, value = f"{place}.{key}", translated(self.language, words.LABELS[key]), node.get(key)
        errors = self.mistakes.at(name)
        if key in ("list", "at_most"):
            return Asked(name, key, label, "text", shown(value), errors=errors)
        fitting = COMPARABLE.get((kind, key))
        known = [(each, each) for each, of_kind in self._named(node, key) if fitting is None or str(of_kind) in fitting]
        if key == "columns" or kind == "one_tick":
            chosen = tuple(map(str, value)) if isinstance(value, list | tuple) else ()
            rest = [option for option in known if option[0] not in chosen]
            ordered = [*((each, each) for each in chosen), *rest]
            return Asked(name, key, label, "many", chosen=chosen, options=ordered, errors=errors)
        return Asked(name, key, label, "choice", shown(value), options=_with(known, shown(value)), errors=errors)

    def _named(self, node: Node, key: str) -> Iterator[tuple[str, object]]:
        """What a check's word may name, with its kind."""
        if key == "table":
            yield from ((str(table["id"]), None) for table in _nodes(self.data, "tables") if table.get("id"))
        elif key in ("cell", "total", "cells"):
            yield from _kinds(_nodes(self.data, "fields"))
            if key == "cells":
                for table in _nodes(self.data, "tables"):
                    yield from ((f"{table.get('id')}.{each}", kind) for each, kind in _kinds(_nodes(table, "columns")))
        else:
            for table in _nodes(self.data, "tables"):
                if table.get("id") == node.get("table"):
                    yield from _kinds(_nodes(table, "columns"))

    def afterwards(self) -> tuple[Asked, ...]:
        """読み取った後のこと: what becomes of a sheet, in the document's own notation."""
        result, folder = self.data.get("result"), self.data.get("from_folder")
        plain = result if isinstance(result, str) else part_written(result) if result else ""
        said = "true" if folder is True else shown(folder or None)
        yes = _with([("true", translated(self.language, words.YES))], said)
        return (
            Asked("from_folder", "from_folder", translated(self.language, words.LABELS["from_folder"]), "choice", said,
                  options=yes, errors=self.mistakes.at("from_folder")),
            Asked("result", "result", translated(self.language, words.LABELS["result"]), "lines", plain,
                  errors=self.mistakes.at("result")),
        )  # fmt: skip

    def advanced(self) -> list[tuple[str, tuple[Asked, ...]]]:
        """枠の大きさと位置合わせの印: what a document need not say."""
        marks = self.data.get("marks")
        found: list[tuple[str, tuple[Asked, ...]]] = [("box", self._sides("box", self.data.get("box"), SIDES[2:]))]
        for place in BOXES:
            key, _, number = place.partition(".")
            given = marks[int(number)] if number and isinstance(marks, list) and len(marks) > int(number) else None
            found.append((place, self._sides(place, given if number else self.data.get(key), SIDES)))
        return found

    def _sides(self, place: str, node: Any, sides: Sequence[str]) -> tuple[Asked, ...]:
        return self.inputs(f"{place}.", node if isinstance(node, Mapping) else {}, sides)


def _nodes(parent: Node, key: str) -> list[Node]:
    items = parent.get(key)
    return [item if isinstance(item, Mapping) else {} for item in items] if isinstance(items, list) else []


def _kinds(items: Sequence[Node]) -> Iterator[tuple[str, object]]:
    yield from ((str(each["id"]), each.get("kind")) for each in items if each.get("id"))


def _at(node: Node, key: str) -> object:
    key, _, inner = key.partition(".")
    value = node.get(key)
    return value.get(inner) if inner and isinstance(value, Mapping) else None if inner else value


def _with(options: Options, value: str) -> Options:
    """A choice keeps what is written, known or not."""
    return [*options, *([(value, value)] if value and value not in dict(options) else [])]

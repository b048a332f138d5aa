"""帳票の整合: what one part of a sheet document says of another. Parts of the wrong shape are passed over."""

from collections.abc import Iterator, Mapping
from typing import Any

from procedures.mistakes import Mistake, Where, suggested
from procedures.parts import Node, Placed, nodes, repeated
from sheets.geometry import PAGE_HEIGHT, PAGE_WIDTH
from sheets.kinds import COMB_LENGTHS, COMBED


def mistakes(data: Any) -> list[Mistake]:
    """不整合の一覧: of a sheet document's plain data."""
    if not isinstance(data, dict):
        return []
    return [*_names(data), *_combs(data), *_places(data), *_checks(data), *_result(data)]


def writings(data: Node) -> Placed:
    """記入の一覧: fields, then the columns of every table."""
    columns = [found for where, table in nodes(data, "tables") for found in nodes(table, "columns", where)]
    return [*nodes(data, "fields"), *columns]


def _names(data: Node) -> Iterator[Mistake]:
    yield from repeated(nodes(data, "fields"), "id", "field")
    yield from repeated(nodes(data, "tables"), "id", "table")
    for where, table in nodes(data, "tables"):
        yield from repeated(nodes(table, "columns", where), "id", "column")


def _combs(data: Node) -> Iterator[Mistake]:
    for where, node in writings(data):
        kind = node.get("kind")
        if isinstance(kind, str):
            yield from _comb(where, kind, node)
        low, high = node.get("minimum"), node.get("maximum")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            yield Mistake((*where, "maximum"), f"{high} is less than the minimum {low}", f"maximum: {low}, or more")


def _comb(where: Where, kind: str, node: Node) -> Iterator[Mistake]:
    comb = node.get("comb")
    groups = comb if isinstance(comb, list) else []
    count = sum(each for each in groups if isinstance(each, int))
    if kind in COMBED and not count:
        yield Mistake((*where, "comb"), f"{kind} is written one character to a box", "comb: [2, 2]")
    elif kind in COMB_LENGTHS and count not in COMB_LENGTHS[kind]:
        needed = " or ".join(map(str, COMB_LENGTHS[kind]))
        yield Mistake((*where, "comb"), f"{kind} needs {needed} boxes, not {count}", "comb: [2, 2], or as many")
    elif kind not in COMBED and groups:
        yield Mistake((*where, "comb"), f"a {kind} has one box", "width: 40, and no comb")
    elif kind in ("name", "text") and node.get("width") is None:
        yield Mistake((*where, "width"), f"a {kind} needs a width", "width: 40")


def _places(data: Node) -> Iterator[Mistake]:
    for where, table in nodes(data, "tables"):
        top, pitch, rows = table.get("top"), table.get("pitch"), table.get("rows")
        if not (isinstance(top, int | float) and isinstance(pitch, int | float) and isinstance(rows, int)):
            continue
        if top + pitch * rows > PAGE_HEIGHT:
            yield Mistake((*where, "rows"), f"{rows} rows end below the page", "fewer rows, or a smaller pitch")
    for where, node in [*writings(data), *nodes(data, "notes")]:
        x, width = node.get("x"), node.get("width") or 0
        if isinstance(x, int | float) and isinstance(width, int | float) and x + width > PAGE_WIDTH:
            yield Mistake((*where, "x"), "ends beyond the page's right edge", f"at most {PAGE_WIDTH - width:g}")


NUMBERS = frozenset({"digits", "duration"})
WORDS = frozenset({"name", "text"})
COMPARABLE: dict[tuple[str, str], frozenset[str]] = {
    ("difference", "start"): frozenset({"time"}),
    ("difference", "end"): frozenset({"time"}),
    ("difference", "minus"): NUMBERS,
    ("difference", "equals"): NUMBERS,
    ("sum", "column"): NUMBERS,
    ("sum", "total"): NUMBERS,
    ("count", "total"): frozenset({"digits"}),
    ("days", "column"): frozenset({"day"}),
    ("listed", "cell"): frozenset({"digits"}),
    ("limit", "cells"): NUMBERS | {"time"},
    ("one_tick", "cells"): frozenset({"tick"}),
    ("payroll", "person"): frozenset({"digits"}),
    ("payroll", "total"): NUMBERS,
    ("payroll", "day"): frozenset({"day"}),
    ("payroll", "start"): frozenset({"time"}),
    ("payroll", "end"): frozenset({"time"}),
    ("payroll", "rest"): NUMBERS,
    ("payroll", "hours"): NUMBERS,
    ("filing", "name"): WORDS,
    ("filing", "name_kana"): WORDS,
    ("filing", "address"): WORDS,
    ("filing", "year"): frozenset({"digits"}),
    ("filing", "month"): frozenset({"digits"}),
    ("filing", "day"): frozenset({"day", "digits"}),
}
"""Which kinds of cell a check or a result can do anything with, by the key that names the cell."""


def _checks(data: Node) -> Iterator[Mistake]:
    columns, cells = _columns(data), _kinds(nodes(data, "fields"))
    everywhere = cells | {f"{table}.{each}": kind for table, inside in columns.items() for each, kind in inside.items()}
    for where, check in nodes(data, "checks"):
        table = check.get("table")
        inside = columns.get(table) if isinstance(table, str) else None
        if isinstance(table, str) and inside is None:
            yield Mistake((*where, "table"), f'there is no table "{table}"', f"table: {suggested(table, columns)}")
        for key in ("start", "end", "minus", "equals", "column", "columns"):
            yield from _named((*where, key), check, inside)
        yield from _named((*where, "total"), check, cells)
        yield from _named((*where, "cell"), check, cells)
        yield from _named((*where, "cells"), check, everywhere)


def _result(data: Node) -> Iterator[Mistake]:
    """What becomes of a sheet names its cells, too; what it says of a procedure is `sheets.filing`'s."""
    result, cells = data.get("result"), _kinds(nodes(data, "fields"))
    if not isinstance(result, dict):
        return
    where: Where = ("result",)
    table = result.get("table")
    inside = _columns(data).get(table) if isinstance(table, str) else None
    if isinstance(table, str) and inside is None:
        yield Mistake((*where, "table"), f'there is no table "{table}"', f"table: {suggested(table, _columns(data))}")
    for key in ("day", "start", "end", "rest", "hours"):
        yield from _named((*where, key), result, inside)
    for key in ("person", "total"):
        yield from _named((*where, key), result, cells)
    for place, taken in (*nodes(result, "columns", where), *nodes(result, "answers", where)):
        yield from _taken(place, taken, cells)
    yield from _stated((*where, "stated"), result.get("stated"), cells)


def _stated(where: Where, said: Any, cells: Mapping[str, Any]) -> Iterator[Mistake]:
    if not isinstance(said, dict):
        return
    for key in ("name", "name_kana", "address"):
        yield from _named((*where, key), {**said, "kind": "filing"}, cells)
    born = said.get("birth_date")
    if isinstance(born, dict):
        for key in ("year", "month", "day"):
            yield from _named((*where, "birth_date", key), {**born, "kind": "filing"}, cells)
        yield from _ticks((*where, "birth_date", "era"), born.get("era"), cells)


def _taken(where: Where, taken: Node, cells: Mapping[str, Any]) -> Iterator[Mistake]:
    """One cell, or the one ticked of several boxes."""
    if bool(taken.get("cell")) == bool(taken.get("one_of")):
        yield Mistake(where, "needs a cell or one_of, and not both", "cell: height, or one_of: {box.yes: yes}")
    yield from _named((*where, "cell"), taken, cells)
    yield from _ticks((*where, "one_of"), taken.get("one_of"), cells)


def _ticks(where: Where, boxes: Any, cells: Mapping[str, Any]) -> Iterator[Mistake]:
    for box in boxes if isinstance(boxes, dict) else ():
        if box not in cells:
            yield Mistake((*where, box), f'there is no "{box}" on the sheet', suggested(box, cells))
        elif cells[box] != "tick":
            yield Mistake((*where, box), f'"{box}" is a {cells[box]}, and this needs a tick', "a tick's id")


def _columns(data: Node) -> dict[str, dict[str, Any]]:
    """The columns of each table, with their kinds."""
    return {
        table["id"]: _kinds(nodes(table, "columns"))
        for _, table in nodes(data, "tables")
        if isinstance(table.get("id"), str)
    }


def _kinds(placed: Placed) -> dict[str, Any]:
    """What is declared, with its kind."""
    return {node["id"]: node.get("kind") for _, node in placed if isinstance(node.get("id"), str)}


def _named(where: Where, check: Node, known: Mapping[str, Any] | None) -> Iterator[Mistake]:
    """Words of a check that name nothing on the sheet, or something it can do nothing with."""
    key = str(where[-1])
    named, fitting = check.get(key), COMPARABLE.get((str(check.get("kind")), key))
    for i, word in enumerate(named if isinstance(named, list) else [named]):
        if not isinstance(word, str) or known is None:
            continue
        place = (*where, i) if isinstance(named, list) else where
        if word not in known:
            yield Mistake(place, f'there is no "{word}" on the sheet', f"{key}: {suggested(word, known)}")
        elif fitting and isinstance(known[word], str) and known[word] not in fitting:
            problem = f'"{word}" is a {known[word]}, and this check needs {" or ".join(sorted(fitting))}'
            yield Mistake(place, problem, f"{key}: one that is {' or '.join(sorted(fitting))}")

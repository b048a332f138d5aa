"""帳票文書の誤り: file, line, what is wrong, and what to write instead."""

import re
import shutil
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from ruamel.yaml import YAML

from procedures.source import SourceInvalid, read_document
from sheets import consistency
from sheets.document import Sheet
from sheets.loader import LIBRARY, SheetLibrary

REPORT = (LIBRARY / "club_work_report" / "sheet.yaml").read_text()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    shutil.copytree(LIBRARY / "club_work_report", tmp_path / "club_work_report")
    return tmp_path


def refusal(library: Path, old: str, new: str) -> str:
    """What is said about the report with one place changed, without the path."""
    assert old in REPORT
    file = library / "club_work_report" / "sheet.yaml"
    file.write_text(REPORT.replace(old, new, 1))
    with pytest.raises(SourceInvalid) as caught:
        SheetLibrary.read(library)
    return re.sub(r"^\S*sheet\.yaml:", "", str(caught.value))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("table: row, start: start", "table: rows, start: start", 'there is no table "rows"; write: table: row'),
        ("minus: break", "minus: brake", 'there is no "brake" on the sheet; write: minus: break'),
        ("total: total.hours", "total: totl.hours", "write: total: total.hours"),
        ("kind: limit, cells: row.hours", "kind: limit, cells: row.hour", "write: cells: row.hours"),
        ("columns: [day, start, end, hours]", "columns: [day, start, ende, hours]", "write: columns: end"),
        ("start: start, end: end", "start: day, end: end", '"day" is a day, and this check needs time'),
        ("list: people}", "list: people}\n  - {kind: one_tick, cells: [total.days, total.hours]}",
         '"total.days" is a digits, and this check needs tick'),
        ("cells: total.hours, at_most", "cells: person.name, at_most", "needs digits or duration or time"),
        ("comb: [3, 2]", "comb: [3, 3]", "duration needs 3 or 4 or 5 boxes, not 6"),
        ("        comb: [2, 2]\n        minimum: 360", "        minimum: 360", "time is written one character"),
        ("    width: 72\n", "", "a name needs a width; write: width: 40"),
        ("    width: 72\n", "    comb: [4]\n", "a name has one box"),
        ("maximum: 1320", "maximum: 300", "300 is less than the minimum 360"),
        ("rows: 27", "rows: 37", "37 rows end below the page"),
        ("x: 168", "x: 190", "ends beyond the page's right edge; write: at most 187"),
        ("      - id: start", "      - id: day", 'column "day" is used twice; write: id: day_2'),
        ("kind: duration", "kind: hours", '"hours" is not known here'),
        ("rows: 27", "rows: many", 'expected an integer, found "many"; write: rows: 1'),
        ("top: 54", "top: upper", 'expected a number, found "upper"; write: top: 12.5'),
        ("belongs_to: person_month", "belong_to: person_month", 'unknown key "belong_to"'),
        ("id: club_work_report", "id: club_report", 'is "club_report", but its folder is club_work_report'),
        (", ko: 시작}", "}", "the Korean text is missing"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_what_to_write_instead(library: Path, old: str, new: str, said: str) -> None:
    assert said in refusal(library, old, new)


def test_a_mistake_has_the_line_it_stands_in(library: Path) -> None:
    line = REPORT[: REPORT.index("kind: difference")].count("\n") + 1
    assert refusal(library, "equals: hours", "equals: hour").startswith(f"{line}: checks[0].equals: ")


def test_older_versions_stay_readable(library: Path) -> None:
    old = library / "club_work_report" / "superseded" / "1"
    old.mkdir(parents=True)
    (old / "sheet.yaml").write_text(REPORT)
    (library / "club_work_report" / "sheet.yaml").write_text(REPORT.replace("version: 1", "version: 2", 1))
    found = SheetLibrary.read(library)
    assert found.current("club_work_report").version == 2
    assert found.version("club_work_report", 1).version == 1


def test_an_older_version_lies_in_the_folder_of_its_number(library: Path) -> None:
    old = library / "club_work_report" / "superseded" / "2"
    old.mkdir(parents=True)
    (old / "sheet.yaml").write_text(REPORT)
    with pytest.raises(SourceInvalid, match="is 1 in the place of 2; write: version: 2"):
        SheetLibrary.read(library)


ANYTHING: tuple[object, ...] = (
    None, "", "row", 0, -1, 2.5, 10**30, True, [], [[]], {}, {"kind": "sum"}, ["x", 1], "2026-10-01",
)  # fmt: skip


def places(node: object, where: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [where, *(place for key, below in inside for place in places(below, (*where, key)))]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_stands_anywhere_is_a_mistake_or_a_sheet(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    for _ in range(12):
        data = YAML(typ="safe").load(REPORT)
        *way, last = random.choice([place for place in places(data) if place])
        node = data
        for key in way:
            node = node[key]
        node[last] = random.choice(ANYTHING)
        file = tmp_path / "sheet.yaml"
        with file.open("w") as out:
            YAML(typ="safe").dump(data, out)
        with suppress(SourceInvalid):
            assert read_document(file, Sheet, consistency.mistakes).cells

"""様式の下書き: written as the library writes, read as the library is read, and what no scanner could read of it."""

from pathlib import Path
from typing import Any

import pytest

from procedures.source import SourceInvalid, data_in
from procedures.texts import Text
from sheets.crowding import Crowding, crowding
from sheets.document import Field, Sheet
from sheets.drawing import facts
from sheets.label import Label
from sheets.loader import LIBRARY, SheetLibrary, checked
from sheets.writing import written

SHEETS = SheetLibrary.read().all()
WORD = Text(ja="欄", en="Cell", zh="栏", ko="칸")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.id)
def test_a_sheet_of_the_library_is_written_as_it_stands_there(sheet: Sheet) -> None:
    there = data_in((LIBRARY / sheet.id / "sheet.yaml").read_bytes(), Path("sheet.yaml"))
    source = written(there)
    assert data_in(source, Path("sheet.yaml")) == there
    assert checked(source) == sheet


def test_keys_stand_in_the_librarys_order_and_checks_on_one_line() -> None:
    text = written({"checks": [{"kind": "days", "table": "row", "column": "day"}], "version": 1, "id": "a"}).decode()
    assert text == "id: a\nversion: 1\n\nchecks:\n  - {kind: days, table: row, column: day}\n"


def test_whole_millimetres_are_written_without_a_point() -> None:
    assert written({"fields": [{"x": 40.0, "y": 246.5}]}).decode() == "\nfields:\n  - x: 40\n    y: 246.5\n"


@pytest.mark.parametrize(
    "data",
    [
        {}, {"fields": 3}, {"fields": [None, 1, []]}, {"tables": {"a": 1}}, {"title": "\ud800"}, {"id": "\0\x85 \x1b"},
        {"checks": [{"kind": {}}]}, {"marks": [[[[[]]]]]}, {"qr": float("nan")}, {"fields": [{"x": float("inf")}]},
        {"a: b\n#": {"c": ["*x", "&y", "!z", "'", '"']}}, {"fields": [{"comb": [10**30]}]},
        {"id": "x" * 600_000}, {"fields": [[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]},
    ],
)  # fmt: skip
def test_a_draft_of_anything_is_refused_in_words(data: dict[str, Any]) -> None:
    with pytest.raises(SourceInvalid) as caught:
        checked(written(data))
    assert all(each.mistake.problem for each in caught.value.mistakes)


def field(name: str, x: float, y: float) -> Field:
    return Field(id=name, kind="digits", label=WORD, x=x, y=y, comb=(2,))


def sheet(*fields: Field) -> Sheet:
    return Sheet(id="draft", version=1, title=WORD, belongs_to="case", department="health", fields=fields)


def test_what_lies_on_each_other_or_at_a_mark_is_named() -> None:
    drawn = sheet(field("one", 50, 50), field("two", 60, 55), field("apart", 60.8, 70), field("beside", 50, 70),
                  field("edge", 10, 290), field("low", 100, 294))  # fmt: skip
    assert crowding(drawn) == [
        Crowding("at_mark", "edge"),
        Crowding("off_page", "low"),
        Crowding("overlaps", "one", "two"),
    ]


@pytest.mark.parametrize("known", SHEETS, ids=lambda known: known.id)
def test_nothing_is_crowded_in_the_library(known: Sheet) -> None:
    assert crowding(known) == []


def test_a_thousand_fields_in_one_place_are_soon_told() -> None:
    assert len(crowding(sheet(*(field(f"f{number}", 50, 50) for number in range(1000))))) == 500


def test_the_facts_of_a_label_are_printed_in_words() -> None:
    label = Label(sheet="draft", version=1, month="2026-04", group="012", person="0007")
    assert facts(label, "城北") == ["2026年4月分", "クラブ 012", "番号 0007", "城北"]
    assert facts(Label(sheet="draft", version=1)) == []

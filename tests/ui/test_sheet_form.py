"""様式の入力欄 and 下描き: a form as a document's data, what a drawn rectangle becomes, and the same for programs."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from starlette.datastructures import FormData

from api.administration import sheets
from api.counter import the_administrator
from api.problems import Problem
from api.views import Visitor
from sheets.loader import SheetLibrary, checked
from ui.admin.sheet_form import clock, data_of, minutes, number
from ui.admin.sheet_sketch import Drawn, acted, drawn

HEALTH = SheetLibrary.read().current("health_check")
PLACE = "/api/administration/sheets"


@pytest.mark.parametrize(
    ("typed", "value"),
    [("12", 12), ("１２．５", 12.5), ("40.0", 40), ("", None), (" ", None), ("12,5", "12,5"), ("1e9", "1e9")],
)  # fmt: skip
def test_a_number_is_one_or_stays_as_it_was_typed(typed: str, value: object) -> None:
    assert number(typed) == value


def test_limits_of_times_are_written_like_a_clock() -> None:
    assert [minutes(each) for each in ("8:30", "８：３０", "510", "8:75")] == [510, 510, 510, "8:75"]
    assert [clock(510, "time"), clock(510, "digits"), clock("x", "time"), clock(None, "time")] == [
        "8:30",
        "510",
        "x",
        "",
    ]


def test_a_form_becomes_the_documents_data() -> None:
    typed = {
        "fields.7.id": "b", "fields.7.comb": "3・1", "fields.2.id": "a", "fields.2.kind": "time", "fields.2.step": "1",
        "fields.2.minimum": "6:00", "fields.2.label_at": "left", "fields.2.label.ja": " 欄 ", "-at": "1,1,1,1",
        "checks.0.kind": "sum", "checks.0.table": "t", "checks.0.cells": "gone", "marks.0.x": "9", "nothing.here": "x",
    }  # fmt: skip
    assert data_of(FormData(typed)) == {
        "fields": [
            {"id": "a", "kind": "time", "minimum": 360, "label": {"ja": "欄"}},
            {"id": "b", "comb": ["3・1"]},
        ],
        "checks": [{"kind": "sum", "table": "t"}],
        "marks": [{"x": 9}],
    }


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("digits", {"comb": [6]}), ("day", {"comb": [2]}), ("time", {"comb": [2, 2]}), ("duration", {"comb": [3, 2]}),
        ("tick", {"width": 32, "height": 7}), ("text", {"width": 32, "height": 7}),
    ],
)  # fmt: skip
def test_a_drawn_rectangle_becomes_what_its_kind_is_written_into(kind: str, made: dict[str, Any]) -> None:
    data: dict[str, Any] = {}
    assert acted(data, "add:fields", kind, drawn("52.1,60.2,31.8,7.1")) == "fields.0"
    assert data["fields"] == [{"id": "field_1", "kind": kind, "x": 52, "y": 60} | made]


def test_what_nobody_drew_stands_below_and_is_named_anew() -> None:
    data: dict[str, Any] = {"fields": [{"id": "field_1", "y": 80}], "tables": [{"id": "t", "columns": []}]}
    acted(data, "add:fields", "day", None)
    acted(data, "add:tables.0.columns", "time", None)
    acted(data, "add:tables.0.columns", "time", None)
    assert (data["fields"][1]["id"], data["fields"][1]["y"]) == ("field_2", 90)
    first, second = data["tables"][0]["columns"]
    assert second["x"] == pytest.approx(first["x"] + 4 * 5.4 + 2.6 + 4)


def test_a_column_comes_into_the_table_it_was_drawn_in() -> None:
    data: dict[str, Any] = {"tables": [{"top": 50, "rows": 5, "pitch": 7}, {"top": 150, "rows": 5, "pitch": 7}]}
    assert acted(data, "add:columns", "day", Drawn(50, 60, 11, 6)) == "tables.0.columns.0"
    assert acted(data, "add:columns", "day", Drawn(50, 20, 11, 6)) == "tables.1.columns.0", "in none: the last"
    assert acted({}, "add:columns", "day", Drawn(50, 60)) is None


@pytest.mark.parametrize(
    "action",
    ["remove:fields.9", "remove:x", "remove:", "remove:fields.0.x.1", "add:nothing", "add:checks", "burn:fields.0"],
)  # fmt: skip
def test_nonsense_changes_nothing(action: str) -> None:
    data: dict[str, Any] = {"fields": [{"id": "a"}], "checks": []}
    assert acted(data, action, "nothing", None) is None
    assert data == {"fields": [{"id": "a"}], "checks": []}


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "nan,1,1,1", "-1,1,1,1", "inf,1,1,1", "211,1,1,1"])
def test_what_is_no_rectangle_is_none(text: str) -> None:
    assert drawn(text) is None


# --- for programs -----------------------------------------------------------------------------------------------------


@pytest.fixture
def program(application: FastAPI, address: str) -> Iterator[httpx.Client]:
    application.dependency_overrides[the_administrator] = lambda: Visitor(account_id=UUID(int=9), is_administrator=True)
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_a_program_checks_a_draft_and_gets_the_librarys_document(program: httpx.Client) -> None:
    draft = HEALTH.model_dump(mode="json", exclude_defaults=True)
    found = program.post(f"{PLACE}/check", json={"document": draft}).json()
    assert (found["mistakes"], found["crowding"], found["cells"]) == ([], [], len(HEALTH.cells))
    assert checked(found["document"].encode()) == HEALTH
    draft["fields"][0]["comb"] = []
    found = program.post(f"{PLACE}/check", json={"document": draft}).json()
    assert (found["document"], found["mistakes"][0]["place"]) == (None, "fields[0].comb")
    assert program.post(f"{PLACE}/blank.pdf", json={"document": draft}).json()["type"].endswith("sheet_draft_wrong")


def test_a_program_lists_sheets_and_gets_blanks(program: httpx.Client) -> None:
    assert [each["id"] for each in program.get(PLACE).json()] == sorted(SheetLibrary.read().latest)
    blank = program.get(f"{PLACE}/health_check/blank.pdf", params={"person": "007"})
    assert blank.content.startswith(b"%PDF")
    assert program.get(f"{PLACE}/health_check/blank.pdf", params={"month": "x"}).status_code == 422
    assert program.get(f"{PLACE}/nothing/blank.pdf").status_code == 404


def test_more_cells_than_a_page_holds_are_refused() -> None:
    column = {"id": "c", "kind": "day", "x": 1, "comb": [2], "label": dict.fromkeys(("ja", "en", "zh", "ko"), "x")}
    table = {"rows": 60, "top": 1, "pitch": 4, "columns": [column]}
    draft = HEALTH.model_dump(mode="json", exclude_defaults=True) | {
        "tables": [table | {"id": f"t{number}"} for number in range(60)]
    }
    with pytest.raises(Problem) as refused:
        sheets.checked(draft)
    assert refused.value.code == "sheet_too_large"

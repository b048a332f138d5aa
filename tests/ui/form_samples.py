"""Forms on paper: the list of those the city knows, and a form being drawn, with mistakes and without."""

from collections.abc import Iterator
from typing import Any

from api.administration.sheets import checked, listed
from api.problems import problem
from procedures.loader import Library
from procedures.texts import Language
from sheets.loader import SheetLibrary
from ui.admin import sheet_contents as contents

SHEETS = SheetLibrary.read()
LIST, DRAW = "/admin/sheets", "/admin/sheets/draw"
TEMPLATE = "admin/sheet_draw.html"


def form_pages(
    language: Language, library: Library, hostile: str
) -> Iterator[tuple[str, str, dict[str, Any], str]]:  # fmt: skip
    """(name, template, what it gets, path)."""
    shown = contents.listed(language, library, listed(SHEETS))
    yield "forms", "admin/sheets.html", shown | {"problem": None}, LIST
    refused = problem("blank_label_malformed").text
    yield "blank refused", "admin/sheets.html", shown | {"problem": refused}, LIST
    plain = {"problem": None, "new": None}
    yield "new form", TEMPLATE, contents.started(language, library, SHEETS.all()) | plain, DRAW
    known = SHEETS.current("club_work_report").model_dump(mode="json", exclude_defaults=True)
    known["checks"] += [{"kind": "one_tick", "cells": ["total.days"]}]
    opened = contents.started(language, library, SHEETS.all(), known) | plain
    yield "form to draw", TEMPLATE, opened | {"new": "fields.0"}, DRAW
    wrong: dict[str, Any] = {
        "id": hostile, "title": {"ja": hostile}, "unknown": hostile, "marks": [{"x": 1}],
        "fields": [{"kind": hostile, "comb": hostile}, 3], "tables": [{"id": hostile, "columns": []}],
        "notes": [{}], "checks": [{"kind": "sum", "table": hostile}, {"kind": hostile}],
    }  # fmt: skip
    told = contents.looked_over(language, library, SHEETS.all(), wrong, checked(wrong))
    yield "form with mistakes", TEMPLATE, told | {"problem": problem("sheet_draft_wrong").text, "new": None}, DRAW
    small: dict[str, Any] = {
        "id": "small", "version": 1, "title": texts(hostile), "belongs_to": "case", "department": "health",
        "fields": [
            {"id": name, "kind": "tick", "x": 50, "y": 50, "width": 5, "label": texts(hostile)} for name in ("a", "b")
        ],
    }  # fmt: skip
    found = contents.looked_over(language, library, SHEETS.all(), small, checked(small))
    yield "form without mistakes", TEMPLATE, found | plain, DRAW


def texts(word: str) -> dict[str, str]:
    return dict.fromkeys(("ja", "en", "zh", "ko"), word or "欄")

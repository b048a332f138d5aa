"""表計算ファイル: what Excel opens is text, in the right letters, and runs nothing."""

import csv
import io

import pytest
from statistics_samples import full
from ui_samples import LIBRARY, NOW

from ui import spreadsheet
from ui.reviewer import statistics_tables as tables


@pytest.mark.parametrize("typed", ["=1+1", "+81", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝１", "＋1", "－1", "＠a"])
def test_a_text_that_would_be_a_formula_is_neutralised(typed: str) -> None:
    assert spreadsheet.harmless(typed) == f"'{typed}"


def test_numbers_and_plain_words_stay_as_they_are() -> None:
    for plain in (-3, 2.5, None, "窓口　一郎", "a=b", ""):
        assert spreadsheet.harmless(plain) == plain


def test_the_file_begins_with_a_mark_and_survives_commas_and_quotes() -> None:
    data = spreadsheet.written(("職員", "件数"), [('窓口, "一郎"', 3), (None, 0)])
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig")))) == [
        ["職員", "件数"],
        ['窓口, "一郎"', "3"],
        ["", "0"],
    ]


def test_cells_hold_hours_and_percent_and_the_header_says_so_in_the_readers_language() -> None:
    pace = tables.sheets("en", LIBRARY, full(NOW))["pace"]
    assert tables.header("en", pace)[2:] == (
        "Median (hours)", "90% took at most (hours)", "Closed late", "Waiting past deadline",
        "Correction rate (%)", "Rejection rate (%)",
    )  # fmt: skip
    empty, _, certificates, total = tables.cells(pace)
    assert empty[2:] == (None, None, None, 0, None, None)
    assert certificates[2:] == (5.4, 61.0, 7, 2, 8.1, 1.5)
    assert total[0] == "Total"


def test_an_officers_name_is_no_formula_in_the_file() -> None:
    sheet = tables.sheets("ja", LIBRARY, full(NOW, "=cmd|' /C calc'!A0"))["officers"]
    written = spreadsheet.written(tables.header("ja", sheet), tables.cells(sheet)).decode("utf-8-sig")
    assert "'=cmd" in written
    assert "\n=cmd" not in written

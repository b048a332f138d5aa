"""矛盾の説明: every kind of contradiction has a sentence, with its row and what would be right."""

import pytest
from paper import certain, row

from procedures.texts import LANGUAGES
from sheets.decoding import decode
from sheets.document import Sheet
from sheets.known import Known
from sheets.loader import SheetLibrary
from sheets.wording import explanation

LIBRARY = SheetLibrary.read()
REPORT = LIBRARY.current("club_work_report")
GOOD = row("row02", "05", "0900", "1730", "100", "0730") | {"total.hours": "00730", "total.days": " 1"}


def said(texts: dict[str, str], sheet: Sheet = REPORT, known: Known | None = None) -> list[str]:
    everything = {cell.id: texts.get(cell.id, "") for cell in sheet.cells}
    found = decode(sheet, certain(everything, sure=0.9999999), known or Known())
    for each in found.contradictions:
        assert all(explanation(sheet, each).of(language) for language in LANGUAGES)
    return [explanation(sheet, each).en for each in found.contradictions]


def test_where_all_agrees_nothing_is_said() -> None:
    assert said(GOOD) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"row02.hours": "0830", "total.hours": "00830"},
         "Row 2, Hours: It does not agree with start, end and break: they make 7:30."),
        ({"total.hours": "00700"}, "Hours in all: It does not agree with the rows: they sum to 7:30."),
        ({"total.hours": ""}, "Hours in all: It does not agree with the rows: they sum to 7:30."),
        ({"total.days": "12"}, "Days worked: It does not agree with the number of rows filled in, which is 1."),
        ({"row02.day": ""}, "Row 2, Hours: Only a part of the row is filled in."),
        ({"row02.remarks": "研修", "person.number": "999999"},
         "Personnel number: This value cannot stand here (range, list, limit, or days of the month)."),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_in_a_sentence(wrong: dict[str, str], sentence: str) -> None:
    assert sentence in said(GOOD | wrong, known=Known(lists={"people": frozenset({1012})}))


def test_a_day_written_twice_is_told_by_the_second() -> None:
    twice = GOOD | row("row03", "05", "0900", "1000", "", "0100") | {"total.hours": "00830", "total.days": " 2"}
    assert said(twice) == ["Row 3, Day: The day does not come after the one above."]


def test_two_ticks_where_one_belongs_are_told() -> None:
    sheet = LIBRARY.current("health_check")
    ticked = [cell.id for check in sheet.checks if check.kind == "one_tick" for cell in [sheet.cell(check.cells[0])]]
    texts = dict.fromkeys(ticked, "1") | {"smoking.no": "1"}
    assert said(texts, sheet) == ["No: Exactly one of these is to be ticked."]

"""給与への結果: what the payroll is told, and what it is never told."""

from dataclasses import replace
from uuid import uuid4

import pytest

from activities.batch.payroll_result import NotPayable, payroll_entry
from sheets.loader import SheetLibrary
from sheets.results import PayrollResult
from store.rosters import Roster, RosterEntry
from store.sheet_pages import CellRow, PageRow

SHEET = SheetLibrary.read().current("club_work_report")
assert isinstance(SHEET.result, PayrollResult)
RESULT = SHEET.result
ROSTER = Roster((RosterEntry("012", "書写児童クラブ", "012345", "姫路　花子", "012", "600345", 480, 3600),))
PAGE = PageRow(
    id=uuid4(), batch_id=uuid4(), file_id=uuid4(), position=0, number=1, kind="sheet", sheet_version=1,
    group_number="012", person_number="012345", month="2026-10", image_key=None, duplicate_of=None, state="approved",
    fault=None, reference=None, seconds=0, version=1,
)  # fmt: skip
TWO_DAYS = {
    "person.number": "012345", "person.name": "姫路　花子", "total.days": " 2", "total.hours": " 0915",
    "row01.day": " 3", "row01.start": " 815", "row01.end": "1200", "row01.hours": " 345",
    "row03.day": "10", "row03.start": "1200", "row03.end": "1830", "row03.break": "100", "row03.hours": "0530",
}  # fmt: skip


def written(**changed: str | None) -> tuple[CellRow, ...]:
    """Every cell of a sheet: two days' work, and these instead."""
    texts = TWO_DAYS | {name.replace("__", "."): text for name, text in changed.items()}
    return tuple(CellRow(cell.id, texts.get(cell.id, ""), 1.0, True, True, ()) for cell in SHEET.cells)


def test_the_payroll_is_told_its_own_numbers_and_every_day() -> None:
    entry = payroll_entry(SHEET, RESULT, written(), PAGE, ROSTER)
    assert (entry.officer_number, entry.club, entry.month, entry.total) == ("600345", "012", "2026-10", 555)
    assert [(day.day, f"{day.start:%H:%M}", f"{day.end:%H:%M}", day.rest, day.minutes) for day in entry.days] == [
        (3, "08:15", "12:00", 0, 225),
        (10, "12:00", "18:30", 60, 330),
    ]


def test_a_correction_counts_and_not_what_was_read() -> None:
    cells = [
        replace(cell, corrected="1130", corrected_by=uuid4()) if cell.cell == "row01.end" else cell
        for cell in written(row01__hours="0315", total__hours="00845")
    ]
    assert payroll_entry(SHEET, RESULT, cells, PAGE, ROSTER).days[0].minutes == 195


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"person__number": "099999"}, "not_on_roster"),
        ({"person__number": None}, "not_on_roster"),
        ({"total__hours": ""}, "no_total"),
        ({"total__hours": "00930"}, "does_not_add_up"),
        ({"row01__hours": "0330"}, "does_not_add_up"),
        ({"row03__day": "03"}, "does_not_add_up"),
        ({"row01__end": ""}, "row_incomplete"),
        ({"row01__start": None}, "row_incomplete"),
        ({"row01__start": "2561"}, "row_incomplete"),
    ],
)
def test_what_cannot_be_paid_is_a_persons(changed: dict[str, str], fault: str) -> None:
    with pytest.raises(NotPayable) as refused:
        payroll_entry(SHEET, RESULT, written(**changed), PAGE, ROSTER)
    assert refused.value.fault == fault

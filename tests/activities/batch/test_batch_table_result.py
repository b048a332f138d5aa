"""表の結果: a row for each sheet; and nothing on the way of a pile knows any sheet by its name."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from activities.batch.table_result import table_csv
from sheets.loader import SheetLibrary
from sheets.results import TableResult
from store.sheet_pages import CellRow

LIBRARY = SheetLibrary.read()
SHEET = LIBRARY.current("health_check")
TEXTS = {
    "person.number": "00012345", "person.name": "姫路　花子", "examined.month": "10", "examined.day": " 3",
    "height": "1583", "weight": " 521", "pulse": " 68", "smoking.no": "1", "result.normal": "1",
    "findings": "=HYPERLINK(1)",
}  # fmt: skip


def test_a_row_has_what_finally_stands_on_the_sheet() -> None:
    assert isinstance(SHEET.result, TableResult)
    cells = [CellRow(cell.id, TEXTS.get(cell.id, ""), 1.0, True, True, ()) for cell in SHEET.cells]
    cells = [replace(each, corrected="  70", corrected_by=uuid4()) if each.cell == "pulse" else each for each in cells]
    cells = [replace(each, text=None) if each.cell == "waist" else each for each in cells]
    head, row, *rest = table_csv(SHEET.result, [(SHEET, cells)]).decode("utf-8-sig").split("\r\n")
    said = dict(zip(head.split(","), row.split(","), strict=True))
    assert rest == [""]
    assert (said["受診番号"], said["氏名"], said["身長(cm)"], said["体重(kg)"]) == (
        "00012345",
        "姫路　花子",
        "158.3",
        "52.1",
    )
    assert (said["脈拍(回/分)"], said["腹囲(cm)"], said["喫煙"], said["判定"]) == ("70", "", "いいえ", "異常なし")
    assert said["所見"] == "'=HYPERLINK(1)", "a spreadsheet does not calculate with what somebody wrote"


@pytest.mark.parametrize(
    "room", ["workflows", "activities/batch", "activities/ocr", "store", "api/sheets", "ui/sheets"]
)
def test_no_sheet_is_known_by_its_name(room: str) -> None:
    names = {*LIBRARY.latest, "club_report"}
    for file in (Path(__file__).parents[3] / room).rglob("*.py"):
        source = file.read_text()
        assert not [name for name in names if name in source], f"{file} names a sheet: say it in its document"

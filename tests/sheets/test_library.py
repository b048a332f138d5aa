"""帳票の書庫: what holds for every sheet the city prints."""

from itertools import combinations

import pytest
from pydantic import ValidationError

from sheets.document import Sheet
from sheets.geometry import CLEARANCE
from sheets.loader import SheetLibrary, SheetUnknown
from sheets.schema import schema

LIBRARY = SheetLibrary.read()
every_sheet = pytest.mark.parametrize("sheet", LIBRARY.all(), ids=lambda sheet: sheet.id)


def test_there_are_a_report_an_application_and_a_health_check() -> None:
    assert set(LIBRARY.latest) == {"club_work_report", "paper_residence_certificate", "health_check"}


@every_sheet
def test_every_cell_has_a_name_of_its_own(sheet: Sheet) -> None:
    assert len({cell.id for cell in sheet.cells}) == len(sheet.cells)
    for cell in sheet.cells:
        assert sheet.cell(cell.id) is cell
        assert sheet.writing(cell).kind == cell.kind


@every_sheet
def test_boxes_lie_on_the_page_and_apart(sheet: Sheet) -> None:
    boxes = [box for cell in sheet.cells for box in cell.boxes]
    assert all(box.on_page for box in boxes)
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other, clearance=-0.01)


@every_sheet
def test_marks_and_qr_stand_in_white(sheet: Sheet) -> None:
    for around in (*sheet.marks, sheet.qr):
        for cell in sheet.cells:
            assert not any(around.overlaps(box, CLEARANCE) for box in cell.boxes), cell.id


@every_sheet
def test_a_sheet_is_the_same_after_a_journey_as_json(sheet: Sheet) -> None:
    assert Sheet.model_validate_json(sheet.model_dump_json()) == sheet


def test_a_table_becomes_cells_row_by_row() -> None:
    report = LIBRARY.current("club_work_report")
    start = report.cell(report.column("row", "start")[2])
    assert start.id == "row03.start"
    assert (start.row, start.column, len(start.boxes)) == ("row03", "start", 4)
    assert start.boxes[2].x - start.boxes[1].right > 2, "the colon has its place"
    assert report.place(start) == "row.start"


def test_a_sheet_nobody_made_is_unknown() -> None:
    with pytest.raises(SheetUnknown, match='there is no version 99 of sheet "health_check"'):
        LIBRARY.version("health_check", 99)
    with pytest.raises(SheetUnknown, match='no sheet "tax_return"'):
        LIBRARY.current("tax_return")


def test_the_schema_speaks_of_what_the_documents_hold() -> None:
    assert {"fields", "tables", "checks", "marks"} <= schema()["properties"].keys()


def test_a_sheet_cannot_be_made_of_parts_that_name_nothing() -> None:
    data = LIBRARY.current("health_check").model_dump(mode="json")
    data["checks"] = [{"kind": "listed", "cell": "persn.number", "list": "people"}]
    with pytest.raises(ValidationError, match=r"cell: person\.number"):
        Sheet.model_validate(data, strict=False)

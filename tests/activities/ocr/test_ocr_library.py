"""帳票の書庫を読む: every sheet of the library is printed, filled in by its own writer, scanned and read."""

from random import Random

import numpy as np
import pytest

from activities.documents.blank_sheets import printed
from activities.ocr.readers import Alternatives
from activities.ocr.sheet_reading import read_sheet
from activities.ocr.sorting import sort_page
from activities.ocr.words import WordReader
from procedures.notation import fold_name
from sandbox.scans.clubs import clubs, month_of
from sandbox.scans.filling import fill
from sandbox.scans.forms import WRITERS
from sandbox.scans.printer import printed as on_paper
from sandbox.scans.scanner import EVERYDAY, scan
from sandbox.scans.truth import Written
from sheets.document import Sheet
from sheets.drawing import page
from sheets.kinds import COMBED
from sheets.label import Label
from sheets.loader import SheetLibrary
from sheets.reading import CellReading

LIBRARY = SheetLibrary.read()
DPI = 200


def written(sheet: Sheet) -> Written:
    if sheet.id in WRITERS:
        return WRITERS[sheet.id](Random(3))
    return month_of(clubs(1)[0].people[0], "2026-10", Random(3))


@pytest.fixture(scope="module", params=sorted(LIBRARY.latest))
def read(request: pytest.FixtureRequest) -> tuple[Sheet, Written, dict[str, CellReading]]:
    """A sheet, what was written on it, and what was read."""
    sheet = LIBRARY.current(request.param)
    (blank,) = on_paper(printed([page(sheet, Label(sheet=sheet.id, version=sheet.version))]), DPI)
    truth = written(sheet)
    picture = scan(fill(blank, sheet, truth, DPI, "calibrate", Random(3)), DPI, EVERYDAY, Random(3)).image
    found = sort_page(np.asarray(picture.convert("L")), LIBRARY)
    assert found.page is not None, f"{found.kind}"
    return sheet, truth, {each.cell: each for each in read_sheet(found.page, sheet, WordReader()).cells}


def test_figures_are_read_on_every_sheet(read: tuple[Sheet, Written, dict[str, CellReading]]) -> None:
    sheet, truth, readings = read
    expected = {cell.id: (truth.cells.get(cell.id) or "").rstrip() for cell in sheet.cells if cell.kind in COMBED}
    right = [best(readings[cell].alternatives).rstrip() == text for cell, text in expected.items()]
    assert sum(right) / len(right) > 0.85


def test_every_tick_is_seen(read: tuple[Sheet, Written, dict[str, CellReading]]) -> None:
    sheet, truth, readings = read
    ticks = [cell.id for cell in sheet.cells if cell.kind == "tick"]
    assert [best(readings[cell].alternatives) for cell in ticks] == [truth.cells.get(cell) or "" for cell in ticks]


def test_printed_names_are_read_whichever_spaces_they_have(read: tuple[Sheet, Written, dict[str, CellReading]]) -> None:
    sheet, truth, readings = read
    names = [cell.id for cell in sheet.cells if cell.kind == "name" and cell.id == "person.name"]
    assert names
    for cell in names:
        assert fold_name(best(readings[cell].alternatives)) == fold_name(truth.cells[cell] or "")


def best(alternatives: Alternatives) -> str:
    return alternatives[0].text if alternatives else "?"

"""健康診査票の一括: the same way as any pile, to the result its document declares: a row for each sheet."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.batch_truth import said
from machine.layout import Layout
from sheets.filing import taken
from sheets.loader import SheetLibrary
from sheets.results import TableResult
from store.sheet_batches import table_key
from tests.town.back_office import HIMEJI, BackOffice, forms, open_office

SHEET = SheetLibrary.read().current("health_check")


@pytest.fixture(scope="module")
def office(town: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackOffice]:
    with open_office(town, tmp_path_factory.mktemp("office")) as office:
        yield office


def test_health_checks_are_read_corrected_approved_and_become_rows(office: BackOffice, tmp_path: Path) -> None:
    assert isinstance(SHEET.result, TableResult)
    truth = forms(tmp_path / "checks", SHEET, 2, duplicates=0.0, blanks=0.0, foreign=0.0)
    batch = office.take(tmp_path / "checks", SHEET)
    office.approve(batch, office.officers(truth, SHEET))
    assert office.await_state(batch, "finished", "stopped").state == "finished"
    assert {page.state for page in office.pages(batch)} <= {"entered", "set_aside"}
    _, *rows = csv.reader(office.objects.get(table_key(HIMEJI, batch)).decode("utf-8-sig").splitlines())
    due = [
        [taken(SHEET, column, said(SHEET, page.written)) or "" for column in SHEET.result.columns]
        for page in truth.pages
        if page.written is not None
    ]
    assert sorted(rows) == sorted(due)

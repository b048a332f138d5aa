"""一括の計測: a month's paper of all clubs from the scanner's files to the payroll: sheets a minute, and memory.

MADOGUCHI_BENCH_CLUBS says how many clubs (67: some 540 sheets; the robot takes most of an hour with them).
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from commands.batch_truth import differences
from machine.up import City
from store import sheet_batches
from tests.bench.meter import Meter
from tests.town.back_office import HIMEJI, SHEET, BackOffice, made, open_office

pytestmark = pytest.mark.timeout(3 * 3600)
CLUBS = int(os.environ.get("MADOGUCHI_BENCH_CLUBS", "67"))
WANTED_ERROR = 1 / 2000
"""Of the cells nobody looked at."""
MOST_MEGABYTES = 1200.0
"""Of one process that reads, the networks of both engines with it."""


@pytest.fixture
def office(city: City, tmp_path: Path) -> Iterator[BackOffice]:
    with open_office(city.layout, tmp_path / "office", patience=3 * 3600) as office:
        yield office


def test_a_month_of_paper(office: BackOffice, tmp_path: Path, console: Console) -> None:
    truth = made(tmp_path / "pile", "2026-10", CLUBS)
    meter = Meter({name: office.supervisor.running()[name] for name in ("worker-sheets", "worker-robots")})
    officers = office.officers(truth)
    began = time.monotonic()
    batch = office.take(tmp_path / "pile")
    office.await_state(batch, "correcting", "approving")
    read = time.monotonic() - began
    corrected = officers.correct(batch)
    office.look_again(batch)
    office.await_state(batch, "approving")
    officers.approve(batch)
    began = time.monotonic()
    office.look_again(batch)
    assert office.await_state(batch, "finished", "stopped").state == "finished"
    entered = time.monotonic() - began
    with office.database.reading(HIMEJI) as connection:
        counted = sheet_batches.progress(connection, batch)
    peaks = meter.peak_megabytes()
    wrong = list(differences(SHEET, truth, office.slips(truth), office.handed_over(batch)))
    sheets = sum(page.kind == "sheet" for page in truth.pages)

    table = Table("what", "number", title=f"{sheets} sheets, {len(truth.pages)} pages")
    table.add_row("pages read a minute", f"{len(truth.pages) / read * 60:.0f}")
    table.add_row("sheets entered a minute, the report with them", f"{counted.pages['entered'] / entered * 60:.0f}")
    table.add_row("cells taken as read", f"{counted.accepted / counted.cells:.2%} of {counted.cells}")
    table.add_row("cells for people, a sheet", f"{corrected / sheets:.2f}")
    table.add_row("sheets handed over to people", f"{counted.pages['handed_over']}")
    table.add_row("sheets that differ from the truth", f"{len({each.person for each in wrong})}")
    for name, (own, children, largest) in peaks.items():
        table.add_row(f"peak memory of {name}", f"{own:.0f} MB, largest of {children} children {largest:.0f} MB")
    console.print(table)
    for each in wrong:
        console.print(f"  {each.person} {each.what}")
    assert all(largest < MOST_MEGABYTES for _, _, largest in peaks.values())
    assert len(wrong) <= counted.accepted * WANTED_ERROR

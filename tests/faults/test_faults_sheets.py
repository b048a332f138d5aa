"""帳票の故障: whatever works on a pile of paper is killed again and again, and the payroll has each sheet once."""

import os
import random
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest

from commands.batch_truth import corrections, differences
from machine.layout import Layout
from machine.visitor import Visitor
from sandbox.scans.truth import ScannedPage, Truth
from store import sheet_batches, sheet_pages
from tests.api.scenes import Newcomer
from tests.api.sheet_scenes import APPROVAL, CORRECTION
from tests.faults.conftest import Neighbours
from tests.town.back_office import HIMEJI, SHEET, BackOffice, made, open_office

SOONEST, LATEST = 1.0, 6.0
"""Seconds from one kill to the next."""
OF_THE_BACK_OFFICE = ("worker-sheets", "worker-robots", "payroll")
OF_THE_COUNTER = ("worker-cases",)
"""Whoever decides what comes next; its keeper waits longer after each kill."""
Found = TypeVar("Found")


@dataclass
class Killer:
    """殺し手: kills one of them at each moment that its seed says, while somebody waits for something."""

    office: BackOffice
    neighbours: Neighbours
    chance: random.Random
    killed: list[str] = field(default_factory=list)
    _left: list[str] = field(default_factory=list)
    _at: float = 0.0

    def while_waiting(self, victims: list[str], look: Callable[[], Found | None]) -> Found:
        """Kills these, in an order of its own, until `look` finds something or all were killed."""
        self._left = self.chance.sample(victims, len(victims))
        self._at = time.monotonic() + self.chance.uniform(SOONEST, LATEST)
        return self.office.await_that(lambda: self._strike() or look())

    def _strike(self) -> None:
        if not self._left or time.monotonic() < self._at:
            return
        victim = self._left.pop()
        with suppress(ProcessLookupError):  # it was only just killed
            (self.neighbours if victim in OF_THE_COUNTER else self.office).kill(victim)
            self.killed.append(victim)
        self._at = time.monotonic() + self.chance.uniform(SOONEST, LATEST)


@dataclass(frozen=True)
class Clerks:
    """職員: two who correct by the API what the truth says is on paper, and one who approves."""

    office: BackOffice
    truth: Truth
    first: Visitor
    second: Visitor
    head: Visitor

    def correct(self, batch: UUID) -> None:
        on_paper = {(page.file, page.page): page for page in self.truth.pages}
        with self.office.database.reading(HIMEJI) as connection:
            names = {file.id: file.name for file in sheet_batches.files(connection, batch)}
            waiting = sheet_pages.pages(connection, batch, "read")
            cells = {page.id: sheet_pages.cells(connection, page.id) for page in waiting}
        for page in waiting:
            self._page(page.id, page.version, cells[page.id], on_paper[names[page.file_id], page.number])

    def _page(self, page: UUID, version: int, cells: tuple[sheet_pages.CellRow, ...], paper: ScannedPage) -> None:
        there = f"/api/sheets/pages/{page}"
        if not cells or paper.written is None:
            self.first.post(f"{there}/set-aside", {"version": version})
            return
        said = {
            "version": version, "texts": corrections(SHEET, cells, paper.written), "finish": True, "despite": True,
            "seen": [cell.cell for cell in cells if cell.open],
        }  # fmt: skip
        after = self.first.post(f"{there}/corrections", said)
        if any(cell["second"] == "needed" for cell in after["cells"]):
            self.second.post(f"{there}/confirmation", {"version": after["version"]})


@pytest.mark.timeout(600)  # two to three minutes on an idle machine
def test_killed_at_any_moment_a_pile_is_in_the_payroll_as_it_is_true(
    stricken: Layout, neighbours: Neighbours, newcomer: Newcomer, tmp_path: Path
) -> None:
    seed = int(os.environ.get("MADOGUCHI_KILLS") or secrets.randbits(32))
    print(f"MADOGUCHI_KILLS={seed} makes the same kills at the same distances.")  # noqa: T201
    truth = made(tmp_path / "pile", "2026-07", 2)
    with open_office(stricken, tmp_path) as office:
        killer = Killer(office, neighbours, random.Random(seed))
        batch = office.take(tmp_path / "pile")
        reading = ["worker-sheets", "worker-sheets", "worker-cases"]
        killer.while_waiting(reading, lambda: in_state(office, batch, "correcting", "approving"))
        clerks = Clerks(office, truth, newcomer(CORRECTION), newcomer(CORRECTION), newcomer(APPROVAL))
        clerks.correct(batch)
        office.await_state(batch, "approving")
        assert clerks.head.http.post(f"/api/sheets/batches/{batch}/approval").status_code == 202
        typing = [*OF_THE_BACK_OFFICE, *OF_THE_COUNTER, "worker-robots"]

        ended = killer.while_waiting(typing, lambda: in_state(office, batch, "finished", "stopped"))

        assert ended == "finished"
        handed_over = office.handed_over(batch)
        assert list(differences(SHEET, truth, office.slips(truth), handed_over)) == []
        assert len(handed_over) < 3
        assert len(killer.killed) >= 6, f"it went too fast for kills: {killer.killed}"


def in_state(office: BackOffice, batch: UUID, *states: str) -> str | None:
    row = office.row(batch)
    assert not row.paused, row.fault
    return row.state if row.state in states else None

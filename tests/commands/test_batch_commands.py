"""一括の指令: as an operator types them, at a counter whose back office is open; and where it is not."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from uuid import uuid4

import pytest

from machine.layout import Layout, environment
from machine.visitor import wait_for
from tests.town.back_office import BackOffice, open_office
from tests.workflows.test_sheet_batch import a_blank_sheet

ROSTER = """\
group_number,group_name,person_number,name,club_code,officer_number,minutes_per_day,minutes_per_month
001,山野井町児童クラブ,001001,飾磨　京子,A001,100101,540,6600
"""


@pytest.fixture
def office(town: Layout, tmp_path: Path) -> Iterator[BackOffice]:
    with open_office(town, tmp_path / "office") as office:
        yield office


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scanner's folder."""
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "001.pdf").write_bytes(a_blank_sheet("2026-02"))
    (scans / "notes.txt").write_text("not a scan")
    return scans


def typed(town: Layout, *words: object) -> CompletedProcess[str]:
    command = [str(Path(sys.prefix) / "bin" / "madoguchi"), *map(str, words)]
    return subprocess.run(command, env=environment(town), cwd=town.clone, capture_output=True, text=True)


def done(town: Layout, *words: object) -> str:
    found = typed(town, *words)
    assert found.returncode == 0, found.stderr
    return found.stdout


def unboxed(said: str) -> str:
    """Without the frame that is drawn around mistakes."""
    return " ".join(re.sub("[│╭╮╰╯─]", "", said).split())


def line_of(town: Layout, batch: str) -> str:
    return next(line for line in done(town, "batch", "list").splitlines() if line.startswith(batch))


def until(town: Layout, batch: str, says: str) -> None:
    wait_for(lambda: line_of(town, batch), lambda line: says in line, f"the list to say {says}", 60)


def test_a_pile_is_added_watched_paused_resumed_and_stopped(office: BackOffice, folder: Path) -> None:
    town = office.town
    said = done(town, "batch", "add", folder, "--name", "2月分")
    batch = said.split()[0]
    assert said == f"{batch}  1 files\n"
    assert (folder / "001.pdf").exists(), "the files stay"
    until(town, batch, "correcting")
    assert re.fullmatch(rf"{batch}  \d{{4}}-\d\d-\d\d \d\d:\d\d  correcting  2月分  read 1", line_of(town, batch))
    assert done(town, "batch", "pause", batch) == "Paused. What was under way ends.\n"
    assert "correcting (paused)  2月分" in line_of(town, batch)
    assert done(town, "batch", "resume", batch) == "It goes on.\n"
    assert "(paused)" not in line_of(town, batch)
    assert done(town, "batch", "stop", batch) == "Stopped. What was entered stays.\n"
    until(town, batch, "stopped")
    again = typed(town, "batch", "pause", batch)
    assert (again.returncode, again.stdout) == (1, "")
    assert "not under way" in again.stderr


def test_where_nobody_reads_paper_a_batch_waits_and_the_command_says_so(town: Layout, folder: Path) -> None:
    batch = done(town, "batch", "add", folder).split()[0]
    assert "reading  scans" in line_of(town, batch)
    found = typed(town, "batch", "stop", batch)
    assert found.returncode == 1
    assert found.stderr.startswith("It was told, but nobody has answered yet"), found.stderr
    assert "madoguchi worker sheets" in found.stderr


def test_what_is_not_there_is_said(town: Layout, tmp_path: Path) -> None:
    empty = typed(town, "batch", "add", tmp_path)
    assert empty.returncode == 2
    assert "holds no PDF, TIFF or JPEG" in unboxed(empty.stderr)
    nobody = typed(town, "batch", "resume", uuid4())
    assert nobody.returncode == 1
    assert "not under way" in nobody.stderr


def test_a_roster_is_imported_whole_or_not_at_all(town: Layout, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    elsewhere = "284416"
    file.write_text("\ufeff" + ROSTER, "utf-8")
    assert done(town, "sheets", "roster", file, "--municipality", elsewhere) == "1 people.\n"
    file.write_text(ROSTER + ROSTER.splitlines()[1] + "\n", "utf-8")
    twice = typed(town, "sheets", "roster", file, "--municipality", elsewhere)
    assert twice.returncode == 2
    assert "is listed twice" in unboxed(twice.stderr)

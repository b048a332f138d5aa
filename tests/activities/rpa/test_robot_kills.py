"""kill -9: of the robot's process, at every point of an entry. Whatever happens, the payroll holds it exactly once."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from workplace import HIMEJI, SETTLES_SECONDS, OldServer, Workplace, surroundings

from activities.rpa.payroll import PayrollEntry
from machine.layout import Layout
from machine.postgres import Role
from machine.visitor import wait_for
from store import robot_entries
from store.robot_entries import EntryKey

PATIENCE = 120
FOR_LONG = 60.0
ROBOT = Path(__file__).parent / "robot_process.py"


@contextmanager
def robot_at(
    workplace: Workplace, payroll: OldServer, entry: PayrollEntry, settles: float = SETTLES_SECONDS
) -> Iterator["subprocess.Popen[str]"]:
    """A robot at work on it. Killed at the end, wherever it is."""
    run = workplace.planned(entry)
    root = str(Path(__file__).parents[3])
    environment = {**surroundings(workplace, payroll), "PYTHONPATH": root}
    command = [sys.executable, str(ROBOT), run.reference, str(settles)]
    with subprocess.Popen(command, env=environment, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def work_through(
    workplace: Workplace, payroll: OldServer, entry: PayrollEntry, settles: float = SETTLES_SECONDS
) -> list[str]:
    """Another robot enters it: what it said, its number last."""
    with robot_at(workplace, payroll, entry, settles) as process:
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
    return said.split()


def assert_once(workplace: Workplace, payroll: OldServer, entry: PayrollEntry, number: str) -> None:
    [slip] = payroll.slips(entry)
    assert (f"{slip['number']:06}", slip["reference"], slip["total"]) == (number, entry.reference, entry.total)
    row = workplace.row(entry)
    assert (row.number, row.entered_at is not None) == (number, True)


@pytest.mark.parametrize(
    ("page", "moment"),
    [
        ("POST /payroll/login", "slow"),
        ("GET /payroll/search", "slow"),
        ("GET /payroll/officers", "slow"),
        ("GET /payroll/slips", "slow"),  # looking
        ("GET /payroll/entry", "slow"),
        ("POST /payroll/slips", "late"),  # stored, and not yet answered
    ],
)
def test_a_robot_killed_while_a_page_is_on_its_way(
    workplace: Workplace, payroll: OldServer, page: str, moment: str
) -> None:
    entry = workplace.entry()
    payroll.break_down(moment, page, seconds=FOR_LONG)
    with robot_at(workplace, payroll, entry) as process:
        wait_for(payroll.faults, lambda left: not left, f"{page} to be asked for", PATIENCE)
        process.kill()

    said = work_through(workplace, payroll, entry)

    assert_once(workplace, payroll, entry, said[-1])


def test_a_press_that_is_stored_when_its_robot_is_long_dead(workplace: Workplace, payroll: OldServer) -> None:
    """The next robot looks while there is nothing yet to see: it has to wait the press out."""
    entry = workplace.entry()
    payroll.break_down("slow", "POST /payroll/slips", seconds=15)
    with robot_at(workplace, payroll, entry) as process:
        wait_for(payroll.faults, lambda left: not left, "the press", PATIENCE)
        process.kill()
    arrived_at = time.monotonic() + 17

    said = work_through(workplace, payroll, entry, settles=25)

    time.sleep(max(0.0, arrived_at - time.monotonic()))  # by now the press of the dead robot has done what it does
    assert_once(workplace, payroll, entry, said[-1])


def test_a_robot_killed_while_it_reads_back(workplace: Workplace, payroll: OldServer) -> None:
    entry = workplace.entry()
    next_number = len(payroll.records()) + 1
    payroll.break_down("slow", f"GET /payroll/slips/{next_number}", seconds=FOR_LONG)
    with robot_at(workplace, payroll, entry) as process:
        wait_for(payroll.faults, lambda left: not left, "the slip to be opened", PATIENCE)
        process.kill()
    assert workplace.row(entry).entered_at is None

    assert_once(workplace, payroll, entry, work_through(workplace, payroll, entry)[-1])


@pytest.mark.parametrize("column", ["pressed_at", "entered_at"])
def test_a_robot_killed_while_it_writes_down_what_it_does(
    town: Layout, workplace: Workplace, payroll: OldServer, column: str
) -> None:
    """Before the press it is about to make, and after reading back what it will never get to say."""
    entry = workplace.entry()
    database = workplace.settings.database_url.rsplit("/", 1)[1]
    with town.postgres.connect(Role.OWNER, database) as owner, held(owner, column):
        with robot_at(workplace, payroll, entry) as process:
            waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
            wait_for(lambda: owner.execute(waiting).fetchone(), lambda n: n == (1,), "the robot to write", PATIENCE)
            process.kill()
        assert len(payroll.slips(entry)) == (0 if column == "pressed_at" else 1)

    assert_once(workplace, payroll, entry, work_through(workplace, payroll, entry)[-1])


@contextmanager
def held(owner: psycopg.Connection, column: str) -> Iterator[None]:
    """Whoever fills in this column waits in its transaction until the end of the block."""
    owner.execute(
        "create or replace function hold() returns trigger language plpgsql as"
        " $$ begin perform pg_advisory_xact_lock(49); return new; end $$;"
        f"create trigger hold before update on robot_entry for each row when (new.{column} is distinct from"
        f" old.{column}) execute function hold()"
    )
    owner.execute("select pg_advisory_lock(49)")
    try:
        yield
    finally:
        owner.execute("select pg_advisory_unlock(49)")
        owner.execute("drop trigger hold on robot_entry")


def test_a_press_that_was_written_down_and_never_made_is_made_after_it_was_waited_out(
    workplace: Workplace, payroll: OldServer
) -> None:
    """Killed between the two: nobody can tell from one that is still on its way."""
    entry = workplace.entry()
    workplace.planned(entry)
    key = EntryKey("payroll", entry.reference)
    with workplace.database.transaction(HIMEJI) as connection:
        attempt = robot_entries.begin(connection, key, timedelta(0)).attempt
        assert robot_entries.press(connection, key, attempt)

    said = work_through(workplace, payroll, entry)

    assert_once(workplace, payroll, entry, said[-1])


def test_a_robot_that_was_overtaken_while_it_typed_does_not_press(workplace: Workplace, payroll: OldServer) -> None:
    """Not killed, only given up on: it wakes up while the next robot is at work, or done."""
    entry = workplace.entry()
    payroll.break_down("slow", "GET /payroll/entry", seconds=5)
    with robot_at(workplace, payroll, entry) as overtaken:
        wait_for(payroll.faults, lambda left: not left, "the entry page to be asked for", PATIENCE)
        number = work_through(workplace, payroll, entry)[-1]
        said, _ = overtaken.communicate(timeout=PATIENCE)

    assert said.split()[-1] == number
    assert_once(workplace, payroll, entry, number)

"""入力の一括: hours, accounts and long runs, with the real payroll, robot and server; the paper was read before."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pypdfium2
import pytest
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client
from temporalio.testing import TimeSkipper
from temporalio.worker import Worker

from activities.batch.intake import Intake
from activities.desk import Desk
from activities.rpa.account import AccountFiles
from activities.rpa.door import Gate
from activities.rpa.entering import PayrollRobot
from activities.rpa.loader import read_script
from activities.rpa.payroll import Payroll
from activities.rpa.script import Hours
from activities.rpa.window import Window
from machine.city import BROWSER
from machine.layout import Layout, url
from procedures.loader import Library
from sandbox.payroll.officers import Officer, officers
from store import robot_entries
from store.robot_entries import EntryKey
from tests.town.approved_paper import WORKED, approve, read_pile
from tests.town.back_office import HIMEJI, SHEET, BackOffice, handle, open_office
from workflows.contracts import ROBOTS_QUEUE
from workflows.sheet_batch_workflow import LEEWAY, workflow_id

PEOPLE = officers(seed=1)
IN_JAPAN = timedelta(hours=9)


def ledger(town: Layout) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{url(town.ports.payroll)}/_sandbox/ledger").json()
    return found


def totals(town: Layout, month: str) -> list[tuple[str, int]]:
    """What the payroll stored of a month: by whom, how much."""
    records = [each for each in ledger(town)["records"] if each["month"] == month.replace("-", "")]
    return sorted((each["officer"], each["total"]) for each in records)


def due(people: tuple[Officer, ...], days: int = 2) -> list[tuple[str, int]]:
    return sorted((each.number, WORKED * days) for each in people)


def entered(office: BackOffice, batch: UUID) -> int:
    return sum(page.state == "entered" for page in office.pages(batch))


# --- hours ------------------------------------------------------------------------------------------------------------


@dataclass
class Watch:
    """時計: as a test sets it."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


def robot_by(office: BackOffice, watch: Watch) -> PayrollRobot:
    """A robot at the town's payroll that goes by this watch; the payroll may be used from 7 to 22 in Japan."""
    quick = {"pause_seconds": 0.0, "entry_seconds": 0.0, "hours": Hours(opens=time(7), closes=time(22))}
    script = read_script("payroll", Payroll.NEEDS).model_copy(update=quick)
    folder, address = office.town.sandbox / "payroll", url(office.town.ports.payroll)
    gate = Gate(script, AccountFiles(folder / "user", folder / "password"), watch.now)
    desk = Desk(office.database, Library({}, {}))
    return PayrollRobot(desk, office.objects, Window(BROWSER, script, address), gate)


def test_outside_of_hours_a_batch_waits_on_the_server_and_not_in_a_browser(town: Layout, tmp_path: Path) -> None:
    people = PEOPLE[:2]
    with open_office(town, tmp_path, without=("worker-robots",)) as office:
        batch = read_pile(office, "2026-01", people)
        office.begin(batch)
        approve(office, batch)
        three_in_the_night = datetime(2026, 11, 30, 3, tzinfo=UTC) - IN_JAPAN
        watch = Watch(three_in_the_night)
        robot = robot_by(office, watch)
        visits = ledger(town)["visits"]

        async def through_the_night(client: Client) -> None:
            async with Worker(client, task_queue=ROBOTS_QUEUE, activities=[robot.enter_payroll]):
                waits = await pending(client, batch)
                assert abs(waits - timedelta(hours=4)) < timedelta(seconds=1)
                assert not robot.has_window
                assert ledger(town)["visits"] == visits, "nothing was asked of it"
                watch.moment += timedelta(hours=4)
                await TimeSkipper(client).fast_forward(handle(client, batch), timedelta(hours=4))
                await asyncio.to_thread(office.await_state, batch, "finished", "stopped")
            await robot.close()

        office.run(through_the_night)
        assert entered(office, batch) == 2
        assert totals(town, "2026-01") == due(people)


async def pending(client: Client, batch: UUID) -> timedelta:
    """How long its one activity, which has failed once, is left alone by the server."""
    while True:
        found = (await handle(client, batch).describe()).raw_description.pending_activities
        waiting = [each for each in found if each.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED]
        if waiting and waiting[0].attempt > 1:
            (only,) = waiting
            assert only.last_failure.application_failure_info.type == "SystemClosed"
            since = only.last_attempt_complete_time.ToDatetime(UTC)
            return only.next_attempt_schedule_time.ToDatetime(UTC) - since
        await asyncio.sleep(0.1)


# --- accounts and long runs -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Renewable:
    """事務室 whose robot has an account of its own files."""

    office: BackOffice
    user: Path
    password: Path

    def attempts(self, people: tuple[Officer, ...], month: str) -> int:
        """So often the robot began with one of them."""
        keys = [
            EntryKey("payroll", f"MADO-{month.replace('-', '')}-{each.club}-{each.number}-1") for each in people
        ]  # fmt: skip
        with self.office.database.reading(HIMEJI) as connection:
            rows = [robot_entries.read(connection, key) for key in keys]
        return sum(row.attempt for row in rows if row is not None)


@pytest.fixture(scope="module")
def renewable(town: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renewable]:
    folder = tmp_path_factory.mktemp("account")
    user, password = folder / "user", folder / "password"
    files = {"MADOGUCHI_PAYROLL_USER_FILE": str(user), "MADOGUCHI_PAYROLL_PASSWORD_FILE": str(password)}
    with open_office(town, folder, **files) as office:
        for file in (user, password):
            shutil.copy(town.sandbox / "payroll" / file.name, file)
        yield Renewable(office, user, password)


def test_a_refused_account_pauses_the_batch_is_tried_once_and_taken_up_when_renewed(renewable: Renewable) -> None:
    office, people, month = renewable.office, PEOPLE[2:5], "2026-02"
    right = renewable.password.read_text()
    renewable.password.write_text("expired")
    before = logins(office.town)
    batch = read_pile(office, month, people)
    office.begin(batch)
    approve(office, batch)

    stuck = office.await_that(lambda: row if (row := office.row(batch)).paused else None)

    assert (stuck.state, stuck.fault) == ("entering", "LoginRefused")
    assert logins(office.town) == before + 1
    assert {page.state for page in office.pages(batch)} == {"approved"}, "it is nobody's sheet"
    for attempts in (2, 3):
        office.pace(batch, "go_on")  # somebody hopes
        office.await_that(lambda often=attempts: renewable.attempts(people, month) >= often or None)
        office.await_that(lambda: office.row(batch).fault == "LoginRefused" or None)
    assert logins(office.town) == before + 1, "accounts are locked for that"

    renewable.password.write_text(right)
    office.pace(batch, "go_on")

    done = office.await_state(batch, "finished", "stopped")
    assert (done.state, done.paused, done.fault) == ("finished", False, None)
    assert totals(office.town, month) == due(people)


def logins(town: Layout) -> int:
    return int(ledger(town)["visits"].get("POST /payroll/login", 0))


def test_a_long_batch_is_entered_over_several_histories_each_sheet_once(renewable: Renewable) -> None:
    office, people, month, events = renewable.office, PEOPLE[5:15], "2026-03", 50
    batch = read_pile(office, month, people)
    office.begin(batch, events)
    approve(office, batch)
    office.await_that(lambda: True if entered(office, batch) > 2 else None)
    office.pace(batch, "pause")
    office.await_that(lambda: True if office.row(batch).paused else None)
    office.pace(batch, "go_on")
    assert office.await_state(batch, "finished", "stopped").state == "finished"

    lengths = office.run(lambda client: histories(client, batch))

    assert len(lengths) > 2
    assert max(lengths) <= events + LEEWAY
    assert totals(office.town, month) == due(people)
    assert entered(office, batch) == len(people)


def test_many_pages_are_read_over_several_histories_each_once(renewable: Renewable) -> None:
    office, count, events = renewable.office, 120, 40
    intake = Intake(office.database, office.objects, SHEET.id)
    batch = intake.take(HIMEJI, "白紙", "folder", [("white.pdf", white(count))])
    office.begin(batch, events)

    assert office.await_state(batch, "finished", "stopped").state == "finished"

    lengths = office.run(lambda client: histories(client, batch))
    assert len(lengths) > 2
    assert max(lengths) <= events + LEEWAY
    pages = office.pages(batch)
    assert [(page.position, page.kind, page.state) for page in pages] == [
        (position, "blank", "set_aside") for position in range(count)
    ]


def white(pages: int) -> bytes:
    """Nothing on so many pages (PDF)."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


async def histories(client: Client, batch: UUID) -> list[int]:
    """How many events each of a batch's runs has, the first run first."""
    runs = [each async for each in client.list_workflows(f"WorkflowId = '{workflow_id(batch)}'")]
    found = []
    for run in sorted(runs, key=lambda each: each.start_time):
        history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        found.append(len(history.events))
    return found

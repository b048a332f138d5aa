"""事務室の試験の土台: what reads paper and types into the payroll, beside a town, and made-up piles of paper for it."""

import asyncio
import fcntl
import io
import os
import re
import secrets
import shutil
import signal
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from uuid import UUID

import httpx
from sqlalchemy import insert
from temporalio.client import Client, WorkflowHandle

from activities.batch.intake import Intake, scans
from activities.documents.blank_sheets import printed
from activities.rpa.loader import LIBRARY
from commands.batch_truth import Scripted
from commands.sheet_files import read_roster
from machine.city import back_office
from machine.layout import Layout, environment, url
from machine.supervisor import Supervisor, Unit
from procedures.values import MunicipalityCode
from sandbox.scans import batch, printer
from sandbox.scans.clubs import clubs
from sandbox.scans.filling import fill
from sandbox.scans.forms import WRITERS
from sandbox.scans.scanner import EVERYDAY, scan
from sandbox.scans.truth import Truth, Written
from sheets.document import Sheet
from sheets.drawing import page
from sheets.label import Label
from sheets.loader import SheetLibrary
from store import rosters, sheet_batches, sheet_pages
from store.database import Database
from store.keys import CaseKeys
from store.objects import Objects
from store.settings import StoreSettings
from store.sheet_batches import BatchRow
from store.sheet_pages import PageRow
from store.tables import officer
from tests.store.conftest import an_account
from wiring.foundation import connected
from wiring.telemetry import Observed
from workflows import sheet_batch_workflow
from workflows.codec import data_converter
from workflows.contracts import Pace
from workflows.sheet_batch_workflow import SheetBatchWorkflow
from workflows.sheet_contracts import SheetBatchInput

HIMEJI = MunicipalityCode("282014")
SHEET = SheetLibrary.read().current("club_work_report")
PATIENCE = 300.0
Found = TypeVar("Found")


def made(folder: Path, month: str, count: int) -> Truth:
    """A month's paper of the first clubs, printed, filled in and scanned."""
    order = batch.Order(month=month, seed=1, part="held_out", clubs=count)
    chosen = clubs(order.seed)[:count]
    blanks = printed(
        page(SHEET, Label(sheet=SHEET.id, version=SHEET.version, month=month, group=club.number), (club.name,))
        for club in chosen
    )
    papers = dict(zip((club.number for club in chosen), printer.printed(blanks, order.dpi), strict=True))
    return batch.make(folder, SHEET, papers, order)


def forms(folder: Path, sheet: Sheet, count: int, seed: int = 1, **order: float) -> Truth:
    """So many filled sheets of another kind, scanned."""
    blank = next(printer.printed(printed([page(sheet, Label(sheet=sheet.id, version=sheet.version))]), 200))
    wanted = batch.Order(month="2026-10", seed=seed, part="held_out", **order)  # type: ignore[arg-type]
    return batch.make_forms(folder, sheet, blank, count, wanted)


def one_form(sheet: Sheet, seed: int) -> tuple[bytes, Written]:
    """One filled sheet as a PDF from an office scanner, and what is written on it."""
    random = Random(seed)
    blank = next(printer.printed(printed([page(sheet, Label(sheet=sheet.id, version=sheet.version))]), 200))
    written = WRITERS[sheet.id](random)
    scanned = scan(fill(blank, sheet, written, 200, "held_out", random), 200, EVERYDAY, random)
    file = io.BytesIO()
    scanned.image.save(file, "PDF", resolution=200, quality=scanned.quality)
    return file.getvalue(), written


@contextmanager
def open_reading(town: Layout, folder: Path) -> Iterator[None]:
    """Only what reads paper, beside the town."""
    with Supervisor(folder, lambda _line: None, longest_pause=1.0) as supervisor:
        supervisor.start([unit for unit in back_office(town) if unit.program.name == "worker-sheets"])
        yield


@dataclass(frozen=True)
class BackOffice:
    """事務室: of a town."""

    town: Layout
    supervisor: Supervisor
    database: Database
    objects: Objects
    keys: CaseKeys
    runner: asyncio.Runner
    patience: float

    def begin(self, batch_id: UUID, events: int | None = None) -> None:
        """Its workflow; `events`: from how many on a history is continued."""
        given = SheetBatchInput(municipality=HIMEJI, batch_id=batch_id, events=events)
        self.run(lambda client: sheet_batch_workflow.begin(client, given, sheet_batch_workflow.SHORT))

    def take(self, folder: Path, sheet: Sheet = SHEET) -> UUID:
        """A pile becomes a batch; its club list, where it has one, is the roster now."""
        if (folder / "roster.csv").exists():
            with self.database.transaction(HIMEJI) as connection:
                rosters.replace(connection, read_roster((folder / "roster.csv").read_text("utf-8")))
        files = ((file.name, file.read_bytes()) for file in scans(folder))
        batch_id = Intake(self.database, self.objects, sheet.id).take(HIMEJI, folder.name, "folder", files)
        self.begin(batch_id)
        return batch_id

    def officers(self, truth: Truth, sheet: Sheet = SHEET) -> Scripted:
        """Two officers who know the truth."""
        with self.database.transaction(HIMEJI) as connection:
            first, second = an_account(connection), an_account(connection)
            connection.execute(insert(officer), [{"account_id": each, "name": "児童 係"} for each in (first, second)])
        return Scripted(self.database, HIMEJI, sheet, truth, first, second)

    def approve(self, batch_id: UUID, officers: Scripted) -> None:
        """From what was read to an approved batch, as its officers would."""
        self.await_state(batch_id, "correcting", "approving")
        officers.correct(batch_id)
        self.look_again(batch_id)
        self.await_state(batch_id, "approving")
        officers.approve(batch_id)
        self.look_again(batch_id)

    def pace(self, batch_id: UUID, wanted: Any) -> None:
        self.run(lambda client: handle(client, batch_id).execute_update(SheetBatchWorkflow.pace, Pace(wanted=wanted)))

    def look_again(self, batch_id: UUID) -> None:
        self.run(lambda client: handle(client, batch_id).execute_update(SheetBatchWorkflow.look_again))

    def run(self, what: Callable[[Client], Any]) -> Any:
        """One call to Temporal."""

        async def call() -> Any:
            temporal = self.town.temporal
            settings = type("Where", (), {"address": temporal.address, "namespace": temporal.namespace})
            client = await connected(settings, data_converter(self.keys), sheet_batch_workflow.SHORT, Observed())  # type: ignore[arg-type]
            return await what(client)

        return self.runner.run(call())

    def row(self, batch_id: UUID) -> BatchRow:
        with self.database.reading(HIMEJI) as connection:
            row = sheet_batches.read(connection, batch_id)
        assert row is not None
        return row

    def pages(self, batch_id: UUID) -> tuple[PageRow, ...]:
        with self.database.reading(HIMEJI) as connection:
            return sheet_pages.pages(connection, batch_id)

    def await_state(self, batch_id: UUID, *states: str) -> BatchRow:
        """Until the batch is so far."""
        return self.await_that(lambda: row if (row := self.row(batch_id)).state in states else None)

    def await_that(self, look: Callable[[], Found | None]) -> Found:
        deadline = time.monotonic() + self.patience
        while (found := look()) is None:
            assert time.monotonic() < deadline, "it did not come so far; see the logs of the town's back office"
            time.sleep(0.1)
        return found

    def kill(self, name: str) -> None:
        """kill -9; the supervisor starts it again."""
        os.kill(self.supervisor.running()[name], signal.SIGKILL)

    def slips(self, truth: Truth) -> list[Mapping[str, Any]]:
        """What the payroll stored of a month."""
        records = httpx.get(f"{url(self.town.ports.payroll)}/_sandbox/ledger").json()["records"]
        return [each for each in records if each["month"] == truth.month.replace("-", "")]

    def handed_over(self, batch_id: UUID) -> dict[str, str]:
        """Causes, by person."""
        pages = self.pages(batch_id)
        return {page.person_number or "": page.fault or "" for page in pages if page.state == "handed_over"}


def handle(client: Client, batch_id: UUID) -> WorkflowHandle[Any, Any]:
    return client.get_workflow_handle(sheet_batch_workflow.workflow_id(batch_id))


@contextmanager
def open_office(
    town: Layout, folder: Path, patience: float = PATIENCE, *, without: Collection[str] = (), **robots: str
) -> Iterator[BackOffice]:
    """The town's back office, with its database and objects at hand; one at a time in a town, whoever opens it."""
    surroundings = environment(town)
    settings = StoreSettings(
        database_url=surroundings["MADOGUCHI_STORE_DATABASE_URL"],
        password_file=Path(surroundings["MADOGUCHI_STORE_PASSWORD_FILE"]),
        objects_url=surroundings["MADOGUCHI_STORE_OBJECTS_URL"],
        master_key_file=Path(surroundings["MADOGUCHI_STORE_MASTER_KEY_FILE"]),
        pool_size=4,
    )
    database = Database(settings)
    with (
        _only_one(town),
        Supervisor(folder / secrets.token_hex(4), lambda _line: None, longest_pause=1.0) as supervisor,
        asyncio.Runner() as runner,
    ):
        units = [_quick(unit, folder, robots) for unit in back_office(town) if unit.name not in without]
        supervisor.start(units)
        keys, objects = CaseKeys(database, settings.master_key_file), Objects(settings.objects_url)
        yield BackOffice(town, supervisor, database, objects, keys, runner, patience)
    database.close()


@contextmanager
def _only_one(town: Layout) -> Iterator[None]:
    """Its systems have one port each."""
    with (town.var / "back-office.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _quick(unit: Unit, folder: Path, robots: Mapping[str, str]) -> Unit:
    """The robots' own screens, but with a payroll that settles soon: a killed robot's press is waited out."""
    screens = folder / "screens"
    if not screens.exists():
        shutil.copytree(LIBRARY, screens)
        payroll = screens / "payroll.yaml"
        quick = re.sub(r"(settles_seconds:) \d+", r"\1 30", payroll.read_text("utf-8"))
        payroll.write_text(re.sub(r"(entry_seconds:) \d+", r"\1 0", quick), "utf-8")
    surroundings = {**unit.program.environment, "MADOGUCHI_ROBOT_LIBRARY": str(screens), **robots}
    return replace(unit, program=replace(unit.program, environment=surroundings))

"""一括の実演: a month of paper from scanner to payroll on this machine; officers are a script that knows the truth."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from rich.console import Console
from temporalio.client import Client

from activities.batch.intake import Intake, scans
from activities.documents.blank_sheets import printed
from api.settings import TemporalSettings
from commands.batch_truth import Difference, Scripted, differences
from commands.sheet_files import read_roster
from machine.city import BROWSER, CLUBS, back_office
from machine.demo import appoint_officers
from machine.interrupt import interruptible
from machine.layout import Layout, environment, url
from machine.program import MachineError
from machine.up import up
from procedures.values import MunicipalityCode
from sandbox.people import APPROVER, OFFICER
from sandbox.scans import batch, printer
from sandbox.scans.clubs import clubs
from sandbox.scans.truth import Truth
from sheets.document import Sheet
from sheets.drawing import page
from sheets.label import Label
from sheets.loader import SheetLibrary
from store import offices, rosters, sheet_batches, sheet_pages
from store.database import Database
from store.keys import CaseKeys
from store.objects import Objects
from store.settings import StoreSettings
from store.sheet_batches import BatchProgress, BatchRow, report_key
from wiring.foundation import connected
from wiring.telemetry import Observed
from workflows import sheet_batch_workflow
from workflows.codec import data_converter
from workflows.sheet_batch_workflow import SheetBatchWorkflow
from workflows.sheet_contracts import SheetBatchInput

HIMEJI = MunicipalityCode("282014")
LOOK_AGAIN = 2.0
"""Seconds between two lines of progress."""


def pile(folder: Path, sheet: Sheet, month: str, sheets: int, **shares: float) -> Truth:
    """紙の山: made where it is not there yet: whole clubs, until there are so many sheets. `shares`: of other pages."""
    if (folder / "truth.json").exists():
        return Truth.read(folder)
    seed, count, people_so_far = int(CLUBS), 0, 0
    everyone = clubs(seed)
    while count < len(everyone) and people_so_far < sheets:
        people_so_far += len(everyone[count].people)
        count += 1
    blanks = printed(
        page(sheet, Label(sheet=sheet.id, version=sheet.version, month=month, group=club.number), (club.name,))
        for club in everyone[:count]
    )
    order = batch.Order(month=month, seed=seed, part="held_out", clubs=count, **shares)  # type: ignore[arg-type]
    papers = dict(zip((club.number for club in everyone[:count]), printer.printed(blanks, order.dpi), strict=True))
    return batch.make(folder, sheet, papers, order, processes=2)


@dataclass
class BatchDemo:
    """実演: of one pile, in a back office that is open."""

    layout: Layout
    console: Console
    database: Database
    objects: Objects
    client: Client
    sheet: Sheet
    truth: Truth

    async def walk(self, folder: Path) -> tuple[Sequence[Difference], Mapping[str, str]]:
        """From files to the payroll; what differs from the truth, and who was handed over why."""
        officers = self._officers()
        batch_id = self._take(folder)
        given = SheetBatchInput(municipality=HIMEJI, batch_id=batch_id)
        await sheet_batch_workflow.begin(self.client, given, sheet_batch_workflow.SHORT)
        await self._until(batch_id, "correcting", "approving")
        corrected = officers.correct(batch_id)
        self.console.print(f"[bold]A script in the place of people[/bold] corrected {corrected} cells from the truth.")
        await self._look_again(batch_id)
        await self._until(batch_id, "approving")
        officers.approve(batch_id)
        self.console.print("Another officer approved it (by script).")
        await self._look_again(batch_id)
        await self._until(batch_id, "finished", "stopped")
        handed_over = self._handed_over(batch_id)
        found = list(differences(self.sheet, self.truth, self._slips(), handed_over))
        self._keep_report(batch_id, folder)
        return found, handed_over

    def _officers(self) -> Scripted:
        with self.database.reading(HIMEJI) as connection:
            accounts = {each.name: each.account_id for each in offices.everybody(connection)}
        return Scripted(self.database, HIMEJI, self.sheet, self.truth, accounts[OFFICER.name], accounts[APPROVER.name])

    def _take(self, folder: Path) -> UUID:
        with self.database.transaction(HIMEJI) as connection:
            rosters.replace(connection, read_roster((folder / "roster.csv").read_text("utf-8")))
        contents = ((file.name, file.read_bytes()) for file in scans(folder))
        return Intake(self.database, self.objects, self.sheet.id).take(HIMEJI, folder.name, "folder", contents)

    async def _look_again(self, batch_id: UUID) -> None:
        handle: Any = self.client.get_workflow_handle(sheet_batch_workflow.workflow_id(batch_id))
        await handle.execute_update(SheetBatchWorkflow.look_again)

    async def _until(self, batch_id: UUID, *states: str) -> None:
        began, said = time.monotonic(), ""
        while True:
            row, counted = await asyncio.to_thread(self._standing, batch_id)
            line = progress_line(row, counted, time.monotonic() - began)
            if line.split("  ")[0] != said:
                said = line.split("  ")[0]
                self.console.print(line, highlight=False)
            if row.state in states:
                return
            if row.paused:
                raise MachineError(f"The batch paused by itself: {row.fault}. See the logs in {self.layout.logs}.")
            await asyncio.sleep(LOOK_AGAIN)

    def _standing(self, batch_id: UUID) -> tuple[BatchRow, BatchProgress]:
        with self.database.reading(HIMEJI) as connection:
            row = sheet_batches.read(connection, batch_id)
            if row is None:
                raise MachineError("The batch is gone.")
            return row, sheet_batches.progress(connection, batch_id)

    def _slips(self) -> list[dict[str, Any]]:
        records = httpx.get(f"{url(self.layout.ports.payroll)}/_sandbox/ledger", timeout=60).json()["records"]
        return [each for each in records if each["month"] == self.truth.month.replace("-", "")]

    def _handed_over(self, batch_id: UUID) -> dict[str, str]:
        with self.database.reading(HIMEJI) as connection:
            pages = sheet_pages.pages(connection, batch_id, "handed_over")
        return {page.person_number or str(page.position): page.fault or "" for page in pages}

    def _keep_report(self, batch_id: UUID, folder: Path) -> None:
        (folder / "report.pdf").write_bytes(self.objects.get(report_key(HIMEJI, batch_id)))
        self.console.print(f"Report: {folder / 'report.pdf'}", highlight=False)


def progress_line(row: BatchRow, counted: BatchProgress, seconds: float) -> str:
    """進み具合: in one line."""
    done = counted.total - counted.pages["waiting"]
    states = ", ".join(f"{state} {count}" for state, count in counted.pages.items() if count)
    share = f"{counted.accepted / counted.cells:.1%} of {counted.cells} cells taken as read" if counted.cells else ""
    return f"{row.state}: {done}/{counted.total} pages read ({states}) {share}  {seconds:.0f} s"


def run(layout: Layout, folder: Path, month: str, sheets: int, console: Console | None = None) -> int:
    """実演: the exit status."""
    console = console or Console()
    if not BROWSER.exists():
        console.print(f"{BROWSER} is not installed, and the robot types with it: run `make install-test`.")
        return 1
    sheet = SheetLibrary.read().current("club_work_report")
    console.print(f"Paper for {month} is made in {folder} (real handwriting nobody learnt from) …", highlight=False)
    truth = pile(folder, sheet, month, sheets)
    try:
        with interruptible(), up(layout, console) as city:
            appoint_officers(layout)
            city.supervisor.start(back_office(layout))
            with _walking(layout, console, sheet, truth) as walk:
                found, handed_over = asyncio.run(walk(folder))
    except MachineError as error:
        console.print(f"[bold red]✗[/bold red] {error}", highlight=False, soft_wrap=True)
        return 1
    _tell(console, truth, found, handed_over)
    return 1 if found else 0


@contextmanager
def _walking(layout: Layout, console: Console, sheet: Sheet, truth: Truth) -> Iterator[Callable[[Path], Any]]:
    surroundings = environment(layout)
    store = StoreSettings(
        database_url=surroundings["MADOGUCHI_STORE_DATABASE_URL"],
        password_file=Path(surroundings["MADOGUCHI_STORE_PASSWORD_FILE"]),
        objects_url=surroundings["MADOGUCHI_STORE_OBJECTS_URL"],
        master_key_file=Path(surroundings["MADOGUCHI_STORE_MASTER_KEY_FILE"]),
    )
    database = Database(store)
    temporal = TemporalSettings(address=layout.temporal.address, namespace=layout.temporal.namespace)

    async def walk(folder: Path) -> tuple[Sequence[Difference], Mapping[str, str]]:
        keys = CaseKeys(database, store.master_key_file)
        client = await connected(temporal, data_converter(keys), sheet_batch_workflow.SHORT, Observed())
        objects = Objects(store.objects_url)
        return await BatchDemo(layout, console, database, objects, client, sheet, truth).walk(folder)

    yield walk
    database.close()


def _tell(console: Console, truth: Truth, found: Sequence[Difference], handed_over: Mapping[str, str]) -> None:
    """The result, and every sheet that is not in the payroll as it is true."""
    written = sum(page.kind == "sheet" for page in truth.pages)
    wrong = {each.person for each in found}
    as_true = written - len(handed_over) - len(wrong)
    console.print(f"[bold]{as_true} of {written} sheets are in the payroll as they are true.[/bold]", highlight=False)
    for person, why in sorted(handed_over.items()):
        console.print(f"  {person} was handed over to a person: {why}", highlight=False)
    for each in found:
        console.print(f"  [red]{each.person} {each.what}[/red]", highlight=False)

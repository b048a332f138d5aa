"""ロボットの職場: old systems that run, a database, and people nobody has entered yet."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.desk import Desk
from activities.rpa.account import AccountFiles
from activities.rpa.door import Gate
from activities.rpa.entering import PayrollRobot
from activities.rpa.loader import read_script
from activities.rpa.payroll import Payroll, PayrollEntry, WorkedDay
from activities.rpa.script import Script
from activities.rpa.window import Window
from procedures.loader import Library
from procedures.values import MunicipalityCode
from sandbox.payroll.officers import officers
from store import robot_entries
from store.database import Database
from store.objects import Objects
from store.robot_entries import EntryKey, EntryRow
from store.settings import StoreSettings
from workflows.contracts import RobotResult, RobotRun

HIMEJI = MunicipalityCode("282014")
CHROMIUM = Path(shutil.which("chromium") or "/usr/bin/chromium")
SETTLES_SECONDS = 6.0
"""Of the systems here; the library's own are more patient."""


@dataclass(frozen=True)
class OldServer:
    """古いシステム: where it is, and its folder."""

    url: str
    folder: Path

    @property
    def account(self) -> AccountFiles:
        return AccountFiles(self.folder / "user", self.folder / "password")

    def break_down(self, kind: str, path: str = "", *, seconds: float = 0, times: int = 1) -> None:
        """故障の予約."""
        fault = {"kind": kind, "path": path, "seconds": seconds, "times": times}
        httpx.post(f"{self.url}/_sandbox/faults", json=fault).raise_for_status()

    def faults(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/_sandbox/faults").json()
        return found

    def mend(self) -> None:
        httpx.delete(f"{self.url}/_sandbox/faults").raise_for_status()

    def records(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/_sandbox/ledger").json()["records"]
        return found

    def visits(self) -> int:
        return sum(self._visits().values())

    def visits_of(self, page: str) -> int:
        return self._visits().get(page, 0)

    def _visits(self) -> dict[str, int]:
        found: dict[str, int] = httpx.get(f"{self.url}/_sandbox/ledger").json()["visits"]
        return found

    def slips(self, entry: PayrollEntry) -> list[dict[str, Any]]:
        """伝票 of one person's month."""
        return [each for each in self.records() if each["officer"] == entry.officer_number]


@dataclass(frozen=True)
class Workplace:
    """職場: the counter's side."""

    settings: StoreSettings
    database: Database
    objects: Objects
    desk: Desk
    _people: Iterator[Any] = field(default_factory=lambda: iter(officers(seed=1)))

    @classmethod
    def of(cls, settings: StoreSettings, database: Database, folder: Path) -> "Workplace":
        return cls(settings, database, Objects(folder.as_uri()), Desk(database, Library.read()))

    def entry(self, worked: int = 3, **changes: Any) -> PayrollEntry:
        """A month of the next person, who worked the first days of it."""
        person = next(self._people)
        days = tuple(
            WorkedDay(day=day, start=time(9), end=time(17, 30), rest=60, minutes=450) for day in range(1, worked + 1)
        )
        values = {"officer_number": person.number, "club": person.club, "month": "2026-10", "days": days}
        return PayrollEntry.model_validate(values | {"total": 450 * worked} | changes)

    def planned(self, entry: PayrollEntry) -> RobotRun:
        """予定済み."""
        key, content = EntryKey("payroll", entry.reference), entry.model_dump(mode="json")
        with self.database.transaction(HIMEJI) as connection:
            robot_entries.plan(connection, key, content)
        return RobotRun(municipality=HIMEJI, reference=entry.reference)

    def row(self, entry: PayrollEntry) -> EntryRow:
        with self.database.reading(HIMEJI) as connection:
            row = robot_entries.read(connection, EntryKey("payroll", entry.reference))
        assert row is not None
        return row


def payroll_script(**changes: object) -> Script:
    """給与の画面, less patient; `changes`: of the document."""
    quick = {"settles_seconds": SETTLES_SECONDS, "pause_seconds": 0.0, "entry_seconds": 0.0, "patience_seconds": 20.0}
    return read_script("payroll", Payroll.NEEDS).model_copy(update={**quick, **changes})


def payroll_robot(
    workplace: Workplace, server: OldServer, script: Script | None = None, account: AccountFiles | None = None,
    **gate: Any,
) -> PayrollRobot:  # fmt: skip
    """給与のロボット; `gate`: its clock, and how it waits for its turn."""
    script = script or payroll_script()
    guarded = Gate(script, account or server.account, **gate)
    return PayrollRobot(workplace.desk, workplace.objects, payroll_window(server, script), guarded)


def payroll_window(server: OldServer, script: Script | None = None) -> Window:
    return Window(CHROMIUM, script or payroll_script(), server.url)


def surroundings(workplace: Workplace, server: OldServer) -> Mapping[str, str]:
    """環境 of a robot in a process of its own."""
    store = workplace.settings
    folder = workplace.objects.folder
    assert folder is not None
    return {
        **os.environ,
        "MADOGUCHI_STORE_DATABASE_URL": store.database_url,
        "MADOGUCHI_STORE_PASSWORD_FILE": str(store.password_file),
        "MADOGUCHI_STORE_OBJECTS_URL": folder.as_uri(),
        "MADOGUCHI_STORE_MASTER_KEY_FILE": str(store.master_key_file),
        "MADOGUCHI_PAYROLL_BASE_URL": server.url,
        "MADOGUCHI_PAYROLL_USER_FILE": str(server.folder / "user"),
        "MADOGUCHI_PAYROLL_PASSWORD_FILE": str(server.folder / "password"),
    }


Enter = Callable[[PayrollEntry], RobotResult]


def entered(robot: PayrollRobot, workplace: Workplace, loop: asyncio.Runner, entry: PayrollEntry) -> RobotResult:
    run = workplace.planned(entry)

    async def perform() -> RobotResult:
        result: RobotResult = await ActivityEnvironment().run(robot.enter_payroll, run)
        return result

    return loop.run(perform())


def failure(enter: Enter, entry: PayrollEntry) -> ApplicationError:
    with pytest.raises(ApplicationError) as raised:
        enter(entry)
    return raised.value

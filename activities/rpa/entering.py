"""自動入力の処理: the robots as activities, for a worker that has nothing else to do."""

import asyncio
from datetime import UTC, date, datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.desk import Desk, StepAtDesk, day_in_japan
from activities.rpa.door import Gate
from activities.rpa.loader import read_script
from activities.rpa.payroll import Payroll, PayrollEntry
from activities.rpa.robot import Robot
from activities.rpa.settings import PayrollSettings, RobotSettings, TerminalSettings
from activities.rpa.terminal import RegistryHandover, Terminal
from activities.rpa.window import Window
from store import robot_entries
from store.objects import Objects
from store.robot_entries import EntryKey, EntryPlannedDifferently
from workflows.contracts import RobotResult, RobotRun, StepInput, StepResult


class PayrollRobot:
    """給与システムのロボット."""

    def __init__(self, desk: Desk, objects: Objects, window: Window, gate: Gate) -> None:
        self._robot = Robot(desk, objects, window, gate, lambda player: Payroll(player, gate), PayrollEntry)

    @classmethod
    def connect(cls, desk: Desk, objects: Objects, robots: RobotSettings, payroll: PayrollSettings) -> "PayrollRobot":
        """接続: reads the screens and the account's files; a browser is opened when there is something to enter."""
        script = read_script("payroll", Payroll.NEEDS, robots.library)
        return cls(desk, objects, Window(robots.browser, script, payroll.base_url), Gate(script, payroll.account()))

    @property
    def has_window(self) -> bool:
        """窓が開いているか否か."""
        return self._robot.window.is_open

    async def close(self) -> None:
        """終える: its window, if one is open."""
        await self._robot.window.close()

    @activity.defn
    async def enter_payroll(self, run: RobotRun) -> RobotResult:
        """給与入力: one person's month, as it was planned. Final failures are a person's."""
        return await self._robot.enter(run)


class TerminalRobot:
    """住民記録端末のロボット."""

    def __init__(self, desk: Desk, objects: Objects, window: Window, gate: Gate) -> None:
        self._desk = desk
        self._robot = Robot(desk, objects, window, gate, lambda player: Terminal(player, gate), RegistryHandover)

    @classmethod
    def connect(
        cls, desk: Desk, objects: Objects, robots: RobotSettings, terminal: TerminalSettings
    ) -> "TerminalRobot":
        """接続: as for the payroll."""
        script = read_script("terminal", Terminal.NEEDS, robots.library)
        return cls(desk, objects, Window(robots.browser, script, terminal.base_url), Gate(script, terminal.account()))

    async def close(self) -> None:
        """終える: its window, if one is open."""
        await self._robot.window.close()

    @activity.defn
    async def tell_registry(self, given: StepInput) -> StepResult:
        """受付引継: a case that was accepted, planned before the terminal is opened. Final failures are a person's."""
        step = await asyncio.to_thread(self._desk.take, given, "tell_registry")
        if step.stored:
            return step.stored
        await self.enter(await asyncio.to_thread(self._planned, step))
        return await asyncio.to_thread(self._desk.record, step, StepResult(outcome="done"), "registry_told")

    async def enter(self, run: RobotRun) -> RobotResult:
        """登録: once, as it was planned."""
        return await self._robot.enter(run)

    def _planned(self, step: StepAtDesk) -> RobotRun:
        """予定: begun again on another day, or by an administrator, it is the same handover."""
        number, city = step.given.receipt_number, step.given.municipality
        key = EntryKey(self._robot.window.script.id, number)
        with self._desk.writing(city) as connection:
            known = robot_entries.planned(connection, key)
            accepted = day_in_japan(datetime.now(UTC)) if known is None else known["accepted_on"]
            content = _handover(step, accepted).model_dump(mode="json")
            try:
                robot_entries.plan(connection, key, content, number)
            except EntryPlannedDifferently as error:
                kind = type(error).__name__
                raise ApplicationError(str(error), type=kind, non_retryable=True) from None
        return RobotRun(municipality=city, reference=number)


def _handover(step: StepAtDesk, accepted_on: date | str) -> RegistryHandover:
    """引継ぎの内容: numbers and codes; whom it is about, as the register said."""
    return RegistryHandover.model_validate(
        {
            "receipt_number": step.given.receipt_number,
            "person_id": step.case.subject_id,
            "procedure": step.case.procedure,
            "received_on": step.received_on,
            "accepted_on": accepted_on,
        }
    )

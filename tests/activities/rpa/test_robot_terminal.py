"""受付引継: the second robot, at the registry terminal, with a real Chromium."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from workplace import CHROMIUM, HIMEJI, OldServer, Workplace

from activities.rpa.door import Gate
from activities.rpa.entering import TerminalRobot
from activities.rpa.loader import read_script
from activities.rpa.terminal import RegistryHandover, Terminal
from activities.rpa.window import Window
from procedures.values import PersonId, ProcedureId
from sandbox.gateway.process import NeighbourProcess
from sandbox.people import HANAKO
from store import robot_entries
from store.receipts import new_receipt_number
from store.robot_entries import EntryKey
from workflows.contracts import RobotResult, RobotRun

HandOver = Callable[[RegistryHandover], RobotResult]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OldServer]:
    folder = tmp_path_factory.mktemp("terminal")
    with NeighbourProcess("sandbox.terminal", folder) as process:
        yield OldServer(process.url, folder)


@pytest.fixture(scope="module")
def robot(workplace: Workplace, registry: OldServer, loop: asyncio.Runner) -> Iterator[TerminalRobot]:
    quick = {"settles_seconds": 3.0, "pause_seconds": 0.0, "entry_seconds": 0.0, "patience_seconds": 20.0}
    script = read_script("terminal", Terminal.NEEDS).model_copy(update=quick)
    window = Window(CHROMIUM, script, registry.url)
    yield TerminalRobot(workplace.desk, workplace.objects, window, Gate(script, registry.account))
    loop.run(window.close())


@pytest.fixture
def hand_over(robot: TerminalRobot, workplace: Workplace, loop: asyncio.Runner) -> HandOver:
    def planned(handover: RegistryHandover) -> RobotResult:
        with workplace.database.transaction(HIMEJI) as connection:
            key = EntryKey("terminal", handover.reference)
            robot_entries.plan(connection, key, handover.model_dump(mode="json"))
        run = RobotRun(municipality=HIMEJI, reference=handover.reference)

        async def perform() -> RobotResult:
            result: RobotResult = await ActivityEnvironment().run(robot.enter, run)
            return result

        return loop.run(perform())

    return planned


def accepted() -> RegistryHandover:
    """花子's moving out, accepted today."""
    return RegistryHandover(
        receipt_number=new_receipt_number(HIMEJI, date(2026, 11, 30)),
        person_id=PersonId(HANAKO.person_id),
        procedure=ProcedureId("moving_out"),
        received_on=date(2026, 11, 27),
        accepted_on=date(2026, 11, 30),
    )


def under(registry: OldServer, handover: RegistryHandover) -> list[dict[str, object]]:
    return [each for each in registry.records() if each["receipt"] == handover.receipt_number]


def test_an_accepted_case_is_handed_over_once(hand_over: HandOver, registry: OldServer) -> None:
    handover = accepted()
    first = hand_over(handover)
    assert hand_over(handover) == first
    [stored] = under(registry, handover)
    assert (f"{stored['number']:08}", stored["person"], stored["procedure"]) == (
        first.number, HANAKO.person_id, "moving_out",
    )  # fmt: skip
    assert (stored["received"], stored["accepted"]) == ("20261127", "20261130")


def test_a_crash_after_it_was_stored_is_found_by_the_receipt_number(hand_over: HandOver, registry: OldServer) -> None:
    handover = accepted()
    registry.break_down("drop_after", "POST /terminal/handovers")
    with pytest.raises(ApplicationError, match="SystemUnavailable"):
        hand_over(handover)
    hand_over(handover)
    assert len(under(registry, handover)) == 1


def test_a_session_that_ends_is_begun_again(hand_over: HandOver, registry: OldServer) -> None:
    handover = accepted()
    registry.break_down("session_lost", "GET /terminal/entry")
    hand_over(handover)
    assert len(under(registry, handover)) == 1


def test_what_is_stored_otherwise_calls_a_person(hand_over: HandOver, registry: OldServer) -> None:
    registry.break_down("altered", "POST /terminal/handovers")
    with pytest.raises(ApplicationError, match="differs from what was typed: accepted") as raised:
        hand_over(accepted())
    assert (raised.value.type, raised.value.non_retryable) == ("EntryDiffers", True)


def test_the_terminals_own_check_calls_a_person(hand_over: HandOver, registry: OldServer) -> None:
    nobody = accepted().model_copy(update={"person_id": PersonId("0")})
    with pytest.raises(ApplicationError) as raised:
        hand_over(nobody)
    assert (raised.value.type, raised.value.non_retryable) == ("EntryRefused", True)
    assert under(registry, nobody) == []


def test_the_terminals_hours_are_those_of_the_city_hall() -> None:
    hours = {"opens": "08:30", "closes": "19:00", "weekdays": ["mon", "tue", "wed", "thu", "fri"]}
    script = read_script("terminal", Terminal.NEEDS)
    timed = script.model_validate(script.model_dump() | {"hours": hours})
    friday_evening = datetime.fromisoformat("2026-11-27T19:00:00+09:00")
    assert timed.until_open(friday_evening) == timedelta(days=2, hours=13, minutes=30)
    assert timed.until_open(friday_evening - timedelta(minutes=1)) == timedelta(0)

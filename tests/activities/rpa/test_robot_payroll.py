"""給与入力: the robot at the running payroll, with a real Chromium: what goes well, and what can go wrong."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import psutil
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from workplace import CHROMIUM, HIMEJI, Enter, OldServer, Workplace, entered, failure, payroll_robot, payroll_script

from activities.rpa.door import Gate
from activities.rpa.entering import PayrollRobot
from activities.rpa.robot import picture_key
from activities.rpa.script import Dialog, Hours, Screen
from activities.rpa.settings import PayrollSettings, RobotSettings
from activities.rpa.window import Window
from sandbox.payroll.officers import officers
from store import robot_entries
from store.robot_entries import EntryKey, EntryPlannedDifferently
from workflows.contracts import RobotRun

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def robot(workplace: Workplace, payroll_server: OldServer, loop: asyncio.Runner) -> Iterator[PayrollRobot]:
    """The robot as a worker has it: its window stays open from one entry to the next."""
    robot = payroll_robot(workplace, payroll_server)
    yield robot
    loop.run(robot.close())


@pytest.fixture
def enter(robot: PayrollRobot, workplace: Workplace, loop: asyncio.Runner, payroll: OldServer) -> Enter:
    return lambda entry: entered(robot, workplace, loop, entry)


# --- what goes well ---------------------------------------------------------------------------------------------------


def test_a_month_is_typed_in_and_read_back(enter: Enter, workplace: Workplace, payroll: OldServer) -> None:
    entry = workplace.entry(worked=20)

    result = enter(entry)

    [slip] = payroll.slips(entry)
    assert (f"{slip['number']:06}", slip["reference"], slip["total"]) == (result.number, entry.reference, 9_000)
    assert slip["rows"] == [
        {"day": day, "start": "09:00", "end": "17:30", "rest": 60, "minutes": 450} for day in range(1, 21)
    ]
    row = workplace.row(entry)
    assert row.entered_at is not None
    assert row.shown is not None
    assert (row.number, row.shown["20.end"], row.shown["total"]) == (result.number, "17:30", "9000")


def test_a_robot_as_a_worker_makes_it_knows_the_librarys_own_screens(
    workplace: Workplace, payroll: OldServer, loop: asyncio.Runner
) -> None:
    account = {"user_file": payroll.folder / "user", "password_file": payroll.folder / "password"}
    settings = PayrollSettings(base_url=payroll.url, **account)
    robot = PayrollRobot.connect(workplace.desk, workplace.objects, RobotSettings(browser=CHROMIUM), settings)
    entry = workplace.entry()
    entered(robot, workplace, loop, entry)
    loop.run(robot.close())
    assert len(payroll.slips(entry)) == 1


def test_somebody_on_a_later_page_of_the_list_is_found(enter: Enter, workplace: Workplace, payroll: OldServer) -> None:
    last = [person for person in officers(seed=1) if person.club == "067"][-1]
    entry = workplace.entry(officer_number=last.number, club=last.club)
    assert enter(entry)
    assert len(payroll.slips(entry)) == 1


def test_what_is_entered_is_answered_without_opening_a_page(
    enter: Enter, workplace: Workplace, payroll: OldServer
) -> None:
    entry = workplace.entry()
    first, visits = enter(entry), payroll.visits()
    assert enter(entry) == first
    assert payroll.visits() == visits


def test_a_login_lasts_for_the_next_entry(enter: Enter, workplace: Workplace, payroll: OldServer) -> None:
    enter(workplace.entry())
    payroll.break_down("error", "POST /payroll/login")
    enter(workplace.entry())
    assert len(payroll.faults()) == 1, "nobody logged in again"


def test_entering_a_month_anew_on_purpose_is_another_slip(
    enter: Enter, workplace: Workplace, payroll: OldServer
) -> None:
    entry = workplace.entry()
    enter(entry)
    enter(entry.model_copy(update={"epoch": 2}))
    assert [slip["reference"][-2:] for slip in payroll.slips(entry)] == ["-1", "-2"]


def test_the_same_reference_with_other_values_is_refused(workplace: Workplace) -> None:
    entry = workplace.entry(worked=3)
    workplace.planned(entry)
    workplace.planned(entry)
    with pytest.raises(EntryPlannedDifferently):
        workplace.planned(entry.model_copy(update={"days": entry.days[:2], "total": 900}))


# --- what is tried again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["GET /payroll/officers", "GET /payroll/entry", "GET /payroll/slips/1"])
def test_a_slow_page_is_waited_for(enter: Enter, workplace: Workplace, payroll: OldServer, page: str) -> None:
    entry = workplace.entry()
    payroll.break_down("slow", page, seconds=3)
    enter(entry)
    assert len(payroll.slips(entry)) == 1


@pytest.mark.parametrize("page", ["GET /payroll/search", "GET /payroll/slips", "GET /payroll/entry"])
def test_a_session_that_ends_is_begun_again(enter: Enter, workplace: Workplace, payroll: OldServer, page: str) -> None:
    entry = workplace.entry()
    payroll.break_down("session_lost", page)
    enter(entry)
    assert len(payroll.slips(entry)) == 1


@pytest.mark.parametrize(
    ("kind", "page"),
    [("error", "GET /payroll/search"), ("drop", "GET /payroll/officers"), ("error", "GET /payroll/entry"),
     ("drop", "GET /payroll/slips")],
)  # fmt: skip
def test_a_crash_before_anything_was_pressed_can_be_tried_again_at_once(
    enter: Enter, workplace: Workplace, payroll: OldServer, kind: str, page: str
) -> None:
    entry = workplace.entry()
    payroll.break_down(kind, page)

    crashed = failure(enter, entry)

    assert (crashed.type, crashed.non_retryable) == ("SystemUnavailable", False)
    key = picture_key(HIMEJI, EntryKey("payroll", entry.reference))
    assert (workplace.row(entry).failure, workplace.row(entry).picture) == ("SystemUnavailable", key)
    assert workplace.objects.get(key).startswith(PNG)
    enter(entry)
    assert len(payroll.slips(entry)) == 1
    assert workplace.row(entry).failure is None
    with pytest.raises(FileNotFoundError):
        workplace.objects.get(key)


@pytest.mark.parametrize("kind", ["error_after", "drop_after"])
def test_a_crash_after_it_was_stored_is_found_by_looking(
    enter: Enter, workplace: Workplace, payroll: OldServer, kind: str
) -> None:
    entry = workplace.entry()
    payroll.break_down(kind, "POST /payroll/slips")
    assert failure(enter, entry).type == "SystemUnavailable"
    enter(entry)
    assert len(payroll.slips(entry)) == 1


@pytest.mark.parametrize("kind", ["error", "drop", "session_lost"])
def test_a_press_that_left_no_trace_is_waited_out_before_it_is_made_again(
    enter: Enter, workplace: Workplace, payroll: OldServer, loop: asyncio.Runner, kind: str
) -> None:
    entry = workplace.entry()
    payroll.break_down(kind, "POST /payroll/slips")
    if kind != "session_lost":  # which is answered by logging in, and looking, in the same attempt
        assert failure(enter, entry).type == "SystemUnavailable"

    unsettled = failure(enter, entry)

    assert (unsettled.type, unsettled.non_retryable) == ("EntryUnsettled", False)
    assert unsettled.next_retry_delay is not None
    assert payroll.slips(entry) == []
    loop.run(asyncio.sleep(unsettled.next_retry_delay.total_seconds()))
    enter(entry)
    assert len(payroll.slips(entry)) == 1


def test_a_browser_that_died_is_replaced(enter: Enter, workplace: Workplace, payroll: OldServer) -> None:
    enter(workplace.entry())
    [browser] = [each for each in psutil.Process().children(recursive=True) if is_browser(each)]
    browser.kill()
    entry = workplace.entry()
    with suppress(ApplicationError):  # whether it is noticed before the work or in it is a matter of luck
        enter(entry)
    enter(entry)
    assert len(payroll.slips(entry)) == 1


def is_browser(process: psutil.Process) -> bool:
    """Chromium's first process: the others have a type."""
    line = process.cmdline()
    return any("chromium" in each for each in line[:1]) and not any(each.startswith("--type=") for each in line)


def test_a_system_that_is_silent_for_too_long_is_left_alone(
    workplace: Workplace, payroll: OldServer, loop: asyncio.Runner
) -> None:
    impatient = payroll_robot(workplace, payroll, payroll_script(patience_seconds=1.0))
    entry = workplace.entry()
    payroll.break_down("slow", "GET /payroll/officers", seconds=8)
    assert failure(lambda each: entered(impatient, workplace, loop, each), entry).type == "SystemUnavailable"
    assert payroll.slips(entry) == []


def test_a_system_that_says_it_is_closed_is_asked_later(enter: Enter, workplace: Workplace, payroll: OldServer) -> None:
    entry = workplace.entry()
    payroll.break_down("closed", "GET /payroll/entry")
    closed = failure(enter, entry)
    assert (closed.type, closed.non_retryable) == ("SystemClosed", False)
    enter(entry)
    assert len(payroll.slips(entry)) == 1


def test_outside_of_its_hours_nothing_is_asked_of_it(
    workplace: Workplace, payroll: OldServer, loop: asyncio.Runner
) -> None:
    hours = Hours(opens=time(7), closes=time(22))
    moment = [datetime(2026, 11, 30, 12, 59, tzinfo=UTC)]  # 21:59 in Japan
    late = payroll_robot(workplace, payroll, payroll_script(hours=hours), clock=lambda: moment[0])
    entered(late, workplace, loop, workplace.entry())
    assert late.has_window
    moment[0] = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)  # 03:00 in Japan
    visits = payroll.visits()

    closed = failure(lambda each: entered(late, workplace, loop, each), workplace.entry())

    assert (closed.type, closed.next_retry_delay) == ("SystemClosed", timedelta(hours=4))
    assert payroll.visits() == visits
    assert not late.has_window, "what waits for hours keeps no browser"
    without = Window(Path("/nowhere/chromium"), payroll_script(hours=hours), payroll.url)
    gate = Gate(without.script, payroll.account, lambda: moment[0])
    blind = PayrollRobot(workplace.desk, workplace.objects, without, gate)
    assert failure(lambda each: entered(blind, workplace, loop, each), workplace.entry()).type == "SystemClosed"


@dataclass
class Watch:
    """時計: stands still but for those who wait by it."""

    moment: datetime
    waits: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.moment += timedelta(seconds=seconds)


def test_entries_are_no_faster_than_the_system_wants(
    workplace: Workplace, payroll: OldServer, loop: asyncio.Runner
) -> None:
    watch = Watch(datetime(2026, 11, 30, 3, 0, tzinfo=UTC))
    script = payroll_script(entry_seconds=90.0)
    robot = payroll_robot(workplace, payroll, script, clock=watch.now, sleep=watch.sleep)
    began = []
    for _ in range(3):
        entered(robot, workplace, loop, workplace.entry())
        began.append(watch.moment)
        watch.moment += timedelta(seconds=30)
    assert watch.waits == [60.0, 60.0]
    assert [later - sooner for sooner, later in pairwise(began)] == [timedelta(seconds=90)] * 2
    loop.run(robot.close())


def test_presses_are_no_faster_than_the_system_wants(
    workplace: Workplace, payroll: OldServer, loop: asyncio.Runner
) -> None:
    """From logging in to reading back there are more than seven of them."""
    robot = payroll_robot(workplace, payroll, payroll_script(pause_seconds=0.4))
    began = perf_counter()
    entered(robot, workplace, loop, workplace.entry())
    assert perf_counter() - began > 7 * 0.4
    loop.run(robot.close())


# --- what a person has to look at -------------------------------------------------------------------------------------


def test_a_screen_nobody_knows_calls_a_person(enter: Enter, workplace: Workplace, payroll: OldServer) -> None:
    entry = workplace.entry()
    payroll.break_down("notice", "GET /payroll/entry")

    unexpected = failure(enter, entry)

    assert (unexpected.type, unexpected.non_retryable) == ("ScreenNotExpected", True)
    assert str(unexpected) == "ScreenNotExpected: 給与システム shows a screen nobody declared instead of entry."
    assert workplace.objects.get(workplace.row(entry).picture or "").startswith(PNG)
    assert payroll.slips(entry) == []


@pytest.mark.parametrize(
    ("selector", "said"),
    [("#store", "entry.save cannot be pressed"), ("input[name=total]", "entry.total cannot be filled in")],
)
def test_a_screen_that_was_changed_calls_a_person(
    workplace: Workplace, payroll: OldServer, loop: asyncio.Runner, selector: str, said: str
) -> None:
    script = payroll_script()
    moved = Screen.model_validate_json(script.screen("entry").model_dump_json().replace(selector, "#moved"))
    screens = tuple(moved if each.id == "entry" else each for each in script.screens)
    robot = payroll_robot(workplace, payroll, payroll_script(screens=screens))
    entry = workplace.entry()
    changed = failure(lambda each: entered(robot, workplace, loop, each), entry)
    assert (changed.type, changed.non_retryable) == ("ScreenNotExpected", True)
    assert said.replace("save", "store") in str(changed)
    assert payroll.slips(entry) == []


def test_a_pop_up_nobody_declared_is_closed_and_calls_a_person(
    workplace: Workplace, payroll: OldServer, loop: asyncio.Runner
) -> None:
    robot = payroll_robot(workplace, payroll, payroll_script(dialogs=(Dialog(says="^登録しました", means="news"),)))
    entry = workplace.entry()
    unknown = failure(lambda each: entered(robot, workplace, loop, each), entry)
    assert (unknown.type, unknown.non_retryable) == ("ScreenNotExpected", True)
    assert payroll.slips(entry) == [], "the question whether to store it was not answered with yes"


def test_what_the_system_itself_refuses_calls_a_person(
    workplace: Workplace, payroll: OldServer, loop: asyncio.Runner
) -> None:
    """Minutes end up in the field of the rest."""
    script = payroll_script()
    screen = script.screen("entry")
    mixed_up = screen.model_copy(update={"fields": {**screen.fields, "minutes": screen.fields["rest"]}})
    screens = tuple(mixed_up if each.id == "entry" else each for each in script.screens)
    robot = payroll_robot(workplace, payroll, payroll_script(screens=screens))
    entry = workplace.entry()
    refused = failure(lambda each: entered(robot, workplace, loop, each), entry)
    assert (refused.type, refused.non_retryable) == ("EntryRefused", True)
    assert payroll.slips(entry) == []


def test_what_nobody_planned_is_nobodys_work(robot: PayrollRobot, loop: asyncio.Runner) -> None:
    async def perform() -> None:
        run = RobotRun(municipality=HIMEJI, reference="MADO-unplanned")
        await ActivityEnvironment().run(robot.enter_payroll, run)

    with pytest.raises(ApplicationError, match="Nothing was planned") as raised:
        loop.run(perform())
    assert raised.value.non_retryable


def test_sums_that_do_not_add_up_are_never_typed(enter: Enter, workplace: Workplace, payroll: OldServer) -> None:
    entry = workplace.entry(worked=1)
    unreadable = failure(enter, entry.model_copy(update={"total": 451}))
    assert (unreadable.type, unreadable.non_retryable) == ("OrderUnreadable", True)
    assert payroll.slips(entry) == []


def test_somebody_the_system_does_not_know_calls_a_person(enter: Enter, workplace: Workplace) -> None:
    stranger = workplace.entry(officer_number="999999")
    missing = failure(enter, stranger)
    assert (missing.type, missing.non_retryable) == ("SubjectMissing", True)
    nowhere = failure(enter, workplace.entry(club="999"))
    assert nowhere.type == "SubjectMissing"


def test_what_somebody_typed_in_by_hand_is_not_typed_in_again(
    enter: Enter, workplace: Workplace, payroll: OldServer
) -> None:
    entry = workplace.entry()
    enter(by_hand := entry.model_copy(update={"epoch": 7}))
    rewrite(payroll, by_hand.reference, "手入力")

    there = failure(enter, entry)

    assert (there.type, there.non_retryable) == ("EntryAlreadyThere", True)
    assert len(payroll.slips(entry)) == 1


def rewrite(payroll: OldServer, reference: str, written: str) -> None:
    """An officer writes something else into 摘要."""
    with closing(sqlite3.connect(payroll.folder / "payroll.sqlite3")) as book, book:
        book.execute("UPDATE records SET body = replace(body, ?, ?)", (reference, written))


def test_what_stands_there_twice_calls_a_person(enter: Enter, workplace: Workplace, payroll: OldServer) -> None:
    entry = workplace.entry()
    for epoch in (2, 3):
        enter(other := entry.model_copy(update={"epoch": epoch}))
        rewrite(payroll, other.reference, entry.reference)
    twice = failure(enter, entry)
    assert (twice.type, twice.non_retryable) == ("EnteredTwice", True)


def test_what_is_stored_otherwise_calls_a_person_and_names_the_places(
    enter: Enter, workplace: Workplace, payroll: OldServer
) -> None:
    quarter = {"day": 1, "start": "09:00", "end": "17:35", "rest": 60, "minutes": 455}
    entry = workplace.entry(days=[quarter], total=455)
    payroll.break_down("altered", "POST /payroll/slips")
    differs = failure(enter, entry)
    assert (differs.type, differs.non_retryable) == ("EntryDiffers", True)
    assert str(differs).endswith("differs from what was typed: 1.minutes, total.")
    assert workplace.row(entry).entered_at is None


def test_an_attempt_that_was_overtaken_presses_nothing(enter: Enter, workplace: Workplace, payroll: OldServer) -> None:
    """Another worker begins while this one waits for the entry page."""
    entry = workplace.entry()
    workplace.planned(entry)
    with workplace.database.transaction(HIMEJI) as connection:
        attempt = robot_entries.begin(connection, EntryKey("payroll", entry.reference), timedelta(0)).attempt
        robot_entries.begin(connection, EntryKey("payroll", entry.reference), timedelta(0))
        assert not robot_entries.press(connection, EntryKey("payroll", entry.reference), attempt)
    assert payroll.slips(entry) == []

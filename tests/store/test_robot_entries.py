"""自動入力の控え: what is planned stays, what was overtaken writes nothing."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from store import robot_entries, sheet_batches, sheet_pages
from store.database import Database
from store.robot_entries import EntryKey, EntryPlannedDifferently
from tests.store.conftest import HIMEJI, TATSUNO, a_case
from tests.store.test_sheet_pages import a_batch

SETTLES = timedelta(minutes=3)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.transaction(HIMEJI) as connection:
        yield connection


@pytest.fixture
def key(connection: Connection) -> EntryKey:
    """A planned entry."""
    key = EntryKey("payroll", f"MADO-{secrets.token_hex(4)}")
    robot_entries.plan(connection, key, {"total": 450})
    return key


def test_the_same_plan_again_is_nothing_new_and_another_one_is_refused(connection: Connection, key: EntryKey) -> None:
    robot_entries.plan(connection, key, {"total": 450})
    with pytest.raises(EntryPlannedDifferently):
        robot_entries.plan(connection, key, {"total": 451})


def test_each_attempt_overtakes_those_before(connection: Connection, key: EntryKey) -> None:
    first = robot_entries.begin(connection, key, SETTLES)
    second = robot_entries.begin(connection, key, SETTLES)
    assert (first.attempt, second.attempt, first.content) == (1, 2, {"total": 450})
    assert not robot_entries.press(connection, key, first.attempt)
    assert not robot_entries.finish(connection, key, first.attempt, "000001", {})
    assert robot_entries.press(connection, key, second.attempt)


def test_a_press_is_unsettled_until_the_system_had_its_time(connection: Connection, key: EntryKey) -> None:
    first = robot_entries.begin(connection, key, SETTLES)
    assert first.unsettled == timedelta(0)
    robot_entries.press(connection, key, first.attempt)
    assert timedelta(minutes=2) < robot_entries.begin(connection, key, SETTLES).unsettled <= SETTLES
    assert robot_entries.begin(connection, key, timedelta(0)).unsettled == timedelta(0)


def test_what_is_entered_stays_as_it_was_read_back(connection: Connection, key: EntryKey) -> None:
    attempt = robot_entries.begin(connection, key, SETTLES).attempt
    robot_entries.fail(connection, key, "SystemUnavailable", "It says nothing.", "282014/robot/1")
    assert robot_entries.finish(connection, key, attempt, "000001", {"total": "450"})
    robot_entries.fail(connection, key, "SystemUnavailable", "It says nothing.", None)

    again, row = robot_entries.begin(connection, key, SETTLES), robot_entries.read(connection, key)

    assert (again.attempt, again.number, again.shown) == (attempt, "000001", {"total": "450"})
    assert row is not None
    assert (row.failure, row.picture, row.entered_at is not None) == (None, None, True)
    assert not robot_entries.finish(connection, key, attempt, "000002", {})


def outlived(connection: Connection, key: EntryKey, moment: datetime) -> bool:
    return key.reference in {each.reference for each in robot_entries.outlived(connection, moment)}


def test_what_was_told_for_a_batch_goes_only_after_its_pages(connection: Connection, key: EntryKey) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    batch, (page,) = a_batch(connection)
    assert sheet_pages.plan(connection, page.id, key.reference)
    assert not outlived(connection, key, later), "its page is still there"

    sheet_batches.show(connection, batch, "finished")
    sheet_batches.forget(connection, (batch,))

    assert outlived(connection, key, later)
    robot_entries.forget(connection, robot_entries.outlived(connection, later))
    assert robot_entries.read(connection, key) is None


@pytest.mark.parametrize("touched", ["planned", "entered", "failed"])
def test_what_was_touched_lately_stays_although_no_page_names_it(
    connection: Connection, key: EntryKey, touched: str
) -> None:
    """The month may not be closed yet."""
    if touched == "entered":
        attempt = robot_entries.begin(connection, key, SETTLES).attempt
        robot_entries.finish(connection, key, attempt, "000001", {})
    elif touched == "failed":
        robot_entries.fail(connection, key, "EntryRefused", "It refuses.", None)
    assert not outlived(connection, key, datetime.now(UTC) - timedelta(minutes=1))


def test_what_was_told_of_a_case_goes_with_the_case_only(connection: Connection) -> None:
    number = a_case(connection).receipt_number
    key = EntryKey("terminal", number)
    robot_entries.plan(connection, key, {"procedure": "moving_out"}, number)
    assert not outlived(connection, key, datetime.now(UTC) + timedelta(days=1))


def test_a_city_does_not_see_what_another_city_enters(database: Database, key: EntryKey) -> None:
    with database.transaction(TATSUNO) as elsewhere:
        assert robot_entries.read(elsewhere, key) is None

"""残り時間: how fast a machine was lately; nights and pauses do not make it slower."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, insert, update

from store import sheet_views
from store.database import Database
from store.tables import robot_entry, sheet_page
from tests.store.conftest import HIMEJI
from tests.store.test_sheet_pages import a_batch

BEGAN = datetime(2026, 11, 2, 9, tzinfo=UTC)
NIGHT = timedelta(hours=14)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.transaction(HIMEJI) as connection:
        yield connection


def read_at(connection: Connection, page_id: UUID, moment: datetime) -> None:
    connection.execute(update(sheet_page).where(sheet_page.c.id == page_id).values(kind="sheet", read_at=moment))


def entered_at(connection: Connection, page_id: UUID, moment: datetime) -> None:
    reference = secrets.token_hex(8)
    connection.execute(update(sheet_page).where(sheet_page.c.id == page_id).values(reference=reference))
    done = {"content": {}, "digest": b"", "number": "1", "entered_at": moment}
    connection.execute(insert(robot_entry).values(system="payroll", reference=reference, **done))


def test_how_fast_pages_are_read_is_known_from_the_second_on(connection: Connection) -> None:
    batch, pages = a_batch(connection, 5)
    assert sheet_views.reading_seconds(connection, batch) is None
    read_at(connection, pages[0].id, BEGAN)
    assert sheet_views.reading_seconds(connection, batch) is None
    for page, after in zip(pages[1:], (2, 6, 10), strict=False):
        read_at(connection, page.id, BEGAN + timedelta(seconds=after))
    read_at(connection, pages[4].id, BEGAN + NIGHT)
    assert sheet_views.reading_seconds(connection, batch) == pytest.approx(10 / 3)


def test_how_fast_the_robot_types_is_that_of_this_batch(connection: Connection) -> None:
    batch, pages = a_batch(connection, 3)
    _, (other,) = a_batch(connection)
    for page, after in zip(pages, (0, 20, 50), strict=True):
        entered_at(connection, page.id, BEGAN + timedelta(seconds=after))
    entered_at(connection, other.id, BEGAN + timedelta(seconds=51))
    assert sheet_views.entering_seconds(connection, batch) == pytest.approx(25)
    assert sheet_views.reading_seconds(connection, batch) is None

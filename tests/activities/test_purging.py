"""廃棄の処理: rows first, then files; a run that is killed in between leaves nothing behind for good."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from activities.desk import Desk
from activities.retention.purging import Purges
from machine.layout import Layout
from procedures.loader import Library
from procedures.values import ReceiptNumber
from store import retention
from store.database import Database
from store.keys import CaseKeys
from store.objects import Objects
from store.settings import StoreSettings
from store.tables import attachment, case_file, purged_object
from tests.store.conftest import HIMEJI, migrated
from tests.store.full_case import LONG_AGO, a_full_case
from workflows.contracts import Purging, RetentionPage

PAGE = RetentionPage(municipality=HIMEJI, run_id="retention-test")


@pytest.fixture(scope="module")
def settings(town: Layout) -> Iterator[StoreSettings]:
    """A database in which nobody else's cases are due."""
    with migrated(town, f"purging_{os.getpid()}") as settings:
        yield settings


@pytest.fixture(scope="module")
def database(settings: StoreSettings) -> Iterator[Database]:
    database = Database(settings)
    yield database
    database.close()


class Room:
    """Purges with a store of objects of their own."""

    def __init__(self, database: Database, settings: StoreSettings, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.objects = Objects(folder.as_uri())
        self.keys = CaseKeys(database, settings.master_key_file)
        self.purges = Purges(Desk(database, Library.read()), self.objects, self.keys)

    def case(self) -> ReceiptNumber:
        """A case that is due, with its files."""
        with self.database.transaction(HIMEJI) as connection:
            number = a_full_case(connection)
            mine = case_file.c.receipt_number == number
            connection.execute(update(case_file).where(mine).values(closed_at=LONG_AGO.replace(year=1990)))
            key = f"{HIMEJI}/attachments/{number}"
            connection.execute(update(attachment).where(attachment.c.name.like("姫路花子%")).values(object_key=key))
        self.objects.put(key, b"%PDF")
        return number

    def files(self) -> int:
        return sum(each.is_file() for each in self.folder.rglob("*"))

    def written_down(self) -> int:
        with self.database.reading(HIMEJI) as connection:
            return len(connection.execute(select(purged_object.c.object_key)).all())


@pytest.fixture
def room(database: Database, settings: StoreSettings, tmp_path: Path) -> Room:
    return Room(database, settings, tmp_path)


def test_a_purge_ends_with_the_files_and_can_be_repeated(room: Room) -> None:
    number = room.case()
    given = Purging(municipality=HIMEJI, run_id=PAGE.run_id, receipt_number=number)
    assert room.files() == 1
    for _ in range(2):
        room.purges.purge_case(given)
        assert (room.files(), room.written_down()) == (0, 0)
    assert room.keys.cached(number) is None
    with pytest.raises(LookupError, match="destroyed"):
        room.keys.fetch(number)


def test_files_left_by_a_run_that_was_killed_go_with_the_next(room: Room) -> None:
    number = room.case()
    with room.database.transaction(HIMEJI) as connection:
        assert retention.purge(connection, number, LONG_AGO, "killed after this")
    assert (room.files(), room.written_down() > 0) == (1, True)
    room.purges.begin_retention(PAGE)
    assert (room.files(), room.written_down()) == (0, 0)


def test_what_is_due_is_found_by_the_retention_of_the_version_it_is_pinned_to(room: Room) -> None:
    due, kept = room.case(), room.case()
    with room.database.transaction(HIMEJI) as connection:
        mine = case_file.c.receipt_number == kept
        connection.execute(update(case_file).where(mine).values(version=99))
    found = room.purges.find_due(PAGE)
    assert due in {each.receipt_number for each in found}
    assert kept not in {each.receipt_number for each in found}, "no version says for how long: nothing is purged"
    assert room.purges.find_due(PAGE.model_copy(update={"after": found[-1]})) == []

"""帳票の一括と頁: what was read stays, people correct in turn, and nobody approves their own corrections."""

import secrets
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Connection, insert

from store import rosters, sheet_batches, sheet_pages
from store.database import Database
from store.rosters import RosterEntry
from store.sheet_batches import BatchNotReady, SamePerson
from store.sheet_pages import CellRead, Named, PageChanged, PageRead, PageRow
from store.tables import officer
from tests.store.conftest import HIMEJI, TATSUNO, an_account

SHEET = PageRead("sheet", "read", None, 1, "012", None, "2026-10", "282014/sheets/picture", b"\0" * 8)
SURE = CellRead("row01.start", "0815", 0.9999, True, True, (("0815", 0.9999),))
DOUBTFUL = CellRead("row01.end", "1115", 0.7, True, False, (("1115", 0.7), ("1715", 0.3)))
TOTAL = CellRead("total.hours", "00900", 0.6, False, False, (("00900", 0.6),))
TOTALS = frozenset({"total.hours"})


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.transaction(HIMEJI) as connection:
        yield connection


@pytest.fixture
def people(connection: Connection) -> tuple[UUID, UUID]:
    """Two officers."""
    found = an_account(connection), an_account(connection)
    for account in found:
        connection.execute(insert(officer).values(account_id=account, name="窓口 一郎"))
    return found


def a_batch(connection: Connection, pages: int = 1) -> tuple[UUID, tuple[PageRow, ...]]:
    """A pile of one file."""
    batch = sheet_batches.open_batch(connection, "club_work_report", "10月", "folder")
    assert sheet_batches.add_file(connection, batch, "012.pdf", "282014/sheets/file", secrets.token_bytes(32))
    (file,) = sheet_batches.files(connection, batch)
    sheet_batches.split_file(connection, file, pages)
    return batch, sheet_pages.pages(connection, batch)


def a_read_page(connection: Connection) -> tuple[UUID, PageRow]:
    """A pile of one page, on which two cells are doubtful."""
    batch, (page,) = a_batch(connection)
    sheet_pages.record(connection, page.id, SHEET, (SURE, DOUBTFUL, TOTAL))
    sheet_batches.show(connection, batch, "correcting")
    return batch, page


def test_the_same_file_twice_is_one(connection: Connection) -> None:
    batch = sheet_batches.open_batch(connection, "club_work_report", "10月", "upload")
    assert sheet_batches.add_file(connection, batch, "a.pdf", "282014/sheets/a", b"1" * 32)
    assert not sheet_batches.add_file(connection, batch, "b.pdf", "282014/sheets/b", b"1" * 32)


def test_a_file_is_split_once_and_pages_are_numbered_on(connection: Connection) -> None:
    batch, _ = a_batch(connection, pages=3)
    sheet_batches.add_file(connection, batch, "013.pdf", "282014/sheets/other", secrets.token_bytes(32))
    for _ in range(2):
        for file in sheet_batches.files(connection, batch):
            sheet_batches.split_file(connection, file, 3)
    found = sheet_pages.pages(connection, batch)
    assert [(page.position, page.number) for page in found] == [(0, 1), (1, 2), (2, 3), (3, 1), (4, 2), (5, 3)]


def test_a_page_is_read_once(connection: Connection) -> None:
    _, (page,) = a_batch(connection)
    assert sheet_pages.record(connection, page.id, SHEET, (SURE, DOUBTFUL, TOTAL))
    assert not sheet_pages.record(connection, page.id, PageRead("blank", "set_aside"), ())
    assert [cell.open for cell in sheet_pages.cells(connection, page.id)] == [False, True, True]


def test_a_changed_total_waits_for_a_second_person(connection: Connection, people: tuple[UUID, UUID]) -> None:
    first, second = people
    batch, page = a_read_page(connection)
    after = sheet_pages.correct(
        connection, page.id, 0, first, {"row01.end": "1115", "total.hours": "00300"}, 12, totals=TOTALS
    )
    assert (after.state, after.version, after.seconds) == ("read", 1, 12)
    assert sheet_batches.progress(connection, batch).unconfirmed == 1
    assert [each.text for each in sheet_pages.examples(connection, batch)] == ["1115"], "the total is not sure yet"
    with pytest.raises(SamePerson):
        sheet_pages.confirm(connection, page.id, 1, first, "total.hours", 3)
    after = sheet_pages.confirm(connection, page.id, 1, second, "total.hours", 3)
    assert (after.state, after.seconds) == ("corrected", 15)
    assert [each.text for each in sheet_pages.examples(connection, batch)] == ["1115", "00300"]


def test_two_people_do_not_correct_one_page_at_a_time(connection: Connection, people: tuple[UUID, UUID]) -> None:
    first, second = people
    _, page = a_read_page(connection)
    sheet_pages.correct(connection, page.id, 0, first, {"row01.end": "1715"}, 5)
    with pytest.raises(PageChanged):
        sheet_pages.correct(connection, page.id, 0, second, {"row01.end": "1115"}, 5)


def test_who_corrected_does_not_approve(connection: Connection, people: tuple[UUID, UUID]) -> None:
    first, second = people
    batch, page = a_read_page(connection)
    with pytest.raises(BatchNotReady):
        sheet_batches.approve(connection, batch, second)
    sheet_pages.correct(connection, page.id, 0, first, {"row01.end": "1715", "total.hours": "00900"}, 5, totals=TOTALS)
    sheet_batches.show(connection, batch, "approving")
    with pytest.raises(SamePerson):
        sheet_batches.approve(connection, batch, first)
    sheet_batches.approve(connection, batch, second)
    assert sheet_batches.progress(connection, batch).pages["approved"] == 1
    with pytest.raises(PageChanged):
        sheet_pages.correct(connection, page.id, 1, first, {"row01.end": "1115"}, 5)


def test_a_correction_after_all_takes_the_batch_back(connection: Connection, people: tuple[UUID, UUID]) -> None:
    batch, page = a_read_page(connection)
    sheet_pages.correct(connection, page.id, 0, people[0], {"row01.end": "1715", "total.hours": "00900"}, 5)
    sheet_batches.show(connection, batch, "approving")
    sheet_pages.set_aside(connection, page.id, 1, "typed_by_hand", 2)
    found = sheet_batches.read(connection, batch)
    assert found is not None
    assert found.state == "correcting"


UNREADABLE = PageRead("unreadable", "read", "label_unreadable", image_key="282014/sheets/scan")
OURS = Named(1, "012", None, "2026-10")


def a_page_nobody_could_read(connection: Connection) -> tuple[UUID, PageRow]:
    batch, (page,) = a_batch(connection)
    sheet_pages.record(connection, page.id, UNREADABLE, ())
    sheet_batches.show(connection, batch, "approving")
    return batch, page


def test_a_page_that_a_person_named_waits_to_be_read_and_sorted_out_again(
    connection: Connection, people: tuple[UUID, UUID]
) -> None:
    batch, page = a_page_nobody_could_read(connection)
    after = sheet_pages.name(connection, page.id, 0, people[0], OURS, 9)
    assert (after.state, after.kind, after.group_number, after.month, after.seconds) == (
        "waiting", None, "012", "2026-10", 9,
    )  # fmt: skip
    found = sheet_batches.read(connection, batch)
    assert found is not None
    assert (found.state, found.read_at) == ("reading", None)
    with pytest.raises(PageChanged):
        sheet_pages.name(connection, page.id, 0, people[1], OURS, 9)
    assert sheet_pages.record(connection, page.id, SHEET, (SURE, DOUBTFUL, TOTAL))
    assert len(sheet_pages.cells(connection, page.id)) == 3
    with pytest.raises(PageChanged):
        sheet_pages.name(connection, page.id, 1, people[0], OURS, 9)


def test_what_a_person_said_stays_when_it_cannot_be_read_once_more(
    connection: Connection, people: tuple[UUID, UUID]
) -> None:
    _, page = a_page_nobody_could_read(connection)
    sheet_pages.name(connection, page.id, 0, people[0], OURS, 0)
    sheet_pages.record(connection, page.id, PageRead("unreadable", "read", "took_too_long"), ())
    after = sheet_pages.page(connection, page.id)
    assert after is not None
    assert (after.fault, after.group_number, after.image_key, after.nameable) == (
        "took_too_long", "012", "282014/sheets/scan", True,
    )  # fmt: skip


def test_a_named_page_that_was_there_before_is_a_duplicate(connection: Connection, people: tuple[UUID, UUID]) -> None:
    batch, (first, second) = a_batch(connection, 2)
    sheet_pages.record(connection, first.id, SHEET, (SURE,))
    sheet_pages.record(connection, second.id, UNREADABLE, ())
    sheet_pages.name(connection, second.id, 0, people[0], OURS, 0)
    sheet_pages.record(connection, second.id, SHEET, (SURE, DOUBTFUL))
    sheet_pages.tell_duplicate(connection, second.id, first.id)
    assert [page.kind for page in sheet_pages.pages(connection, batch)] == ["sheet", "duplicate"]


def test_who_said_whose_a_page_is_does_not_approve(connection: Connection, people: tuple[UUID, UUID]) -> None:
    batch, page = a_page_nobody_could_read(connection)
    sheet_pages.name(connection, page.id, 0, people[0], OURS, 0)
    sheet_pages.record(connection, page.id, PageRead("sheet", "corrected", None, 1, "012", None, "2026-10"), (SURE,))
    sheet_batches.show(connection, batch, "approving")
    with pytest.raises(SamePerson):
        sheet_batches.approve(connection, batch, people[0])
    sheet_batches.approve(connection, batch, people[1])


def test_a_batch_is_its_municipalitys(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        batch, (page,) = a_batch(connection)
    with database.transaction(TATSUNO) as connection:
        assert sheet_batches.read(connection, batch) is None
        assert sheet_pages.page(connection, page.id) is None


def test_the_roster_says_who_somebody_is_to_the_payroll(connection: Connection) -> None:
    entry = RosterEntry("012", "書写児童クラブ", "012345", "姫路　花子", "012", "012345", 480, 3600)
    assert rosters.replace(connection, [entry]) == 1
    roster = rosters.read(connection)
    assert roster.find("012", 12345) == entry
    known = roster.known("012", "2026-10", 12345)
    assert known.lists == {"people": frozenset({12345})}
    assert known.limits == {"minutes_per_day": 480, "minutes_per_month": 3600}
    assert roster.known("013", "2026-10").lists == {}

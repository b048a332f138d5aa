"""閲覧記録: it only grows, and is read by indexes whatever is asked."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import ProgrammingError

from machine.layout import Layout
from machine.postgres import Role
from procedures.values import ReceiptNumber
from store import accesses, people, sheet_batches, sheet_pages
from store.accesses import Access, Place, SeenPaper, Wanted
from store.database import Database
from store.people import Duty
from tests.store.conftest import HIMEJI, TATSUNO, an_account, migrated

LINES, OFFICERS = 60_000, 20
NUMBER = ReceiptNumber("282014-261123-00042")
FILL = f"""
set app.municipality = '282014';
insert into access (at, officer, kind, receipt_number)
  select now() - n * interval '1 minute',
         (select account_id from officer order by name limit 1 offset n % {OFFICERS}),
         case when n % 3 = 0 then 'task' else 'messages' end,
         '282014-261123-' || lpad((n % 5000)::text, 5, '0')
    from generate_series(1, {LINES}) n
"""


@pytest.fixture(scope="module")
def crowded(town: Layout, worker_id: str) -> Iterator[Database]:
    """A month of looking, in a database of its own."""
    name = f"accesses_{worker_id}_{os.getpid()}"
    with migrated(town, name) as settings, closing(Database(settings)) as database:
        with database.transaction(HIMEJI) as connection:
            for n in range(OFFICERS):
                people.appoint(connection, an_account(connection), f"職員{n:02}", [Duty("health", "health_review")])
        with town.postgres.connect(Role.OWNER, name) as owner:
            owner.execute(FILL)
            owner.execute("vacuum analyze")
        yield database


def some_officer(connection: Connection) -> UUID:
    found: UUID = connection.execute(text("select account_id from officer order by name limit 1")).scalar_one()
    return found


def wishes(connection: Connection) -> list[Wanted]:
    officer, day = some_officer(connection), datetime.now(UTC) - timedelta(days=2)
    return [
        Wanted(),
        Wanted(officer=officer),
        Wanted(receipt_number=NUMBER),
        Wanted(officer=officer, receipt_number=NUMBER, kind="task"),
        Wanted(kind="task"),
        Wanted(since=day, until=day + timedelta(days=1)),
        Wanted(officer=officer, since=day),
    ]


def test_pages_follow_each_other_without_gap_or_repetition(crowded: Database) -> None:
    with crowded.reading(HIMEJI) as connection:
        for wanted in (Wanted(receipt_number=NUMBER), Wanted(receipt_number=NUMBER, kind="task")):
            whole = accesses.listed(connection, wanted, limit=1000)
            found: list[Access] = []
            place: Place | None = None
            while page := accesses.listed(connection, wanted, after=place, limit=5):
                found += page
                place = Place(page[-1].at, page[-1].id)
            assert tuple(found) == whole
            assert [each.at for each in whole] == sorted((each.at for each in whole), reverse=True)
            assert {each.receipt_number for each in whole} == {NUMBER}


def test_no_question_reads_the_whole_log(crowded: Database) -> None:
    with crowded.reading(HIMEJI) as connection:
        for wanted in wishes(connection):
            for node in plans(connection, wanted):
                scanned = node["Node Type"] == "Seq Scan" and node["Relation Name"] == "access"
                assert not scanned, wanted


def plans(connection: Connection, wanted: Wanted) -> Iterator[dict[str, Any]]:
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        sent.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    try:
        accesses.listed(connection, wanted, after=Place(datetime.now(UTC), 10**6), limit=100)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    for statement, values in sent:
        pending = [connection.exec_driver_sql(f"explain (format json) {statement}", values).scalar_one()[0]["Plan"]]
        while pending:
            node = pending.pop()
            yield node
            pending += node.get("Plans", ())


def test_a_look_is_remembered_by_officer_and_case(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        officer, other = (an_account(connection) for _ in range(2))
        for each in (officer, other):
            people.appoint(connection, each, "窓口　一郎", [Duty("health", "health_review")])
        accesses.note(connection, officer, "task", NUMBER, other)
        assert accesses.has_seen(connection, officer, NUMBER)
        assert not accesses.has_seen(connection, other, NUMBER)
        (line,) = accesses.listed(connection, Wanted(officer=officer), limit=10)
        assert (line.kind, line.receipt_number, line.in_place_of) == ("task", NUMBER, "窓口　一郎")
    with database.transaction(TATSUNO) as connection:
        assert accesses.listed(connection, Wanted(officer=officer), limit=10) == ()


def test_a_look_at_paper_names_it_while_it_is_kept_and_by_its_id_for_ever(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        officer = an_account(connection)
        people.appoint(connection, officer, "窓口　一郎", [Duty("children", "sheet_correction")])
        batch = sheet_batches.open_batch(connection, "club_work_report", "10月分", "folder")
        sheet_batches.add_file(connection, batch, "012.pdf", "282014/sheets/file", b"7" * 32)
        (file,) = sheet_batches.files(connection, batch)
        sheet_batches.split_file(connection, file, 2)
        _, page = sheet_pages.pages(connection, batch)
        accesses.note(connection, officer, "sheet", paper=SeenPaper(batch, page.id))
        sheet_batches.show(connection, batch, "finished")

        (line,) = accesses.listed(connection, Wanted(officer=officer), limit=10)
        assert (line.sheet_name, line.sheet_file, line.sheet_number) == ("10月分", "012.pdf", 2)
        sheet_batches.forget(connection, [batch])
        (line,) = accesses.listed(connection, Wanted(officer=officer), limit=10)
        assert (line.sheet_page_id, line.sheet_name) == (page.id, None)


@pytest.mark.parametrize("table", ["access", "appointment"])
@pytest.mark.parametrize("statement", ["update {} set at = now()", "delete from {}"])
def test_nobody_changes_or_removes_a_line(
    database: Database, owner: psycopg.Connection, table: str, statement: str
) -> None:
    with database.transaction(HIMEJI) as connection:
        officer = an_account(connection)
        people.appoint(connection, officer, "窓口　一郎", [Duty("health", "health_review")])
        accesses.note(connection, officer, "task", NUMBER)
    with pytest.raises(ProgrammingError, match="permission denied"), database.transaction(HIMEJI) as connection:
        connection.execute(text(statement.format(table)))
    with pytest.raises(psycopg.errors.RaiseException, match="only grows"):
        owner.execute(statement.format(table))

"""廃棄: what goes and what stays; nobody's case goes early, and nothing is forgotten that a new table might hold."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy import Connection, create_engine, make_url, text, update
from sqlalchemy.exc import ProgrammingError

from machine.layout import Layout
from procedures.retention import closed_before, due_on
from procedures.values import ReceiptNumber
from store import cases, keys, retention, statistics
from store.database import Database
from store.retention import FATES, FIRST, Rule
from store.settings import StoreSettings
from store.statistics import Scope
from store.tables import case_file, command, metadata, payment, task
from tests.store.conftest import HIMEJI, TATSUNO, migrated
from tests.store.full_case import LONG_AGO, MARK, a_full_case, marked

TODAY = datetime.now(UTC)


@pytest.fixture(scope="module")
def settings(town: Layout) -> Iterator[StoreSettings]:
    """A database in which nobody else's cases are due."""
    with migrated(town, f"retention_{os.getpid()}") as settings:
        yield settings


@pytest.fixture(scope="module")
def database(settings: StoreSettings) -> Iterator[Database]:
    database = Database(settings)
    yield database
    database.close()


@pytest.fixture
def as_owner(settings: StoreSettings) -> Iterator[Connection]:
    """Sees every row of every table."""
    assert settings.owner_password_file is not None
    password = settings.owner_password_file.read_text().strip()
    engine = create_engine(make_url(settings.database_url).set(username=settings.owner, password=password))
    with engine.connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")
    engine.dispose()


def made(database: Database, **told: datetime | None) -> ReceiptNumber:
    with database.transaction(HIMEJI) as connection:
        return a_full_case(connection, **told)


def purge(database: Database, number: ReceiptNumber, run: str = "run") -> bool:
    with database.transaction(HIMEJI) as connection:
        return retention.purge(connection, number, TODAY, run)


# --- counting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "years", "due"),
    [
        (date(2026, 3, 31), 1, date(2027, 4, 1)),
        (date(2026, 4, 1), 1, date(2028, 4, 1)),
        (date(2027, 1, 10), 5, date(2032, 4, 1)),
    ],
)
def test_years_are_counted_from_the_april_after_the_fiscal_year_of_closing(
    closed: date, years: int, due: date
) -> None:  # fmt: skip
    assert due_on(closed, years) == due
    assert closed_before(due, years).date() > closed >= closed_before(due - timedelta(days=1), years).date()


def test_the_days_are_japans() -> None:
    assert closed_before(date(2027, 4, 1), 1).astimezone(UTC) == datetime(2026, 3, 31, 15, tzinfo=UTC)


# --- what goes and what stays -----------------------------------------------------------------------------------------


def test_every_table_that_has_to_do_with_a_case_was_decided_about() -> None:
    """A table hangs on a case by a receipt number, or by a key into a table that does."""
    about = {"case_file"}
    while found := {
        table.name
        for table in metadata.sorted_tables
        if table.name not in about
        and ("receipt_number" in table.c or any(key.column.table.name in about for key in table.foreign_keys))
    } - {"replay"}:
        about |= found
    assert about - FATES.keys() == set(), "decide in store/retention.py (FATES) and in purge_case (a migration)"
    assert FATES.keys() - about == {"bulk", "paper_filing"}, "these hang on a case the other way round"


def test_the_database_does_what_was_decided(owner: psycopg.Connection) -> None:
    row = owner.execute("select prosrc from pg_proc where proname = 'purge_case'").fetchone()
    assert row is not None
    deleted, emptied = (set(re.findall(rf"^  {verb} (\w+)", row[0], re.M)) for verb in ("delete from", "update"))
    assert deleted == {name for name, (fate, _) in FATES.items() if fate == "deleted"}
    assert emptied - {"retention_run"} == {name for name, (fate, _) in FATES.items() if fate == "emptied"}


def test_nothing_personal_is_left_of_a_purged_case(database: Database, as_owner: Connection) -> None:
    number = made(database)
    assert len(marked(as_owner)) > 25, "the mark is in nearly every table before"
    assert purge(database, number)
    assert marked(as_owner) == {"purged_object": 5}, "object keys, until the objects are gone"
    for table, (fate, _) in FATES.items():
        if fate == "deleted" and "receipt_number" in metadata.tables[table].c:
            where = metadata.tables[table].c.receipt_number == number
            assert as_owner.execute(metadata.tables[table].select().where(where)).all() == [], table
    with database.transaction(HIMEJI) as connection:
        retention.objects_gone(connection, number, retention.objects_of(connection, number))
    assert marked(as_owner) == {}


def test_the_address_label_of_a_mailing_goes_with_its_case(database: Database, as_owner: Connection) -> None:
    number = made(database)
    (task_id,) = as_owner.execute(
        metadata.tables["task"].update().where(metadata.tables["task"].c.receipt_number == number)
        .values(kind="post_document").returning(metadata.tables["task"].c.id)
    ).scalars().all()[:1]  # fmt: skip

    assert purge(database, number)
    with database.reading(HIMEJI) as connection:
        assert f"{HIMEJI}/labels/{task_id}" in retention.objects_of(connection, number)


def test_what_the_law_and_statistics_need_stays(database: Database, owner: psycopg.Connection) -> None:
    number = made(database)
    scope = Scope(LONG_AGO - timedelta(days=1), LONG_AGO + timedelta(days=1))
    with database.transaction(HIMEJI) as connection:
        before = (statistics.cases(connection, scope), statistics.steps(connection, scope))
        assert purge(database, number)
        assert (statistics.cases(connection, scope), statistics.steps(connection, scope)) == before
    owner.row_factory = dict_row  # type: ignore[assignment]
    paid = owner.execute("select * from payment where receipt_number = %s", [number]).fetchone()
    issued = owner.execute("select * from document where receipt_number = %s", [number]).fetchone()
    assert (paid["amount"], paid["status"], paid["last4"], paid["payment_intent"]) == (300, "paid", None, None)  # type: ignore[call-overload, index]
    assert issued["verification_code"]  # type: ignore[call-overload, index]
    assert issued["object_key"] == ""  # type: ignore[call-overload, index]


def test_the_audit_log_says_so_and_its_chain_goes_on(database: Database) -> None:
    number = made(database)
    with database.transaction(HIMEJI) as connection:
        cases.say(connection, number, "closed")
    assert purge(database, number, "retention-1")
    with database.transaction(HIMEJI) as connection:
        lines = cases.timeline(connection, number)
        case = cases.read(connection, number)
    assert [(each.action, each.facts) for each in lines] == [("closed", {}), ("purged", {"run": "retention-1"})]
    assert case is not None
    assert (case.purged_at is not None, case.reason, case.status) == (True, None, "delivered")


def test_a_purge_happens_once_and_is_counted_once(database: Database) -> None:
    number = made(database)
    with database.transaction(HIMEJI) as connection:
        retention.begin(connection, "once", ())
    assert [purge(database, number, "once") for _ in range(2)] == [True, False]
    with database.transaction(HIMEJI) as connection:
        run = next(each for each in retention.runs(connection, 100) if each.id == "once")
        assert len(cases.timeline(connection, number)) == 1
    assert run.purged == 1


# --- what is never purged ---------------------------------------------------------------------------------------------


def test_what_is_open_or_young_or_waits_for_something_stays_whole(database: Database) -> None:
    opened, young = made(database, closed_at=None), made(database, closed_at=TODAY - timedelta(days=364))
    waiting, owed, told = (made(database) for _ in range(3))
    with database.transaction(HIMEJI) as connection:
        connection.execute(update(task).where(task.c.receipt_number == waiting).values(closed_at=None))
        connection.execute(update(payment).where(payment.c.receipt_number == owed).values(refund_due=100))
        connection.execute(update(command).where(command.c.receipt_number == told).values(status="pending"))
    assert [purge(database, each) for each in (opened, young, waiting, owed, told)] == [False] * 5
    with database.transaction(HIMEJI) as connection:
        assert all(cases.newest_submission(connection, each) for each in (opened, young, waiting, owed, told))


def test_a_case_that_was_opened_again_is_not_purged(database: Database) -> None:
    number = made(database)
    with database.transaction(HIMEJI) as connection:
        found = retention.due(connection, [Rule("residence_certificate", 1, TODAY)], FIRST, 1_000)
        assert number in {each.receipt_number for each in found}
        cases.show(connection, number, closed_at=None, status="checking")
    assert not purge(database, number)
    with database.transaction(HIMEJI) as connection:
        found = retention.due(connection, [Rule("residence_certificate", 1, TODAY)], FIRST, 1_000)
    assert number not in {each.receipt_number for each in found}


def test_another_city_cannot_purge_it_and_the_application_cannot_delete_otherwise(database: Database) -> None:
    number = made(database)
    with database.transaction(TATSUNO) as connection:
        assert not retention.purge(connection, number, TODAY, "run")
    for table in ("submission", "effect", "signature_check", "document", "task"):
        with pytest.raises(ProgrammingError, match="permission denied"), database.transaction(HIMEJI) as connection:
            connection.execute(text(f"delete from {table} where receipt_number = :number"), {"number": number})


# --- pages ------------------------------------------------------------------------------------------------------------


def test_pages_go_on_past_what_cannot_be_purged(database: Database) -> None:
    procedure = f"p{uuid4().hex[:8]}"
    rule = [Rule(procedure, 1, TODAY)]
    numbers = [made(database, closed_at=LONG_AGO + timedelta(days=day // 2)) for day in range(5)]
    with database.transaction(HIMEJI) as connection:
        mine = case_file.c.receipt_number.in_(numbers)
        connection.execute(update(case_file).where(mine).values(procedure=procedure))
        pages, after = [], FIRST
        while page := retention.due(connection, rule, after, 2):
            pages += [each.receipt_number for each in page]
            after = page[-1]
        other = retention.due(connection, [Rule(procedure, 2, TODAY)], FIRST, 10)
        before = retention.due(connection, [Rule(procedure, 1, LONG_AGO + timedelta(hours=1))], FIRST, 10)
    assert sorted(pages) == sorted(numbers)
    assert len(pages) == 5
    assert other == ()
    assert {each.receipt_number for each in before} == set(numbers[:2])


def test_the_key_is_gone_with_the_case(database: Database, owner: psycopg.Connection) -> None:
    number = made(database)
    assert MARK
    with database.transaction(HIMEJI) as connection:
        before = sum(keys.wrapped_by(connection).values())
    assert purge(database, number)
    with database.transaction(HIMEJI) as connection:
        assert sum(keys.wrapped_by(connection).values()) == before - 1

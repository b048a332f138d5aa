"""案件の管理: what the console's lists find and count, how they turn their pages, and by which plans."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import Connection, insert, text

from machine.layout import Layout
from machine.postgres import Role
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber, StepId
from store import batches, console, status
from store.batches import Batch, BatchPlace
from store.console import MOST_LOOKED_AT, CasePlace, CaseWanted, ConsoleCase
from store.database import Database
from store.tables import audit, bulk, command, data_export, replay, replay_case, retention_run
from tests.store.conftest import HIMEJI, an_account, migrated
from tests.store.test_inbox import plans

CASES, LINES, EVERY = 60_000, 30_000, 1_500
OLD_STUCK = 40_000
"""The newest case that waits for a neighbour: beyond what one page looks at."""
JAPAN = "Asia/Tokyo"
FILL = f"""
set app.municipality = '282014';
create function pg_temp.city(n int) returns text language sql immutable as
  $$ select '282014-26' || lpad((n / 100000 + 1)::text, 4, '0') || '-' || lpad((n % 100000)::text, 5, '0') $$;
insert into case_file
       (receipt_number, account_id, procedure, version, department, language, status, step, reason, received_at, due_at,
        closed_at)
  select pg_temp.city(n), (select id from account limit 1), 'procedure_' || n % 4, 1 + n % 2, 'residents', 'ja',
         case when n >= {OLD_STUCK} and n % {EVERY} = 0 then 'awaiting_neighbour'
              when n % 10 = 0 then 'under_review' else 'delivered' end,
         case when n % 10 = 0 then 'review' else 'deliver' end,
         case when n >= {OLD_STUCK} and n % {EVERY} = 0 then 'unreachable' end,
         now() - n * interval '17 minutes', now(), case when n % 10 > 0 then now() end
    from generate_series(1, {CASES}) n;
insert into audit (receipt_number, seq, actor, action, step, prev_hash, hash)
  select pg_temp.city(n), 0, 'counter', 'received', null, '', '' from generate_series(1, {LINES}) n;
insert into command (receipt_number, kind, payload, status, attempts)
  select pg_temp.city(n), 'start', '{{}}', case when n % 1000 = 0 then 'pending' else 'acknowledged' end, 1 + n % 3
    from generate_series(1, {LINES}) n
"""
STUCK = ("awaiting_neighbour",)
WISHES = tuple(
    CaseWanted(procedure=procedure, version=version, step=step, statuses=statuses, reason=reason, order=order)
    for procedure, version in ((None, None), (ProcedureId("procedure_1"), 2))
    for step in (None, StepId("review"))
    for statuses, reason in (
        (None, None),
        (("under_review", "checking"), None),
        (("awaiting_neighbour",), "unreachable"),
    )
    for order in console.ORDERS
)


@pytest.fixture(scope="module")
def old(town: Layout, worker_id: str) -> Iterator[Database]:
    """長く続く市: many cases, nearly all of them closed, in a database of their own."""
    name = f"console_{worker_id}_{os.getpid()}"
    with migrated(town, name) as settings, closing(Database(settings)) as database:
        with database.transaction(HIMEJI) as connection:
            an_account(connection)
        with town.postgres.connect(Role.OWNER, name) as owner:
            owner.execute(FILL)
            owner.execute("vacuum analyze")
        yield database


@pytest.fixture
def asked(old: Database) -> Iterator[Connection]:
    with old.reading(HIMEJI) as connection:
        yield connection


def read_through(connection: Connection, wanted: CaseWanted, size: int) -> list[ConsoleCase]:
    """All pages, one after the other."""
    rows: list[ConsoleCase] = []
    place: CasePlace | None = None
    while True:
        found = console.listed(connection, wanted, after=place, limit=size)
        rows += found.cases
        place = found.further
        if place is None:
            return rows


def test_nothing_the_console_asks_reads_a_whole_table(asked: Connection) -> None:
    numbers = [ReceiptNumber("282014-260001-00017"), ReceiptNumber("282014-260001-45000")]
    now = datetime.now(UTC)
    questions = [
        partial(console.read, asked, numbers),
        partial(console.waits, asked, numbers),
        partial(console.ending, asked, 20),
        partial(console.undelivered, asked, 100),
        partial(console.met, asked, now - timedelta(days=14), "day", JAPAN),
    ]
    place = CasePlace(now - timedelta(days=100), numbers[0])
    a_month = {"since": now - timedelta(days=60), "until": now - timedelta(days=30)}
    for wanted in (*WISHES, *(replace(each, **a_month) for each in WISHES[::5])):
        questions += [
            partial(console.listed, asked, wanted, limit=100),
            partial(console.listed, asked, wanted, after=place, limit=100),
            partial(console.counted, asked, wanted),
        ]
    for question in questions:
        for node in plans(asked, question):
            whole = node["Node Type"] == "Seq Scan" and node["Relation Name"] in ("case_file", "audit", "command")
            assert not whole, f"{question} reads all of {node['Relation Name']}"


@pytest.mark.parametrize("order", console.ORDERS)
def test_pages_are_turned_without_a_gap_or_a_repetition(asked: Connection, order: console.Order) -> None:
    a_while = datetime.now(UTC) - timedelta(days=30)
    wanted = CaseWanted(statuses=("under_review",), since=a_while, order=order)

    rows = read_through(asked, wanted, 37)

    times = [each.received_at for each in rows]
    assert times == sorted(times, reverse=order == "newest")
    assert len({each.receipt_number for each in rows}) == len(rows) == console.counted(asked, wanted).found
    assert {each.status for each in rows} == {"under_review"}


def test_a_page_that_looked_at_enough_says_so_and_the_next_goes_on(asked: Connection) -> None:
    wanted = CaseWanted(statuses=("awaiting_neighbour",), reason="unreachable")

    first = console.listed(asked, wanted, limit=50)
    counts = console.counted(asked, wanted)

    assert (first.cases, first.exhausted) == ((), True)
    assert (counts.found, counts.looked_at, counts.capped) == (0, MOST_LOOKED_AT, True)
    numbers = [each.receipt_number for each in read_through(asked, wanted, 50)]
    expected = [n for n in range(OLD_STUCK, CASES + 1) if n % EVERY == 0]
    assert [int(each[-5:]) for each in numbers] == expected


def test_the_statuses_are_counted_as_if_each_were_chosen(asked: Connection) -> None:
    wanted = CaseWanted(procedure=ProcedureId("procedure_0"), statuses=("under_review",))
    counts = console.counted(asked, wanted)
    assert counts.found == counts.statuses["under_review"] == sum(n % 20 == 0 for n in range(1, MOST_LOOKED_AT + 1))
    assert counts.statuses["delivered"] == MOST_LOOKED_AT // 4 - counts.found


def test_a_wait_lasts_since_the_step_last_came_to_something(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        number = _stuck(
            connection, ("task_opened", "neighbour_awaited", "register_checked"), ("neighbour_awaited",) * 3
        )
        waited = console.waits(connection, [number])[number]
        first, *_, last = connection.execute(
            text("select at from audit where receipt_number = :n and seq > 3 order by seq"),
            {"n": number},
        ).scalars()
    assert (waited.since, waited.tries) == (first, 3)
    assert last > first


def test_a_case_that_is_being_ended_is_found_until_it_is_closed(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        number = _stuck(connection, ("withdrawal_requested",))
        other = _stuck(connection, ("approved",))
        found = console.ending(connection, 100)
        assert number in found
        assert other not in found
        connection.execute(text("update case_file set closed_at = now() where receipt_number = :n"), {"n": number})
        assert number not in console.ending(connection, 100)


def test_a_command_told_again_and_again_is_late_and_one_on_its_way_is_not(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        number = _stuck(connection)
        for attempts in (1, 5):
            row = {"receipt_number": number, "kind": "start", "payload": {}, "attempts": attempts}
            connection.execute(insert(command).values(row))
        late = [each for each in console.undelivered(connection, 100) if each.receipt_number == number]
    assert [(each.kind, each.attempts) for each in late] == [("start", 5)]


def test_what_failed_comes_first_among_the_batches_and_pages_are_turned(database: Database) -> None:
    city = MunicipalityCode("284424")
    with database.transaction(city) as connection:
        officer = _an_officer(connection)
        for n in range(5):
            connection.execute(
                insert(bulk).values(account_id=officer, kind="approve", state="finished", asked_at=_ago(n))
            )
        connection.execute(insert(bulk).values(account_id=officer, kind="assign", state="planned"))
        export = {"language": "ja", "json_key": "a", "pdf_key": "b", "requested_at": _ago(99)}
        connection.execute(insert(data_export).values(account_id=officer, status="failed", **export))
        status.open_run(connection, f"check-{uuid4()}")
        whole = batches.listed(connection, limit=50)
        paged = _paged(connection, 3)
        assert [each.kind for each in whole if each.failing] == ["data_export"]
        assert whole[0].kind == "data_export"
        assert len(whole) == 7, "an order nobody has asked for is none"
        assert paged == list(whole)
        assert {each.kind for each in batches.listed(connection, kind="approve", limit=50)} == {"approve"}
        assert [each.state for each in batches.listed(connection, state="failed", limit=50)] == ["failed"]
    with database.reading(HIMEJI) as connection:
        assert not {each.id for each in whole} & {each.id for each in batches.listed(connection, limit=500)}


def test_what_administrators_and_schedules_began_is_among_the_batches(database: Database) -> None:
    with database.transaction(MunicipalityCode("285013")) as connection:
        officer, signer = _an_officer(connection), _an_officer(connection)
        signed = {"approved_by": signer, "approved_at": _ago(1), "asked_at": _ago(1)}
        connection.execute(insert(bulk).values(account_id=officer, kind="hold", state="finished", **signed))
        connection.execute(insert(bulk).values(account_id=officer, kind="hold", state="proposed"))
        asked = insert(replay).values(account_id=officer, finished_at=_ago(0)).returning(replay.c.id)
        replayed = connection.execute(asked).scalar_one()
        broken = {"replay_id": replayed, "receipt_number": _stuck(connection), "outcome": "would_break"}
        connection.execute(insert(replay_case).values(broken))
        run = {"finished_at": _ago(0), "due": 9, "held": 2, "purged": 7}
        connection.execute(insert(retention_run).values(id=f"retention-{uuid4()}", **run))
        whole = batches.listed(connection, limit=50)

    assert [(each.kind, each.state, each.failing) for each in whole] == [
        ("replay", "incomplete", True), ("retention", "finished", False), ("repair", "finished", False),
    ]  # fmt: skip
    progress = [(each.total, each.done, each.failed) for each in whole]
    assert progress == [(1, 0, 1), (7, 7, 0), (None, None, None)], "an order without a case counts none"


def test_a_case_is_on_hold_from_the_order_it_took_in_to_the_one_that_lets_it_go_on(database: Database) -> None:
    with database.transaction(MunicipalityCode("285013")) as connection:
        number = _stuck(connection)

        def told(kind: str, status: str, hours: int) -> bool:
            row = {"receipt_number": number, "kind": kind, "payload": {}, "status": status, "created_at": _ago(hours)}
            connection.execute(insert(command).values(row))
            (one,) = console.read(connection, [number])
            (listed,) = (each for each in console.listed(connection, CaseWanted(), limit=50).cases if each == one)
            return listed.held

        assert not told("hold", "pending", 9)
        assert told("hold", "acknowledged", 8)
        assert told("resume", "refused", 7)
        assert not told("resume", "acknowledged", 6)


def _paged(connection: Connection, size: int) -> list[Batch]:
    found: list[Batch] = []
    place = None
    while page := batches.listed(connection, after=place, limit=size):
        found += page
        place = BatchPlace(page[-1].failing, page[-1].started_at, page[-1].id)
    return found


def _ago(hours: int) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


def _an_officer(connection: Connection) -> object:
    account_id = an_account(connection)
    connection.execute(text("insert into officer (account_id, name) values (:id, '職員')"), {"id": account_id})
    return account_id


def _stuck(connection: Connection, *lines: tuple[str, ...]) -> ReceiptNumber:
    """A case at the register whose audit log has these lines."""
    number = ReceiptNumber(f"282014-{uuid4().hex[:12]}")
    connection.execute(
        text(
            "insert into case_file (receipt_number, account_id, procedure, version, department, language, status, step,"
            " received_at, due_at) values (:n, :a, 'p', 1, 'd', 'ja', 'awaiting_neighbour', 'register', now(), now())"
        ),
        {"n": number, "a": an_account(connection)},
    )
    for action in (each for part in lines for each in part):
        line = {"receipt_number": number, "seq": 0, "actor": "counter", "action": action, "step": "register"}
        connection.execute(insert(audit).values(**line, facts={}, prev_hash=b"", hash=b""))
    return number

"""受信箱の一覧: what it finds and counts, and by which plans, with many tasks around."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, text

from machine.layout import Layout
from machine.postgres import Role
from procedures.values import ProcedureId, ReceiptNumber
from store import decisions, due_calendar, inbox, leases, names, people, tasks
from store.database import Database
from store.inbox import FLAGS, HOLDINGS, ORDERS, Looker, Order, Place, Span, Wanted
from store.people import Duty
from store.tasks import TaskRow
from tests.store.conftest import HIMEJI, an_account, migrated

OPEN, CLOSED = 9_000, 100_000
PAGE = 50
FUNCTIONS = 4
"""Each procedure has one function; the last of them in a department of its own."""

FILL = f"""
set app.municipality = '282014';
create function pg_temp.city(n int) returns text language sql immutable as
  $$ select '282014-26' || lpad((n / 100000 + 1)::text, 4, '0') || '-' || lpad((n % 100000)::text, 5, '0') $$;
insert into case_file
       (receipt_number, account_id, procedure, version, department, language, status, received_at, due_at)
  select pg_temp.city(n), (select id from account limit 1), 'procedure_' || n % {FUNCTIONS}, 1,
         case when n % {FUNCTIONS} = 3 then 'annex' else 'residents' end, 'ja', 'under_review',
         now() - n % 900 * interval '1 minute', now()
    from generate_series(1, {OPEN + CLOSED}) n;
insert into task (receipt_number, step, epoch, kind, function, department, procedure, received_at, findings, opened_at,
                  due_at, deemed_at, escalated, assignee, lease_until, closed_at)
  select c.receipt_number, 'review', 1, 'review', 'function_' || n % {FUNCTIONS}, c.department, c.procedure,
         c.received_at, case when n % 7 = 0 then '{{other_cases_open}}' else '{{}}' end::text[], now(),
         now() + (n % 1009 - 200) * interval '10 minutes',
         case when n % 89 = 0 then now() + (n % 31) * interval '1 day' end, n % 97 = 0,
         case when n % 10 < 3 then (select account_id from officer order by name limit 1 offset n % 10) end,
         case when n % 10 < 3 then now() + (n % 5 - 1) * interval '10 minutes' end,
         case when n > {OPEN} then now() end
    from generate_series(1, {OPEN + CLOSED}) n join case_file c on c.receipt_number = pg_temp.city(n);
insert into case_name (receipt_number, department, key)
  select receipt_number, department, 'ヒメジ' || n
    from generate_series(1, {OPEN + CLOSED}) n join case_file on receipt_number = pg_temp.city(n)
"""


OFFICERS = 3
WHERE = ("residents", "annex")
ALL = tuple(
    Duty("annex" if n == FUNCTIONS - 1 else "residents", f"function_{n}") for n in range(FUNCTIONS)
)  # fmt: skip
EVERYWHERE = (Duty("*", "function_1"), Duty("residents", "function_2"))
WISHES = tuple(
    Wanted(procedure=procedure, function=function, holding=holding, flag=flag, order=order)
    for procedure, function in ((None, None), (ProcedureId("procedure_1"), None), (None, "function_1"))
    for holding in (None, *HOLDINGS)
    for flag in (None, *FLAGS)
    for order in ORDERS
    if order != "escalated" or holding is None
)
SINCE = datetime.now(UTC) - timedelta(hours=6)
A_DAY = Span(SINCE, SINCE + timedelta(days=1))
ON_A_DAY = tuple(replace(wanted, due=A_DAY) for wanted in WISHES[::13])


@pytest.fixture(scope="module")
def crowded(town: Layout, worker_id: str) -> Iterator[Database]:
    """大勢の待つ市: many tasks, held by three officers, in a database of their own."""
    name = f"inbox_{worker_id}_{os.getpid()}"
    with migrated(town, name) as settings, closing(Database(settings)) as database:
        with database.transaction(HIMEJI) as connection:
            for n in range(OFFICERS):
                people.appoint(connection, an_account(connection), f"職員{n}", ALL)
        with town.postgres.connect(Role.OWNER, name) as owner:
            owner.execute(FILL)
            owner.execute("vacuum analyze")
        yield database


@pytest.fixture
def asked(crowded: Database) -> Iterator[Connection]:
    with crowded.reading(HIMEJI) as connection:
        yield connection


def a_looker(connection: Connection, duties: tuple[Duty, ...] = ALL) -> Looker:
    account_id = connection.execute(text("select account_id from officer order by name limit 1")).scalar_one()
    return Looker(account_id, duties, datetime.now(UTC) + timedelta(days=1))


def plans(connection: Connection, ask: Callable[[], object]) -> list[dict[str, Any]]:
    """The nodes of the plans of all statements that `ask` sends."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        sent.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(connection, "before_cursor_execute", note)
    assert sent, "nothing was asked"
    explained = [connection.exec_driver_sql(f"explain (format json) {each}", values) for each, values in sent]
    return [node for found in explained for node in nodes(found.scalar_one()[0]["Plan"])]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def read_through(connection: Connection, looker: Looker, wanted: Wanted, size: int) -> list[TaskRow]:
    """All pages, one after the other."""
    found: list[TaskRow] = []
    place: Place | None = None
    while page := inbox.listed(connection, looker, wanted, after=place, limit=size):
        found += page
        last = page[-1]
        at = last.received_at if wanted.order == "received" else last.due_at
        place = Place(at, last.id, last.escalated)
    return found


def test_nothing_an_inbox_asks_reads_a_whole_table(asked: Connection) -> None:
    for duties in (ALL, ALL[1:2], EVERYWHERE):
        looker = a_looker(asked, duties)
        place = Place(datetime.now(UTC), UUID(int=0))
        numbered = partial(inbox.numbered, asked, looker, tail="00017", limit=PAGE)
        questions = [numbered, partial(numbered, number=ReceiptNumber("282014-260001-00017"))]
        questions += [
            partial(names.found, asked, looker.duties, WHERE, "ヒメジ77", PAGE),
            partial(leases.next_end, asked),
        ]
        for wanted in (*WISHES, *ON_A_DAY):
            questions += [
                partial(inbox.listed, asked, looker, wanted, limit=PAGE),
                partial(inbox.listed, asked, looker, wanted, after=place, limit=PAGE),
                partial(inbox.counted, asked, looker, wanted),
            ]
        for question in questions:
            for node in plans(asked, question):
                whole = node["Node Type"] == "Seq Scan" and node["Relation Name"] in ("task", "case_file", "case_name")
                assert not whole, f"{question} reads all of {node.get('Relation Name')}: {node}"


def test_pages_follow_each_other_without_gap_or_repetition(asked: Connection) -> None:
    looker = a_looker(asked, EVERYWHERE)
    for order in ORDERS:
        wanted = Wanted(procedure=ProcedureId("procedure_2"), holding="free", flag="doubtful", order=order)
        found = read_through(asked, looker, wanted, size=37)
        at: list[object] = [
            {"due": row.due_at, "received": row.received_at, "escalated": (not row.escalated, row.due_at)}[order]
            for row in found
        ]

        assert at == sorted(at)  # type: ignore[type-var]
        assert len({row.id for row in found}) == len(found) == inbox.counted(asked, looker, wanted).shown > 37


def test_every_filter_counts_what_it_lists(asked: Connection) -> None:
    looker = a_looker(asked, EVERYWHERE)
    for wanted in (*(each for each in WISHES if each.order == "due"), *ON_A_DAY):
        counts, found = inbox.counted(asked, looker, wanted), read_through(asked, looker, wanted, size=OPEN)
        assert counts.shown == len(found), wanted
        for holding in HOLDINGS:
            assert counts.holdings[holding] == inbox.counted(asked, looker, replace(wanted, holding=holding)).shown
        for flag in FLAGS:
            assert counts.flags[flag] == inbox.counted(asked, looker, replace(wanted, flag=flag)).shown
        for procedure, count in counts.procedures.items():
            assert count == inbox.counted(asked, looker, replace(wanted, procedure=procedure)).shown


def test_each_open_task_is_free_mine_or_a_colleagues(asked: Connection) -> None:
    looker = a_looker(asked)
    counts = inbox.counted(asked, looker, Wanted())
    assert counts.total == sum(counts.holdings.values()) == OPEN
    free = inbox.listed(asked, looker, Wanted(holding="free"), limit=OPEN)
    now = datetime.now(UTC)
    assert all(row.assignee is None or (row.lease_until is not None and row.lease_until < now) for row in free)
    assert any(row.assignee for row in free), "a colleague's whose lease ran out"


def test_a_function_shows_no_task_of_another_department(asked: Connection) -> None:
    elsewhere = a_looker(asked, (Duty("residents", "function_3"),))
    assert inbox.counted(asked, elsewhere, Wanted()).total == 0
    assert inbox.listed(asked, elsewhere, Wanted(), limit=PAGE) == ()
    assert inbox.numbered(asked, elsewhere, tail="00003", limit=PAGE) == ()
    assert len(inbox.numbered(asked, a_looker(asked), tail="00003", limit=PAGE)) > 0
    assert inbox.counted(asked, a_looker(asked, (Duty("*", "function_3"),)), Wanted()).total == OPEN // FUNCTIONS


def test_a_number_finds_closed_tasks_too(asked: Connection) -> None:
    looker, number = a_looker(asked), ReceiptNumber(f"282014-26{OPEN // 100000 + 2:04}-00001")
    found = inbox.numbered(asked, looker, number=number, tail="00001", limit=PAGE)
    assert [(row.receipt_number, row.closed_at is None) for row in found] == [(number, False)]


def test_a_name_is_found_by_its_beginning_within_ones_duties(asked: Connection) -> None:
    found, more = names.found(asked, ALL, WHERE, "ヒメジ7777", PAGE)
    assert {row.receipt_number for row in found} == {
        ReceiptNumber(f"282014-260001-{n:05}") for n in (7777, *range(77770, 77780))
    }
    assert not more
    elsewhere, _ = names.found(asked, (Duty("residents", "function_1"),), WHERE, "ヒメジ7777", PAGE)
    assert {row.procedure for row in elsewhere} == {"procedure_1"}
    annex, _ = names.found(asked, ALL, {"annex"}, "ヒメジ7777", PAGE)
    assert {row.department for row in annex} == {"annex"}
    assert names.found(asked, ALL, WHERE, "メジ7777", PAGE) == ((), False)


def test_of_a_common_name_some_are_shown_and_it_is_said(asked: Connection) -> None:
    found, more = names.found(asked, ALL, WHERE, "ヒメジ", PAGE)
    assert (len(found), more) == (PAGE, True)


def test_nobody_counts_for_ever(asked: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not inbox.counted(asked, a_looker(asked, ALL[:1]), Wanted()).capped
    monkeypatch.setattr(inbox, "MOST_COUNTED", 700)
    counts = inbox.counted(asked, a_looker(asked), Wanted())
    assert counts.capped
    assert counts.total == sum(counts.holdings.values()) == 700


def test_a_day_shows_what_falls_due_on_it_and_nothing_else(asked: Connection) -> None:
    found = read_through(asked, a_looker(asked), Wanted(due=A_DAY), size=PAGE)
    assert found
    assert all(A_DAY.since <= row.due_at < A_DAY.until for row in found)
    assert all(row.deemed_at for row in inbox.listed(asked, a_looker(asked), Wanted(flag="statutory"), limit=PAGE))


# --- the next one ------------------------------------------------------------------------------------------------


def somebody_else(connection: Connection, duties: tuple[Duty, ...] = ALL) -> Looker:
    """An officer whose own account has filed nothing."""
    account_id = connection.execute(text("select account_id from officer order by name limit 1 offset 1")).scalar_one()
    return replace(a_looker(connection, duties), account_id=account_id)


@contextmanager
def taken_back(database: Database) -> Iterator[Connection]:
    """A transaction of which nothing stays."""
    with database.transaction(HIMEJI) as connection:
        yield connection
        connection.rollback()


def test_who_asks_for_the_next_task_at_the_same_moment_gets_another_one_without_waiting(crowded: Database) -> None:
    with ExitStack() as open_still:
        connections = [open_still.enter_context(taken_back(crowded)) for _ in range(3)]
        for connection in connections:
            connection.exec_driver_sql("set local lock_timeout = '1s'")
        taken = [inbox.claim_next(each, somebody_else(each), Wanted()) for each in connections]
    with crowded.reading(HIMEJI) as asked:
        first = inbox.listed(asked, somebody_else(asked), Wanted(holding="free"), limit=3)
    assert taken == [row.id for row in first]


@pytest.mark.parametrize("order", ["due", "received"])
def test_the_next_task_is_the_first_one_shown_but_never_of_a_case_one_stepped_aside_from(
    crowded: Database, order: Order
) -> None:
    wanted = Wanted(order=order, flag="doubtful")
    with taken_back(crowded) as connection:
        looker = somebody_else(connection, ALL[1:2])
        shown = inbox.listed(connection, looker, replace(wanted, holding="free"), limit=inbox._REACHED_FOR + 1)
        for row in shown[:-1]:
            decisions.recuse(connection, row.receipt_number, looker.account_id, by=looker.account_id)
        assert inbox.claim_next(connection, looker, wanted) == shown[-1].id
        held = tasks.read(connection, shown[-1].id)
    assert held is not None
    assert (held.assignee, held.version) == (looker.account_id, shown[-1].version + 1)


def test_where_no_task_is_free_nobody_gets_one(asked: Connection) -> None:
    assert inbox.claim_next(asked, somebody_else(asked), Wanted(procedure=ProcedureId("nothing"))) is None


# --- the calendar -----------------------------------------------------------------------------------------------------


def test_the_calendar_counts_as_the_inbox_does_and_reads_no_whole_table(asked: Connection) -> None:
    days = Span(A_DAY.since - timedelta(days=2), A_DAY.until + timedelta(days=40))
    for duties in (ALL, ALL[1:2], EVERYWHERE):
        looker = a_looker(asked, duties)
        questions = [
            partial(due_calendar.due_by_day, asked, duties, days),
            partial(due_calendar.decided_by_law, asked, duties, days),
            partial(due_calendar.overdue, asked, duties),
            partial(due_calendar.loads, asked, duties, days),
        ]
        for question in questions:
            for node in plans(asked, question):
                assert not (node["Node Type"] == "Seq Scan" and node["Relation Name"] == "task"), node
        assert sum(questions[0]().values()) == inbox.counted(asked, looker, Wanted(due=days)).shown
        assert sum(questions[1]().values()) == inbox.counted(asked, looker, Wanted(flag="statutory")).shown
        counts = inbox.counted(asked, looker, Wanted())
        loads = due_calendar.loads(asked, duties, days)
        assert sum(each.total for each in loads) == counts.total
        assert loads[0].name is None, "what nobody holds comes first"
        assert sum(each.overdue for each in loads) == due_calendar.overdue(asked, duties)

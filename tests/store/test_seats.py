"""決裁: seats, deputies beside them, and what is left to be looked over, as the tables hold them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from procedures.values import ReceiptNumber, StepId
from store import approvals, commands, people, tasks
from store.database import Database
from store.people import Duty
from tests.store.conftest import HIMEJI, a_case, an_account

HEAD, DEPUTY = Duty("residents", "head"), Duty("residents", "deputy")


@contextmanager
def a_council(database: Database, seats: int = 2) -> Iterator[tuple[Connection, ReceiptNumber, list[UUID]]]:
    """A level with so many seats of one case."""
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
        opened = [a_seat(connection, case.receipt_number, seat) for seat in range(1, seats + 1)]
        yield connection, case.receipt_number, opened


def a_seat(connection: Connection, receipt_number: ReceiptNumber, seat: int, round_: int = 1) -> UUID:
    return tasks.open_task(
        connection, task_id=None, receipt_number=receipt_number, step=StepId("approve"), epoch=1, kind="approve",
        function="head", due_at=datetime.now(UTC) + timedelta(days=3), findings=[], round_=round_, seat=seat,
    )  # fmt: skip


def an_officer(connection: Connection, name: str = "決裁　春子") -> UUID:
    account_id = an_account(connection)
    people.appoint(connection, account_id, name, [HEAD])
    return account_id


def open_functions(connection: Connection, receipt_number: ReceiptNumber) -> list[str]:
    asked = text("select function from task where receipt_number = :n and closed_at is null order by function, seat")
    return list(connection.execute(asked, {"n": receipt_number}).scalars())


def test_each_seat_and_each_round_has_a_task_of_its_own_and_a_retry_finds_it(database: Database) -> None:
    with a_council(database) as (connection, number, (first, second)):
        assert first != second
        assert a_seat(connection, number, 1) == first
        assert a_seat(connection, number, 1, round_=2) not in (first, second)


def test_a_deputy_is_seated_once_and_only_beside_an_open_task(database: Database) -> None:
    with a_council(database) as (connection, number, (first, second)):
        tasks.close(connection, second, "approve", an_officer(connection))
        for task_id, deputy in ((first, uuid4()), (second, uuid4())):
            approvals.seat_deputy(connection, task_id, deputy, "deputy")
            approvals.seat_deputy(connection, task_id, deputy, "deputy")
        assert open_functions(connection, number) == ["deputy", "head"]


def test_what_a_deputy_decided_waits_for_the_level_until_it_is_looked_over(database: Database) -> None:
    with a_council(database, seats=1) as (connection, number, (own,)):
        deputy = uuid4()
        approvals.seat_deputy(connection, own, deputy, "deputy")
        tasks.close(connection, deputy, "approve", an_officer(connection, "書写　冬樹"))

        assert approvals.close_beside(connection, [own])

        assert [row.task_id for row in approvals.deputised(connection, [HEAD]) if row.receipt_number == number] == [own]
        assert number not in {row.receipt_number for row in approvals.deputised(connection, [DEPUTY])}
        sealed = [row for row in approvals.of_case(connection, number, 1) if row.outcome == "approve"]
        assert [(row.officer_name, row.deputy) for row in sealed] == [("書写　冬樹", True)]
        assert approvals.look_over(connection, own)
        assert not approvals.look_over(connection, own)
        assert number not in {row.receipt_number for row in approvals.deputised(connection, [HEAD])}


def test_where_the_level_decides_itself_nothing_is_left_to_look_over(database: Database) -> None:
    with a_council(database, seats=1) as (connection, number, (own,)):
        deputy = uuid4()
        approvals.seat_deputy(connection, own, deputy, "deputy")
        tasks.close(connection, own, "approve", an_officer(connection))

        assert not approvals.close_beside(connection, [deputy])

        assert open_functions(connection, number) == []
        assert number not in {row.receipt_number for row in approvals.deputised(connection, [HEAD])}


def test_a_decision_on_its_way_holds_its_own_seat_and_no_other(database: Database) -> None:
    with a_council(database) as (connection, number, (first, second)):
        officer = an_officer(connection)
        versions = [tasks.claim(connection, each, 1, officer) for each in (first, second)]
        commands.write(connection, HIMEJI, number, "decide", {"task_id": str(first)})

        held, free = (
            tasks.prepare_decision(connection, each, version or 0, officer, reason="", result={})
            for each, version in zip((first, second), versions, strict=True)
        )

        assert (held, free) == (False, True)


def test_what_officers_say_to_each_other_is_no_reason_for_the_resident(database: Database) -> None:
    with a_council(database) as (connection, number, (first, second)):
        officer = an_officer(connection)
        for task_id, outcome, reason in ((first, "reject", "要件を満たしません。"), (second, "return", "庁内のみ")):
            version = tasks.claim(connection, task_id, 1, officer)
            tasks.prepare_decision(connection, task_id, version or 0, officer, reason=reason, result={})
            tasks.close(connection, task_id, outcome, officer)
        assert tasks.newest_reason(connection, number) == "要件を満たしません。"

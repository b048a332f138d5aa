"""受信箱: claim, decision and closing, each one conditional UPDATE."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID

from sqlalchemy import Connection, text

from procedures.values import StepId
from store import commands, inbox, people, tasks
from store.database import Database
from store.inbox import Looker, Wanted
from store.people import Duty
from store.tasks import TaskRow
from tests.store.conftest import HIMEJI, a_case, an_account


@contextmanager
def an_open_task(database: Database) -> Iterator[tuple[Connection, TaskRow]]:
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
        task_id = tasks.open_task(
            connection,
            task_id=None,
            receipt_number=case.receipt_number,
            step=StepId("review"),
            epoch=1,
            kind="review",
            function="certificate_review",
            due_at=datetime.now(UTC) + timedelta(days=3),
            findings=["register_differs_address"],
        )
        task = tasks.read(connection, task_id)
        assert task is not None
        yield connection, task


def an_officer(connection: Connection) -> UUID:
    account_id = an_account(connection)
    people.appoint(connection, account_id, "窓口　一郎", [Duty("residents", "certificate_review")])
    return account_id


def prepared(connection: Connection, task: TaskRow, version: int, officer: UUID) -> bool:
    return tasks.prepare_decision(connection, task.id, version, officer, reason="", result={"marks": {}})


def test_opening_a_step_again_finds_the_task_it_opened(database: Database) -> None:
    with an_open_task(database) as (connection, task):
        again = tasks.open_task(
            connection,
            task_id=None,
            receipt_number=task.receipt_number,
            step=task.step,
            epoch=task.epoch,
            kind="review",
            function=task.function,
            due_at=task.due_at,
            findings=[],
        )
        assert again == task.id


def test_a_claimed_task_is_free_again_when_its_lease_has_run_out(database: Database) -> None:
    with an_open_task(database) as (connection, task):
        one, other = an_officer(connection), an_officer(connection)
        claimed = tasks.claim(connection, task.id, task.version, one)
        assert claimed == task.version + 1
        assert tasks.claim(connection, task.id, claimed, other) is None

        connection.execute(
            text("update task set lease_until = now() - interval '1 second' where id = :id"), {"id": task.id}
        )

        assert tasks.claim(connection, task.id, claimed, other) == claimed + 1


def test_a_stale_page_decides_nothing(database: Database) -> None:
    with an_open_task(database) as (connection, task):
        officer = an_officer(connection)
        claimed = tasks.claim(connection, task.id, task.version, officer)
        assert claimed is not None
        assert not prepared(connection, task, task.version, officer)
        assert prepared(connection, task, claimed, officer)


def test_while_a_decision_is_on_its_way_no_other_takes_its_place(database: Database) -> None:
    with an_open_task(database) as (connection, task):
        officer = an_officer(connection)
        claimed = tasks.claim(connection, task.id, task.version, officer)
        assert claimed is not None
        assert prepared(connection, task, claimed, officer)
        sent = commands.write(connection, HIMEJI, task.receipt_number, "decide", {"task_id": str(task.id)})

        assert not prepared(connection, task, claimed + 1, officer)

        commands.refuse(connection, sent.id, "DutiesNotSeparated")
        assert prepared(connection, task, claimed + 1, officer)


def test_a_task_is_closed_once(database: Database) -> None:
    with an_open_task(database) as (connection, task):
        officer = an_officer(connection)
        assert tasks.close(connection, task.id, "approve", officer) == {}
        assert tasks.close(connection, task.id, "approve", officer) is None
        looker = Looker(officer, [Duty("*", "certificate_review")], task.due_at)
        assert task.id not in {each.id for each in inbox.listed(connection, looker, Wanted(), limit=1000)}


def test_of_sixteen_who_claim_a_task_at_once_one_has_it(database: Database) -> None:
    with an_open_task(database) as (connection, task):
        officers = [an_officer(connection) for _ in range(16)]
    start = Barrier(len(officers))

    def claim(officer: UUID) -> int | None:
        start.wait(timeout=10)
        with database.transaction(HIMEJI) as connection:
            return tasks.claim(connection, task.id, task.version, officer)

    with ThreadPoolExecutor(len(officers)) as pool:
        answers = dict(zip(officers, pool.map(claim, officers), strict=True))

    winners = [officer for officer, version in answers.items() if version is not None]
    with database.reading(HIMEJI) as connection:
        now = tasks.read(connection, task.id)
    assert now is not None
    assert [now.assignee] == winners
    assert now.version == task.version + 1


def test_a_case_that_is_yet_to_begin_again_is_none_the_reconciler_looks_at(database: Database) -> None:
    with an_open_task(database) as (connection, task):
        assert task.receipt_number in tasks.open_cases(connection)
        begun = commands.write(connection, HIMEJI, task.receipt_number, "start", {})
        assert task.receipt_number not in tasks.open_cases(connection)
        commands.acknowledge(connection, begun.id)
        assert task.receipt_number in tasks.open_cases(connection)

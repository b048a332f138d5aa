"""担当の時間切れ: what ran out is everybody's again; what runs on is left alone."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from store import leases, tasks
from store.database import Database
from store.tasks import LEASE, TaskRow
from tests.store.test_tasks import an_officer, an_open_task
from workflows.lease_workflow import SHORTEST_LEASE


def end(connection: Connection, task: TaskRow) -> None:
    connection.execute(
        text("update task set lease_until = now() - interval '1 second' where id = :id"), {"id": task.id}
    )


def test_a_lease_that_ran_out_is_released_once(database: Database) -> None:
    with an_open_task(database) as (connection, task):
        version = tasks.claim(connection, task.id, task.version, an_officer(connection))
        assert leases.release_lapsed(connection) == ()
        end(connection, task)

        lapsed = leases.release_lapsed(connection)

        assert [(each.receipt_number, each.step) for each in lapsed] == [(task.receipt_number, task.step)]
        now = tasks.read(connection, task.id)
        assert now is not None
        assert (now.assignee, now.lease_until, now.version) == (None, None, (version or 0) + 1)
        assert leases.release_lapsed(connection) == ()


def test_who_comes_back_to_an_old_page_is_told_so(database: Database) -> None:
    with an_open_task(database) as (connection, task):
        officer = an_officer(connection)
        version = tasks.claim(connection, task.id, task.version, officer) or 0
        end(connection, task)
        leases.release_lapsed(connection)
        assert not tasks.prepare_decision(connection, task.id, version, officer, reason="", result={})


def test_who_holds_a_task_may_keep_it_longer_and_nobody_else_may(database: Database) -> None:
    with an_open_task(database) as (connection, task):
        officer, another = an_officer(connection), an_officer(connection)
        version = tasks.claim(connection, task.id, task.version, officer) or 0
        connection.execute(
            text("update task set lease_until = now() + interval '1 minute' where id = :id"), {"id": task.id}
        )
        assert tasks.claim(connection, task.id, version, another) is None
        assert tasks.claim(connection, task.id, version, officer) == version + 1
        kept = tasks.read(connection, task.id)
        assert kept is not None
        assert kept.lease_until is not None
        assert kept.lease_until > datetime.now(UTC) + LEASE / 2
        connection.rollback()


def test_the_next_end_is_that_of_the_first_lease_and_none_where_nobody_holds_a_task(database: Database) -> None:
    with an_open_task(database) as (connection, task):
        connection.execute(text("update task set assignee = null, lease_until = null where closed_at is null"))
        assert leases.next_end(connection) is None
        tasks.claim(connection, task.id, task.version, an_officer(connection))
        left = leases.next_end(connection)
        assert left is not None
        assert LEASE - timedelta(minutes=1) < left <= LEASE
        connection.rollback()


def test_no_lease_is_shorter_than_its_watch_may_sleep() -> None:
    assert SHORTEST_LEASE <= LEASE

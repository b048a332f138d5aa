"""指令: taken up by one relay at a time, again and again until acknowledged."""

from sqlalchemy import text

from store import commands
from store.database import Database
from tests.store.conftest import HIMEJI, a_case


def test_a_command_is_the_relays_only_after_its_sender_had_time(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
        written = commands.write(connection, HIMEJI, case.receipt_number, "withdraw", {})
        assert written.id not in {c.id for c in commands.due(connection, 1000)}
        connection.execute(text("update command set next_attempt_at = now() where id = :id"), {"id": written.id})
        taken = commands.due(connection, 1000)
        assert written.id in {c.id for c in taken}
        assert written.id not in {c.id for c in commands.due(connection, 1000)}


def test_two_relays_never_take_the_same_command(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
        written = commands.write(connection, HIMEJI, case.receipt_number, "withdraw", {})
        connection.execute(text("update command set next_attempt_at = now() where id = :id"), {"id": written.id})
    with database.transaction(HIMEJI) as one, database.transaction(HIMEJI) as two:
        first, second = commands.due(one, 1000), commands.due(two, 1000)
    assert written.id in {c.id for c in first}
    assert not {c.id for c in first} & {c.id for c in second}


def test_an_acknowledged_command_is_never_sent_again(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
        written = commands.write(connection, HIMEJI, case.receipt_number, "withdraw", {})
        commands.acknowledge(connection, written.id)
        connection.execute(text("update command set next_attempt_at = now() where id = :id"), {"id": written.id})
        assert written.id not in {c.id for c in commands.due(connection, 1000)}
        assert commands.pending(connection, case.receipt_number) == ()


def test_what_was_acknowledged_since_is_told_again_and_nothing_else(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
        before, after, refused = (
            commands.write(connection, HIMEJI, case.receipt_number, "retry_now", {}) for _ in range(3)
        )
        commands.acknowledge(connection, before.id)
        commands.acknowledge(connection, after.id)
        commands.refuse(connection, refused.id, "TaskClosed")
        connection.execute(
            text("update command set acknowledged_at = now() + interval '1 hour' where id = any(:ids)"),
            {"ids": [after.id, refused.id]},
        )
        moment = connection.execute(text("select now() + interval '1 minute'")).scalar_one()
        assert commands.tell_again(connection, moment) == 1
        assert after.id in {command.id for command in commands.due(connection, 1000)}
        assert [commands.find(connection, each.id).status for each in (before, after, refused)] == [  # type: ignore[union-attr]
            "acknowledged", "pending", "refused"
        ]  # fmt: skip
        connection.rollback()


def test_what_a_workflow_had_taken_in_before_is_asked_again_until_the_case_is_closed(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
        told = commands.write(connection, HIMEJI, case.receipt_number, "retry_now", {})
        commands.acknowledge(connection, told.id)
        commands.tell_again(connection, connection.execute(text("select now() - interval '1 minute'")).scalar_one())
        commands.refuse(connection, told.id, "TaskClosed")
        assert commands.find(connection, told.id) == commands.Told("pending", None)
        commands.refuse(connection, told.id, commands.CASE_CLOSED)
        assert commands.find(connection, told.id) == commands.Told("acknowledged", None)
        connection.rollback()

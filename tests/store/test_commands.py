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

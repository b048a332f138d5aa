"""監査記録: it only grows, and every line is chained to the one before."""

import hashlib

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from store import cases
from store.database import Database
from tests.store.conftest import HIMEJI, a_case

LINES = """select seq, prev_hash, hash, actor, action, coalesce(step, ''), facts::text,
                  to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
             from audit where receipt_number = %s order by seq"""


def test_each_line_carries_the_hash_of_the_one_before(database: Database, owner: psycopg.Connection) -> None:
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
        cases.say(connection, case.receipt_number, "received", actor="resident")
        cases.say(connection, case.receipt_number, "payment_opened", step="fee", facts={"amount": 300})
    with database.transaction(HIMEJI) as connection:
        cases.say(connection, case.receipt_number, "closed")

    before, numbers = b"", []
    for seq, prev_hash, found, actor, action, step, facts, at in owner.execute(LINES, [case.receipt_number]):
        line = "\x1f".join([case.receipt_number, HIMEJI, str(seq), at, actor, action, step, facts])
        assert prev_hash == before
        assert found == hashlib.sha256(before + line.encode()).digest()
        before, numbers = found, [*numbers, seq]
    assert numbers == [1, 2, 3]


@pytest.mark.parametrize("statement", ["update audit set action = 'approved'", "delete from audit"])
def test_the_application_cannot_alter_it(database: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), database.transaction(HIMEJI) as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("statement", ["update audit set action = 'approved'", "delete from audit"])
def test_even_the_owner_is_stopped(database: Database, owner: psycopg.Connection, statement: str) -> None:
    with database.transaction(HIMEJI) as connection:
        cases.say(connection, a_case(connection).receipt_number, "received")
    with pytest.raises(psycopg.errors.RaiseException, match="only grows"):
        owner.execute(statement)


def test_the_chains_end_cannot_be_forged(database: Database) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), database.transaction(HIMEJI) as connection:
        connection.execute(text("update audit_head set length = 0"))

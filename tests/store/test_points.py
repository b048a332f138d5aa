"""ポイント台帳: double entry, once per programme and person, and reversible."""

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import DatabaseError

from procedures.values import PersonId, Points
from store import points
from store.database import Database
from store.tables import points_posting, points_transaction
from tests.store.conftest import HIMEJI, a_case


def award(connection, case, person: str) -> bool:
    return points.award(
        connection,
        receipt_number=case.receipt_number,
        programme="happy_pass",
        person_id=PersonId(person),
        account_id=case.account_id,
        points=Points(5000),
    )


def test_a_person_is_awarded_once_per_programme(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        case, other = a_case(connection), a_case(connection)
        person = f"person-{case.receipt_number}"
        assert award(connection, case, person)
        assert not award(connection, other, person)
        assert [line.points for line in points.lines(connection, case.account_id)] == [5000]
        assert points.lines(connection, other.account_id) == ()


def test_a_reversed_award_may_be_given_again(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
        person = f"person-{case.receipt_number}"
        award(connection, case, person)
        assert points.reverse(connection, case.receipt_number) == 5000
        assert points.reverse(connection, case.receipt_number) == 0
        assert award(connection, case, person)
        assert sum(line.points for line in points.lines(connection, case.account_id)) == 5000


def test_postings_that_do_not_sum_to_zero_are_refused(database: Database) -> None:
    def book_one_side(connection: Connection) -> None:
        row = {"receipt_number": a_case(connection).receipt_number, "programme": "p", "person_id": "x"}
        statement = insert(points_transaction).values({**row, "kind": "award", "sequence": 0})
        transaction = connection.execute(statement.returning(points_transaction.c.id)).scalar_one()
        posting = {"transaction_id": transaction, "ledger_account": "residents", "points": 5}
        connection.execute(insert(points_posting).values(posting))

    with pytest.raises(DatabaseError, match="do not sum to zero"), database.transaction(HIMEJI) as connection:
        book_one_side(connection)

"""任命: each leaves a line that stays, and of two administrators who dismiss each other one remains."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from sqlalchemy import Connection

from store import people
from store.database import Database
from store.people import Duty
from tests.store.conftest import TATSUNO, an_account

REVIEW, ADMINISTRATOR = Duty("residents", "certificate_review"), Duty("*", "administrator")


def an_officer(connection: Connection, *duties: Duty, name: str = "窓口　一郎") -> UUID:
    account_id = an_account(connection)
    people.appoint(connection, account_id, name, duties)
    return account_id


def test_every_appointment_leaves_a_line_that_stays(database: Database) -> None:
    with database.transaction(TATSUNO) as connection:
        officer, by = an_officer(connection, REVIEW), an_officer(connection, REVIEW, name="管理　夏男")
        people.appoint(connection, officer, "窓口　一子", [Duty("health", "health_review")], by=by)
        people.dismiss(connection, officer, by=by)
        told = [(each.name, each.duties, each.by_name) for each in people.appointments(connection, officer)]
    assert told == [
        ("窓口　一子", (), "管理　夏男"),
        ("窓口　一子", (Duty("health", "health_review"),), "管理　夏男"),
        ("窓口　一郎", (REVIEW,), None),
    ]


def test_of_two_administrators_who_dismiss_each_other_at_once_one_stays(database: Database) -> None:
    with database.transaction(TATSUNO) as connection:
        for each in people.hold_administrators(connection):
            people.dismiss(connection, each)
        both = [an_officer(connection, ADMINISTRATOR) for _ in range(2)]
    ready = Barrier(2)

    def dismiss(other: UUID) -> bool:
        with database.transaction(TATSUNO) as connection:
            ready.wait(timeout=10)
            if people.hold_administrators(connection) == {other}:
                return False
            people.dismiss(connection, other)
            return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(dismiss, both))

    assert sorted(done) == [False, True]
    with database.transaction(TATSUNO) as connection:
        assert len(people.hold_administrators(connection)) == 1

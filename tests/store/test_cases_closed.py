"""終結した案件: stays as it ended, whatever a workflow that was begun again tells of it."""

from sqlalchemy import func, select

from procedures.values import MunicipalityCode
from store import cases
from store.database import Database
from store.tables import case_file
from tests.store.conftest import a_case

CITY = MunicipalityCode("284815")


def test_only_what_closes_a_case_says_something_new_of_a_closed_one(database: Database) -> None:
    with database.transaction(CITY) as connection:
        number = a_case(connection, CITY).receipt_number

        def status() -> str:
            return str(connection.execute(select(case_file.c.status).filter_by(receipt_number=number)).scalar_one())

        cases.show(connection, number, status="awaiting_neighbour", step="register")
        assert status() == "awaiting_neighbour"
        cases.show(connection, number, status="delivered", closed_at=func.now())
        cases.show(connection, number, status="awaiting_neighbour", step="register")
        assert status() == "delivered"
        cases.show(connection, number, status="recalled", closed_at=func.now())
        assert status() == "recalled"

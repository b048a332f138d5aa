"""自治体の分離: the database itself keeps cities apart, whatever the application asks for."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from procedures.values import MunicipalityCode
from store import cases
from store.database import Database
from store.settings import StoreSettings
from store.tables import case_file, metadata
from tests.store.conftest import HIMEJI, TATSUNO, a_case


def test_a_city_does_not_see_another_citys_case(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
    with database.transaction(TATSUNO) as connection:
        assert cases.read(connection, case.receipt_number) is None
    with database.transaction(HIMEJI) as connection:
        assert cases.read(connection, case.receipt_number) == case


def test_a_city_cannot_change_another_citys_case(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
    with database.transaction(TATSUNO) as connection:
        cases.show(connection, case.receipt_number, status="rejected")
    with database.transaction(HIMEJI) as connection:
        kept = cases.read(connection, case.receipt_number)
    assert kept is not None
    assert kept.status == "received"


def test_a_row_cannot_be_written_into_another_city(database: Database) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), database.transaction(HIMEJI) as connection:
        connection.execute(insert(metadata.tables["account"]).values(municipality=TATSUNO))


@pytest.fixture
def cityless(settings: StoreSettings) -> Iterator[Engine]:
    """The application's role on a connection that names no city."""
    engine = create_engine(make_url(settings.database_url).set(password=settings.password_file.read_text().strip()))
    yield engine
    engine.dispose()


def test_a_connection_keeps_its_city(database: Database) -> None:
    """Thirty visits in turn share each city's few connections, and each sees its own city."""
    for city in (HIMEJI, TATSUNO) * 15:
        with database.transaction(city) as writing, database.reading(city) as reading:
            asked = text("select current_setting('app.municipality')")
            assert (writing.execute(asked).scalar_one(), reading.execute(asked).scalar_one()) == (city, city)


def test_a_city_is_a_code_and_nothing_else(database: Database) -> None:
    with (
        pytest.raises(ValueError, match="no municipality code"),
        database.transaction(MunicipalityCode("1 -c role=madoguchi_owner")),
    ):
        pass


def test_without_a_city_nothing_is_readable(database: Database, cityless: Engine) -> None:
    with database.transaction(HIMEJI) as connection:
        a_case(connection)
    with cityless.begin() as connection:
        assert connection.execute(select(case_file.c.receipt_number)).all() == []


def test_without_a_city_nothing_can_be_written(cityless: Engine) -> None:
    with pytest.raises(DBAPIError, match="row-level security"), cityless.begin() as connection:
        connection.execute(insert(metadata.tables["account"]).values(municipality=""))


def test_every_table_has_its_policy(owner: psycopg.Connection) -> None:
    unprotected = owner.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        " and not relrowsecurity and relname <> 'alembic_version'"
    ).fetchall()
    assert unprotected == [], "give these tables a policy in a migration (see 0002_safeguards)"


def test_the_application_role_cannot_bypass_its_policies(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        role = connection.execute(
            text("select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user")
        ).one()
        owned = connection.execute(text("select count(*) from pg_tables where tableowner = current_user")).scalar_one()
    assert (*role, owned) == (False, False, False, 0)

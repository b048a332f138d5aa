"""接続: a connection that the server closed while it lay idle is replaced, and nobody notices."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from machine.layout import Layout
from machine.postgres import Role
from procedures.values import MunicipalityCode
from store.database import Database
from store.settings import StoreSettings

NOBODYS = MunicipalityCode("285862")


def pid(connection: Connection) -> int:
    return int(connection.execute(text("select pg_backend_pid()")).scalar_one())


def end(town: Layout, backend: int) -> None:
    with town.postgres.connect(Role.ADMIN) as admin:
        admin.execute("select pg_terminate_backend(%s, 5000)", [backend])


def test_a_connection_closed_while_idle_is_replaced(town: Layout, settings: StoreSettings) -> None:
    database = Database(settings)
    with database.transaction(NOBODYS) as connection:
        closed = pid(connection)
    end(town, closed)

    with database.transaction(NOBODYS) as connection:
        assert pid(connection) != closed
        assert connection.execute(text("select current_setting('app.municipality')")).scalar_one() == NOBODYS
    database.close()


def test_a_living_connection_is_used_again_without_asking_the_server(settings: StoreSettings) -> None:
    database = Database(settings)
    with database.transaction(NOBODYS) as connection:
        first = pid(connection)
    with database.reading(NOBODYS) as connection:
        assert pid(connection) == first
    database.close()


def test_a_connection_closed_in_use_is_an_error_and_never_a_silence(town: Layout, settings: StoreSettings) -> None:
    database = Database(settings)
    with pytest.raises(OperationalError):
        use_what_was_closed(town, database)
    database.close()


def use_what_was_closed(town: Layout, database: Database) -> None:
    with database.transaction(NOBODYS) as connection:
        end(town, pid(connection))
        connection.execute(text("select 1"))

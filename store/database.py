"""データベース: connections that belong to one municipality each.

Row-level security reads `app.municipality`. Every connection is opened with it and keeps it to its end, and each
municipality has its own pool: nothing is set per transaction, so nothing can be forgotten or left behind.
"""

import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError

from procedures.values import MunicipalityCode
from store.settings import StoreSettings


class Database:
    """データベース: one engine per process and municipality."""

    def __init__(self, settings: StoreSettings) -> None:
        self._url = make_url(settings.database_url).set(password=settings.password_file.read_text().strip())
        self._pool_size = settings.pool_size
        self._engines: dict[MunicipalityCode, Engine] = {}
        self._lock = threading.Lock()

    @contextmanager
    def transaction(self, municipality: MunicipalityCode) -> Iterator[Connection]:
        """取引: everything in the block is written, or nothing."""
        with self._engine(municipality).begin() as connection:
            yield connection

    @contextmanager
    def reading(self, municipality: MunicipalityCode) -> Iterator[Connection]:
        """閲覧: each statement by itself. Under READ COMMITTED a transaction would show no more, for two more trips."""
        with self._engine(municipality).connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        for engine in self._engines.values():
            engine.dispose()

    def _engine(self, municipality: MunicipalityCode) -> Engine:
        with self._lock:
            if municipality not in self._engines:
                self._engines[municipality] = self._open(municipality)
            return self._engines[municipality]

    def _open(self, municipality: MunicipalityCode) -> Engine:
        if not (municipality.isascii() and municipality.isdecimal()):
            raise ValueError(f"{municipality!r} is no municipality code: it is six digits.")
        options = {"options": f"-c app.municipality={municipality}"}
        engine = create_engine(self._url, connect_args=options, pool_size=self._pool_size, max_overflow=0)
        event.listen(engine, "checkout", _require_alive)
        return engine


def _require_alive(connection: psycopg.Connection[object], *_: object) -> None:
    """生存確認: an idle connection with something to read was closed by the server; another one is opened instead.

    In place of SQLAlchemy's pre-ping, which asks the server: one trip more for every use (a fifth of a submission).
    """
    look = select.poll()
    try:
        look.register(connection.fileno(), select.POLLIN)
    except psycopg.OperationalError as error:
        raise DisconnectionError("The connection was closed.") from error
    if look.poll(0):
        raise DisconnectionError("The server closed the connection.")

"""データベース: transactions bound to one municipality.

Row-level security reads `app.municipality`; it is set at the start of every transaction and gone at its end, so a
pooled connection cannot carry one city's rights into another's request.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, make_url, text

from procedures.values import MunicipalityCode
from store.settings import StoreSettings

_ENTER = text("select set_config('app.municipality', :municipality, true)")


class Database:
    """データベース: one engine per process."""

    def __init__(self, settings: StoreSettings) -> None:
        url = make_url(settings.database_url).set(password=settings.password_file.read_text().strip())
        self._engine = create_engine(url, pool_size=settings.pool_size, max_overflow=0, pool_pre_ping=True)

    @contextmanager
    def transaction(self, municipality: MunicipalityCode) -> Iterator[Connection]:
        """取引: everything in the block is written, or nothing."""
        with self._engine.begin() as connection:
            connection.execute(_ENTER, {"municipality": municipality})
            yield connection

    def close(self) -> None:
        self._engine.dispose()

"""変更の知らせ: PostgreSQL says at each commit which case or whose inbox changed, and nothing of it.

A *topic* is what changed: a receipt number (migration 0004, case_changed), or the duty whose inbox it is, as
"department function" (migration 0012, inbox_changed).

One connection per web process listens (PostgreSQL, LISTEN), whatever number of pages is open. What is said while the
connection is away is lost: whoever listens is told of the gap once it is back, and looks again.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import make_url

from procedures.values import MunicipalityCode
from store.settings import StoreSettings

log = logging.getLogger(__name__)

CHANNELS = ("case_changed", "inbox_changed")
SHORTEST_PAUSE = 0.25
LONGEST_PAUSE = 5.0
"""Seconds between attempts to connect again."""
NOTICED_WHEN_DEAD: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""A connection whose other end vanished without a word is given up after a minute (libpq, TCP keepalives)."""

Topic = str
Told = Callable[[MunicipalityCode, Topic], None]


class Changes:
    """変更の聞き手. `run` tells `changed` of every change, and `missed` whenever some may have gone unheard."""

    def __init__(self, settings: StoreSettings, changed: Told, missed: Callable[[], None]) -> None:
        url = make_url(settings.database_url)
        self._where: dict[str, Any] = {
            "host": url.host,
            "port": url.port,
            "dbname": url.database,
            "user": url.username,
            "password": settings.password_file.read_text().strip(),
            "application_name": "madoguchi changes",
        }
        self._changed = changed
        self._missed = missed

    async def run(self) -> None:
        """Listens until cancelled, through every restart of PostgreSQL."""
        pause = SHORTEST_PAUSE
        while True:
            try:
                async with await self._connect() as connection:
                    for channel in CHANNELS:
                        await connection.execute(f"listen {channel}")
                    pause = SHORTEST_PAUSE
                    self._missed()
                    async for said in connection.notifies():
                        self._tell(said.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("Not listening for changes: %s. Next attempt in %g s.", type(error).__name__, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            **self._where, **NOTICED_WHEN_DEAD, connect_timeout=5, autocommit=True
        )

    def _tell(self, payload: str) -> None:
        municipality, _, topic = payload.partition(" ")
        if topic:
            self._changed(MunicipalityCode(municipality), topic)

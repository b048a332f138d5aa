"""中継: sends again whatever was committed but not acknowledged (the sender died, or Temporal was away)."""

import asyncio
import logging
from collections.abc import Iterable

from sqlalchemy.exc import OperationalError

from api.dispatch import Dispatch
from procedures.values import MunicipalityCode
from store import commands
from store.commands import Command
from store.database import Database

log = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds between looks."""
BATCH = 50


class Relay:
    """中継: one loop per web process; two of them share the work (SKIP LOCKED)."""

    def __init__(self, database: Database, dispatch: Dispatch, municipalities: Iterable[MunicipalityCode]) -> None:
        self._database = database
        self._dispatch = dispatch
        self._municipalities = tuple(municipalities)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            for municipality in self._municipalities:
                await self._look(municipality)
            await asyncio.sleep(PAUSE)

    async def _look(self, municipality: MunicipalityCode) -> None:
        try:
            for command in await asyncio.to_thread(self._due, municipality):
                await self._dispatch.send(command)
        except OperationalError:
            log.warning("The relay cannot reach the database; it looks again in %s seconds.", PAUSE)

    def _due(self, municipality: MunicipalityCode) -> tuple[Command, ...]:
        with self._database.transaction(municipality) as connection:
            return commands.due(connection, BATCH)

"""中継: sends again whatever was committed but not acknowledged (the sender died, or Temporal was away)."""

import asyncio
import logging
from collections.abc import Iterable

from sqlalchemy.exc import SQLAlchemyError

from api.sending.dispatch import Dispatch
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
            due = await asyncio.to_thread(self._due, municipality)
        except SQLAlchemyError:
            log.warning("The relay cannot reach the database; it looks again in %s seconds.", PAUSE)
            return
        for command in due:
            await self._send(command)

    async def _send(self, command: Command) -> None:
        """Whatever goes wrong with one command, the relay lives on and the others are sent."""
        try:
            await self._dispatch.send(command)
        except Exception:
            log.exception("Command %s (%s) could not be sent; it will be tried again.", command.id, command.kind)

    def _due(self, municipality: MunicipalityCode) -> tuple[Command, ...]:
        with self._database.transaction(municipality) as connection:
            return commands.due(connection, BATCH)

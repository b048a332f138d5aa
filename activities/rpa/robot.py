"""ロボット: takes an order's reference, enters it once, and tells what became of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic
from uuid import NAMESPACE_URL, uuid5

from temporalio.exceptions import ApplicationError

from activities.desk import Desk
from activities.heartbeat import signs_of_life
from activities.rpa.door import Gate
from activities.rpa.errors import PersonNeeded, RobotFailure, SystemClosed, TryAgain
from activities.rpa.once import Entered, OldSystem, enter_once
from activities.rpa.player import Player
from activities.rpa.record import Order, StoredRecord
from activities.rpa.window import Window
from procedures.values import MunicipalityCode
from store import robot_entries
from store.objects import Objects
from store.robot_entries import EntryKey
from workflows.contracts import RobotResult, RobotRun

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Robot(Generic[Order]):
    """ロボット: for one system. `hands`: how it works there; `model`: what its orders are."""

    desk: Desk
    objects: Objects
    window: Window
    gate: Gate
    hands: Callable[[Player], OldSystem[Order]]
    model: type[Order]
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def enter(self, run: RobotRun) -> RobotResult:
        """登録: once, whatever happened before. Raises ApplicationError: final where a person has to look."""
        script = self.window.script
        key = EntryKey(script.id, run.reference)
        settles = timedelta(seconds=script.settles_seconds)
        record = StoredRecord(self.desk, run.municipality, key, self.model, settles)
        try:
            async with self._busy, signs_of_life():
                entered = await enter_once(self._at_work, record)
        except RobotFailure as failure:
            await asyncio.to_thread(self._tell, run.municipality, key, failure)
            raise _told(failure) from None
        await asyncio.to_thread(self.objects.discard, picture_key(run.municipality, key))
        return _result(entered)

    @asynccontextmanager
    async def _at_work(self) -> AsyncIterator[OldSystem[Order]]:
        """A closed system, and one whose turn it is not yet, is waited for without a browser."""
        try:
            self.gate.require_open()
        except SystemClosed:
            await self.window.close()
            raise
        await self.gate.take_turn()
        async with self.window.player() as player:
            yield self.hands(player)

    def _tell(self, municipality: MunicipalityCode, key: EntryKey, failure: RobotFailure) -> None:
        """失敗を残す: on the order, with the picture beside it."""
        picture = picture_key(municipality, key) if failure.picture else None
        if failure.picture and picture:
            self.objects.put(picture, failure.picture)
        name = type(failure).__name__
        log.warning("%s of %s: %s", name, key.system, failure)
        with self.desk.writing(municipality) as connection:
            kept = robot_entries.fail(connection, key, name, str(failure), picture)
        if picture and not kept:  # another attempt has entered it meanwhile
            self.objects.discard(picture)


def picture_key(municipality: MunicipalityCode, key: EntryKey) -> str:
    """画面の写しの鍵: one per order, the newest."""
    return f"{municipality}/robot/{uuid5(NAMESPACE_URL, f'robot:{key.system}/{key.reference}')}"


def _told(failure: RobotFailure) -> ApplicationError:
    return ApplicationError(
        str(failure),
        type=type(failure).__name__,
        non_retryable=isinstance(failure, PersonNeeded),
        next_retry_delay=failure.after if isinstance(failure, TryAgain) else None,
    )


def _result(entered: Entered) -> RobotResult:
    return RobotResult(number=entered.number)

"""控え: an order's record in the database, as `enter_once` wants it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from activities.desk import Desk
from activities.rpa.errors import EntrySuperseded, OrderUnreadable
from activities.rpa.once import Attempt, Entered
from procedures.values import MunicipalityCode
from store import robot_entries
from store.robot_entries import EntryKey, EntryUnplanned

Order = TypeVar("Order", bound=BaseModel)


@dataclass(frozen=True)
class StoredRecord(Generic[Order]):
    """控え: each of its writes is a transaction, committed when it returns."""

    desk: Desk
    municipality: MunicipalityCode
    key: EntryKey
    model: type[Order]
    settles: timedelta

    async def begin(self) -> Attempt[Order]:
        """開始. Raises OrderUnreadable."""
        return await asyncio.to_thread(self._begin)

    async def press(self, attempt: Attempt[Order]) -> None:
        """押下の予告. Raises EntrySuperseded."""
        await asyncio.to_thread(self._press, attempt.number)

    async def finish(self, attempt: Attempt[Order], entered: Entered) -> None:
        """完了. Raises EntrySuperseded."""
        await asyncio.to_thread(self._finish, attempt.number, entered)

    def _begin(self) -> Attempt[Order]:
        try:
            with self.desk.writing(self.municipality) as connection:
                row = robot_entries.begin(connection, self.key, self.settles)
        except EntryUnplanned as error:
            raise OrderUnreadable(str(error)) from None
        try:
            order = self.model.model_validate(row.content)
        except ValidationError:  # which would quote a person's values
            raise OrderUnreadable(f"{self.key.reference} is no {self.model.__name__} any more.") from None
        entered = None if row.number is None else Entered(row.number, row.shown or {})
        return Attempt(row.attempt, order, entered, row.unsettled)

    def _press(self, attempt: int) -> None:
        with self.desk.writing(self.municipality) as connection:
            current = robot_entries.press(connection, self.key, attempt)
        self._require(current)

    def _finish(self, attempt: int, entered: Entered) -> None:
        with self.desk.writing(self.municipality) as connection:
            current = robot_entries.finish(connection, self.key, attempt, entered.number, entered.shown)
        self._require(current)

    def _require(self, current: bool) -> None:
        if not current:
            raise EntrySuperseded(f"A later attempt has begun with {self.key.reference}.")

"""配達係: takes what is due, hands it over, writes down what became of it. No workflow: a mail is no step of a case.

At most once as a rule, at least once for sure: a courier that dies between the server's 250 and our commit leaves the
delivery to the next one, which sends the same bytes under the same Message-ID.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from activities.notify.outcome import AddressRefused, Cancelled, Carrier, TryAgain, Undelivered
from activities.notify.settings import MailSettings
from procedures.values import MunicipalityCode
from store import deliveries
from store.database import Database
from store.deliveries import Delivery
from store.notices import Channel

log = logging.getLogger(__name__)
T = TypeVar("T")


class Courier:
    """配達係: one loop per process; any number of them share the work."""

    def __init__(
        self,
        database: Database,
        municipalities: Sequence[MunicipalityCode],
        carriers: Sequence[Carrier],
        settings: MailSettings,
    ) -> None:
        self._database = database
        self._municipalities = tuple(municipalities)
        self._carriers: Mapping[Channel, Carrier] = {carrier.channel: carrier for carrier in carriers}
        self._settings = settings
        self._free_at = 0.0

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                worked = [await self._look(municipality) for municipality in self._municipalities]
                if not any(worked):
                    await self._rest()
                    await asyncio.sleep(self._settings.poll.total_seconds())
        finally:
            await self._rest()

    async def _look(self, municipality: MunicipalityCode) -> bool:
        """One delivery of this municipality. Whether there was one."""
        try:
            delivery = await self._ask(municipality, self._take)
            if delivery is not None:
                await self._deliver(delivery)
        except SQLAlchemyError as lost:
            log.warning("The courier cannot reach the database (%s); it looks again shortly.", type(lost).__name__)
            return False
        return delivery is not None

    async def _deliver(self, delivery: Delivery) -> None:
        if delivery.channel == "mail":
            await self._keep_pace()
        await self._ask(delivery.municipality, await self._carry(delivery))

    async def _carry(self, delivery: Delivery) -> Callable[[Connection], None]:
        """What to write down. Whatever goes wrong with one delivery, the courier lives on and the others are sent."""
        try:
            await self._carriers[delivery.channel].carry(delivery)
        except Cancelled as cancelled:
            return partial(deliveries.give_up, delivery_id=delivery.id, status="cancelled", error=cancelled.why)
        except Undelivered as failed:
            log.warning("Delivery %s: %s", delivery.id, failed)
            return partial(self._write_down, delivery=delivery, failed=failed)
        except Exception as wrong:
            # Only its kind: the error may quote an address.
            log.warning("Delivery %s cannot be written (%s); it is given up.", delivery.id, type(wrong).__name__)
            return partial(deliveries.give_up, delivery_id=delivery.id, status="failed", error="unwritable")
        return partial(deliveries.mark_sent, delivery_id=delivery.id)

    def _write_down(self, connection: Connection, delivery: Delivery, failed: Undelivered) -> None:
        match failed:
            case TryAgain() if not delivery.expired:
                pause = max(self._settings.pause(delivery.attempts), failed.after)
                deliveries.try_again(connection, delivery.id, failed.error, pause)
            case AddressRefused() if delivery.channel == "push" and delivery.endpoint is not None:
                deliveries.give_up(connection, delivery.id, "bounced", failed.error)
                deliveries.forget_endpoint(connection, delivery.endpoint)
            case AddressRefused():
                deliveries.bounce(connection, delivery.id, failed.error)
            case _:
                deliveries.give_up(connection, delivery.id, "failed", failed.error)

    async def _ask(self, municipality: MunicipalityCode, question: Callable[[Connection], T]) -> T:
        def asked() -> T:
            with self._database.transaction(municipality) as connection:
                return question(connection)

        return await asyncio.to_thread(asked)

    def _take(self, connection: Connection) -> Delivery | None:
        settings = self._settings
        return deliveries.take(connection, list(self._carriers), settings.lease, settings.give_up_after)

    async def _keep_pace(self) -> None:
        """歩調: no more a minute than the mail server likes."""
        pause = self._free_at - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)
        self._free_at = time.monotonic() + 60 / self._settings.most_per_minute

    async def _rest(self) -> None:
        for carrier in self._carriers.values():
            await carrier.rest()

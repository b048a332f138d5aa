"""配達係: sends webhooks signed as Stripe signs them, retries with growing pauses, and lets timers elapse.

Everything it has to do is in the journal, so a new process simply goes on.
"""

import asyncio
import hmac
import json
import logging
import time
from dataclasses import dataclass
from hashlib import sha256

import httpx

from sandbox.gateway.charges import Charges
from sandbox.gateway.checkout import Checkout
from sandbox.gateway.journal import Delivery, Journal, Timer

log = logging.getLogger(__name__)

_GIVE_UP_SECONDS = 3 * 86_400  # Stripe retries for up to three days
_LONGEST_PAUSE_SECONDS = 3_600.0
_AT_ONCE = 16


@dataclass(frozen=True)
class Endpoint:
    """送付先: the city's webhook address and the secret they share."""

    url: str
    secret: str
    retry_seconds: float = 1.0
    timeout_seconds: float = 10.0


def sign(payload: bytes, secret: str, timestamp: int) -> str:
    """署名: the Stripe-Signature header, https://docs.stripe.com/webhooks#verify-manually."""
    mac = hmac.new(secret.encode(), f"{timestamp}.".encode() + payload, sha256)
    return f"t={timestamp},v1={mac.hexdigest()}"


class Courier:
    """配達係: one task per process; `wake` after every transaction that may have queued something."""

    def __init__(self, journal: Journal, checkout: Checkout, charges: Charges, endpoint: Endpoint | None) -> None:
        self._journal = journal
        self._checkout = checkout
        self._charges = charges
        self._endpoint = endpoint
        self._awake = asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """起こす: look at the journal again now."""
        self._awake.set()

    async def run(self) -> None:
        """稼働: until cancelled."""
        timeout = self._endpoint.timeout_seconds if self._endpoint else None
        async with httpx.AsyncClient(timeout=timeout, trust_env=False) as client:
            while True:
                self._awake.clear()
                now = time.time()  # one moment for all three, or a delivery could fall due between them unseen
                self._elapse(now)
                self._start_due(client, now)
                await self._rest(now)

    def _elapse(self, now: float) -> None:
        for timer in self._journal.elapsed(now):
            with self._journal.transaction():
                self._journal.drop_timer(timer)
                self._act(timer)

    def _act(self, timer: Timer) -> None:
        if timer.kind == "expire":
            session = self._journal.get("checkout.session", timer.subject)
            if session["status"] == "open":
                self._checkout.expire(session)
        elif not self._journal.get("charge", timer.subject)["disputed"]:
            self._charges.dispute({"charge": timer.subject})

    def _start_due(self, client: httpx.AsyncClient, now: float) -> None:
        if self._endpoint is None:
            return
        for delivery in self._journal.due(now):
            if len(self._under_way) >= _AT_ONCE:
                return  # whoever finishes first wakes us
            if delivery.id not in self._under_way:
                self._under_way[delivery.id] = asyncio.create_task(self._deliver(client, self._endpoint, delivery))

    async def _deliver(self, client: httpx.AsyncClient, endpoint: Endpoint, delivery: Delivery) -> None:
        event = self._journal.get("event", delivery.event)
        pending = self._journal.undelivered(delivery.event)
        payload = json.dumps(event | {"pending_webhooks": pending}, ensure_ascii=False).encode()
        headers = {"content-type": "application/json; charset=utf-8", "user-agent": "Stripe/1.0 (sandbox)",
                   "stripe-signature": sign(payload, endpoint.secret, int(time.time()))}  # fmt: skip
        try:
            response = await client.post(endpoint.url, content=payload, headers=headers)
            note = str(response.status_code)
            delivered = response.is_success
        except httpx.HTTPError as error:
            note, delivered = type(error).__name__, False
        finally:
            del self._under_way[delivery.id]
            self._awake.set()
        self._record(delivery, endpoint, event["created"], note, delivered)

    def _record(self, delivery: Delivery, endpoint: Endpoint, created: int, note: str, delivered: bool) -> None:
        now = time.time()
        pause = min(endpoint.retry_seconds * 2**delivery.attempts, _LONGEST_PAUSE_SECONDS)
        over = now + pause > created + _GIVE_UP_SECONDS
        state = "delivered" if delivered else "given_up" if over else "pending"
        if not delivered:
            log.warning("Webhook %s was not accepted (%s); next attempt in %.0f s", delivery.event, note, pause)
        with self._journal.transaction():
            self._journal.mark(delivery, state, note, now + pause)

    async def _rest(self, now: float) -> None:
        due = self._journal.next_due(now)
        pause = None if due is None else max(0.0, due - time.time())
        try:
            await asyncio.wait_for(self._awake.wait(), pause)
        except TimeoutError:
            return

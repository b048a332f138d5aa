"""イベント: what happened, kept for GET /v1/events and queued for the city's webhook in the change's transaction."""

import time

from sandbox.gateway.faults import Fault
from sandbox.gateway.journal import Journal
from sandbox.gateway.refusal import Json

SUBSCRIBED = (
    "checkout.session.completed",
    "checkout.session.expired",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.closed",
)
"""What the configured endpoint is sent; everything else is only in GET /v1/events."""

_REORDER_SPACING_SECONDS = 0.3


def public(body: Json) -> Json:
    """公開項目: an object without the gateway's private part."""
    return {name: value for name, value in body.items() if not name.startswith("_")}


class Announcer:
    """通知係: records events and decides, faults included, how their delivery starts."""

    def __init__(self, journal: Journal, *, has_endpoint: bool) -> None:
        self._journal = journal
        self._has_endpoint = has_endpoint

    def announce(self, kind: str, subject: Json) -> None:
        """通知: must run inside the transaction that changed `subject`."""
        event = self._journal.create(
            "evt", "event", {"type": kind, "data": {"object": public(subject)}, "api_version": "2026-10-28.endive"}
        )
        if self._has_endpoint and kind in SUBSCRIBED:
            self._queue(event["id"], kind, subject["id"])

    def _queue(self, event: str, kind: str, subject: str) -> None:
        fault = self._journal.take_fault(
            ("webhook_lost", "webhook_delayed", "webhook_twice", "webhook_reordered"), kind, subject
        )
        now = time.time()
        match fault:
            case None:
                self._journal.post(event, now)
            case Fault(kind="webhook_lost"):
                self._journal.post(event, now, "lost")
            case Fault(kind="webhook_delayed"):
                self._journal.post(event, now + fault.seconds)
            case Fault(kind="webhook_twice"):
                self._journal.post(event, now)
                self._journal.post(event, now)
            case _:
                self._journal.post(event, now, "held")
                if fault.times == 1:  # the last one to hold
                    self._journal.release_held(now, _REORDER_SPACING_SECONDS)

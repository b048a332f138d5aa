"""お知らせの設定の見本: every state of the page, and of the page behind a mail's stop link."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from api.resident.contact_problems import NOTICE_PROBLEMS
from api.resident.contacts import ContactView, DeliveryView, SubscriptionView
from procedures.values import ReceiptNumber
from ui.resident import notices

KEY = "B" + "A" * 86
TOPICS = ("payment", "correction", "message", "result")


def notice_pages(now: datetime, hostile: str) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """(name, template, contents, address)."""
    email = hostile or "hanako@resident.example"
    nothing = _contact(now, topics=("payment", "correction", "message", "result"))
    pending = _contact(now, pending_email=email, code_expires_at=now + timedelta(minutes=30))
    verified = _contact(now, email=email, verified_at=now, deliveries=_deliveries(now), browsers=_browsers(now))
    wrong = NOTICE_PROBLEMS["code_wrong"][1]
    malformed = NOTICE_PROBLEMS["email_malformed"][1]
    came_back = verified.model_copy(update={"bounced_at": now, "bounce": "no_such_address"})
    refused = pending.model_copy(update={"deliveries": (_delivery(now, "code", "bounced", "no_such_address"),)})
    stopped = verified.model_copy(update={"topics": (), "push_key": None})
    for name, shown in (
        ("notices without an address", notices.contents(nothing)),
        ("notices with a wrong address", notices.contents(nothing, malformed, hostile or "name@", "email")),
        ("notices before the code", notices.contents(pending)),
        ("notices with a wrong code", notices.contents(pending, wrong, "", "code")),
        ("notices whose code came back", notices.contents(refused)),
        ("notices with an address", notices.contents(verified, done="verified")),
        ("notices whose mail came back", notices.contents(came_back)),
        ("notices changing the address", notices.contents(verified.model_copy(update={"pending_email": email}))),
        ("notices that are stopped", notices.contents(stopped, done="saved")),
    ):
        yield name, "resident/notices.html", shown, "/account/notices"
    for name, usable, done in (("stop", True, False), ("stopped", True, True), ("stop link of old", False, False)):
        shown = {"token": "0" * 48, "usable": usable, "stopped": done}
        yield name, "resident/notices_stop.html", shown, f"/notices/stop/{'0' * 48}"


def _contact(now: datetime, **given: Any) -> ContactView:
    nothing: dict[str, Any] = dict.fromkeys(
        ("email", "verified_at", "pending_email", "code_expires_at", "bounced_at", "bounce")
    )
    usual = {"language": "ja", "topics": TOPICS, "deliveries": (), "browsers": (), "push_key": KEY}
    return ContactView(**{**nothing, **usual, **given})


def _browsers(now: datetime) -> tuple[SubscriptionView, ...]:
    return (SubscriptionView(id=UUID(int=7), mark="0" * 64, language="ja", created_at=now),)


def _deliveries(now: datetime) -> tuple[DeliveryView, ...]:
    states: tuple[tuple[str, Any, str | None], ...] = (
        ("sent_back", "waiting", None), ("awaiting_payment", "waiting", "busy"), ("message", "sent", None),
        ("delivered", "bounced", "no_such_address"), ("rejected", "failed", "late_return"),
        ("withdrawn", "cancelled", "stopped"), ("code", "sent", None),
    )  # fmt: skip
    return tuple(_delivery(now, kind, status, error) for kind, status, error in states)


def _delivery(now: datetime, kind: str, status: Any, error: str | None) -> DeliveryView:
    receipt_number = None if kind == "code" else ReceiptNumber("282014-20260601-0001")
    return DeliveryView(
        id=UUID(int=1), receipt_number=receipt_number, kind=kind, channel="push" if kind == "withdrawn" else "mail",
        status=status, attempts=1, created_at=now, next_attempt_at=now + timedelta(minutes=4),
        sent_at=now if status == "sent" else None, error=error,
    )  # fmt: skip

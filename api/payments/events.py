"""収納の通知: a payment gateway's signed webhook, read into a frozen event. Pure: no I/O, no database.

Webhooks may come late, twice, out of order or not at all: an event only says "look"; what is true is what
`find_checkout` says. `id` makes the second arrival recognisable.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import stripe
from pydantic import BaseModel, ConfigDict, ValidationError

from procedures.values import ReceiptNumber, Yen

EventKind = Literal["paid", "expired", "refunded", "disputed", "dispute_closed", "other"]

_KINDS: dict[str, EventKind] = {
    "checkout.session.completed": "paid",
    "checkout.session.async_payment_succeeded": "paid",
    "checkout.session.expired": "expired",
    "charge.refunded": "refunded",
    "charge.dispute.created": "disputed",
    "charge.dispute.closed": "dispute_closed",
}


class ForgedWebhook(Exception):
    """偽の通知: not signed with our secret, signed too long ago, or not an event. Answer 400 and do nothing else."""


@dataclass(frozen=True)
class PaymentEvent:
    """収納の通知: `amount` is the sum concerned in yen (of a refund: all refunds of the charge so far).

    `session_id` is known for paid and expired, `receipt_number` for these and refunded; for a dispute only
    `payment_intent` says whose it is. A completed session that is not paid yet is `other`.
    """

    id: str
    kind: EventKind
    session_id: str | None
    receipt_number: ReceiptNumber | None
    payment_intent: str | None
    amount: Yen | None
    created_at: datetime


class _Subject(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    object: str
    id: str
    client_reference_id: str | None = None
    metadata: dict[str, str] = {}
    payment_intent: str | None = None
    payment_status: str | None = None
    amount: int | None = None
    amount_total: int | None = None
    amount_refunded: int | None = None


class _Data(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    object: _Subject


class _Event(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    object: Literal["event"]
    id: str
    type: str
    created: int
    data: _Data


def read_webhook(payload: bytes, signature: str, secret: str, tolerance_seconds: int = 300) -> PaymentEvent:
    """通知の読取り: `signature` is the Stripe-Signature header. Raises ForgedWebhook, whose text is safe to log."""
    if tolerance_seconds <= 0:
        raise ValueError("tolerance_seconds must be positive: 0 would accept a replay of any age")
    try:
        stripe.WebhookSignature.verify_header(payload, signature, secret, tolerance_seconds)
        event = _Event.model_validate_json(payload)
    except stripe.SignatureVerificationError as error:
        raise ForgedWebhook(f"A payment webhook was refused: {error.user_message}") from None
    except (ValidationError, ValueError, TypeError) as error:
        raise ForgedWebhook(f"A payment webhook could not be read ({type(error).__name__})") from None
    return _understood(event)


def _understood(event: _Event) -> PaymentEvent:
    subject = event.data.object
    is_session = subject.object == "checkout.session"
    kind = _KINDS.get(event.type, "other")
    if kind == "paid" and subject.payment_status != "paid":
        kind = "other"
    receipt_number = subject.client_reference_id or subject.metadata.get("receipt_number")
    amount = {"checkout.session": subject.amount_total, "charge": subject.amount_refunded}.get(
        subject.object, subject.amount
    )
    return PaymentEvent(
        id=event.id,
        kind=kind,
        session_id=subject.id if is_session else None,
        receipt_number=ReceiptNumber(receipt_number) if receipt_number else None,
        payment_intent=subject.payment_intent,
        amount=None if amount is None else Yen(amount),
        created_at=datetime.fromtimestamp(event.created, UTC),
    )

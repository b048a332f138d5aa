"""不達通知: reads what a mail server sends back to our return path (delivery status notification, RFC 3464)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import cast
from uuid import UUID

from activities.notify.mail import reason
from activities.notify.outcome import Error
from store.notice_key import MARK, NoticeKey

_TOKEN = re.compile(rf"\b[0-9a-f]{{{32 + MARK}}}\b", re.IGNORECASE)
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
ENVELOPE_HEADERS = ("to", "delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True)
class Bounce:
    """返送: of which delivery, why, and whether the address is to blame."""

    delivery_id: UUID
    error: Error
    for_good: bool
    """Nobody is at this address; otherwise only this mail did not arrive."""


class NotABounce(Exception):
    """不達通知ではない: an answer, a vacation notice, a delay, or somebody's guess; there is nothing to do."""


def read_bounce(content: bytes, key: NoticeKey, recipient: str = "") -> Bounce:
    """読む: `recipient` is the address it came to, where the mail server passes it on. Raises NotABounce."""
    message = message_from_bytes(content, policy=default)
    status = _failed_status(message)
    delivery_id = next(_deliveries(message, key, recipient), None)
    if delivery_id is None:
        raise NotABounce(
            "It names no mail of ours: neither its recipient nor the Message-ID it returns carries a token."
        )
    error = reason(550, status)
    permanent = status.startswith("5.")
    return Bounce(delivery_id, error if permanent else "late_return", permanent and error == "no_such_address")


def _failed_status(message: EmailMessage) -> str:
    """The status of a recipient for whom delivery failed (RFC 3464 2.3.3); a delay is no failure."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for fields in cast(list[Message], part.get_payload()):
                found = _STATUS.match(str(fields.get("status", "")).strip())
                if str(fields.get("action", "")).strip().lower() == "failed" and found:
                    return ".".join(found.groups())
    raise NotABounce("It is no report of a failed delivery (RFC 3464).")


def _deliveries(message: EmailMessage, key: NoticeKey, recipient: str) -> Iterator[UUID]:
    """Tokens of ours: in the address it came to, else in the Message-ID of the mail it returns."""
    places = [recipient, *(str(value) for name in ENVELOPE_HEADERS for value in message.get_all(name, []))]
    for part in message.walk():
        match part.get_content_type():
            case "message/rfc822":
                places += [str(each.get("message-id", "")) for each in cast(list[Message], part.get_payload())]
            case "text/rfc822-headers":
                places += re.findall(r"(?im)^message-id:.*(?:\r?\n[ \t].*)*", str(part.get_payload()))
    for token in (found for place in places for found in _TOKEN.findall(place)):
        if (delivery_id := key.read_delivery_token(token.lower())) is not None:
            yield delivery_id

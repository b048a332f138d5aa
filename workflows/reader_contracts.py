"""窓口のリーダーの取決め: what crosses to a card reader at a counter and back: an address, and a word.

A reader's machine holds no key of this installation, so nothing of it is encrypted (`workflows.codec`), and nothing of
it may be personal: the PIN stays at the reader, and the signature goes from there to the web server.
"""

from typing import Literal
from uuid import UUID

from procedures.values import MunicipalityCode
from workflows.contracts import Message

READER_QUEUE = "reader"
"""How the queue of each reader begins."""
OPEN_WORKFLOWS = "identity-"
"""Workflows whose ids begin so speak with a reader."""

ReaderWord = Literal[
    "handed_in", "no_card", "card_removed", "card_unusable", "no_pin", "pin_blocked", "declined", "reader_broken",
    "city_unreachable", "request_refused",
]  # fmt: skip
"""リーダーの返事: `handed_in`: a signature, of which the web server said what it is worth; else why there is none."""
Unconfirmed = Literal[
    "reader_offline", "reader_lost", "stopped", "no_card", "card_removed", "card_unusable", "no_pin", "pin_blocked",
    "declined", "reader_broken", "city_unreachable", "request_refused",
]  # fmt: skip
"""確認できなかった理由, as far as the reader and the way to it are concerned."""


def reader_queue(municipality: MunicipalityCode, counter: str) -> str:
    """待ち行列 of the reader at one counter."""
    return f"{READER_QUEUE}-{municipality}-{counter}"


class ReaderAsked(Message):
    """リーダーへの求め: where the request to be signed is fetched from; a reader believes it by its signature."""

    request_url: str


class ReaderAnswer(Message):
    """リーダーの返事."""

    word: ReaderWord


class IdentityInput(Message):
    """窓口での本人確認: what the officer at a counter asks its reader."""

    municipality: MunicipalityCode
    request_id: UUID
    counter: str
    request_url: str


class IdentityUnconfirmed(Message):
    """record_unconfirmed: why there is no signature."""

    municipality: MunicipalityCode
    request_id: UUID
    reason: Unconfirmed

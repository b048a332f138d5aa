"""暗証番号: asked for, counted and checked the same way whatever it opens.

A try is spent only on something that could be right, and the last one only if the holder says so.
"""

import unicodedata

from card.apdu import NOT_FOUND, Channel
from card.errors import (
    CardError,
    CardMisbehaved,
    CertificateNotIssued,
    LastTry,
    NotThisCard,
    PinBlocked,
    PinMalformed,
    WrongPin,
)
from card.profile import PinProfile


def tries_left(channel: Channel, pin: PinProfile) -> int:
    """残り回数: costs no try. Raises CertificateNotIssued or NotThisCard if the card has no such PIN."""
    if channel.select_file(pin.file).expect(NOT_FOUND).status == NOT_FOUND:
        raise _missing(pin)
    answer = channel.ask_tries()
    if answer.tries_left is None:
        raise CardMisbehaved(answer.during, answer.status)
    return answer.tries_left


def verify(channel: Channel, pin: PinProfile, typed: str, *, spend_last_try: bool) -> None:
    """暗証番号を確かめる. Raises PinMalformed (no try lost), LastTry (none either), WrongPin or PinBlocked."""
    value = half_width(pin, typed)
    left = tries_left(channel, pin)
    if left == 0:
        raise PinBlocked(pin.name)
    if left == 1 and not spend_last_try:
        raise LastTry(pin.name)
    answer = channel.verify_pin(value)
    if answer.tries_left == 0:
        raise PinBlocked(pin.name)
    if answer.tries_left is not None:
        raise WrongPin(pin.name, answer.tries_left)
    answer.expect()


def half_width(pin: PinProfile, typed: str) -> bytes:
    """全角・小文字で入力されても通す: the card itself takes only half-width upper case. Raises PinMalformed."""
    text = unicodedata.normalize("NFKC", typed).strip().upper()
    if not pin.pattern.fullmatch(text):
        raise PinMalformed(pin.name)
    return text.encode("ascii")


def _missing(pin: PinProfile) -> CardError:
    if pin.name in ("signing", "authentication"):
        return CertificateNotIssued(pin.name)
    return NotThisCard()

"""カード: brand by number (IIN), check digit, and the documented test numbers. Nothing here keeps a number."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

Brand = Literal["visa", "mastercard", "jcb", "amex", "diners"]
Outcome = Literal["approved", "challenge", "disputed", "card_declined", "insufficient_funds", "expired_card",
                  "incorrect_cvc", "processing_error", "test_mode_live_card"]  # fmt: skip

BRAND_NAMES: dict[Brand, str] = {
    "visa": "VISA",
    "mastercard": "Mastercard",
    "jcb": "JCB",
    "amex": "American Express",
    "diners": "Diners Club",
}

# (brand, first and last prefix, lengths): standards.md §6.
_IIN: tuple[tuple[Brand, int, int, tuple[int, ...]], ...] = (
    ("amex", 34, 34, (15,)),
    ("amex", 37, 37, (15,)),
    ("diners", 300, 305, (14,)),
    ("diners", 36, 36, (14,)),
    ("diners", 38, 39, (14,)),
    ("jcb", 3528, 3589, (16,)),
    ("mastercard", 51, 55, (16,)),
    ("mastercard", 2221, 2720, (16,)),
    ("visa", 4, 4, (13, 16, 19)),
)

TEST_NUMBERS: dict[str, Outcome] = {
    "4242424242424242": "approved",
    "5555555555554444": "approved",
    "2223003122003222": "approved",
    "3566002020360505": "approved",
    "378282246310005": "approved",
    "371449635398431": "approved",
    "30569309025904": "approved",
    "36227206271667": "approved",
    "4000002500003155": "challenge",
    "4000000000000259": "disputed",
    "4000000000000002": "card_declined",
    "4000000000009995": "insufficient_funds",
    "4000000000000069": "expired_card",
    "4000000000000127": "incorrect_cvc",
    "4000000000000119": "processing_error",
}
"""Stripe's published test numbers (docs.stripe.com/testing), with a 14-digit Diners beside them."""

CardField = Literal["card_number", "expiry", "cvc"]


class CardUnreadable(Exception):
    """カードの入力誤り: `field` names the input at fault, `problem` the entry in `words.py`."""

    def __init__(self, field: CardField, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field: CardField = field
        self.problem = problem


@dataclass(frozen=True)
class Card:
    """カード: what may be kept of a card (brand and last four digits) and how its issuer will answer."""

    brand: Brand
    last4: str
    outcome: Outcome


def read_card(number: str, expiry: str, cvc: str, today: date) -> Card:
    """入力の読取り: raises CardUnreadable with the field at fault."""
    digits = _plain(number)
    brand = brand_of(digits)
    _check_expiry(_plain(expiry), today)
    if not re.fullmatch(r"[0-9]{4}" if brand == "amex" else r"[0-9]{3}", _plain(cvc)):
        raise CardUnreadable("cvc", "cvc_four" if brand == "amex" else "cvc_three")
    return Card(brand, digits[-4:], TEST_NUMBERS.get(digits, "test_mode_live_card"))


def brand_of(digits: str) -> Brand:
    """国際ブランド: by prefix, length and check digit."""
    if not re.fullmatch(r"[0-9]{12,19}", digits) or not _luhn(digits):
        raise CardUnreadable("card_number", "number_wrong")
    for brand, first, last, lengths in _IIN:
        if len(digits) in lengths and first <= int(digits[: len(str(first))]) <= last:
            return brand
    raise CardUnreadable("card_number", "brand_refused")


def _plain(text: str) -> str:
    return re.sub(r"[\s\-‐‑–−ー]", "", unicodedata.normalize("NFKC", text))


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _check_expiry(text: str, today: date) -> None:
    found = re.fullmatch(r"(0[1-9]|1[0-2])/?(?:20)?([0-9]{2})", text)
    if not found:
        raise CardUnreadable("expiry", "expiry_wrong")
    if (2000 + int(found[2]), int(found[1])) < (today.year, today.month):
        raise CardUnreadable("expiry", "expiry_past")

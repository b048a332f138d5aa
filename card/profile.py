"""カードの仕様: everything that differs between card generations, as data. A new generation is a new profile.

Numbers from jpki-card.md sections 2 to 4; P-384 cards are planned (section 9).
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

Purpose = Literal["signing", "authentication"]


@dataclass(frozen=True)
class KeyProfile:
    """鍵の仕様: one key pair of the card: its files, its PIN, and what the PIN may look like.

    `certificate_needs_pin`: the signing certificate carries personal data and is read only after its PIN.
    """

    purpose: Purpose
    certificate: int
    authority: int
    key: int
    pin: int
    pin_tries: int
    pin_pattern: re.Pattern[str]
    certificate_needs_pin: bool


@dataclass(frozen=True)
class CardProfile:
    """カードの仕様."""

    name: str
    application: bytes
    token_information: int
    labels: tuple[str, ...]
    signing: KeyProfile
    authentication: KeyProfile
    digest: str
    digest_info: bytes
    signature_size: int

    def key(self, purpose: Purpose) -> KeyProfile:
        return self.signing if purpose == "signing" else self.authentication


MY_NUMBER_CARD: Final = CardProfile(
    name="My Number Card, RSA-2048",
    application=bytes.fromhex("D392F000260100000001"),
    token_information=0x0006,
    labels=("JPKIAPICCTOKEN2",),
    signing=KeyProfile(
        purpose="signing", certificate=0x0001, authority=0x0002, key=0x001A, pin=0x001B, pin_tries=5,
        pin_pattern=re.compile("[A-Z0-9]{6,16}"), certificate_needs_pin=True,
    ),
    authentication=KeyProfile(
        purpose="authentication", certificate=0x000A, authority=0x000B, key=0x0017, pin=0x0018, pin_tries=3,
        pin_pattern=re.compile("[0-9]{4}"), certificate_needs_pin=False,
    ),
    digest="sha256",
    digest_info=bytes.fromhex("3031300D060960864801650304020105000420"),
    signature_size=256,
)  # fmt: skip

"""カードの仕様: everything that differs between card generations, as data. A new generation is a new profile.

Numbers from jpki-card.md sections 2 to 5; P-384 cards are planned (section 9).
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

Purpose = Literal["signing", "authentication"]
PinName = Literal["signing", "authentication", "attributes", "number_a", "number_b"]
"""暗証番号の名前: the keys' PINs, and the three that open the text application."""


@dataclass(frozen=True)
class PinProfile:
    """暗証番号の仕様: its file, how often it may be wrong, and what it may look like.

    `tries` is what is published; what counts is what the card says.
    """

    name: PinName
    file: int
    tries: int
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class KeyProfile:
    """鍵の仕様: one key pair of the card.

    `certificate_needs_pin`: the signing certificate carries personal data and is read only after its PIN.
    """

    purpose: Purpose
    certificate: int
    authority: int
    key: int
    pin: PinProfile
    certificate_needs_pin: bool


@dataclass(frozen=True)
class Scheme:
    """署名方式: what the card is given to sign (`prefix` + digest) and what it answers.

    RSA answers an RSASSA-PKCS1-v1_5 signature, ECDSA r and s, one after the other, each half of `size`.
    """

    kind: Literal["rsa_pkcs1v15", "ecdsa"]
    digest: Literal["sha256", "sha384"]
    prefix: bytes
    size: int


@dataclass(frozen=True)
class TextProfile:
    """券面事項入力補助APの仕様: My Number, the four attributes, their proof, and who opens what."""

    application: bytes
    my_number: int
    attributes: int
    proof: int
    certificate: int
    pin: PinProfile
    number_a: PinProfile
    number_b: PinProfile


@dataclass(frozen=True)
class CardProfile:
    """カードの仕様: `text` is None for tokens that have no text application (smartphones)."""

    name: str
    application: bytes
    token_information: int
    labels: tuple[str, ...]
    signing: KeyProfile
    authentication: KeyProfile
    scheme: Scheme
    text: TextProfile | None

    def key(self, purpose: Purpose) -> KeyProfile:
        return self.signing if purpose == "signing" else self.authentication


_JPKI: Final = bytes.fromhex("D392F000260100000001")
_FOUR_DIGITS: Final = re.compile("[0-9]{4}")
_SIGNING_PIN: Final = PinProfile("signing", 0x001B, 5, re.compile("[A-Z0-9]{6,16}"))
_AUTHENTICATION_PIN: Final = PinProfile("authentication", 0x0018, 3, _FOUR_DIGITS)
_SIGNING: Final = KeyProfile(
    purpose="signing", certificate=0x0001, authority=0x0002, key=0x001A, pin=_SIGNING_PIN, certificate_needs_pin=True
)

RSA_SHA256: Final = Scheme(
    kind="rsa_pkcs1v15",
    digest="sha256",
    prefix=bytes.fromhex("3031300D060960864801650304020105000420"),  # DigestInfo, RFC 8017 9.2
    size=256,
)

ECDSA_SHA384: Final = Scheme(kind="ecdsa", digest="sha384", prefix=b"", size=96)

TEXT: Final = TextProfile(
    application=bytes.fromhex("D3921000310001010408"),
    my_number=0x0001,
    attributes=0x0002,
    proof=0x0003,
    certificate=0x0004,
    pin=PinProfile("attributes", 0x0011, 3, _FOUR_DIGITS),
    number_a=PinProfile("number_a", 0x0014, 10, re.compile("[0-9]{12}")),
    number_b=PinProfile("number_b", 0x0015, 10, re.compile("[0-9]{14}")),
)

MY_NUMBER_CARD: Final = CardProfile(
    name="My Number Card, RSA-2048",
    application=_JPKI,
    token_information=0x0006,
    labels=("JPKIAPICCTOKEN2",),
    signing=_SIGNING,
    authentication=KeyProfile(
        purpose="authentication", certificate=0x000A, authority=0x000B, key=0x0017,
        pin=_AUTHENTICATION_PIN, certificate_needs_pin=False,
    ),
    scheme=RSA_SHA256,
    text=TEXT,
)  # fmt: skip

SMARTPHONE: Final = CardProfile(
    name="Smartphone, RSA-2048",
    application=_JPKI,
    token_information=0x0006,
    labels=("JPKIAPGPSETOKEN", "JPKIAPIOSTOKEN"),
    signing=_SIGNING,
    authentication=KeyProfile(
        purpose="authentication", certificate=0x000A, authority=0x000B, key=0x0017,
        pin=_AUTHENTICATION_PIN, certificate_needs_pin=True,
    ),
    scheme=RSA_SHA256,
    text=None,
)  # fmt: skip

PROFILES: Final = (MY_NUMBER_CARD, SMARTPHONE)

"""公的個人認証AP: certificates, keys and PINs of both key pairs (jpki-card.md section 4)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.cards.application import Application, Pin, card_entry
from sandbox.cards.fault import Token
from sandbox.pki.keys import load_key
from sandbox.pki.registry import authority_certificate

JPKI: Final = bytes.fromhex("D392F000260100000001")
LABELS: Final[dict[Token, str]] = {
    "": "JPKIAPICCTOKEN2",
    "blocked": "JPKIAPICCTOKEN2",
    "juki": "JPKIAPICCTOKEN",
    "smartphone": "JPKIAPGPSETOKEN",
}
_UNAVAILABLE: Final = 0xFFFFFFFF
_TOKEN_FLAGS: Final = 0x0000040D  # CKF_RNG, LOGIN_REQUIRED, USER_PIN_INITIALIZED, TOKEN_INITIALIZED


@dataclass(frozen=True)
class _Places:
    """One key pair's files, and how many tries its PIN has."""

    kind: str
    certificate: int
    authority: int
    key: int
    pin: int
    tries: int


_AUTHENTICATION: Final = _Places("authentication", 0x000A, 0x000B, 0x0017, 0x0018, 3)
_SIGNING: Final = _Places("signing", 0x0001, 0x0002, 0x001A, 0x001B, 5)


def jpki_application(folder: Path, card: str, token: Token = "") -> Application:
    """公的個人認証AP of the card in `folder`/cards/`card`; without a signing certificate if it was issued none."""
    entry = card_entry(folder, card)
    issued = bytes(0x8F if entry[places.kind] else 0 for places in (_SIGNING, _AUTHENTICATION)) + b"\x00"
    application = Application(files={0x0006: _token_information(LABELS[token]), 0x0008: issued})
    for places in (_AUTHENTICATION, _SIGNING):
        if entry[places.kind]:
            _install(application, folder, card, places)
    if entry["signing"]:
        application.guards[_SIGNING.certificate] = (_SIGNING.pin,)
    if token == "smartphone":  # section 4: there even the authentication certificate is behind its PIN
        application.guards[_AUTHENTICATION.certificate] = (_AUTHENTICATION.pin,)
    return application


def _install(application: Application, folder: Path, card: str, at: _Places) -> None:
    entry = card_entry(folder, card)[at.kind]
    application.files[at.certificate] = (folder / "cards" / card / f"{at.kind}.der").read_bytes()
    issuer = authority_certificate(folder, entry["authority"])
    application.files[at.authority] = issuer.public_bytes(Encoding.DER)
    application.keys[at.key] = load_key(folder / "keys" / f"{entry['key']}.pem")
    application.pins[at.pin] = Pin(entry["pin"].encode(), at.tries)
    application.guards[at.key] = (at.pin,)


def _token_information(label: str) -> bytes:
    """トークン情報: PKCS#11's CK_TOKEN_INFO with 32-bit big-endian numbers, 160 bytes.

    Sessions and memory are unknown (all ones); PINs have 6 to 16 characters. Manufacturer to serial are invented.
    """
    text = label.encode().ljust(32) + b"SANDBOX".ljust(32) + b"VIRTUAL".ljust(16) + b"0000000000000001"
    sessions = (_UNAVAILABLE,) * 4
    memory = (_UNAVAILABLE,) * 4
    numbers = b"".join(number.to_bytes(4, "big") for number in (_TOKEN_FLAGS, *sessions, 16, 6, *memory))
    versions = b"\x01\x00\x01\x00"
    return text + numbers + versions + b" " * 16

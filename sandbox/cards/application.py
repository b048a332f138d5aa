"""カードアプリケーション: the two applications of a virtual card and what their files hold (jpki-card.md 4 and 5)."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.people import PEOPLE, Person
from sandbox.pki.keys import load_key
from sandbox.pki.registry import authority_certificate

JPKI: Final = bytes.fromhex("D392F000260100000001")
TEXT: Final = bytes.fromhex("D3921000310001010408")
MY_NUMBER_CARD: Final = "JPKIAPICCTOKEN2"


@dataclass
class Pin:
    """暗証番号: `left` outlives power-off, `verified` does not."""

    value: bytes
    tries: int
    left: int = 0
    verified: bool = False

    def __post_init__(self) -> None:
        self.left = self.tries


@dataclass
class Application:
    """アプリケーション: elementary files by number; `guards` names the PINs of which one must be verified."""

    files: dict[int, bytes] = field(default_factory=dict)
    pins: dict[int, Pin] = field(default_factory=dict)
    keys: dict[int, rsa.RSAPrivateKey] = field(default_factory=dict)
    guards: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def has(self, number: int) -> bool:
        return number in self.files or number in self.pins or number in self.keys

    def open(self, number: int) -> bool:
        """Whether what `number` holds may be used now."""
        guards = self.guards.get(number, ())
        return not guards or any(self.pins[guard].verified for guard in guards)


def jpki_application(folder: Path, card: str, label: str = MY_NUMBER_CARD) -> Application:
    """公的個人認証AP of the card in `folder`/cards/`card`. Raises FileNotFoundError if there is none."""
    place = folder / "cards" / card
    entry: dict[str, Any] = json.loads((place / "card.json").read_text())
    application = Application(files={0x0006: _token_information(label)})
    _install(application, folder, place, entry["authentication"], _Places(0x000A, 0x000B, 0x0017, 0x0018, 3))
    application.files[0x0008] = b"\x00\x8f\x00"
    if entry["signing"]:
        _install(application, folder, place, entry["signing"], _Places(0x0001, 0x0002, 0x001A, 0x001B, 5))
        application.guards[0x0001] = (0x001B,)
        application.files[0x0008] = b"\x8f\x8f\x00"
    return application


@dataclass(frozen=True)
class _Places:
    certificate: int
    authority: int
    key: int
    pin: int
    tries: int


def _install(application: Application, folder: Path, place: Path, entry: dict[str, str], at: _Places) -> None:
    kind = "signing" if at.certificate == 0x0001 else "authentication"
    application.files[at.certificate] = (place / f"{kind}.der").read_bytes()
    issuer = authority_certificate(folder, entry["authority"])
    application.files[at.authority] = issuer.public_bytes(Encoding.DER)
    application.keys[at.key] = load_key(folder / "keys" / f"{entry['key']}.pem")
    application.pins[at.pin] = Pin(entry["pin"].encode(), at.tries)
    application.guards[at.key] = (at.pin,)


def _token_information(label: str) -> bytes:
    """CK_TOKEN_INFO, 160 bytes: label, manufacturer, model, serial as text; the numbers stay zero."""
    text = label.encode().ljust(32) + b"SANDBOX".ljust(32) + b"VIRTUAL".ljust(16) + b" " * 16
    return text.ljust(160, b"\0")


def text_application(folder: Path, card: str) -> Application:
    """券面事項入力補助AP: the four attributes behind the PIN; no My Number is on it."""
    person = json.loads((folder / "cards" / card / "card.json").read_text())["person"]
    owner = next(one for one in PEOPLE if one.key == person)
    return Application(
        files={0x0002: attributes(owner)},
        pins={0x0011: Pin(owner.auth_pin.encode(), 3)},
        guards={0x0002: (0x0011,)},
    )


def attributes(person: Person) -> bytes:
    """四情報 (EF 0002): FF20 with DF21 (where the others begin), name, address, birth date, sex."""
    values = (person.name, person.address, person.birth_date.strftime("%Y%m%d"), person.sex)
    objects = [_object(0xDF22 + n, value.encode()) for n, value in enumerate(values)]
    size = sum(map(len, objects)) + 11
    head = b"\xff\x20" + _length(size)
    starts, position = [], len(head) + 11
    for one in objects:
        starts.append(position.to_bytes(2, "big"))
        position += len(one)
    return head + _object(0xDF21, b"".join(starts)) + b"".join(objects)


def _object(tag: int, value: bytes) -> bytes:
    return tag.to_bytes(2, "big") + _length(len(value)) + value


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    raw = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(raw)]) + raw

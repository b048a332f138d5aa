"""カードアプリケーション: what every application of a card is made of: files, records, PINs and keys behind guards."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.people import PEOPLE, Person


@dataclass
class Pin:
    """暗証番号: `left` outlives power-off, `verified` does not."""

    value: bytes
    tries: int
    left: int = field(init=False)
    verified: bool = field(init=False, default=False)
    _issued: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.left, self._issued = self.tries, self.value

    def check(self, value: bytes) -> bool:
        """照合する: a wrong one costs a try, the right one gives all back. The caller looks at `left` first."""
        self.verified = value == self.value
        self.left = self.tries if self.verified else self.left - 1
        return self.verified

    def restore(self) -> None:
        """初期化: all tries, and the PIN the card was issued with."""
        self.left, self.value = self.tries, self._issued


@dataclass
class Application:
    """アプリケーション: elementary files by number, records by (short file id, record).

    `guards` names the PINs of which one must be verified. A file's short id is its number: all are below 1F.
    """

    files: dict[int, bytes] = field(default_factory=dict)
    records: dict[tuple[int, int], bytes] = field(default_factory=dict)
    pins: dict[int, Pin] = field(default_factory=dict)
    keys: dict[int, rsa.RSAPrivateKey] = field(default_factory=dict)
    guards: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def has(self, number: int) -> bool:
        return number in self.files or number in self.pins or number in self.keys

    def open(self, number: int) -> bool:
        """Whether what `number` holds may be used now."""
        guards = self.guards.get(number, ())
        return not guards or any(self.pins[guard].verified for guard in guards)


def card_entry(folder: Path, card: str) -> dict[str, Any]:
    """発行記録: what the test JPKI noted of the card in `folder`/cards/`card`."""
    entry: dict[str, Any] = json.loads((folder / "cards" / card / "card.json").read_text())
    return entry


def holder_of(folder: Path, card: str) -> Person:
    """名義人."""
    key = card_entry(folder, card)["person"]
    return next(person for person in PEOPLE if person.key == key)


def tag(number: int, value: bytes) -> bytes:
    """BER-TLV: the tag's own bytes, the length, the value."""
    size = len(value)
    raw = size.to_bytes(max(1, (size.bit_length() + 7) // 8), "big")
    length = raw if size < 0x80 else bytes([0x80 | len(raw)]) + raw
    return number.to_bytes((number.bit_length() + 7) // 8, "big") + length + value

"""券面事項の記録: the text application's files as bytes (jpki-card.md section 5): BER objects, hashes, signature.

The key that signed the hashes comes with the card in a certificate of its own (EF 0004). Who issued *that* cannot be
checked: the issuer's key is not public. So a record that fits shows data no one altered by accident or by halves, not
that a genuine card made it: for that, have the card sign (card.jpki).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from card.errors import CardMisbehaved, RecordForged
from card.my_number import MyNumber, fits

Sex = Literal["male", "female", "not_applicable", "unknown"]

_SEXES: Final[dict[bytes, Sex]] = {b"1": "male", b"2": "female", b"9": "not_applicable", b"0": "unknown"}
MY_NUMBER: Final = 0xFF10
ATTRIBUTES: Final = 0xFF20
PROOF: Final = 0xFF30
CERTIFICATE: Final = 0x7F21
_STARTS, _NAME, _ADDRESS, _BIRTH_DATE, _SEX = 0xDF21, 0xDF22, 0xDF23, 0xDF24, 0xDF25
_NUMBER_HASH, _ATTRIBUTES_HASH, _SIGNATURE = 0xDF31, 0xDF32, 0xDF33
_BODY, _EXPONENT, _MODULUS = 0x5F4E, 0x90, 0x91
_KEY_NAMES: Final = 32
"""The body of EF 0004 begins with the issuer's and the key's own identifiers, 16 bytes each."""


@dataclass(frozen=True, repr=False)
class BirthDate:
    """生年月日: 0 stands for what is not known (some people's month and day are not)."""

    year: int
    month: int
    day: int

    def __repr__(self) -> str:
        return "BirthDate(hidden)"

    @property
    def known(self) -> date | None:
        """暦の日付, if all of it is known."""
        return date(self.year, self.month, self.day) if self.year and self.month and self.day else None


@dataclass(frozen=True, repr=False)
class Attributes:
    """四情報: what is missing on the card is empty or unknown. Shows nothing of itself in logs."""

    name: str
    address: str
    birth_date: BirthDate
    sex: Sex

    def __repr__(self) -> str:
        return "Attributes(hidden)"


@dataclass(frozen=True, repr=False)
class _Object:
    tag: int
    raw: bytes
    value: bytes


def total_size(head: bytes, tag: int, file: str) -> int:
    """How long the file's object is, what stands in front of it included. `head` is its first 8 bytes or more."""
    return _header(head, _start(head, tag, file), file)[2]


def read_attributes(content: bytes) -> Attributes:
    """四情報を読む: by tag. Raises CardMisbehaved."""
    found = {one.tag: one.value for one in _inside(content, ATTRIBUTES, "attributes")}
    sex = found.get(_SEX, b"0")
    if sex not in _SEXES:
        raise CardMisbehaved("reading the sex")
    return Attributes(
        name=_text(found.get(_NAME, b"")),
        address=_text(found.get(_ADDRESS, b"")),
        birth_date=_birth_date(found.get(_BIRTH_DATE, b"")),
        sex=_SEXES[sex],
    )


def read_my_number(content: bytes) -> MyNumber:
    """マイナンバーを読む. Raises CardMisbehaved, also if the check digit does not fit."""
    digits = _text(next((one.value for one in _objects(content, "My Number") if one.tag == MY_NUMBER), b""))
    if not fits(digits):
        raise CardMisbehaved("reading My Number")
    return MyNumber(digits)


@dataclass(frozen=True, repr=False)
class Proof:
    """記録の署名: EF 0003 with the key of EF 0004."""

    proof: bytes
    certificate: bytes

    def require_my_number(self, content: bytes) -> None:
        """Raises RecordForged unless these bytes of EF 0001, filler and all, are those that were signed."""
        self._require(_NUMBER_HASH, content, "My Number")

    def require_attributes(self, content: bytes) -> None:
        """Raises RecordForged unless the objects behind DF21 are those that were signed."""
        inside = _inside(content, ATTRIBUTES, "attributes")
        self._require(_ATTRIBUTES_HASH, b"".join(one.raw for one in inside if one.tag != _STARTS), "personal data")

    def _require(self, tag: int, content: bytes, record: str) -> None:
        found = {one.tag: one for one in _inside(self.proof, PROOF, "signed hashes")}
        number, attributes, signature = (found.get(one) for one in (_NUMBER_HASH, _ATTRIBUTES_HASH, _SIGNATURE))
        if not (number and attributes and signature) or found[tag].value != hashlib.sha256(content).digest():
            raise RecordForged(record)
        if not _signed(_public_key(self.certificate), signature.value, number.raw + attributes.raw):
            raise RecordForged(record)


def _signed(key: rsa.RSAPublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _public_key(certificate: bytes) -> rsa.RSAPublicKey:
    holder = {one.tag: one.value for one in _inside(certificate, CERTIFICATE, "certificate")}
    numbers = {one.tag: one.value for one in _objects(holder.get(_BODY, b"")[_KEY_NAMES:], "certificate")}
    exponent, modulus = (int.from_bytes(numbers.get(tag, b""), "big") for tag in (_EXPONENT, _MODULUS))
    if modulus.bit_length() < 2048:
        raise CardMisbehaved("reading the certificate's key")
    try:
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as wrong:
        raise CardMisbehaved("reading the certificate's key") from wrong


def _inside(content: bytes, tag: int, file: str) -> list[_Object]:
    start = _start(content, tag, file)
    _, begin, end = _header(content, start, file)
    return list(_objects(content[begin:end], file))


def _start(content: bytes, tag: int, file: str) -> int:
    """Some cards are said to have two bytes in front of EF 0002."""
    at = content[:4].find(tag.to_bytes(2, "big"))
    if at < 0:
        raise CardMisbehaved(f"reading the {file}")
    return at


def _objects(content: bytes, file: str) -> Iterator[_Object]:
    """Until the end or the filler: FF FF, or 00."""
    at = 0
    while at < len(content) and content[at] != 0x00 and content[at : at + 2].strip(b"\xff"):
        tag, begin, end = _header(content, at, file)
        if end > len(content):
            raise CardMisbehaved(f"reading the {file}: it ends too early")
        yield _Object(tag, content[at:end], content[begin:end])
        at = end


def _header(content: bytes, at: int, file: str) -> tuple[int, int, int]:
    """Tag, and where the value begins and ends: BER with lengths xx, 81 xx, 82 xx xx."""
    tag_size = 2 if content[at] & 0x1F == 0x1F else 1
    length_at = at + tag_size
    first = content[length_at : length_at + 1]
    more = first[0] & 0x7F if first and first[0] & 0x80 else 0
    begin = length_at + 1 + more
    if not first or more > 2 or first == b"\x80" or begin > len(content):
        raise CardMisbehaved(f"reading the {file}: a length makes no sense")
    length = content[length_at + 1 : begin] if more else first
    return int.from_bytes(content[at:length_at], "big"), begin, begin + int.from_bytes(length, "big")


def _text(value: bytes) -> str:
    text = value.decode("utf-8", errors="replace")
    if "\ufffd" in text:  # not raised while decoding: that error carries the bytes
        raise CardMisbehaved("reading a text that is not UTF-8")
    return text


def _birth_date(value: bytes) -> BirthDate:
    if not value:
        return BirthDate(0, 0, 0)
    if len(value) != 8 or not value.isdigit():
        raise CardMisbehaved("reading the birth date")
    found = BirthDate(int(value[:4]), int(value[4:6]), int(value[6:]))
    if not _exists(found):
        raise CardMisbehaved("reading the birth date")
    return found


def _exists(day: BirthDate) -> bool:
    """A day of the calendar, when what is unknown is taken for any."""
    try:
        date(day.year or 2000, day.month or 1, day.day or 1)
    except ValueError:
        return False
    return True

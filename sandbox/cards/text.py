"""券面事項入力補助AP: My Number and four attributes, byte by byte, and who may read them (jpki-card.md section 5)."""

import hashlib
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.cards.application import Application, Pin, holder_of, tag
from sandbox.people import Person
from sandbox.pki.keys import load_key

TEXT: Final = bytes.fromhex("D3921000310001010408")
RECORD_KEY: Final = "text-record"
AUTHORITY_KEY: Final = "text-authority"
_PIN: Final = 0x0011
_NUMBER_A: Final = 0x0014
_NUMBER_B: Final = 0x0015
_ERAS: Final = (("2019-05-01", 2018), ("1989-01-08", 1988), ("1926-12-25", 1925), ("1912-07-30", 1911))


def text_application(folder: Path, card: str) -> Application:
    """券面事項入力補助AP of the card in `folder`/cards/`card`, its record signed with the folder's key."""
    person = holder_of(folder, card)
    key, authority = (load_key(folder / "keys" / f"{name}.pem") for name in (RECORD_KEY, AUTHORITY_KEY))
    number, texts = my_number_record(person), attributes(person)
    return Application(
        files={
            0x0001: number,
            0x0002: texts,
            0x0003: signed_hashes(number, texts, key),
            0x0004: card_verifiable_certificate(key, authority),
            0x0005: tag(0xFF40, tag(0xDF41, b"0001")),  # its content is not public: ours is invented
        },
        pins={
            _PIN: Pin(person.auth_pin.encode(), 3),
            _NUMBER_A: Pin(person.face.my_number.encode(), 10),
            _NUMBER_B: Pin(number_b(person).encode(), 10),
        },
        guards={0x0001: (_PIN, _NUMBER_A), 0x0002: (_PIN, _NUMBER_B), 0x0003: (_PIN, _NUMBER_A, _NUMBER_B)},
    )


def my_number_record(person: Person) -> bytes:
    """個人番号 (EF 0001): FF10 and twelve digits, then two bytes of filler."""
    return tag(0xFF10, person.face.my_number.encode()) + b"\xff\xff"


def attributes(person: Person) -> bytes:
    """四情報 (EF 0002): FF20 with DF21 (where the others begin), name, address, birth date, sex."""
    values = (person.name, person.address, person.birth_date.strftime("%Y%m%d"), person.sex)
    objects = [tag(0xDF22 + n, value.encode()) for n, value in enumerate(values)]
    starts_size = len(tag(0xDF21, bytes(8)))
    inside = starts_size + sum(map(len, objects))
    position = len(tag(0xFF20, bytes(inside))) - inside + starts_size
    starts = []
    for one in objects:
        starts.append(position.to_bytes(2, "big"))
        position += len(one)
    return tag(0xFF20, tag(0xDF21, b"".join(starts)) + b"".join(objects))


def signed_hashes(number: bytes, texts: bytes, key: rsa.RSAPrivateKey) -> bytes:
    """電子署名 (EF 0003): both records' hashes and an RSA-2048 signature over the two objects that hold them."""
    objects = tag(0xDF31, hashlib.sha256(number).digest())
    objects += tag(0xDF32, hashlib.sha256(texts[texts.index(b"\xdf\x22") :]).digest())
    return tag(0xFF30, objects + tag(0xDF33, key.sign(objects, padding.PKCS1v15(), hashes.SHA256())))


def card_verifiable_certificate(key: rsa.RSAPrivateKey, authority: rsa.RSAPrivateKey) -> bytes:
    """署名検証用の証明書 (EF 0004): the record's public key, 568 bytes.

    What the real authority signs is not public: ours signs the whole 5F4E object.
    """
    public = key.public_key().public_numbers()
    exponent = public.e.to_bytes(3, "big")
    body = _key_id(authority) + _key_id(key) + tag(0x90, exponent) + tag(0x91, public.n.to_bytes(256, "big"))
    holder = tag(0x5F4E, body)
    return tag(0x7F21, holder + tag(0x5F37, authority.sign(holder, padding.PKCS1v15(), hashes.SHA256())))


def number_b(person: Person) -> str:
    """照合番号B: birth date as YYMMDD, the card's expiry year, its security code.

    YY counts in the Japanese era. For a foreign resident, whose card shows Western dates, it is taken to be the Western
    year's last two digits: likely, but not confirmed by any public source.
    """
    birth = person.birth_date
    first = 0 if person.face.western_dates else next(year for day, year in _ERAS if birth.isoformat() >= day)
    return f"{(birth.year - first) % 100:02}{birth:%m%d}{person.face.expires.year}{person.face.security_code}"


def _key_id(key: rsa.RSAPrivateKey) -> bytes:
    modulus = key.public_key().public_numbers().n.to_bytes(256, "big")
    return hashlib.sha256(modulus).digest()[:16]

"""次期カード: a made-up card of the next generation: ECDSA P-384, other files, other PINs. Only its profile is ours."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding

from card.profile import ECDSA_SHA384, CardProfile, KeyProfile, PinProfile

_APPLICATION: Final = bytes.fromhex("D392F0002601FF000001")
_CERTIFICATE, _KEY, _PIN, _INFORMATION = 0x0101, 0x0102, 0x0103, 0x0104
_SIX_DIGITS: Final = re.compile("[0-9]{6}")

_SIGNING: Final = KeyProfile(
    purpose="signing", certificate=_CERTIFICATE, authority=0x0105, key=_KEY,
    pin=PinProfile("signing", _PIN, 8, _SIX_DIGITS), certificate_needs_pin=True,
)  # fmt: skip

NEXT_CARD: Final = CardProfile(
    name="a card of the next generation, ECDSA P-384",
    application=_APPLICATION,
    token_information=_INFORMATION,
    labels=("JPKIAPICCTOKEN3",),
    signing=_SIGNING,
    authentication=_SIGNING,
    scheme=ECDSA_SHA384,
    text=None,
)


class NextCard:
    """A Transport to such a card; `wrong` makes it sign with another key."""

    def __init__(self, *, wrong: bool = False) -> None:
        self._private = ec.generate_private_key(ec.SECP384R1())
        self._signing = ec.generate_private_key(ec.SECP384R1()) if wrong else self._private
        self.certificate = _certificate(self._private)
        self._file = 0
        self._verified = False

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        data = apdu[5 : 5 + apdu[4]] if len(apdu) > 5 else b""
        match apdu[0], apdu[1], apdu[2]:
            case 0x00, 0xA4, 0x04:
                return b"", 0x9000 if data == _APPLICATION else 0x6A82
            case 0x00, 0xA4, 0x02:
                self._file = int.from_bytes(data, "big")
                return b"", 0x9000
            case 0x00, 0xB0, _:
                return self._read(int.from_bytes(apdu[2:4], "big"), apdu[4] or 256)
            case 0x00, 0x20, _ if data:
                self._verified = data == b"123456"
                return b"", 0x9000 if self._verified else 0x63C7
            case 0x00, 0x20, _:
                return b"", 0x63C8
            case 0x80, 0x2A, _ if self._verified and self._file == _KEY:
                return self._sign(data), 0x9000
        return b"", 0x6D00

    def _read(self, at: int, size: int) -> tuple[bytes, int]:
        if self._file == _CERTIFICATE and not self._verified:
            return b"", 0x6982
        label = b"JPKIAPICCTOKEN3".ljust(32)
        content = label if self._file == _INFORMATION else self.certificate.public_bytes(Encoding.DER)
        return content[at : at + size], 0x9000

    def _sign(self, digest: bytes) -> bytes:
        assert len(digest) == hashlib.sha384().digest_size
        der = self._signing.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA384())))
        return b"".join(part.to_bytes(48, "big") for part in utils.decode_dss_signature(der))

    def power_cycle(self) -> None:
        self._verified = False

    def close(self) -> None:
        self._verified = False


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "next generation")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(now).not_valid_after(now + timedelta(days=3650)).sign(key, hashes.SHA384())

"""ブラウザ: one subscription: its keys, and the messages it could decrypt (RFC 8291)."""

import base64
import json
import os
from dataclasses import dataclass, field

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def unpadded(raw: bytes) -> str:
    """base64url without padding, as browsers and RFC 8291 write it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def padded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """購読者: keys that only it has; `server_key` is whom it agreed to hear (RFC 8292 4.1)."""

    id: str
    server_key: str
    gone: bool = False
    away: int | None = None
    """A status its service answers with, for as long as it is set."""
    messages: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    _auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def p256dh(self) -> str:
        return unpadded(self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def auth(self) -> str:
        return unpadded(self._auth)

    def read(self, sealed: bytes, headers: dict[str, str]) -> None:
        """読む: decrypts with the subscription's keys. Raises for what was not sealed for it."""
        opened = http_ece.decrypt(sealed, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        self.messages.append(json.loads(opened))
        self.headers.append(headers)

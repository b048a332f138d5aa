"""プッシュサービス: which ones we talk to, and our key as browsers want it (VAPID, RFC 8292).

A browser names the address its messages go to, so anybody could name any address, one inside the city's network too.
Only the browser makers' own services are taken.
"""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from api.settings import PushSettings

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class PushServices:
    """プッシュサービス: what browsers are told, and what is believed of what they say."""

    public_key: str
    hosts: tuple[str, ...]

    @classmethod
    def connect(cls, settings: PushSettings) -> Self | None:
        """None where the city has no key. Raises ValueError that says how to make one."""
        if settings.key_file is None:
            return None
        return cls(public_key(settings.key_file), settings.services)

    def serves(self, endpoint: str) -> bool:
        """Whether this is an address of one of them; in the clear on this machine only, in the sandbox."""
        try:
            parts = urlsplit(endpoint)
            host, user = parts.hostname or "", parts.username
        except ValueError:
            return False
        listed = any(host == known or host.endswith(f".{known}") for known in self.hosts)
        return listed and user is None and (parts.scheme == "https" or (parts.scheme == "http" and host == LOOPBACK))


def public_key(file: Path) -> str:
    """公開鍵: an uncompressed point, base64url without padding (RFC 8292 3.2)."""
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as wrong:
        raise ValueError(_wanted(file)) from wrong
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError(_wanted(file))  # noqa: TRY004 - a file's content is a value
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _wanted(file: Path) -> str:
    return (
        f"{file} holds no P-256 private key: make one with "
        f"`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {file}`."
    )

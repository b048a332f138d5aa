"""お知らせの鍵: codes and tokens of mails, made of the master key, so that none of them is stored.

The web server checks what the courier wrote into a mail; both hold the master key. Who reads the database alone finds
no code, cannot stop anybody's mails and cannot claim that one came back. Another master key ends all of them.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Self
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=30)
MARK = 16
"""Hexadecimal digits of a token's mark: 64 bits, guessed at by asking the server only."""


@dataclass(frozen=True, repr=False)
class NoticeKey:
    """お知らせの鍵."""

    _secret: bytes

    @classmethod
    def read(cls, master_key_file: Path) -> Self:
        """Derived from the installation's master key."""
        return cls(HKDF(SHA256(), 32, salt=None, info=b"madoguchi notices").derive(master_key_file.read_bytes()))

    def code(self, account_id: UUID, email: str, salt: bytes) -> str:
        """確認コード: six digits, for one account, address and request."""
        digest = self._digest("code", account_id.hex, email, salt.hex())
        return str(int.from_bytes(digest[:8]) % 10**CODE_DIGITS).zfill(CODE_DIGITS)

    def delivery_token(self, delivery_id: UUID) -> str:
        """配送の札: names a delivery in a return path and a Message-ID; in hexadecimal: servers may fold case."""
        return delivery_id.hex + self._digest("delivery", delivery_id.hex).hex()[:MARK]

    def read_delivery_token(self, token: str) -> UUID | None:
        """The delivery, or None where the token is not ours."""
        found = _identifier(token)
        return found if found is not None and hmac.compare_digest(self.delivery_token(found), token) else None

    def stop_token(self, account_id: UUID, email: str) -> str:
        """配信停止の札: good for as long as the address stays."""
        return account_id.hex + self._digest("stop", account_id.hex, email).hex()[:MARK]

    def stopped_account(self, token: str) -> UUID | None:
        """Whose token it claims to be; compare with `stop_token` before believing it."""
        return _identifier(token)

    def _digest(self, *parts: str) -> bytes:
        return hmac.digest(self._secret, "\0".join(parts).encode(), sha256)


def _identifier(token: str) -> UUID | None:
    if len(token) != 32 + MARK or not token.isascii():
        return None
    try:
        return UUID(hex=token[:32])
    except ValueError:
        return None

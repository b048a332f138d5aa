"""お知らせの鍵: codes and tokens of mails, made of the master key, so that none of them is stored.

The web server checks what the courier wrote into a mail; both hold the master key. Who reads the database alone finds
no code, cannot stop anybody's mails and cannot claim that one came back. What an older master key made stays good.
"""

import hmac
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from store.master_keys import MasterKeys

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=30)
MARK = 16
"""Hexadecimal digits of a token's mark: 64 bits, guessed at by asking the server only."""


class NoticeKey:
    """お知らせの鍵: the newest master key's makes them, all check them."""

    def __init__(self, master_key_file: Path) -> None:
        self._masters = MasterKeys(master_key_file)

    def code(self, account_id: UUID, email: str, salt: bytes) -> str:
        """確認コード: six digits, for one account, address and request."""
        return _code(self._masters.newest.notices, account_id, email, salt)

    def is_code(self, typed: str, account_id: UUID, email: str, salt: bytes) -> bool:
        """確認コードか否か."""
        return any(hmac.compare_digest(_code(each, account_id, email, salt), typed) for each in self._secrets())

    def delivery_token(self, delivery_id: UUID) -> str:
        """配送の札: names a delivery in a return path and a Message-ID; in hexadecimal: servers may fold case."""
        return _delivery_token(self._masters.newest.notices, delivery_id)

    def read_delivery_token(self, token: str) -> UUID | None:
        """The delivery, or None where the token is not ours."""
        found = _identifier(token)
        if found is None:
            return None
        ours = any(hmac.compare_digest(_delivery_token(each, found), token) for each in self._secrets())
        return found if ours else None

    def stop_token(self, account_id: UUID, email: str) -> str:
        """配信停止の札: good for as long as the address stays."""
        return _stop_token(self._masters.newest.notices, account_id, email)

    def stopped_account(self, token: str) -> UUID | None:
        """Whose token it claims to be; ask `is_stop_token` before believing it."""
        return _identifier(token)

    def is_stop_token(self, token: str, account_id: UUID, email: str) -> bool:
        """配信停止の札か否か."""
        return any(hmac.compare_digest(_stop_token(each, account_id, email), token) for each in self._secrets())

    def _secrets(self) -> Iterator[bytes]:
        return (each.notices for each in reversed(self._masters.all()))


def _code(secret: bytes, account_id: UUID, email: str, salt: bytes) -> str:
    digest = _digest(secret, "code", account_id.hex, email, salt.hex())
    return str(int.from_bytes(digest[:8]) % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def _delivery_token(secret: bytes, delivery_id: UUID) -> str:
    return delivery_id.hex + _digest(secret, "delivery", delivery_id.hex).hex()[:MARK]


def _stop_token(secret: bytes, account_id: UUID, email: str) -> str:
    return account_id.hex + _digest(secret, "stop", account_id.hex, email).hex()[:MARK]


def _digest(secret: bytes, *parts: str) -> bytes:
    return hmac.digest(secret, "\0".join(parts).encode(), sha256)


def _identifier(token: str) -> UUID | None:
    if len(token) != 32 + MARK or not token.isascii():
        return None
    try:
        return UUID(hex=token[:32])
    except ValueError:
        return None

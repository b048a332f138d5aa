"""鍵: one AES-256 key per case, wrapped by the master key (RFC 3394). Deleting the row shreds the case's history."""

from collections import OrderedDict
from dataclasses import dataclass
from os import urandom
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from sqlalchemy import select

from procedures.values import ReceiptNumber
from store.database import Database
from store.receipts import municipality_of, receipt_number_of
from store.tables import case_key

CACHED_KEYS = 10_000
KEY_BYTES = 32


@dataclass(frozen=True)
class StoredKey:
    """案件鍵: a random id for the payload's metadata, and 32 secret bytes."""

    id: str
    secret: bytes


@dataclass(frozen=True)
class WrappedKey:
    """包んだ案件鍵, as it is stored."""

    id: str
    wrapped: bytes


class CaseKeys:
    """鍵束: a process's view of the case keys; the most recent ones stay in memory."""

    def __init__(self, database: Database, master_key_file: Path) -> None:
        self._database = database
        self._master = _read_master_key(master_key_file)
        self._cache: OrderedDict[str, StoredKey] = OrderedDict()
        # Workflows of the installation itself (reconciliation) carry no personal data and share one derived key.
        derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"madoguchi installation").derive(self._master)
        self._installation = StoredKey("installation", derived)

    def make(self, receipt_number: ReceiptNumber) -> WrappedKey:
        """A new key, for the transaction that files the case (store/filing.py)."""
        key = StoredKey(str(uuid4()), urandom(KEY_BYTES))
        self._remember(receipt_number, key)
        return WrappedKey(key.id, aes_key_wrap(self._master, key.secret))

    def cached(self, workflow_id: str) -> StoredKey | None:
        """The key, if this process has seen it."""
        receipt_number = receipt_number_of(workflow_id)
        return self._cache.get(receipt_number) if receipt_number else self._installation

    def fetch(self, workflow_id: str) -> StoredKey:
        """The key from the database. Raises LookupError where it was destroyed (crypto-erasure)."""
        receipt_number, municipality = receipt_number_of(workflow_id), municipality_of(workflow_id)
        if receipt_number is None or municipality is None:
            return self._installation
        with self._database.reading(municipality) as connection:
            where = case_key.c.receipt_number == receipt_number
            row = connection.execute(select(case_key.c.key_id, case_key.c.wrapped).where(where)).one_or_none()
        if row is None:
            raise LookupError(f"The key of case {receipt_number} was destroyed; its history cannot be read any more.")
        key = StoredKey(str(row.key_id), aes_key_unwrap(self._master, row.wrapped))
        self._remember(receipt_number, key)
        return key

    def _remember(self, receipt_number: ReceiptNumber, key: StoredKey) -> None:
        self._cache[receipt_number] = key
        while len(self._cache) > CACHED_KEYS:
            self._cache.popitem(last=False)


def _read_master_key(file: Path) -> bytes:
    key = file.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(f"The master key in {file.name} has {len(key)} bytes; it must have {KEY_BYTES}.")
    return key

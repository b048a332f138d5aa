"""鍵: one AES-256 key per case, wrapped by a master key (RFC 3394). Deleting the row shreds the case's history."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from os import urandom
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Connection, bindparam, func, select, update

from procedures.values import MunicipalityCode, ReceiptNumber
from store.database import Database
from store.master_keys import FIRST, KEY_BYTES, MasterKey, MasterKeys
from store.receipts import municipality_of, receipt_number_of
from store.tables import case_key

CACHED_KEYS = 10_000
INSTALLATION = "installation"


@dataclass(frozen=True)
class StoredKey:
    """案件鍵: a random id for the payload's metadata, and 32 secret bytes."""

    id: str
    secret: bytes


@dataclass(frozen=True)
class WrappedKey:
    """包んだ案件鍵, as it is stored. `master_key`: the id of the one that wraps it."""

    id: str
    wrapped: bytes
    master_key: str


class CaseKeys:
    """鍵束: a process's view of the case keys; the most recent ones stay in memory."""

    def __init__(self, database: Database, master_key_file: Path) -> None:
        self._database = database
        self._masters = MasterKeys(master_key_file)
        self._cache: OrderedDict[str, StoredKey] = OrderedDict()

    def make(self, receipt_number: ReceiptNumber) -> WrappedKey:
        """A new key, for the transaction that files the case (store/filing.py)."""
        key, master = StoredKey(str(uuid4()), urandom(KEY_BYTES)), self._masters.newest
        self._remember(receipt_number, key)
        return WrappedKey(key.id, master.wrap(key.secret), master.id)

    def cached(self, workflow_id: str) -> StoredKey | None:
        """The key, if this process has seen it."""
        receipt_number = receipt_number_of(workflow_id)
        return self._cache.get(receipt_number) if receipt_number else _of_installation(self._masters.newest)

    def fetch(self, workflow_id: str) -> StoredKey:
        """The key from the database. Raises LookupError where it was destroyed (crypto-erasure)."""
        receipt_number, municipality = receipt_number_of(workflow_id), municipality_of(workflow_id)
        if receipt_number is None or municipality is None:
            return _of_installation(self._masters.newest)
        with self._database.reading(municipality) as connection:
            where = case_key.c.receipt_number == receipt_number
            row = connection.execute(select(*_COLUMNS).where(where)).one_or_none()
        if row is None:
            self.forget(receipt_number)
            raise LookupError(f"The key of case {receipt_number} was destroyed; its history cannot be read any more.")
        key = StoredKey(str(row.key_id), self._masters.find(row.master_key).unwrap(row.wrapped))
        self._remember(receipt_number, key)
        return key

    def by_id(self, municipality: MunicipalityCode, key_id: UUID) -> tuple[ReceiptNumber, StoredKey]:
        """Whose key it is, and the key; never from memory. Raises LookupError where it was destroyed."""
        mine = case_key.c.municipality == municipality, case_key.c.key_id == key_id
        with self._database.reading(municipality) as connection:
            row = connection.execute(select(*_COLUMNS).where(*mine)).one_or_none()
        if row is None:
            raise LookupError(f"There is no key {key_id} any more.")
        secret = self._masters.find(row.master_key).unwrap(row.wrapped)
        return ReceiptNumber(row.receipt_number), StoredKey(str(row.key_id), secret)

    def installation(self, key_id: str) -> StoredKey:
        """The key of workflows without a case, as of the master key it was made of. Raises MasterKeyUnknown."""
        return _of_installation(self._masters.find(key_id.removeprefix(INSTALLATION).removeprefix("-") or FIRST))

    def forget(self, receipt_number: ReceiptNumber) -> None:
        """忘れる: this process keeps nothing of a key that was destroyed."""
        self._cache.pop(receipt_number, None)

    def _remember(self, receipt_number: ReceiptNumber, key: StoredKey) -> None:
        self._cache[receipt_number] = key
        while len(self._cache) > CACHED_KEYS:
            self._cache.popitem(last=False)


_COLUMNS = (case_key.c.receipt_number, case_key.c.key_id, case_key.c.wrapped, case_key.c.master_key)


def _of_installation(master: MasterKey) -> StoredKey:
    """Workflows of the installation itself (reconciliation) carry no personal data and share one derived key."""
    return StoredKey(INSTALLATION if master.id == FIRST else f"{INSTALLATION}-{master.id}", master.installation)


# --- rotation ---------------------------------------------------------------------------------------------------------

_REWRAP = (
    update(case_key)
    .where(case_key.c.receipt_number == bindparam("of"))
    .values(wrapped=bindparam("anew"), master_key=bindparam("by"))
)


def wrapped_by(connection: Connection) -> Mapping[str, int]:
    """包んでいる数: how many case keys of this municipality each master key wraps."""
    found = connection.execute(select(case_key.c.master_key, func.count()).group_by(case_key.c.master_key))
    return {master: count for master, count in found}  # noqa: C416 - rows are no pairs to mypy


def rewrap(connection: Connection, masters: MasterKeys, limit: int) -> int:
    """包み直す: some that the newest master key does not wrap yet. How many; a key another one holds waits its turn."""
    newest = masters.newest
    older = (
        select(*_COLUMNS)
        .where(case_key.c.master_key != newest.id)
        .order_by(case_key.c.receipt_number)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    anew = [
        {
            "of": row.receipt_number,
            "anew": newest.wrap(masters.find(row.master_key).unwrap(row.wrapped)),
            "by": newest.id,
        }
        for row in connection.execute(older)
    ]
    if anew:
        connection.execute(_REWRAP, anew)
    return len(anew)

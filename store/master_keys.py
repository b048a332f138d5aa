"""親鍵の束: the keys that wrap every case key, in one file. The newest wraps; all unwrap.

The file holds 32 bytes (one key, as an installation begins) or, once rotated, a JSON list, oldest first. It is replaced
whole or not at all. A process that runs notices when it has changed. Of a retired key two derived ones stay, which
unwrap nothing: what is under way outside any case, and mails that were sent, stay readable.
"""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

KEY_BYTES = 32
FIRST = "first"
"""Id of the key an installation begins with."""
SETTLED = timedelta(hours=1)
"""No filing that took the older key can still be under way so long after the newer one was made."""


class MasterKeyUnknown(LookupError):
    """The ring has no such key, or not any more."""


class RotationRefused(Exception):
    """The ring stays as it is; the text says why and what to do."""


@dataclass(frozen=True, repr=False)
class MasterKey:
    """親鍵. `secret`: None once it is retired; `made_at`: None of the first."""

    id: str
    made_at: datetime | None
    secret: bytes | None
    installation: bytes
    """What workflows without a case are encrypted with (workflows/codec.py)."""
    notices: bytes
    """What codes and tokens in mails are made with (store/notice_key.py)."""
    retired_at: datetime | None = None

    def wrap(self, key: bytes) -> bytes:
        """包む (RFC 3394). Raises MasterKeyUnknown of a retired one."""
        return aes_key_wrap(self._usable(), key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """開く. Raises MasterKeyUnknown of a retired one."""
        return aes_key_unwrap(self._usable(), wrapped)

    def _usable(self) -> bytes:
        if self.secret is None:
            raise MasterKeyUnknown(f"The master key {self.id} was retired on {self.retired_at}; it unwraps nothing.")
        return self.secret


class MasterKeys:
    """親鍵の束 as a process sees it: read again whenever the file has changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = _mark(file)
        self._keys = _read(file)

    def all(self) -> tuple[MasterKey, ...]:
        """全部, the oldest first."""
        mark = _mark(self._file)
        if mark != self._seen:
            self._seen, self._keys = mark, _read(self._file)
        return self._keys

    @property
    def newest(self) -> MasterKey:
        """いま包む鍵."""
        return self.all()[-1]

    def find(self, key_id: str) -> MasterKey:
        """Raises MasterKeyUnknown: this machine's file lacks it."""
        for each in self.all():
            if each.id == key_id:
                return each
        raise MasterKeyUnknown(
            f"The master key {key_id} is not in {self._file}. Copy the file from the machine where it was rotated."
        )


def add(file: Path) -> MasterKey:
    """鍵を作る: it wraps from now on. Raises RotationRefused."""
    with _alone(file):
        known = _read(file)
        now = datetime.now(UTC).replace(microsecond=0)
        made = _derived(f"{now:%Y%m%d}-{secrets.token_hex(4)}", now, secrets.token_bytes(KEY_BYTES))
        _write(file, (*known, made))
    return made


def retire(file: Path, key_id: str) -> MasterKey:
    """廃棄: its secret goes for good. That it wraps nothing is for the caller to know. Raises RotationRefused."""
    with _alone(file):
        known = _read(file)
        here = next((place for place, each in enumerate(known) if each.id == key_id), None)
        if here is None:
            raise RotationRefused(f"There is no master key {key_id} in {file}.")
        if known[here].secret is None:
            return known[here]
        if here == len(known) - 1:
            raise RotationRefused(f"The master key {key_id} is the newest: rotate first.")
        superseded = known[here + 1].made_at
        if superseded is None or datetime.now(UTC) - superseded < SETTLED:
            raise RotationRefused(f"The master key {key_id} was superseded less than an hour ago: try again then.")
        gone = replace(known[here], secret=None, retired_at=datetime.now(UTC).replace(microsecond=0))
        _write(file, (*known[:here], gone, *known[here + 1 :]))
    return gone


# --- the file ---------------------------------------------------------------------------------------------------------


def _read(file: Path) -> tuple[MasterKey, ...]:
    content = file.read_bytes()
    if len(content) == KEY_BYTES:
        return (_derived(FIRST, None, content),)
    try:
        found = tuple(_entry(each) for each in json.loads(content)["keys"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise ValueError(
            f"The master key in {file.name} has {len(content)} bytes; it must have {KEY_BYTES}, or be a list of keys."
        ) from wrong
    if not found or found[-1].secret is None:
        raise ValueError(f"The list of master keys in {file.name} does not end with a usable one.")
    return found


def _write(file: Path, keys: tuple[MasterKey, ...]) -> None:
    """On the disk before anything is wrapped with it."""
    whole = file.with_name(file.name + ".new")
    whole.unlink(missing_ok=True)
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        json.dump({"keys": [_row(each) for each in keys]}, written, indent=1)
        written.flush()
        os.fsync(written.fileno())
    whole.rename(file)
    _sync(file.parent)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One at a time on this machine."""
    if not os.access(file.parent, os.W_OK):
        raise RotationRefused(f"{file.parent} cannot be written here: rotate where the key's original lies.")
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _mark(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _derived(key_id: str, made_at: datetime | None, secret: bytes) -> MasterKey:
    def of(purpose: bytes) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret)

    return MasterKey(key_id, made_at, secret, of(b"madoguchi installation"), of(b"madoguchi notices"))


def _entry(row: Mapping[str, str | None]) -> MasterKey:
    made_at = datetime.fromisoformat(row["made_at"]) if row["made_at"] else None
    if row.get("secret"):
        return _derived(str(row["id"]), made_at, _bytes(row["secret"]))
    retired_at = datetime.fromisoformat(str(row["retired_at"]))
    return MasterKey(
        str(row["id"]), made_at, None, _bytes(row["installation"]), _bytes(row["notices"]), retired_at
    )  # fmt: skip


def _row(key: MasterKey) -> dict[str, str | None]:
    row = {"id": key.id, "made_at": key.made_at.isoformat() if key.made_at else None}
    if key.secret is not None:
        return row | {"secret": _text(key.secret)}
    left = {"installation": _text(key.installation), "notices": _text(key.notices)}
    return row | {"retired_at": key.retired_at.isoformat() if key.retired_at else None} | left


def _bytes(text: str | None) -> bytes:
    found = base64.b64decode(text or "", validate=True)
    if len(found) != KEY_BYTES:
        raise ValueError(f"a key of {len(found)} bytes")
    return found


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()

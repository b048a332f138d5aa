"""ファイル: the object store for attachments and sealed documents (file:// or s3:// through obstore)."""

from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, ObjectStore, from_url


class Objects:
    """オブジェクトストア. Keys are `<municipality>/<kind>/<uuid>`; nothing personal in a key."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._store: ObjectStore
        self.folder = Path(parts.path) if parts.scheme == "file" else None
        """Where they lie, if on a disk of this machine."""
        if parts.scheme == "file":
            Path(parts.path).mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(parts.path)
        else:
            self._store = from_url(url)

    def put(self, key: str, data: bytes) -> None:
        """Written whole or not at all; the same key again writes the same bytes."""
        obstore.put(self._store, key, data)

    def put_file(self, key: str, file: IO[bytes]) -> None:
        """As `put`, from an open file, piece by piece: its size is not held in memory."""
        obstore.put(self._store, key, file)

    def get(self, key: str) -> bytes:
        return bytes(obstore.get(self._store, key).bytes())

    def delete(self, key: str) -> None:
        obstore.delete(self._store, key)

    def discard(self, key: str) -> None:
        """As `delete`; an object that is gone already is no error."""
        with suppress(FileNotFoundError):
            obstore.delete(self._store, key)

    def discard_under(self, folder: str) -> None:
        """Every object whose key begins with `folder` and a slash."""
        for batch in obstore.list(self._store, folder):
            for each in batch:
                self.discard(each["path"])

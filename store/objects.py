"""ファイル: the object store for attachments and sealed documents (file:// or s3:// through obstore)."""

from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, ObjectStore, from_url


class Objects:
    """オブジェクトストア. Keys are `<municipality>/<kind>/<uuid>`; nothing personal in a key."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._store: ObjectStore
        if parts.scheme == "file":
            Path(parts.path).mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(parts.path)
        else:
            self._store = from_url(url)

    def put(self, key: str, data: bytes) -> None:
        """Written whole or not at all; the same key again writes the same bytes."""
        obstore.put(self._store, key, data)

    def get(self, key: str) -> bytes:
        return bytes(obstore.get(self._store, key).bytes())

    def delete(self, key: str) -> None:
        obstore.delete(self._store, key)

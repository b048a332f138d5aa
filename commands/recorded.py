"""記録された履歴: files of histories, as Temporal's tools write them; plain ones need no key and no server."""

import gzip
import secrets
from pathlib import Path

from google.protobuf.json_format import ParseError
from temporalio.client import WorkflowHistory

from store.keys import StoredKey
from store.master_keys import KEY_BYTES
from workflows.codec import ENCODING


class NotAHistory(Exception):
    """The file holds no history."""


class NoKeys:
    """鍵のない鍵束: for plain histories. What today's code says meanwhile is encrypted for nobody."""

    def __init__(self) -> None:
        self._key = StoredKey("nobody", secrets.token_bytes(KEY_BYTES))

    def cached(self, _: str) -> StoredKey:
        return self._key

    def fetch(self, _: str) -> StoredKey:
        return self._key

    def installation(self, _: str) -> StoredKey:
        return self._key


def read(file: Path) -> WorkflowHistory:
    """記録を読む (.json or .json.gz); a file that does not say whose it is goes by its own name. Raises NotAHistory."""
    try:
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        history = WorkflowHistory.from_json(file.name.split(".")[0], data.decode())
    except (OSError, ValueError, ParseError) as wrong:
        raise NotAHistory(f"{file}: {wrong}") from wrong
    begun = history.events[0].workflow_execution_started_event_attributes if history.events else None
    return WorkflowHistory(begun.workflow_id, history.events) if begun and begun.workflow_id else history


def encrypted(history: WorkflowHistory) -> bool:
    """暗号化されているか: then only the installation that wrote it can read it."""
    return any(ENCODING in event.SerializeToString() for event in history.events)

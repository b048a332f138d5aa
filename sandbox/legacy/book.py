"""帳簿: an old system's SQLite file: what was stored, what is still to go wrong, and how often it was asked.

WAL with synchronous=FULL: what was shown as stored survives kill -9. Nothing keeps the same thing from being stored
twice: that is how such systems are.
"""

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.legacy.faults import Fault

Json = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (number INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, path TEXT NOT NULL, times INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS visits (page TEXT PRIMARY KEY, times INTEGER NOT NULL);
"""


class Book:
    """帳簿: opened once per process."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def store(self, body: Json) -> int:
        """登録: its number."""
        written = json.dumps(body, ensure_ascii=False)
        return int(self._db.execute("INSERT INTO records (body) VALUES (?)", (written,)).lastrowid or 0)

    def records(self) -> list[Json]:
        """登録一覧, oldest first, each with its number."""
        rows = self._db.execute("SELECT number, body FROM records ORDER BY number")
        return [{"number": number, **json.loads(body)} for number, body in rows]

    def visit(self, page: str) -> None:
        """閲覧: counted, never with what was typed."""
        self._db.execute(
            "INSERT INTO visits VALUES (?, 1) ON CONFLICT (page) DO UPDATE SET times = times + 1", (page,)
        )  # fmt: skip

    def visits(self) -> dict[str, int]:
        """閲覧数 by page."""
        return dict(self._db.execute("SELECT page, times FROM visits ORDER BY page"))

    def add_fault(self, fault: Fault) -> None:
        """故障の予約."""
        self._db.execute(
            "INSERT INTO faults (kind, path, times, seconds) VALUES (:kind, :path, :times, :seconds)", asdict(fault)
        )

    def faults(self) -> list[Json]:
        """故障一覧: what is still to happen."""
        rows = self._db.execute("SELECT kind, path, times, seconds FROM faults ORDER BY id")
        return [asdict(Fault(*row)) for row in rows]

    def clear_faults(self) -> None:
        """故障の取消し."""
        self._db.execute("DELETE FROM faults")

    def take_fault(self, method: str, path: str) -> Fault | None:
        """故障の発生: uses up the oldest one that befalls this request."""
        for identifier, *values in self._db.execute("SELECT id, kind, path, times, seconds FROM faults ORDER BY id"):
            fault = Fault(*values)
            if fault.befalls(method, path):
                self._db.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (identifier,))
                self._db.execute("DELETE FROM faults WHERE times <= 0")
                return fault
        return None

    def close(self) -> None:
        """閉じる."""
        self._db.close()

"""台帳: the gateway's SQLite file: objects, remembered answers, deliveries, timers and faults, all in one transaction.

One thread and one connection, so a transaction is also a critical section. WAL with synchronous=FULL: what was answered
survives kill -9 and a power cut.
"""

import json
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.gateway.faults import Fault, FaultKind
from sandbox.gateway.refusal import Json, missing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS by_intent ON objects (kind, json_extract(body, '$.payment_intent'));
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL, note TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS by_state ON deliveries (state, due);
CREATE TABLE IF NOT EXISTS timers (
  id INTEGER PRIMARY KEY, due REAL NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, times INTEGER NOT NULL, seconds REAL NOT NULL, path TEXT NOT NULL,
  event TEXT NOT NULL, object TEXT NOT NULL DEFAULT '');
"""
_KEY_LIFETIME_SECONDS = 86_400  # Stripe removes idempotency keys once they are at least 24 hours old


@dataclass(frozen=True)
class Answer:
    """応答: what was answered under an idempotency key."""

    fingerprint: str
    status: int
    body: str


@dataclass(frozen=True)
class Delivery:
    """配達: one webhook to send."""

    id: int
    event: str
    due: float
    attempts: int


@dataclass(frozen=True)
class Timer:
    """時限: something that happens by itself (a session's expiry, a late dispute)."""

    id: int
    kind: str
    subject: str


class Journal:
    """台帳: opened once per process."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """閉じる: after the last transaction."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """一括: everything inside is committed together, or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # Objects

    def create(self, prefix: str, kind: str, body: Json) -> Json:
        """作成: gives the object its id and creation time."""
        made = {
            "id": f"{prefix}_{secrets.token_hex(12)}",
            "object": kind,
            "created": int(time.time()),
            "livemode": False,
        }
        made |= body
        self._db.execute(
            "INSERT INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?)",
            (made["id"], kind, made["created"], json.dumps(made, ensure_ascii=False)),
        )
        return made

    def save(self, body: Json) -> None:
        """更新: writes a changed object back."""
        self._db.execute("UPDATE objects SET body = ? WHERE id = ?", (json.dumps(body, ensure_ascii=False), body["id"]))

    def get(self, kind: str, identifier: str) -> Json:
        """取得: raises a 404 refusal when there is none of that kind."""
        row = self._db.execute("SELECT body FROM objects WHERE id = ? AND kind = ?", (identifier, kind)).fetchone()
        if row is None:
            raise missing(kind, identifier)
        found: Json = json.loads(row[0])
        return found

    def find(self, identifier: str) -> Json | None:
        """検索: any object by its id."""
        row = self._db.execute("SELECT body FROM objects WHERE id = ?", (identifier,)).fetchone()
        return json.loads(row[0]) if row else None

    def page(
        self, kind: str, where: Sequence[tuple[str, str | int]], limit: int, oldest_first: bool = False
    ) -> list[Json]:
        """一覧: newest first. `where` pairs an SQL condition written by our own code with its value."""
        conditions = "".join(f" AND {condition}" for condition, _ in where)
        order = "ASC" if oldest_first else "DESC"
        rows = self._db.execute(
            f"SELECT body FROM objects WHERE kind = ?{conditions} ORDER BY seq {order} LIMIT ?",  # noqa: S608 - conditions are constants of ours
            (kind, *(value for _, value in where), limit),
        )
        return [json.loads(row[0]) for row in rows]

    # Idempotency keys

    def answered(self, key: str) -> Answer | None:
        """既応答: what this key was answered, if it is not too old."""
        row = self._db.execute(
            "SELECT fingerprint, status, body FROM answers WHERE key = ? AND created > ?",
            (key, time.time() - _KEY_LIFETIME_SECONDS),
        ).fetchone()
        return Answer(*row) if row else None

    def remember(self, key: str, answer: Answer) -> None:
        """記憶: in the same transaction as the effect it answers."""
        self._db.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
            (key, answer.fingerprint, answer.status, answer.body, time.time()),
        )

    # Webhook deliveries

    def post(self, event: str, due: float, state: str = "pending") -> None:
        """投函: queues one delivery."""
        self._db.execute("INSERT INTO deliveries (event, due, state) VALUES (?, ?, ?)", (event, due, state))

    def due(self, now: float) -> list[Delivery]:
        """配達待ち: pending deliveries whose time has come, oldest first."""
        rows = self._db.execute(
            "SELECT id, event, due, attempts FROM deliveries WHERE state = 'pending' AND due <= ? "
            "ORDER BY due, id LIMIT 100",
            (now,),
        )
        return [Delivery(*row) for row in rows]

    def mark(self, delivery: Delivery, state: str, note: str, due: float) -> None:
        """結果: after one attempt."""
        self._db.execute(
            "UPDATE deliveries SET state = ?, note = ?, due = ?, attempts = attempts + 1 WHERE id = ?",
            (state, note, due, delivery.id),
        )

    def release_held(self, now: float, spacing_seconds: float) -> None:
        """保留解除: held deliveries become due, newest first."""
        rows = self._db.execute("SELECT id FROM deliveries WHERE state = 'held' ORDER BY id DESC").fetchall()
        for index, (identifier,) in enumerate(rows):
            self._db.execute(
                "UPDATE deliveries SET state = 'pending', due = ? WHERE id = ?",
                (now + index * spacing_seconds, identifier),
            )

    def deliveries(self) -> list[Json]:
        """配達記録: all of them, for the ledger."""
        rows = self._db.execute("SELECT id, event, attempts, state, note FROM deliveries ORDER BY id")
        return [dict(zip(("id", "event", "attempts", "state", "note"), row, strict=True)) for row in rows]

    def undelivered(self, event: str) -> int:
        """未配達: how many deliveries of an event are still to be made."""
        row = self._db.execute(
            "SELECT count(*) FROM deliveries WHERE event = ? AND state IN ('pending', 'held')", (event,)
        ).fetchone()
        return int(row[0])

    # Timers

    def set_timer(self, kind: str, subject: str, due: float) -> None:
        """時限設定."""
        self._db.execute("INSERT INTO timers (due, kind, subject) VALUES (?, ?, ?)", (due, kind, subject))

    def elapsed(self, now: float) -> list[Timer]:
        """経過: timers whose time has come."""
        rows = self._db.execute("SELECT id, kind, subject FROM timers WHERE due <= ? ORDER BY due", (now,))
        return [Timer(*row) for row in rows]

    def drop_timer(self, timer: Timer) -> None:
        """時限消去: in the transaction of what it did."""
        self._db.execute("DELETE FROM timers WHERE id = ?", (timer.id,))

    def next_due(self, now: float) -> float | None:
        """次の予定: the moment the next timer or a later delivery falls due."""
        row = self._db.execute(
            "SELECT min(due) FROM (SELECT due FROM timers UNION ALL "
            "SELECT due FROM deliveries WHERE state = 'pending' AND due > ?)",
            (now,),
        ).fetchone()
        return None if row[0] is None else float(row[0])

    # Faults

    def add_fault(self, fault: Fault) -> None:
        """故障の予約."""
        self._db.execute(
            "INSERT INTO faults (kind, times, seconds, path, event, object)"
            " VALUES (:kind, :times, :seconds, :path, :event, :object)",
            asdict(fault),
        )

    def faults(self) -> list[Json]:
        """故障一覧: what is still to happen."""
        rows = self._db.execute("SELECT kind, times, seconds, path, event, object FROM faults ORDER BY id")
        return [asdict(Fault(*row)) for row in rows]

    def clear_faults(self) -> None:
        """故障の取消し."""
        self._db.execute("DELETE FROM faults")

    def take_fault(self, kinds: Sequence[FaultKind], subject: str, of: str = "") -> Fault | None:
        """故障の発生: uses up one that fits; its `times` is what was left before."""
        rows = self._db.execute(
            "SELECT id, kind, times, seconds, path, event, object FROM faults ORDER BY id"
        ).fetchall()
        for identifier, *values in rows:
            fault = Fault(*values)
            prefix = fault.event if fault.kind.startswith("webhook") else fault.path
            if fault.kind in kinds and subject.startswith(prefix) and fault.object in ("", of):
                self._db.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (identifier,))
                self._db.execute("DELETE FROM faults WHERE times <= 0")
                return fault
        return None

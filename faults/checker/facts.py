"""事実: everything the checker compares, as plain rows, read once. Tests damage a copy of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Rows = tuple[Row, ...]
CLOSED = frozenset({"delivered", "rejected", "withdrawn", "lapsed", "recalled"})


@dataclass(frozen=True)
class Finding:
    """発見: the rule that is broken, what it is about (mostly a receipt number), and a sentence."""

    rule: str
    about: str
    says: str

    def __str__(self) -> str:
        return f"{self.rule} {self.about}: {self.says}"


@dataclass(frozen=True)
class Facts:
    """事実: `journal` is what residents and officers were told; the rest is what is written down."""

    journal: Rows = ()
    cases: Rows = ()
    submissions: Rows = ()
    commands: Rows = ()
    audit: Rows = ()
    audit_heads: Rows = ()
    tasks: Rows = ()
    corrections: Rows = ()
    payments: Rows = ()
    postings: Rows = ()
    """ポイント: one row for each transaction and ledger account."""
    documents: Rows = ()
    notices: Rows = ()
    deliveries: Rows = ()
    objects: Mapping[str, str] = field(default_factory=dict)
    """Key in the object store → SHA-256 of the bytes."""
    seals: Mapping[str, bool] = field(default_factory=dict)
    """Document id → whether pdfsig calls its signature valid; of a sample."""
    charges: Rows = ()
    refunds: Rows = ()
    disputes: Rows = ()
    mails: Rows = ()
    workflows: Rows = ()

    def of(self, table: str, receipt_number: str) -> list[Row]:
        """The rows of a case, in the order they were read."""
        rows: Rows = getattr(self, table)
        return [row for row in rows if row["receipt_number"] == receipt_number]

    def said(self, event: str, receipt_number: str | None = None) -> list[Row]:
        """What the journal tells of this kind."""
        told = (row for row in self.journal if row["event"] == event)
        return [row for row in told if receipt_number is None or row.get("receipt_number") == receipt_number]


def by(rows: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    """Rows in groups of equal `name`."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found

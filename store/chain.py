"""監査の鎖: how a line of the audit log is hashed (as the database's trigger does), and what a broken chain tells.

The canonical form of a line: its fields, in UTF-8, joined by U+001F: receipt number, municipality, number of the line,
time in UTC to the microsecond, actor, action, step (or nothing), facts as PostgreSQL writes that JSON. Its hash is the
SHA-256 of the hash before it, followed by these bytes; before the first line stands nothing.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from procedures.values import MunicipalityCode, ReceiptNumber

SEPARATOR = "\x1f"
MOST_SUSPECTS = 200
"""Lines of one case that are compared with each other's places; more than that were not put in another order."""
MOST_PLACES = 10_000

FindingKind = Literal[
    "altered", "replaced", "missing", "reordered", "cut_off", "inserted", "headless", "head_wrong",
    "not_as_anchored", "anchor_missing", "anchor_altered", "anchor_untrusted", "anchor_overdue", "anchor_unknown",
]  # fmt: skip
"""発見: docs/operations.md says of each what to do."""


@dataclass(frozen=True)
class Finding:
    """発見の一件: what was found, where, and in English what it means."""

    kind: FindingKind
    meaning: str
    receipt_number: ReceiptNumber | None = None
    seq: int | None = None
    """The line of the case."""
    anchor: int | None = None
    """The number of the anchor."""


@dataclass(frozen=True)
class Line:
    """監査記録の一行 as stored. `facts`: the text PostgreSQL makes of it."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    seq: int
    at: datetime
    actor: str
    action: str
    step: str | None
    facts: str
    prev_hash: bytes
    hash: bytes

    @property
    def written(self) -> str:
        """正準形: what is hashed."""
        at = self.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        parts = (self.receipt_number, self.municipality, str(self.seq), at, self.actor, self.action)
        return SEPARATOR.join([*parts, self.step or "", self.facts])

    @property
    def is_whole(self) -> bool:
        """不変: the hash is of this content. Fields are of a fixed number, so none can take over a part of another."""
        return digest(self.prev_hash, self.written) == self.hash

    def is_from(self, seq: int, prev_hash: bytes, found: bytes) -> bool:
        """Whether this content was written as line `seq`, after `prev_hash`, with the hash `found`."""
        return digest(prev_hash, replace(self, seq=seq).written) == found


@dataclass(frozen=True)
class Head:
    """監査の末尾 of a chain."""

    length: int
    hash: bytes


def digest(before: bytes, written: str) -> bytes:
    return hashlib.sha256(before + written.encode()).digest()


class Chain:
    """鎖 of one case: takes its lines in order; bounded memory, however long it is."""

    def __init__(self, receipt_number: ReceiptNumber) -> None:
        self._receipt_number = receipt_number
        self._seq = 0
        self._link: bytes | None = b""
        """The hash the next line has to follow; None after a gap: nobody knows."""
        self._whole = True
        self._suspects: list[Line] = []
        self._found: list[Finding] = []

    def take(self, line: Line) -> None:
        """次の行."""
        if line.seq <= self._seq:
            self._add("inserted", line.seq, f"A line numbered {line.seq} stands before the first: none is written so.")
            return
        if line.seq > self._seq + 1:
            self._miss(self._seq + 1, line.seq - 1)
            self._link = None
        whole = line.is_whole
        if not whole:
            self._suspects = [*self._suspects, line][:MOST_SUSPECTS]
        elif self._link is not None and line.prev_hash != self._link and self._whole:
            self._replaced(line.seq)
        self._seq, self._link, self._whole = line.seq, line.hash, whole

    def findings(self, head: Head | None) -> Iterator[Finding]:
        """発見: everything, once all lines were taken."""
        yield from self._found
        yield from map(self._judged, self._suspects)
        if head is None:
            yield self._finding("headless", None, "The record of the chain's end is gone: somebody removed it.")
        elif head.length > self._seq:
            lines = _lines(self._seq + 1, head.length)
            yield self._finding(
                "cut_off", self._seq + 1, f"{lines} at the end of the chain {_are(self._seq + 1, head.length)} gone: "
                f"the chain had {head.length}.",
            )  # fmt: skip
        elif head.length < self._seq or (head.hash != self._link and self._whole):
            yield self._finding(
                "head_wrong", self._seq, f"The chain's end as recorded ({head.length} lines) is not its last line: "
                f"lines were added or rewritten past the trigger, or the record of the end was set back.",
            )  # fmt: skip

    def _judged(self, line: Line) -> Finding:
        came_from = next(self._places(line), None)
        if came_from is None:
            return self._finding(
                "altered", line.seq, "Its content is not what was hashed when it was written: it was changed later."
            )
        return self._finding(
            "reordered", line.seq, f"What stands here was written as line {came_from}: lines were put in another order."
        )

    def _places(self, line: Line) -> Iterator[int]:
        """Where the line was written, if it was only moved: with its hash, or the content alone."""
        for seq in range(1, min(self._seq, MOST_PLACES) + 2):
            if seq != line.seq and line.is_from(seq, line.prev_hash, line.hash):
                yield seq
        for other in self._suspects:
            if other is not line and line.is_from(other.seq, other.prev_hash, other.hash):
                yield other.seq

    def _replaced(self, seq: int) -> None:
        if seq == 1:
            self._add("missing", 1, "The first line follows on one that is not there: what stood before it is gone.")
        else:
            self._add(
                "replaced", seq - 1,
                f"Its hash fits its content, but line {seq} was written after another one: "
                f"line {seq - 1} was exchanged, hash and all.",
            )  # fmt: skip

    def _miss(self, first: int, last: int) -> None:
        self._add("missing", first, f"{_lines(first, last)} {_are(first, last)} gone: the numbers have a gap.")

    def _add(self, kind: FindingKind, seq: int, meaning: str) -> None:
        self._found.append(self._finding(kind, seq, meaning))

    def _finding(self, kind: FindingKind, seq: int | None, meaning: str) -> Finding:
        return Finding(kind, meaning, self._receipt_number, seq)


def _lines(first: int, last: int) -> str:
    return f"Line {first}" if first == last else f"Lines {first} to {last}"


def _are(first: int, last: int) -> str:
    return "is" if first == last else "are"

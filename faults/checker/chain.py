"""監査の鎖: recomputed from its documented form (docs/adr/0038).

The hash of a line is the SHA-256 of the hash before it, followed by eight fields in UTF-8 joined by U+001F: receipt
number, municipality, number of the line, time in UTC to the microsecond, actor, action, step or nothing, and the facts
as PostgreSQL writes that JSON.
"""

from collections.abc import Iterator
from datetime import UTC
from hashlib import sha256

from faults.checker.facts import Facts, Finding, Row, by


def check(facts: Facts) -> Iterator[Finding]:
    """鎖の検査: every line of every case, and that the head is the last one."""
    lines = by(facts.audit, "receipt_number")
    for case in facts.cases:
        number = case["receipt_number"]
        yield from _of_case(number, sorted(lines[number], key=lambda row: int(row["seq"])))
        if lines[number]:
            yield from _head(facts, number, lines[number])


def _of_case(number: str, rows: list[Row]) -> Iterator[Finding]:
    if not rows:
        yield Finding("audit_missing", number, "the case has no line in the audit log")
    before = b""
    for expected, row in enumerate(rows, 1):
        if row["seq"] != expected:
            yield Finding("audit_gap", number, f"line {expected} is missing")
            return
        if bytes(row["prev_hash"]) != before or digest(before, row) != bytes(row["hash"]):
            yield Finding("audit_altered", number, f"line {expected} is not what was hashed")
            return
        before = bytes(row["hash"])


def _head(facts: Facts, number: str, rows: list[Row]) -> Iterator[Finding]:
    heads = facts.of("audit_heads", number)
    last = max(rows, key=lambda row: int(row["seq"]))
    if [(head["length"], bytes(head["hash"])) for head in heads] != [(len(rows), bytes(last["hash"]))]:
        yield Finding("audit_cut_off", number, "the log does not end where its head says")


def digest(before: bytes, row: Row) -> bytes:
    """The hash of a line."""
    at = row["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    names = ("receipt_number", "municipality", "seq")
    fields = [*(str(row[name]) for name in names), at, row["actor"], row["action"], row["step"] or "", row["facts"]]
    return sha256(before + "\x1f".join(fields).encode()).digest()

"""お知らせ: told once, mailed once; a mail comes twice only where SMTP cannot know, and that is counted."""

import re
from collections import Counter
from collections.abc import Iterator

from faults.checker.facts import CLOSED, Facts, Finding, Row, by

TOKEN = re.compile(r"\+([0-9a-f]{32})[0-9a-f]{16}@")
"""A return path names the delivery: its id, then a mark of 16 digits (docs/reliability.md)."""


def check(facts: Facts) -> Iterator[Finding]:
    """お知らせの検査."""
    for case in facts.cases:
        yield from _told(facts, case)
    for notice, rows in by((row for row in facts.deliveries if row["notice_id"] is not None), "notice_id").items():
        if len(rows) > 1:
            yield Finding("mail_twice", str(notice), f"one notice has {len(rows)} deliveries")
    yield from _mailed(facts)


def _told(facts: Facts, case: Row) -> Iterator[Finding]:
    number, status = case["receipt_number"], case["status"]
    kinds = Counter(row["kind"] for row in facts.of("notices", number))
    sent_back = sum(task["outcome"] == "send_back" for task in facts.of("tasks", number))
    allowed = {"sent_back": sent_back, "awaiting_payment": 1 + sent_back}
    for kind, times in kinds.items():
        if times > allowed.get(kind, 1):
            yield Finding("told_twice", number, f"the resident was told {kind} {times} times")
    if status in CLOSED and not kinds[status]:
        yield Finding("told_never", number, f"nobody told the resident that it was {status}")


def _mailed(facts: Facts) -> Iterator[Finding]:
    arrived = arrivals(facts)
    known = {row["id"].replace("-", ""): row for row in facts.deliveries}
    for token in sorted(arrived.keys() - known.keys()):
        yield Finding("mail_unknown", token, "a mail nobody was to be sent")
    for token, row in known.items():
        if row["status"] == "waiting":
            yield Finding("mail_stuck", row["id"], f"{row['kind']} still waits after {row['attempts']} attempts")
        if row["status"] == "sent" and not arrived[token]:
            yield Finding("mail_lost", row["id"], f"{row['kind']} is called sent and never arrived")
        if arrived[token] > row["attempts"]:
            yield Finding("mail_twice", row["id"], f"{arrived[token]} mails of {row['attempts']} attempts")


def arrivals(facts: Facts) -> Counter[str]:
    """How many mails came of each delivery."""
    found = (TOKEN.search(mail["return_path"]) for mail in facts.mails)
    return Counter(match[1] for match in found if match)

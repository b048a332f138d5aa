"""手作りの事実: a small city at rest, as the checker reads one, in which nothing is wrong."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from faults.checker.chain import digest
from faults.checker.facts import Facts, Row

PAID, REJECTED, AWARDED, RESTING, UNTOUCHED, RECALLED = "P-1", "R-2", "A-3", "W-4", "U-5", "C-6"
DELIVERED = (PAID, AWARDED, RECALLED)
GIVEN = ("document_issued", "delivered", "closed")
PDF = sha256(b"%PDF").hexdigest()
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def row(**values: Any) -> dict[str, Any]:
    return values


def a_city() -> Facts:
    """Paid and delivered; paid and rejected; awarded; with an officer; left unpaid; delivered and charged back."""
    case = {number: _case(number, *more) for number, *more in _CASES}
    audit = tuple(line for number, _, _, lines in _CASES for line in chained(number, lines))
    return Facts(
        journal=tuple(_journal()),
        cases=tuple(case.values()),
        submissions=tuple(row(receipt_number=n, revision=1, draft_id=f"draft-{n}") for n in case),
        commands=tuple(_commands()),
        audit=audit,
        audit_heads=tuple(heads(audit)),
        tasks=tuple(_tasks()),
        payments=(
            _payment(PAID, "paid", 0), _payment(REJECTED, "refunded", 300), _payment(UNTOUCHED, "open", 0),
            _payment(RECALLED, "disputed", 0),
        ),
        postings=(
            _posting("residents", 5000), _posting("awards", -5000),
        ),
        documents=tuple(_document(n) for n in DELIVERED),
        notices=tuple(_notices()),
        deliveries=tuple(row(id=_uuid(i), notice_id=i, kind="delivered", status="sent", attempts=2) for i in (1, 3)),
        objects={f"282014/documents/{n}": PDF for n in DELIVERED},
        seals={f"document-{PAID}": True},
        charges=tuple(_charge(n) for n in (PAID, REJECTED, RECALLED)),
        refunds=(row(charge=f"ch-{REJECTED}", amount=300),),
        disputes=(row(charge=f"ch-{RECALLED}", amount=300, status="needs_response"),),
        mails=tuple(row(return_path=f"bounces+{_uuid(i).replace('-', '')}{'0' * 16}@city.example") for i in (1, 3)),
        workflows=tuple(_workflows()),
    )  # fmt: skip


_CASES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (PAID, "residence_certificate", "delivered", ("received", "approved", *GIVEN)),
    (REJECTED, "residence_certificate", "rejected", ("received", "rejected", "refunded", "closed")),
    (AWARDED, "happy_pass", "delivered", ("received", "approved", "approved", "points_awarded", *GIVEN)),
    (RESTING, "cancer_screening", "under_review", ("received",)),
    (UNTOUCHED, "residence_certificate", "awaiting_payment", ("received",)),
    (RECALLED, "residence_certificate", "recalled", ("received", "approved", *GIVEN, "closed")),
)  # fmt: skip


def _case(number: str, procedure: str, status: str, _lines: tuple[str, ...]) -> Row:
    return row(receipt_number=number, procedure=procedure, status=status, step=None, reason=None)


def chained(number: str, actions: tuple[str, ...]) -> list[dict[str, Any]]:
    lines, before = [], b""
    for seq, action in enumerate(actions, 1):
        facts = {"closing": "delivered"} if action == "closed" and number in DELIVERED else {}
        line = row(
            receipt_number=number, municipality="282014", seq=seq, at=NOON + timedelta(seconds=seq), actor="system",
            action=action, step=None, facts=json.dumps(facts), closing=facts.get("closing"), prev_hash=before,
        )  # fmt: skip
        before = line["hash"] = digest(before, line)
        lines.append(line)
    return lines


def heads(audit: tuple[Row, ...]) -> list[Row]:
    last = {line["receipt_number"]: line for line in audit}
    return [row(receipt_number=number, length=line["seq"], hash=line["hash"]) for number, line in last.items()]


def _journal() -> list[Row]:
    filed = [
        row(event="filed", receipt_number=number, draft=f"draft-{number}", fee=300 if "certificate" in procedure else 0)
        for number, procedure, _, _ in _CASES
    ]
    decided = [row(event="decided", receipt_number=t["receipt_number"], task=t["id"], decision=t["outcome"],
                   answer="acknowledged") for t in _tasks() if t["outcome"]]  # fmt: skip
    return [
        *filed, filed[0], *decided, *({**each, "event": "deciding"} for each in decided),
        *(row(event="paid", receipt_number=number) for number in (PAID, REJECTED, RECALLED)),
        row(event="left", receipt_number=RESTING, waits_for="officer"),
        row(event="left", receipt_number=UNTOUCHED, waits_for="payment"),
        row(event="disputed", receipt_number=RECALLED),
        row(event="told_ended", receipt_number=PAID, status="delivered"),
        row(event="read_document", receipt_number=PAID, document=f"document-{PAID}", sha256=PDF),
    ]  # fmt: skip


def _tasks() -> list[Row]:
    closed = [(PAID, "review", "approve"), (REJECTED, "review", "reject"), (AWARDED, "review", "approve"),
              (AWARDED, "approve", "approve"), (RECALLED, "review", "approve")]  # fmt: skip
    return [
        *(row(id=f"task-{number}-{step}", receipt_number=number, step=step, closed_at=NOON, outcome=outcome,
              seat_key=f"{step}/1/1/1/f") for number, step, outcome in closed),
        row(id="task-open", receipt_number=RESTING, step="review", closed_at=None, outcome=None,
            seat_key="review/1/1/1/f"),
    ]  # fmt: skip


def _commands() -> list[Row]:
    starts = [row(id=f"start-{n}", receipt_number=n, kind="start", status="acknowledged", attempts=1, task=None)
              for n, _, _, _ in _CASES]  # fmt: skip
    decisions = [row(id=f"decide-{t['id']}", receipt_number=t["receipt_number"], kind="decide", status="acknowledged",
                     attempts=1, task=t["id"]) for t in _tasks() if t["outcome"]]  # fmt: skip
    return [*starts, *decisions]


def _workflows() -> list[Row]:
    accepted: dict[str, list[str]] = {number: [] for number, _, _, _ in _CASES}
    for command in _commands():
        if command["kind"] == "decide":
            accepted[command["receipt_number"]].append(command["id"])
    return [
        row(id=number, type="CaseWorkflow", status="COMPLETED" if status not in _OPEN else "RUNNING",
            accepted=accepted[number], broken=False) for number, _, status, _ in _CASES
    ]  # fmt: skip


_OPEN = ("under_review", "awaiting_payment")


def _payment(number: str, status: str, refunded: int) -> Row:
    return row(receipt_number=number, step="fee", epoch=1, attempt=1, amount=300, status=status, refunded=refunded)


def _posting(account: str, points: int) -> Row:
    return row(
        transaction_id="t", receipt_number=AWARDED, person_id="happy 3", kind="award", ledger_account=account,
        points=points,
    )  # fmt: skip


def _charge(number: str) -> Row:
    return row(id=f"ch-{number}", payment_intent=f"pi-{number}", amount=300, status="succeeded", receipt_number=number)


def _document(number: str) -> Row:
    return row(
        id=f"document-{number}", receipt_number=number, document="certificate", step="issue", sealed=True,
        object_key=f"282014/documents/{number}", sha256=PDF, revoked_at=NOON if number == RECALLED else None,
    )  # fmt: skip


def _notices() -> list[Row]:
    ended = [(1, PAID, "delivered"), (2, REJECTED, "rejected"), (3, AWARDED, "delivered"), (4, RECALLED, "delivered"),
             (5, RECALLED, "recalled")]  # fmt: skip
    return [row(id=number, receipt_number=case, kind=kind) for number, case, kind in ended]


def _uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


# --- damage -----------------------------------------------------------------------------------------------------------


def without(city: Facts, table: str, **which: Any) -> Facts:
    rows: tuple[Row, ...] = getattr(city, table)
    kept = tuple(each for each in rows if not which.items() <= each.items())
    assert len(kept) < len(rows), f"there is no such row in {table}"
    return replace(city, **{table: kept})


def changed(city: Facts, table: str, which: dict[str, Any], **values: Any) -> Facts:
    rows: tuple[Row, ...] = getattr(city, table)
    assert any(which.items() <= each.items() for each in rows), f"there is no such row in {table}"
    return replace(
        city, **{table: tuple({**each, **values} if which.items() <= each.items() else each for each in rows)}
    )


def with_more(city: Facts, table: str, **values: Any) -> Facts:
    return replace(city, **{table: (*getattr(city, table), values)})


def doubled(city: Facts, table: str, which: dict[str, Any], **values: Any) -> Facts:
    first = next(each for each in getattr(city, table) if which.items() <= each.items())
    return with_more(city, table, **{**first, **values})

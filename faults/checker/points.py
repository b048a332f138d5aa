"""ポイント: awarded once for each person and programme, reversed once, and only where the case calls for it."""

from collections.abc import Iterator

from faults.checker.facts import Facts, Finding, by

RESIDENTS = "residents"


def check(facts: Facts) -> Iterator[Finding]:
    """ポイントの検査."""
    for transaction, rows in by(facts.postings, "transaction_id").items():
        if sum(row["points"] for row in rows) != 0:
            yield Finding("points_unbalanced", str(transaction), "its postings do not sum to zero")
    mine = [row for row in facts.postings if row["ledger_account"] == RESIDENTS]
    for person, rows in by(mine, "person_id").items():
        awards = sum(row["kind"] == "award" for row in rows)
        reversals = sum(row["kind"] == "reversal" for row in rows)
        if not 0 <= awards - reversals <= 1:
            yield Finding("points_twice", str(person), f"{awards} awards, {reversals} reversals stand")
    for case in facts.cases:
        number = case["receipt_number"]
        rows = [row for row in mine if row["receipt_number"] == number]
        net = sum(row["points"] for row in rows)
        delivered = case["status"] == "delivered" and case["procedure"] == "happy_pass"
        if sum(row["kind"] == "award" for row in rows) > 1:
            yield Finding("points_twice", number, "one case awarded twice")
        elif delivered != (net > 0):
            yield Finding("points_wrong", number, f"a case {case['status']} holds {net} points")

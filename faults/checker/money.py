"""お金: the gateway's own ledger against the city's books and against what each case's end calls for."""

from collections.abc import Iterable, Iterator

from faults.checker.facts import CLOSED, Facts, Finding, Row, by


def check(facts: Facts) -> Iterator[Finding]:
    """お金の検査."""
    taken = [row for row in facts.charges if row["status"] == "succeeded"]
    known = {case["receipt_number"] for case in facts.cases}
    for row in taken:
        if row["receipt_number"] not in known:
            yield Finding("charge_unknown", row["id"], f"charged for {row['receipt_number']!r}, which is no case")
    for intent, rows in by(taken, "payment_intent").items():
        if len(rows) > 1:
            yield Finding("charged_twice", rows[0]["receipt_number"], f"{intent} was charged {len(rows)} times")
    for case in facts.cases:
        yield from _of_case(facts, case, [row for row in taken if row["receipt_number"] == case["receipt_number"]])


def _of_case(facts: Facts, case: Row, charges: list[Row]) -> Iterator[Finding]:
    number = case["receipt_number"]
    ids = {row["id"] for row in charges}
    charged = _sum(charges)
    refunded = _sum(row for row in facts.refunds if row["charge"] in ids)
    disputed = _sum(row for row in facts.disputes if row["charge"] in ids and row["status"] != "won")
    fee = max((row["fee"] for row in facts.said("filed", number)), default=0)
    if charged > fee:
        yield Finding("charged_twice", number, f"{charged} yen were charged, the fee is {fee}")
    if facts.said("paid", number) and not charges:
        yield Finding("payment_lost", number, "the resident paid, and the gateway charged nothing")
    kept, due = charged - refunded - disputed, _due(facts, case, fee)
    if kept != due:
        yield Finding("money_wrong", number, f"the city keeps {kept} yen of a case {case['status']}, {due} are due")
    yield from _books(facts, number, charged, refunded, disputed)


def _due(facts: Facts, case: Row, fee: int) -> int:
    """What the city may keep: the fee of what it delivered, or what was paid for what it still works on."""
    if case["status"] in CLOSED:
        return fee if case["status"] == "delivered" else 0
    unpaid = case["status"] == "awaiting_payment" and not facts.said("paid", case["receipt_number"])
    return 0 if unpaid else fee


def _books(facts: Facts, number: str, charged: int, refunded: int, disputed: int) -> Iterator[Finding]:
    rows = facts.of("payments", number)
    settled = [row for row in rows if row["status"] in ("paid", "refunded", "disputed")]
    paid, back = _sum(settled), sum(row["refunded"] for row in settled)
    lost = _sum(row for row in settled if row["status"] == "disputed")
    if (paid, back) != (charged, refunded):
        yield Finding("books_differ", number, f"books: {paid} − {back} yen; gateway: {charged} − {refunded}")
    if lost != disputed:
        yield Finding("books_differ", number, f"books: {lost} yen disputed; gateway: {disputed}")


def _sum(rows: Iterable[Row]) -> int:
    return sum(int(row["amount"]) for row in rows)

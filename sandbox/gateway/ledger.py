"""台帳の公開: charges, refunds and disputes as the gateway sees them, to be compared with the city's books."""

from sandbox.gateway.journal import Journal
from sandbox.gateway.refusal import Json

_ALL = 1_000_000


def ledger(journal: Journal) -> Json:
    """台帳: oldest first. `totals.kept` is charged − refunded − disputed, in yen."""
    charges = [_charge(charge) for charge in journal.page("charge", (), _ALL, oldest_first=True)]
    refunds = [_picked(refund, "id", "charge", "payment_intent", "amount", "status", "created")
               for refund in journal.page("refund", (), _ALL, oldest_first=True)]  # fmt: skip
    disputes = [_picked(dispute, "id", "charge", "payment_intent", "amount", "status", "reason", "created")
                for dispute in journal.page("dispute", (), _ALL, oldest_first=True)]  # fmt: skip
    return {"totals": _totals(charges, refunds, disputes), "charges": charges, "refunds": refunds, "disputes": disputes,
            "deliveries": journal.deliveries()}  # fmt: skip


def _charge(charge: Json) -> Json:
    card = charge["payment_method_details"]["card"]
    picked = _picked(charge, "id", "payment_intent", "amount", "amount_refunded", "disputed", "status", "created")
    return picked | {"brand": card["brand"], "last4": card["last4"],
                     "receipt_number": charge["metadata"].get("receipt_number", "")}  # fmt: skip


def _totals(charges: list[Json], refunds: list[Json], disputes: list[Json]) -> Json:
    charged = sum(charge["amount"] for charge in charges if charge["status"] == "succeeded")
    refunded = sum(refund["amount"] for refund in refunds)
    disputed = sum(dispute["amount"] for dispute in disputes if dispute["status"] != "won")
    return {"charged": charged, "refunded": refunded, "disputed": disputed, "kept": charged - refunded - disputed}


def _picked(body: Json, *names: str) -> Json:
    return {name: body[name] for name in names}

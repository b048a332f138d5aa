"""売上・返金・異議: charges, refunds and disputes, with the events they cause."""

from sandbox.gateway import params
from sandbox.gateway.cards import Card
from sandbox.gateway.events import Announcer
from sandbox.gateway.journal import Journal
from sandbox.gateway.refusal import Json, Refusal

DECLINES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "test_mode_live_card": "Your request was in test mode, but used a non test card.",
    "authentication_failed": "The cardholder could not be authenticated.",
}


class Charges:
    """売上台帳: every method must run inside a journal transaction."""

    def __init__(self, journal: Journal, announcer: Announcer) -> None:
        self._journal = journal
        self._announce = announcer.announce

    def capture(self, intent: Json, card: Card, *, authenticated: bool) -> Json:
        """売上確定: one succeeded charge of the whole amount."""
        charge = self._journal.create(
            "ch", "charge", _charge(intent, card, authenticated) | {"paid": True, "status": "succeeded"}
        )
        intent |= {"status": "succeeded", "latest_charge": charge["id"], "amount_received": intent["amount"],
                   "last_payment_error": None}  # fmt: skip
        self._journal.save(intent)
        self._announce("charge.succeeded", charge)
        self._announce("payment_intent.succeeded", intent)
        return charge

    def decline(self, intent: Json, card: Card, code: str) -> None:
        """与信否決: a failed charge; the session stays open for another card."""
        message = DECLINES[code]
        # Stripe reports an empty account as card_declined with the reason in decline_code.
        outer = "card_declined" if code in {"insufficient_funds", "test_mode_live_card"} else code
        failed = {"paid": False, "status": "failed", "captured": False, "amount_captured": 0, "failure_code": outer,
                  "failure_message": message, "outcome": {"reason": code, "type": "issuer_declined"}}  # fmt: skip
        charge = self._journal.create("ch", "charge", _charge(intent, card, False) | failed)
        error = {"type": "card_error", "code": outer, "decline_code": code, "message": message}
        intent |= {"status": "requires_payment_method", "latest_charge": charge["id"], "last_payment_error": error}
        self._journal.save(intent)
        self._announce("charge.failed", charge)
        self._announce("payment_intent.payment_failed", intent)

    def refund(self, given: Json) -> Json:
        """返金: of a charge or a payment intent, whole or in part."""
        params.known(given, ("charge", "payment_intent", "amount", "metadata", "reason", "expand"))
        charge = self._charge_of(given)
        left = charge["amount_captured"] - charge["amount_refunded"]
        amount = params.whole(given, "amount", left)
        _check_refundable(charge, amount, left)
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        self._journal.save(charge)
        refund = self._journal.create("re", "refund", {
            "amount": amount, "charge": charge["id"], "payment_intent": charge["payment_intent"], "currency": "jpy",
            "metadata": params.labels(given), "reason": given.get("reason"), "status": "succeeded",
        })  # fmt: skip
        self._announce("refund.created", refund)
        self._announce("charge.refunded", charge)
        return refund

    def dispute(self, given: Json) -> Json:
        """異議申立て（チャージバック）: the cardholder's bank takes the money back."""
        charge = self._charge_of(given)
        if charge["disputed"] or charge["status"] != "succeeded":
            raise Refusal("Only a succeeded charge that is not disputed yet can be disputed", param="charge")
        charge["disputed"] = True
        self._journal.save(charge)
        dispute = self._journal.create("du", "dispute", {
            "amount": charge["amount"] - charge["amount_refunded"], "charge": charge["id"], "currency": "jpy",
            "payment_intent": charge["payment_intent"], "reason": given.get("reason", "fraudulent"), "metadata": {},
            "status": "needs_response", "is_charge_refundable": False,
        })  # fmt: skip
        self._announce("charge.dispute.created", dispute)
        return dispute

    def close_dispute(self, identifier: str, status: str) -> Json:
        """異議の終結: won (by the city) or lost."""
        dispute = self._journal.get("dispute", identifier)
        if status not in {"won", "lost"}:
            raise Refusal("status must be won or lost", param="status")
        dispute["status"] = status
        self._journal.save(dispute)
        self._announce("charge.dispute.closed", dispute)
        return dispute

    def _charge_of(self, given: Json) -> Json:
        if given.get("charge"):
            return self._journal.get("charge", str(given["charge"]))
        intent = self._journal.get("payment_intent", params.text(given, "payment_intent"))
        if not intent["latest_charge"]:
            raise Refusal(
                f"PaymentIntent {intent['id']} has no charge", code="charge_invalid_parameter", param="payment_intent"
            )
        return self._journal.get("charge", intent["latest_charge"])


def _check_refundable(charge: Json, amount: int, left: int) -> None:
    if charge["status"] != "succeeded":
        raise Refusal(f"Charge {charge['id']} has not been paid.", code="charge_invalid_parameter", executed=True)
    if charge["disputed"]:
        raise Refusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
            executed=True,
        )
    if left == 0:
        raise Refusal(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded", executed=True
        )
    if amount < 1:
        raise Refusal("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise Refusal(
            f"Refund amount (¥{amount}) is greater than unrefunded amount on charge (¥{left})",
            param="amount",
            executed=True,
        )


def _charge(intent: Json, card: Card, authenticated: bool) -> Json:
    return {
        "amount": intent["amount"], "amount_captured": intent["amount"], "amount_refunded": 0, "captured": True,
        "currency": "jpy", "description": intent["description"], "disputed": False, "failure_code": None,
        "failure_message": None, "metadata": intent["metadata"], "payment_intent": intent["id"], "refunded": False,
        "payment_method_details": {"type": "card", "card": {
            "brand": card.brand, "last4": card.last4,
            "three_d_secure": {"result": "authenticated"} if authenticated else None,
        }},
    }  # fmt: skip

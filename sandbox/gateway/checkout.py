"""支払セッション: opened by the city, paid by the resident on the hosted page, or expired."""

import time
from dataclasses import asdict
from typing import Literal
from urllib.parse import urlsplit

from sandbox.gateway import params
from sandbox.gateway.cards import Card
from sandbox.gateway.charges import Charges
from sandbox.gateway.events import Announcer
from sandbox.gateway.journal import Journal
from sandbox.gateway.refusal import Json, Refusal

Attempt = Literal["paid", "challenge", "declined"]

_PARAMETERS = ("mode", "line_items", "success_url", "cancel_url", "client_reference_id", "metadata", "locale",
               "expires_at", "payment_intent_data", "allowed_payment_method_types", "payment_method_types", "ui_mode",
               "submit_type",
               "expand")  # fmt: skip
_LOCALES = ("auto", "ja", "en", "zh", "ko")
_MINIMUM_YEN = 50  # Stripe's smallest JPY charge
_MAXIMUM_YEN = 99_999_999


class Checkout:
    """支払窓口: every method must run inside a journal transaction."""

    def __init__(self, journal: Journal, announcer: Announcer, charges: Charges, dispute_after_seconds: float) -> None:
        self._journal = journal
        self._announce = announcer.announce
        self._charges = charges
        self._dispute_after_seconds = dispute_after_seconds

    def open(self, given: Json, base_url: str) -> Json:
        """開始: a session with its hosted page under `base_url`."""
        params.known(given, _PARAMETERS)
        amount, description = _items(given)
        session = self._journal.create("cs_test", "checkout.session", {
            "mode": _mode(given), "ui_mode": "hosted_page", "status": "open", "payment_status": "unpaid",
            "amount_subtotal": amount, "amount_total": amount, "currency": "jpy", "locale": _locale(given),
            "success_url": _url(given, "success_url", required=True),
            "cancel_url": _url(given, "cancel_url", required=False),
            "client_reference_id": given.get("client_reference_id"), "metadata": params.labels(given),
            "expires_at": _expiry(given), "payment_intent": None, "payment_method_types": ["card"],
            "_description": description, "_intent": _intent_data(given), "_pending": None,
        })  # fmt: skip
        session["url"] = f"{base_url}/pay/{session['id']}"
        self._journal.save(session)
        self._journal.set_timer("expire", session["id"], session["expires_at"])
        return session

    def expire(self, session: Json) -> Json:
        """失効: only an open session can expire."""
        if session["status"] != "open":
            raise Refusal(
                f"Only an open Checkout Session can be expired; this one is {session['status']}.", executed=True
            )
        session |= {"status": "expired", "url": None, "_pending": None}
        self._journal.save(session)
        self._announce("checkout.session.expired", session)
        return session

    def pay(self, session: Json, card: Card) -> Attempt:
        """支払: one attempt with one card on an open session."""
        intent = self._intent(session)
        if card.outcome == "challenge":
            session["_pending"] = asdict(card)
            self._journal.save(session)
            self._journal.save(intent | {"status": "requires_action", "next_action": {"type": "redirect_to_url"}})
            return "challenge"
        session["_pending"] = None  # another card replaces one that was waiting for authentication
        if card.outcome not in {"approved", "disputed"}:
            self._journal.save(session)
            self._charges.decline(intent, card, card.outcome)
            return "declined"
        self._complete(session, intent, card, authenticated=False)
        return "paid"

    def settle_challenge(self, session: Json, *, authenticated: bool) -> Attempt:
        """本人認証（3-Dセキュア）の結果: completes or declines the pending card."""
        if not session["_pending"]:
            raise Refusal("There is no card waiting for authentication", status=409)
        card, intent = Card(**session["_pending"]), self._intent(session)
        session["_pending"] = intent["next_action"] = None
        if authenticated:
            self._complete(session, intent, card, authenticated=True)
            return "paid"
        self._journal.save(session)
        self._charges.decline(intent, card, "authentication_failed")
        return "declined"

    def _complete(self, session: Json, intent: Json, card: Card, *, authenticated: bool) -> None:
        charge = self._charges.capture(intent, card, authenticated=authenticated)
        session |= {"status": "complete", "payment_status": "paid", "url": None, "_pending": None}
        self._journal.save(session)
        self._announce("checkout.session.completed", session)
        if card.outcome == "disputed":
            self._journal.set_timer("dispute", charge["id"], time.time() + self._dispute_after_seconds)

    def _intent(self, session: Json) -> Json:
        if session["payment_intent"]:
            return self._journal.get("payment_intent", session["payment_intent"])
        intent = self._journal.create("pi", "payment_intent", {
            "amount": session["amount_total"], "amount_received": 0, "currency": "jpy", "latest_charge": None,
            "status": "requires_payment_method", "last_payment_error": None, "next_action": None, **session["_intent"],
        })  # fmt: skip
        session["payment_intent"] = intent["id"]
        self._journal.save(session)
        return intent


def _mode(given: Json) -> str:
    if params.text(given, "mode") != "payment":
        raise Refusal("This sandbox only takes mode=payment", code="parameter_invalid", param="mode")
    return "payment"


def _items(given: Json) -> tuple[int, str]:
    """明細: the total in yen and the names of the items."""
    items = given.get("line_items")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise Refusal("You must pass line_items", code="parameter_missing", param="line_items")
    total, names = 0, []
    for item in items:
        price = item.get("price_data")
        if not isinstance(price, dict) or not isinstance(price.get("product_data"), dict):
            raise Refusal("line_items need price_data with product_data", code="parameter_missing", param="line_items")
        if params.text(price, "currency").lower() != "jpy":
            raise Refusal("This sandbox only takes currency=jpy", code="parameter_invalid", param="currency")
        total += params.whole(price, "unit_amount") * params.whole(item, "quantity", 1)
        names.append(params.text(price["product_data"], "name"))
    if total < _MINIMUM_YEN:
        raise Refusal(f"The Checkout Session's total amount must be at least ¥{_MINIMUM_YEN}", code="amount_too_small")
    if total > _MAXIMUM_YEN:
        raise Refusal(f"The Checkout Session's total amount must be at most ¥{_MAXIMUM_YEN}", code="amount_too_large")
    return total, "、".join(names)


def _locale(given: Json) -> str:
    locale = params.text(given, "locale", required=False) or "auto"
    if locale not in _LOCALES:
        raise Refusal(f"Invalid locale: must be one of {', '.join(_LOCALES)}", code="parameter_invalid", param="locale")
    return locale


def _url(given: Json, name: str, *, required: bool) -> str | None:
    url = params.text(given, name, required=required)
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        raise Refusal("Not a valid URL", code="url_invalid", param=name)
    return url or None


def _expiry(given: Json) -> int:
    now = int(time.time())
    expires_at = params.whole(given, "expires_at", now + 86_400)
    # A second of grace: the caller's "in 24 hours" was computed before this request arrived.
    if not now + 1_800 - 1 <= expires_at <= now + 86_400 + 1:
        raise Refusal("`expires_at` must be between 30 minutes and 24 hours from now", param="expires_at")
    return expires_at


def _intent_data(given: Json) -> Json:
    data = given.get("payment_intent_data") or {}
    if not isinstance(data, dict):
        raise Refusal("Invalid object", code="parameter_invalid", param="payment_intent_data")
    params.known(data, ("description", "metadata"))
    return {"description": data.get("description"), "metadata": params.labels(data)}

"""決済代行: opening, finding and refunding a hosted payment, over Stripe's API.

Every write carries the caller's idempotency key (case, step, epoch): a retry after a lost answer gets the first answer.
Retrying is Temporal's job, so the library itself never retries.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

import stripe
from pydantic import BaseModel, ConfigDict, ValidationError

from activities.payment.settings import PaymentSettings
from procedures.values import ReceiptNumber, Yen

if TYPE_CHECKING:
    from stripe import RequestOptions
    from stripe.params import RefundCreateParams
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItemPriceData

log = logging.getLogger(__name__)

# Telemetry would write an id into the home directory and report this machine's platform and timings.
stripe.enable_telemetry = False

Language = Literal["ja", "en", "zh", "ko"]
Brand = str
"""国際ブランド: the gateway's word, e.g. visa, mastercard, jcb, amex, diners."""


class GatewayUnavailable(Exception):
    """決済代行に届かない: nothing is known about the outcome; try again with the same key."""


class GatewayRefused(Exception):
    """決済代行の拒否: final for this request; `code` is the gateway's own (e.g. charge_already_refunded)."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Checkout:
    """支払窓口: a hosted page the resident is sent to, usable until `expires_at` (UTC)."""

    session_id: str
    url: str
    expires_at: datetime


@dataclass(frozen=True)
class CheckoutState:
    """支払の状態: what the gateway says now. `refunded` sums all refunds; `disputed` stays once it was."""

    status: Literal["open", "paid", "expired"]
    amount: Yen
    payment_intent: str | None
    brand: Brand | None
    last4: str | None
    disputed: bool
    refunded: Yen


@dataclass(frozen=True)
class Refund:
    """返金: `pending` is still on its way to the card; requires_action, failed and canceled need an officer."""

    id: str
    status: Literal["succeeded", "pending", "requires_action", "failed", "canceled"]


class PaymentGateway(Protocol):
    """決済代行: all methods raise GatewayUnavailable (retry) or GatewayRefused (final)."""

    def open_checkout(
        self,
        *,
        receipt_number: ReceiptNumber,
        amount: Yen,
        description: str,
        language: Language,
        success_url: str,
        cancel_url: str,
        idempotency_key: str,
        expires_at: datetime,
    ) -> Checkout:
        """支払窓口の開設: {CHECKOUT_SESSION_ID} in `success_url` is filled in by the gateway.

        `expires_at` is an aware time, 30 minutes to 24 hours ahead when the request arrives, and the same in every
        retry of a key: leave room for retries beyond the 30 minutes.
        """

    def find_checkout(self, session_id: str) -> CheckoutState:
        """支払の照会: also the answer when a webhook never came."""

    def expire_checkout(self, session_id: str, idempotency_key: str) -> CheckoutState:
        """支払窓口の閉鎖: after a withdrawal. Returns the state afterwards: `paid` if the resident was first."""

    def refund(self, payment_intent: str, amount: Yen, idempotency_key: str) -> Refund:
        """返金: of the whole payment or a part."""


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class _Card(_Wire):
    brand: str | None
    last4: str | None


class _Details(_Wire):
    card: _Card | None = None


class _Charge(_Wire):
    amount_refunded: int
    disputed: bool
    payment_method_details: _Details | None = None


class _Intent(_Wire):
    id: str
    latest_charge: _Charge | None = None


class _Session(_Wire):
    id: str
    status: Literal["open", "complete", "expired"]
    payment_status: Literal["paid", "unpaid", "no_payment_required"]
    amount_total: int
    expires_at: int
    url: str | None = None
    payment_intent: _Intent | None = None


class _Refund(_Wire):
    id: str
    status: Literal["succeeded", "pending", "requires_action", "failed", "canceled"]
    amount: int
    metadata: dict[str, str] = {}


class _Refunds(_Wire):
    data: list[_Refund]


class _AnswerLost(GatewayUnavailable):
    """応答の喪失: the gateway answered 500 and repeats that for as long as it remembers the key (a day).

    Whether it happened must be found out by looking.
    """


_Read = TypeVar("_Read", bound=_Wire)
MOST_KEYS = 12
"""Of one request; a gateway that has lost so many answers within a day is not asked any more before it forgets them."""
_EXPANDED = ["payment_intent.latest_charge"]


class StripeGateway:
    """Stripe接続: one per process; safe to share between threads."""

    def __init__(self, api_base: str, api_key: str, timeout_seconds: float) -> None:
        self._http = stripe.RequestsClient(timeout=timeout_seconds)
        self._client = stripe.StripeClient(
            api_key, base_addresses={"api": api_base}, max_network_retries=0, http_client=self._http
        )
        self._sessions = self._client.v1.checkout.sessions

    @classmethod
    def connect(cls, settings: PaymentSettings) -> "StripeGateway":
        """接続: reads the secret key's file."""
        return cls(settings.api_base, settings.api_key(), settings.timeout_seconds)

    def close(self) -> None:
        """切断: the calling thread's connections; other threads' end with their threads."""
        self._http.close()

    def open_checkout(
        self,
        *,
        receipt_number: ReceiptNumber,
        amount: Yen,
        description: str,
        language: Language,
        success_url: str,
        cancel_url: str,
        idempotency_key: str,
        expires_at: datetime,
    ) -> Checkout:
        """支払窓口の開設: see PaymentGateway."""
        labels = {"receipt_number": str(receipt_number)}
        params: SessionCreateParams = {
            "mode": "payment",
            "allowed_payment_method_types": ["card"],
            "client_reference_id": str(receipt_number),
            "line_items": [{"quantity": 1, "price_data": _price(amount, description)}],
            "locale": language,
            "success_url": success_url,
            "cancel_url": cancel_url,
            "expires_at": int(expires_at.timestamp()),
            "metadata": labels,
            "payment_intent_data": {"description": f"{description} {receipt_number}", "metadata": labels},
        }
        # A page whose address was lost was never shown to anyone and expires unpaid; another one is safe.
        session = _under_some_key(idempotency_key, lambda key: self._create_session(params, key))
        if session.url is None:
            raise GatewayUnavailable("The gateway opened a payment page without an address; trying again.")
        return Checkout(session.id, session.url, datetime.fromtimestamp(session.expires_at, UTC))

    def find_checkout(self, session_id: str) -> CheckoutState:
        """支払の照会: see PaymentGateway."""
        return _state(_ask(_Session, lambda: self._sessions.retrieve(session_id, {"expand": _EXPANDED})))

    def expire_checkout(self, session_id: str, idempotency_key: str) -> CheckoutState:
        """支払窓口の閉鎖: see PaymentGateway."""
        options: RequestOptions = {"idempotency_key": idempotency_key}
        try:
            _ask(_Session, lambda: self._sessions.expire(session_id, {}, options))
        except GatewayRefused:
            state = self.find_checkout(session_id)
            if state.status == "open":
                raise
            return state
        return self.find_checkout(session_id)

    def refund(self, payment_intent: str, amount: Yen, idempotency_key: str) -> Refund:
        """返金: see PaymentGateway."""
        # The key is also a label, by which a refund is recognised when the gateway has lost its own answer.
        params: RefundCreateParams = {
            "payment_intent": payment_intent,
            "amount": int(amount),
            "metadata": {"effect": idempotency_key},
        }
        made = _under_some_key(
            idempotency_key,
            lambda key: self._create_refund(params, key),
            lambda: self._find_refund(payment_intent, idempotency_key),
        )
        return Refund(made.id, made.status)

    def _create_session(self, params: "SessionCreateParams", key: str) -> _Session:
        return _ask(_Session, lambda: self._sessions.create(params, {"idempotency_key": key}))

    def _create_refund(self, params: "RefundCreateParams", key: str) -> _Refund:
        return _ask(_Refund, lambda: self._client.v1.refunds.create(params, {"idempotency_key": key}))

    def _find_refund(self, payment_intent: str, key: str) -> _Refund | None:
        listed = _ask(_Refunds, lambda: self._client.v1.refunds.list({"payment_intent": payment_intent, "limit": 100}))
        return next((refund for refund in listed.data if refund.metadata.get("effect") == key), None)


def _ask(kind: type[_Read], call: Callable[[], stripe.StripeObject]) -> _Read:
    """照会: one call to the gateway, its errors turned into ours and its answer checked."""
    try:
        return kind.model_validate(call().to_dict())
    except stripe.StripeError as error:
        raise _translated(error) from error
    except (ValidationError, AttributeError, TypeError) as error:
        # `from None`: the validation error would quote the answer.
        log.warning("The payment gateway's answer was not a %s (%s)", kind.__name__, type(error).__name__)
        raise GatewayUnavailable("The payment gateway's answer could not be read; trying again.") from None


def _translated(error: stripe.StripeError) -> GatewayUnavailable | GatewayRefused:
    said = error.user_message or type(error).__name__
    if error.http_status is not None and error.http_status >= 500 and _was_replayed(error):
        return _AnswerLost(f"The payment gateway lost its answer to this request: {said}")
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        # Not the case's fault: it waits until the key is put right.
        return GatewayUnavailable(f"The payment gateway does not accept our key; check the API key file. {said}")
    if isinstance(error, stripe.IdempotencyError):
        return GatewayRefused(f"This step's key was used for another request: {said}", "idempotency_error")
    if isinstance(error, stripe.InvalidRequestError | stripe.CardError):
        return GatewayRefused(f"The payment gateway refuses: {said}", error.code or "invalid_request")
    return GatewayUnavailable(f"The payment gateway cannot be reached or is busy: {said}")


def _was_replayed(error: stripe.StripeError) -> bool:
    return {name.lower(): value for name, value in (error.headers or {}).items()}.get("idempotent-replayed") == "true"


def _under_some_key(
    key: str, call: Callable[[str], _Read], happened: Callable[[], _Read | None] = lambda: None
) -> _Read:
    """別の鍵で: an answer that is lost under one key stays lost; it is looked for, and asked for under the next one.

    A gateway that fails often loses several: each attempt goes through those that are lost to the first that is not.
    """
    for each in (key, f"{key}/again", *(f"{key}/again/{n}" for n in range(2, MOST_KEYS))):
        try:
            return call(each)
        except _AnswerLost as answer:
            if found := happened():
                return found
            lost = answer
    raise lost


def _price(amount: Yen, description: str) -> "SessionCreateParamsLineItemPriceData":
    # JPY is a zero-decimal currency: unit_amount is yen.
    return {"currency": "jpy", "unit_amount": int(amount), "product_data": {"name": description}}


def _state(session: _Session) -> CheckoutState:
    intent = session.payment_intent
    charge = intent.latest_charge if intent and session.payment_status == "paid" else None
    card = charge.payment_method_details.card if charge and charge.payment_method_details else None
    return CheckoutState(
        status="paid" if session.payment_status == "paid" else "expired" if session.status == "expired" else "open",
        amount=Yen(session.amount_total),
        payment_intent=intent.id if intent else None,
        brand=card.brand if card else None,
        last4=card.last4 if card else None,
        disputed=charge.disputed if charge else False,
        refunded=Yen(charge.amount_refunded if charge else 0),
    )

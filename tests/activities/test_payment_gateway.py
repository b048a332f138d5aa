"""収納: StripeGateway against the running sandbox gateway, and the webhooks it sends read by api/payments/events.py."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from activities.payment.gateway import Checkout, GatewayRefused, GatewayUnavailable, PaymentGateway, StripeGateway
from activities.payment.settings import PaymentSettings
from api.payments.events import ForgedWebhook, PaymentEvent, read_webhook
from procedures.values import ReceiptNumber, Yen
from sandbox.gateway.delivery import sign
from sandbox.gateway.process import NeighbourProcess

visitor = httpx.Client(verify=False, timeout=30)
_keys = (f"R-1/pay/{number}" for number in count())


@dataclass
class Counter:
    url: str
    settings: PaymentSettings
    gateway: PaymentGateway

    def fault(self, kind: str, path: str, **details: Any) -> None:
        visitor.post(f"{self.url}/_sandbox/faults", json={"kind": kind, "path": path, **details}).raise_for_status()

    def open(self, **changes: Any) -> Checkout:
        order: dict[str, Any] = {
            "receipt_number": ReceiptNumber("R-1"),
            "amount": Yen(300),
            "description": "住民票の写し",
            "language": "ja",
            "success_url": "http://127.0.0.1:9/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:9/back",
            "idempotency_key": next(_keys),
            "expires_at": datetime(2026, 1, 1, tzinfo=UTC),
        }
        soon = datetime.now(UTC) + timedelta(hours=2)
        return self.gateway.open_checkout(**(order | {"expires_at": soon} | changes))

    def paid(self, number: str = "3566002020360505") -> str:
        """Returns the payment intent of a paid checkout."""
        checkout = self.open()
        pay(checkout.url, number)
        return str(self.gateway.find_checkout(checkout.session_id).payment_intent)

    def ledger(self) -> dict[str, Any]:
        found: dict[str, Any] = visitor.get(f"{self.url}/_sandbox/ledger").json()
        return found


def pay(url: str, number: str) -> None:
    cvc = "1234" if len(number) == 15 else "123"
    visitor.post(url, data={"card_number": number, "expiry": "12/39", "cvc": cvc})


@pytest.fixture(scope="module", autouse=True)
def _visitor_leaves() -> Iterator[None]:
    yield
    visitor.close()


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    folder = tmp_path_factory.mktemp("gateway")
    with NeighbourProcess("sandbox.gateway", folder) as process:
        settings = PaymentSettings(
            api_base=process.url,
            api_key_file=folder / "api_key",
            timeout_seconds=2,
        )
        gateway = StripeGateway.connect(settings)
        yield Counter(process.url, settings, gateway)
        gateway.close()


def test_a_checkout_is_open_then_paid_with_brand_and_last_four(counter: Counter) -> None:
    checkout = counter.open()
    state = counter.gateway.find_checkout(checkout.session_id)
    assert (state.status, state.amount, state.brand) == ("open", 300, None)
    pay(checkout.url, "378282246310005")
    state = counter.gateway.find_checkout(checkout.session_id)
    assert (state.status, state.brand, state.last4) == ("paid", "amex", "0005")
    assert (state.disputed, state.refunded) == (False, 0)


def test_a_declined_card_leaves_the_checkout_open(counter: Counter) -> None:
    checkout = counter.open()
    pay(checkout.url, "4000000000000002")
    state = counter.gateway.find_checkout(checkout.session_id)
    assert (state.status, state.brand) == ("open", None)


def test_the_same_key_opens_one_checkout(counter: Counter) -> None:
    same = {"idempotency_key": "one", "expires_at": datetime.now(UTC) + timedelta(hours=2)}
    assert counter.open(**same) == counter.open(**same)
    with pytest.raises(GatewayRefused) as error:
        counter.open(**same, amount=Yen(400))
    assert error.value.code == "idempotency_error"


def test_an_unpaid_checkout_can_be_closed_and_a_paid_one_stays_paid(counter: Counter) -> None:
    unpaid, paid = counter.open(), counter.open()
    pay(paid.url, "4242424242424242")
    assert counter.gateway.expire_checkout(unpaid.session_id, "close-1").status == "expired"
    assert counter.gateway.expire_checkout(unpaid.session_id, "close-2").status == "expired"
    assert counter.gateway.expire_checkout(paid.session_id, "close-3").status == "paid"


def test_a_refund_happens_once_per_key(counter: Counter) -> None:
    checkout = counter.open()
    pay(checkout.url, "4242424242424242")
    intent = str(counter.gateway.find_checkout(checkout.session_id).payment_intent)
    first = counter.gateway.refund(intent, Yen(100), "refund-once")
    assert first.status == "succeeded"
    assert counter.gateway.refund(intent, Yen(100), "refund-once") == first
    assert counter.gateway.find_checkout(checkout.session_id).refunded == 100


def test_a_refund_of_what_is_refunded_already_is_refused_for_good(counter: Counter) -> None:
    intent = counter.paid()
    counter.gateway.refund(intent, Yen(300), "whole")
    with pytest.raises(GatewayRefused) as error:
        counter.gateway.refund(intent, Yen(300), "whole-again")
    assert error.value.code == "charge_already_refunded"


@pytest.mark.parametrize("kind", ["api_error_before", "api_error_after", "api_error_stored", "api_timeout"])
def test_whatever_goes_wrong_a_retried_refund_happens_once(counter: Counter, kind: str) -> None:
    intent = counter.paid()
    counter.fault(kind, "/v1/refunds", seconds=4)
    with pytest.raises(GatewayUnavailable):
        counter.gateway.refund(intent, Yen(300), f"{kind}-refund")
    assert counter.gateway.refund(intent, Yen(300), f"{kind}-refund").status == "succeeded"
    assert [entry["amount"] for entry in counter.ledger()["refunds"] if entry["payment_intent"] == intent] == [300]


def test_a_gateway_that_loses_its_answers_again_and_again_is_asked_under_another_key_each_time(
    counter: Counter,
) -> None:
    same = {"idempotency_key": "often", "expires_at": datetime.now(UTC) + timedelta(hours=2)}
    for _ in range(3):
        counter.fault("api_error_stored", "/v1/checkout/sessions")
    for _ in range(3):
        with pytest.raises(GatewayUnavailable):
            counter.open(**same)
    opened = counter.open(**same)
    assert counter.open(**same) == opened


def test_a_checkout_whose_answer_the_gateway_lost_for_good_is_opened_anew(counter: Counter) -> None:
    same = {"idempotency_key": "lost", "expires_at": datetime.now(UTC) + timedelta(hours=2)}
    counter.fault("api_error_stored", "/v1/checkout/sessions")
    with pytest.raises(GatewayUnavailable):
        counter.open(**same)
    second = counter.open(**same)
    assert counter.open(**same) == second
    pay(second.url, "4242424242424242")
    assert counter.gateway.find_checkout(second.session_id).status == "paid"


def test_a_disputed_payment_says_so(counter: Counter) -> None:
    checkout = counter.open()
    pay(checkout.url, "4242424242424242")
    intent = counter.gateway.find_checkout(checkout.session_id).payment_intent
    visitor.post(f"{counter.url}/_sandbox/disputes", json={"payment_intent": intent}).raise_for_status()
    assert counter.gateway.find_checkout(checkout.session_id).disputed
    with pytest.raises(GatewayRefused) as error:
        counter.gateway.refund(str(intent), Yen(300), "disputed")
    assert error.value.code == "charge_disputed"


def test_an_unknown_session_and_a_wrong_amount_are_refused(counter: Counter) -> None:
    with pytest.raises(GatewayRefused) as error:
        counter.gateway.find_checkout("cs_test_none")
    assert error.value.code == "resource_missing"
    with pytest.raises(GatewayRefused) as error:
        counter.open(amount=Yen(10))
    assert error.value.code == "amount_too_small"


def test_a_wrong_key_waits_for_an_administrator(counter: Counter) -> None:
    stranger = StripeGateway(counter.url, "sk_test_wrong", 2)
    with closing(stranger), pytest.raises(GatewayUnavailable, match="API key file"):
        stranger.find_checkout("cs_test_none")


def test_nobody_listening_is_unavailable(tmp_path: Path) -> None:
    with NeighbourProcess("sandbox.gateway", tmp_path) as process:
        url = process.url
    with pytest.raises(GatewayUnavailable):
        StripeGateway(url, "sk_test_x", 2).find_checkout("cs_test_none")


@pytest.mark.parametrize(
    "body", [b"<html>maintenance</html>", b"{}", b"[]", b'"paid"', b'{"object": "checkout.session"}']
)
def test_an_answer_that_makes_no_sense_is_unavailable_never_paid(body: bytes) -> None:
    class Garbage(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Garbage) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        gateway = StripeGateway(f"http://127.0.0.1:{server.server_port}", "sk_test_x", 2)
        with closing(gateway), pytest.raises(GatewayUnavailable):
            gateway.find_checkout("cs_test_x")
        server.shutdown()
        thread.join()


def test_the_sandboxs_own_webhooks_are_understood(tmp_path: Path) -> None:
    received: list[tuple[bytes, str]] = []
    arrived = threading.Semaphore(0)

    class City(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.append((body, self.headers["stripe-signature"]))
            self.send_response(200)
            self.end_headers()
            arrived.release()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), City) as city:
        thread = threading.Thread(target=city.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with NeighbourProcess(
            "sandbox.gateway", tmp_path, "--webhook", f"http://127.0.0.1:{city.server_port}/"
        ) as process:
            settings = PaymentSettings(api_base=process.url, api_key_file=tmp_path / "api_key")
            gateway = StripeGateway.connect(settings)
            counter = Counter(process.url, settings, gateway)
            intent = counter.paid()
            assert arrived.acquire(timeout=5)
            counter.gateway.refund(intent, Yen(120), "part")
            assert arrived.acquire(timeout=5)
            visitor.post(f"{process.url}/_sandbox/disputes", json={"payment_intent": intent})
            assert arrived.acquire(timeout=5)
            gateway.close()
        city.shutdown()
        thread.join()
    secret = (tmp_path / "webhook_secret").read_text()
    paid, refunded, disputed = (read_webhook(body, signature, secret, 300) for body, signature in received)
    assert (paid.kind, paid.receipt_number, paid.amount, paid.payment_intent) == ("paid", "R-1", 300, intent)
    assert paid.session_id is not None
    assert (refunded.kind, refunded.receipt_number, refunded.amount) == ("refunded", "R-1", 120)
    assert (disputed.kind, disputed.payment_intent, disputed.amount) == ("disputed", intent, 180)


EVENT = (
    b'{"object": "event", "id": "evt_1", "type": "checkout.session.completed", "created": 1790000000, '
    b'"data": {"object": {"object": "checkout.session", "id": "cs_1", "client_reference_id": "R-9", '
    b'"payment_status": "paid", "payment_intent": "pi_1", "amount_total": 300, "metadata": {}}}}'
)


def now() -> int:
    """Seconds since 1970: a webhook is believed for five minutes, and tests are collected long before they run."""
    return int(datetime.now(UTC).timestamp())


NOW = now()


def test_a_signed_event_is_read() -> None:
    event = read_webhook(EVENT, sign(EVENT, "whsec_a", now()), "whsec_a", 300)
    assert event == PaymentEvent(
        id="evt_1", kind="paid", session_id="cs_1", receipt_number=ReceiptNumber("R-9"), payment_intent="pi_1",
        amount=Yen(300), created_at=datetime.fromtimestamp(1790000000, UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("payload", "signature"),
    [
        (EVENT, sign(EVENT, "whsec_other", NOW)),
        (EVENT.replace(b"300", b"301"), sign(EVENT, "whsec_a", NOW)),
        (EVENT, sign(EVENT, "whsec_a", NOW - 301)),
        (EVENT, ""),
        (EVENT, "t=now,v1=zz"),
        (EVENT, f"t={NOW},v1=署名"),
        (b"\xff\xfe", sign(b"\xff\xfe", "whsec_a", NOW)),
        (b"{}", sign(b"{}", "whsec_a", NOW)),
        (b"[" * 5000, sign(b"[" * 5000, "whsec_a", NOW)),
    ],
    ids=range(9),  # signatures hold the time, and two test processes must give a test the same name
)
def test_a_forged_old_or_unreadable_webhook_is_refused(payload: bytes, signature: str) -> None:
    with pytest.raises(ForgedWebhook):
        read_webhook(payload, signature, "whsec_a", 300)


def test_a_completed_session_that_is_not_paid_yet_is_not_paid() -> None:
    waiting = EVENT.replace(b'"paid"', b'"unpaid"')
    assert read_webhook(waiting, sign(waiting, "whsec_a", now()), "whsec_a", 300).kind == "other"

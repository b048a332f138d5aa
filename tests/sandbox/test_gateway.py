"""決済代行（模擬）: the running gateway, spoken to by the real stripe library and by a form-posting visitor."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from sandbox.gateway.process import NeighbourProcess

stripe.enable_telemetry = False  # it would write an id into the home directory
visitor = httpx.Client(verify=False, timeout=30)  # http only; loading certificates would take the time of ten tests
_keys = (f"key-{number}" for number in count())


class City:
    """The city's webhook endpoint: a real server that answers with the statuses it is given, then 200."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, str]] = []
        self.answers: list[int] = []
        city = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                city.received.append((body, self.headers["stripe-signature"]))
                self.send_response(city.answers.pop(0) if city.answers else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def kinds(self, subject: str) -> list[str]:
        """What arrived about one session, charge or payment, in order of arrival."""
        events = [json.loads(body) for body, _ in list(self.received)]
        return [event["type"] for event in events if subject in json.dumps(event)]


class Counter:
    """A gateway, its webhook endpoint, and a stripe client for it."""

    def __init__(self, folder: Path, city: City) -> None:
        self.folder, self.city = folder, city
        self.start()

    def start(self) -> None:
        self.process = NeighbourProcess(
            "sandbox.gateway", self.folder, "--webhook", self.city.url, "--retry", "0.05", "--dispute-after", "0"
        )
        self.key = (self.folder / "api_key").read_text()
        self.secret = (self.folder / "webhook_secret").read_text()
        self.http = stripe.RequestsClient(timeout=5)
        self.stripe = stripe.StripeClient(
            self.key,
            base_addresses={"api": self.process.url},
            http_client=self.http,
            max_network_retries=0,
        )

    def end(self) -> None:
        self.http.close()
        self.process.end()

    def open(self, **changes: Any) -> stripe.checkout.Session:
        return self.stripe.v1.checkout.sessions.create(order(**changes), {"idempotency_key": next(_keys)})

    def session(self, identifier: str) -> dict[str, Any]:
        expand = ["payment_intent.latest_charge"]
        return self.stripe.v1.checkout.sessions.retrieve(identifier, {"expand": expand}).to_dict()

    def paid(self, number: str = "4242424242424242") -> dict[str, Any]:
        session = self.open()
        assert pay(session.url, number).status_code == 303
        return self.session(session.id)

    def fault(self, kind: str, **details: Any) -> None:
        visitor.post(f"{self.process.url}/_sandbox/faults", json={"kind": kind, **details}).raise_for_status()

    def ledger(self) -> dict[str, Any]:
        found: dict[str, Any] = visitor.get(f"{self.process.url}/_sandbox/ledger").json()
        return found


def order(**changes: Any) -> Any:
    price = {"currency": "jpy", "unit_amount": 300, "product_data": {"name": "住民票の写し"}}
    return {
        "mode": "payment",
        "client_reference_id": "R-1",
        "line_items": [{"quantity": 1, "price_data": price}],
        "success_url": "http://127.0.0.1:9/done?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:9/back",
        "payment_intent_data": {"metadata": {"receipt_number": "R-1"}},
        **changes,
    }


def pay(url: str | None, number: str, expiry: str = "12/39", cvc: str = "") -> httpx.Response:
    plain = re.sub(r"\D", "", number)
    fields = {"card_number": number, "expiry": expiry, "cvc": cvc or ("1234" if len(plain) == 15 else "123")}
    return visitor.post(str(url), data=fields)


def eventually(condition: Callable[[], bool], seconds: float = 8.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time; look at /_sandbox/ledger's deliveries."
        threading.Event().wait(0.01)


@pytest.fixture(scope="module", autouse=True)
def _visitor_leaves() -> Iterator[None]:
    yield
    visitor.close()


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    city = City()
    yield city
    city.close()


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory, city: City) -> Iterator[Counter]:
    counter = Counter(tmp_path_factory.mktemp("gateway"), city)
    yield counter
    counter.end()


@pytest.fixture(autouse=True)
def _no_faults_left(counter: Counter) -> Iterator[None]:
    yield
    visitor.delete(f"{counter.process.url}/_sandbox/faults").raise_for_status()


@pytest.mark.parametrize(
    ("number", "brand", "last4"),
    [
        ("4242 4242 4242 4242", "visa", "4242"),
        ("５５５５５５５５５５５５４４４４", "mastercard", "4444"),
        ("2223-0031-2200-3222", "mastercard", "3222"),
        ("3566002020360505", "jcb", "0505"),
        ("3782 822463 10005", "amex", "0005"),
        ("3056 930902 5904", "diners", "5904"),
        ("36227206271667", "diners", "1667"),
    ],
)
def test_each_brand_pays(counter: Counter, number: str, brand: str, last4: str) -> None:
    session = counter.paid(number)
    assert (session["status"], session["payment_status"]) == ("complete", "paid")
    card = session["payment_intent"]["latest_charge"]["payment_method_details"]["card"]
    assert (card["brand"], card["last4"]) == (brand, last4)
    assert session["payment_intent"]["latest_charge"]["metadata"] == {"receipt_number": "R-1"}


def test_paying_sends_the_resident_back_to_the_city_and_paying_twice_charges_once(counter: Counter) -> None:
    session = counter.open()
    first, second = pay(session.url, "4242424242424242"), pay(session.url, "5555555555554444")
    assert first.headers["location"] == second.headers["location"] == f"http://127.0.0.1:9/done?session={session.id}"
    intent = counter.session(session.id)["payment_intent"]["id"]
    assert len(counter.stripe.v1.charges.list({"payment_intent": intent}).data) == 1


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4000000000000002", "card_declined"),
        ("4000000000009995", "insufficient_funds"),
        ("4111111111111111", "test_mode_live_card"),
    ],
)
def test_a_declined_card_leaves_the_page_open_for_another(counter: Counter, number: str, code: str) -> None:
    session = counter.open()
    declined = pay(session.url, number)
    assert declined.status_code == 402
    assert 'role="alert"' in declined.text
    assert f"VISA •••• {number[-4:]}" in declined.text
    assert counter.session(session.id)["payment_intent"]["last_payment_error"]["decline_code"] == code
    assert pay(session.url, "4242424242424242").status_code == 303
    assert counter.session(session.id)["payment_intent"]["amount_received"] == 300


@pytest.mark.parametrize(
    ("number", "expiry", "cvc", "field"),
    [
        ("4242424242424241", "12/39", "123", "card_number"),  # check digit
        ("6011111111111117", "12/39", "123", "card_number"),  # Discover
        ("378282246310005", "12/39", "123", "cvc"),  # AMEX has four digits
        ("4242424242424242", "12/39", "1234", "cvc"),
        ("4242424242424242", "01/20", "123", "expiry"),
        ("4242424242424242", "13/39", "123", "expiry"),
        ("", "", "", "card_number"),
    ],
)
def test_an_unreadable_card_is_explained_beside_its_field(
    counter: Counter, number: str, expiry: str, cvc: str, field: str
) -> None:
    session = counter.open(locale="en")
    page = pay(session.url, number, expiry, cvc or "1")
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert page.text.count('required aria-invalid="true"') == 1
    assert counter.session(session.id)["payment_intent"] is None


def test_the_3d_secure_challenge_can_be_failed_then_completed(counter: Counter) -> None:
    session = counter.open()
    for answer, status in (("fail", 402), ("complete", 303)):
        asked = pay(session.url, "4000002500003155")
        assert asked.headers["location"].endswith("/challenge")
        assert "VISA •••• 3155" in visitor.get(f"{session.url}/challenge").text
        assert counter.session(session.id)["payment_status"] == "unpaid"
        assert visitor.post(f"{session.url}/challenge", data={"answer": answer}).status_code == status
    charge = counter.session(session.id)["payment_intent"]["latest_charge"]
    assert charge["payment_method_details"]["card"]["three_d_secure"] == {"result": "authenticated"}


def test_a_challenge_cannot_be_answered_before_a_card_asked_for_it(counter: Counter) -> None:
    session = counter.open()
    assert (
        visitor.post(f"{session.url}/challenge", data={"answer": "complete"}).headers["location"].endswith(session.id)
    )
    assert counter.session(session.id)["payment_status"] == "unpaid"


@pytest.mark.parametrize(("language", "title"), [("ja", "お支払い"), ("en", "Payment"), ("zh", "付款"), ("ko", "결제")])
def test_the_page_speaks_the_sessions_language_and_escapes_texts(counter: Counter, language: str, title: str) -> None:
    item = {"currency": "jpy", "unit_amount": 1200, "product_data": {"name": "<script>alert(1)</script>"}}
    session = counter.open(locale=language, line_items=[{"quantity": 2, "price_data": item}])
    page = visitor.get(str(session.url))
    assert f'<html lang="{language}">' in page.text
    assert f"<h1>{title}</h1>" in page.text
    assert "2,400" in page.text
    assert "<script" not in page.text


def test_no_card_number_is_ever_written_down(counter: Counter) -> None:
    session = counter.open()
    pages = [pay(session.url, number).text for number in ("4000000000000002", "4000002500003155")]
    counter.paid("4242424242424242")
    written = b"".join(path.read_bytes() for path in counter.folder.iterdir())
    for number in ("4242424242424242", "4000000000000002", "4000002500003155"):
        assert number.encode() not in written
    assert 'value="4' not in "".join(pages)


def test_an_expired_session_takes_no_card_and_says_so(counter: Counter, city: City) -> None:
    session = counter.open()
    assert counter.stripe.v1.checkout.sessions.expire(session.id).status == "expired"
    assert pay(session.url, "4242424242424242").status_code == 410
    assert "http://127.0.0.1:9/back" in visitor.get(str(session.url)).text
    eventually(lambda: city.kinds(session.id) == ["checkout.session.expired"])
    with pytest.raises(stripe.InvalidRequestError):
        counter.stripe.v1.checkout.sessions.expire(session.id)


def test_sessions_are_listed_by_status_and_time_page_by_page(counter: Counter) -> None:
    before = int(datetime.now(UTC).timestamp())
    opened = [counter.open().id for _ in range(3)]
    paid = counter.paid()["id"]
    listed = counter.stripe.v1.checkout.sessions.list({"status": "open", "created": {"gte": before}, "limit": 2})
    ids = [session.id for session in listed.auto_paging_iter()]
    assert ids[:3] == opened[::-1]
    assert paid not in ids
    assert counter.stripe.v1.checkout.sessions.list({"created": {"lt": before - 86_400}}).data == []


def test_a_refund_in_parts_never_exceeds_the_charge(counter: Counter, city: City) -> None:
    intent = counter.paid()["payment_intent"]["id"]
    refunds = counter.stripe.v1.refunds
    assert refunds.create({"payment_intent": intent, "amount": 100}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        refunds.create({"payment_intent": intent, "amount": 201})
    assert refunds.create({"payment_intent": intent}).amount == 200
    with pytest.raises(stripe.InvalidRequestError) as error:
        refunds.create({"payment_intent": intent})
    assert error.value.code == "charge_already_refunded"
    assert [refund.amount for refund in refunds.list({"payment_intent": intent}).data] == [200, 100]
    eventually(lambda: city.kinds(intent).count("charge.refunded") == 2)


def test_the_dispute_card_is_disputed_later_and_cannot_be_refunded(counter: Counter, city: City) -> None:
    intent = counter.paid("4000000000000259")["payment_intent"]["id"]
    eventually(lambda: "charge.dispute.created" in city.kinds(intent))
    dispute = counter.stripe.v1.disputes.list({"payment_intent": intent}).data[0]
    assert (dispute.amount, dispute.status) == (300, "needs_response")
    with pytest.raises(stripe.InvalidRequestError) as error:
        counter.stripe.v1.refunds.create({"payment_intent": intent})
    assert error.value.code == "charge_disputed"


def test_a_dispute_can_be_raised_and_closed_on_demand(counter: Counter, city: City) -> None:
    charge = counter.paid()["payment_intent"]["latest_charge"]["id"]
    controls = f"{counter.process.url}/_sandbox/disputes"
    dispute = visitor.post(controls, json={"charge": charge}).json()
    assert visitor.post(controls, json={"charge": charge}).status_code == 400
    assert visitor.post(f"{controls}/{dispute['id']}/close", json={"status": "lost"}).json()["status"] == "lost"
    eventually(lambda: "charge.dispute.closed" in city.kinds(charge))


def test_the_same_key_and_request_get_the_same_answer(counter: Counter) -> None:
    create = counter.stripe.v1.checkout.sessions.create
    first = create(order(), {"idempotency_key": "same"})
    again = create(order(), {"idempotency_key": "same"})
    assert first.to_dict() == again.to_dict()
    assert again.last_response.headers["idempotent-replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        create(order(locale="ko"), {"idempotency_key": "same"})


def test_a_request_that_failed_validation_does_not_use_up_its_key(counter: Counter) -> None:
    create = counter.stripe.v1.checkout.sessions.create
    with pytest.raises(stripe.InvalidRequestError):
        create(order(success_url="javascript:alert(1)"), {"idempotency_key": "validated"})
    assert create(order(), {"idempotency_key": "validated"}).status == "open"


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"line_items": []}, "line_items"),
        ({"mode": "subscription"}, "mode"),
        ({"expires_at": 1_000_000_000}, "expires_at"),
        ({"locale": "fr"}, "locale"),
        ({"misspelt": "x"}, "misspelt"),
    ],
)
def test_a_wrong_parameter_is_named(counter: Counter, changes: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as error:
        counter.open(**changes)
    assert error.value.param == param


def test_yen_below_stripes_minimum_are_refused(counter: Counter) -> None:
    price = {"currency": "jpy", "unit_amount": 49, "product_data": {"name": "x"}}
    with pytest.raises(stripe.InvalidRequestError) as error:
        counter.open(line_items=[{"quantity": 1, "price_data": price}])
    assert error.value.code == "amount_too_small"


def test_a_wrong_key_is_refused(counter: Counter) -> None:
    http = stripe.RequestsClient(timeout=5)
    stranger = stripe.StripeClient("sk_test_wrong", base_addresses={"api": counter.process.url}, http_client=http)
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.charges.list()
    http.close()


def test_a_500_after_the_effect_is_replayed_as_the_true_answer(counter: Counter) -> None:
    intent = counter.paid()["payment_intent"]["id"]
    counter.fault("api_error_after", path="/v1/refunds")
    refund = counter.stripe.v1.refunds.create
    with pytest.raises(stripe.APIError):
        refund({"payment_intent": intent, "amount": 100}, {"idempotency_key": "after"})
    assert refund({"payment_intent": intent, "amount": 100}, {"idempotency_key": "after"}).amount == 100
    assert len(counter.stripe.v1.refunds.list({"payment_intent": intent}).data) == 1


def test_a_500_before_the_effect_changes_nothing(counter: Counter) -> None:
    intent = counter.paid()["payment_intent"]["id"]
    counter.fault("api_error_before", path="/v1/refunds")
    with pytest.raises(stripe.APIError):
        counter.stripe.v1.refunds.create({"payment_intent": intent})
    assert counter.stripe.v1.refunds.list({"payment_intent": intent}).data == []


def test_a_second_request_with_a_key_in_flight_is_told_to_wait(counter: Counter) -> None:
    counter.fault("api_slow", path="/v1/checkout", seconds=1)
    create, answers = counter.stripe.v1.checkout.sessions.create, []

    def create_slowly() -> None:
        answers.append(create(order(), {"idempotency_key": "flight"}))
        counter.http.close()  # this thread's connection

    slow = threading.Thread(target=create_slowly)
    slow.start()
    eventually(lambda: visitor.get(f"{counter.process.url}/_sandbox/faults").json() == [])
    with pytest.raises(stripe.APIError) as error:
        create(order(), {"idempotency_key": "flight"})
    assert error.value.http_status == 409
    slow.join()
    assert create(order(), {"idempotency_key": "flight"}).id == answers[0].id


def test_a_webhook_is_signed_as_stripe_signs_it(counter: Counter, city: City) -> None:
    session = counter.paid()
    eventually(lambda: city.kinds(session["id"]) == ["checkout.session.completed"])
    payload, signature = next(entry for entry in city.received if session["id"].encode() in entry[0])
    event = stripe.Webhook.construct_event(payload, signature, counter.secret)
    assert event.data.object.client_reference_id == "R-1"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(payload.replace(b"300", b"301"), signature, counter.secret)
    assert counter.stripe.v1.events.retrieve(event.id).type == "checkout.session.completed"


def test_a_refused_webhook_is_sent_again_until_accepted(counter: Counter, city: City) -> None:
    city.answers += [500, 404]
    session = counter.paid()
    eventually(lambda: len(city.kinds(session["id"])) == 3)
    assert counter.ledger()["deliveries"][-1]["attempts"] >= 2


@pytest.mark.parametrize(
    ("fault", "arrivals"),
    [({"kind": "webhook_lost"}, 0), ({"kind": "webhook_twice"}, 2), ({"kind": "webhook_delayed", "seconds": 0.5}, 1)],
)
def test_webhooks_are_lost_doubled_or_delayed_on_demand(
    counter: Counter, city: City, fault: dict[str, Any], arrivals: int
) -> None:
    counter.fault(**fault)
    session = counter.paid()
    marker = counter.paid()  # its webhook is queued later and is not disturbed
    eventually(lambda: len(city.kinds(marker["id"])) == 1)
    if fault["kind"] == "webhook_delayed":
        assert city.kinds(session["id"]) == []
    eventually(lambda: len(city.kinds(session["id"])) == arrivals)
    types = {event.type for event in counter.stripe.v1.events.list({"limit": 20}).data}
    assert "checkout.session.completed" in types  # a lost webhook can still be polled for


def test_a_fault_can_be_kept_to_one_checkout_while_others_pay(counter: Counter, city: City) -> None:
    unlucky = counter.open()
    counter.fault("webhook_lost", event="checkout.session.completed", object=unlucky.id)
    other = counter.paid()
    eventually(lambda: len(city.kinds(other["id"])) == 1)
    assert pay(unlucky.url, "4242424242424242").status_code == 303
    marker = counter.paid()
    eventually(lambda: len(city.kinds(marker["id"])) == 1)
    assert city.kinds(unlucky.id) == []


def test_webhooks_come_out_of_order_on_demand(counter: Counter, city: City) -> None:
    counter.fault("webhook_reordered", times=2)
    intent = counter.paid()["payment_intent"]["id"]
    counter.stripe.v1.refunds.create({"payment_intent": intent})
    eventually(lambda: city.kinds(intent) == ["charge.refunded", "checkout.session.completed"])


def test_the_ledger_adds_up(counter: Counter) -> None:
    before = counter.ledger()["totals"]
    intent = counter.paid()["payment_intent"]["id"]
    counter.stripe.v1.refunds.create({"payment_intent": intent, "amount": 120})
    after = counter.ledger()["totals"]
    assert after["kept"] - before["kept"] == 180
    page = visitor.get(f"{counter.process.url}/_sandbox/ledger", headers={"accept": "text/html"})
    assert intent in page.text


def test_everything_survives_a_kill(tmp_path: Path) -> None:
    city = City()
    counter = Counter(tmp_path / "gateway", city)
    try:
        city.answers += [503] * 4
        session = counter.open()
        counter.paid()
        first = counter.stripe.v1.checkout.sessions.create(order(), {"idempotency_key": "kept"})
        eventually(lambda: len(city.received) >= 1)
        counter.process.kill()
        counter.http.close()
        city.answers.clear()
        city.received.clear()
        counter.start()
        assert counter.session(session.id)["status"] == "open"
        assert counter.stripe.v1.checkout.sessions.create(order(), {"idempotency_key": "kept"}).id == first.id
        eventually(lambda: len(city.received) == 1)
        assert counter.ledger()["totals"]["charged"] == 300
    finally:
        counter.end()
        city.close()


def test_a_busy_port_is_one_clear_sentence(counter: Counter, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    port = counter.process.url.rpartition(":")[2]
    with pytest.raises(RuntimeError):
        NeighbourProcess("sandbox.gateway", tmp_path, "--port", port)
    assert f"127.0.0.1:{port}" in capfd.readouterr().err

"""支払い by the API: charged once, never stuck, never free, whatever cards and webhooks do."""

import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import pytest

from machine.layout import Layout
from machine.visitor import Visitor
from sandbox.people import HANAKO, KENJI, LI, OFFICER, TARO
from tests.api.scenes import Books, Ledger, actions, city_keeps, delivered, unpaid
from tests.conftest import Meet


class Webhooks:
    """The gateway's side of the webhook: its secret is shared through a file."""

    def __init__(self, town: Layout) -> None:
        self._address = f"{town.public_url}/webhooks/payment"
        self._secret = (town.sandbox / "gateway" / "webhook_secret").read_text().strip()

    def send(self, event: dict[str, Any], *, secret: str | None = None, at: int | None = None) -> httpx.Response:
        payload, at = json.dumps(event).encode(), at or int(time.time())
        mac = hmac.new((secret or self._secret).encode(), f"{at}.".encode() + payload, sha256).hexdigest()
        return self.post(payload, f"t={at},v1={mac}")

    def post(self, payload: bytes, signature: str) -> httpx.Response:
        return httpx.post(self._address, content=payload, headers={"stripe-signature": signature}, timeout=30)


@pytest.fixture
def webhooks(town: Layout) -> Webhooks:
    return Webhooks(town)


def event(kind: str, subject: dict[str, Any]) -> dict[str, Any]:
    created = int(time.time())
    return {
        "object": "event",
        "id": f"evt_{uuid4().hex}",
        "type": kind,
        "created": created,
        "data": {"object": subject},
    }


def paid_event(books: Books, receipt_number: str, **changes: object) -> dict[str, Any]:
    """The event a gateway sends for the case's open page."""
    row = books.rows("select session_id, amount from payment where receipt_number = %s", receipt_number)[0]
    return event("checkout.session.completed", {
        "object": "checkout.session", "id": row["session_id"], "payment_intent": f"pi_{uuid4().hex}",
        "payment_status": "paid", "amount_total": row["amount"], "client_reference_id": receipt_number,
    } | changes)  # fmt: skip


@pytest.mark.parametrize(
    ("number", "cvc", "brand"),
    [
        ("4242424242424242", "123", "visa"),
        ("5555555555554444", "123", "mastercard"),
        ("3566002020360505", "123", "jcb"),
        ("378282246310005", "1234", "amex"),
        ("36227206271667", "123", "diners"),
    ],
)
def test_a_fee_may_be_paid_with_each_of_the_five_brands(
    meet: Meet, ledger: Ledger, number: str, cvc: str, brand: str
) -> None:
    li = meet(LI)
    case = unpaid(li)

    assert li.pay(case, number, cvc).status_code == 303

    li.await_case(case["receipt_number"], "under_review")
    assert [c["brand"] for c in ledger.of_case(case["receipt_number"])["charges"]] == [brand]
    assert ledger.kept(case["receipt_number"]) == 300


def test_a_declined_card_leaves_the_page_open_for_another(meet: Meet, ledger: Ledger) -> None:
    li = meet(LI)
    case = unpaid(li)

    for declined in ("4000000000000002", "4000000000009995", "4000000000000069"):
        assert li.pay(case, declined).status_code == 402
    assert li.case(case["receipt_number"])["status"] == "awaiting_payment"
    assert li.pay(case).status_code == 303

    assert city_keeps(li.await_case(case["receipt_number"], "under_review")) == 300
    assert ledger.of_case(case["receipt_number"])["charged"] == 300


def test_a_card_that_asks_for_3d_secure_is_charged_only_after_it(meet: Meet, ledger: Ledger) -> None:
    li = meet(LI)
    case = unpaid(li)

    challenge = li.pay(case, "4000002500003155")
    assert challenge.status_code == 303
    assert ledger.of_case(case["receipt_number"])["charged"] == 0
    page = f"{case['payments'][0]['url']}/challenge"
    httpx.post(page, data={"answer": "complete"}, timeout=30)

    li.await_case(case["receipt_number"], "under_review")
    assert ledger.kept(case["receipt_number"]) == 300


def test_paying_twice_at_once_charges_once(meet: Meet, ledger: Ledger) -> None:
    li = meet(LI)
    case = unpaid(li)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: li.pay(case), range(4)))

    li.await_case(case["receipt_number"], "under_review")
    assert ledger.of_case(case["receipt_number"])["charged"] == 300


@pytest.mark.parametrize("wrong", ["secret", "age", "none", "garbage", "other body"])
def test_a_forged_webhook_is_refused_and_the_case_stays_unpaid(
    meet: Meet, books: Books, webhooks: Webhooks, wrong: str
) -> None:
    taro = meet(TARO)
    receipt_number = unpaid(taro)["receipt_number"]
    forged = paid_event(books, receipt_number)
    before = books.of_case(receipt_number)

    match wrong:
        case "secret":
            answer = webhooks.send(forged, secret="whsec_guessed")
        case "age":
            answer = webhooks.send(forged, at=int(time.time()) - 3600)
        case "none":
            answer = webhooks.post(json.dumps(forged).encode(), "")
        case "garbage":
            answer = webhooks.post(b"\xff\x00{", "t=1,v1=00")
        case _:
            answer = webhooks.post(json.dumps(forged).encode(), f"t={int(time.time())},v1={'0' * 64}")

    assert (answer.status_code, answer.json()["title"]) == (400, "forged_webhook")
    assert books.of_case(receipt_number) == before
    assert taro.case(receipt_number)["status"] == "awaiting_payment"
    assert books.rows("select 1 from payment_event where id = %s", forged["id"]) == []


def test_a_webhook_delivered_again_changes_nothing(meet: Meet, books: Books, webhooks: Webhooks) -> None:
    kenji = meet(KENJI)
    case = unpaid(kenji)
    kenji.pay(case)
    receipt_number = case["receipt_number"]
    kenji.await_case(receipt_number, "under_review")
    again = paid_event(books, receipt_number)
    before = books.of_case(receipt_number)

    assert [webhooks.send(again).status_code for _ in range(3)] == [204, 204, 204]

    assert books.of_case(receipt_number) == before
    assert actions(kenji.case(receipt_number)).count("payment_confirmed") == 1


def test_a_session_that_completed_unpaid_is_not_paid(meet: Meet, books: Books, webhooks: Webhooks) -> None:
    taro = meet(TARO)
    receipt_number = unpaid(taro)["receipt_number"]

    assert webhooks.send(paid_event(books, receipt_number, payment_status="unpaid")).status_code == 204

    assert taro.case(receipt_number)["payments"][0]["status"] == "open"


def test_webhooks_about_what_nobody_knows_are_taken_and_do_nothing(webhooks: Webhooks) -> None:
    unknown = {"object": "checkout.session", "id": "cs_nobody", "payment_status": "paid", "payment_intent": "pi_x"}

    assert webhooks.send(event("checkout.session.completed", unknown)).status_code == 204
    assert webhooks.send(event("customer.created", {"object": "customer", "id": "cus_1"})).status_code == 204


def test_a_dispute_that_overtakes_its_payment_is_asked_for_again_instead_of_lost(
    books: Books, webhooks: Webhooks
) -> None:
    early = event("charge.dispute.created", {"object": "dispute", "id": "du_1", "payment_intent": f"pi_{uuid4().hex}"})

    answer = webhooks.send(early)

    assert (answer.status_code, answer.json()["title"]) == (409, "payment_unknown")
    assert books.rows("select 1 from payment_event where id = %s", early["id"]) == []


def test_a_chargeback_during_review_ends_the_case_without_a_refund(meet: Meet, ledger: Ledger, books: Books) -> None:
    li = meet(LI)
    case = unpaid(li)
    li.pay(case)
    li.await_case(case["receipt_number"], "under_review")

    ledger.dispute(case["receipt_number"])

    case = li.await_case(case["receipt_number"], "recalled")
    assert [(p["status"], p["refunded"]) for p in case["payments"]] == [("disputed", 0)]
    found = ledger.of_case(case["receipt_number"])
    assert (found["refunded"], found["disputed"]) == (0, 300)
    assert books.of_case(case["receipt_number"])["document"] == 0
    assert actions(case).count("closed") == 1


def test_a_payment_page_that_ran_out_is_replaced_by_one_that_can_be_paid(
    meet: Meet, ledger: Ledger, books: Books
) -> None:
    li = meet(LI)
    case = unpaid(li)
    receipt_number = case["receipt_number"]
    books.write("update payment set expires_at = now() where receipt_number = %s", receipt_number)

    li.post(f"/api/cases/{receipt_number}/payment")
    fresh = li.case(receipt_number)

    assert [p["status"] for p in fresh["payments"]] == ["expired", "open"]
    assert li.pay(case).status_code == 410, "The old page is closed: nobody can pay twice"
    assert li.pay(fresh).status_code == 303
    li.await_case(receipt_number, "under_review")
    assert ledger.of_case(receipt_number)["charged"] == 300


def test_asking_for_the_payment_page_again_and_again_keeps_the_one_there_is(meet: Meet, books: Books) -> None:
    li: Visitor = meet(LI)
    receipt_number = unpaid(li)["receipt_number"]

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: li.http.post(f"/api/cases/{receipt_number}/payment"), range(3)))

    assert {answer.status_code for answer in answers} == {202}
    assert books.of_case(receipt_number)["payment"] == 1


def test_a_paid_case_has_nothing_to_pay(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    case = delivered(hanako, meet(OFFICER))
    assert hanako.http.post(f"/api/cases/{case['receipt_number']}/payment").json()["title"] == "case_closed"

    case = unpaid(hanako)
    hanako.pay(case)
    hanako.await_case(case["receipt_number"], "under_review")
    answer = hanako.http.post(f"/api/cases/{case['receipt_number']}/payment")

    assert (answer.status_code, answer.json()["title"]) == (409, "nothing_to_pay")
    assert books.of_case(case["receipt_number"])["payment"] == 1

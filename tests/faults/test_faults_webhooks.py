"""決済通知の故障: webhooks lost, doubled, late or out of order: charged once, never stuck, never free."""

from datetime import timedelta

from machine.visitor import Visitor
from sandbox.people import HANAKO, LI
from tests.api.scenes import Books, Ledger, actions, city_keeps, soon, unpaid
from tests.faults.conftest import Meet, Neighbours
from tests.town.clock import pass_time


def long_ago(books: Books, receipt_number: str) -> None:
    """As if the page had been opened before the webhook's patience ran out."""
    books.write("update payment set opened_at = now() - interval '1 hour' where receipt_number = %s", receipt_number)


def paid_without_news(resident: Visitor, neighbours: Neighbours) -> str:
    case = unpaid(resident)
    neighbours.gateway("webhook_lost", times=1, event="checkout.session.completed")
    assert resident.pay(case).status_code == 303
    return str(case["receipt_number"])


def test_a_lost_webhook_is_asked_after(neighbours: Neighbours, meet: Meet, books: Books, ledger: Ledger) -> None:
    hanako = meet(HANAKO)
    receipt_number = paid_without_news(hanako, neighbours)
    assert hanako.case(receipt_number)["status"] == "awaiting_payment"

    long_ago(books, receipt_number)
    neighbours.reconcile()

    case = hanako.await_case(receipt_number, "under_review")
    assert (city_keeps(case), ledger.kept(receipt_number)) == (300, 300)
    assert case["payments"][0]["brand"] == "visa"


def test_what_was_paid_without_news_is_paid_back_on_withdrawal(
    neighbours: Neighbours, meet: Meet, ledger: Ledger
) -> None:
    hanako = meet(HANAKO)
    receipt_number = paid_without_news(hanako, neighbours)

    hanako.post(f"/api/cases/{receipt_number}/withdrawal")

    case = hanako.await_case(receipt_number, "withdrawn")
    assert (city_keeps(case), ledger.kept(receipt_number)) == (0, 0)
    assert ledger.of_case(receipt_number)["charged"] == 300


def test_a_webhook_that_comes_after_the_withdrawal_changes_nothing_any_more(
    neighbours: Neighbours, meet: Meet, ledger: Ledger, books: Books
) -> None:
    li = meet(LI)
    case = unpaid(li)
    receipt_number = case["receipt_number"]
    neighbours.gateway("webhook_delayed", times=1, seconds=2, event="checkout.session.completed")
    assert li.pay(case).status_code == 303

    li.post(f"/api/cases/{receipt_number}/withdrawal")
    li.await_case(receipt_number, "withdrawn")
    soon(
        lambda: books.rows("select 1 from payment_event where kind = 'paid' and received_at > now() - interval '2 s'"),
        bool, "the late webhook",
    )  # fmt: skip

    case = li.case(receipt_number)
    assert case["status"] == "withdrawn"
    assert (city_keeps(case), ledger.kept(receipt_number)) == (0, 0)
    assert ledger.of_case(receipt_number)["refunded"] == 300


def test_a_webhook_delivered_twice_counts_once(neighbours: Neighbours, meet: Meet, ledger: Ledger) -> None:
    li = meet(LI)
    case = unpaid(li)
    neighbours.gateway("webhook_twice", times=1, event="checkout.session.completed")

    li.pay(case)

    case = li.await_case(case["receipt_number"], "under_review")
    assert actions(case).count("payment_confirmed") == 1
    assert ledger.kept(case["receipt_number"]) == 300


def test_a_chargeback_that_overtakes_its_payment_is_not_lost(
    neighbours: Neighbours, meet: Meet, ledger: Ledger, books: Books
) -> None:
    li = meet(LI)
    case = unpaid(li)
    receipt_number = case["receipt_number"]
    neighbours.gateway("webhook_reordered", times=2)  # newest first: the dispute, then the payment

    li.pay(case)
    ledger.dispute(receipt_number)

    case = li.await_case(receipt_number, "recalled")
    assert [(p["status"], p["refunded"]) for p in case["payments"]] == [("disputed", 0)]
    assert ledger.of_case(receipt_number)["refunded"] == 0
    assert books.of_case(receipt_number)["document"] == 0


def test_webhooks_wait_while_the_counter_is_away(neighbours: Neighbours, meet: Meet, ledger: Ledger) -> None:
    li = meet(LI)
    case = unpaid(li)
    killed = neighbours.kill("web")

    assert li.pay(case).status_code == 303
    neighbours.await_revived("web", killed)

    case = li.await_case(case["receipt_number"], "under_review")
    assert (city_keeps(case), ledger.kept(case["receipt_number"])) == (300, 300)


def test_a_payment_whose_webhook_was_lost_is_found_before_the_case_lapses(
    neighbours: Neighbours, meet: Meet, ledger: Ledger
) -> None:
    hanako = meet(HANAKO)
    receipt_number = paid_without_news(hanako, neighbours)

    pass_time(neighbours.layout, receipt_number, timedelta(days=8))

    case = hanako.await_case(receipt_number, "under_review")
    assert (city_keeps(case), ledger.kept(receipt_number)) == (300, 300)


def test_who_paid_in_silence_and_asks_for_a_fresh_page_goes_on_at_once(
    neighbours: Neighbours, meet: Meet, books: Books, ledger: Ledger
) -> None:
    hanako = meet(HANAKO)
    receipt_number = paid_without_news(hanako, neighbours)
    books.write("update payment set expires_at = now() where receipt_number = %s", receipt_number)

    hanako.post(f"/api/cases/{receipt_number}/payment")

    case = hanako.await_case(receipt_number, "under_review")
    assert (city_keeps(case), ledger.kept(receipt_number)) == (300, 300)

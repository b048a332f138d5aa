"""案件の期限: what a case does when nobody acts, with its clock skipped forward on the real server."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from machine.demo import ANSWERS
from machine.layout import Layout
from machine.visitor import Visitor, wait_for
from sandbox.people import HANAKO, OFFICER, TARO
from tests.api.scenes import Books
from tests.conftest import Meet
from tests.workflows.conftest import PassTime


def actions(case: dict) -> list[str]:
    return [line["action"] for line in case["timeline"]]


def under_review(resident: Visitor) -> str:
    """A certificate case whose fee is paid and which waits for an officer."""
    receipt_number = resident.apply("residence_certificate", ANSWERS)
    resident.pay(resident.await_case(receipt_number, "awaiting_payment"))
    resident.await_case(receipt_number, "under_review")
    return receipt_number


def test_a_case_nobody_pays_lapses_after_the_payment_term(meet: Meet, pass_time: PassTime) -> None:
    hanako = meet(HANAKO)
    receipt_number = hanako.apply("residence_certificate", ANSWERS)
    hanako.await_case(receipt_number, "awaiting_payment")

    pass_time(receipt_number, timedelta(days=8))

    case = hanako.await_case(receipt_number, "lapsed")
    assert case["reason"] == "payment_overdue"
    assert [payment["status"] for payment in case["payments"]] == ["expired"]
    assert hanako.pay({"payments": [case["payments"][0] | {"status": "open"}]}).status_code == 410


def test_an_officer_is_reminded_and_then_the_task_escalates_when_nobody_decides(
    meet: Meet, pass_time: PassTime
) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt_number = under_review(hanako)

    pass_time(receipt_number, timedelta(days=60))

    task = wait_for(
        lambda: officer.get(f"/api/tasks/{officer.task_of(receipt_number)['id']}"),
        lambda t: t["escalated"],
        "escalation",
    )
    assert [a for a in actions(task) if a in ("reminded", "escalated")] == ["reminded", "escalated"]
    officer.decide(task, "approve")
    assert "reminded" not in actions(hanako.await_case(receipt_number, "delivered"))


def test_a_correction_that_never_comes_rejects_the_case_and_refunds_the_fee(meet: Meet, pass_time: PassTime) -> None:
    taro, officer = meet(TARO), meet(OFFICER)
    receipt_number = under_review(taro)
    officer.decide(officer.task_of(receipt_number), "send_back", marks={"purpose": "提出先を選んでください"})
    assert taro.await_case(receipt_number, "awaiting_correction")["suspended_at"] is not None

    pass_time(receipt_number, timedelta(days=15))

    case = taro.await_case(receipt_number, "rejected")
    assert case["reason"] == "correction_overdue"
    assert [(p["status"], p["refunded"]) for p in case["payments"]] == [("refunded", 300)]


# --- what fails for good ----------------------------------------------------------------------------------------------

UNKNOWN_VERSION = 999


@pytest.fixture
def books(town: Layout) -> Iterator[Books]:
    found = Books(town)
    yield found
    found.close()


def set_version(books: Books, receipt_number: str, version: int) -> None:
    """A version no library has is a mistake of ours that no retry mends."""
    books.write("update case_file set version = %s where receipt_number = %s", version, receipt_number)


def test_a_step_that_fails_for_good_waits_in_sight_and_goes_on_once_it_is_mended(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    receipt_number = hanako.apply("residence_certificate", ANSWERS)
    case = hanako.await_case(receipt_number, "awaiting_payment")
    set_version(books, receipt_number, UNKNOWN_VERSION)
    hanako.pay(case)
    seen = "select status, reason from case_file where receipt_number = %s"
    waits = {"status": "awaiting_neighbour", "reason": "step_failed"}
    wait_for(lambda: books.rows(seen, receipt_number)[0], lambda row: row == waits, "the case to wait in sight")

    set_version(books, receipt_number, 1)
    books.tell(receipt_number, "retry_now")

    hanako.await_case(receipt_number, "under_review")

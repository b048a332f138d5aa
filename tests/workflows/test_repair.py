"""修復: what an administrator may tell a case: to go back, to hold, to end; nothing is paid, sealed or given twice."""

import json
from collections.abc import Iterator

import pytest

from machine.layout import Layout
from machine.visitor import Visitor, wait_for
from sandbox.people import HANAKO, OFFICER
from tests.api.scenes import Books, actions, under_review
from tests.conftest import Meet


@pytest.fixture
def books(town: Layout) -> Iterator[Books]:
    found = Books(town)
    yield found
    found.close()


def outcome(books: Books, receipt_number: str, kind: str) -> tuple[str, str | None]:
    """What became of the newest command of this kind."""
    query = "select status, error from command where receipt_number = %s and kind = %s order by created_at desc limit 1"
    row = wait_for(
        lambda: books.rows(query, receipt_number, kind)[0], lambda row: row["status"] != "pending", f"{kind} to be told"
    )
    return row["status"], row["error"]


def go_back(books: Books, receipt_number: str, step: str) -> tuple[str, str | None]:
    books.tell(receipt_number, "go_back", json.dumps({"step": step}))
    return outcome(books, receipt_number, "go_back")


def asked_anew(officer: Visitor, receipt_number: str, before: str) -> dict:
    return wait_for(
        lambda: officer.task_of(receipt_number), lambda task: task["id"] != before, "the officer to be asked anew"
    )


@pytest.mark.parametrize("step", ["signature", "register", "fee", "review"])
def test_a_case_that_goes_back_to_any_step_is_reviewed_anew_and_nothing_is_paid_twice(
    meet: Meet, books: Books, step: str
) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt_number = under_review(hanako)
    before = officer.task_of(receipt_number)["id"]

    assert go_back(books, receipt_number, step) == ("acknowledged", None)

    task = asked_anew(officer, receipt_number, before)
    officer.decide(task, "approve")
    case = hanako.await_case(receipt_number, "delivered")
    assert [(p["status"], p["amount"], p["refunded"]) for p in case["payments"]] == [("paid", 300, 0)]
    assert books.rows("select outcome from task where id = %s", before) == [{"outcome": "redone"}]
    assert len(case["documents"]) == 1
    assert actions(officer.get(f"/api/tasks/{task['id']}")).count("begun_again") == 1


def test_what_was_not_reached_is_nothing_to_go_back_to(meet: Meet, books: Books) -> None:
    receipt_number = under_review(meet(HANAKO))
    assert go_back(books, receipt_number, "deliver") == ("refused", "StepNotReached")
    books.tell(receipt_number, "settle", json.dumps({"step": "review", "outcome": "done"}))
    assert outcome(books, receipt_number, "settle") == ("refused", "NothingToSettle")


def test_a_document_that_is_made_anew_takes_the_place_of_the_one_before(meet: Meet, books: Books) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt_number = under_review(hanako, delivery="post")
    officer.decide(officer.task_of(receipt_number), "approve")
    hanako.await_case(receipt_number, "mailing")
    mailing = officer.task_of(receipt_number)["id"]

    assert go_back(books, receipt_number, "review") == ("acknowledged", None)

    again = asked_anew(officer, receipt_number, mailing)
    documents = books.rows("select revoked_reason from document where receipt_number = %s", receipt_number)
    assert documents == [{"revoked_reason": "redone"}]
    officer.decide(again, "approve")
    posted = asked_anew(officer, receipt_number, again["id"])
    officer.decide(posted, "dispatch", tracking_number="123456789012")
    hanako.await_case(receipt_number, "delivered")
    documents = books.rows(
        "select epoch, revoked_reason from document where receipt_number = %s order by epoch", receipt_number
    )
    assert documents == [{"epoch": 1, "revoked_reason": "redone"}, {"epoch": 2, "revoked_reason": None}]


def test_a_case_on_hold_begins_no_further_step_until_it_is_resumed(meet: Meet, books: Books) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt_number = under_review(hanako)
    books.tell(receipt_number, "hold")
    assert outcome(books, receipt_number, "hold") == ("acknowledged", None)
    officer.decide(officer.task_of(receipt_number), "approve")
    books.tell(receipt_number, "retry_now")  # taken in after the decision: the case had its chance to go on
    assert outcome(books, receipt_number, "retry_now") == ("acknowledged", None)
    assert "document_issued" not in actions(hanako.case(receipt_number))

    books.tell(receipt_number, "resume")

    hanako.await_case(receipt_number, "delivered")


def test_a_case_the_city_ends_gives_the_money_back(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    receipt_number = under_review(hanako)
    books.tell(receipt_number, "terminate")
    case = hanako.await_case(receipt_number, "recalled")
    assert case["reason"] == "terminated"
    assert [(p["status"], p["refunded"]) for p in case["payments"]] == [("refunded", 300)]

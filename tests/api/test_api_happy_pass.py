"""ハッピーパス by the API: review and approval by two people, 5,000 points once per baby."""

import fcntl
from collections.abc import Iterator

import pytest

from machine.layout import Layout
from machine.visitor import CounterRefused, Visitor
from sandbox.people import APPROVER, HANAKO, KENJI, OFFICER, SAKURA, TARO
from tests.api.scenes import HAPPY_PASS, Books, Newcomer, happy_pass, soon
from tests.conftest import Meet


@pytest.fixture
def only_baby(town: Layout, books: Books) -> Iterator[None]:
    """There is one baby in town: whoever tests awards takes turns and leaves her without an award."""
    with (town.var / "sakura.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _take_back(books)
        yield
        _take_back(books)


def _take_back(books: Books) -> None:
    """Recall whatever was awarded, as a city would that awarded it in error."""
    awarded = (
        "select t.receipt_number from points_transaction t where t.person_id = %s and t.kind = 'award'"
        " and not exists (select 1 from points_transaction r where r.reverses = t.id)"
    )
    for row in books.rows(awarded, SAKURA.person_id):
        books.tell(row["receipt_number"], "recall", '{"reason": "issued_in_error"}')
    soon(lambda: books.rows(awarded, SAKURA.person_id), lambda rows: not rows, "the award taken back")


def approved(resident: Visitor, reviewer: Visitor, approver: Visitor) -> str:
    receipt_number = resident.apply(HAPPY_PASS, happy_pass())
    reviewer.decide(reviewer.task_of(receipt_number), "approve")
    task = approver.task_of(receipt_number)
    assert task["kind"] == "approve"
    approver.decide(task, "approve")
    return receipt_number


@pytest.mark.usefixtures("only_baby")
def test_five_thousand_points_are_awarded_once_per_baby_and_a_second_request_is_refused(
    meet: Meet, books: Books
) -> None:
    taro, hanako, officer, approver = meet(TARO), meet(HANAKO), meet(OFFICER), meet(APPROVER)
    before = taro.get("/api/points")["balance"]

    first = approved(taro, officer, approver)
    case = taro.await_case(first, "delivered")
    assert taro.download(case["documents"][0]["id"]).startswith(b"%PDF-")
    assert taro.get("/api/points")["balance"] == before + 5000
    postings = (
        "select ledger_account, points from points_posting p join points_transaction t on t.id = p.transaction_id"
        " where t.receipt_number = %s order by points"
    )
    assert [(r["ledger_account"], r["points"]) for r in books.rows(postings, first)] == [
        ("awards", -5000), ("residents", 5000),
    ]  # fmt: skip

    mothers = hanako.get("/api/points")["balance"]
    second = approved(hanako, officer, approver)
    case = hanako.await_case(second, "rejected", "delivered")
    assert (case["status"], case["reason"]) == ("rejected", "already_awarded")
    assert case["documents"] == []
    assert hanako.get("/api/points")["balance"] == mothers
    assert books.rows(postings, second) == []

    books.tell(first, "recall", '{"reason": "issued_in_error"}')
    case = taro.await_case(first, "recalled")
    assert case["documents"][0]["revoked_at"] is not None
    points = taro.get("/api/points")
    assert points["balance"] == before
    assert [line["kind"] for line in points["lines"] if line["receipt_number"] == first] == ["reversal", "award"]


def test_the_reviewer_cannot_approve_as_well(meet: Meet, newcomer: Newcomer, books: Books) -> None:
    taro, both = meet(TARO), newcomer("points_review", "points_approval")
    receipt_number = taro.apply(HAPPY_PASS, happy_pass())
    both.decide(both.task_of(receipt_number), "approve")

    with pytest.raises(CounterRefused) as refusal:
        both.decide(both.task_of(receipt_number), "approve")

    assert (refusal.value.status, refusal.value.problem["title"]) == (409, "duties_not_separated")
    open_tasks = books.rows(
        "select step, outcome from task where receipt_number = %s and closed_at is null", receipt_number
    )
    assert open_tasks == [{"step": "approve", "outcome": None}]
    taro.post(f"/api/cases/{receipt_number}/withdrawal")
    taro.await_case(receipt_number, "withdrawn")


def test_a_baby_of_another_household_is_refused_before_anybody_reviews(meet: Meet) -> None:
    kenji = meet(KENJI)

    case = kenji.await_case(kenji.apply(HAPPY_PASS, happy_pass()), "rejected")

    assert case["reason"] == "subject_not_in_household"
    assert all(line["action"] != "task_opened" for line in case["timeline"])


def test_a_baby_born_too_early_is_refused_at_the_form(meet: Meet) -> None:
    taro = meet(TARO)
    draft_id = taro.fill_in(HAPPY_PASS, happy_pass(baby_birth_date="2022-04-01"))

    answer = taro.http.post(f"/api/drafts/{draft_id}/signing-request")

    assert (answer.status_code, answer.json()["title"]) == (422, "not_eligible")

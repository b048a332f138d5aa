"""決裁 by the API: levels by amount, one person one seal, back to an earlier level, in council, and drafts."""

from collections.abc import Mapping
from typing import Any

import pytest

from machine.visitor import CounterRefused, Visitor
from sandbox.people import HANAKO
from tests.api.scenes import Books, Newcomer, actions, allowance
from tests.api.scenes import approve_claim as approve
from tests.conftest import Meet

ALLOWANCE = "child_allowance"
REVIEW, HEAD, DEPARTMENT = (f"children:allowance_{name}" for name in ("review", "approval", "department"))


@pytest.fixture
def claimed(meet: Meet) -> Any:
    """`claimed(3)`: 花子 claims for so many children; (her, the receipt number), once it is reviewed."""

    def claim(children: int) -> tuple[Visitor, str]:
        hanako = meet(HANAKO)
        receipt_number = hanako.apply(ALLOWANCE, allowance(children))
        hanako.await_case(receipt_number, "under_review")
        return hanako, receipt_number

    return claim


def route_of(officer: Visitor, task: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = officer.get(f"/api/tasks/{task['id']}/approvals")
    return found


def states(route: Mapping[str, Any]) -> dict[str, str]:
    return {level["step"]: level["state"] for level in route["levels"]}


def stages(case: Mapping[str, Any]) -> dict[str, str]:
    return {stage["step"]: stage["state"] for stage in case["stages"] if stage["step"]}


def test_a_small_amount_is_decided_by_the_division_head_alone_and_the_route_says_by_which_rule(
    claimed: Any, newcomer: Newcomer
) -> None:
    hanako, number = claimed(1)
    approve(newcomer(REVIEW), number)
    head = newcomer(HEAD, name="課長　一人")
    task = approve(head, number)

    case = hanako.await_case(number, "delivered")

    route = route_of(head, task)
    assert states(route) == {"review": "done", "approve": "done", "department": "passed_over"}
    assert "5万円" in route["levels"][2]["rule"]["ja"]
    assert [seal["officer"] for seal in route["levels"][1]["seals"]] == ["課長　一人"]
    assert stages(case)["department"] == "passed_over"


def test_a_larger_amount_goes_on_to_the_department_head(claimed: Any, newcomer: Newcomer) -> None:
    hanako, number = claimed(3)
    approve(newcomer(REVIEW), number)
    approve(newcomer(HEAD), number)
    department = newcomer(DEPARTMENT)
    task = department.task_of(number)

    assert states(route_of(department, task)) == {"review": "done", "approve": "done", "department": "now"}
    assert hanako.case(number)["status"] == "under_review"
    approve(department, number)
    hanako.await_case(number, "delivered")


def test_who_sealed_one_level_cannot_seal_another(claimed: Any, newcomer: Newcomer) -> None:
    hanako, number = claimed(3)
    both = newcomer(HEAD, DEPARTMENT)
    approve(newcomer(REVIEW), number)
    approve(both, number)

    with pytest.raises(CounterRefused) as refusal:
        approve(both, number)

    assert (refusal.value.status, refusal.value.problem["title"]) == (409, "duties_not_separated")
    hanako.post(f"/api/cases/{number}/withdrawal")


def test_a_case_goes_back_to_an_earlier_level_with_a_reason_and_is_judged_anew_from_there(
    claimed: Any, newcomer: Newcomer, books: Books
) -> None:
    hanako, number = claimed(3)
    reviewer, head, department = newcomer(REVIEW), newcomer(HEAD), newcomer(DEPARTMENT, name="部長　戻す")
    first = approve(reviewer, number)
    approve(head, number)
    task = department.task_of(number)
    assert route_of(department, task)["may_return_to"] == ["review", "approve"]

    department.decide(task, "return", to="review", reason="続柄を住民記録で確かめてください。")

    again = reviewer.task_of(number)
    assert again["id"] != first["id"]
    route = route_of(reviewer, again)
    assert states(route) == {"review": "now", "approve": "ahead", "department": "ahead"}
    assert route["returned"]["reason"] == "続柄を住民記録で確かめてください。"
    assert (route["returned"]["officer"], route["returned"]["to"]) == ("部長　戻す", "review")
    case = hanako.case(number)
    assert (case["status"], stages(case)["review"], stages(case)["approve"]) == ("under_review", "now", "ahead")
    assert "returned" not in actions(case)
    assert "続柄を住民記録" not in str(case)

    for officer in (reviewer, head, department):
        approve(officer, number)
    case = hanako.await_case(number, "delivered")
    assert len(case["documents"]) == 1
    checks = books.rows("select step, round from effect where receipt_number = %s and kind = 'check_register'", number)
    assert checks == [{"step": "register", "round": 1}]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"to": "approve", "reason": "もう一度"}, "no_such_level"),
        ({"to": "signature", "reason": "もう一度"}, "no_such_level"),
        ({"reason": "もう一度"}, "no_such_level"),
        ({"to": "review", "reason": "  "}, "reason_required"),
    ],
    ids=["to itself", "to no level", "to nowhere", "without a reason"],
)
def test_a_return_needs_an_earlier_level_and_a_reason(
    claimed: Any, newcomer: Newcomer, wish: dict[str, str], expected: str
) -> None:
    hanako, number = claimed(1)
    approve(newcomer(REVIEW), number)
    head = newcomer(HEAD)

    with pytest.raises(CounterRefused) as refusal:
        head.decide(head.task_of(number), "return", **wish)

    assert (refusal.value.status, refusal.value.problem["title"]) == (422, expected)
    hanako.post(f"/api/cases/{number}/withdrawal")


def test_the_document_can_be_read_before_it_is_approved_and_is_no_document_yet(
    claimed: Any, newcomer: Newcomer, books: Books
) -> None:
    hanako, number = claimed(1)
    reviewer = newcomer(REVIEW)
    task = reviewer.task_of(number)
    (draft,) = route_of(reviewer, task)["drafts"]

    answer = reviewer.http.get(f"/api/tasks/{task['id']}/drafts/{draft['document']}")

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert b"/ByteRange" not in answer.content, "a draft is not sealed"
    assert books.of_case(number)["document"] == 0
    assert reviewer.http.get(f"/api/tasks/{task['id']}/drafts/nothing").status_code == 404
    assert newcomer(HEAD).http.get(f"/api/tasks/{task['id']}/drafts/decision").status_code == 404
    hanako.post(f"/api/cases/{number}/withdrawal")

"""審査欄 by the API: filled in by who holds the review, never over a colleague's words, read by later levels alone."""

from typing import Any

import pytest

from machine.visitor import Visitor
from sandbox.people import HANAKO
from tests.api.scenes import SHEET, Books, Newcomer, allowance, noted, screening_under_review
from tests.conftest import Meet

REVIEW, HEAD = "children:allowance_review", "children:allowance_approval"


@pytest.fixture
def claim(meet: Meet) -> Any:
    """花子's claim under review; withdrawn when the test is over."""
    hanako = meet(HANAKO)
    number = hanako.apply("child_allowance", allowance(1))
    hanako.await_case(number, "under_review")
    yield hanako, number
    hanako.http.post(f"/api/cases/{number}/withdrawal")


def sheet(number: str) -> str:
    return f"/api/inbox/cases/{number}/review-form"


def claimed(officer: Visitor, number: str) -> dict[str, Any]:
    task = officer.task_of(number)
    officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    found: dict[str, Any] = officer.get(f"/api/tasks/{task['id']}")
    return found


def save(officer: Visitor, task: dict[str, Any], version: int, **changes: object) -> tuple[int, Any]:
    body = {"version": version, "answers": SHEET | changes}
    answer = officer.http.put(f"/api/tasks/{task['id']}/review-form", json=body)
    return answer.status_code, answer.json()


def test_an_approval_waits_for_required_fields_and_the_next_level_reads_them(claim: Any, newcomer: Newcomer) -> None:
    hanako, number = claim
    officer, head = newcomer(REVIEW, name="花田　一"), newcomer(HEAD)
    task = claimed(officer, number)
    assert {"code": "review_form", "fields": list(SHEET)} in task["missing"]
    approve = {"version": task["task_version"], "decision": "approve", "findings_checked": True}
    refused = officer.http.post(f"/api/tasks/{task['id']}/decision", json=approve)
    assert (refused.status_code, refused.json()["title"]) == (422, "review_form_incomplete")

    status, saved = save(officer, task, 0)

    assert (status, saved["problems"], saved["sheet"]["version"], saved["sheet"]["missing"]) == (200, [], 1, [])
    officer.post(f"/api/tasks/{task['id']}/decision", approve)
    reviewed = head.task_of(number)
    read = head.get(sheet(number))
    assert (read["answers"]["monthly_amount"], read["saved_by"]) == (15000, "花田　一")
    mine = claimed(head, number)
    assert save(head, mine, 1)[1]["title"] == "review_form_absent"
    assert reviewed["kind"] == "approve"
    assert "15000" not in str(hanako.case(number))


def test_nobody_overwrites_a_colleague_unseen(claim: Any, newcomer: Newcomer) -> None:
    _, number = claim
    officer = newcomer(REVIEW)
    task = claimed(officer, number)
    assert save(officer, task, 0)[0] == 200
    stale = save(officer, task, 0, monthly_amount=20000)
    assert (stale[0], stale[1]["title"]) == (409, "review_form_stale")
    assert officer.get(sheet(number))["answers"]["monthly_amount"] == 15000
    assert save(officer, task, 1, monthly_amount=20000)[1]["sheet"]["version"] == 2
    assert save(officer, task, 5)[1]["title"] == "review_form_stale"


def test_only_who_holds_the_review_fills_it_in(claim: Any, newcomer: Newcomer) -> None:
    _, number = claim
    hanada, shirahama = newcomer(REVIEW), newcomer(REVIEW)
    task = claimed(hanada, number)
    assert save(shirahama, task, 0)[1]["title"] == "task_taken"
    for stranger in (newcomer("health:health_review"), newcomer("children:expert")):
        assert save(stranger, task, 0)[1]["title"] == "not_found"
        assert stranger.http.get(sheet(number)).json()["title"] == "not_found"
    hanada.decide(noted(hanada, task), "approve")
    assert save(hanada, task, 1)[1]["title"] == "task_closed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first_month": "2026-13"}, "pattern"),
        ({"monthly_amount": 1}, "too_small"),
        ({"remarks": "あ" * 3000}, "too_long"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_saved(
    claim: Any, newcomer: Newcomer, changes: dict[str, object], code: str
) -> None:
    _, number = claim
    officer = newcomer(REVIEW)
    status, answer = save(officer, claimed(officer, number), 0, **changes)
    assert (status, [each["code"] for each in answer["problems"]]) == (200, [code])
    assert answer["problems"][0]["message"]["ko"]
    assert officer.get(sheet(number))["version"] == 0


def test_every_saving_stays_in_the_books(claim: Any, newcomer: Newcomer, books: Books) -> None:
    _, number = claim
    officer = newcomer(REVIEW)
    task = claimed(officer, number)
    for version, amount in enumerate((15000, 10000)):
        save(officer, task, version, monthly_amount=amount)
    rows = books.rows("select answers from review_sheet where receipt_number = %s order by version", number)
    assert [row["answers"]["monthly_amount"] for row in rows] == [15000, 10000]
    saved = "select facts from audit where receipt_number = %s and action = 'review_form_saved' order by seq"
    lines = books.rows(saved, number)
    assert [line["facts"] for line in lines] == [{"version": 1}, {"version": 2}]


def test_a_procedure_without_one_has_none(newcomer: Newcomer) -> None:
    officer = newcomer("health:health_review")
    number = screening_under_review(newcomer())
    assert officer.http.get(sheet(number)).json()["title"] == "review_form_absent"
    task = claimed(officer, number)
    assert save(officer, task, 0)[1]["title"] == "review_form_absent"

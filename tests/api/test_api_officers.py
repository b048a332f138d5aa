"""受信箱 by the API: one task, one officer, one decision."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from machine.visitor import Visitor
from sandbox.people import OFFICER
from tests.api.scenes import Books, Newcomer, actions, screening_under_review
from tests.conftest import Meet

REVIEW = "health_review"


def at_once(*calls: Any) -> list[httpx.Response]:
    """All of them in the same moment."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def claim(officer: Visitor, task: dict) -> httpx.Response:
    return officer.http.post(f"/api/tasks/{task['id']}/claim", json={"version": task["task_version"]})


def decide(officer: Visitor, task: dict, version: int, decision: str = "approve", **more: object) -> httpx.Response:
    wanted = {"version": version, "decision": decision, **more}
    return officer.http.post(f"/api/tasks/{task['id']}/decision", json=wanted)


def codes(*answers: httpx.Response) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_of_two_officers_who_claim_at_once_one_has_the_task_and_the_other_is_told(
    newcomer: Newcomer, books: Books
) -> None:
    resident, one, other = newcomer(), newcomer(REVIEW), newcomer(REVIEW)
    task = one.task_of(screening_under_review(resident))

    answers = at_once(lambda: claim(one, task), lambda: claim(other, task))

    assert codes(*answers) == [200, 409]
    loser = next(a for a in answers if a.status_code == 409)
    assert loser.json()["title"] == "task_taken"
    assert loser.headers["content-type"] == "application/problem+json"
    claims = books.rows(
        "select 1 from audit where receipt_number = %s and action = 'task_claimed'", task["receipt_number"]
    )
    assert len(claims) == 1


def test_a_double_click_on_decide_decides_once(newcomer: Newcomer, books: Books) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    receipt_number = screening_under_review(resident)
    task = officer.task_of(receipt_number)
    version = claim(officer, task).json()["version"]

    answers = at_once(*[lambda: decide(officer, task, version)] * 3)

    assert codes(*answers) == [202, 409, 409]
    case = resident.await_case(receipt_number, "delivered")
    assert actions(case).count("approved") == 1
    assert books.of_case(receipt_number)["document"] == 1
    assert len(books.rows("select 1 from command where receipt_number = %s and kind = 'decide'", receipt_number)) == 1


def test_who_did_not_claim_a_task_cannot_decide_it(newcomer: Newcomer, books: Books) -> None:
    resident, holder, other = newcomer(), newcomer(REVIEW), newcomer(REVIEW)
    receipt_number = screening_under_review(resident)
    task = holder.task_of(receipt_number)
    version = claim(holder, task).json()["version"]
    before = books.of_case(receipt_number)

    answer = decide(other, task, version)

    assert (answer.status_code, answer.json()["title"]) == (409, "task_taken")
    assert books.of_case(receipt_number) == before


def test_a_decision_from_a_stale_page_is_refused(newcomer: Newcomer, books: Books) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    receipt_number = screening_under_review(resident)
    task = officer.task_of(receipt_number)
    seen = claim(officer, task).json()["version"]
    assert claim(officer, task | {"task_version": seen}).status_code == 200, "opened in a second window"
    before = books.of_case(receipt_number)

    answer = decide(officer, task, seen)

    assert (answer.status_code, answer.json()["title"]) == (409, "task_taken")
    assert books.of_case(receipt_number) == before
    for nonsense, status in ((0, 409), (-1, 422), (10**12, 422)):
        assert decide(officer, task, nonsense).status_code == status


def test_a_closed_task_is_neither_claimed_nor_decided_again(newcomer: Newcomer) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    receipt_number = screening_under_review(resident)
    task = officer.task_of(receipt_number)
    officer.decide(task, "approve")
    resident.await_case(receipt_number, "delivered")
    closed = officer.get(f"/api/tasks/{task['id']}")

    for answer in (claim(officer, closed), decide(officer, closed, closed["task_version"], "reject", reason="遅い")):
        assert (answer.status_code, answer.json()["title"]) == (409, "task_closed")


def test_a_task_of_another_function_does_not_exist_for_an_officer(newcomer: Newcomer) -> None:
    resident, reviewer, mailer = newcomer(), newcomer(REVIEW), newcomer("mailing")
    task = reviewer.task_of(screening_under_review(resident))

    assert all(each["id"] != task["id"] for each in mailer.get("/api/tasks"))
    assert mailer.http.get(f"/api/tasks/{task['id']}").status_code == 404
    assert claim(mailer, task).status_code == 404
    assert decide(mailer, task, task["task_version"]).status_code == 404
    assert mailer.http.get(f"/api/tasks?function={REVIEW}").json() == []


def test_a_released_task_is_everybodys_again(newcomer: Newcomer) -> None:
    resident, one, other = newcomer(), newcomer(REVIEW), newcomer(REVIEW)
    task = one.task_of(screening_under_review(resident))
    version = claim(one, task).json()["version"]

    stolen = other.http.post(f"/api/tasks/{task['id']}/release", json={"version": version})
    assert stolen.status_code == 409
    one.post(f"/api/tasks/{task['id']}/release", {"version": version})

    released = other.get(f"/api/tasks/{task['id']}")
    assert released["assignee"] is None
    assert claim(other, released).status_code == 200


def test_decisions_that_are_none_are_refused_and_nothing_is_written(newcomer: Newcomer, books: Books) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    receipt_number = screening_under_review(resident)
    task = officer.task_of(receipt_number)
    version = claim(officer, task).json()["version"]
    before = books.of_case(receipt_number)

    wrong: tuple[dict[str, object], ...] = (
        {"decision": "dispatch", "tracking_number": "1234-5678-9012"},
        {"decision": "forget"},
        {"decision": "reject", "reason": "x" * 4001},
        {"decision": "reject", "reason": "\x00"},
        {"decision": "send_back", "marks": {"phone": {"fault": "incorrect", "reason": "\x00"}}},
        {"decision": "send_back", "marks": {"phone": {"fault": "incorrect", "reason": ""}}},
        {"decision": "approve", "officer": "somebody else"},
        {"decision": "approve", "version": "one"},
    )
    for each in wrong:
        answer = officer.http.post(f"/api/tasks/{task['id']}/decision", json={"version": version} | each)
        assert answer.status_code == 422, each
        assert answer.headers["content-type"] == "application/problem+json", each
    assert books.of_case(receipt_number) == before


def test_a_double_click_on_withdraw_withdraws_once(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    receipt_number = screening_under_review(resident)

    answers = at_once(*[lambda: resident.http.post(f"/api/cases/{receipt_number}/withdrawal")] * 4)

    assert {a.status_code for a in answers} <= {202, 409}
    assert 202 in {a.status_code for a in answers}
    case = resident.await_case(receipt_number, "withdrawn")
    assert actions(case).count("closed") == 1
    acknowledged = "select 1 from command where receipt_number = %s and kind = 'withdraw' and status = 'acknowledged'"
    assert len(books.rows(acknowledged, receipt_number)) == 1


def test_withdrawing_and_deciding_at_once_ends_in_one_of_the_two(newcomer: Newcomer, books: Books) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    receipt_number = screening_under_review(resident)
    task = officer.task_of(receipt_number)
    version = claim(officer, task).json()["version"]

    at_once(
        lambda: decide(officer, task, version),
        lambda: resident.http.post(f"/api/cases/{receipt_number}/withdrawal"),
    )

    case = resident.await_case(receipt_number, "withdrawn", "delivered")
    valid = [d for d in case["documents"] if d["revoked_at"] is None]
    assert len(valid) == (1 if case["status"] == "delivered" else 0)
    assert actions(case).count("closed") == 1
    assert books.rows("select 1 from task where receipt_number = %s and closed_at is null", receipt_number) == []


def test_an_officers_name_stays_inside_the_house(meet: Meet, newcomer: Newcomer) -> None:
    resident, officer = newcomer(), meet(OFFICER)
    receipt_number = screening_under_review(resident)
    officer.decide(officer.task_of(receipt_number), "approve")

    case = resident.await_case(receipt_number, "delivered")

    assert {line["actor"] for line in case["timeline"]} <= {"resident", "officer", "counter", "neighbour"}
    assert OFFICER.name not in str(case)
    assert officer.get("/api/session")["account_id"] not in str(case)

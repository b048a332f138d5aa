"""代決・差戻し: what time and earlier levels do to a case, with its clock skipped forward on the real server."""

from datetime import timedelta
from typing import Any

from machine.visitor import Visitor
from sandbox.people import HANAKO
from tests.api.scenes import Books, Newcomer, actions, allowance, approve_claim
from tests.conftest import Meet
from tests.workflows.conftest import PassTime

REVIEW, HEAD, DEPUTY, DEPARTMENT = (
    f"children:allowance_{name}" for name in ("review", "approval", "deputy", "department")
)


def waiting_for_the_head(hanako: Visitor, newcomer: Newcomer, children: int = 1) -> str:
    number = hanako.apply("child_allowance", allowance(children))
    approve_claim(newcomer(REVIEW), number)
    return str(number)


def seals(officer: Visitor, task: Any, step: str) -> Any:
    levels = officer.get(f"/api/tasks/{task['id']}/approvals")["levels"]
    return next(level["seals"] for level in levels if level["step"] == step)


def test_a_deputy_decides_once_the_head_has_been_away_too_long_and_the_head_looks_it_over(
    meet: Meet, newcomer: Newcomer, pass_time: PassTime
) -> None:
    hanako, head, deputy = meet(HANAKO), newcomer(HEAD), newcomer(DEPUTY, name="補佐　待つ")
    number = waiting_for_the_head(hanako, newcomer)
    own = head.task_of(number)
    assert deputy.get(f"/api/tasks?number={number}") == []

    pass_time(number, timedelta(days=7))

    task = deputy.task_of(number)
    assert deputy.get(f"/api/tasks/{task['id']}/approvals")["deputy"]
    assert "代決できます" in deputy.http.get(f"/tasks/{task['id']}").text
    deputy.decide(task, "approve")
    hanako.await_case(number, "delivered")
    assert [(seal["officer"], seal["deputy"]) for seal in seals(head, own, "approve")] == [("補佐　待つ", True)]
    mine = [each for each in head.get("/api/inbox/deputised") if each["receipt_number"] == number]
    assert [each["task_id"] for each in mine] == [own["id"]]
    assert number not in [each["receipt_number"] for each in deputy.get("/api/inbox/deputised")]

    head.post(f"/api/tasks/{own['id']}/look-over")

    assert number not in [each["receipt_number"] for each in head.get("/api/inbox/deputised")]
    assert seals(head, own, "approve")[0]["looked_over_at"] is not None
    said = actions(head.get(f"/api/tasks/{own['id']}"))
    told = ["deputy_admitted", "task_claimed", "approved", "looked_over"]
    assert [action for action in said[said.index("deputy_admitted") :] if action in told] == told
    assert not {"deputy_admitted", "looked_over"} & set(actions(hanako.case(number)))


def test_the_head_may_still_decide_when_the_deputy_may_too(
    meet: Meet, newcomer: Newcomer, pass_time: PassTime, books: Books
) -> None:
    hanako, head, deputy = meet(HANAKO), newcomer(HEAD), newcomer(DEPUTY)
    number = waiting_for_the_head(hanako, newcomer)
    own = head.task_of(number)
    pass_time(number, timedelta(days=7))
    beside = deputy.task_of(number)

    head.decide(own, "approve")

    hanako.await_case(number, "delivered")
    closed = deputy.http.post(f"/api/tasks/{beside['id']}/claim", json={"version": beside["task_version"]})
    assert closed.status_code == 409
    assert books.rows("select outcome from task where id = %s", beside["id"]) == [{"outcome": "ended"}]
    assert head.get("/api/inbox/deputised") == [] or number not in str(head.get("/api/inbox/deputised"))


def test_a_deputy_is_bound_by_the_separation_of_duties_as_the_head_is(
    meet: Meet, newcomer: Newcomer, pass_time: PassTime
) -> None:
    hanako, both = meet(HANAKO), newcomer(REVIEW, DEPUTY)
    number = hanako.apply("child_allowance", allowance())
    approve_claim(both, number)
    newcomer(HEAD).task_of(number)

    pass_time(number, timedelta(days=7))

    task = both.task_of(number)
    claimed = both.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    answer = both.http.post(f"/api/tasks/{task['id']}/decision", json={**claimed, "decision": "approve"})
    assert (answer.status_code, answer.json()["title"]) == (409, "duties_not_separated")
    hanako.post(f"/api/cases/{number}/withdrawal")


def test_a_returned_level_is_reminded_and_deputised_anew(
    meet: Meet, newcomer: Newcomer, pass_time: PassTime, books: Books
) -> None:
    hanako, head, deputy, department = meet(HANAKO), newcomer(HEAD), newcomer(DEPUTY), newcomer(DEPARTMENT)
    number = waiting_for_the_head(hanako, newcomer, children=3)
    head.decide(head.task_of(number), "approve")
    department.decide(department.task_of(number), "return", to="approve", reason="続柄の確認をお願いします。")
    assert head.task_of(number)["kind"] == "approve"

    pass_time(number, timedelta(days=7))

    deputy.decide(deputy.task_of(number), "approve")
    department.decide(department.task_of(number), "approve")
    hanako.await_case(number, "delivered")
    rounds = books.rows("select distinct round from task where receipt_number = %s and step = 'review'", number)
    assert rounds == [{"round": 1}], "the review stands"

"""代理 by the API: who may declare it, what the substitute can do meanwhile, and the records say in whose place."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from machine.visitor import Visitor
from sandbox.people import HANAKO
from tests.api.scenes import Books, Newcomer, account, allowance, approve_claim, screening_under_review, soon, today
from tests.api.test_api_exports import exported, reconcile
from tests.conftest import Meet

REVIEW = "health:health_review"


def wanted(absent: Visitor | None, substitute: Visitor, first: int = 0, last: int = 0) -> dict[str, object]:
    return {
        "absent": account(absent) if absent else None,
        "substitute": account(substitute),
        "first_day": (today() + timedelta(days=first)).isoformat(),
        "last_day": (today() + timedelta(days=last)).isoformat(),
    }


def declare(
    by: Visitor, absent: Visitor | None, substitute: Visitor, first: int = 0, last: int = 0
) -> Mapping[str, Any]:
    found: Mapping[str, Any] = by.post("/api/substitutions", wanted(absent, substitute, first, last))
    return found


def refusal(by: Visitor, body: Mapping[str, object]) -> tuple[int, str]:
    answer = by.http.post("/api/substitutions", json=body)
    return answer.status_code, answer.json()["title"]


def claimed(officer: Visitor, number: str) -> Mapping[str, Any]:
    task = officer.task_of(number)
    version = officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})["version"]
    return {**task, "task_version": version}


def in_whose_place(books: Books, number: str) -> dict[str, Any]:
    lines = books.rows("select action, facts ->> 'for' as absent from audit where receipt_number = %s", number)
    return {line["action"]: line["absent"] for line in lines}


def test_a_substitute_takes_over_a_sick_colleagues_work_and_every_record_says_so(
    newcomer: Newcomer, books: Books
) -> None:
    resident, sick = newcomer(), newcomer(REVIEW, name="休み　太郎")
    substitute = newcomer("children:allowance_review", name="代わり　花")
    number = screening_under_review(resident)
    task = claimed(sick, number)
    assert substitute.http.get(f"/api/tasks/{task['id']}").status_code == 404
    declare(sick, None, substitute)
    (told,) = substitute.get("/api/session")["in_place"]
    assert (told["name"], told["until"]) == ("休み　太郎", today().isoformat())

    assert task["id"] in {each["id"] for each in substitute.get("/api/tasks")}
    colleagues = {each["account_id"] for each in sick.get(f"/api/tasks/{task['id']}/colleagues")}
    assert account(substitute) in colleagues
    mine = {"version": task["task_version"], "officer": account(substitute)}
    version = substitute.post(f"/api/tasks/{task['id']}/assignment", mine)["version"]
    substitute.http.post(f"/api/inbox/cases/{number}/messages", data={"body": "確認しました。"})
    substitute.post(f"/api/tasks/{task['id']}/decision", {"version": version, "decision": "approve"})

    case = resident.await_case(number, "delivered")
    said = in_whose_place(books, number)
    for action in ("task_reassigned", "message_sent", "approved"):
        assert said[action] == account(sick), action
    assert said["task_claimed"] is None, "what the absent officer did before is their own"
    decided = books.rows("select decided_by from task where id = %s", task["id"])
    assert str(decided[0]["decided_by"]) == account(substitute), "one person, one seal"
    for told_to_the_resident in (str(case), str(exported(resident)[0])):
        assert account(sick) not in told_to_the_resident
        assert account(substitute) not in told_to_the_resident
    at_desk = {line["action"]: line["substitute"] for line in sick.get(f"/api/tasks/{task['id']}")["timeline"]}
    assert (at_desk["approved"], at_desk["task_claimed"]) == (True, False)
    assert "代わり　花（休み　太郎 の代理）" in sick.http.get(f"/tasks/{task['id']}").text
    assert {line["substitute"] for line in case["timeline"]} == {False}


def test_what_else_an_officer_does_says_in_whose_place(newcomer: Newcomer, books: Books) -> None:
    absent, substitute = newcomer(REVIEW), newcomer("children:allowance_review")
    declare(absent, None, substitute)
    number = screening_under_review(newcomer())
    task = claimed(substitute, number)
    here = f"/api/tasks/{task['id']}"

    held = substitute.post(
        f"{here}/hold", {"version": task["task_version"], "until": today().isoformat(), "reason": "照会中"}
    )
    going_on = substitute.post(f"{here}/resumption", held)
    answers = {**going_on, "answers": {"phone": "079-221-2112"}, "reason": "書き間違い"}
    righted = substitute.post(f"{here}/answers", answers)
    extended = substitute.post(f"{here}/extension", {**righted, "business_days": 3, "reason": "照会に時間がかかる"})
    assert extended["outcome"] == "acknowledged"
    substitute.post(f"{here}/release", {"version": substitute.get(here)["task_version"]})

    done = ("task_claimed", "task_held", "task_resumed", "answer_corrected", "extended", "task_released")
    said = in_whose_place(books, number)
    assert {action: said[action] for action in done} == dict.fromkeys(done, account(absent))


def test_duties_of_ones_own_are_not_in_anothers_place(newcomer: Newcomer, books: Books) -> None:
    absent, substitute = newcomer(REVIEW), newcomer(REVIEW)
    declare(absent, None, substitute)
    number = screening_under_review(newcomer())
    claimed(substitute, number)
    assert in_whose_place(books, number)["task_claimed"] is None


def test_who_may_declare_it(newcomer: Newcomer) -> None:
    officer, substitute = newcomer(REVIEW), newcomer("children:allowance_review")
    head, elsewhere, administrator = newcomer("health:head"), newcomer("children:head"), newcomer("*:administrator")
    for nobody in (substitute, elsewhere):
        assert refusal(nobody, wanted(officer, substitute)) == (404, "not_found")
    assert newcomer().http.post("/api/substitutions", json=wanted(officer, substitute)).status_code == 403

    own = declare(officer, None, substitute)
    assert (own["departments"], own["declared_by"], own["running"]) == (None, account(officer), True)
    by_head = declare(head, officer, substitute, 1, 2)
    assert (by_head["departments"], by_head["declared_by"], by_head["running"]) == (["health"], account(head), False)
    by_administrator = declare(administrator, officer, substitute, 3, 9)
    assert by_administrator["departments"] is None

    for everybody_concerned in (officer, substitute, head, administrator):
        listed = {each["id"]: each for each in everybody_concerned.get("/api/substitutions")}
        assert {own["id"], by_head["id"], by_administrator["id"]} <= listed.keys()
        assert listed[own["id"]]["may_revoke"] is (everybody_concerned is not substitute)
    assert own["id"] not in {each["id"] for each in newcomer(REVIEW).get("/api/substitutions")}
    for nobody in (substitute, elsewhere):
        assert nobody.http.delete(f"/api/substitutions/{own['id']}").status_code == 404
    assert head.http.delete(f"/api/substitutions/{own['id']}").status_code == 204
    again = officer.http.delete(f"/api/substitutions/{own['id']}")
    assert (again.status_code, again.json()["title"]) == (409, "substitution_ended")


def test_a_declaration_that_cannot_be_is_refused_with_a_sentence(newcomer: Newcomer) -> None:
    officer, substitute, resident = newcomer(REVIEW), newcomer(REVIEW), newcomer()
    for first, last in ((-1, 1), (2, 1), (0, 366)):
        assert refusal(officer, wanted(None, substitute, first, last)) == (422, "substitution_period")
    far = wanted(None, substitute) | {"first_day": "9999-12-31", "last_day": "9999-12-31"}
    assert officer.http.post("/api/substitutions", json=far).status_code == 201
    assert refusal(officer, wanted(None, officer)) == (422, "no_substitute")
    assert refusal(officer, wanted(None, resident)) == (422, "no_substitute")
    assert refusal(officer, wanted(None, substitute) | {"substitute": str(uuid4())}) == (422, "no_substitute")
    declare(officer, None, substitute, 0, 5)
    assert refusal(officer, wanted(None, substitute, 5, 9)) == (409, "substitution_declared")
    declare(officer, None, newcomer(REVIEW), 5, 9)
    assert refusal(resident, wanted(None, substitute))[0] == 403


def test_revoked_between_page_and_decision_the_decision_is_refused_with_a_sentence(
    newcomer: Newcomer, books: Books
) -> None:
    absent, substitute = newcomer(REVIEW), newcomer("children:allowance_review")
    found = declare(absent, None, substitute)
    number = screening_under_review(newcomer())
    task = claimed(substitute, number)
    assert substitute.http.get(f"/tasks/{task['id']}").status_code == 200, "the page is open"
    absent.http.delete(f"/api/substitutions/{found['id']}")
    before = books.of_case(number)

    decide = {"version": task["task_version"], "decision": "approve"}
    answer = substitute.http.post(f"/api/tasks/{task['id']}/decision", json=decide)

    assert (answer.status_code, answer.json()["title"]) == (403, "duty_lost")
    assert "受信箱に戻って" in answer.json()["detail"]
    assert books.of_case(number) == before
    page = substitute.http.post(f"/tasks/{task['id']}/decision", data={"decision": "approve", "task_version": "2"})
    assert page.status_code == 403
    assert "代理の期間が終わった" in page.text
    for path in (f"/api/tasks/{task['id']}", f"/api/inbox/cases/{number}/messages"):
        assert substitute.http.get(path).json()["title"] == "duty_lost", path
    assert task["id"] not in {each["id"] for each in substitute.get("/api/tasks")}
    assert absent.get(f"/api/tasks/{task['id']}")["assignee"] is None, "what they held is everybody's again"
    stranger = newcomer("children:allowance_review")
    assert stranger.http.get(f"/api/tasks/{task['id']}").json()["title"] == "not_found"


def test_the_day_after_the_last_it_is_over_and_the_next_round_gives_the_tasks_back(
    newcomer: Newcomer, books: Books
) -> None:
    absent, substitute = newcomer(REVIEW), newcomer("children:allowance_review")
    found = declare(absent, None, substitute)
    task = claimed(substitute, screening_under_review(newcomer()))
    # As if the days had passed: whole days cannot be skipped by a timer of ours.
    books.write("update substitution set first_day = first_day - 2, last_day = last_day - 2 where id = %s", found["id"])

    assert substitute.get("/api/session")["in_place"] == []
    assert substitute.http.get(f"/api/tasks/{task['id']}").status_code in (403, 404)
    assert found["id"] not in {each["id"] for each in absent.get("/api/substitutions")}
    reconcile(books.layout)
    soon(lambda: absent.get(f"/api/tasks/{task['id']}")["assignee"], lambda it: it is None, "the task to be free")


def test_what_bars_a_person_bars_that_person_only(newcomer: Newcomer, books: Books) -> None:
    absent, substitute = newcomer(REVIEW), newcomer("children:allowance_review")
    declare(absent, None, substitute)
    own, distant = screening_under_review(substitute), screening_under_review(newcomer())
    mine, relatives = absent.task_of(own), absent.task_of(distant)

    claim = {"version": mine["task_version"]}
    refused = substitute.http.post(f"/api/tasks/{mine['id']}/claim", json=claim)
    assert (refused.status_code, refused.json()["title"]) == (403, "recused"), "one's own case, in whosever place"
    for path in ("", "/approvals"):
        assert substitute.http.get(f"/api/tasks/{mine['id']}{path}").json()["title"] == "recused", path
    assert substitute.http.get(f"/api/inbox/cases/{own}/messages").json()["title"] == "recused"

    absent.post(f"/api/tasks/{relatives['id']}/recusal", {})
    assert absent.http.get(f"/api/tasks/{relatives['id']}").json()["title"] == "recused"
    claimed(substitute, distant)
    assert in_whose_place(books, distant)["task_claimed"] == account(absent)


def test_who_reviewed_a_case_cannot_approve_it_in_the_heads_place(meet: Meet, newcomer: Newcomer) -> None:
    reviewer, head = newcomer("children:allowance_review"), newcomer("children:allowance_approval")
    declare(head, None, reviewer)
    hanako = meet(HANAKO)
    number = hanako.apply("child_allowance", allowance(1))
    hanako.await_case(number, "under_review")
    approve_claim(reviewer, number)

    task = claimed(reviewer, number)
    decide = {"version": task["task_version"], "decision": "approve"}
    refused = reviewer.http.post(f"/api/tasks/{task['id']}/decision", json=decide)

    assert (refused.status_code, refused.json()["title"]) == (409, "duties_not_separated")


def test_the_inbox_tells_both_of_them(newcomer: Newcomer) -> None:
    absent, substitute = newcomer(REVIEW, name="休み　次郎"), newcomer("children:allowance_review", name="代わり　月")
    declare(absent, None, substitute)
    assert "休み　次郎 の代理をしています（" in substitute.http.get("/inbox").text
    assert "代わり　月 があなたの代理をしています（" in absent.http.get("/inbox").text
    task = absent.task_of(screening_under_review(newcomer()))
    assert "休み　次郎 の代理として扱います" in substitute.http.get(f"/tasks/{task['id']}").text


def test_the_pages_declare_and_revoke(newcomer: Newcomer) -> None:
    officer, substitute, head = newcomer(REVIEW), newcomer(REVIEW, name="代わり　星"), newcomer("health:head")
    year, month, day = today().isoformat().split("-")
    days = {f"{each}.{part}": value for each in ("first_day", "last_day")
            for part, value in (("year", year), ("month", month), ("day", day))}  # fmt: skip
    typed = {"substitute": account(substitute), **days}
    wrong = officer.http.post("/substitutions", data=typed | {"last_day.day": "99"})
    assert wrong.status_code == 422
    assert "代理の期間は" in wrong.text
    assert f'value="{year}"' in wrong.text, "what was typed stays"

    done = officer.http.post("/substitutions", data=typed)
    assert (done.status_code, done.headers["location"]) == (303, "/substitutions")
    (found,) = officer.get("/api/substitutions")
    assert "代わり　星" in officer.http.get("/substitutions").text
    again = head.http.post(f"/officers/{account(officer)}/substitutions", data=typed)
    assert again.status_code == 409
    ended = head.http.post(f"/substitutions/{found['id']}/revocation", data={"officer": account(officer)})
    assert (ended.status_code, ended.headers["location"]) == (303, f"/officers/{account(officer)}")
    assert officer.get("/api/substitutions") == []
    declared = head.http.post(f"/officers/{account(officer)}/substitutions", data=typed)
    assert (declared.status_code, declared.headers["location"]) == (303, f"/officers/{account(officer)}")
    assert head.http.post(f"/officers/{account(newcomer('children:allowance_review'))}/substitutions", data=typed
                          ).status_code == 404  # fmt: skip

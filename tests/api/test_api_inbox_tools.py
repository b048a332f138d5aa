"""受信箱の道具 by the API: found by name, told of changes, views of one's own, claims that end in sight."""

from datetime import timedelta

import pytest

from machine.visitor import Visitor
from sandbox.people import LI
from tests.api.scenes import Books, Newcomer, screening_under_review, soon, under_review
from tests.api.test_api_events import listening
from tests.conftest import Meet
from tests.town.clock import pass_time

REVIEW = "health:health_review"


def found_by(officer: Visitor, typed: str) -> list[str]:
    found = officer.post("/api/inbox/search", {"text": typed})
    assert found["by"] == "name"
    return [task["receipt_number"] for task in found["tasks"]]


def test_a_case_is_found_by_the_name_its_applicant_wrote(newcomer: Newcomer) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer(), name="髙嶋　千景")
    officer.task_of(number)
    for typed in ("髙嶋　千景", "高島千景", "高嶋", "千景"):
        assert number in found_by(officer, typed), typed
        assert found_by(newcomer("resident_counter:mailing"), typed) == [], "of another duty"
    assert number not in found_by(officer, "嶋千景")


def test_a_case_is_found_by_the_reading_its_register_has(meet: Meet, newcomer: Newcomer) -> None:
    officer = newcomer("resident_counter:certificate_review")
    number = under_review(meet(LI))
    officer.task_of(number)
    for typed in ("リ　メイ", "りめい", "ﾒｲ", "li mei", "ＬＩ"):
        assert number in found_by(officer, typed), typed


def test_a_number_and_a_procedure_are_found_too(newcomer: Newcomer) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    officer.task_of(number)
    found = officer.post("/api/inbox/search", {"text": number[-5:].lower()})
    assert (found["by"], [task["receipt_number"] for task in found["tasks"]]) == ("number", [number])
    assert officer.post("/api/inbox/search", {"text": "がん検診"})["procedures"] == ["cancer_screening"]


@pytest.mark.parametrize("typed", ["", "　", "・", "%", "_", "\\", "' or 1=1 --", "\x00", "あ" * 101])
def test_what_is_no_name_finds_nobody(newcomer: Newcomer, typed: str) -> None:
    officer = newcomer(REVIEW)
    answer = officer.http.post("/api/inbox/search", json={"text": typed})
    assert answer.status_code == 422 or answer.json()["tasks"] == []


def test_an_open_inbox_hears_of_its_own_duties_and_no_others(newcomer: Newcomer) -> None:
    officer, everywhere, elsewhere = newcomer(REVIEW), newcomer("health_review"), newcomer("archive:health_review")
    number = screening_under_review(newcomer())
    task = officer.task_of(number)
    with (
        listening(everywhere, "/api/inbox/events") as whole_city,
        listening(newcomer(REVIEW), "/inbox/events") as here,
        listening(elsewhere, "/api/inbox/events") as other,
    ):
        for stream in (whole_city, here, other):
            stream.until("event: changed")
        officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
        for stream in (whole_city, here):
            stream.until("event: changed")
        other.until(": alive")
        assert other.said.count("event: changed") == 1, "what it began with"
    assert newcomer().http.get("/api/inbox/events").status_code == 403


def test_a_view_is_saved_listed_refused_and_removed(newcomer: Newcomer) -> None:
    officer, colleague = newcomer(REVIEW), newcomer(REVIEW)
    filters = {"holding": "free", "flag": "overdue", "number": "7K3MQ", "after": "x"}
    (saved,) = officer.post("/api/inbox/views", {"name": " 遅れている件 ", "filters": filters})
    assert saved["name"] == "遅れている件"
    kept = {name: saved["filters"][name] for name in filters}
    assert kept == {"holding": "free", "flag": "overdue", "number": "", "after": None}, "a search is no view"
    again = officer.http.post("/api/inbox/views", json={"name": "遅れている件", "filters": {}})
    assert (again.status_code, again.json()["title"]) == (409, "view_named_so")
    assert colleague.get("/api/inbox/views") == []
    assert colleague.http.delete(f"/api/inbox/views/{saved['id']}").status_code == 404
    assert officer.http.delete(f"/api/inbox/views/{saved['id']}").status_code == 204
    assert officer.get("/api/inbox/views") == []


def test_an_officer_keeps_twenty_views_at_most(newcomer: Newcomer) -> None:
    officer = newcomer(REVIEW)
    for n in range(20):
        officer.post("/api/inbox/views", {"name": f"表示{n}", "filters": {}})
    one_more = officer.http.post("/api/inbox/views", json={"name": "もう一つ", "filters": {}})
    assert (one_more.status_code, one_more.json()["title"]) == (409, "too_many_views")


def test_a_claim_nobody_works_on_is_released_by_its_timer_in_sight(newcomer: Newcomer, books: Books) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    task = officer.task_of(number)
    claimed = officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    books.write("update task set lease_until = now() - interval '1 second' where id = %s", task["id"])

    pass_time(books.layout, "leases-282014", timedelta(hours=1))

    def released() -> dict[str, object]:
        return books.rows("select assignee, version from task where id = %s", task["id"])[0]

    now = soon(released, lambda row: row["assignee"] is None, "the lease ends")
    assert now["version"] == claimed["version"] + 1
    last = officer.get(f"/api/tasks/{task['id']}")["timeline"][-1]
    assert (last["action"], last["actor"], last["facts"]) == ("task_released", "counter", {"reason": "lease_lapsed"})
    stale = officer.http.post(f"/api/tasks/{task['id']}/decision", json={**claimed, "decision": "approve"})
    assert (stale.status_code, stale.json()["title"]) == (409, "task_taken")


def test_a_claim_is_prolonged_by_claiming_again(newcomer: Newcomer, books: Books) -> None:
    officer: Visitor = newcomer(REVIEW)
    task = officer.task_of(screening_under_review(newcomer()))
    claimed = officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    books.write("update task set lease_until = now() + interval '1 minute' where id = %s", task["id"])
    officer.post(f"/api/tasks/{task['id']}/claim", claimed)
    left = books.rows("select lease_until - now() as left from task where id = %s", task["id"])[0]["left"]
    assert left > timedelta(minutes=59)

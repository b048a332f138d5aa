"""引継ぎ: a task given to a colleague, and all of an absent officer's, each with a line in the case's timeline."""

from typing import Any

from machine.visitor import Visitor
from tests.api.scenes import Books, Newcomer, screening_under_review

REVIEW = "health_review"


def account(visitor: Visitor) -> str:
    return str(visitor.get("/api/session")["account_id"])


def a_claimed_task(officer: Visitor, resident: Visitor) -> dict[str, Any]:
    task = officer.task_of(screening_under_review(resident))
    officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    return dict(officer.get(f"/api/tasks/{task['id']}"))


def told(books: Books, task: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """(action, actor, to whom) of what the audit log says of who holds the task, after it was claimed."""
    lines = books.rows(
        "select action, actor, facts ->> 'officer' as officer from audit where receipt_number = %s and action in "
        "('task_reassigned', 'task_released') order by seq",
        task["receipt_number"],
    )
    return [(line["action"], line["actor"], line["officer"]) for line in lines]


def test_a_colleague_takes_over_and_decides(newcomer: Newcomer, books: Books) -> None:
    resident, sick, colleague = newcomer(), newcomer(REVIEW), newcomer(REVIEW)
    task, me = a_claimed_task(sick, resident), account(colleague)
    wanted = {"version": task["task_version"], "officer": me}

    taken = colleague.post(f"/api/tasks/{task['id']}/assignment", wanted)

    assert colleague.get(f"/api/tasks/{task['id']}")["assignee"] == me
    assert told(books, task) == [("task_reassigned", f"officer:{me}", me)]
    stale = sick.http.post(
        f"/api/tasks/{task['id']}/decision", json={"version": task["task_version"], "decision": "approve"}
    )
    assert (stale.status_code, stale.json()["title"]) == (409, "task_taken")
    decision = {"version": taken["version"], "decision": "approve"}
    colleague.post(f"/api/tasks/{task['id']}/decision", decision)
    case = resident.await_case(task["receipt_number"], "delivered")
    assert me not in str(case), "who an officer is stays inside the house"


def test_a_task_goes_to_who_holds_its_duty_and_from_the_page_as_it_was_seen(newcomer: Newcomer, books: Books) -> None:
    officer, mailer, elsewhere = newcomer(REVIEW), newcomer("mailing"), newcomer(f"resident_counter:{REVIEW}")
    task = a_claimed_task(officer, newcomer())
    address, version = f"/api/tasks/{task['id']}/assignment", task["task_version"]

    known = {each["account_id"] for each in officer.get(f"/api/tasks/{task['id']}/colleagues")}
    assert account(officer) in known
    assert known.isdisjoint({account(mailer), account(elsewhere)})
    for stranger in (mailer, elsewhere):
        answer = officer.http.post(address, json={"version": version, "officer": account(stranger)})
        assert (answer.status_code, answer.json()["title"]) == (422, "no_colleague")
        wanted = {"version": version, "officer": account(stranger)}
        assert stranger.http.post(address, json=wanted).status_code == 404
    stale = officer.http.post(address, json={"version": version - 1, "officer": account(officer)})
    assert (stale.status_code, stale.json()["title"]) == (409, "task_taken")
    assert told(books, task) == []


def test_everything_of_an_absent_officer_goes_to_the_heir_or_to_everybody(newcomer: Newcomer, books: Books) -> None:
    absent, heir = newcomer(REVIEW), newcomer(REVIEW)
    stranger, administrator = newcomer("mailing"), newcomer("*:administrator")
    held = [a_claimed_task(absent, newcomer()) for _ in range(2)]
    address = f"/api/officers/{account(absent)}/handover"
    assert absent.http.post(address, json={"heir": account(heir)}).status_code == 403

    done = administrator.post(address, {"heir": account(heir)})

    assert done == {"handed": 2, "freed": 0}
    assert {heir.get(f"/api/tasks/{task['id']}")["assignee"] for task in held} == {account(heir)}
    for task in held:
        assert told(books, task) == [("task_reassigned", f"officer:{account(administrator)}", account(heir))]
    assert administrator.get(f"/api/officers/{account(absent)}")["open_tasks"] == 0
    assert administrator.post(address, {"heir": account(heir)}) == {"handed": 0, "freed": 0}, "twice is as once"

    freed = administrator.post(f"/api/officers/{account(heir)}/handover", {"heir": account(stranger)})
    assert freed == {"handed": 0, "freed": 2}
    assert {heir.get(f"/api/tasks/{task['id']}")["assignee"] for task in held} == {None}
    nobody = administrator.http.post(address, json={"heir": account(newcomer())})
    assert (nobody.status_code, nobody.json()["title"]) == (422, "no_colleague")


def test_the_pages_do_the_same(newcomer: Newcomer) -> None:
    absent, colleague, administrator = newcomer(REVIEW), newcomer(REVIEW), newcomer("*:administrator")
    task = a_claimed_task(absent, newcomer())
    page = absent.http.get(f"/tasks/{task['id']}").text
    assert f'<option value="{account(colleague)}"' in page
    moved = absent.http.post(
        f"/tasks/{task['id']}/assignment",
        data={"task_version": task["task_version"], "officer": account(colleague)},
    )
    assert (moved.status_code, moved.headers["location"]) == (303, f"/tasks/{task['id']}")
    assert "担当の職員が替わりました" in absent.http.get(f"/tasks/{task['id']}").text

    here = f"/officers/{account(colleague)}"
    assert f'action="{here}/handover"' in administrator.http.get(here).text
    done = administrator.http.post(f"{here}/handover", data={"heir": ""})
    assert (done.status_code, done.headers["location"]) == (303, f"{here}?handed=0&freed=1")
    assert (
        "引き継いだ案件は0件、担当者なしに戻した案件は1件です" in administrator.http.get(done.headers["location"]).text
    )
    moved = administrator.http.get("/admin/handover")
    assert (moved.status_code, moved.headers["location"]) == (308, "/officers")


def test_a_superior_hands_over_what_is_their_departments_and_nothing_else(newcomer: Newcomer) -> None:
    absent, heir, head = newcomer(REVIEW), newcomer(REVIEW), newcomer("health:head")
    elsewhere = newcomer("children:head")
    task = a_claimed_task(absent, newcomer())
    address = f"/api/officers/{account(absent)}/handover"

    assert elsewhere.post(address, {"heir": account(heir)}) == {"handed": 0, "freed": 0}
    assert head.post(address, {"heir": account(heir)}) == {"handed": 1, "freed": 0}
    assert heir.get(f"/api/tasks/{task['id']}")["assignee"] == account(heir)
    assert heir.http.post(address, json={"heir": None}).status_code == 403

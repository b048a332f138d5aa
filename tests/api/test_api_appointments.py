"""任命 by administrators: by certificate or user ID, duties changed, dismissed at once; never the last one."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from machine.visitor import Visitor
from sandbox.people import HANAKO, KENJI, TARO
from tests.api.annex import Annex, Annexes
from tests.api.scenes import Books, Newcomer, account, screening_under_review

REVIEW = {"department": "health", "function": "health_review"}
ADMINISTRATOR = {"department": "*", "function": "administrator"}
CITY = "284432"


def der(here: Annex, card: str) -> str:
    return base64.b64encode(Path(here.certificate(card)).read_bytes()).decode()


def refusal(by: Visitor, method: str, path: str, body: object = None) -> tuple[int, str]:
    answer = by.http.request(method, path, json=body)
    return answer.status_code, answer.json()["title"]


@pytest.fixture
def here(annex_of: Annexes) -> Annex:
    return annex_of(CITY)


@pytest.fixture
def administrator(here: Annex) -> Iterator[Visitor]:
    """網干健二, the only administrator of a small town."""
    here.officers("appoint", "網干　健二", "*:administrator", "--certificate", here.certificate("kenji"))
    with here.visitor(KENJI) as visitor:
        yield visitor.log_in()


def test_an_administrator_appoints_by_certificate_changes_duties_and_dismisses_at_once(
    here: Annex, administrator: Visitor, books: Books
) -> None:
    wanted = {"name": "姫路　太郎", "duties": [REVIEW], "certificate": der(here, "taro")}
    made = administrator.post("/api/officers", wanted)
    assert (made["name"], made["duties"], made["open_tasks"]) == ("姫路　太郎", [REVIEW], 0)
    assert made["history"][0]["by"] == "網干　健二"

    with here.visitor(TARO) as taro, here.visitor(HANAKO) as hanako:
        task = taro.log_in().task_of(screening_under_review(hanako.log_in()))
        taro.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
        there = f"/api/officers/{account(taro)}"
        assert administrator.get(there)["open_tasks"] == 1

        moved = {"name": "姫路　太郎", "duties": [{"department": "children", "function": "allowance_review"}]}
        administrator.put(f"{there}/duties", moved)
        assert taro.http.get(f"/api/tasks/{task['id']}").status_code == 404, "at once, in the session that is open"
        assert books.rows("select assignee from task where id = %s", task["id"]) == [{"assignee": None}]

        administrator.put(f"{there}/duties", moved | {"duties": [REVIEW]})
        version = books.rows("select version from task where id = %s", task["id"])[0]["version"]
        claimed = taro.post(f"/api/tasks/{task['id']}/claim", {"version": version})
        assert administrator.http.delete(there).status_code == 204
        decide = {"version": claimed["version"], "decision": "approve"}
        assert refusal(taro, "POST", f"/api/tasks/{task['id']}/decision", decide) == (401, "login_required")
        assert refusal(administrator, "GET", there) == (404, "not_found")
        said = books.rows(
            "select actor from audit where receipt_number = %s and action = 'task_released'", task["receipt_number"]
        )
        assert [line["actor"] for line in said] == [f"officer:{account(administrator)}"] * 2
        assert taro.log_in().http.get("/api/tasks").status_code == 403, "a resident like any other"


def test_an_officer_of_the_identity_provider_is_appointed_by_user_id(here: Annex, administrator: Visitor) -> None:
    made = administrator.post("/api/officers", {"name": "新人　三郎", "duties": [REVIEW], "subject": "newcomer"})
    again = administrator.post(
        "/api/officers", {"name": "新人　三郎", "duties": [ADMINISTRATOR], "subject": "newcomer"}
    )
    assert again["account_id"] == made["account_id"]
    assert again["duties"] == [ADMINISTRATOR]
    assert administrator.http.delete(f"/api/officers/{made['account_id']}").status_code == 204


def test_the_last_administrator_stays(here: Annex, administrator: Visitor) -> None:
    me = f"/api/officers/{account(administrator)}"
    stripped = {"name": "網干　健二", "duties": [REVIEW]}
    assert refusal(administrator, "DELETE", me) == (409, "last_administrator")
    assert refusal(administrator, "PUT", f"{me}/duties", stripped) == (409, "last_administrator")
    again = stripped | {"certificate": der(here, "kenji")}
    assert refusal(administrator, "POST", "/api/officers", again) == (409, "last_administrator")
    assert "only administrator" in here.officers("dismiss", "--certificate", here.certificate("kenji"), succeeds=False)
    page = administrator.http.post(f"/officers/{account(administrator)}/dismissal")
    assert page.status_code == 409
    assert "ただ一人の管理者" in page.text
    assert administrator.get("/api/session")["duties"] == [ADMINISTRATOR]

    second = administrator.post("/api/officers", {"name": "二人目", "duties": [ADMINISTRATOR], "subject": "officer"})
    administrator.put(f"{me}/duties", stripped)
    assert administrator.http.get("/api/administration/cases").status_code == 403
    here.officers("appoint", "網干　健二", "*:administrator", "--certificate", here.certificate("kenji"))
    administrator.http.delete(f"/api/officers/{second['account_id']}")


@pytest.mark.parametrize(
    ("changes", "status", "title"),
    [
        ({"duties": [{"department": "health", "function": "certificate_review"}]}, 422, "duty_unknown"),
        ({"duties": [{"department": "health", "function": "administrator"}]}, 422, "duty_unknown"),
        ({"certificate": base64.b64encode(b"no certificate").decode()}, 422, "certificate_refused"),
        ({"certificate": None}, 422, "appointment_incomplete"),
        ({"name": "  "}, 422, "malformed"),
        ({"duties": []}, 422, "malformed"),
        ({"salary": 1}, 422, "malformed"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused_and_nothing_is_written(
    here: Annex, administrator: Visitor, changes: dict[str, Any], status: int, title: str
) -> None:
    before = administrator.get("/api/officers")
    wanted = {"name": "誤記", "duties": [REVIEW], "certificate": der(here, "li"), **changes}
    assert refusal(administrator, "POST", "/api/officers", wanted) == (status, title)
    assert administrator.get("/api/officers") == before


def test_a_signing_certificate_or_a_revoked_one_appoints_nobody(here: Annex, administrator: Visitor) -> None:
    signing = Path(here.certificate("li").replace("authentication", "signing")).read_bytes()
    wanted = {"name": "誤用", "duties": [REVIEW], "certificate": base64.b64encode(signing).decode()}
    assert refusal(administrator, "POST", "/api/officers", wanted) == (422, "certificate_refused")


def test_two_peoples_certificate_and_user_id_are_no_one_person(here: Annex, administrator: Visitor) -> None:
    administrator.post("/api/officers", {"name": "別人", "duties": [REVIEW], "subject": "approver"})
    both = {"name": "誤記", "duties": [REVIEW], "subject": "approver", "certificate": der(here, "kenji")}
    assert refusal(administrator, "POST", "/api/officers", both) == (409, "appointment_of_two")


def test_the_pages_do_the_same(here: Annex, administrator: Visitor) -> None:
    asked = administrator.http.get("/officers/new").text
    assert 'value="health:health_review"' in asked
    assert 'value="*:auditor"' in asked
    wrong = administrator.http.post("/officers/new", data={"name": "姫路　さくら", "duty": ["health:health_review"]})
    assert wrong.status_code == 422
    assert "氏名と、一つ以上の職務と" in wrong.text
    assert "姫路　さくら" in wrong.text, "what was typed stays"

    file = {"certificate": ("taro.der", Path(here.certificate("taro")).read_bytes())}
    made = administrator.http.post(
        "/officers/new", data={"name": "姫路　太郎", "duty": ["health:health_review", "health:head"]}, files=file
    )
    assert made.status_code == 303
    there = made.headers["location"]
    assert "検診申込みの審査" in administrator.http.get(there).text
    form = administrator.http.get(f"{there}/duties").text
    assert 'value="health:head" checked' in form
    changed = administrator.http.post(f"{there}/duties", data={"name": "姫路　太郎", "duty": ["health:health_review"]})
    assert (changed.status_code, changed.headers["location"]) == (303, there)
    none = administrator.http.post(f"{there}/duties", data={"name": "姫路　太郎"})
    assert none.status_code == 422
    gone = administrator.http.post(f"{there}/dismissal")
    assert (gone.status_code, gone.headers["location"]) == (303, "/officers?dismissed=true")
    assert "解任しました" in administrator.http.get(gone.headers["location"]).text
    assert administrator.http.get(there).status_code == 404


def test_a_superior_sees_their_department_and_appoints_nobody(newcomer: Newcomer) -> None:
    head = newcomer("health:head", name="所属　長")
    own, other = newcomer("health:health_review"), newcomer("children:allowance_review")
    listed = {each["account_id"] for each in head.get("/api/officers")}
    assert {account(own), account(head)} <= listed
    assert account(other) not in listed
    assert head.http.get(f"/api/officers/{account(other)}").status_code == 404
    assert head.http.get(f"/officers/{account(own)}").status_code == 200
    for method, path, body in (
        ("POST", "/api/officers", {"name": "誰か", "duties": [REVIEW], "subject": "x"}),
        ("PUT", f"/api/officers/{account(own)}/duties", {"name": "誰か", "duties": [REVIEW]}),
        ("DELETE", f"/api/officers/{account(own)}", None),
    ):
        assert refusal(head, method, path, body) == (403, "not_allowed"), path
    for page in ("/officers/new", f"/officers/{account(own)}/duties"):
        assert head.http.get(page).status_code == 403, page
    assert "職員を任命する" not in head.http.get("/officers").text


def test_functions_are_shown_with_their_holders_and_gaps(here: Annex, administrator: Visitor) -> None:
    duties = [{"department": "children", "function": f"allowance_{name}"} for name in ("review", "approval")]
    made = administrator.post("/api/officers", {"name": "一人　二役", "duties": duties, "subject": "legal"})
    found = {each["procedure"]: each for each in administrator.get("/api/functions")}

    allowance = found["child_allowance"]
    gaps = {step["function"]["id"]: step["gap"] for step in allowance["steps"]}
    assert gaps["allowance_review"] is gaps["allowance_approval"] is None
    assert gaps["allowance_department"] == "nobody"
    assert allowance["too_few_for"] == [["review", "approve"]]
    names = [each["name"] for step in allowance["steps"][:2] for each in step["function"]["holders"]]
    assert names == ["一人　二役"] * 2
    page = administrator.http.get("/functions").text
    for told in ("担当者がいません", "別々の職員がそろいません", "一人　二役"):
        assert told in page
    administrator.http.delete(f"/api/officers/{made['account_id']}")


def test_a_superior_sees_the_procedures_of_their_department(newcomer: Newcomer) -> None:
    head = newcomer("health:head")
    assert {each["department"] for each in head.get("/api/functions")} == {"health"}
    assert newcomer("health:health_review").http.get("/api/functions").status_code == 403

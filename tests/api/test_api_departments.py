"""事務分掌: a function counts in its own department; appointing and dismissing by command."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from sandbox.people import HANAKO, KENJI, TARO
from tests.api.annex import Annexes
from tests.api.scenes import Books, Newcomer, screening_under_review

REVIEW = "health_review"


def test_an_officer_does_not_see_the_tasks_of_another_department(newcomer: Newcomer, books: Books) -> None:
    resident, own, other = newcomer(), newcomer(f"health:{REVIEW}"), newcomer(f"resident_counter:{REVIEW}")
    task = own.task_of(screening_under_review(resident))
    before = books.of_case(task["receipt_number"])

    assert task["department"] == "health"
    for listed in (other.get("/api/tasks"), other.get(f"/api/tasks?function={REVIEW}")):
        assert all(each["id"] != task["id"] for each in listed)
    version, decision = {"version": task["task_version"]}, {"version": task["task_version"], "decision": "approve"}
    for method, path, body in (
        ("GET", f"/api/tasks/{task['id']}", None),
        ("POST", f"/api/tasks/{task['id']}/claim", version),
        ("POST", f"/api/tasks/{task['id']}/release", version),
        ("POST", f"/api/tasks/{task['id']}/decision", decision),
        ("GET", f"/api/tasks/{task['id']}/attachments/{uuid4()}", None),
        ("GET", f"/tasks/{task['id']}/label", None),
        ("GET", f"/tasks/{task['id']}", None),
    ):
        assert other.http.request(method, path, json=body).status_code == 404, path
    assert books.of_case(task["receipt_number"]) == before
    own.decide(task, "approve")
    resident.await_case(task["receipt_number"], "delivered")


def test_one_officer_holds_functions_in_several_departments(newcomer: Newcomer) -> None:
    both = newcomer("resident_counter:certificate_review", f"health:{REVIEW}")
    everywhere, wrong = newcomer(f"*:{REVIEW}"), newcomer("health:certificate_review", f"resident_counter:{REVIEW}")
    receipt_number = screening_under_review(newcomer())

    assert both.task_of(receipt_number)["id"] == everywhere.task_of(receipt_number)["id"]
    assert all(each["receipt_number"] != receipt_number for each in wrong.get("/api/tasks"))


def test_a_departments_administrator_is_none(newcomer: Newcomer) -> None:
    one, whole = newcomer("health:administrator"), newcomer("*:administrator")

    assert one.http.get("/api/administration/cases").status_code == 403
    assert one.http.get("/admin/cases").status_code == 403
    assert whole.http.get("/api/administration/cases").status_code == 200


def test_a_dismissed_officer_is_out_at_once_and_leaves_no_task_behind(annex_of: Annexes, books: Books) -> None:
    here = annex_of("284815")
    here.officers("appoint", "網干　健二", f"health:{REVIEW}", "--certificate", here.certificate("kenji"))
    with here.visitor(HANAKO) as resident, here.visitor(KENJI) as officer:
        receipt_number = screening_under_review(resident.log_in())
        task = officer.log_in().task_of(receipt_number)
        officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})

        said = here.officers("dismiss", "--certificate", here.certificate("kenji"))

        assert "網干　健二" in said
        assert officer.get("/api/session") is None
        assert books.rows("select assignee from task where id = %s", task["id"]) == [{"assignee": None}]
        again = officer.log_in()
        assert again.get("/api/session")["duties"] == []
        assert again.http.get("/api/tasks").status_code == 403


def test_appointing_again_replaces_the_duties_and_a_file_appoints_many(annex_of: Annexes, tmp_path: Path) -> None:
    here, file = annex_of("285013"), tmp_path / "officers.json"
    certificate = here.certificate("taro")
    file.write_text(json.dumps([{"certificate": certificate, "name": "姫路　太郎", "duties": ["*:administrator"]}]))
    here.officers("appoint", "姫路　太郎", f"health:{REVIEW}", "--certificate", certificate)

    here.officers("import", str(file))

    with here.visitor(TARO) as taro:
        assert taro.log_in().get("/api/session")["duties"] == [{"department": "*", "function": "administrator"}]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (["health:certificate_review"], "No procedure has the duty health:certificate_review. Write one of: "),
        (["health:administrator"], "*:administrator"),
        (["certificate_review"], "String should match pattern"),
    ],
)
def test_a_duty_nobody_asks_for_is_a_mistake_in_writing(annex_of: Annexes, wanted: list[str], told: str) -> None:
    here = annex_of("285013")
    said = here.officers("appoint", "誤記", *wanted, "--certificate", here.certificate("li"), succeeds=False)
    assert told in said
    assert "Traceback" not in said


def test_a_certificate_that_is_not_good_is_not_appointed(annex_of: Annexes) -> None:
    here = annex_of("285013")
    signing = here.certificate("li").replace("authentication", "signing")
    said = here.officers("appoint", "誤用", f"health:{REVIEW}", "--certificate", signing, succeeds=False)
    assert "wrong_certificate_kind" in said
    assert "known by" in here.officers("dismiss", "--certificate", here.certificate("li"), succeeds=False)

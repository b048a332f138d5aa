"""判断: what an officer can do beside approving, what stands in the way, and what the resident is told of it."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from machine.visitor import Visitor
from procedures.calendar import EVERY_WEEKDAY, JAPAN, business_days_between
from sandbox.people import HANAKO, OFFICER
from tests.api.scenes import Books, Newcomer, actions, allowance, screening_under_review, today, under_review
from tests.conftest import Meet

REVIEW = "health_review"


def claimed(officer: Visitor, receipt_number: str) -> dict[str, Any]:
    task = officer.task_of(receipt_number)
    officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    return dict(officer.get(f"/api/tasks/{task['id']}"))


def refusal(officer: Visitor, path: str, body: dict[str, object]) -> tuple[int, str]:
    answer = officer.http.post(path, json=body)
    return answer.status_code, answer.json()["title"]


def test_a_held_task_stays_with_its_officer_and_the_resident_hears_nothing(newcomer: Newcomer) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    number = screening_under_review(resident)
    task = claimed(officer, number)
    until = (datetime.now(JAPAN) + timedelta(days=10)).date()
    wanted = {"version": task["task_version"], "until": until.isoformat(), "reason": "医療機関からの回答待ち"}

    held = officer.post(f"/api/tasks/{task['id']}/hold", wanted)

    seen = officer.get(f"/api/tasks/{task['id']}")
    assert seen["held_reason"] == "医療機関からの回答待ち"
    assert datetime.fromisoformat(seen["lease_until"]).astimezone(JAPAN).date() == until
    assert seen["due_at"] == task["due_at"], "a hold moves no deadline"
    assert [each["id"] for each in officer.get("/api/tasks?flag=held&holding=mine")] == [task["id"]]
    assert {"task_held", "医療機関"}.isdisjoint(str(resident.case(number)).split('"')), (
        "it is the officers' own business"
    )
    officer.post(f"/api/tasks/{task['id']}/resumption", {"version": held["version"]})
    assert officer.get("/api/tasks?flag=held&holding=mine") == []


@pytest.mark.parametrize("days", [-1, 61], ids=["yesterday", "too long"])
def test_a_hold_ends_within_sixty_days(newcomer: Newcomer, days: int) -> None:
    officer = newcomer(REVIEW)
    task = claimed(officer, screening_under_review(newcomer()))
    until = (datetime.now(JAPAN) + timedelta(days=days)).date()
    wanted = {"version": task["task_version"], "until": until.isoformat(), "reason": "照会中"}
    assert refusal(officer, f"/api/tasks/{task['id']}/hold", wanted) == (422, "hold_too_long")


def test_an_extension_moves_the_deadline_and_says_why(newcomer: Newcomer, books: Books) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    number = screening_under_review(resident)
    task, before = claimed(officer, number), resident.case(number)["due_at"]
    wanted = {"version": task["task_version"], "business_days": 5, "reason": "検診機関の日程の調整のため"}

    officer.post(f"/api/tasks/{task['id']}/extension", wanted)

    case = resident.case(number)
    days = [datetime.fromisoformat(at).astimezone(JAPAN).date() for at in (before, case["due_at"])]
    assert business_days_between(*days, EVERY_WEEKDAY) == 5
    assert officer.get(f"/api/tasks/{task['id']}")["due_at"] == case["due_at"]
    assert [(each["due_after"], each["reason"]) for each in case["extensions"]] == [
        (case["due_at"], "検診機関の日程の調整のため")
    ]
    assert "extended" in actions(case)
    assert [row["kind"] for row in books.rows("select kind from notice where receipt_number = %s", number)] == [
        "extended"
    ]


def test_an_officer_puts_an_obvious_mistake_right_and_the_resident_reads_what_and_why(newcomer: Newcomer) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    number = screening_under_review(resident, phone="079-221-2111")
    task = claimed(officer, number)
    wanted = {"version": task["task_version"], "answers": {"phone": "079-221-2112"}, "reason": "電話で確かめました"}

    done = officer.post(f"/api/tasks/{task['id']}/answers", wanted)

    case = resident.case(number)
    told = [(each["field"], each["before"], each["after"], each["reason"]) for each in case["put_right"]]
    assert told == [("phone", "079-221-2111", "079-221-2112", "電話で確かめました")]
    assert case["answers"]["phone"] == "079-221-2112"
    assert "answer_corrected" in actions(case)
    officer.post(f"/api/tasks/{task['id']}/decision", {"version": done["version"], "decision": "approve"})
    resident.await_case(number, "delivered")


def test_a_signature_stays_with_what_was_signed_when_an_officer_puts_an_answer_right(meet: Meet, books: Books) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    task = claimed(officer, under_review(hanako))
    wanted = {"version": task["task_version"], "answers": {"phone": "079-221-2119"}, "reason": "電話で確かめました"}

    officer.post(f"/api/tasks/{task['id']}/answers", wanted)

    seen = officer.get(f"/api/tasks/{task['id']}")
    assert (seen["signature_outcome"], seen["signer"]) == (task["signature_outcome"], task["signer"])
    revisions = books.rows(
        "select content, cms, answers ->> 'phone' as phone, follows from submission where receipt_number = %s "
        "order by revision",
        task["receipt_number"],
    )
    assert [row["follows"] for row in revisions] == [None, 1]
    assert revisions[0]["content"] == revisions[1]["content"]
    assert revisions[0]["cms"] == revisions[1]["cms"]
    assert [row["phone"] for row in revisions][1] == "079-221-2119"


@pytest.mark.parametrize(
    ("answers", "title"),
    [
        ({"copies": 3}, "correction_changes_course"),
        ({"delivery": "post"}, "correction_changes_course"),
        ({"phone": "おしえない"}, "answers_incomplete"),
        ({"nothing_asked": "1"}, "field_unknown"),
        ({"copies": 1}, "nothing_put_right"),
    ],
)
def test_what_a_resident_pays_or_gets_is_theirs_to_say(meet: Meet, answers: dict[str, object], title: str) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    task = claimed(officer, under_review(hanako))
    wanted = {"version": task["task_version"], "answers": answers, "reason": "訂正"}
    assert refusal(officer, f"/api/tasks/{task['id']}/answers", wanted) == (422, title)
    assert hanako.case(task["receipt_number"])["put_right"] == []


def test_what_the_counter_found_must_be_looked_at_before_an_approval(newcomer: Newcomer, books: Books) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    books.write("update task set findings = '{register_differs_name}' where receipt_number = %s", number)
    task = claimed(officer, number)
    assert [each["code"] for each in task["missing"]] == ["findings"]
    approve = {"version": task["task_version"], "decision": "approve"}
    assert refusal(officer, f"/api/tasks/{task['id']}/decision", approve) == (422, "findings_unchecked")
    officer.post(f"/api/tasks/{task['id']}/decision", approve | {"findings_checked": True})


def test_who_steps_aside_neither_sees_nor_takes_the_case_and_a_colleague_does(newcomer: Newcomer, books: Books) -> None:
    relative, colleague = newcomer(REVIEW), newcomer(REVIEW)
    task = claimed(relative, screening_under_review(newcomer()))

    assert relative.post(f"/api/tasks/{task['id']}/recusal", {}) == {"declared": True}

    assert relative.http.get(f"/api/tasks/{task['id']}").json()["title"] == "recused"
    free = colleague.get(f"/api/tasks/{task['id']}")
    claim = {"version": free["task_version"]}
    assert refusal(relative, f"/api/tasks/{task['id']}/claim", claim) == (403, "recused")
    me = str(relative.get("/api/session")["account_id"])
    given = {"version": free["task_version"], "officer": me}
    assert refusal(colleague, f"/api/tasks/{task['id']}/assignment", given) == (403, "recused")
    colleague.post(f"/api/tasks/{task['id']}/claim", claim)


def test_nobody_reviews_their_own_case(newcomer: Newcomer) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(officer)
    task = newcomer(REVIEW).task_of(number)
    claim = {"version": task["task_version"]}
    assert refusal(officer, f"/api/tasks/{task['id']}/claim", claim) == (403, "recused")


def test_a_reason_of_a_hundred_thousand_characters_is_refused_everywhere(newcomer: Newcomer) -> None:
    officer = newcomer(REVIEW)
    task = claimed(officer, screening_under_review(newcomer()))
    here, long = f"/api/tasks/{task['id']}", {"version": task["task_version"], "reason": "あ" * 100_000}
    until = (today() + timedelta(days=3)).isoformat()
    for path, body in (
        ("decision", {"decision": "reject"}),
        ("hold", {"until": until}),
        ("extension", {"business_days": 1}),
        ("answers", {"answers": {"phone": "079-221-2112"}}),
    ):
        assert officer.http.post(f"{here}/{path}", json=long | body).status_code == 422, path
    assert officer.get(here)["task_version"] == task["task_version"]


@pytest.mark.parametrize("path", ["hold", "extension", "answers", "decision"])
def test_a_task_closed_a_moment_ago_and_a_stale_page_change_nothing(newcomer: Newcomer, path: str) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    number = screening_under_review(resident)
    task = claimed(officer, number)
    until = (today() + timedelta(days=3)).isoformat()
    bodies: dict[str, dict[str, object]] = {
        "hold": {"until": until, "reason": "照会中"},
        "extension": {"business_days": 1, "reason": "照会中"},
        "answers": {"answers": {"phone": "079-221-2112"}, "reason": "訂正"},
        "decision": {"decision": "approve"},
    }
    address, body = f"/api/tasks/{task['id']}/{path}", bodies[path]
    assert refusal(officer, address, body | {"version": task["task_version"] - 1}) == (409, "task_taken")
    officer.post(f"/api/tasks/{task['id']}/decision", {"version": task["task_version"], "decision": "approve"})
    resident.await_case(number, "delivered")
    assert refusal(officer, address, body | {"version": task["task_version"] + 1}) == (409, "task_closed")


def test_who_lost_the_duty_meanwhile_decides_nothing(newcomer: Newcomer, books: Books) -> None:
    officer = newcomer(REVIEW)
    task = claimed(officer, screening_under_review(newcomer()))
    books.write("delete from officer_duty where account_id = %s", officer.get("/api/session")["account_id"])
    approve = {"version": task["task_version"], "decision": "approve"}
    assert refusal(officer, f"/api/tasks/{task['id']}/decision", approve)[0] in (403, 404)


def test_a_rejected_claim_is_told_by_a_sealed_notice_with_provision_and_appeal(meet: Meet, newcomer: Newcomer) -> None:
    hanako, officer = meet(HANAKO), newcomer("children:allowance_review")
    number = hanako.apply("child_allowance", allowance(1))
    hanako.await_case(number, "under_review")
    task = claimed(officer, number)
    reject = {"version": task["task_version"], "decision": "reject", "reason": "お子さんは祖父母と暮らしています。"}
    decision = f"/api/tasks/{task['id']}/decision"
    assert refusal(officer, decision, reject) == (422, "ground_required")
    assert refusal(officer, decision, reject | {"ground": "because"}) == (422, "ground_required")

    officer.post(decision, reject | {"ground": "no_custody"})

    case = hanako.await_case(number, "rejected")
    (notice,) = case["documents"]
    pdf = hanako.http.get(f"/api/documents/{notice['id']}")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages).replace("\n", "")
    for said in (
        "児童手当法第4条第1項",
        "お子さんは祖父母と暮らしています。",
        "姫路市長に対して審査請求",
        "6か月以内に",
    ):
        assert said in text, said
    assert "rejection_issued" in actions(case)
    checked = hanako.http.get(f"/api/verification/{notice['verification_code']}").json()
    assert checked["outcome"] == "valid"

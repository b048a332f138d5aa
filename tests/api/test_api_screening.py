"""がん検診の申込み by the API: a login is enough, nothing is paid, a notice is delivered."""

from datetime import timedelta

from machine.visitor import Visitor
from sandbox.people import KENJI, OFFICER
from tests.api.scenes import (
    CERTIFICATE,
    SCREENING,
    Books,
    actions,
    certificate,
    screening,
    screening_under_review,
    today,
)
from tests.conftest import Meet


def refusal_of(resident: Visitor, **answers: object) -> tuple[int, dict]:
    draft_id = resident.fill_in(SCREENING, screening(**answers))
    answer = resident.http.post(f"/api/drafts/{draft_id}/submission")
    return answer.status_code, answer.json()


def test_a_screening_is_applied_for_with_a_login_and_a_notice_is_delivered(meet: Meet, books: Books) -> None:
    kenji, officer = meet(KENJI), meet(OFFICER)
    receipt_number = screening_under_review(kenji)

    officer.decide(officer.task_of(receipt_number), "approve")

    case = kenji.await_case(receipt_number, "delivered")
    assert kenji.download(case["documents"][0]["id"]).startswith(b"%PDF-")
    assert case["payments"] == []
    assert "signature_checked" not in actions(case)
    assert books.rows("select cms from submission where receipt_number = %s", receipt_number) == [{"cms": None}]


def test_who_is_not_eligible_is_told_why_before_a_case_is_opened(meet: Meet, books: Books) -> None:
    kenji = meet(KENJI)

    status, said = refusal_of(kenji, birth_date="2001-04-01")

    assert (status, said["title"]) == (422, "not_eligible")
    assert "40" in said["texts"]["en"]
    assert refusal_of(kenji, screening="breast")[1]["title"] == "not_eligible"


def test_a_date_too_soon_is_a_mistake_of_that_field(meet: Meet) -> None:
    kenji = meet(KENJI)
    draft = kenji.post("/api/drafts", {"procedure": SCREENING, "language": "en"})
    tomorrow = (today() + timedelta(days=1)).isoformat()

    saved = kenji.put(f"/api/drafts/{draft['id']}/answers", {"answers": screening(screening_date=tomorrow)})

    assert [(p["field"], p["code"]) for p in saved["problems"]] == [("screening_date", "too_early")]


def test_a_procedure_that_needs_a_signature_cannot_be_filed_without(meet: Meet, books: Books) -> None:
    kenji = meet(KENJI)
    draft_id = kenji.fill_in(CERTIFICATE, certificate())

    answer = kenji.http.post(f"/api/drafts/{draft_id}/submission")

    assert (answer.status_code, answer.json()["title"]) == (422, "signature_required")
    assert books.of_draft(draft_id)["submissions"] == 0

"""差戻しと補正 by the API: what was marked may change, nothing else, and the money follows."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from machine.layout import Layout
from machine.visitor import CounterRefused, Visitor
from sandbox.people import HANAKO, KENJI, LI, OFFICER, TARO
from tests.api.scenes import (
    HAPPY_PASS,
    PDF,
    Books,
    Ledger,
    Newcomer,
    actions,
    certificate,
    city_keeps,
    happy_pass,
    screening_under_review,
    under_review,
)
from tests.conftest import Meet
from tests.town.clock import pass_time


def sent_back(resident: Visitor, officer: Visitor, marks: dict[str, str], **answers: object) -> dict[str, Any]:
    """A paid certificate case whose marked answers the officer wants corrected."""
    receipt_number = under_review(resident, **answers)
    officer.decide(officer.task_of(receipt_number), "send_back", marks=marks)
    return resident.await_case(receipt_number, "awaiting_correction")


def corrected(resident: Visitor, receipt_number: str, **changes: object) -> str:
    """The correction filed with these changes; its draft."""
    draft = resident.post(f"/api/cases/{receipt_number}/correction")
    saved = resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": draft["answers"] | changes})
    assert saved["problems"] == []
    assert resident.file(draft["id"]) == receipt_number
    return str(draft["id"])


def refused(resident: Visitor, draft_id: str, answers: dict[str, object]) -> str:
    with pytest.raises(CounterRefused) as refusal:
        resident.put(f"/api/drafts/{draft_id}/answers", {"answers": answers})
    assert refusal.value.status == 422
    return str(refusal.value.problem["title"])


def test_a_case_sent_back_waits_for_its_owner_with_the_marks_and_a_stopped_clock(meet: Meet) -> None:
    case = sent_back(meet(HANAKO), meet(OFFICER), {"copies": "通数をご確認ください。"})

    assert case["marks"] == {"copies": {"fault": "incorrect", "reason": "通数をご確認ください。"}}
    assert case["suspended_at"] is not None
    assert "sent_back" in actions(case)


def test_only_marked_answers_may_change_in_a_correction(meet: Meet) -> None:
    hanako = meet(HANAKO)
    case = sent_back(hanako, meet(OFFICER), {"copies": "通数をご確認ください。"})
    draft = hanako.post(f"/api/cases/{case['receipt_number']}/correction")

    assert refused(hanako, draft["id"], draft["answers"] | {"kind": "individual"}) == "field_not_marked"
    assert refused(hanako, draft["id"], draft["answers"] | {"delivery": "post"}) == "field_not_marked"
    assert hanako.get(f"/api/drafts/{draft['id']}")["answers"] == draft["answers"], "Nothing was half-written"


def test_an_unmarked_answer_cannot_be_dropped_by_leaving_it_out(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    receipt_number = sent_back(hanako, meet(OFFICER), {"copies": "通数をご確認ください。"})["receipt_number"]
    draft = hanako.post(f"/api/cases/{receipt_number}/correction")
    assert draft["answers"]["include_relationship"] is True

    hanako.put(f"/api/drafts/{draft['id']}/answers", {"answers": {"copies": 1}})
    hanako.file(draft["id"])

    revisions = books.rows("select answers from submission where receipt_number = %s order by revision", receipt_number)
    assert [each["answers"]["include_relationship"] for each in revisions] == [True, True]


def test_asking_twice_opens_the_same_correction(meet: Meet) -> None:
    hanako = meet(HANAKO)
    receipt_number = sent_back(hanako, meet(OFFICER), {"copies": "通数"})["receipt_number"]

    first, second = (hanako.post(f"/api/cases/{receipt_number}/correction")["id"] for _ in range(2))

    assert first == second


def test_more_copies_cost_the_difference_and_the_reviewer_sees_the_new_revision(
    meet: Meet, ledger: Ledger, books: Books
) -> None:
    li, officer = meet(LI), meet(OFFICER)
    receipt_number = sent_back(li, officer, {"copies": "3通必要と電話がありました。"})["receipt_number"]

    corrected(li, receipt_number, copies=3)
    case = li.await_case(receipt_number, "awaiting_payment")
    assert case["suspended_at"] is None
    assert [p["amount"] for p in case["payments"]] == [300, 600], "Only the difference is collected"
    li.pay(case)
    li.await_case(receipt_number, "under_review")

    task = officer.task_of(receipt_number)
    assert officer.get(f"/api/tasks/{task['id']}")["answers"]["copies"] == 3
    officer.decide(task, "approve")
    case = li.await_case(receipt_number, "delivered")
    assert (city_keeps(case), ledger.kept(receipt_number)) == (900, 900)
    assert len(books.rows("select 1 from signature_check where receipt_number = %s", receipt_number)) == 2
    assert len(books.rows("select 1 from document where receipt_number = %s", receipt_number)) == 1


def test_fewer_copies_are_paid_back_without_asking(meet: Meet, ledger: Ledger) -> None:
    li, officer = meet(LI), meet(OFFICER)
    receipt_number = sent_back(li, officer, {"copies": "多すぎます。"}, copies=4)["receipt_number"]

    corrected(li, receipt_number, copies=1)

    case = li.await_case(receipt_number, "under_review")
    assert (city_keeps(case), ledger.kept(receipt_number)) == (300, 300)
    assert ledger.of_case(receipt_number)["refunded"] == 900


def test_a_corrected_case_that_is_withdrawn_gives_everything_back(meet: Meet, ledger: Ledger) -> None:
    kenji = meet(KENJI)
    receipt_number = sent_back(kenji, meet(OFFICER), {"copies": "通数"})["receipt_number"]
    corrected(kenji, receipt_number, copies=2)
    kenji.pay(kenji.await_case(receipt_number, "awaiting_payment"))
    kenji.await_case(receipt_number, "under_review")

    kenji.post(f"/api/cases/{receipt_number}/withdrawal")

    case = kenji.await_case(receipt_number, "withdrawn")
    assert (city_keeps(case), ledger.kept(receipt_number)) == (0, 0)
    assert ledger.of_case(receipt_number)["refunded"] == 600


def test_a_case_may_be_sent_back_twice(meet: Meet) -> None:
    taro, officer = meet(TARO), meet(OFFICER)
    receipt_number = sent_back(taro, officer, {"phone": "つながりません。"})["receipt_number"]
    corrected(taro, receipt_number, phone="079-221-2112")
    taro.await_case(receipt_number, "under_review")

    officer.decide(officer.task_of(receipt_number), "send_back", marks={"phone": "まだつながりません。"})
    case = taro.await_case(receipt_number, "awaiting_correction")
    assert case["marks"] == {"phone": {"fault": "incorrect", "reason": "まだつながりません。"}}
    corrected(taro, receipt_number, phone="079-221-2113")

    case = taro.await_case(receipt_number, "under_review")
    assert case["answers"]["phone"] == "079-221-2113"


def test_the_deadline_keeps_as_many_business_days_as_were_left(meet: Meet) -> None:
    taro = meet(TARO)
    case = sent_back(taro, meet(OFFICER), {"phone": "つながりません。"})
    due_before = datetime.fromisoformat(case["due_at"])

    corrected(taro, case["receipt_number"], phone="079-221-2112")

    after = taro.await_case(case["receipt_number"], "under_review")
    assert datetime.fromisoformat(after["due_at"]) == due_before, "Sent back and corrected on the same day"


def test_marks_must_name_answers_that_were_given(meet: Meet) -> None:
    taro, officer = meet(TARO), meet(OFFICER)
    task = officer.task_of(under_review(taro))
    claimed = officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})

    wrong = {"fault": "outdated", "reason": "聞いていない項目"}
    for marks in ({}, {"no_such_field": wrong}, {"purpose_other": wrong}):
        wanted = {"version": claimed["version"], "decision": "send_back", "marks": marks}
        answer = officer.http.post(f"/api/tasks/{task['id']}/decision", json=wanted)
        assert (answer.status_code, answer.json()["title"]) == (422, "marks_required")


def test_unmarked_attachments_can_neither_be_added_nor_removed(meet: Meet, books: Books) -> None:
    taro, officer = meet(TARO), meet(OFFICER)
    draft_id = taro.fill_in(HAPPY_PASS, happy_pass())
    taro.attach(draft_id, "card_receipt", "交付通知書.pdf", PDF)
    receipt_number = taro.file(draft_id)
    taro.await_case(receipt_number, "under_review")
    officer.decide(officer.task_of(receipt_number), "send_back", marks={"baby_kana": "フリガナをご確認ください。"})
    taro.await_case(receipt_number, "awaiting_correction")

    draft = taro.post(f"/api/cases/{receipt_number}/correction")
    (attachment,) = draft["attachments"]
    removed = taro.http.delete(f"/api/drafts/{draft['id']}/attachments/{attachment['id']}")
    added = taro.http.post(
        f"/api/drafts/{draft['id']}/attachments", data={"field": "card_receipt"}, files={"file": ("b.pdf", PDF)}
    )

    assert (removed.status_code, removed.json()["title"]) == (422, "field_not_marked")
    assert added.status_code == 422
    assert books.of_draft(draft["id"])["attachments"] == 1


def test_nobody_else_may_correct_and_nothing_may_be_corrected_unasked(meet: Meet) -> None:
    hanako, taro = meet(HANAKO), meet(TARO)
    waiting = sent_back(hanako, meet(OFFICER), {"copies": "通数"})["receipt_number"]
    reviewed = under_review(hanako)

    assert taro.http.post(f"/api/cases/{waiting}/correction").status_code == 404
    answer = hanako.http.post(f"/api/cases/{reviewed}/correction")
    assert (answer.status_code, answer.json()["title"]) == (409, "nothing_to_correct")


def test_a_correction_is_complete_before_it_is_signed(meet: Meet) -> None:
    hanako = meet(HANAKO)
    receipt_number = sent_back(hanako, meet(OFFICER), {"copies": "通数"})["receipt_number"]
    draft = hanako.post(f"/api/cases/{receipt_number}/correction")
    hanako.put(f"/api/drafts/{draft['id']}/answers", {"answers": draft["answers"] | {"copies": 9}})

    answer = hanako.http.post(f"/api/drafts/{draft['id']}/signing-request")

    assert (answer.status_code, answer.json()["title"]) == (422, "answers_incomplete")
    assert hanako.case(receipt_number)["status"] == "awaiting_correction"
    assert certificate()["copies"] == hanako.case(receipt_number)["answers"]["copies"]


# --- as of the day of receipt -----------------------------------------------------------------------------------------


def received_earlier(books: Books, receipt_number: str, days: int) -> None:
    """The case as if it had been filed that many days ago, with the day it was then filed for."""
    books.write(
        "update case_file set received_at = received_at - %s * interval '1 day' where receipt_number = %s",
        days, receipt_number,
    )  # fmt: skip
    books.write(
        "update submission set answers = jsonb_set(answers, '{screening_date}',"
        " to_jsonb((answers ->> 'screening_date')::date - %s::int)) where receipt_number = %s", days, receipt_number,
    )  # fmt: skip


def screening_sent_back(resident: Visitor, officer: Visitor, receipt_number: str, **marks: str) -> dict[str, Any]:
    """The correction that a resident begins once the officer has marked these answers."""
    officer.decide(officer.task_of(receipt_number), "send_back", marks=marks)
    resident.await_case(receipt_number, "awaiting_correction")
    draft: dict[str, Any] = resident.post(f"/api/cases/{receipt_number}/correction")
    return draft


def test_what_was_right_on_the_day_of_receipt_is_right_in_the_correction(newcomer: Newcomer, books: Books) -> None:
    """The day asked for is now only ten days off; filed today it would be too early."""
    resident, officer = newcomer(), newcomer("health_review")
    receipt_number = screening_under_review(resident)
    received_earlier(books, receipt_number, days=20)

    draft = screening_sent_back(resident, officer, receipt_number, phone="つながりません。")
    saved = resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": draft["answers"] | {"phone": "079-221-0"}})
    assert [each["field"] for each in saved["problems"]] == ["phone"]
    answers = draft["answers"] | {"phone": "079-221-2112"}
    saved = resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": answers})
    assert saved["problems"] == []
    assert saved["draft"]["received_on"] == draft["received_on"] < answers["screening_date"]

    assert resident.submit(draft["id"]) == receipt_number
    case = resident.await_case(receipt_number, "under_review")
    assert (case["answers"]["phone"], case["answers"]["screening_date"]) == ("079-221-2112", answers["screening_date"])


def test_the_pages_of_a_correction_know_the_day_of_receipt(newcomer: Newcomer, books: Books) -> None:
    resident, officer = newcomer(), newcomer("health_review")
    receipt_number = screening_under_review(resident)
    received_earlier(books, receipt_number, days=20)
    draft = screening_sent_back(resident, officer, receipt_number, clinic="満員です。")
    wanted = date.fromisoformat(draft["answers"]["screening_date"])

    form = resident.http.get(f"/drafts/{draft['id']}/steps/screening")
    review = resident.http.get(f"/drafts/{draft['id']}/review")

    for page in (form, review):
        assert (page.status_code, str(page.url.path)) == (200, page.request.url.path)
        assert f"{wanted.month}月{wanted.day}日" in page.text, "The answer that may not change is shown"


def test_a_marked_day_is_answered_as_of_the_day_of_receipt_too(newcomer: Newcomer, books: Books) -> None:
    """Two weeks to half a year after it, and not after today."""
    resident, officer = newcomer(), newcomer("health_review")
    receipt_number = screening_under_review(resident)
    received_earlier(books, receipt_number, days=20)
    draft = screening_sent_back(resident, officer, receipt_number, screening_date="満員です。")
    received = date.fromisoformat(draft["received_on"])

    def wrong(after: int) -> list[str]:
        answers = draft["answers"] | {"screening_date": (received + timedelta(days=after)).isoformat()}
        saved = resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": answers})
        return [each["field"] for each in saved["problems"]]

    assert [wrong(after) for after in (13, 14, 180, 181)] == [["screening_date"], [], [], ["screening_date"]]


# --- too late ---------------------------------------------------------------------------------------------------------


def nothing_to_correct(resident: Visitor, path: str) -> None:
    """Refused, in words."""
    answer = resident.http.post(path)
    assert (answer.status_code, answer.json()["title"]) == (409, "nothing_to_correct")
    assert "いま補正が必要な項目はありません" in answer.json()["detail"]


def everything(books: Books, resident: Visitor, receipt_number: str) -> tuple[object, ...]:
    """All that a correction could change of a case."""
    drafts = books.rows(
        "select id, answers, revision, receipt_number from draft where corrects = %s order by id", receipt_number
    )
    return resident.case(receipt_number), books.of_case(receipt_number), drafts


def test_a_withdrawn_case_cannot_be_corrected(newcomer: Newcomer, books: Books) -> None:
    resident, officer = newcomer(), newcomer("health_review")
    receipt_number = screening_under_review(resident)
    officer.decide(officer.task_of(receipt_number), "send_back", marks={"phone": "つながりません。"})
    resident.await_case(receipt_number, "awaiting_correction")
    resident.post(f"/api/cases/{receipt_number}/withdrawal")
    resident.await_case(receipt_number, "withdrawn")
    before = everything(books, resident, receipt_number)

    nothing_to_correct(resident, f"/api/cases/{receipt_number}/correction")

    assert everything(books, resident, receipt_number) == before
    assert before[2] == [], "No correction was begun"


def test_a_correction_begun_before_a_withdrawal_cannot_be_filed_after_it(newcomer: Newcomer, books: Books) -> None:
    resident, officer = newcomer(), newcomer("health_review")
    receipt_number = screening_under_review(resident)
    draft = screening_sent_back(resident, officer, receipt_number, phone="つながりません。")
    resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": draft["answers"] | {"phone": "079-221-2112"}})
    resident.post(f"/api/cases/{receipt_number}/withdrawal")
    resident.await_case(receipt_number, "withdrawn")
    before = everything(books, resident, receipt_number)

    nothing_to_correct(resident, f"/api/drafts/{draft['id']}/submission")
    nothing_to_correct(resident, f"/api/drafts/{draft['id']}/signing-request")
    nothing_to_correct(resident, f"/api/cases/{receipt_number}/correction")

    assert everything(books, resident, receipt_number) == before
    assert resident.case(receipt_number)["answers"]["phone"] == "079-221-2111"
    assert resident.get("/api/drafts") == [] == resident.get("/api/my")["drafts"], "Nothing left to write on"


def test_a_resubmission_after_the_deadline_is_refused_in_words_and_changes_nothing(
    newcomer: Newcomer, books: Books, town: Layout
) -> None:
    """補正期限 of this procedure: 14 days; on the fifteenth the case is rejected."""
    resident, officer = newcomer(), newcomer("health_review")
    receipt_number = screening_under_review(resident)
    draft = screening_sent_back(resident, officer, receipt_number, phone="つながりません。")
    resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": draft["answers"] | {"phone": "079-221-2112"}})

    pass_time(town, receipt_number, timedelta(days=15))
    assert resident.await_case(receipt_number, "rejected")["reason"] == "correction_overdue"
    before = everything(books, resident, receipt_number)
    nothing_to_correct(resident, f"/api/drafts/{draft['id']}/submission")

    assert everything(books, resident, receipt_number) == before
    assert resident.case(receipt_number)["status"] == "rejected"

"""The catalogue and what is a resident's own, by the API: search, consents, documents, what waits."""

import pytest

from machine.visitor import Visitor
from sandbox.people import HANAKO, KENJI, OFFICER
from tests.api.scenes import (
    HIMEJI,
    SCREENING,
    Books,
    Newcomer,
    screening,
    screening_under_review,
    under_review,
    unpaid,
)
from tests.conftest import Meet


def ids(visitor: Visitor, **wanted: str) -> list[str]:
    return [each["id"] for each in visitor.http.get("/api/procedures", params=wanted).json()]


@pytest.mark.parametrize(
    "query", ["住民票", "じゅうみんひょう", "住民表", "juminhyo", "residense certificate", "주민표"]
)
def test_a_search_finds_what_is_meant(meet: Meet, query: str) -> None:
    assert ids(meet(HANAKO), q=query)[0] == "residence_certificate"


def test_a_search_for_what_is_not_there_finds_nothing_and_none_finds_all(meet: Meet) -> None:
    hanako = meet(HANAKO)
    assert ids(hanako, q="天気予報") == []
    assert SCREENING in ids(hanako)
    assert ids(hanako, q="   ") == ids(hanako)


def test_procedures_are_narrowed_by_category_and_life_event(meet: Meet) -> None:
    hanako = meet(HANAKO)
    assert ids(hanako, category="health") == [SCREENING]
    assert "happy_pass" in ids(hanako, life_event="birth")
    assert SCREENING not in ids(hanako, life_event="birth")
    assert hanako.http.get("/api/procedures", params={"life_event": "war"}).status_code == 422
    assert hanako.http.get("/api/procedures", params={"q": "あ" * 101}).status_code == 422


def test_what_waits_for_a_resident_comes_first_and_is_nobody_elses(meet: Meet, newcomer: Newcomer) -> None:
    hanako, stranger = meet(HANAKO), newcomer()
    receipt_number = unpaid(hanako)["receipt_number"]

    mine = hanako.http.get("/api/my").json()

    waiting = next(each for each in mine["waiting"] if each["receipt_number"] == receipt_number)
    assert waiting["status"] == "awaiting_payment"
    assert waiting["until"], "when the payment is too late"
    assert receipt_number in [each["receipt_number"] for each in mine["cases"]]
    assert stranger.http.get("/api/my").json() == {
        "waiting": [], "drafts": [], "cases": [], "documents": [], "points": 0,
    }  # fmt: skip


def test_a_draft_says_when_it_was_saved_and_is_gone_once_it_is_filed(meet: Meet) -> None:
    kenji = meet(KENJI)
    draft_id = kenji.post("/api/drafts", {"procedure": SCREENING, "language": "ja"})["id"]
    open_drafts = {each["id"]: each["updated_at"] for each in kenji.http.get("/api/my").json()["drafts"]}
    assert open_drafts[draft_id]

    kenji.put(f"/api/drafts/{draft_id}/answers", {"answers": screening()})
    kenji.submit(draft_id)

    assert draft_id not in {each["id"] for each in kenji.http.get("/api/my").json()["drafts"]}


def test_another_payment_page_does_not_prolong_the_term(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    receipt_number = unpaid(hanako)["receipt_number"]
    first = until(hanako, receipt_number)
    assert first == hanako.case(receipt_number)["act_until"]
    books.write("update payment set expires_at = now() where receipt_number = %s", receipt_number)

    hanako.post(f"/api/cases/{receipt_number}/payment")

    assert len(hanako.case(receipt_number)["payments"]) == 2
    assert until(hanako, receipt_number) == first == hanako.case(receipt_number)["act_until"]


def test_each_round_has_a_term_of_its_own(meet: Meet) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt_number = under_review(hanako)
    officer.decide(officer.task_of(receipt_number), "send_back", marks={"copies": "通数をご確認ください。"})
    back = hanako.await_case(receipt_number, "awaiting_correction")
    to_correct = until(hanako, receipt_number)
    assert to_correct == back["act_until"]
    draft = hanako.post(f"/api/cases/{receipt_number}/correction")
    hanako.put(f"/api/drafts/{draft['id']}/answers", {"answers": draft["answers"] | {"copies": 3}})
    hanako.file(draft["id"])

    again = hanako.await_case(receipt_number, "awaiting_payment")

    assert until(hanako, receipt_number) == again["act_until"] != to_correct


def until(visitor: Visitor, receipt_number: str) -> str:
    """By when the resident must act, as the first page after the login says."""
    waiting = visitor.http.get("/api/my").json()["waiting"]
    return str(next(each["until"] for each in waiting if each["receipt_number"] == receipt_number))


def test_a_message_not_read_yet_waits(meet: Meet, books: Books) -> None:
    kenji = meet(KENJI)
    receipt_number = screening_under_review(kenji)
    books.write(
        "insert into message (municipality, receipt_number, author, author_id, body)"
        " select %s, receipt_number, 'officer', account_id, 'x' from case_file where receipt_number = %s",
        HIMEJI, receipt_number,
    )  # fmt: skip
    waiting = {each["receipt_number"]: each["unread"] for each in kenji.http.get("/api/my").json()["waiting"]}
    assert waiting[receipt_number] == 1


def test_delivered_documents_are_listed_for_their_owner_alone(meet: Meet, newcomer: Newcomer) -> None:
    kenji, officer = meet(KENJI), meet(OFFICER)
    receipt_number = screening_under_review(kenji)
    officer.decide(officer.task_of(receipt_number), "approve")
    kenji.await_case(receipt_number, "delivered")

    held = [each for each in kenji.http.get("/api/documents").json() if each["receipt_number"] == receipt_number]

    assert [(each["procedure"], each["revoked_at"]) for each in held] == [(SCREENING, None)]
    assert kenji.download(held[0]["id"]).startswith(b"%PDF-")
    assert newcomer().http.get("/api/documents").json() == []


def test_consents_are_shown_in_the_words_that_were_read(meet: Meet, newcomer: Newcomer) -> None:
    hanako = meet(HANAKO)
    receipt_number = unpaid(hanako, include_relationship=True, include_domicile=False)["receipt_number"]
    procedure = hanako.http.get("/api/procedures/residence_certificate").json()
    labels = {field["id"]: field["label"] for each in procedure["form"]["sections"] for field in each["fields"]}

    given = [
        each for each in hanako.http.get("/api/account/consents").json() if each["receipt_number"] == receipt_number
    ]

    fields = {each["field"]: each for each in given}
    assert "include_relationship" in fields
    assert "include_domicile" not in fields, "what was not agreed to is no consent"
    said = fields["include_relationship"]
    assert said["text"] == labels["include_relationship"][said["language"]]
    assert said["version"] == procedure["version"]
    assert newcomer().http.get("/api/account/consents").json() == []


@pytest.mark.parametrize("path", ["/api/my", "/api/documents", "/api/account/consents"])
def test_what_is_ones_own_needs_a_login(meet: Meet, path: str) -> None:
    hanako = meet(HANAKO)
    hanako.http.cookies.clear()
    assert hanako.http.get(path).status_code == 401

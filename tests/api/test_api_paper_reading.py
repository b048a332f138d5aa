"""紙の読取り: what a machine read is an answer only once an officer has looked at all that is doubtful."""

import pytest

from machine.visitor import CounterRefused, Visitor
from tests.api.paper_scenes import LICENCE, begin, file, read_by_machine, scan, stated
from tests.api.scenes import Books, Newcomer, certificate

REVIEW = "resident_counter:certificate_review"
SEEN = ["stated.name", "stated.name_kana", "stated.address", "copies"]


def refused(by: pytest.ExceptionInfo[CounterRefused]) -> tuple[int, str]:
    return by.value.status, by.value.problem["title"]


@pytest.fixture
def officer(newcomer: Newcomer) -> Visitor:
    return newcomer(REVIEW)


@pytest.fixture
def draft(officer: Visitor) -> str:
    found = begin(officer)
    scan(officer, found)
    return found


def confirm(officer: Visitor, draft: str, **said: object) -> None:
    officer.post(f"/api/paper/drafts/{draft}/reading/confirmation", said)


def test_each_answer_says_how_sure_it_is(officer: Visitor, draft: str, books: Books) -> None:
    read_by_machine(books, draft, kind__household="1", phone=None)
    found = officer.get(f"/api/paper/drafts/{draft}/reading")
    said = {each["place"]: (each["value"], each["standing"]) for each in found["lines"]}
    assert (found["state"], said["purpose"], said["delivery"]) == ("read", ("bank", "sure"), ("electronic", "sure"))
    assert said["copies"] == ("1", "doubtful")
    assert said["stated.birth_date"] == ("1990-04-12", "sure")
    assert said["kind"] == (None, "unread"), "two ticks are no answer"
    assert said["phone"] == (None, "unread")
    assert officer.http.get(f"/api/paper/drafts/{draft}/reading/picture").headers["content-type"] == "image/webp"


def test_nothing_doubtful_becomes_an_answer_unseen(officer: Visitor, draft: str, books: Books) -> None:
    read_by_machine(books, draft)
    with pytest.raises(CounterRefused) as by:
        confirm(officer, draft, seen=SEEN[:-1])
    assert refused(by) == (422, "reading_unseen")
    assert officer.get(f"/api/paper/drafts/{draft}")["draft"]["answers"] == {}
    confirm(officer, draft, seen=SEEN[:-1], values={"copies": "2", "phone": "079-221-2112"})
    found = officer.get(f"/api/paper/drafts/{draft}")
    assert found["draft"]["answers"] == {
        "kind": "individual", "copies": 2, "include_relationship": False, "include_domicile": False,
        "purpose": "bank", "delivery": "electronic", "phone": "079-221-2112",
    }  # fmt: skip
    assert (found["reading"], found["read_stated"]["name"]) == ("settled", "姫路　花子")
    with pytest.raises(CounterRefused) as by:
        confirm(officer, draft, seen=SEEN)
    assert refused(by) == (409, "nothing_to_confirm")


def test_a_paper_is_not_filed_over_an_unconfirmed_reading(officer: Visitor, draft: str, books: Books) -> None:
    officer.put(f"/api/paper/drafts/{draft}/identity", {"stated": stated(), "identity_check": LICENCE})
    officer.put(f"/api/paper/drafts/{draft}/answers", {"answers": certificate()})
    read_by_machine(books, draft)
    assert officer.get(f"/api/paper/drafts/{draft}")["missing"] == ["reading"]
    with pytest.raises(CounterRefused) as by:
        file(officer, draft)
    assert refused(by) == (409, "reading_unconfirmed")
    confirm(officer, draft, seen=SEEN)
    number = file(officer, draft)
    assert books.rows("select 1 from paper_reading where draft_id = %s", draft) == [], "it goes when the paper is filed"
    (kept,) = books.rows("select content from submission where receipt_number = %s", number)
    assert b'"copies":1' in bytes(kept["content"])


def test_typing_by_hand_goes_on_as_before(officer: Visitor, draft: str, books: Books) -> None:
    read_by_machine(books, draft)
    officer.http.delete(f"/api/paper/drafts/{draft}/reading").raise_for_status()
    with pytest.raises(CounterRefused) as by:
        officer.get(f"/api/paper/drafts/{draft}/reading")
    assert refused(by) == (404, "not_found")
    assert officer.get(f"/api/paper/drafts/{draft}")["reading"] is None


def test_another_scan_is_another_reading(officer: Visitor, draft: str, books: Books) -> None:
    read_by_machine(books, draft)
    (attached,) = officer.get(f"/api/paper/drafts/{draft}")["scans"]
    officer.http.delete(f"/api/paper/drafts/{draft}/attachments/{attached['id']}").raise_for_status()
    assert officer.get(f"/api/paper/drafts/{draft}")["reading"] is None


def test_a_paper_without_scan_or_form_is_not_read(officer: Visitor, newcomer: Newcomer) -> None:
    with pytest.raises(CounterRefused) as by:
        officer.post(f"/api/paper/drafts/{begin(officer)}/reading")
    assert refused(by) == (422, "scan_missing")
    other = newcomer("children:allowance_review")
    claim = begin(other, "child_allowance")
    scan(other, claim)
    with pytest.raises(CounterRefused) as by:
        other.post(f"/api/paper/drafts/{claim}/reading")
    assert refused(by) == (409, "not_readable")


def test_asked_for_it_waits_for_its_readers(officer: Visitor, draft: str, books: Books) -> None:
    asked = officer.post(f"/api/paper/drafts/{draft}/reading")
    assert (asked["state"], asked["lines"], asked["late"]) == ("waiting", [], False)
    books.write("update paper_reading set asked_at = now() - interval '10 minutes' where draft_id = %s", draft)
    assert officer.get(f"/api/paper/drafts/{draft}/reading")["late"]
    books.write("update paper_reading set state = 'unread', fault = 'other_sheet' where draft_id = %s", draft)
    found = officer.get(f"/api/paper/drafts/{draft}/reading")
    assert (found["state"], found["fault"]) == ("unread", "other_sheet")

"""利用者登録の抹消: a procedure like any other, whose last step deletes what need not be kept."""

import hashlib
import uuid
from typing import Any

import pytest

from machine.visitor import CounterRefused, Visitor
from sandbox.people import LI
from tests.api.annex import Annexes
from tests.api.scenes import PDF, SCREENING, Books, Newcomer, actions, screening, screening_under_review, soon

DELETION = "account_deletion"
WISH = {"knows_deleted": True, "knows_kept": True, "agrees": True}
CARD = b"\x2a" * 20


def me(visitor: Visitor) -> str:
    return str(visitor.get("/api/session")["account_id"])


def asked(resident: Visitor) -> str:
    """The deletion filed and waiting for its review."""
    receipt_number = resident.submit(resident.fill_in(DELETION, WISH))
    return str(resident.await_case(receipt_number, "under_review")["receipt_number"])


def reviewed(resident: Visitor, officer: Visitor) -> dict[str, Any]:
    """Reviewed: the notice can be downloaded, and a second officer's task waits."""
    receipt_number = asked(resident)
    officer.decide(officer.task_of(receipt_number), "approve")
    return soon(lambda: resident.case(receipt_number), lambda case: case["documents"], "the notice", 60)


def of_account(books: Books, account_id: str) -> dict[str, int]:
    """How many rows of each table belong to an account, and of its certificates' events."""
    tables = ("session", "credential", "draft", "contact", "push_subscription", "data_export", "signing_request")
    parts = [f"(select count(*) from {table} where account_id = %s) as {table}" for table in tables]
    return dict(books.rows(f"select {', '.join(parts)}", *[account_id] * len(tables))[0])


def status(books: Books, receipt_number: str) -> Any:
    rows = books.rows("select status, reason, closed_at from case_file where receipt_number = %s", receipt_number)
    return rows[0]


def closed(books: Books, receipt_number: str) -> dict[str, Any]:
    """The case once it has ended, read past its resident, who may be gone."""
    found: dict[str, Any] = soon(lambda: status(books, receipt_number), lambda row: row["closed_at"], "the end", 60)
    return found


def test_after_two_officers_everything_that_need_not_be_kept_is_gone(newcomer: Newcomer, books: Books) -> None:
    resident, officer, other = newcomer(), newcomer("privacy_review", "health_review"), newcomer("privacy_approval")
    account_id = me(resident)
    screened = screening_under_review(resident)
    officer.decide(officer.task_of(screened), "reject", reason="期限が過ぎています")
    resident.await_case(screened, "rejected")
    receipt_number = reviewed(resident, officer)["receipt_number"]
    left = resident.fill_in(SCREENING, screening())
    file = books.layout.objects / attached(books, left)
    written = [books.layout.objects / key for key in exported(resident, books)]
    books.write("insert into contact (account_id, email) values (%s, 'who@example.jp')", account_id)
    assert all(each.exists() for each in [file, *written])

    other.decide(other.task_of(receipt_number), "approve")

    assert closed(books, receipt_number)["status"] == "delivered"
    assert of_account(books, account_id) == dict.fromkeys(of_account(books, account_id), 0) | {"draft": 2}
    drafts = books.rows("select receipt_number from draft where account_id = %s", account_id)
    assert {each["receipt_number"] for each in drafts} == {screened, receipt_number}, "what was filed stays"
    assert not any(each.exists() for each in [file, *written])
    assert resident.get("/api/session") is None
    assert books.rows("select closed_at from account where id = %s", account_id)[0]["closed_at"]


def attached(books: Books, draft_id: str) -> str:
    """A file of a draft; its key in the object store."""
    key = f"282014/attachments/{uuid.uuid4()}"
    (books.layout.objects / key).parent.mkdir(parents=True, exist_ok=True)
    (books.layout.objects / key).write_bytes(PDF)
    books.write(
        "insert into attachment (draft_id, field, name, media_type, bytes, sha256, object_key)"
        " values (%s, 'notes', 'a.pdf', 'application/pdf', %s, %s, %s)",
        draft_id, len(PDF), hashlib.sha256(PDF).hexdigest(), key,
    )  # fmt: skip
    return key


def exported(resident: Visitor, books: Books) -> list[str]:
    """An export that is ready; the keys of its files."""
    export_id = resident.post("/api/exports", {})["id"]
    ready = soon(
        lambda: resident.get(f"/api/exports/{export_id}"), lambda it: it["status"] != "waiting", "the export", 90
    )
    assert ready["status"] == "ready"
    row = books.rows("select json_key, pdf_key from data_export where id = %s", export_id)[0]
    return [row["json_key"], row["pdf_key"]]


def test_officers_still_see_the_cases_of_a_closed_account(newcomer: Newcomer, books: Books) -> None:
    resident, officer, other = newcomer(), newcomer("privacy_review", "health_review"), newcomer("privacy_approval")
    screened = screening_under_review(resident, notes="通訳が必要です")
    task = officer.task_of(screened)
    officer.decide(task, "reject", reason="期限が過ぎています")
    resident.await_case(screened, "rejected")
    receipt_number = reviewed(resident, officer)["receipt_number"]
    other.decide(other.task_of(receipt_number), "approve")
    closed(books, receipt_number)

    seen = officer.get(f"/api/tasks/{task['id']}")

    assert seen["answers"]["notes"] == "通訳が必要です"
    lines = books.rows("select action from audit where receipt_number = %s order by seq", receipt_number)
    assert "account_closed" in [each["action"] for each in lines]


def test_the_notice_is_there_before_the_deletion_and_names_what_stays(newcomer: Newcomer) -> None:
    resident, officer = newcomer(), newcomer("privacy_review")

    case = reviewed(resident, officer)

    assert case["documents"][0]["title"]["ja"] == "利用者登録抹消決定通知書"
    assert resident.download(case["documents"][0]["id"]).startswith(b"%PDF")
    kinds = [each["kind"] for each in notices(resident)]
    assert "account_closing" in kinds, "told while there is still time"
    assert resident.get("/api/session") is not None


def notices(resident: Visitor) -> list[dict[str, Any]]:
    data_export = resident.post("/api/exports", {})["id"]
    soon(lambda: resident.get(f"/api/exports/{data_export}"), lambda it: it["status"] == "ready", "the export", 90)
    data = resident.http.get(f"/api/exports/{data_export}/json").json()
    return [each for case in data["cases"] for each in case["notices"]]


def test_the_reviewer_cannot_be_the_one_who_has_it_deleted(newcomer: Newcomer) -> None:
    resident, officer = newcomer(), newcomer("privacy_review", "privacy_approval")
    receipt_number = reviewed(resident, officer)["receipt_number"]

    with pytest.raises(CounterRefused) as refusal:
        officer.decide(officer.task_of(receipt_number), "approve")

    assert refusal.value.problem["title"] == "duties_not_separated"
    assert resident.get("/api/session") is not None


def test_while_another_case_is_open_the_reviewer_sees_it_and_nothing_is_deleted(
    newcomer: Newcomer, books: Books
) -> None:
    resident, officer, other = newcomer(), newcomer("privacy_review"), newcomer("privacy_approval")
    account_id = me(resident)
    open_case = screening_under_review(resident)
    receipt_number = asked(resident)
    task = officer.task_of(receipt_number)
    assert "other_cases_open" in task["findings"]
    officer.decide(task, "approve")
    other.decide(other.task_of(receipt_number), "approve")

    case = resident.await_case(receipt_number, "rejected")

    assert case["reason"] == "other_cases_open"
    assert "account_kept" in actions(case)
    assert resident.case(open_case)["status"] == "under_review"
    assert books.rows("select closed_at from account where id = %s", account_id)[0]["closed_at"] is None
    assert all(each["revoked_at"] for each in case["documents"]), "the notice that promised it is no longer valid"


def test_whoever_works_for_the_city_is_dismissed_first(newcomer: Newcomer) -> None:
    resident, officer, other = newcomer("health_review"), newcomer("privacy_review"), newcomer("privacy_approval")
    receipt_number = reviewed(resident, officer)["receipt_number"]

    other.decide(other.task_of(receipt_number), "approve")

    assert resident.await_case(receipt_number, "rejected")["reason"] == "still_appointed"


def test_the_same_card_opens_a_new_and_empty_account(annex_of: Annexes, books: Books) -> None:
    here = annex_of("285013")
    with here.visitor(LI) as li, officers(books, "privacy_review") as one, officers(books, "privacy_approval") as two:
        for each in (one, two):
            each.http.base_url, each.http.headers["host"] = here.address, here.host
        former = me(li.log_in())
        receipt_number = reviewed(li, one)["receipt_number"]
        two.decide(two.task_of(receipt_number), "approve")
        soon(lambda: li.get("/api/session"), lambda session: session is None, "the end of the session", 60)

        li.log_in()

        assert me(li) != former
        assert li.get("/api/cases") == []
        assert li.http.get(f"/api/cases/{receipt_number}").status_code == 404
    owner = books.rows("select account_id from case_file where receipt_number = %s", receipt_number)
    assert str(owner[0]["account_id"]) == former, "the case stays with the closed account"


def officers(books: Books, duty: str) -> Visitor:
    return books.newcomer(duty, municipality="285013")


def test_a_card_the_city_has_stopped_stays_stopped(newcomer: Newcomer, books: Books) -> None:
    resident, officer, other = newcomer(), newcomer("privacy_review"), newcomer("privacy_approval")
    account_id = me(resident)
    serial = uuid.uuid4().hex
    books.write(
        "insert into credential (kind, issuer_key_id, serial, municipality, account_id, suspended_at, suspension)"
        " values ('jpki_card', %s, %s, '282014', %s, now(), 'administrator')", CARD, serial, account_id,
    )  # fmt: skip
    receipt_number = reviewed(resident, officer)["receipt_number"]
    other.decide(other.task_of(receipt_number), "approve")
    closed(books, receipt_number)

    kept = books.rows("select account_id, suspension from credential where serial = %s", serial)[0]

    assert kept["suspension"] == "administrator"
    assert str(kept["account_id"]) != account_id, "if it is ever resumed, it opens an empty account"

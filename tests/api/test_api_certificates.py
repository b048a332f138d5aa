"""住民票の写し by the API, from application to a document anyone can verify."""

import subprocess

import httpx

from machine.layout import Layout
from sandbox.people import APPROVER, HANAKO, KENJI, OFFICER, TARO
from tests.api.scenes import (
    Books,
    Ledger,
    actions,
    city_keeps,
    delivered,
    under_review,
    unpaid,
)
from tests.conftest import Meet


def verdict(town: Layout, pdf: bytes) -> dict:
    """What the public page says of a file; no login."""
    return httpx.post(f"{town.public_url}/api/verification", files={"file": ("a.pdf", pdf)}, timeout=30).json()


def verdict_by_code(town: Layout, code: str) -> dict:
    return httpx.get(f"{town.public_url}/api/verification/{code}", timeout=30).json()


def words_of(pdf: bytes) -> str:
    """What a reader sees of a document (poppler, a tool that shares no code with us)."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def test_a_certificate_is_applied_for_signed_paid_reviewed_and_downloaded(meet: Meet, ledger: Ledger) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)

    case = delivered(hanako, officer)

    assert hanako.download(case["documents"][0]["id"]).startswith(b"%PDF-")
    assert (city_keeps(case), ledger.kept(case["receipt_number"])) == (300, 300)
    steps = [a for a in actions(case) if a not in ("task_opened",)]
    assert steps == [
        "received", "signature_checked", "register_checked", "payment_opened", "payment_confirmed", "approved",
        "document_issued", "delivered", "closed",
    ]  # fmt: skip
    assert case["pending"] == []


def test_anyone_can_tell_a_valid_document_from_an_altered_a_revoked_and_an_unknown_one(
    town: Layout, meet: Meet, ledger: Ledger
) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    case = delivered(hanako, officer)
    document = case["documents"][0]
    pdf, code = hanako.download(document["id"]), document["verification_code"]

    assert verdict(town, pdf)["outcome"] == "valid"
    assert verdict_by_code(town, code)["outcome"] == "valid"
    assert verdict_by_code(town, code.lower().replace("-", " "))["outcome"] == "valid"
    assert verdict(town, pdf.replace(b"\n%%EOF", b" \n%%EOF"))["outcome"] == "altered"
    assert verdict(town, pdf + b"\n% and one line more")["outcome"] == "altered"
    assert verdict_by_code(town, code[:-1] + ("0" if code[-1] != "0" else "1"))["outcome"] == "unknown"
    assert verdict_by_code(town, "no such code")["outcome"] == "unknown"

    ledger.dispute(case["receipt_number"])
    hanako.await_case(case["receipt_number"], "recalled")

    assert verdict(town, pdf)["outcome"] == "revoked"
    assert verdict_by_code(town, code)["outcome"] == "revoked"
    assert set(verdict_by_code(town, code)) == {"outcome", "title", "issued_at", "revoked_at", "municipality"}


def test_a_chargeback_after_delivery_revokes_the_document_and_pays_nothing_back_on_top(
    meet: Meet, ledger: Ledger
) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt_number = delivered(hanako, officer)["receipt_number"]

    ledger.dispute(receipt_number)

    case = hanako.await_case(receipt_number, "recalled")
    assert case["reason"] == "payment_disputed"
    assert case["documents"][0]["revoked_at"] is not None
    assert [(p["status"], p["refunded"]) for p in case["payments"]] == [("disputed", 0)]
    found = ledger.of_case(receipt_number)
    assert (found["charged"], found["refunded"], found["disputed"]) == (300, 0, 300)
    assert actions(case)[-3:] == ["payment_disputed", "document_revoked", "closed"]


def test_a_certificate_by_post_gets_a_label_a_mailing_task_and_a_tracking_number(meet: Meet, ledger: Ledger) -> None:
    kenji, officer = meet(KENJI), meet(OFFICER)
    receipt_number = under_review(kenji, delivery="post", copies=2)
    officer.decide(officer.task_of(receipt_number), "approve")

    kenji.await_case(receipt_number, "mailing")
    task = officer.task_of(receipt_number)
    assert (task["kind"], task["function"]) == ("post_document", "mailing")
    label = officer.http.get(f"/tasks/{task['id']}/label")
    assert label.headers["content-type"] == "application/pdf"
    assert label.content.startswith(b"%PDF-")

    claimed = officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    wanted = {"version": claimed["version"], "decision": "dispatch"}
    for wrong in ({}, {"tracking_number": "=1+1"}, {"tracking_number": "１２３４５６７８９０"}):
        refused = officer.http.post(f"/api/tasks/{task['id']}/decision", json=wanted | wrong)
        assert (refused.status_code, refused.json()["title"]) == (422, "tracking_number_required")
    officer.post(f"/api/tasks/{task['id']}/decision", wanted | {"tracking_number": "1234-5678-9012"})

    case = kenji.await_case(receipt_number, "delivered")
    assert case["tracking_number"] == "1234-5678-9012"
    assert case["documents"] == [], "What goes by post is not handed out twice"
    assert (city_keeps(case), ledger.kept(receipt_number)) == (2 * 300 + 110,) * 2


def test_a_rejected_application_is_paid_back_and_says_why_in_the_officers_words(meet: Meet, ledger: Ledger) -> None:
    taro, officer = meet(TARO), meet(OFFICER)
    receipt_number = under_review(taro)
    task = officer.task_of(receipt_number)

    claimed = officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    wanted = {"version": claimed["version"], "decision": "reject"}
    silent = officer.http.post(f"/api/tasks/{task['id']}/decision", json=wanted | {"reason": "  "})
    assert (silent.status_code, silent.json()["title"]) == (422, "reason_required")
    officer.post(f"/api/tasks/{task['id']}/decision", wanted | {"reason": "使用目的を確認できません。"})

    case = taro.await_case(receipt_number, "rejected")
    assert case["reason_text"] == "使用目的を確認できません。"
    assert (city_keeps(case), ledger.kept(receipt_number)) == (0, 0)
    assert ledger.of_case(receipt_number)["charged"] == 300


def test_a_withdrawn_application_is_paid_back_and_leaves_no_task(meet: Meet, ledger: Ledger, books: Books) -> None:
    taro = meet(TARO)
    receipt_number = under_review(taro)

    taro.post(f"/api/cases/{receipt_number}/withdrawal")

    case = taro.await_case(receipt_number, "withdrawn")
    assert (city_keeps(case), ledger.kept(receipt_number)) == (0, 0)
    assert books.rows("select 1 from task where receipt_number = %s and closed_at is null", receipt_number) == []
    again = taro.http.post(f"/api/cases/{receipt_number}/withdrawal")
    assert (again.status_code, again.json()["title"]) == (409, "case_closed")


def test_withdrawing_before_payment_closes_the_payment_page(meet: Meet, ledger: Ledger) -> None:
    taro = meet(TARO)
    case = unpaid(taro)

    taro.post(f"/api/cases/{case['receipt_number']}/withdrawal")

    taro.await_case(case["receipt_number"], "withdrawn")
    assert taro.pay(case).status_code == 410, "Nobody can pay for a withdrawn case"
    assert ledger.of_case(case["receipt_number"])["charged"] == 0


def test_a_delivered_case_can_neither_be_withdrawn_nor_corrected_nor_paid(meet: Meet, books: Books) -> None:
    hanako, officer = meet(HANAKO), meet(APPROVER)
    receipt_number = delivered(hanako, officer)["receipt_number"]
    before = books.of_case(receipt_number)

    for what in ("withdrawal", "payment", "correction"):
        answer = hanako.http.post(f"/api/cases/{receipt_number}/{what}")
        assert answer.status_code == 409, what
        assert answer.headers["content-type"] == "application/problem+json"
    assert books.of_case(receipt_number) == before


def test_the_document_prints_the_register_and_never_what_was_typed(meet: Meet, books: Books, town: Layout) -> None:
    kenji, officer = meet(KENJI), meet(OFFICER)
    case = delivered(kenji, officer, purpose="other", purpose_other="偽の住所を載せたい")
    receipt_number = case["receipt_number"]

    extract = books.rows("select record from register_extract where receipt_number = %s", receipt_number)[0]["record"]
    assert extract["person"]["name"] == KENJI.name
    assert extract["person"]["address"] == KENJI.address
    assert "偽の住所" not in words_of(kenji.download(case["documents"][0]["id"]))

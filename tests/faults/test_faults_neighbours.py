"""隣人の故障: a neighbour that cannot tell makes a case wait in sight; its time of receipt stays; then it goes on."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from machine.postgres import Role
from machine.visitor import Visitor, wait_for
from sandbox.people import HANAKO, OFFICER, TARO, YUMI
from sandbox.pki import control
from tests.api.scenes import (
    CERTIFICATE,
    HIMEJI,
    Books,
    Ledger,
    Newcomer,
    actions,
    certificate,
    city_keeps,
    under_review,
    unpaid,
)
from tests.faults.conftest import Meet, Neighbours

OLD_GENERATION = replace(HANAKO, key="old_generation")
"""A valid card of the authority before: only one test reads its revocation list, so no other finds it remembered."""


def waiting(resident: Visitor, receipt_number: str, step: str, reason: str) -> dict[str, Any]:
    """The case waits for a neighbour, says for which step and why, and nobody is blamed."""
    case = resident.await_case(receipt_number, "awaiting_neighbour", "rejected", "delivered")
    assert (case["status"], case["step"], case["reason"]) == ("awaiting_neighbour", step, reason)
    assert actions(case)[-1] == "neighbour_awaited"
    return case


def test_a_case_waits_while_nobody_can_say_whether_a_certificate_is_revoked(
    neighbours: Neighbours, meet: Meet, books: Books
) -> None:
    hanako = meet(HANAKO)
    neighbours.pki("ocsp", "down")
    neighbours.pki("crl", "down")
    receipt_number = hanako.apply(CERTIFICATE, certificate())
    waited = waiting(hanako, receipt_number, "signature", "revocation_unknown")
    assert books.of_case(receipt_number)["signature_check"] == 0, "Unknown is no result"

    books.tell(receipt_number, "retry_now")
    still = hanako.await_case(receipt_number, "awaiting_neighbour")
    neighbours.mend()
    books.tell(receipt_number, "retry_now")

    case = hanako.await_case(receipt_number, "awaiting_payment")
    assert case["received_at"] == waited["received_at"] == still["received_at"]
    assert case["due_at"] == waited["due_at"]
    assert case["reason"] is None
    hanako.post(f"/api/cases/{receipt_number}/withdrawal")


def test_who_asks_again_while_the_wait_is_still_being_written_down_is_heard(
    neighbours: Neighbours, meet: Meet, books: Books
) -> None:
    """The second pause is five minutes long: whoever is not heard waits for it."""
    hanako = meet(HANAKO)
    neighbours.pki("ocsp", "down")
    neighbours.pki("crl", "down")
    receipt_number = hanako.apply(CERTIFICATE, certificate())
    waiting(hanako, receipt_number, "signature", "revocation_unknown")

    with neighbours.layout.postgres.connect(Role.OWNER) as other, other.transaction():
        other.execute(f"set local app.municipality = '{HIMEJI}'")
        other.execute("select 1 from case_file where receipt_number = %s for no key update", [receipt_number])
        books.tell(receipt_number, "retry_now")
        wait_for(lambda: books.rows(HELD_UP), bool, "the second wait to be written", patience=60)
        books.tell(receipt_number, "retry_now")
        wait_for(lambda: heard(books, receipt_number), lambda times: times == 2, "the case to hear it", patience=60)
        neighbours.mend()

    hanako.await_case(receipt_number, "awaiting_payment")
    hanako.post(f"/api/cases/{receipt_number}/withdrawal")


HELD_UP = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'UPDATE case_file%%'"


def heard(books: Books, receipt_number: str) -> int:
    told = "select 1 from command where receipt_number = %s and kind = 'retry_now' and status = 'acknowledged'"
    return len(books.rows(told, receipt_number))


def test_a_revoked_certificate_taken_in_while_nobody_could_tell_is_refused_when_somebody_can(
    neighbours: Neighbours, meet: Meet, books: Books
) -> None:
    yumi = meet(YUMI)
    neighbours.pki("ocsp", "down")
    neighbours.pki("crl", "down")
    receipt_number = yumi.apply(CERTIFICATE, certificate())
    waiting(yumi, receipt_number, "signature", "revocation_unknown")

    neighbours.mend()
    books.tell(receipt_number, "retry_now")

    case = yumi.await_case(receipt_number, "rejected")
    assert case["reason"] == "revoked"
    assert {language for language, text in case["reason_text"].items() if text} == {"ja", "en", "zh", "ko"}
    assert case["payments"] == [], "Nobody pays for what is refused"


def test_a_revocation_list_answers_while_ocsp_is_down(neighbours: Neighbours, meet: Meet, books: Books) -> None:
    holder = meet(OLD_GENERATION)
    neighbours.pki("ocsp", "down")

    receipt_number = holder.apply(CERTIFICATE, certificate())

    holder.await_case(receipt_number, "awaiting_payment")
    evidence = books.rows("select evidence from signature_check where receipt_number = %s", receipt_number)[0]
    assert [each["kind"] for each in evidence["evidence"]["revocation"]] == ["crl"]


@pytest.mark.parametrize("lie", ["garbage", "stale"])
def test_answers_that_prove_nothing_are_not_good(neighbours: Neighbours, meet: Meet, books: Books, lie: str) -> None:
    taro = meet(TARO)
    neighbours.pki("ocsp", lie)
    neighbours.pki("crl", lie)

    receipt_number = taro.apply(CERTIFICATE, certificate())

    waiting(taro, receipt_number, "signature", "revocation_unknown")
    assert books.of_case(receipt_number)["signature_check"] == 0
    taro.post(f"/api/cases/{receipt_number}/withdrawal")
    taro.await_case(receipt_number, "withdrawn")


def test_nobody_logs_in_on_a_certificate_whose_state_is_unknown(neighbours: Neighbours, meet: Meet) -> None:
    hanako = meet(HANAKO)
    neighbours.pki("ocsp", "down")
    neighbours.pki("crl", "down")
    asked = hanako.post("/api/login-requests", {"language": "ja"})
    request = hanako.asked(asked["id"])
    cms = hanako.sign("authentication", request.content)
    body = {"nonce": request.nonce, "cms": base64.b64encode(cms).decode()}
    answer = hanako.http.post(f"/api/signing-requests/{asked['id']}", json=body)

    assert (answer.status_code, answer.json()["title"]) == (503, "certificate_unknown")
    neighbours.mend()
    assert hanako.http.post(f"/api/signing-requests/{asked['id']}", json=body).is_success, "the same answer still may"


def test_a_case_waits_for_the_register_and_goes_on_when_it_is_back(
    neighbours: Neighbours, meet: Meet, books: Books
) -> None:
    hanako = meet(HANAKO)
    neighbours.register("down", times=50)
    receipt_number = hanako.apply(CERTIFICATE, certificate())
    waiting(hanako, receipt_number, "register", "register_unavailable")

    neighbours.mend()
    books.tell(receipt_number, "retry_now")

    case = hanako.await_case(receipt_number, "awaiting_payment")
    assert actions(case).count("register_checked") == 1
    assert actions(case).count("signature_checked") == 1, "What was done is not done again"


def test_a_register_that_answers_about_somebody_else_is_not_believed(
    neighbours: Neighbours, meet: Meet, books: Books
) -> None:
    hanako = meet(HANAKO)
    neighbours.register("wrong_person", times=50)
    receipt_number = hanako.apply(CERTIFICATE, certificate())
    waiting(hanako, receipt_number, "register", "register_unavailable")

    neighbours.mend()
    books.tell(receipt_number, "retry_now")

    hanako.await_case(receipt_number, "awaiting_payment")
    record = books.rows("select record from register_extract where receipt_number = %s", receipt_number)[0]["record"]
    assert record["person"]["name"] == HANAKO.name


def test_what_the_register_says_otherwise_than_the_certificate_goes_to_the_reviewer(
    neighbours: Neighbours, meet: Meet
) -> None:
    """夢前由美 moved; here her certificate is not revoked until the year 2100."""
    control.revoke(neighbours.layout.pki, "yumi", "signing", at=datetime(2100, 1, 1, tzinfo=UTC))
    yumi, officer = meet(YUMI), meet(OFFICER)

    receipt_number = under_review(yumi)

    task = officer.task_of(receipt_number)
    seen = officer.get(f"/api/tasks/{task['id']}")
    assert task["findings"] == ["register_differs_address"]
    assert seen["differences"] == ["address"]
    assert seen["signer"]["address"] == YUMI.address
    assert seen["registered"]["address"] == YUMI.registered_address
    officer.decide(task, "approve")
    yumi.await_case(receipt_number, "delivered")


def test_a_case_waits_for_the_gateway_and_is_then_charged_once(
    neighbours: Neighbours, meet: Meet, books: Books, ledger: Ledger
) -> None:
    hanako = meet(HANAKO)
    neighbours.gateway("api_error_before", times=100, path="/v1/checkout/sessions")
    receipt_number = hanako.apply(CERTIFICATE, certificate())
    waiting(hanako, receipt_number, "fee", "unreachable")

    neighbours.mend()
    books.tell(receipt_number, "retry_now")

    case = hanako.await_case(receipt_number, "awaiting_payment")
    hanako.pay(case)
    hanako.await_case(receipt_number, "under_review")
    assert [p["status"] for p in case["payments"]] == ["open"]
    assert ledger.of_case(receipt_number)["charged"] == 300


@pytest.mark.parametrize("fault", ["api_error_after", "api_error_stored"])
def test_an_answer_lost_after_the_page_was_opened_opens_one_page_to_pay(
    neighbours: Neighbours, meet: Meet, books: Books, ledger: Ledger, fault: str
) -> None:
    hanako = meet(HANAKO)
    neighbours.gateway(fault, times=1, path="/v1/checkout/sessions")

    case = unpaid(hanako)
    hanako.pay(case)

    hanako.await_case(case["receipt_number"], "under_review")
    assert books.of_case(case["receipt_number"])["payment"] == 1
    assert ledger.of_case(case["receipt_number"])["charged"] == 300


@pytest.mark.parametrize("fault", ["api_error_after", "api_error_stored"])
def test_an_answer_lost_after_a_refund_pays_back_once(
    neighbours: Neighbours, meet: Meet, ledger: Ledger, fault: str
) -> None:
    hanako = meet(HANAKO)
    receipt_number = under_review(hanako)
    neighbours.gateway(fault, times=1, path="/v1/refunds")

    hanako.post(f"/api/cases/{receipt_number}/withdrawal")

    case = hanako.await_case(receipt_number, "withdrawn")
    assert (city_keeps(case), ledger.kept(receipt_number)) == (0, 0)
    assert ledger.of_case(receipt_number)["refunded"] == 300


def test_a_document_is_issued_later_and_never_unsealed_while_no_timestamp_can_be_had(
    neighbours: Neighbours, meet: Meet, books: Books
) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt_number = under_review(hanako)
    neighbours.pki("tsa", "down")
    officer.decide(officer.task_of(receipt_number), "approve")
    waiting(hanako, receipt_number, "issue", "unreachable")
    assert books.of_case(receipt_number)["document"] == 0

    neighbours.mend()
    books.tell(receipt_number, "retry_now")

    case = hanako.await_case(receipt_number, "delivered")
    pdf = hanako.download(case["documents"][0]["id"])
    said = httpx.post(f"{neighbours.layout.public_url}/api/verification", files={"file": ("a.pdf", pdf)}, timeout=30)
    assert said.json()["outcome"] == "valid"
    assert b"/Type /Sig" in pdf or b"/Type/Sig" in pdf


def test_a_withdrawal_reaches_a_case_that_waits_for_a_neighbour(
    neighbours: Neighbours, meet: Meet, newcomer: Newcomer
) -> None:
    hanako = meet(HANAKO)
    neighbours.register("down", times=50)
    receipt_number = hanako.apply(CERTIFICATE, certificate())
    waiting(hanako, receipt_number, "register", "register_unavailable")

    hanako.post(f"/api/cases/{receipt_number}/withdrawal")

    case = hanako.await_case(receipt_number, "withdrawn")
    assert case["payments"] == []

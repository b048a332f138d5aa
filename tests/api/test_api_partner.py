"""スマートシティ共創パートナー登録 by the API: a person logs in, their organisation's certificate signs."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from card.agent.file import FileSigner, open_file
from machine.layout import Layout
from machine.visitor import CounterRefused, Visitor, wait_for
from sandbox.companies import COMPANIES
from sandbox.people import APPROVER, DEPUTY, DIRECTOR, HANAKO, LEGAL, OFFICER
from tests.api.scenes import CERTIFICATE, Books, Newcomer, actions, certificate
from tests.conftest import Meet
from trust.reasons import Reason, sentences

PARTNER = "smart_city_partner"
REVIEW, COUNCIL, LEGAL_CONSENT, APPROVAL = (
    f"digital:partner_{name}" for name in ("review", "council", "legal", "approval")
)


def partner(**changes: object) -> dict[str, object]:
    return {
        "organization_kind": "company",
        "organization_name": "（株）見本データ工房",
        "corporate_number": "5999901000011",
        "office_address": "兵庫県姫路市駅前町一丁目２番地",
        "representative_title": "代表取締役",
        "representative_name": "見本　創",
        "contact_name": "姫路　花子",
        "contact_mail": "partner@example.jp",
        "contact_phone": "079-000-0000",
        "cooperation_fields": ["data", "mobility"],
        "proposal": "バスの乗降データを市と共有し、運行時刻の見直しに役立てます。",
        "no_organized_crime": True,
        "publication": True,
    } | changes


def company(town: Layout, key: str) -> FileSigner:
    """事業者の電子証明書のファイル, opened as its holder opens it."""
    passphrase = next(one.passphrase for one in COMPANIES if one.key == key)
    return open_file((town.pki / "companies" / f"{key}.p12").read_bytes(), passphrase)


def file(visitor: Visitor, signer: FileSigner | None, procedure: str, answers: dict[str, object]) -> str:
    """Fill in, sign with the company's file (None: with the visitor's own card), file; the receipt number."""
    draft_id = visitor.fill_in(procedure, answers)
    asked = visitor.post(f"/api/drafts/{draft_id}/signing-request")
    return visitor.redeem(draft_id, visitor.answer(asked["id"], signer=signer))


def refused(visitor: Visitor, signer: FileSigner | None, procedure: str, answers: dict[str, object]) -> str:
    """What the applicant is told, at once: nothing was filed."""
    with pytest.raises(CounterRefused) as refusal:
        file(visitor, signer, procedure, answers)
    assert (refusal.value.status, refusal.value.problem["title"]) == (422, "certificate_refused")
    return str(refusal.value.problem["detail"])


def reviewed(officer: Visitor, receipt_number: str) -> dict[str, Any]:
    view: dict[str, Any] = officer.get(f"/api/tasks/{officer.task_of(receipt_number)['id']}")
    return view


def free_task(officer: Visitor, receipt_number: str) -> dict[str, Any]:
    """A seat nobody has taken: a level with a quorum has several."""

    def look() -> list[dict[str, Any]]:
        found = officer.get(f"/api/tasks?number={receipt_number}")
        return [task for task in found if task["closed_at"] is None and task["assignee"] is None]

    return wait_for(look, bool, "a free seat")[0]


def in_council(hanako: Visitor, town: Layout, reviewer: Visitor) -> str:
    """A registration that waits for the council and for legal consent; its receipt number."""
    receipt_number = file(hanako, company(town, "data_works"), PARTNER, partner())
    reviewer.decide(reviewer.task_of(receipt_number), "approve")
    return receipt_number


def open_steps(books: Books, receipt_number: str) -> list[str]:
    found = "select step from task where receipt_number = %s and closed_at is null order by step, seat"
    return [row["step"] for row in books.rows(found, receipt_number)]


def test_the_council_needs_two_different_people_beside_the_legal_consent(
    meet: Meet, town: Layout, newcomer: Newcomer, books: Books
) -> None:
    hanako, first, both = meet(HANAKO), newcomer(COUNCIL), newcomer(COUNCIL, LEGAL_CONSENT)
    number = in_council(hanako, town, newcomer(REVIEW))
    seat = free_task(first, number)
    assert open_steps(books, number) == ["council", "council", "legal"]
    first.decide(seat, "approve")
    both.decide(next(task for task in both.get(f"/api/tasks?number={number}") if task["step"] == "legal"), "approve")

    for one in (first, both):
        seat = free_task(one, number)
        with pytest.raises(CounterRefused) as refusal:
            one.decide(seat, "approve")
        assert refusal.value.problem["title"] == "duties_not_separated"
        assert one.get(f"/api/tasks/{seat['id']}/approvals")["sealed_before"]
        held = one.get(f"/api/tasks/{seat['id']}")
        one.post(f"/api/tasks/{seat['id']}/release", {"version": held["task_version"]})

    assert open_steps(books, number) == ["council"]
    assert actions(hanako.case(number)).count("approved") == 2, "review and consent; half a council is nobody's news"
    hanako.post(f"/api/cases/{number}/withdrawal")
    hanako.await_case(number, "withdrawn")
    assert open_steps(books, number) == []


def test_one_person_who_decides_two_seats_at_the_same_moment_gets_one(
    meet: Meet, town: Layout, newcomer: Newcomer, books: Books
) -> None:
    hanako, one = meet(HANAKO), newcomer(COUNCIL, LEGAL_CONSENT)
    number = in_council(hanako, town, newcomer(REVIEW))
    free_task(one, number)
    seats = [task for task in one.get(f"/api/tasks?number={number}") if task["closed_at"] is None]
    assert len(seats) == 3
    claimed = [(seat, one.post(f"/api/tasks/{seat['id']}/claim", {"version": seat["task_version"]})) for seat in seats]

    def decide(each: tuple[dict[str, Any], dict[str, Any]]) -> int:
        seat, version = each
        wanted = {**version, "decision": "approve"}
        return one.http.post(f"/api/tasks/{seat['id']}/decision", json=wanted).status_code

    with ThreadPoolExecutor(3) as threads:
        answers = sorted(threads.map(decide, claimed))

    assert answers == [202, 409, 409]
    assert len(open_steps(books, number)) == 2
    hanako.post(f"/api/cases/{number}/withdrawal")


def test_one_who_returns_the_case_ends_the_others_tasks_and_all_decide_anew(
    meet: Meet, town: Layout, newcomer: Newcomer, books: Books
) -> None:
    hanako, reviewer = meet(HANAKO), newcomer(REVIEW)
    first, second, legal = newcomer(COUNCIL), newcomer(COUNCIL), newcomer(LEGAL_CONSENT)
    number = in_council(hanako, town, reviewer)
    first.decide(free_task(first, number), "approve")

    legal.decide(free_task(legal, number), "return", to="review", reason="登記の写しを確かめてください。")

    reviewer.decide(reviewer.task_of(number), "approve")
    for each in (first, second, legal):
        each.decide(free_task(each, number), "approve")
    approver = newcomer(APPROVAL)
    approver.decide(approver.task_of(number), "approve")
    assert hanako.await_case(number, "delivered")["documents"]
    told = books.rows("select outcome from task where receipt_number = %s and round = 1 order by outcome", number)
    assert [row["outcome"] for row in told] == ["approve", "approve", "ended", "return"]


def test_a_company_is_registered_by_its_council_and_gets_its_certificate(
    meet: Meet, town: Layout, books: Books
) -> None:
    hanako, officer, approver = meet(HANAKO), meet(OFFICER), meet(APPROVER)
    council, legal = (meet(DIRECTOR), meet(DEPUTY)), meet(LEGAL)
    receipt_number = file(hanako, company(town, "data_works"), PARTNER, partner())

    view = reviewed(officer, receipt_number)
    assert view["organization"] == {
        "organization": "株式会社見本データ工房",
        "corporate_number": "5999901000011",
        "representative": "見本　創",
        "office": "兵庫県姫路市駅前町一丁目２番地",
    }
    assert (view["signer"], view["findings"], view["signature_outcome"]) == (None, [], "valid")
    officer.decide(officer.task_of(receipt_number), "approve")
    for each in (*council, legal, approver):
        each.decide(free_task(each, receipt_number), "approve")

    case = hanako.await_case(receipt_number, "delivered")
    assert hanako.download(case["documents"][0]["id"]).startswith(b"%PDF-")
    assert "register_checked" not in actions(case)
    kept = books.rows("select facts from signature_check where receipt_number = %s", receipt_number)
    assert kept[0]["facts"]["corporate_number"] == "5999901000011"


@pytest.mark.parametrize(
    ("signer", "changes", "findings"),
    [
        ("data_works", {"corporate_number": "9999905000029"}, ["signer_differs_corporate_number"]),
        ("university", {"corporate_number": "9999905000029"}, ["signer_differs_name"]),
        (
            "surveyors",
            {"organization_name": "見本測量（同）", "corporate_number": "5999903000042"},
            ["signer_differs_corporate_number"],
        ),
    ],
    ids=["another number", "another name", "no number in the certificate"],
)
def test_what_the_certificate_does_not_confirm_is_shown_to_the_officer(
    meet: Meet, town: Layout, signer: str, changes: dict[str, object], findings: list[str]
) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt_number = file(hanako, company(town, signer), PARTNER, partner(**changes))

    assert reviewed(officer, receipt_number)["findings"] == findings
    page = officer.http.get(f"/tasks/{officer.task_of(receipt_number)['id']}").text
    assert "申請した事業者の電子証明書" in page
    assert page.count("相違あり") == len(findings)
    hanako.post(f"/api/cases/{receipt_number}/withdrawal")
    hanako.await_case(receipt_number, "withdrawn")


def test_a_persons_own_card_cannot_sign_for_an_organisation(meet: Meet) -> None:
    told = refused(meet(HANAKO), None, PARTNER, partner())
    assert sentences(Reason.WRONG_CERTIFICATE_KIND, "ja").happened in told


def test_an_organisation_cannot_sign_a_residents_request(meet: Meet, town: Layout) -> None:
    told = refused(meet(HANAKO), company(town, "data_works"), CERTIFICATE, certificate())
    assert sentences(Reason.WRONG_CERTIFICATE_KIND, "ja").happened in told


def test_a_closed_company_cannot_be_registered(meet: Meet, town: Layout) -> None:
    told = refused(meet(HANAKO), company(town, "closed_factory"), PARTNER, partner())
    assert sentences(Reason.REVOKED, "ja").happened in told

"""紙の申請: entered by an officer, identified, paid at the counter, decided by another, handed out."""

from datetime import timedelta

import pytest

from machine.demo import check
from machine.visitor import CounterRefused, Visitor
from sandbox.people import KENJI
from tests.api import paper_scenes as papers
from tests.api.paper_scenes import TODAY, await_case, begin, file, filled, pay, scan, stated
from tests.api.scenes import HIMEJI, PDF, Books, Ledger, Newcomer, actions, allowance, approve_claim, certificate

REVIEW, MAILING = "resident_counter:certificate_review", "resident_counter:mailing"
ALLOWANCE = "child_allowance"


def refused(by: pytest.ExceptionInfo[CounterRefused]) -> tuple[int, str]:
    return by.value.status, by.value.problem["title"]


@pytest.fixture
def entering(newcomer: Newcomer) -> Visitor:
    return newcomer(REVIEW, name="入力　一子")


@pytest.fixture
def reviewer(newcomer: Newcomer) -> Visitor:
    return newcomer(REVIEW, name="審査　二郎")


def test_a_certificate_asked_for_on_paper_is_paid_in_cash_decided_by_a_colleague_and_handed_out(
    entering: Visitor, reviewer: Visitor, books: Books, ledger: Ledger
) -> None:
    number = file(entering, filled(entering, certificate(), days_ago=3))
    waiting = await_case(entering, number, "awaiting_payment")
    assert (waiting["turns"], waiting["fee"]) == (["payment"], 300)
    assert waiting["case"]["arrival"] == "counter"
    assert waiting["paper"]["received_on"] == (TODAY - timedelta(days=3)).isoformat()
    pay(entering, number, 300)
    await_case(entering, number, "under_review")

    task = reviewer.get(f"/api/tasks/{reviewer.task_of(number)['id']}")
    assert (task["arrival"], task["signer"], task["signature_outcome"]) == ("counter", None, None)
    assert task["paper"]["stated"]["name"] == "姫路　花子"
    assert task["paper"]["identity_check"]["proofs"] == ["driving_licence"]
    assert (task["paper"]["entered_by_name"], task["paper"]["checked_by_name"]) == ("入力　一子", "入力　一子")
    (shown,) = task["paper"]["scans"]
    assert [(each["id"], each["field"]) for each in task["attachments"]] == [(shown["id"], "paper_scan")]
    assert reviewer.http.get(f"/api/tasks/{task['id']}/attachments/{shown['id']}").content == PDF
    with pytest.raises(CounterRefused) as by:
        entering.decide(entering.task_of(number), "approve")
    assert refused(by) == (409, "entered_by_oneself")
    assert entering.get(f"/api/tasks/{task['id']}")["paper"]["entered_by_reader"]
    held = entering.get(f"/api/tasks/{task['id']}")
    entering.post(f"/api/tasks/{task['id']}/release", {"version": held["task_version"]})

    reviewer.decide(reviewer.task_of(number), "approve")
    await_case(entering, number, "handing_out")
    to_hand_out = entering.task_of(number)
    assert to_hand_out["kind"] == "deliver"
    (document,) = entering.get(f"/api/tasks/{to_hand_out['id']}")["documents"]
    pdf = entering.http.get(f"/api/tasks/{to_hand_out['id']}/documents/{document['id']}").content
    assert check(books.layout, pdf).valid
    with pytest.raises(CounterRefused) as by:
        entering.decide(to_hand_out, "hand_out")
    assert refused(by) == (422, "how_handed_out_required")
    held = entering.get(f"/api/tasks/{to_hand_out['id']}")
    entering.decide(held, "hand_out", how="in_person")

    done = await_case(entering, number, "delivered")
    assert done["case"]["documents"][0]["delivered_at"] is not None
    said = actions(reviewer.get(f"/api/tasks/{task['id']}"))
    assert said[0] == "entered_on_paper"
    assert {"payment_received", "register_checked", "document_printed", "handed_out"} <= set(said)
    assert "signature_checked" not in said
    counts = books.of_case(number)
    assert (counts["signature_check"], counts["notice"], counts["payment"]) == (0, 0, 1)
    assert ledger.of_case(number)["charges"] == []
    stages = {stage["step"]: stage["state"] for stage in done["case"]["stages"]}
    assert "signature" not in stages
    assert (stages["register"], stages["deliver"]) == ("done", "done")
    assert entering.get(f"/api/paper/cases/{number}/receipt")["lines"][0]["method"] == "cash"


def test_a_claim_with_approval_levels_goes_through_all_of_them(newcomer: Newcomer) -> None:
    entering, head = newcomer("children:allowance_review"), newcomer("children:allowance_approval")
    department = newcomer("children:allowance_department", "children:allowance_review")
    number = file(entering, filled(entering, allowance(3), ALLOWANCE, arrival="post"))

    await_case(entering, number, "under_review")
    approve_claim(entering, number)
    head.decide(head.task_of(number), "approve")
    department.decide(department.task_of(number), "approve")
    await_case(entering, number, "handing_out")
    entering.decide(entering.task_of(number), "hand_out", how="post")

    done = await_case(entering, number, "delivered")
    handed = next(line for line in done["case"]["timeline"] if line["action"] == "handed_out")
    assert handed["facts"] == {"how": "post"}


def test_who_entered_the_paper_seals_no_approval_of_it(newcomer: Newcomer) -> None:
    both = newcomer("children:allowance_review", "children:allowance_approval")
    other = newcomer("children:allowance_review")
    number = file(both, filled(both, allowance(1), ALLOWANCE))
    await_case(both, number, "under_review")
    approve_claim(other, number)

    with pytest.raises(CounterRefused) as by:
        both.decide(both.task_of(number), "approve")

    assert refused(by) == (409, "entered_by_oneself")


def test_a_certificate_that_is_posted_goes_the_way_of_every_posted_one(
    entering: Visitor, reviewer: Visitor, newcomer: Newcomer
) -> None:
    post = newcomer(MAILING)
    number = file(post, filled(post, certificate(delivery="post", copies=2), arrival="post"))
    await_case(post, number, "awaiting_payment")
    pay(post, number, 710, "money_order")
    await_case(post, number, "under_review")
    reviewer.decide(reviewer.task_of(number), "approve")
    await_case(post, number, "mailing")
    task = post.task_of(number)
    (document,) = post.get(f"/api/tasks/{task['id']}")["documents"]
    assert post.http.get(f"/api/tasks/{task['id']}/documents/{document['id']}").content.startswith(b"%PDF-")
    post.decide(task, "dispatch", tracking_number="1234-5678-9012")
    assert await_case(post, number, "delivered")["case"]["tracking_number"] == "1234-5678-9012"


# --- money ------------------------------------------------------------------------------------------------------------


def test_only_the_very_fee_is_taken_and_only_once(entering: Visitor, reviewer: Visitor) -> None:
    number = file(entering, filled(entering, certificate(copies=2)))
    await_case(entering, number, "awaiting_payment")
    with pytest.raises(CounterRefused) as by:
        pay(entering, number, 300)
    assert refused(by) == (422, "fee_differs")
    pay(entering, number, 600)
    with pytest.raises(CounterRefused) as by:
        pay(reviewer, number, 600)
    assert refused(by) == (409, "nothing_to_receive")


def test_what_was_paid_in_person_is_given_back_by_hand_and_the_gateway_is_not_asked(
    entering: Visitor, reviewer: Visitor, ledger: Ledger, books: Books
) -> None:
    number = file(entering, filled(entering, certificate()))
    await_case(entering, number, "awaiting_payment")
    pay(entering, number, 300)
    await_case(entering, number, "under_review")
    reviewer.decide(reviewer.task_of(number), "reject", reason="本人の意思を確認できないため。")

    closed = await_case(entering, number, "rejected")
    assert (closed["refund_due"], closed["turns"]) == (300, ["tell", "refund"])
    assert number in {line["receipt_number"] for line in entering.get("/api/paper/cases")}
    with pytest.raises(CounterRefused) as by:
        entering.post(f"/api/paper/cases/{number}/refund", {"amount": 100, "how": "cash"})
    assert refused(by) == (422, "fee_differs")
    paid_back = entering.post(f"/api/paper/cases/{number}/refund", {"amount": 300, "how": "cash"})
    assert (paid_back["refund_due"], paid_back["case"]["payments"][0]["refunded"]) == (0, 300)
    with pytest.raises(CounterRefused) as by:
        entering.post(f"/api/paper/cases/{number}/refund", {"amount": 300, "how": "cash"})
    assert refused(by) == (409, "nothing_to_pay_back")

    (notice,) = closed["paper"]["notices"]
    told = entering.post(f"/api/paper/cases/{number}/notices/{notice['id']}", {"how": "letter"})
    assert told["turns"] == []
    assert number not in {line["receipt_number"] for line in entering.get("/api/paper/cases")}
    assert ledger.of_case(number)["charges"] == []
    assert books.rows("select status from payment where receipt_number = %s", number) == [{"status": "refunded"}]


# --- whose it is ------------------------------------------------------------------------------------------------------


def test_a_misread_name_waits_for_the_officer_and_goes_on_when_it_is_put_right(entering: Visitor) -> None:
    draft_id = filled(entering, certificate())
    wrong = {"stated": stated(name="姫路　華子", birth_date="1990-04-21"), "identity_check": papers.LICENCE}
    entering.put(f"/api/paper/drafts/{draft_id}/identity", wrong)
    number = file(entering, draft_id)

    waiting = await_case(entering, number, "awaiting_neighbour")
    assert (waiting["turns"], waiting["case"]["reason"]) == (["person"], "not_in_register")
    entering.put(f"/api/paper/cases/{number}/person", stated())
    found = await_case(entering, number, "awaiting_payment")
    assert found["paper"]["stated"]["name"] == "姫路　花子"
    with pytest.raises(CounterRefused) as by:
        entering.put(f"/api/paper/cases/{number}/person", stated())
    assert refused(by) == (409, "person_settled")


def test_who_is_really_not_in_the_register_is_refused_once_an_officer_says_so(entering: Visitor) -> None:
    draft_id = filled(entering, certificate())
    nobody = {"stated": stated(name="但馬　どこか", birth_date="1950-01-01"), "identity_check": papers.LICENCE}
    entering.put(f"/api/paper/drafts/{draft_id}/identity", nobody)
    number = file(entering, draft_id)
    await_case(entering, number, "awaiting_neighbour")

    entering.post(f"/api/paper/cases/{number}/absence")

    closed = await_case(entering, number, "rejected")
    assert closed["case"]["reason"] == "not_in_register"


@pytest.mark.parametrize(
    ("proofs", "enough"),
    [
        (["my_number_card"], True), (["residence_card"], True), (["health_insurance", "pension"], True),
        (["health_insurance", "bank_book"], True), (["health_insurance"], False), ([], False),
        (["bank_book", "student_card"], False), (["bank_book", "bank_book"], False), (["library_card"], False),
    ],
)  # fmt: skip
def test_an_identity_is_made_sure_of_by_one_document_with_a_photograph_or_two_others(
    entering: Visitor, proofs: list[str], enough: bool
) -> None:
    draft_id = begin(entering)
    said = {"stated": stated(), "identity_check": {"proofs": proofs, "proxy": None}}
    answer = entering.http.put(f"/api/paper/drafts/{draft_id}/identity", json=said)
    assert (answer.status_code == 200) == enough
    if not enough:
        unknown = not proofs or "library_card" in proofs
        assert answer.json()["title"] == ("malformed" if unknown else "proofs_insufficient")


def test_a_proxy_is_named_with_what_authorises_them_and_no_number_is_kept(entering: Visitor, books: Books) -> None:
    draft_id = begin(entering)
    proxy = {"name": "姫路　太郎", "authority": "letter_of_attorney"}
    check = {"proofs": ["passport"], "proxy": proxy}
    saved = entering.put(f"/api/paper/drafts/{draft_id}/identity", {"stated": stated(), "identity_check": check})
    assert saved["identity_check"] == check | {"card": None}
    numbered = {"stated": stated(), "identity_check": check | {"number": "123456789012"}}
    assert entering.http.put(f"/api/paper/drafts/{draft_id}/identity", json=numbered).status_code == 422
    born = {"stated": stated(birth_date=(TODAY + timedelta(days=1)).isoformat()), "identity_check": check}
    refusal = entering.http.put(f"/api/paper/drafts/{draft_id}/identity", json=born)
    assert (refusal.status_code, refusal.json()["title"]) == (422, "stated_incomplete")


def test_the_person_on_the_paper_answers_the_questions_about_them(newcomer: Newcomer) -> None:
    officer = newcomer("children:allowance_review")
    draft_id = begin(officer, ALLOWANCE)
    said = {"stated": stated(KENJI), "identity_check": papers.LICENCE}
    draft = officer.put(f"/api/paper/drafts/{draft_id}/identity", said)["draft"]
    assert (draft["answers"]["name"], draft["answers"]["name_kana"]) == ("網干　健二", "アボシ　ケンジ")
    assert set(draft["prefilled"].values()) == {"paper"}


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"received_on": (TODAY + timedelta(days=1)).isoformat()}, 422, "received_in_the_future"),
        ({"received_on": (TODAY - timedelta(days=61)).isoformat()}, 422, "received_too_long_ago"),
        ({"procedure": "nothing_like_it"}, 404, "not_found"),
        ({"procedure": "cancer_screening"}, 404, "not_found"),
        ({"procedure": "happy_pass"}, 409, "not_on_paper"),
        ({"arrival": "telephone"}, 422, "malformed"),
        ({"arrival": "online"}, 422, "malformed"),
    ],
)
def test_a_paper_that_cannot_have_come_is_refused(
    newcomer: Newcomer, changes: dict[str, object], status: int, code: str
) -> None:
    officer = newcomer(REVIEW, "resident_counter:points_review")
    with pytest.raises(CounterRefused) as by:
        begin(officer, **changes)  # type: ignore[arg-type]
    assert refused(by) == (status, code)


def test_nothing_is_filed_without_a_scan_an_identity_and_all_answers(entering: Visitor) -> None:
    draft_id = begin(entering)
    lacking = entering.get(f"/api/paper/drafts/{draft_id}")
    assert lacking["missing"] == ["identity", "scan", "answers"]
    for path, body, code in (
        ("identity", {"stated": stated(), "identity_check": papers.LICENCE}, "identity_unchecked"),
        (None, None, "scan_missing"),
        ("answers", {"answers": certificate()}, "answers_incomplete"),
    ):
        with pytest.raises(CounterRefused) as by:
            file(entering, draft_id)
        assert refused(by) == (422, code)
        if path is not None:
            entering.put(f"/api/paper/drafts/{draft_id}/{path}", body or {})
        else:
            scan(entering, draft_id)
    number = file(entering, draft_id)
    assert file(entering, draft_id) == number


def test_a_scan_is_examined_like_every_file(entering: Visitor) -> None:
    draft_id = begin(entering)
    for data, code in ((b"MZ\x90 no picture", "attachment_refused"), (PDF[:200], "file_broken")):
        with pytest.raises(CounterRefused) as by:
            scan(entering, draft_id, data)
        assert refused(by)[1] == code
    with pytest.raises(CounterRefused) as by:
        scan(entering, draft_id, field="scan_of_another_form")
    assert refused(by)[1] == "attachment_refused"
    assert entering.get(f"/api/paper/drafts/{draft_id}")["scans"] == []


def test_a_resident_has_no_scan_of_a_paper(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft = resident.post("/api/drafts", {"procedure": "cancer_screening", "language": "ja"})
    with pytest.raises(CounterRefused) as by:
        resident.attach(draft["id"], "paper_scan", "a.pdf", PDF)
    assert refused(by)[1] == "attachment_refused"


def test_a_paper_is_the_business_of_its_counter_alone(entering: Visitor, newcomer: Newcomer) -> None:
    draft_id = filled(entering, certificate())
    strangers = (newcomer("health:health_review"), newcomer("other_office:certificate_review"), newcomer("auditor"))
    for stranger in strangers:
        assert stranger.http.get(f"/api/paper/drafts/{draft_id}").status_code == 404
        assert stranger.http.post(f"/api/paper/drafts/{draft_id}/submission").status_code == 404
        assert all(line["id"] != draft_id for line in stranger.get("/api/paper/drafts"))
    assert newcomer().http.get(f"/api/paper/drafts/{draft_id}").status_code == 403
    number = file(entering, draft_id)
    for stranger in strangers:
        assert stranger.http.get(f"/api/paper/cases/{number}").status_code == 404
        assert all(line["receipt_number"] != number for line in stranger.get("/api/paper/cases"))
    await_case(entering, number, "awaiting_payment")
    with pytest.raises(CounterRefused) as by:
        pay(strangers[0], number, 300)
    assert refused(by) == (404, "not_found")


def test_an_account_of_a_paper_logs_nobody_in_and_is_told_nothing(entering: Visitor, books: Books) -> None:
    number = file(entering, filled(entering, certificate()))
    await_case(entering, number, "awaiting_payment")
    (row,) = books.rows("select account_id from case_file where receipt_number = %s", number)
    for table in ("credential", "session", "contact", "notice", "push_subscription"):
        assert books.rows(f"select 1 from {table} where account_id = %s", row["account_id"]) == []
    assert entering.http.get(f"/api/cases/{number}").status_code == 404
    assert number not in {line["receipt_number"] for line in entering.get("/api/cases")}


def test_what_is_thrown_away_leaves_nothing_of_the_person(entering: Visitor, books: Books) -> None:
    draft_id = filled(entering, certificate())
    (row,) = books.rows("select account_id from draft where id = %s", draft_id)
    entering.http.delete(f"/api/paper/drafts/{draft_id}").raise_for_status()
    assert books.rows("select 1 from paper_filing where account_id = %s", row["account_id"]) == []
    assert books.rows("select 1 from attachment where draft_id = %s", draft_id) == []
    (gone,) = books.rows("select closed_at from account where id = %s", row["account_id"])
    assert gone["closed_at"] is not None


def test_who_is_not_entitled_is_told_so_by_a_decision_not_at_the_counter(newcomer: Newcomer) -> None:
    officer = newcomer("children:allowance_review")
    number = file(officer, filled(officer, allowance(1, occupation="public_servant"), ALLOWANCE))
    await_case(officer, number, "under_review")
    assert officer.task_of(number)["findings"] == ["not_entitled"]


# --- one call, corrections, withdrawal --------------------------------------------------------------------------------


def test_a_paper_that_was_read_already_is_entered_in_one_call(entering: Visitor) -> None:
    files = {"file": ("scan.pdf", PDF)}
    answer = entering.http.post("/api/paper/cases", data=papers.whole(certificate()), files=files)
    assert answer.status_code == 201, answer.text
    await_case(entering, answer.json()["receipt_number"], "awaiting_payment")

    half = entering.http.post("/api/paper/cases", data=papers.whole({"kind": "individual"}), files=files).json()
    assert half["receipt_number"] is None
    assert half["draft"]["missing"] == ["answers"]

    refusal = entering.http.post("/api/paper/cases", data=papers.whole(certificate()), files={"file": ("x", b"MZ")})
    assert refusal.json()["title"] == "attachment_refused"
    before = len(entering.get("/api/paper/drafts"))
    entering.http.post("/api/paper/cases", data=papers.whole(certificate()), files={"file": ("x", b"MZ")})
    assert len(entering.get("/api/paper/drafts")) == before


def test_the_reply_to_a_correction_comes_on_paper_too(entering: Visitor, reviewer: Visitor) -> None:
    number = file(entering, filled(entering, certificate(), days_ago=5))
    await_case(entering, number, "awaiting_payment")
    pay(entering, number, 300)
    await_case(entering, number, "under_review")
    reviewer.decide(reviewer.task_of(number), "send_back", marks={"purpose": "使いみちの欄が空いています。"})
    waiting = await_case(entering, number, "awaiting_correction")
    assert waiting["turns"] == ["correction", "tell"]

    draft = entering.post(f"/api/paper/cases/{number}/correction")
    draft_id, answers = draft["draft"]["id"], draft["draft"]["answers"]
    assert draft["missing"] == ["scan"]
    assert draft["draft"]["received_on"] == (TODAY - timedelta(days=5)).isoformat()
    entering.put(f"/api/paper/drafts/{draft_id}/answers", {"answers": answers | {"purpose": "licence"}})
    with pytest.raises(CounterRefused) as by:
        file(entering, draft_id)
    assert refused(by) == (422, "scan_missing")
    scan(entering, draft_id, PDF.replace(b"9 9", b"8 8"), "回答.pdf")
    assert file(entering, draft_id) == number

    again = await_case(reviewer, number, "under_review")
    assert again["case"]["answers"]["purpose"] == "licence"
    assert [each["name"] for each in again["paper"]["scans"]] == ["申請書.pdf", "回答.pdf"]
    reviewer.decide(reviewer.task_of(number), "approve")
    await_case(entering, number, "handing_out")


def test_a_withdrawal_by_letter_is_entered_by_an_officer(entering: Visitor) -> None:
    number = file(entering, filled(entering, certificate()))
    await_case(entering, number, "awaiting_payment")
    entering.post(f"/api/paper/cases/{number}/withdrawal")
    closed = await_case(entering, number, "withdrawn")
    assert closed["turns"] == []
    asked = next(line for line in closed["case"]["timeline"] if line["action"] == "withdrawal_requested")
    assert asked["actor"] == "officer"


def test_a_message_to_somebody_without_a_portal_is_refused(entering: Visitor) -> None:
    number = file(entering, filled(entering, certificate()))
    await_case(entering, number, "awaiting_payment")
    answer = entering.http.post(f"/api/inbox/cases/{number}/messages", data={"body": "お電話ください。"})
    assert answer.json()["title"] == "resident_without_portal"
    assert not entering.get(f"/api/inbox/cases/{number}/messages")["may_write"]


def test_the_municipality_of_a_paper_is_the_officers(entering: Visitor, books: Books) -> None:
    draft_id = begin(entering)
    (row,) = books.rows(
        "select p.municipality from paper_filing p join draft d using (account_id) where d.id = %s", draft_id
    )
    assert row["municipality"] == HIMEJI

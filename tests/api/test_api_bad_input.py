"""不正な入力: whatever is sent to a draft is refused with a sentence, or kept as the text it is; nothing falls over."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from machine.visitor import Visitor
from tests.api.scenes import CERTIFICATE, SCREENING, Books, Newcomer, certificate, screening

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "${jndi:ldap://x/a}",
    "'; drop table case_file; --",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\\x00\\u0000",
    "‮逆さま",
    "𠮷野家 👨‍👩‍👧",
)


def draft_of(resident: Visitor, procedure: str = CERTIFICATE) -> str:
    return str(resident.post("/api/drafts", {"procedure": procedure, "language": "ja"})["id"])


def put(resident: Visitor, draft_id: str, body: bytes) -> httpx.Response:
    headers = {"content-type": "application/json"}
    return resident.http.put(f"/api/drafts/{draft_id}/answers", content=body, headers=headers)


def problems(resident: Visitor, draft_id: str, answers: dict[str, object]) -> dict[str, str]:
    saved = resident.put(f"/api/drafts/{draft_id}/answers", {"answers": answers})
    return {p["field"]: p["code"] for p in saved["problems"]}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe\x00", b'{"answers": []}', b'{"answers": null}',
        b'{"answers": {}, "account_id": "x"}', b'{"answer": {}}',
        json.dumps({"answers": {f"f{n}": 1 for n in range(301)}}).encode(),
        b'{"answers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"answers": {"copies": ' + b"9" * 5000 + b"}}",
    ],
    ids=lambda body: repr(body[:24]),
)  # fmt: skip
def test_what_is_no_set_of_answers_is_refused_and_the_draft_stays(
    newcomer: Newcomer, books: Books, body: bytes
) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)
    before = books.of_draft(draft_id)

    answer = put(resident, draft_id, body)

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert books.of_draft(draft_id) == before


@pytest.mark.parametrize(
    "copies",
    [b"NaN", b"Infinity", b"-Infinity", b"1e400", b'"\\ud800"', b'"\\u0000"', b"[" * 400 + b"]" * 400,
     b'{"a": ' * 400 + b"1" + b"}" * 400, b"true", b"1.5", b"-1", b'"=1+1"', b"9" * 400, b'"' + b"9" * 30_000 + b'"'],
    ids=lambda value: repr(value[:12]),
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_a_mistake_of_its_field_never_an_error_of_ours(
    newcomer: Newcomer, copies: bytes
) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)

    answer = put(resident, draft_id, b'{"answers": {"copies": ' + copies + b"}}")

    assert answer.status_code in (200, 400, 422), answer.text
    if answer.status_code == 200:
        assert "copies" in {p["field"] for p in answer.json()["problems"]}
        assert resident.get(f"/api/drafts/{draft_id}")
    filed = resident.http.post(f"/api/drafts/{draft_id}/signing-request")
    assert (filed.status_code, filed.json()["title"]) == (422, "answers_incomplete")


def test_answers_nobody_asked_for_are_named_and_cannot_be_filed(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = draft_of(resident, SCREENING)

    found = problems(resident, draft_id, screening(fee=0, is_officer=True, __proto__="x"))

    assert found == {"fee": "unknown_field", "is_officer": "unknown_field", "__proto__": "unknown_field"}
    assert resident.http.post(f"/api/drafts/{draft_id}/submission").status_code == 422
    assert books.of_draft(draft_id)["submissions"] == 0


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_and_formulas_in_a_text_come_back_as_the_text_they_are(newcomer: Newcomer, hostile: str) -> None:
    resident = newcomer()
    draft_id = draft_of(resident, SCREENING)

    resident.put(f"/api/drafts/{draft_id}/answers", {"answers": screening(name=hostile, notes=hostile)})

    kept = resident.get(f"/api/drafts/{draft_id}")["answers"]
    assert (kept["name"], kept["notes"]) == (hostile, hostile)


def test_a_hostile_name_goes_all_the_way_to_the_officer_and_into_the_document_as_text(newcomer: Newcomer) -> None:
    resident, officer = newcomer(), newcomer("health_review")
    hostile = "=1+1<b onclick=x>{{ 7*7 }}"
    receipt_number = resident.submit(resident.fill_in(SCREENING, screening(name=hostile)))
    task = officer.task_of(receipt_number)

    assert officer.get(f"/api/tasks/{task['id']}")["answers"]["name"] == hostile
    officer.decide(task, "approve")
    case = resident.await_case(receipt_number, "delivered")
    assert case["answers"]["name"] == hostile


def test_choices_and_patterns_hold_against_injection(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)

    for hostile in HOSTILE:
        found = problems(
            resident, draft_id, certificate(kind=hostile, purpose=hostile, delivery=hostile, phone=hostile)
        )
        assert {"kind", "purpose", "delivery", "phone"} <= set(found), hostile


def test_a_form_larger_than_allowed_is_refused_however_it_is_sent(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)
    before = books.of_draft(draft_id)
    huge = b'{"answers": {"phone": "' + b"9" * 11_000_000 + b'"}}'

    whole = put(resident, draft_id, huge)
    pieces = resident.http.put(
        f"/api/drafts/{draft_id}/answers",
        content=(huge[at : at + 1_000_000] for at in range(0, len(huge), 1_000_000)),
        headers={"content-type": "application/json"},
    )

    for answer in (whole, pieces):
        assert (answer.status_code, answer.json()["title"]) == (413, "too_large")
    assert books.of_draft(draft_id) == before


@pytest.mark.parametrize(
    "path",
    [
        "/api/cases/%00", "/api/cases/%F0%9F%98%80", "/api/cases/" + "9" * 3000, "/api/cases/..%2f..%2fetc",
        "/api/drafts/not-a-number", "/api/drafts/%00", "/api/documents/1", "/api/procedures/%00",
        "/api/verification/%00", "/api/verification/" + "A" * 3000, "/api/signing-requests/x",
        "/api/tasks?function=%00",
    ],
)  # fmt: skip
def test_addresses_that_are_none_lead_nowhere(newcomer: Newcomer, path: str) -> None:
    officer = newcomer("health_review")

    answer = officer.http.get(path)

    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_double_click_on_submit_opens_one_case(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = resident.fill_in(SCREENING, screening())

    with ThreadPoolExecutor(4) as pool:
        filed = list(pool.map(lambda _: resident.http.post(f"/api/drafts/{draft_id}/submission"), range(4)))

    assert {f.status_code for f in filed} == {201}
    (receipt_number,) = {f.json()["receipt_number"] for f in filed}
    assert books.of_draft(draft_id)["submissions"] == 1
    resident.await_case(receipt_number, "under_review")
    assert books.of_case(receipt_number)["task"] == 1


def test_what_was_filed_can_no_longer_be_changed(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = resident.fill_in(SCREENING, screening())
    resident.submit(draft_id)
    before = books.of_draft(draft_id)

    changed = resident.http.put(f"/api/drafts/{draft_id}/answers", json={"answers": screening(clinic="south")})

    assert (changed.status_code, changed.json()["title"]) == (409, "draft_filed")
    assert books.of_draft(draft_id) == before


def test_mistakes_are_named_by_their_place_whatever_their_names_are(newcomer: Newcomer) -> None:
    resident = newcomer()
    odd = {"\u0019line\r\nbreak": 1, "procedure": 5}

    answer = resident.http.post("/api/drafts", json=odd)

    assert (answer.status_code, answer.json()["title"]) == (422, "malformed")
    assert "body.procedure" in answer.json()["places"]
    assert "body.\u0019line\r\nbreak" in answer.json()["places"]

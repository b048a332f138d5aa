"""署名要求: answered once, by the card, over exactly these bytes; anything else leaves nothing behind."""

import base64
import json

import pytest

from card.agent.request import SigningRequest
from machine.layout import Layout
from machine.visitor import CounterRefused, Visitor
from procedures.texts import LANGUAGES
from sandbox.people import HANAKO, KENJI, OFFICER, TARO, YUMI
from tests.api.scenes import CERTIFICATE, SCREENING, Books, certificate, delivered, screening
from tests.conftest import Meet
from trust.reasons import Reason, sentences


def asked(visitor: Visitor) -> tuple[str, SigningRequest]:
    """A draft and the request to sign it."""
    draft_id = visitor.fill_in(CERTIFICATE, certificate())
    request_id = visitor.post(f"/api/drafts/{draft_id}/signing-request")["id"]
    return draft_id, visitor.asked(request_id)


def send(visitor: Visitor, request: SigningRequest, cms: bytes, nonce: str | None = None) -> tuple[int, str]:
    body = {"nonce": nonce or request.nonce, "cms": base64.b64encode(cms).decode()}
    answer = visitor.http.post(f"/api/signing-requests/{request.id}", json=body)
    return answer.status_code, "" if answer.is_success else answer.json()["title"]


def unfiled(books: Books, draft_id: str) -> bool:
    found = books.of_draft(draft_id)
    return (found["submissions"], found["receipt_number"]) == (0, None)


def untouched(books: Books, draft_id: str) -> bool:
    found = books.of_draft(draft_id)
    return (found["submissions"], found["signed"], found["receipt_number"]) == (0, 0, None)


def test_a_signature_over_other_bytes_is_refused_and_nothing_is_filed(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    draft_id, request = asked(hanako)
    cheaper = request.content.replace(b'"copies":1', b'"copies":2')
    assert cheaper != request.content

    assert send(hanako, request, hanako.sign("signing", cheaper)) == (422, "certificate_refused")
    assert untouched(books, draft_id)
    assert send(hanako, request, hanako.sign("signing", request.content))[0] == 200, "the right bytes still may"


@pytest.mark.parametrize(
    "cms", [b"", b"\x30\x80", b"nonsense" * 100, b"\x30\x84\xff\xff\xff\xff"], ids=lambda cms: repr(cms[:8])
)
def test_what_is_no_signature_is_refused(meet: Meet, books: Books, cms: bytes) -> None:
    hanako = meet(HANAKO)
    draft_id, request = asked(hanako)

    assert send(hanako, request, cms)[0] == 422
    assert untouched(books, draft_id)


def test_a_damaged_signature_is_refused(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    draft_id, request = asked(hanako)
    cms = bytearray(hanako.sign("signing", request.content))
    cms[-20] ^= 1

    assert send(hanako, request, bytes(cms)) == (422, "certificate_refused")
    assert untouched(books, draft_id)


def test_a_signing_request_is_used_once(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    draft_id, request = asked(hanako)
    return_url = hanako.answer(request.id)

    assert send(hanako, request, hanako.sign("signing", request.content)) == (410, "signing_request_gone")
    assert hanako.http.get(f"/api/signing-requests/{request.id}").status_code == 410
    assert unfiled(books, draft_id), "nothing is filed before the browser that asked is back"
    receipt_number = hanako.redeem(draft_id, return_url)
    assert hanako.redeem(draft_id, return_url) == receipt_number, "a page loaded twice finds the same case"
    assert books.of_draft(draft_id)["submissions"] == 1


def test_a_card_tricked_into_signing_a_strangers_request_files_nothing(meet: Meet, books: Books) -> None:
    stranger, hanako = meet(TARO), meet(HANAKO)
    draft_id, request = asked(stranger)
    given_to_hanako = hanako.answer(request.id)

    for visitor, return_url in ((hanako, given_to_hanako), (stranger, f"/drafts/{draft_id}/signed/{request.id}")):
        with pytest.raises(CounterRefused) as refusal:
            visitor.redeem(draft_id, return_url)
        assert refusal.value.status in (404, 410)
    assert unfiled(books, draft_id)


def test_of_two_requests_for_one_draft_the_second_finds_it_filed(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    draft_id, first = asked(hanako)
    second_id = hanako.post(f"/api/drafts/{draft_id}/signing-request")["id"]
    second = hanako.asked(second_id)
    assert first.nonce != second.nonce
    receipt_number = hanako.redeem(draft_id, hanako.answer(first.id))

    assert hanako.redeem(draft_id, hanako.answer(second.id)) == receipt_number
    assert books.of_draft(draft_id)["submissions"] == 1


def test_a_nonce_of_another_request_is_refused(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    _, earlier = asked(hanako)
    draft_id, request = asked(hanako)
    cms = hanako.sign("signing", request.content)

    assert send(hanako, request, cms, nonce=earlier.nonce) == (410, "signing_request_gone")
    replayed = hanako.sign("signing", earlier.content)
    assert send(hanako, request, replayed) == (422, "certificate_refused"), "signed bytes of another request"
    assert untouched(books, draft_id)


def test_a_signing_request_that_ran_out_is_gone(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    draft_id, request = asked(hanako)
    cms = hanako.sign("signing", request.content)
    books.write("update signing_request set expires_at = now() where id = %s", request.id)

    assert send(hanako, request, cms) == (410, "signing_request_gone")
    assert untouched(books, draft_id)


def test_a_login_certificate_does_not_sign_an_application(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    draft_id, request = asked(hanako)

    cms = hanako.sign("authentication", request.content)

    assert send(hanako, request, cms) == (422, "certificate_refused")
    assert untouched(books, draft_id)


def test_a_certificate_revoked_by_a_move_is_refused_while_signing_in_the_readers_language(
    meet: Meet, books: Books
) -> None:
    yumi = meet(YUMI)
    draft_id, request = asked(yumi)
    body = {"nonce": request.nonce, "cms": base64.b64encode(yumi.sign("signing", request.content)).decode()}

    for language in LANGUAGES:
        answer = yumi.http.post(
            f"/api/signing-requests/{request.id}", json=body, headers={"Accept-Language": f"fr, {language};q=0.9"}
        )
        assert answer.status_code == 422
        assert answer.json()["detail"] == "".join(sentences(Reason.REVOKED, language)) or (
            answer.json()["detail"] == " ".join(sentences(Reason.REVOKED, language))
        )
    assert untouched(books, draft_id), "nobody gets a receipt number, and then a rejection, for what was known before"


def test_answers_changed_after_asking_are_not_what_was_signed(meet: Meet, books: Books) -> None:
    hanako = meet(HANAKO)
    draft_id, request = asked(hanako)
    hanako.put(f"/api/drafts/{draft_id}/answers", {"answers": certificate(copies=5)})

    path = hanako.answer(request.id)

    filed = hanako.case(hanako.redeem(draft_id, path))
    assert filed["answers"]["copies"] == json.loads(request.content)["answers"]["copies"] == 1, "as it was signed"


def test_drafts_and_cases_of_another_person_do_not_exist(meet: Meet, books: Books) -> None:
    hanako, taro = meet(HANAKO), meet(TARO)
    draft_id, _ = asked(hanako)
    receipt_number = hanako.submit(hanako.fill_in(SCREENING, screening()))
    before = books.of_case(receipt_number)

    for method, path, body in (
        ("GET", f"/api/drafts/{draft_id}", None),
        ("PUT", f"/api/drafts/{draft_id}/answers", {"answers": {}}),
        ("POST", f"/api/drafts/{draft_id}/submission", None),
        ("POST", f"/api/drafts/{draft_id}/signing-request", None),
        ("GET", f"/api/cases/{receipt_number}", None),
        ("POST", f"/api/cases/{receipt_number}/withdrawal", None),
        ("POST", f"/api/cases/{receipt_number}/payment", None),
        ("POST", f"/api/cases/{receipt_number}/correction", None),
    ):
        answer = taro.http.request(method, path, json=body)
        assert (answer.status_code, answer.json()["title"]) == (404, "not_found"), path
    assert all(case["receipt_number"] != receipt_number for case in taro.get("/api/cases"))
    after = books.of_case(receipt_number)
    assert {name: after[name] for name in ("submission", "command")} == {
        name: before[name] for name in ("submission", "command")
    }


def test_a_document_of_another_person_cannot_be_downloaded(meet: Meet, books: Books, town: Layout) -> None:
    kenji, hanako = meet(KENJI), meet(HANAKO)
    case = delivered(kenji, meet(OFFICER))

    with pytest.raises(CounterRefused) as refusal:
        hanako.download(case["documents"][0]["id"])
    assert refusal.value.status == 404

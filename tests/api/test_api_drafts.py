"""下書き by the API: kept as the form writes it, by one device at a time, until it is filed or thrown away."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from machine.visitor import Visitor
from tests.api.scenes import CERTIFICATE, HAPPY_PASS, PDF, SCREENING, Books, Newcomer, certificate, screening

MOVING = "moving_out"


def draft_of(resident: Visitor, procedure: str = CERTIFICATE) -> str:
    return str(resident.post("/api/drafts", {"procedure": procedure, "language": "ja"})["id"])


def put(resident: Visitor, draft_id: str, answers: dict[str, object], etag: str | None = None) -> httpx.Response:
    headers = {"if-match": etag} if etag else {}
    return resident.http.put(f"/api/drafts/{draft_id}/answers", json={"answers": answers}, headers=headers)


def etag(resident: Visitor, draft_id: str) -> str:
    return resident.http.get(f"/api/drafts/{draft_id}").headers["etag"]


# --- as the form writes it --------------------------------------------------------------------------------------------


def test_what_is_right_is_kept_as_the_form_writes_it_and_what_is_wrong_as_typed(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)

    saved = put(resident, draft_id, certificate(copies="２", phone="０７９－２２１－２１１１", kind="nonsense")).json()

    kept = resident.get(f"/api/drafts/{draft_id}")["answers"]
    assert (kept["copies"], kept["phone"], kept["kind"]) == (2, "079-221-2111", "nonsense")
    assert sorted(saved["tidied"]) == ["copies", "phone"]
    assert [problem["field"] for problem in saved["problems"]] == ["kind"]


def test_spaces_around_an_answer_and_zeros_of_a_date_are_not_worth_a_word(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident, SCREENING)

    saved = put(resident, draft_id, screening(name=" 網干　健二 ", birth_date="1951-2-8")).json()
    assert saved["tidied"] == []
    assert saved["draft"]["answers"]["birth_date"] == "1951-02-08"

    saved = put(resident, draft_id, screening(birth_date="昭和26年2月8日")).json()
    assert saved["tidied"] == ["birth_date"]


def test_a_date_that_is_none_is_kept_as_it_was_typed_in_its_three_inputs(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident, SCREENING)
    typed = {"year": "昭和26", "month": "13", "day": "8"}

    saved = put(resident, draft_id, screening(birth_date=typed)).json()

    assert [problem["field"] for problem in saved["problems"]] == ["birth_date"]
    assert resident.get(f"/api/drafts/{draft_id}")["answers"]["birth_date"] == "昭和26-13-8"
    page = resident.http.get(f"/drafts/{draft_id}/steps/applicant").text
    assert all(f'value="{part}"' in page for part in typed.values())


def test_repeated_items_are_kept_and_told_of_by_their_place(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident, MOVING)
    child = {"name": "姫路　さくら", "name_kana": "ひめじ さくら", "birth_date": "令和2-5-20", "relation": "child"}

    saved = put(resident, draft_id, {"scope": "with_members", "members": [{}, child]}).json()

    members = resident.get(f"/api/drafts/{draft_id}")["answers"]["members"]
    assert members == [{}, child | {"name_kana": "ヒメジ　サクラ", "birth_date": "2020-05-20"}]
    assert saved["tidied"] == ["members.1.name_kana", "members.1.birth_date"]

    saved = put(resident, draft_id, {"scope": "with_members", "members": [child | {"birth_date": "2099-01-01"}]}).json()
    assert "members.0.birth_date" in [problem["field"] for problem in saved["problems"]]


# --- two devices ------------------------------------------------------------------------------------------------------


def test_a_save_based_on_an_older_draft_changes_nothing(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)
    seen = etag(resident, draft_id)
    first = put(resident, draft_id, certificate(copies=1), seen)
    before = books.of_draft(draft_id)

    second = put(resident, draft_id, certificate(copies=3), seen)

    assert (second.status_code, second.json()["title"]) == (412, "draft_changed")
    assert books.of_draft(draft_id) == before
    assert put(resident, draft_id, certificate(copies=3), first.headers["etag"]).status_code == 200


def test_the_same_answers_sent_twice_are_no_conflict_and_no_change(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)
    seen = etag(resident, draft_id)

    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(lambda _: put(resident, draft_id, certificate(copies="２"), seen), range(4)))

    assert {each.status_code for each in saved} == {200}
    assert {each.headers["etag"] for each in saved} == {'"2"'}


def test_of_different_answers_sent_at_once_one_is_taken(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)
    seen = etag(resident, draft_id)

    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(lambda n: put(resident, draft_id, certificate(copies=n), seen), range(1, 5)))

    assert sorted(each.status_code for each in saved) == [200, 412, 412, 412]


@pytest.mark.parametrize("header", ['"99"', 'W/"1"', "1", '"1", "2"', "nonsense", '"' + "9" * 30 + '"'])
def test_what_is_not_the_drafts_own_mark_never_matches(newcomer: Newcomer, header: str) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)

    assert put(resident, draft_id, certificate(), header).status_code == 412
    assert resident.http.delete(f"/api/drafts/{draft_id}", headers={"if-match": header}).status_code == 412


def test_without_a_mark_or_with_any_the_last_save_counts(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)

    assert [put(resident, draft_id, certificate(copies=n), mark).status_code for n, mark in ((1, None), (2, "*"))] == [
        200, 200
    ]  # fmt: skip
    assert resident.get(f"/api/drafts/{draft_id}")["answers"]["copies"] == 2


def test_what_was_reviewed_is_what_is_filed(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = resident.fill_in(SCREENING, screening())
    reviewed = etag(resident, draft_id)
    put(resident, draft_id, screening(clinic="south"))

    late = resident.http.post(f"/api/drafts/{draft_id}/submission", headers={"if-match": reviewed})

    assert (late.status_code, late.json()["title"]) == (412, "draft_changed")
    assert books.of_draft(draft_id)["submissions"] == 0
    seen = {"if-match": etag(resident, draft_id)}
    assert resident.http.post(f"/api/drafts/{draft_id}/submission", headers=seen).status_code == 201


# --- thrown away ------------------------------------------------------------------------------------------------------


def test_a_deleted_draft_takes_its_files_with_it(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = draft_of(resident, HAPPY_PASS)
    resident.attach(draft_id, "card_receipt", "交付通知書.pdf", PDF)
    (file,) = books.rows("select object_key from attachment where draft_id = %s", draft_id)
    stored = books.layout.objects / file["object_key"]
    assert stored.exists()

    assert resident.http.delete(f"/api/drafts/{draft_id}").status_code == 204

    assert resident.http.get(f"/api/drafts/{draft_id}").status_code == 404
    assert books.rows("select 1 from attachment where draft_id = %s", draft_id) == []
    assert not stored.exists()
    assert draft_id not in [each["id"] for each in resident.get("/api/drafts")]


def test_nobody_deletes_the_draft_of_another_or_one_that_was_filed(newcomer: Newcomer, books: Books) -> None:
    resident, other = newcomer(), newcomer()
    draft_id = resident.fill_in(SCREENING, screening())

    assert other.http.delete(f"/api/drafts/{draft_id}").status_code == 404
    resident.submit(draft_id)
    refused = resident.http.delete(f"/api/drafts/{draft_id}")
    assert (refused.status_code, refused.json()["title"]) == (409, "draft_filed")
    assert books.of_draft(draft_id)["submissions"] == 1


# --- postal codes -----------------------------------------------------------------------------------------------------


def test_a_postal_code_gives_its_addresses_to_anyone_who_asks(newcomer: Newcomer) -> None:
    stranger = httpx.Client(base_url=newcomer().http.base_url)
    for typed in ("670-0012", "6700012", "６７０－００１２"):
        found = stranger.get(f"/api/postal-codes/{typed}").json()
        assert found["code"] == "670-0012"
        assert [(each["city"], each["town"]) for each in found["addresses"]] == [("姫路市", "本町")]
    assert len(stranger.get("/api/postal-codes/4980000").json()["addresses"]) == 2
    for typed, status in (("0000000", 404), ("12345", 422), ("%00", 422), ("six", 422)):
        assert stranger.get(f"/api/postal-codes/{typed}").status_code == status
    stranger.close()

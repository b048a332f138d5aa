"""事前入力: what an account told before, and what its card says; never another account's, never over what was typed."""

from typing import Any

import pytest

from machine.visitor import CounterRefused, Visitor, handback_of
from tests.api.scenes import SCREENING, Books, Newcomer, certificate, screening

EARLIER = {"name": "earlier", "birth_date": "earlier", "sex": "earlier"}
ON_CARD = {"name": "姫路　花子", "birth_date": "1990-04-12", "sex": "female"}


def begun(resident: Visitor, procedure: str = SCREENING) -> dict[str, Any]:
    started: dict[str, Any] = resident.post("/api/drafts", {"procedure": procedure, "language": "ja"})
    return started


def read(resident: Visitor, draft_id: str, **attributes: str) -> str:
    """What a card agent does, between asking and coming back; the address the browser gets."""
    asked = resident.post(f"/api/drafts/{draft_id}/card-reading")
    body = {"nonce": resident.asked(asked["id"]).nonce, "attributes": attributes or ON_CARD}
    return str(resident.post(f"/api/signing-requests/{asked['id']}", body)["return_url"])


def take(resident: Visitor, draft_id: str, return_url: str) -> dict[str, Any]:
    taken: dict[str, Any] = resident.post(f"/api/drafts/{draft_id}/card-answers", {"handback": handback_of(return_url)})
    return taken


def refusal_of(call: Any, *given: Any) -> tuple[int, str]:
    with pytest.raises(CounterRefused) as refused:
        call(*given)
    return refused.value.status, str(refused.value.problem["title"])


# --- from earlier cases ----------------------------------------------------------------------------------------------


def test_a_new_draft_begins_with_what_was_answered_before(newcomer: Newcomer) -> None:
    resident = newcomer()
    assert begun(resident)["prefilled"] == {}
    resident.submit(resident.fill_in(SCREENING, screening()))

    draft = begun(resident)

    assert draft["answers"] == {"name": "網干　健二", "birth_date": "1951-02-08", "sex": "male"}
    assert draft["prefilled"] == EARLIER
    assert resident.get(f"/api/drafts/{draft['id']}")["prefilled"] == EARLIER


def test_the_newest_answer_wins(newcomer: Newcomer) -> None:
    resident = newcomer()
    for name in ("旧姓　健二", "新姓　健二"):
        resident.submit(resident.fill_in(SCREENING, screening(name=name)))
    assert begun(resident)["answers"]["name"] == "新姓　健二"


def test_an_answer_that_was_changed_says_no_more_where_it_came_from(newcomer: Newcomer) -> None:
    resident = newcomer()
    resident.submit(resident.fill_in(SCREENING, screening()))
    draft = begun(resident)

    changed = draft["answers"] | {"name": "別名　健二"}
    saved = resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": changed})

    assert saved["draft"]["prefilled"] == {"birth_date": "earlier", "sex": "earlier"}


def test_nobody_elses_answers_are_filled_in(newcomer: Newcomer) -> None:
    other, resident = newcomer(), newcomer()
    other.submit(other.fill_in(SCREENING, screening()))
    draft = begun(resident)
    assert (draft["answers"], draft["prefilled"]) == ({}, {})


def test_an_answer_the_question_no_longer_takes_is_left_out(newcomer: Newcomer, books: Books) -> None:
    """As if the form had been wider then: an option of an earlier version that this one does not have."""
    resident = newcomer()
    receipt_number = resident.submit(resident.fill_in(SCREENING, screening()))
    books.write(
        'update submission set answers = answers || \'{"sex": "unsaid", "name": "\\u0007"}\' where receipt_number = %s',
        receipt_number,
    )
    assert begun(resident)["prefilled"] == {"birth_date": "earlier"}


def test_another_procedure_that_asks_the_same_is_filled_in_too(newcomer: Newcomer) -> None:
    resident = newcomer()
    resident.submit(resident.fill_in(SCREENING, screening()))
    draft = begun(resident, "child_allowance")
    assert {draft["answers"][each] for each in draft["prefilled"]} == {"網干　健二", "1951-02-08"}


def test_a_mail_address_is_filled_in_once_it_was_shown_to_be_theirs(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft = begun(resident, "moving_out")
    owner = books.rows("select account_id from draft where id = %s", draft["id"])[0]["account_id"]
    books.write("insert into contact (account_id, email) values (%s, 'kenji@example.jp')", owner)
    assert begun(resident, "moving_out")["prefilled"] == {}, "nobody has shown that it is theirs"

    books.write("update contact set verified_at = now() where account_id = %s", owner)

    draft = begun(resident, "moving_out")
    assert [(draft["answers"][name], source) for name, source in draft["prefilled"].items()] == [
        ("kenji@example.jp", "account")
    ]


# --- from the card ---------------------------------------------------------------------------------------------------


def test_the_request_asks_for_what_the_form_asks_and_is_signed_by_the_city(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft = begun(resident)
    asked = resident.post(f"/api/drafts/{draft['id']}/card-reading")
    assert f"/sign?request={asked['request_url']}" in asked["agent_url"]

    request = resident.asked(asked["id"])

    assert (request.purpose, request.attributes) == ("read", ("name", "birth_date", "sex"))
    assert request.content == b""
    assert request.cancel_url.endswith(f"/drafts/{draft['id']}")
    assert ("手続", "がん検診（肺がん・大腸がん）の申込み") in request.summary or request.summary[0][0] == "手続"


def test_the_card_fills_in_what_is_empty(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = begun(resident)["id"]

    taken = take(resident, draft_id, read(resident, draft_id))

    assert sorted(taken["filled"]) == ["birth_date", "name", "sex"]
    assert taken["kept"] == []
    draft = resident.get(f"/api/drafts/{draft_id}")
    assert draft["answers"] == ON_CARD
    assert draft["prefilled"] == {"name": "card", "birth_date": "card", "sex": "card"}
    assert draft["revision"] == taken["draft"]["revision"] == 2


def test_the_card_replaces_what_an_earlier_case_said_and_never_what_was_typed(newcomer: Newcomer) -> None:
    resident = newcomer()
    resident.submit(resident.fill_in(SCREENING, screening()))
    draft = begun(resident)
    typed = draft["answers"] | {"name": "通称　花子"}
    resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": typed})

    taken = take(resident, draft["id"], read(resident, draft["id"]))

    assert taken["kept"] == ["name"], "said, so that the page can say so"
    assert taken["draft"]["answers"] == ON_CARD | {"name": "通称　花子"}
    assert taken["draft"]["prefilled"] == {"birth_date": "card", "sex": "card"}


def test_what_the_form_cannot_hold_is_said_and_left_out(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = begun(resident)["id"]
    taken = take(resident, draft_id, read(resident, draft_id, name="花" * 150, sex="not_applicable"))
    assert set(taken["kept"]) >= {"name"}
    assert "name" not in taken["draft"]["answers"]


def test_what_was_read_is_handed_over_once_and_then_forgotten(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = begun(resident)["id"]
    return_url = read(resident, draft_id)
    held = "select count(*) from signing_request where draft_id = %s and attributes is not null"
    assert books.rows(held, draft_id)[0]["count"] == 1

    take(resident, draft_id, return_url)

    assert refusal_of(take, resident, draft_id, return_url) == (410, "reading_gone")
    assert books.rows(held, draft_id)[0]["count"] == 0


def test_what_nobody_fetched_in_time_is_forgotten(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = begun(resident)["id"]
    return_url = read(resident, draft_id)
    books.write("update signing_request set expires_at = now() where draft_id = %s", draft_id)

    assert refusal_of(take, resident, draft_id, return_url) == (410, "reading_gone")
    read(resident, draft_id)
    held = "select count(*) from signing_request where draft_id = %s and attributes is not null"
    assert books.rows(held, draft_id)[0]["count"] == 1, "only the new one"


def test_only_who_asked_gets_what_was_read(newcomer: Newcomer, books: Books) -> None:
    """A stranger has hanako's card read for a draft of their own, by sending her the agent's address."""
    stranger, hanako = newcomer(), newcomer()
    strange, own = begun(stranger)["id"], begun(hanako)["id"]
    given_to_hanako = read(stranger, strange)

    assert refusal_of(take, hanako, strange, given_to_hanako) == (404, "not_found")
    assert refusal_of(take, hanako, own, given_to_hanako) == (410, "reading_gone")
    guess = "/drafts/x/card/" + "a" * 32
    assert refusal_of(take, stranger, strange, guess) == (410, "reading_gone")
    assert books.of_draft(own)["answers"] == {}


@pytest.mark.parametrize(
    "attributes",
    [
        {"address": "兵庫県姫路市安田四丁目１番地"},
        {"my_number": "000000000019"},
        {"birth_date": "1990-4-12"},
        {"sex": "other"},
        {"name": ""},
        {"name": None},
    ],
)
def test_an_answer_that_does_not_fit_the_request_is_refused(newcomer: Newcomer, attributes: dict[str, str]) -> None:
    resident = newcomer()
    draft_id = begun(resident)["id"]
    asked = resident.post(f"/api/drafts/{draft_id}/card-reading")
    answer = {"nonce": resident.asked(asked["id"]).nonce, "attributes": attributes}
    url = f"/api/signing-requests/{asked['id']}"

    assert refusal_of(resident.post, url, answer) == (422, "malformed")
    signature = {"nonce": answer["nonce"], "cms": "Zm9v"}
    assert refusal_of(resident.post, url, signature) == (422, "malformed"), "a signature is no reading"
    assert resident.asked(asked["id"]).purpose == "read", "still open for a right answer"


def test_a_form_that_asks_nothing_of_the_card_reads_no_card(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = resident.fill_in("residence_certificate", certificate())
    draft = resident.get(f"/api/drafts/{draft_id}")
    assert refusal_of(resident.post, f"/api/drafts/{draft['id']}/card-reading") == (409, "nothing_to_read")


def test_nobody_reads_a_card_for_another_persons_draft(newcomer: Newcomer) -> None:
    owner, stranger = newcomer(), newcomer()
    draft_id = begun(owner)["id"]
    assert refusal_of(stranger.post, f"/api/drafts/{draft_id}/card-reading") == (404, "not_found")

"""アカウント: several certificates per person, and nobody's certificate on somebody else's account."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from machine.visitor import CounterRefused, Visitor, handback_of
from sandbox.people import HANAKO, KENJI, TARO, Person
from tests.api.annex import Annex, Annexes
from tests.api.scenes import Books

Come = Callable[..., Visitor]
ADDRESS = "/api/account/certificates"


@pytest.fixture
def come(annex_of: Annexes) -> Iterator[Come]:
    """`come("282081", HANAKO, "hanako_phone")`: with that card in the hand, not logged in."""
    with ExitStack() as stack:

        def arrive(municipality: str, person: Person, card: str | None = None) -> Visitor:
            here: Annex = annex_of(municipality)
            return stack.enter_context(here.visitor(person, card))

        yield arrive


def draft(visitor: Visitor) -> str:
    return str(visitor.post("/api/drafts", {"procedure": "cancer_screening", "language": "ja"})["id"])


def me(visitor: Visitor) -> str:
    return str(visitor.get("/api/session")["account_id"])


def ask(visitor: Visitor) -> str:
    return str(visitor.post("/api/account/certificate-requests", {"language": "ja"})["id"])


def add(visitor: Visitor, card: Visitor) -> list[dict]:
    """At the visitor's own machine: the other card answers, the same browser comes back."""
    return visitor.post(ADDRESS, {"handback": handback_of(card.answer(ask(visitor)))})


def refused(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(CounterRefused) as refusal:
        call()
    return refusal.value.status, str(refusal.value.problem["title"])


def test_a_card_and_a_smartphone_are_one_person(come: Come) -> None:
    by_card, by_phone = come("282081", HANAKO).log_in(), come("282081", HANAKO, "hanako_phone")
    draft_id = draft(by_card)

    held = add(by_card, by_phone)

    assert [(each["kind"], each["in_use"]) for each in held] == [("jpki_card", True), ("jpki_smartphone", False)]
    assert all(each["expires_at"] for each in held)
    assert by_phone.log_in().get(f"/api/drafts/{draft_id}")["id"] == draft_id
    assert me(by_phone) == me(by_card)


def test_what_was_removed_is_logged_out_and_says_how_to_come_back(come: Come) -> None:
    by_card, by_phone = come("282120", HANAKO).log_in(), come("282120", HANAKO, "hanako_phone")
    phone = add(by_card, by_phone)[1]["id"]
    by_phone.log_in()

    assert by_card.http.delete(f"{ADDRESS}/{phone}").status_code == 204

    assert by_phone.get("/api/session") is None, "its sessions are over at once"
    assert refused(by_phone.log_in) == (422, "certificate_removed")
    assert [each["kind"] for each in by_card.get(ADDRESS)] == ["jpki_card"]
    add(by_card, by_phone)
    assert me(by_phone.log_in()) == me(by_card)


def test_the_last_certificate_stays(come: Come) -> None:
    hanako, taro = come("282162", HANAKO).log_in(), come("282162", TARO).log_in()
    mine = hanako.get(ADDRESS)[0]["id"]

    last = hanako.http.delete(f"{ADDRESS}/{mine}")
    stranger = taro.http.delete(f"{ADDRESS}/{mine}")

    assert (last.status_code, last.json()["title"]) == (409, "last_certificate")
    assert stranger.status_code == 404
    assert hanako.get("/api/session") is not None


def test_a_victim_tricked_into_answering_adds_her_card_to_no_strangers_account(come: Come, books: Books) -> None:
    stranger, victim = come("282201", TARO).log_in(), come("282201", HANAKO).log_in()
    second_browser = come("282201", TARO).log_in()
    asked = ask(stranger)

    given_to_the_victim = handback_of(victim.answer(asked))

    given = {"handback": given_to_the_victim}
    for visitor in (victim, second_browser):
        answer = visitor.http.post(ADDRESS, json=given)
        assert (answer.status_code, answer.json()["title"]) == (410, "signing_request_gone")
    assert victim.http.post("/api/sessions", json=given).status_code == 410, "nor does it log anybody in"
    for guess in (asked, "A" * 32):
        assert stranger.http.post(ADDRESS, json={"handback": guess}).status_code == 410
    assert len(stranger.get(ADDRESS)) == 1
    assert len(victim.get(ADDRESS)) == 1
    assert me(victim.log_in()) != me(stranger)


def test_a_stranger_who_answers_a_victims_request_adds_his_card_to_nothing(come: Come) -> None:
    stranger, victim = come("282278", TARO).log_in(), come("282278", HANAKO).log_in()

    handback = handback_of(stranger.answer(ask(victim)))

    assert stranger.http.post(ADDRESS, json={"handback": handback}).status_code == 410
    assert len(victim.get(ADDRESS)) == 1
    assert victim.http.post(ADDRESS, json={"handback": handback}).status_code == 201, "only at her own machine"


def test_a_login_request_adds_no_certificate(come: Come) -> None:
    hanako, taro = come("282294", HANAKO).log_in(), come("282294", TARO)
    asked = hanako.post("/api/login-requests", {"language": "ja"})["id"]

    answer = hanako.http.post(ADDRESS, json={"handback": handback_of(taro.answer(asked))})

    assert answer.status_code == 410
    assert len(hanako.get(ADDRESS)) == 1


def test_a_certificate_with_a_past_of_its_own_is_not_taken_over(come: Come) -> None:
    hanako, taro = come("283819", HANAKO).log_in(), come("283819", TARO).log_in()
    draft(hanako)
    draft(taro)

    assert refused(lambda: add(hanako, taro)) == (409, "certificate_taken")

    assert taro.get("/api/session") is not None
    assert me(hanako) != me(taro.log_in())


def test_a_certificate_whose_account_is_still_empty_comes_over(come: Come) -> None:
    by_card, by_phone = come("283827", HANAKO).log_in(), come("283827", HANAKO, "hanako_phone").log_in()
    assert me(by_card) != me(by_phone)
    draft(by_card)

    assert len(add(by_card, by_phone)) == 2

    assert by_phone.get("/api/session") is None, "the session of the empty account is over"
    assert me(by_phone.log_in()) == me(by_card)


def test_who_has_a_new_card_joins_the_former_account_with_what_was_registered_before(come: Come, books: Books) -> None:
    former, renewed = come("284424", HANAKO).log_in(), come("284424", HANAKO, "hanako_phone").log_in()
    draft_id = draft(former)
    brought = renewed.http.cookies["madoguchi_session"]

    assert len(add(renewed, former)) == 2

    assert me(renewed) == me(former)
    assert renewed.get(f"/api/drafts/{draft_id}")["id"] == draft_id
    assert renewed.http.cookies["madoguchi_session"] != brought
    written = books.rows(
        "select action from credential_event e join credential c on c.id = e.credential_id"
        " where c.account_id = %s order by e.id", me(former),
    )  # fmt: skip
    assert [each["action"] for each in written] == ["registered", "registered", "linked"]


def test_what_the_city_has_stopped_does_not_come_along_to_the_former_account(come: Come, books: Books) -> None:
    former, renewed = come("282201", HANAKO).log_in(), come("282201", HANAKO, "hanako_phone").log_in()
    draft(former)
    left = me(renewed)
    books.write(
        "insert into credential (kind, issuer_key_id, serial, municipality, account_id, suspended_at, suspension)"
        " values ('jpki_card', 'stopped', '1', '282201', %s, now(), 'administrator')", left,
    )  # fmt: skip

    assert [each["suspension"] for each in add(renewed, former)] == [None, None]

    assert me(renewed) == me(former)
    asked = "select account_id, suspension from credential where serial = '1' and municipality = '282201'"
    (stopped,) = books.rows(asked)
    assert (str(stopped["account_id"]), stopped["suspension"]) == (left, "administrator"), "joined, it could log in"


def test_a_renewed_card_can_be_added_while_the_former_one_is_still_logged_in(come: Come) -> None:
    kenji, renewed = come("284645", KENJI).log_in(), come("284645", KENJI, "kenji_renewed")
    taro = come("284645", TARO).log_in()
    draft_id = draft(kenji)

    assert refused(lambda: add(taro, renewed)) == (409, "certificate_taken"), "it belongs where its former one is"
    held = add(kenji, renewed)

    assert [(each["suspension"], each["in_use"]) for each in held] == [("renewed", False), (None, True)]
    assert kenji.get(f"/api/drafts/{draft_id}")["id"] == draft_id, "still logged in, now by the new card"


def test_signing_out_elsewhere_leaves_this_session_only(come: Come) -> None:
    here, elsewhere = come("284432", TARO).log_in(), come("284432", TARO).log_in()
    assert [each["current"] for each in here.get("/api/account/sessions")] == [False, True]

    assert here.http.delete("/api/account/sessions").status_code == 204

    assert elsewhere.get("/api/session") is None
    assert [each["current"] for each in here.get("/api/account/sessions")] == [True]


def test_a_signing_certificate_is_not_added(come: Come) -> None:
    hanako = come("284467", HANAKO).log_in()
    asked = ask(hanako)
    request = hanako.asked(asked)
    cms = hanako.sign("signing", request.content)

    body = {"nonce": request.nonce, "cms": b64encode(cms).decode()}
    assert hanako.http.post(f"/api/signing-requests/{asked}", json=body).status_code == 422
    assert len(hanako.get(ADDRESS)) == 1

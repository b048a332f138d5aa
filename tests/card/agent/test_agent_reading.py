"""券面事項の読取り: a city asks to read; its resident sees what is read before it is sent, and only that is sent."""

import httpx
import pytest

from card.agent.cities import LANGUAGES
from card.agent.signing import attributes_of
from card.record import Attributes, BirthDate
from sandbox.people import HANAKO, LI
from tests.card.agent.agent_city import City
from tests.card.agent.conftest import Visit, token_of

ALL = ["name", "birth_date", "address", "sex"]


def asks(city: City, *attributes: str, **more: object) -> None:
    """The city asks to read, from now on."""
    del city.claims["content"]
    city.another(purpose="read", attributes=list(attributes), title="Cancer screening", **more)


def test_what_was_read_is_shown_and_sent_only_then(visit: Visit, city: City) -> None:
    asks(city, *ALL)
    page = visit.open()
    assert "You see it before it is sent" in page.text
    assert "PIN for the card&#39;s text data" in page.text
    assert city.origin in page.text
    shown = visit.read("1234", page=page)
    assert shown.status_code == 200
    for value in (HANAKO.name, HANAKO.address, "1990-04-12", "Female"):
        assert value in shown.text
    assert not city.received, "nothing is sent before its holder has seen it"

    done = visit.confirm(shown)

    assert (done.status_code, done.headers["location"]) == (303, f"{city.origin}/cases/1?a=b")
    attributes = {"name": HANAKO.name, "birth_date": "1990-04-12", "address": HANAKO.address, "sex": "female"}
    assert city.received == [{"nonce": "n" * 32, "attributes": attributes}]


def test_only_what_was_asked_for_is_sent(visit: Visit, city: City) -> None:
    asks(city, "name")
    shown = visit.read("1234", card="li")
    assert LI.name in shown.text
    assert LI.address not in shown.text
    visit.confirm(shown)
    assert city.received[0]["attributes"] == {"name": LI.name}


def test_an_attribute_the_card_does_not_know_is_left_out() -> None:
    known = Attributes(name="無名", address="", birth_date=BirthDate(1960, 0, 0), sex="unknown")
    assert attributes_of(known, ("name", "birth_date", "address", "sex")) == {"name": "無名"}


def test_a_second_answer_is_not_given(visit: Visit, city: City) -> None:
    asks(city, "name")
    shown = visit.read("1234")
    visit.confirm(shown)
    assert visit.confirm(shown).status_code == 400
    assert visit.open().status_code == 400, "the same request again"
    assert len(city.received) == 1


def test_a_page_that_read_nothing_sends_nothing(visit: Visit, city: City) -> None:
    asks(city, "name")
    assert visit.confirm(visit.open()).status_code == 400
    assert not city.received


def test_what_one_request_had_read_is_not_sent_for_another(visit: Visit, city: City) -> None:
    asks(city, *ALL)
    visit.read("1234")
    city.another(attributes=["name"])
    assert visit.confirm(visit.open()).status_code == 400
    assert not city.received


def test_another_site_cannot_have_it_sent(visit: Visit, city: City) -> None:
    asks(city, "name")
    shown = visit.read("1234")
    visit.client.headers["Origin"] = city.origin
    assert visit.confirm(shown).status_code == 403
    assert not city.received


def test_neither_pin_nor_what_was_read_is_kept_once_it_is_sent(visit: Visit, city: City) -> None:
    asks(city, *ALL)
    shown = visit.read("1234")
    assert "1234" not in shown.text.replace(token_of(shown), "").replace(city.origin, "")
    city.answer = (409, {"detail": "busy"})
    refused = visit.confirm(shown)
    assert (refused.status_code, "busy" in refused.text) == (422, True)
    assert HANAKO.name in refused.text, "the same page can try again"
    assert "1234" not in str(city.received)


# --- what goes wrong -------------------------------------------------------------------------------------------------


def said(page: httpx.Response, sentence: str) -> bool:
    return page.status_code == 422 and sentence in page.text and 'role="alert"' in page.text


def test_a_wrong_pin_is_explained_and_can_be_corrected(visit: Visit, city: City) -> None:
    asks(city, "name")
    refused = visit.read("9999")
    assert said(refused, "Tries left: 2")
    assert 'aria-invalid="true"' in refused.text
    shown = visit.read("1234", page=refused)
    assert HANAKO.name in shown.text


def test_the_last_try_needs_a_tick_and_a_blocked_pin_says_where_to_go(visit: Visit, city: City) -> None:
    asks(city, "name")
    second = visit.read("9999", page=visit.read("9999"))
    assert said(second, "One more wrong try blocks it")
    assert said(visit.read("1234", page=second), "One more wrong try blocks it"), "not without the tick"
    blocked = visit.read("9999", page=second, consent="yes")
    assert said(visit.read("1234", page=blocked), "counter can reset it")
    assert not city.received


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        ("hanako snatched", "The card left the reader too early"),
        ("hanako_phone", "holds no text data"),
        ("nobody", "There is no card"),
    ],
)
def test_what_is_wrong_with_the_card_is_said_with_a_way_out(visit: Visit, city: City, card: str, sentence: str) -> None:
    asks(city, "name")
    page = visit.read("1234", card=card)
    assert said(page, sentence)
    assert f'href="{city.origin}/cancel"' in page.text
    assert not city.received


def test_four_digits_are_asked_for_and_a_wrong_form_costs_no_try(visit: Visit, city: City) -> None:
    asks(city, "name")
    assert said(visit.read("12"), "Nothing was sent to the card")


@pytest.mark.parametrize(
    "claims",
    [
        {"attributes": ["name", "my_number"]},
        {"attributes": []},
        {"attributes": ["name"], "content": "Zm9v"},
        {"attributes": ["name"], "purpose": "sign"},
        {"attributes": ["name"], "purpose": "login", "content": "Zm9v"},
    ],
)
def test_a_request_that_asks_for_more_than_one_thing_is_refused(
    visit: Visit, city: City, claims: dict[str, object]
) -> None:
    asks(city, "name")
    city.claims |= claims
    assert visit.open().status_code == 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_pages_speak_the_persons_language(visit: Visit, city: City, language: str) -> None:
    asks(city, *ALL, language=language)
    page = visit.open()
    shown = visit.read("1234", page=page)
    assert f'<html lang="{language}">' in page.text
    assert f'<html lang="{language}">' in shown.text
    birth = {"ja": "1990年4月12日", "en": "1990-04-12", "zh": "1990年4月12日", "ko": "1990년 4월 12일"}
    assert birth[language] in shown.text

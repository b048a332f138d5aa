"""カードエージェントの署名: what a resident sees and does, from the city's request to the delivered signature."""

import base64
import inspect
import itertools
from pathlib import Path
from typing import get_args

import pytest

from card import errors
from card.agent import words
from card.agent.cities import LANGUAGES, Language
from card.profile import PinName, Purpose
from tests.card.agent.agent_city import City
from tests.card.agent.conftest import Visit
from tests.card.openssl_oracle import openssl_verifies

CONTENT = '{"部数":2}'.encode()


def test_a_resident_reads_what_they_sign_and_signs_it(visit: Visit, city: City, folder: Path, tmp_path: Path) -> None:
    page = visit.open()
    assert page.status_code == 200
    assert "You are about to sign" in page.text
    assert "&lt;b&gt;bank&lt;/b&gt;" in page.text
    assert "部数" in page.text
    done = visit.sign("HANAKO1234", page=page)
    assert (done.status_code, done.headers["location"]) == (303, f"{city.origin}/cases/1?a=b")
    (received,) = city.received
    assert received["nonce"] == "n" * 32
    root = folder / "ca" / "jpki-signature-03.pem"
    assert openssl_verifies(base64.b64decode(received["cms"]), CONTENT, root, tmp_path)


def test_a_login_uses_the_authentication_key(visit: Visit, city: City, folder: Path, tmp_path: Path) -> None:
    city.another(purpose="login")
    assert visit.sign("1234").status_code == 303
    root = folder / "ca" / "jpki-authentication-03.pem"
    assert openssl_verifies(base64.b64decode(city.received[0]["cms"]), CONTENT, root, tmp_path)


def test_a_smartphone_logs_in_as_a_card_does(visit: Visit, city: City, folder: Path, tmp_path: Path) -> None:
    """Its authentication certificate, too, is behind its PIN: another profile, the same page."""
    city.another(purpose="login")
    assert visit.sign("1234", card="hanako_phone").status_code == 303
    root = folder / "ca" / "jpki-authentication-03.pem"
    assert openssl_verifies(base64.b64decode(city.received[0]["cms"]), CONTENT, root, tmp_path)


def test_without_an_answer_from_the_city_the_request_says_where_to_return(visit: Visit, city: City) -> None:
    city.answer = (200, {})
    assert visit.sign("HANAKO1234").headers["location"] == f"{city.origin}/return"


def test_the_pin_is_neither_sent_to_the_city_nor_shown_again(visit: Visit, city: City) -> None:
    city.answer = (409, {"detail": "busy"})
    page = visit.sign("HANAKO1234")
    assert "HANAKO1234" not in page.text
    assert set(city.received[0]) == {"nonce", "cms"}


def test_a_wrong_pin_is_explained_and_can_be_corrected(visit: Visit, city: City) -> None:
    refused = visit.sign("WRONG123")
    assert refused.status_code == 422
    assert "That PIN or password is wrong. Tries left: 4" in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert not city.received
    assert visit.sign("HANAKO1234", page=refused).status_code == 303


def test_the_last_try_needs_a_tick(visit: Visit, city: City) -> None:
    city.another(purpose="login")
    page = visit.open()
    first = visit.sign("9999", page=page)
    assert 'name="consent"' not in first.text
    second = visit.sign("9999", page=page)
    assert 'name="consent"' in second.text
    refused = visit.sign("1234", page=second)
    assert "One more wrong try blocks it" in refused.text
    assert not city.received
    assert visit.sign("1234", page=refused, consent="yes").status_code == 303


def test_a_blocked_pin_says_where_to_go(visit: Visit, city: City) -> None:
    city.another(purpose="login", language="ja")
    for _ in range(3):
        page = visit.sign("9999", consent="yes")
    assert "市区町村の窓口で初期化できます" in page.text


@pytest.mark.parametrize(
    ("card", "pin", "sentence"),
    [
        ("sakura", "ABCDEF", "This card has no signing certificate"),
        ("nobody", "ABCDEF", "There is no card"),
        ("hanako removed", "HANAKO1234", "The card left the reader too early"),
        ("hanako juki", "HANAKO1234", "This is not a My Number Card"),
        ("hanako damaged", "HANAKO1234", "answer makes no sense"),
        ("hanako", "short", "Nothing was sent to the card"),
    ],
)
def test_what_goes_wrong_with_the_card_is_said_on_the_page(
    visit: Visit, city: City, card: str, pin: str, sentence: str
) -> None:
    page = visit.sign(pin, card=card)
    assert page.status_code == 422
    assert sentence in page.text
    assert not city.received


def test_the_citys_own_reason_is_shown(visit: Visit, city: City) -> None:
    city.answer = (422, {"title": "Revoked", "detail": "Your certificate was revoked on 22 November."})
    page = visit.sign("YUMI1234", card="yumi")
    assert page.status_code == 422
    assert "Your certificate was revoked on 22 November." in page.text


def test_a_city_that_refuses_or_is_away_is_named(visit: Visit, city: City) -> None:
    gone = visit.open(f"{city.origin}/elsewhere")
    assert (gone.status_code, "That request is gone." in gone.text) == (400, True)
    page = visit.open()
    city.shutdown()
    city.server_close()
    assert "server cannot be reached" in visit.sign("HANAKO1234", page=page).text
    assert visit.open().status_code == 502


def test_a_signature_is_delivered_once(visit: Visit, city: City) -> None:
    page = visit.open()
    assert visit.sign("HANAKO1234", page=page).status_code == 303
    assert visit.sign("HANAKO1234", page=page).status_code == 400
    assert len(city.received) == 1


def test_a_login_says_that_no_name_is_sent_and_adding_a_card_says_what_it_does(visit: Visit, city: City) -> None:
    city.another(purpose="login")
    assert "Your name and address are not sent" in visit.open().text
    city.another(purpose="register")
    assert "add this card to your account" in visit.open().text
    assert visit.sign("1234").status_code == 303


def test_the_page_names_the_city_and_its_address(visit: Visit, city: City) -> None:
    page = visit.open().text
    assert "Himeji City" in page
    assert city.origin in page


@pytest.mark.parametrize("language", ["ja", "en", "zh", "ko"])
def test_the_page_speaks_the_residents_language(visit: Visit, city: City, language: Language) -> None:
    city.another(language=language)
    page = visit.open().text
    assert f'<html lang="{language}">' in page
    assert words.word(language, "lead_sign") in page
    assert city.entry.name[language] in page


def test_every_error_of_the_card_has_its_sentence_in_four_languages() -> None:
    for kind in _kinds(errors.CardError):
        for error in _samples(kind):
            texts = {words.sentence(language, error) for language in LANGUAGES}
            assert len(texts) == 4, error.code


def _kinds(base: type[errors.CardError]) -> list[type[errors.CardError]]:
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, base)]
    assert len(found) > 15
    return [kind for kind in found if kind not in (errors.CardError, errors.RetryableCardError)]


def _samples(kind: type[errors.CardError]) -> list[errors.CardError]:
    """One error of each kind for each thing it can be about."""
    wanted = [name for name in inspect.signature(kind.__init__).parameters if name not in ("self", "args", "kwargs")]
    values = {"tries_left": [2], "during": ["signing"], "status": [0x6F00], "record": ["My Number"]}
    keys = [one for one in get_args(PinName) if "Certificate" not in kind.__name__ or one in get_args(Purpose)]
    values["purpose"] = keys
    return [kind(*given) for given in itertools.product(*(values[name] for name in wanted))]

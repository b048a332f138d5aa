"""カードエージェント: over real HTTP, between a city's server and a card reader."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from card_city import City, running_city
from openssl_oracle import openssl_verifies

from card import errors, words
from card.request import RequestRefused, origin

CONTENT = '{"部数":2}'.encode()


@dataclass
class Browser:
    """A browser at the agent: fetches its page, fills in its form."""

    client: httpx.Client
    city: City

    def open(self, url: str | None = None) -> httpx.Response:
        return self.client.get("/sign", params={"request": url or f"{self.city.origin}/request"})

    def sign(self, pin: str, card: str = "hanako", page: httpx.Response | None = None, **more: str) -> httpx.Response:
        shown = page or self.open()
        token = re.search(r'name="token" value="([^"]+)"', shown.text)
        assert token, shown.text
        return self.client.post("/sign", data={"token": token[1], "card": card, "pin": pin, **more})


@pytest.fixture
def browser(agent: str, city: City) -> Iterator[Browser]:
    with httpx.Client(base_url=agent) as client:
        yield Browser(client, city)


def test_a_resident_reads_what_they_sign_and_signs_it(
    browser: Browser, city: City, folder: Path, tmp_path: Path
) -> None:
    page = browser.open()
    assert page.status_code == 200
    assert "You are about to sign" in page.text
    assert "&lt;b&gt;bank&lt;/b&gt;" in page.text
    assert "部数" in page.text
    done = browser.sign("HANAKO1234", page=page)
    assert (done.status_code, done.headers["location"]) == (303, f"{city.origin}/cases/1?a=b")
    (received,) = city.received
    assert received["nonce"] == "n" * 32
    root = folder / "ca" / "jpki-signature-03.pem"
    assert openssl_verifies(base64.b64decode(received["cms"]), CONTENT, root, tmp_path)


def test_a_login_uses_the_authentication_key(browser: Browser, city: City, folder: Path, tmp_path: Path) -> None:
    city.request["purpose"] = "login"
    assert browser.sign("1234").status_code == 303
    root = folder / "ca" / "jpki-authentication-03.pem"
    assert openssl_verifies(base64.b64decode(city.received[0]["cms"]), CONTENT, root, tmp_path)


def test_without_an_answer_from_the_city_the_request_says_where_to_return(browser: Browser, city: City) -> None:
    city.answer = (200, {})
    assert browser.sign("HANAKO1234").headers["location"] == f"{city.origin}/return"


def test_the_pin_is_neither_sent_to_the_city_nor_shown_again(browser: Browser, city: City) -> None:
    city.answer = (409, {"detail": "busy"})
    page = browser.sign("HANAKO1234")
    assert "HANAKO1234" not in page.text
    assert set(city.received[0]) == {"nonce", "cms"}


def test_a_wrong_pin_is_explained_and_can_be_corrected(browser: Browser, city: City) -> None:
    refused = browser.sign("WRONG123")
    assert refused.status_code == 422
    assert "That PIN or password is wrong. Tries left: 4" in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert not city.received
    assert browser.sign("HANAKO1234", page=refused).status_code == 303


def test_the_last_try_needs_a_tick(browser: Browser, city: City) -> None:
    city.request["purpose"] = "login"
    first = browser.sign("9999")
    assert 'name="consent"' not in first.text
    second = browser.sign("9999")
    assert 'name="consent"' in second.text
    refused = browser.sign("1234", page=second)
    assert "One more wrong try blocks it" in refused.text
    assert not city.received
    assert browser.sign("1234", page=refused, consent="yes").status_code == 303


def test_a_blocked_pin_says_where_to_go(browser: Browser, city: City) -> None:
    city.request.update(purpose="login", language="ja")
    for _ in range(3):
        page = browser.sign("9999", consent="yes")
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
    browser: Browser, city: City, card: str, pin: str, sentence: str
) -> None:
    page = browser.sign(pin, card=card)
    assert page.status_code == 422
    assert sentence in page.text
    assert not city.received


def test_the_citys_own_reason_is_shown(browser: Browser, city: City) -> None:
    city.answer = (422, {"title": "Revoked", "detail": "Your certificate was revoked on 22 November."})
    page = browser.sign("YUMI1234", card="yumi")
    assert page.status_code == 422
    assert "Your certificate was revoked on 22 November." in page.text


def test_a_request_from_another_site_is_never_fetched(browser: Browser, city: City) -> None:
    with running_city() as stranger:
        stranger.request["title"] = "pretending"
        page = browser.open(f"{stranger.origin}/request")
    assert page.status_code == 400
    assert "pretending" not in page.text


@pytest.mark.parametrize("key", ["submit_url", "return_url", "cancel_url"])
@pytest.mark.parametrize("target", ["http://127.0.0.1:1/x", "javascript:alert(1)", "//evil.example/", ""])
def test_a_request_that_leads_elsewhere_is_refused(browser: Browser, city: City, key: str, target: str) -> None:
    city.request[key] = target
    assert browser.open().status_code == 400


def test_the_city_cannot_send_the_browser_elsewhere(browser: Browser, city: City) -> None:
    city.answer = (200, {"return_url": "https://evil.example/"})
    page = browser.sign("HANAKO1234")
    assert page.status_code == 422
    assert "evil.example" not in page.headers.get("location", "")


def test_an_expired_request_is_refused(browser: Browser, city: City) -> None:
    city.request["expires_at"] = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    page = browser.open()
    assert page.status_code == 400
    assert "期限が切れました" in page.text


@pytest.mark.parametrize("change", [{"purpose": "pay"}, {"content": "%"}, {"nonce": ""}, {"expires_at": "soon"}])
def test_a_malformed_request_is_refused(browser: Browser, city: City, change: dict[str, str]) -> None:
    city.request.update(change)
    assert browser.open().status_code == 400


def test_a_city_that_refuses_or_is_away_is_named(browser: Browser, city: City) -> None:
    gone = browser.open(f"{city.origin}/elsewhere")
    assert (gone.status_code, "That request is gone." in gone.text) == (400, True)
    page = browser.open()
    city.shutdown()
    city.server_close()
    assert "server cannot be reached" in browser.sign("HANAKO1234", page=page).text
    assert browser.open().status_code == 502


def test_a_signature_is_delivered_once(browser: Browser, city: City) -> None:
    page = browser.open()
    assert browser.sign("HANAKO1234", page=page).status_code == 303
    assert browser.sign("HANAKO1234", page=page).status_code == 400
    assert len(city.received) == 1


def test_only_the_loopback_name_is_answered(browser: Browser) -> None:
    for host in ("madoguchi.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:80"):
        assert browser.client.get("/agent.css", headers={"Host": host}).status_code == 403
    assert browser.client.get("/agent.css").status_code == 200


def test_another_sites_form_is_refused(browser: Browser, city: City) -> None:
    page = browser.open()
    browser.client.headers["Origin"] = city.origin
    assert browser.sign("HANAKO1234", page=page).status_code == 403
    assert not city.received


def test_a_form_without_our_token_signs_nothing(browser: Browser, city: City) -> None:
    assert browser.client.post("/sign", data={"card": "hanako", "pin": "HANAKO1234"}).status_code == 400
    assert not city.received


def test_every_answer_forbids_framing_and_caching(browser: Browser) -> None:
    for answer in (browser.open(), browser.open("http://evil.example/"), browser.client.get("/nothing")):
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"


def test_every_error_of_the_card_has_its_sentence_in_four_languages() -> None:
    samples = [
        errors.ReaderUnavailable(), errors.CardAbsent(), errors.CardRemoved(), errors.CardSilent(),
        errors.NotThisCard(), errors.CardMisbehaved("signing"),
    ]  # fmt: skip
    for purpose in ("signing", "authentication"):
        samples += [errors.CertificateNotIssued(purpose), errors.PinMalformed(purpose), errors.PinBlocked(purpose)]
        samples += [errors.WrongPin(purpose, 2), errors.LastTry(purpose)]
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.CardError)}
    assert kinds - {errors.CardError, errors.RetryableCardError} == {type(one) for one in samples}
    for one in samples:
        texts = {words.sentence(language, one) for language in ("ja", "en", "zh", "ko")}
        assert len(texts) == 4


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://City.Example/x?y", "https://city.example"),
        ("https://city.example:443/", "https://city.example"),
        ("http://[::1]:8000/x", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_compared_in_its_plain_form(url: str, expected: str) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize("url", ["", "ftp://city.example", "https://a@city.example", "https://city.example:x", "city"])
def test_what_has_no_origin_is_refused(url: str) -> None:
    with pytest.raises(RequestRefused):
        origin(url)

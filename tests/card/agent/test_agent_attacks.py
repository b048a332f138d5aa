"""カードエージェントへの攻撃: forged, changed, replayed, misdirected requests; programs that are not its own page."""

import base64
import hashlib
import hmac
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from asn1crypto import cms
from joserfc.jwk import ECKey

from card.agent.cities import Cities, CitiesUnreadable, OriginUnclear, origin
from tests.card.agent.agent_city import City, running_city
from tests.card.agent.conftest import Visit, token_of


def digest_of(cms_bytes: bytes) -> bytes:
    """The message digest that a CAdES signature is over."""
    signer = cms.ContentInfo.load(cms_bytes)["content"]["signer_infos"][0]
    return next(one["values"][0].native for one in signer["signed_attrs"] if one["type"].native == "message_digest")


def unpadded(content: bytes) -> str:
    """Base64url as JWS has it (RFC 7515 2)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def segment(part: object) -> str:
    return unpadded(json.dumps(part).encode())


def refused(page: httpx.Response, sentence: str) -> bool:
    return page.status_code == 400 and sentence in page.text and 'name="pin"' not in page.text


FORGED = "登録された市の署名がありません"


# --- who asks --------------------------------------------------------------------------------------------------------


def test_a_request_from_another_site_is_never_fetched(visit: Visit) -> None:
    with running_city() as stranger:
        assert refused(visit.open(f"{stranger.origin}/request"), "登録された市のサイトからのものではない")
        assert stranger.fetched == 0


@pytest.mark.parametrize("key", ["submit_url", "return_url", "cancel_url"])
@pytest.mark.parametrize("target", ["http://127.0.0.1:1/x", "javascript:alert(1)", "//evil.example/", ""])
def test_a_request_that_leads_elsewhere_is_refused(visit: Visit, city: City, key: str, target: str) -> None:
    city.claims[key] = target
    assert refused(visit.open(), "登録された市のサイトからのものではない")


def test_the_city_cannot_send_the_browser_elsewhere(visit: Visit, city: City) -> None:
    city.answer = (200, {"return_url": "https://evil.example/"})
    page = visit.sign("HANAKO1234")
    assert page.status_code == 422
    assert "location" not in page.headers


# --- what is asked ---------------------------------------------------------------------------------------------------


def test_a_request_signed_by_another_key_is_refused(visit: Visit, city: City) -> None:
    city.key, real = ECKey.generate_key("P-256"), city.key
    city.header["kid"] = real.kid
    assert refused(visit.open(), FORGED)


def test_a_request_without_a_signature_is_refused(visit: Visit, city: City) -> None:
    def unsigned() -> str:
        return f"{segment({'alg': 'none'})}.{segment(city.claims)}."

    city.signed = unsigned  # type: ignore[method-assign]
    assert refused(visit.open(), FORGED)


def test_the_public_key_used_as_a_password_is_refused(visit: Visit, city: City) -> None:
    def hashed() -> str:
        signed = ".".join(segment(one) for one in ({"alg": "HS256", "typ": city.header["typ"]}, city.claims))
        password = city.key.as_pem(private=False)
        return f"{signed}.{unpadded(hmac.digest(password, signed.encode(), 'sha256'))}"

    city.signed = hashed  # type: ignore[method-assign]
    assert refused(visit.open(), FORGED)


@pytest.mark.parametrize("changed", [("title", "Something small"), ("content", base64.b64encode(b"other").decode())])
def test_a_request_changed_on_its_way_is_refused(visit: Visit, city: City, changed: tuple[str, str]) -> None:
    head, _, signature = city.signed().split(".")
    altered = ".".join([head, segment({**city.claims, changed[0]: changed[1]}), signature])
    city.signed = lambda: altered  # type: ignore[method-assign]
    assert refused(visit.open(), FORGED)


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://other.example"}, {"aud": "somebody-else"}, {"aud": None}],
    ids=["issuer", "audience", "no audience"],
)
def test_a_signature_made_for_something_else_is_no_request(visit: Visit, city: City, claims: dict[str, Any]) -> None:
    city.claims.update(claims)
    assert refused(visit.open(), FORGED)


def test_another_kind_of_token_of_the_city_is_no_request(visit: Visit, city: City) -> None:
    city.header["typ"] = "JWT"
    assert refused(visit.open(), FORGED)


def test_what_the_page_showed_is_what_gets_signed_whatever_the_server_says_later(visit: Visit, city: City) -> None:
    page = visit.open()
    city.another(content=base64.b64encode(b"a contract").decode(), title="Certificate of residence")
    assert visit.sign("HANAKO1234", page=page).status_code == 303
    cms = base64.b64decode(city.received[0]["cms"])
    assert digest_of(cms) == hashlib.sha256('{"部数":2}'.encode()).digest()


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("purpose", "pay"), ("content", "%"), ("nonce", ""), ("exp", "soon"), ("exp", 10**20), ("jti", "1"),
        ("iat", None), ("holders", []),
    ],
)  # fmt: skip
def test_a_malformed_request_is_refused(visit: Visit, city: City, claim: str, value: object) -> None:
    city.claims[claim] = value
    assert visit.open().status_code == 400


# --- when ------------------------------------------------------------------------------------------------------------


def test_an_expired_request_is_refused(visit: Visit, city: City) -> None:
    city.claims["exp"] = int((datetime.now(UTC) - timedelta(seconds=1)).timestamp())
    assert refused(visit.open(), "期限が切れました")


def test_a_request_that_lives_for_days_is_refused(visit: Visit, city: City) -> None:
    city.claims["exp"] = int((datetime.now(UTC) + timedelta(days=2)).timestamp())
    assert refused(visit.open(), "読み取れません")


def test_a_signature_is_delivered_once(visit: Visit, city: City) -> None:
    page = visit.open()
    assert visit.sign("HANAKO1234", page=page).status_code == 303
    assert visit.sign("HANAKO1234", page=page).status_code == 400
    assert len(city.received) == 1


def test_an_answered_request_is_not_shown_again_even_if_the_city_would(visit: Visit, city: City) -> None:
    assert visit.sign("HANAKO1234").status_code == 303
    assert refused(visit.open(), "すでに答えています")


def test_two_tabs_with_one_request_sign_once(visit: Visit, city: City) -> None:
    first, second = visit.open(), visit.open()
    assert visit.sign("HANAKO1234", page=first).status_code == 303
    assert visit.sign("HANAKO1234", page=second).status_code == 400
    assert len(city.received) == 1


def test_two_tabs_at_once_take_turns_and_no_pin_meets_the_other_tabs_card(visit: Visit, city: City) -> None:
    one = visit.open()
    city.another()
    other = visit.open()
    together = threading.Barrier(2)

    def sign(page: httpx.Response, card: str, pin: str) -> httpx.Response:
        together.wait()
        return httpx.post(
            str(visit.client.base_url) + "/sign",
            data={"token": token_of(page), "card": card, "pin": pin},
            headers=visit.client.headers,
            timeout=60,
        )

    with ThreadPoolExecutor(2) as tabs:
        answers = [tabs.submit(sign, one, "hanako", "HANAKO1234"), tabs.submit(sign, other, "taro", "TARO1234")]
    assert [answer.result().status_code for answer in answers] == [303, 303]
    assert len({one["cms"] for one in city.received}) == 2


# --- from where ------------------------------------------------------------------------------------------------------


def test_only_the_loopback_name_is_answered(visit: Visit) -> None:
    for host in ("madoguchi.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:80"):
        assert visit.client.get("/agent.css", headers={"Host": host}).status_code == 403
    assert visit.client.get("/agent.css").status_code == 200


@pytest.mark.parametrize("origin", ["the city", "null", "http://localhost:1", ""])
def test_a_form_that_is_not_on_the_agents_own_page_is_refused(visit: Visit, city: City, origin: str) -> None:
    page = visit.open()
    visit.client.headers["Origin"] = city.origin if origin == "the city" else origin
    assert visit.sign("HANAKO1234", page=page).status_code == 403
    assert not city.received


def test_a_form_without_an_origin_is_refused(visit: Visit, city: City) -> None:
    page = visit.open()
    del visit.client.headers["Origin"]
    assert visit.sign("HANAKO1234", page=page).status_code == 403
    assert not city.received


def test_a_form_without_our_token_signs_nothing(visit: Visit, city: City) -> None:
    assert visit.send({"card": "hanako", "pin": "HANAKO1234"}).status_code == 400
    assert not city.received


@pytest.mark.parametrize("kind", ["iframe", "image", "script", "empty"])
def test_a_page_of_another_site_cannot_have_the_agent_fetch_anything(visit: Visit, city: City, kind: str) -> None:
    visit.client.headers["Sec-Fetch-Dest"] = kind
    assert visit.open().status_code == 403
    assert city.fetched == 0


def test_another_site_cannot_ask_whether_a_card_lies_on_the_reader(visit: Visit) -> None:
    assert visit.client.get("/reader").json()["state"] in ("card", "empty")
    assert visit.client.get("/reader", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_every_answer_forbids_framing_and_caching(visit: Visit) -> None:
    for answer in (visit.open(), visit.open("http://evil.example/"), visit.client.get("/nothing")):
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"


def test_a_huge_form_is_refused(visit: Visit, city: City) -> None:
    assert visit.send({"token": "x" * 5_000_000, "pin": "1"}).status_code == 400
    assert not city.received


# --- the list --------------------------------------------------------------------------------------------------------


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
    with pytest.raises(OriginUnclear):
        origin(url)


def test_a_list_that_is_missing_or_wrong_says_what_to_do(tmp_path: Any, city: City) -> None:
    with pytest.raises(CitiesUnreadable, match="Your city hands it out"):
        Cities.read(tmp_path / "cities.json")
    good = {"origin": city.origin, "name": city.entry.name, "keys": {"keys": [city.key.as_dict(private=False)]}}
    for wrong in ({"origin": "city/"}, {"name": {"ja": "姫路市"}}, {"keys": {"keys": []}}):
        (tmp_path / "cities.json").write_text(json.dumps({"cities": [good | wrong]}))
        with pytest.raises(CitiesUnreadable):
            Cities.read(tmp_path / "cities.json")


def test_a_list_with_a_citys_private_key_is_refused(tmp_path: Any, city: City) -> None:
    entry = {"origin": city.origin, "name": city.entry.name, "keys": {"keys": [city.key.as_dict(private=True)]}}
    (tmp_path / "cities.json").write_text(json.dumps({"cities": [entry]}))
    with pytest.raises(CitiesUnreadable, match="never leaves the city"):
        Cities.read(tmp_path / "cities.json")

"""職員認証基盤（模擬）: it speaks OpenID Connect as a strict provider would."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from sandbox.gateway.process import NeighbourProcess

CALLBACK = "http://127.0.0.1:9/login/identity/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "client_id": "madoguchi", "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "state": "s",
    "nonce": "n", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("identity")


@pytest.fixture(scope="module")
def http(folder: Path) -> Iterator[httpx.Client]:
    with (
        NeighbourProcess("sandbox.identity", folder, "--callback", CALLBACK) as provider,
        httpx.Client(base_url=provider.url, timeout=30) as client,
    ):
        yield client


def code(http: httpx.Client) -> str:
    back = http.post("/authorize", data=ASKED | {"subject": "officer"})
    assert back.status_code == 303
    return httpx.URL(back.headers["location"]).params["code"]


def exchange(http: httpx.Client, folder: Path, given: str, **changes: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": given, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    secret = httpx.QueryParams({"": (folder / "client_secret").read_text()})
    return http.post("/token", data=form | changes, auth=("madoguchi", str(secret).removeprefix("=")))


def test_a_code_becomes_an_id_token_signed_with_a_published_key(http: httpx.Client, folder: Path) -> None:
    described = http.get("/.well-known/openid-configuration").json()
    answer = exchange(http, folder, code(http)).json()

    keys = KeySet.import_key_set(http.get("/jwks").json())
    claims = jwt.decode(answer["id_token"], keys, algorithms=["RS256"]).claims

    assert described["issuer"] == claims["iss"] == str(http.base_url).rstrip("/")
    assert (claims["sub"], claims["aud"], claims["nonce"]) == ("officer", "madoguchi", "n")
    assert "d" not in http.get("/jwks").json()["keys"][0], "the private half stays at home"
    assert (folder / "client_secret").stat().st_mode & 0o777 == 0o600


def test_a_code_works_once_and_only_for_who_began(http: httpx.Client, folder: Path) -> None:
    used = code(http)
    assert exchange(http, folder, used).is_success
    assert exchange(http, folder, used).json() == {"error": "invalid_grant"}
    assert exchange(http, folder, code(http), code_verifier="w" * 43).json() == {"error": "invalid_grant"}
    assert exchange(http, folder, code(http), redirect_uri="http://evil.example").json() == {"error": "invalid_grant"}
    assert http.post("/token", data={"code": code(http)}, auth=("madoguchi", "guess")).status_code == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://evil.example/"},
        {"redirect_uri": CALLBACK + "/more"},
        {"client_id": "somebody"},
        {"response_type": "token"},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_wrong_request_is_sent_nowhere(http: httpx.Client, changed: dict[str, str]) -> None:
    asked = http.get("/authorize", params=ASKED | changed)
    granted = http.post("/authorize", data=ASKED | changed | {"subject": "officer"})

    assert (asked.status_code, granted.status_code) == (400, 400)
    assert "location" not in granted.headers


def test_the_page_offers_the_demo_officers_and_escapes_what_it_was_asked(http: httpx.Client) -> None:
    page = http.get("/authorize", params=ASKED | {"state": '"><script>x'}).text
    assert "窓口　一郎" in page
    assert "新人　三郎" in page
    assert "<script>" not in page

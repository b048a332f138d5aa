"""頻度の上限: whoever asks too often is told when to come again, and nobody else notices."""

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import ValidationError

from api.counter import SESSION_COOKIE
from api.rates import SWEEP_EVERY, ProcessMemory, client_key, kind_of
from api.settings import RateSettings
from machine.layout import Layout
from tests.api import annex as annexes
from tests.api.scenes import HAPPY_PASS, SCREENING, Books

ALLOWED = {"logins": 3, "writes": 4, "uploads": 2, "verification": 3, "reads": 6}
SIGNS = {
    "ja": "アクセスが集中しています",
    "en": "seconds",
    "zh": "秒",
    "ko": "초",
}
WANTED = {"procedure": SCREENING, "language": "ja"}


@pytest.fixture(scope="module")
def strict(town: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A web server on the town's database that allows little in ten minutes."""
    limits = {f"MADOGUCHI_WEB_RATE_{kind.upper()}": f"{most} per 10 minutes" for kind, most in ALLOWED.items()}
    folder = tmp_path_factory.mktemp("strict")
    with annexes.running(town, None, folder, annexes.free_port(), MADOGUCHI_WEB_HOSTS="{}", **limits) as address:
        yield address


_ADDRESSES = iter(range(1, 255))


@pytest.fixture
def address() -> str:
    """A client address nobody else has, as the trusted proxy in front would name it."""
    return f"198.51.100.{next(_ADDRESSES)}"


def browser(strict: str, address: str, **more: str) -> httpx.Client:
    return httpx.Client(base_url=strict, headers={"x-forwarded-for": address, **more}, timeout=30)


@contextmanager
def resident(strict: str, address: str, books: Books) -> Iterator[httpx.Client]:
    """Somebody with a session of their own, whom this server has seen once."""
    with browser(strict, address) as client:
        client.cookies.set(SESSION_COOKIE, books.session(books.account()))
        assert client.get("/api/session").json() is not None
        yield client


def test_a_program_is_told_in_seconds_when_to_come_again(strict: str, address: str) -> None:
    with browser(strict, address) as client:
        answers = [client.get("/api/verification/NOSUCHCODE") for _ in range(ALLOWED["verification"] + 1)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["title"] == "too_many_requests"
    assert 0 < int(refused.headers["retry-after"]) <= 600
    assert [answer.headers["ratelimit-policy"] for answer in answers] == ['"verification";q=3;w=600'] * 4
    left = [answer.headers["ratelimit"] for answer in answers]
    assert [each.split(";")[1] for each in left] == ["r=2", "r=1", "r=0", "r=0"]
    assert refused.headers["retry-after"] == left[-1].split("t=")[1]
    assert refused.headers["content-security-policy"], "a refusal is guarded like any page"


@pytest.mark.parametrize("language", SIGNS)
def test_a_person_gets_a_page_in_their_language(strict: str, address: str, language: str) -> None:
    with browser(strict, address, accept="text/html", **{"accept-language": language}) as client:
        for _ in range(ALLOWED["reads"]):
            assert client.get("/login").status_code == 200
        page = client.get("/login")
        style = re.search(r'/static/[^"]+\.css', page.text)
        assert style is not None
        styled = client.get(style[0])

    assert page.status_code == 429
    assert page.headers["content-type"].startswith("text/html")
    assert SIGNS[language] in page.text
    assert f"{page.headers['retry-after']}" in page.text
    assert styled.status_code == 200, "the page must still look like one"


def test_each_kind_of_request_has_an_allowance_of_its_own(strict: str, address: str) -> None:
    with browser(strict, address) as client:
        asked = [client.post("/api/login-requests", json={"language": "ja"}).status_code for _ in range(4)]
        looked = client.get("/api/procedures").status_code
    assert asked == [201, 201, 201, 429]
    assert looked == 200


def test_one_address_does_not_spend_anothers_allowance(strict: str) -> None:
    first, second = (f"198.51.100.{next(_ADDRESSES)}" for _ in "ab")
    with browser(strict, first) as one, browser(strict, second) as two:
        for _ in range(ALLOWED["verification"]):
            one.get("/api/verification/NOSUCHCODE")
        assert one.get("/api/verification/NOSUCHCODE").status_code == 429
        assert two.get("/api/verification/NOSUCHCODE").status_code == 200


def test_residents_behind_one_address_have_an_allowance_each(strict: str, address: str, books: Books) -> None:
    """A city hall, a school, a mobile carrier: many sessions, one address."""
    with resident(strict, address, books) as one, resident(strict, address, books) as two:
        mine = [one.post("/api/drafts", json=WANTED).status_code for _ in range(ALLOWED["writes"] + 1)]
        theirs = [two.post("/api/drafts", json=WANTED).status_code for _ in range(ALLOWED["writes"] + 1)]
    assert mine == theirs == [201, 201, 201, 201, 429]


def test_a_made_up_session_gets_no_allowance_of_its_own(strict: str, address: str) -> None:
    with browser(strict, address) as client:
        for number in range(ALLOWED["reads"]):
            answer = client.get("/api/session", headers={"cookie": f"{SESSION_COOKIE}=made-up-{number}"})
            assert answer.json() is None
        assert client.get("/api/session", headers={"cookie": f"{SESSION_COOKIE}=another"}).status_code == 429


def test_a_refused_write_writes_nothing_and_its_key_may_be_used_later(strict: str, address: str, books: Books) -> None:
    with resident(strict, address, books) as client:
        for _ in range(ALLOWED["writes"]):
            client.post("/api/drafts", json=WANTED)
        refused = client.post("/api/drafts", json=WANTED, headers={"idempotency-key": address})
        assert refused.status_code == 429
        assert len(client.get("/api/drafts").json()) == ALLOWED["writes"]
    assert books.rows("select 1 from idempotency_key where key = %s", address) == []


def test_an_upload_is_refused_before_its_body_is_read(strict: str, address: str, books: Books) -> None:
    """The answer comes while the sender has sent nothing but the headers."""
    with resident(strict, address, books) as client:
        draft_id = client.post("/api/drafts", json={"procedure": HAPPY_PASS, "language": "ja"}).json()["id"]
        for _ in range(ALLOWED["uploads"]):
            client.post(f"/api/drafts/{draft_id}/attachments", data={"field": "x"}, files={"file": ("a", b"a")})
        cookie = client.cookies[SESSION_COOKIE]
    place = urlsplit(strict)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as line:
        line.sendall(
            f"POST /api/drafts/{draft_id}/attachments HTTP/1.1\r\nhost: {place.netloc}\r\n"
            f"x-forwarded-for: {address}\r\ncookie: {SESSION_COOKIE}={cookie}\r\n"
            "content-type: multipart/form-data; boundary=b\r\ncontent-length: 9000000\r\n\r\n".encode()
        )
        assert line.recv(100).startswith(b"HTTP/1.1 429 ")


def test_the_proxys_look_and_the_gateways_news_are_never_refused(strict: str, address: str) -> None:
    with browser(strict, address) as client:
        assert {client.get("/healthz").status_code for _ in range(20)} == {200}
        assert {client.post("/webhooks/payment", content=b"{}").status_code for _ in range(20)} == {400}
        assert "ratelimit" not in client.get("/healthz").headers


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/", "reads"),
        ("GET", "/login", "reads"),
        ("POST", "/login", "logins"),
        ("GET", "/login/identity", "logins"),
        ("POST", "/api/sessions", "logins"),
        ("GET", "/api/signing-requests/1", "logins"),
        ("GET", "/verify", "verification"),
        ("POST", "/api/verification", "verification"),
        ("PUT", "/api/drafts/1/answers", "writes"),
        ("DELETE", "/api/session", "writes"),
        ("GET", "/static/madoguchi.css", None),
        ("GET", "/healthz", None),
        ("POST", "/webhooks/payment", None),
    ],
)
def test_what_a_request_counts_as(method: str, path: str, kind: str | None) -> None:
    assert kind_of({"method": method, "path": path, "headers": []}) == kind


def test_a_form_that_may_carry_files_counts_as_an_upload() -> None:
    headers = [(b"content-type", b"Multipart/form-data; boundary=x")]
    assert kind_of({"method": "POST", "path": "/api/drafts/1/attachments", "headers": headers}) == "uploads"


def test_a_household_with_ipv6_is_one_client() -> None:
    asked = [client_key({"client": (address, 1)}) for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")]
    assert asked[0] == asked[1] != client_key({"client": ("2001:db8:1:3::1", 1)})


def test_a_rate_nobody_can_read_stops_the_start() -> None:
    with pytest.raises(ValidationError, match="60/minute"):
        RateSettings(writes="often")


def test_an_allowance_comes_back_with_the_window_and_who_is_long_gone_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A window that moves: what was asked a minute ago counts no more."""
    now = [1_000.0]
    monkeypatch.setattr("api.rates.time.time", lambda: now[0])
    memory = ProcessMemory()

    def asks(who: str) -> bool:
        return asyncio.run(memory.acquire_entry(who, limit=2, expiry=60))

    assert [asks("a"), asks("a"), asks("a")] == [True, True, False]
    now[0] += 59
    assert not asks("a")
    now[0] += 1
    assert asks("a")
    now[0] += SWEEP_EVERY + 60
    assert asks("b")
    assert asyncio.run(memory.reset()) == 1, "only the one who came is remembered"

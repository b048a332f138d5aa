"""Pages over HTTP: languages, guards, errors in words, static files."""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from ui_samples import AGENT, GATEWAY

from procedures.texts import LANGUAGES
from ui.app import ROUTERS


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers={"accept": "text/html", "accept-language": "ja"}, timeout=30) as client:
        yield client


def heading(response: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", response.text)
    assert found, response.text[:500]
    return found[1]


def test_the_catalogue_and_the_public_pages_are_open_to_all(browser: httpx.Client) -> None:
    for path in ("/", "/procedures/residence_certificate", "/login", "/verify", "/accessibility"):
        response = browser.get(path)
        assert response.status_code == 200, path
        assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/cases", "/cases/X", "/points", "/inbox", "/admin/cases", "/account/certificates"])
def test_what_is_private_leads_to_the_login_and_back(browser: httpx.Client, path: str) -> None:
    response = browser.get(path)
    assert (response.status_code, response.headers["location"]) == (303, f"/login?next={path}")


def test_a_form_sent_without_a_session_comes_back_to_its_page(browser: httpx.Client, address: str) -> None:
    response = browser.post("/cases/X/withdraw", headers={"referer": f"{address}/cases/X/withdraw"})
    assert response.headers["location"] == "/login?next=/cases/X/withdraw"


@pytest.mark.parametrize("next_page", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:1"])
def test_the_way_back_never_leaves_the_site(browser: httpx.Client, next_page: str) -> None:
    page = browser.get("/login", params={"next": next_page})
    assert 'name="next" value="/"' in page.text


def test_a_city_without_an_identity_provider_offers_none(browser: httpx.Client) -> None:
    assert "/login/identity" not in browser.get("/login").text
    assert browser.get("/login/identity").status_code == 404


def test_the_reader_chooses_the_language_and_it_stays(browser: httpx.Client) -> None:
    headings = {browser.get("/", params={"lang": language}).text for language in LANGUAGES}
    assert len(headings) == len(LANGUAGES)
    assert browser.get("/", params={"lang": "ko"}).headers["content-language"] == "ko"
    assert '<html lang="ko">' in browser.get("/verify").text


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("fr-FR,en;q=0.5,ko;q=0.9", "ko"),
        ("fr", "ja"),
        ("", "ja"),
        ("en;q=0", "ja"),
        ("en;q=x,ko;q=0.1", "ko"),
    ],
)
def test_the_browsers_languages_are_respected(browser: httpx.Client, accepted: str, lang: str) -> None:
    assert f'<html lang="{lang}">' in browser.get("/", headers={"accept-language": accepted}).text


@pytest.mark.parametrize("path", ["/nowhere", "/procedures/none"])
def test_an_unknown_address_is_explained(browser: httpx.Client, path: str) -> None:
    response = browser.get(path)
    assert (response.status_code, heading(response)) == (404, "ページが見つかりません")


def test_the_api_keeps_its_own_answers(browser: httpx.Client) -> None:
    response = browser.get("/api/procedures/none")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_a_program_asking_for_nowhere_gets_problem_details(address: str) -> None:
    response = httpx.get(f"{address}/nowhere", headers={"accept": "application/json"})
    assert response.headers["content-type"] == "application/problem+json"


def test_every_answer_carries_the_guards(browser: httpx.Client) -> None:
    for path in ("/", "/nowhere", "/api/procedures"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert f"form-action 'self' {AGENT} {GATEWAY}" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "sent",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_form_another_site_sends_is_refused(browser: httpx.Client, sent: dict[str, str]) -> None:
    response = browser.post("/logout", headers=sent)
    assert (response.status_code, heading(response)) == (403, "ほかのサイトからの操作を止めました")


def test_our_own_form_and_programs_pass_the_guard(browser: httpx.Client, address: str) -> None:
    for sent in ({"sec-fetch-site": "same-origin"}, {"origin": address}, {}):
        assert browser.post("/points", headers=sent).status_code == 405


def test_too_large_an_upload_is_refused_in_words(browser: httpx.Client) -> None:
    response = browser.post("/verify", files={"file": ("a.pdf", b"%PDF" + b"0" * 1_000_000)})
    assert (response.status_code, heading(response)) == (413, "送られた内容が大きすぎます")


def test_an_upload_of_unknown_length_is_stopped_on_the_way(browser: httpx.Client) -> None:
    def endless() -> object:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        for _ in range(30):
            yield b"0" * 50_000

    sent = {"content-type": "multipart/form-data; boundary=x"}
    response = browser.post("/verify", content=endless(), headers=sent)  # type: ignore[arg-type]
    # A browser always says the length; this is a program, and gets the API's answer.
    assert (response.status_code, response.json()["title"]) == (413, "too_large")


def test_an_upload_without_a_file_says_what_is_missing(browser: httpx.Client) -> None:
    response = browser.post("/verify", files={"file": ("", b"")})
    assert response.status_code == 422
    assert "＊PDFファイルを選んでください。" in response.text


def test_what_nobody_foresaw_is_a_page_with_a_number_and_no_details(browser: httpx.Client) -> None:
    browser.cookies.set("madoguchi_session", "x")  # to be looked up in the database, which is not connected
    response = browser.get("/cases")
    assert (response.status_code, heading(response)) == (500, "申し訳ありません。市のシステムで問題が起きました")
    assert re.search(r'class="madoguchi-code">[0-9a-f]{8}<', response.text)
    assert "NoneType" not in response.text
    assert "content-security-policy" in response.headers


def test_static_files_are_kept_for_a_year_under_their_fingerprint(browser: httpx.Client) -> None:
    style = re.search(r'href="(/static/\w+/madoguchi.css)"', browser.get("/").text)
    assert style
    assert "immutable" in browser.get(style[1]).headers["cache-control"]
    older = browser.get("/static/000000000000/madoguchi.css")
    assert (older.status_code, older.headers["cache-control"]) == (200, "no-cache")
    assert browser.get("/static/x/../../app.py").status_code == 404
    assert browser.get("/static/x/..%2f..%2fapp.py").status_code == 404


def test_no_page_is_in_the_api_document(application: FastAPI) -> None:
    pages = {route.path for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)}
    assert pages
    assert not pages & set(application.openapi()["paths"])

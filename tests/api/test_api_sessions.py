"""ログインと権限: who is nobody, somebody else, too late or of another city."""

import base64
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.counter import BROWSER_COOKIE, SESSION_COOKIE
from machine.layout import Layout
from machine.visitor import Visitor, handback_of
from sandbox.people import ADMINISTRATOR, HANAKO, TARO
from tests.api.scenes import KAKOGAWA, Books, Newcomer, screening_under_review
from tests.conftest import Meet

PUBLIC = {
    "/api/procedures", "/api/procedures/{procedure_id}", "/api/login-requests",
    "/api/sessions", "/api/session", "/api/signing-requests/{request_id}",
    "/api/verification/{code}", "/api/verification", "/api/postal-codes/{code}", "/healthz",
}  # fmt: skip


def operations(town: Layout) -> list[tuple[str, str]]:
    """(method, address) of every guarded route, with ids nobody has."""
    paths: dict[str, dict[str, Any]] = httpx.get(f"{town.public_url}/api/openapi.json", timeout=30).json()["paths"]
    found = []
    for path, methods in paths.items():
        address = re.sub(r"\{\w+_id\}", str(uuid4()), path).replace("{receipt_number}", "282014-261123-22222")
        found += [(method.upper(), address) for method in methods if path not in PUBLIC]
    assert len(found) > 15
    return found


def test_without_a_login_every_guarded_route_asks_for_one(town: Layout) -> None:
    with httpx.Client(base_url=town.public_url) as nobody:
        for method, address in operations(town):
            answer = nobody.request(method, address)
            assert (answer.status_code, answer.json()["title"]) == (401, "login_required"), (method, address)


def status_of(visitor: Visitor, method: str, address: str) -> int:
    """Only how the answer begins: an event stream has no end."""
    with visitor.http.stream(method, address) as answer:
        return answer.status_code


def test_a_resident_is_no_officer_and_an_officer_no_administrator(town: Layout, newcomer: Newcomer) -> None:
    resident, officer = newcomer(), newcomer("health_review")
    others = ("/api/administration", "/api/department", "/api/officers", "/api/functions", "/api/audit")
    for method, address in operations(town):
        if address.startswith("/api/sheets"):
            continue  # These ask for the duty a sheet names: tests/api/test_api_rights.py.
        if address.startswith(("/api/tasks", "/api/inbox", "/api/bulks", "/api/substitutions", *others)):
            assert status_of(resident, method, address) == 403, (method, address)
        if address.startswith(others):
            assert status_of(officer, method, address) == 403, (method, address)
        else:
            status = status_of(officer, method, address)
            assert status < 500, (method, address)
            assert status not in (401, 403), (method, address)


def test_an_administrator_sees_every_case_of_the_city(meet: Meet, newcomer: Newcomer) -> None:
    receipt_number = screening_under_review(newcomer())

    listed = meet(ADMINISTRATOR).get("/api/administration/cases")

    assert receipt_number in {case["receipt_number"] for case in listed}


@pytest.mark.parametrize(
    "aged",
    ["expires_at = now()", "last_seen_at = now() - interval '31 minutes'"],
    ids=["too old", "idle for too long"],
)
def test_a_session_that_ran_out_asks_for_a_login_and_keeps_the_drafts(
    newcomer: Newcomer, books: Books, aged: str
) -> None:
    resident = newcomer()
    draft_id = resident.post("/api/drafts", {"procedure": "cancer_screening", "language": "ja"})["id"]
    account_id = resident.get("/api/session")["account_id"]

    books.write(f"update session set {aged} where account_id = %s", account_id)

    answer = resident.http.get(f"/api/drafts/{draft_id}")
    assert (answer.status_code, answer.json()["title"]) == (401, "login_required")
    assert resident.get("/api/session") is None
    resident.http.cookies.set(SESSION_COOKIE, books.session(account_id))
    assert resident.get(f"/api/drafts/{draft_id}")["id"] == draft_id


def test_a_session_of_another_municipality_is_nobodys_here(newcomer: Newcomer) -> None:
    neighbour = newcomer("administrator", "health_review", municipality=KAKOGAWA)

    assert neighbour.get("/api/session") is None
    assert neighbour.http.get("/api/cases").status_code == 401
    assert neighbour.http.get("/api/administration/cases").status_code == 401


def test_made_up_tokens_are_nobodys(town: Layout) -> None:
    for token in ("", "x", "A" * 5000, "' or 1=1 --", "null"):
        with httpx.Client(base_url=town.public_url, cookies={SESSION_COOKIE: token}) as visitor:
            assert visitor.get("/api/cases").status_code in (401, 400, 431), token


def test_after_logging_out_the_token_is_worth_nothing(newcomer: Newcomer, town: Layout) -> None:
    resident = newcomer()
    token = resident.http.cookies[SESSION_COOKIE]

    assert resident.http.delete("/api/session").status_code == 204

    with httpx.Client(base_url=town.public_url, cookies={SESSION_COOKIE: token}) as thief:
        assert thief.get("/api/cases").status_code == 401


def test_only_the_browser_that_asked_collects_the_session_and_only_once(meet: Meet, town: Layout) -> None:
    hanako = meet(HANAKO)
    asked = hanako.post("/api/login-requests", {"language": "ja"})
    given = {"handback": handback_of(hanako.answer(asked["id"]))}

    for cookies in ({}, {BROWSER_COOKIE: "somebody else's"}):
        with httpx.Client(cookies=cookies) as thief:
            assert thief.post(f"{town.public_url}/api/sessions", json=given).status_code == 410
    assert hanako.http.post("/api/sessions", json=given).status_code == 204
    assert hanako.http.post("/api/sessions", json=given).status_code == 410


def test_a_card_tricked_into_answering_a_strangers_login_does_not_log_the_stranger_in(meet: Meet) -> None:
    stranger, hanako = meet(TARO), meet(HANAKO)
    asked = stranger.post("/api/login-requests", {"language": "ja"})
    given_to_hanako = {"handback": handback_of(hanako.answer(asked["id"]))}

    guesses = (asked["id"], "A" * 32)
    assert all(stranger.http.post("/api/sessions", json={"handback": g}).status_code == 410 for g in guesses)
    assert hanako.http.post("/api/sessions", json=given_to_hanako).status_code == 410, "nor hanako as the stranger"


def test_a_signature_of_a_signing_certificate_logs_nobody_in(meet: Meet) -> None:
    hanako: Visitor = meet(HANAKO)
    asked = hanako.post("/api/login-requests", {"language": "ja"})
    request = hanako.asked(asked["id"])
    cms = hanako.sign("signing", request.content)

    body = {"nonce": request.nonce, "cms": base64.b64encode(cms).decode()}
    answer = hanako.http.post(f"/api/signing-requests/{asked['id']}", json=body)

    assert (answer.status_code, answer.json()["title"]) == (422, "certificate_refused")
    assert hanako.http.post("/api/sessions", json={"handback": asked["id"]}).status_code == 410


def test_a_login_leads_only_to_pages_of_this_counter(meet: Meet, books: Books) -> None:
    taro = meet(TARO)

    for evil in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        asked = taro.post("/api/login-requests", {"language": "ja", "next": evil})
        content = books.rows("select content from signing_request where id = %s", asked["id"])[0]["content"]
        assert b"evil" not in bytes(content)
        assert b"javascript" not in bytes(content)


def test_each_login_gives_a_token_of_its_own_and_ends_the_browsers_former_session(meet: Meet, town: Layout) -> None:
    """Session fixation: a token somebody put into this browser before the login is worth nothing after it."""
    taro = meet(TARO)
    former = taro.http.cookies[SESSION_COOKIE]
    asked = taro.post("/api/login-requests", {"language": "ja"})

    answer = taro.http.post("/api/sessions", json={"handback": handback_of(taro.answer(asked["id"]))})

    assert answer.status_code == 204
    flags = answer.headers["set-cookie"].split("; ")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(flags)
    assert taro.http.cookies[SESSION_COOKIE] != former
    with httpx.Client(base_url=town.public_url, cookies={SESSION_COOKIE: former}) as thief:
        assert thief.get("/api/cases").status_code == 401


def test_a_suspended_certificates_session_is_nobodys(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    account_id = resident.get("/api/session")["account_id"]

    books.write("update credential set suspended_at = now(), suspension = 'revoked' where account_id = %s", account_id)

    assert resident.get("/api/session") is None
    assert resident.http.get("/api/cases").status_code == 401

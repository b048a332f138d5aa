"""職員ログイン: the city's own identity provider, right and wrong."""

import hashlib
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser

from api.counter import SESSION_COOKIE
from machine.visitor import wait_for
from sandbox.gateway.process import NeighbourProcess
from tests.api.annex import Annex, Annexes, Staff
from tests.api.scenes import Books

REFUSED = (
    "wrong_nonce", "no_nonce", "wrong_audience", "shared_audience", "wrong_azp", "wrong_issuer", "expired", "future",
    "alg_none", "shared_secret", "foreign_key", "no_id_token",
)  # fmt: skip


@pytest.fixture(scope="module")
def here(annex_of: Annexes, provider: NeighbourProcess) -> Annex:
    """A city whose officer `officer` was appointed at the identity provider."""
    found = annex_of("284645")
    found.officers("appoint", "窓口　一郎", "health:health_review", "--subject", provider.url, "officer")
    return found


@pytest.fixture
def staff(here: Annex, provider: NeighbourProcess) -> Iterator[Staff]:
    found = Staff(here, provider)
    yield found
    found.http.close()


def test_an_appointed_officer_logs_in_and_goes_on(staff: Staff) -> None:
    answer = staff.log_in("officer", "/inbox?mine=true")

    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox?mine=true")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=lax" in answer.headers["set-cookie"]
    found = staff.session()
    assert found is not None
    assert found["officer_name"] == "窓口　一郎"
    assert found["duties"] == [{"department": "health", "function": "health_review"}]
    assert staff.http.get("/inbox").status_code == 200


def test_the_request_carries_what_binds_the_answer_to_it(staff: Staff) -> None:
    asked = httpx.URL(staff.ask().headers["location"]).params

    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["state"]) >= 40
    assert len(asked["nonce"]) >= 40
    assert asked["redirect_uri"].endswith("/login/identity/callback")
    assert asked["scope"] == "openid"


def test_the_providers_word_alone_makes_nobody_an_officer(staff: Staff, books: Books) -> None:
    before = books.rows("select count(*) as n from account")[0]["n"]

    answer = staff.log_in("newcomer")

    assert answer.status_code == 403
    assert "Ask an administrator to appoint you" in answer.text
    assert SESSION_COOKIE not in answer.headers.get("set-cookie", "")
    assert staff.session() is None
    assert books.rows("select count(*) as n from account")[0]["n"] == before


@pytest.mark.parametrize("kind", REFUSED)
def test_an_answer_that_is_not_to_be_believed_logs_nobody_in(staff: Staff, kind: str) -> None:
    staff.fault(kind)

    answer = staff.log_in("officer")

    assert answer.status_code == 422, kind
    assert "cannot be trusted" in answer.text
    assert staff.session() is None


def test_a_provider_that_is_down_is_said_plainly_and_nothing_is_used_up(staff: Staff) -> None:
    back = staff.choose(staff.ask(), "officer")
    staff.fault("down")

    assert staff.come_back(back).status_code == 503
    assert staff.session() is None
    assert staff.log_in("officer").status_code == 303


def test_an_answer_is_used_once(staff: Staff) -> None:
    back = staff.choose(staff.ask(), "officer")
    assert staff.come_back(back).status_code == 303

    assert staff.come_back(back).status_code == 410


def test_another_browser_does_not_get_the_session(staff: Staff, here: Annex) -> None:
    """Login CSRF: a stranger's answer, slipped under somebody's door."""
    back = staff.choose(staff.ask(), "officer")
    with here.browser() as victim:
        victim.get("/login/identity")

        answer = victim.get(back.removeprefix(here.address))

        assert answer.status_code == 410
        assert victim.get("/api/session").json() is None
    assert staff.come_back(back).status_code == 303, "the browser that asked still may"


def test_a_code_of_another_login_is_refused(staff: Staff, here: Annex, provider: NeighbourProcess) -> None:
    """Code injection: the state is the victim's, the code the attacker's; PKCE and nonce do not fit."""
    stolen = httpx.URL(staff.choose(staff.ask(), "officer")).params["code"]
    attacker = Staff(here, provider)
    state = httpx.URL(attacker.ask().headers["location"]).params["state"]

    answer = attacker.come_back(f"{here.address}/login/identity/callback?state={state}&code={stolen}")

    assert answer.status_code == 422
    assert attacker.session() is None
    attacker.http.close()


@pytest.mark.parametrize("changed", ["state=wrong&code=x", "code=x", "", "state=%00&code=%00", "state=" + "A" * 4000])
def test_answers_nobody_asked_for_are_refused(staff: Staff, changed: str) -> None:
    staff.ask()
    assert staff.http.get(f"/login/identity/callback?{changed}").status_code == 410


def test_an_answer_that_came_too_late_is_refused(staff: Staff, books: Books) -> None:
    back = staff.choose(staff.ask(), "officer")
    state = hashlib.sha256(httpx.URL(back).params["state"].encode()).digest()
    books.write("update identity_request set expires_at = now() where state_hash = %s", state)

    assert staff.come_back(back).status_code == 410


def test_an_answer_of_another_provider_is_refused(staff: Staff) -> None:
    back = httpx.URL(staff.choose(staff.ask(), "officer")).copy_set_param("iss", "https://evil.example")
    assert staff.come_back(str(back)).status_code == 422
    assert staff.session() is None


def test_who_cancels_is_told_so(staff: Staff) -> None:
    answer = staff.log_in("")
    assert answer.status_code == 422
    assert "cancelled" in answer.text


def test_a_login_leads_only_to_pages_of_this_counter(staff: Staff) -> None:
    for evil in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert staff.log_in("officer", evil).headers["location"] == "/"


def test_new_keys_of_the_provider_are_fetched_when_they_are_met(
    staff: Staff, provider: NeighbourProcess, here: Annex
) -> None:
    assert staff.log_in("officer").status_code == 303
    assert httpx.post(f"{provider.url}/_sandbox/rotation", timeout=30).is_success

    # For a while nobody may make us fetch again by making keys up; then the new key is found.
    wait_for(lambda: staff.log_in("officer").status_code, lambda status: status == 303, "the new key", patience=20)


def test_dismissal_ends_duties_and_sessions_at_once(staff: Staff, here: Annex, provider: NeighbourProcess) -> None:
    here.officers("appoint", "決裁　春子", "resident_counter:points_approval", "--subject", provider.url, "approver")
    assert staff.log_in("approver").status_code == 303

    here.officers("dismiss", "--subject", provider.url, "approver")

    assert staff.session() is None
    assert staff.log_in("approver").status_code == 403


def test_an_officer_logs_in_with_a_browser(browser: Browser, annex_of: Annexes, provider: NeighbourProcess) -> None:
    here = annex_of("282014")
    here.officers("appoint", "窓口　一郎", "health:health_review", "--subject", provider.url, "officer")
    page = browser.new_page(locale="ja-JP", java_script_enabled=False)

    page.goto(f"{here.address}/login?next=/inbox")
    page.get_by_role("link", name="姫路市職員認証でログイン").click()
    page.get_by_role("button", name="窓口　一郎").click()
    page.wait_for_url(f"{here.address}/inbox")

    assert "窓口　一郎" in page.locator("header").inner_text()
    page.context.close()


def test_the_login_page_offers_the_provider_by_its_name(here: Annex) -> None:
    with here.browser() as staff:
        page = staff.get("/login?next=/inbox").text
    assert 'href="/login/identity?next=/inbox"' in page
    assert "姫路市職員認証" in page

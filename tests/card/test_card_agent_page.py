"""カードエージェントの画面: in a real browser, which enforces the page's content security policy."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from card_city import City
from playwright.sync_api import Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed: apt-get install chromium")


@pytest.fixture
def page() -> Iterator[Page]:
    root = os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox"] if root else [], chromium_sandbox=not root
        )
        yield browser.new_page()
        browser.close()


def test_a_resident_comes_from_the_city_signs_and_returns(page: Page, city: City, agent: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    city.agent = agent
    page.goto(f"{city.origin}/start")
    page.get_by_role("link", name="sign").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Certificate of residence"
    page.get_by_label("Card to use").select_option("hanako")
    page.get_by_label("Password of the signing certificate").fill("WRONG123")
    page.get_by_role("button", name="Sign").click()
    assert "Tries left: 4" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Password of the signing certificate").input_value() == ""
    page.get_by_label("Password of the signing certificate").fill("HANAKO1234")
    page.get_by_role("button", name="Sign").click()
    page.wait_for_url(f"{city.origin}/cases/1?a=b")
    assert page.title() == "back at the city"
    assert len(city.received) == 1
    assert [one for one in complaints if "Content Security Policy" in one] == []


def test_targets_are_large_enough_for_a_finger(page: Page, city: City, agent: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{agent}/sign?request={city.origin}/request")
    for selector in ("button", "select", "input[type=password]", "a.cancel", "summary"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        assert box["height"] >= 44, selector
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

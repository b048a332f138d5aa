"""カードエージェントの画面: in a real browser, which enforces origins, framing and policies."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from machine.layout import CLONE
from tests.card.agent.agent_city import City, running_city

PASSWORD = "Password of the signing certificate"
AXE = CLONE / "node_modules" / "axe-core" / "axe.min.js"
RULES = '["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]'


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-US")
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def link_to(city: City, agent: str, path: str = "/start") -> str:
    """A page of the city that leads to the agent; its address."""
    city.pages[path] = f'<!doctype html><a href="{agent}/sign?request={city.origin}/request">sign</a>'
    return city.origin + path


def sign(page: Page, card: str, password: str) -> None:
    page.get_by_label("Card to use").select_option(card)
    page.get_by_label(PASSWORD).fill(password)
    page.get_by_role("button", name="Sign").click()


def test_a_resident_comes_from_the_city_signs_and_returns(page: Page, city: City, agent: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(link_to(city, agent))
    page.get_by_role("link", name="sign").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Certificate of residence")
    sign(page, "hanako", "WRONG123")
    expect(page.get_by_role("alert")).to_contain_text("Tries left: 4")
    expect(page.get_by_label(PASSWORD)).to_have_value("")
    sign(page, "hanako", "HANAKO1234")
    page.wait_for_url(f"{city.origin}/cases/1?a=b")
    assert len(city.received) == 1
    assert [one for one in complaints if "Content Security Policy" in one] == []


def test_everything_can_be_done_with_the_keyboard(page: Page, city: City, agent: str) -> None:
    page.goto(f"{agent}/sign?request={city.origin}/request")
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.localName"))
        if reached[-1] == "pin":
            break
    assert reached == ["summary", "card", "pin"], "the exact data, the card, the password: in the order of the page"
    page.keyboard.type("HANAKO1234")
    page.get_by_label("Card to use").select_option("hanako")
    page.get_by_label(PASSWORD).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{city.origin}/cases/1?a=b")


def test_a_reader_of_the_screen_hears_what_is_wrong_where_it_is_wrong(page: Page, city: City, agent: str) -> None:
    page.goto(f"{agent}/sign?request={city.origin}/request")
    sign(page, "hanako", "WRONG123")
    expect(page.get_by_role("alert")).to_be_visible()
    field = page.get_by_label(PASSWORD)
    assert field.get_attribute("aria-invalid") == "true"
    described = (field.get_attribute("aria-describedby") or "").split()
    assert "Tries left" in "".join(page.locator(f"#{name}").inner_text() for name in described)
    assert page.title().startswith("Error")


@pytest.mark.parametrize("state", ["asking", "wrong password", "certificate file", "refused"])
def test_every_state_of_the_page_is_accessible(page: Page, city: City, agent: str, state: str) -> None:
    """WCAG 2.2 AA, by axe-core. From the test's own world: the page's policy lets no script of others in."""
    if state == "certificate file":
        city.another(holders=["business"])
    if state == "refused":
        city.claims["exp"] = 1
    page.goto(f"{agent}/sign?request={city.origin}/request")
    if state == "wrong password":
        sign(page, "hanako", "WRONG123")
        expect(page.get_by_role("alert")).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(f"axe.run(document, {{runOnly: {RULES}}}).then(found => found.violations)")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_the_page_fits_and_its_targets_are_large_enough_for_a_finger(
    page: Page, city: City, agent: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(f"{agent}/sign?request={city.origin}/request")
    for selector in ("button", "select", "input[type=password]", "a.cancel", "summary"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        assert box["height"] >= 44, selector
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_two_tabs_at_once_each_get_their_own(page: Page, city: City, agent: str) -> None:
    other = page.context.new_page()
    page.goto(f"{agent}/sign?request={city.origin}/request")
    city.another(title="Library card")
    other.goto(f"{agent}/sign?request={city.origin}/request")
    expect(page.get_by_role("heading", level=1)).to_have_text("Certificate of residence")
    expect(other.get_by_role("heading", level=1)).to_have_text("Library card")
    sign(page, "hanako", "HANAKO1234")
    sign(other, "taro", "TARO1234")
    page.wait_for_url(re.compile("/cases/1"))
    other.wait_for_url(re.compile("/cases/1"))
    assert len(city.received) == 2


# --- attacks ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger() -> Iterator[City]:
    """Another site that the resident also has open."""
    with running_city() as stranger:
        yield stranger


READ = """async (url) => { try { return await (await fetch(url)).text() } catch (error) { return "refused" } }"""
SEND = """async ([url, body]) => {
  try { await fetch(url, {method: "POST", mode: "no-cors", body: new URLSearchParams(body)}); return "sent" }
  catch (error) { return "refused" }
}"""


def test_another_origin_reads_nothing_and_posts_nothing(page: Page, city: City, agent: str, stranger: City) -> None:
    page.goto(f"{agent}/sign?request={city.origin}/request")
    token = page.locator("[name=token]").input_value()
    page.goto(f"{stranger.origin}/")
    assert page.evaluate(READ, f"{agent}/sign?request={city.origin}/request") == "refused"
    assert page.evaluate(READ, f"{agent}/reader") == "refused"
    page.evaluate(SEND, [f"{agent}/sign", {"token": token, "card": "hanako", "pin": "HANAKO1234"}])
    assert (city.received, city.fetched) == ([], 1)


def test_another_sites_form_cannot_press_the_button(page: Page, city: City, agent: str, stranger: City) -> None:
    page.goto(f"{agent}/sign?request={city.origin}/request")
    fields = {"token": page.locator("[name=token]").input_value(), "card": "hanako", "pin": "HANAKO1234"}
    inputs = "".join(f'<input name="{name}" value="{value}">' for name, value in fields.items())
    stranger.pages["/form"] = f'<form method="post" action="{agent}/sign">{inputs}<button>win</button></form>'
    page.goto(f"{stranger.origin}/form")
    page.get_by_role("button", name="win").click()
    expect(page.locator("body")).to_contain_text("Only this machine's own browser")
    assert city.received == []


def test_the_page_cannot_be_framed(page: Page, city: City, agent: str, stranger: City) -> None:
    address = f"{agent}/sign?request={city.origin}/request"
    stranger.pages["/frame"] = f'<iframe src="{address}" style="opacity:0"></iframe><button>win</button>'
    page.goto(f"{stranger.origin}/frame")
    page.wait_for_load_state("networkidle")
    assert [frame.locator("[name=pin]").count() for frame in page.frames] == [0, 0]
    assert city.fetched == 0


def test_a_window_opened_by_another_site_is_out_of_its_reach(
    page: Page, city: City, agent: str, stranger: City
) -> None:
    stranger.pages["/open"] = (
        f"<button onclick=\"window.w = window.open('{agent}/sign?request={city.origin}/request')\">win</button>"
    )
    page.goto(f"{stranger.origin}/open")
    with page.context.expect_page() as opening:
        page.get_by_role("button", name="win").click()
    expect(opening.value.get_by_label(PASSWORD)).to_be_visible()
    assert opening.value.evaluate("window.opener") is None
    assert page.evaluate("w.closed"), "cross-origin-opener-policy cut the tie: the opener can neither move nor see it"

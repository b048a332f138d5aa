"""手続をさがす: as residents type it, on a phone and a desktop, in four languages, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from machine.layout import Layout
from sandbox.people import HANAKO
from tests.e2e.conftest import Sit

UNUSUAL = "じゅうみんひょうzzqx"
"""Stands nowhere but where a query was written down."""


@pytest.mark.parametrize(("width", "javascript"), [(375, True), (1280, False)], ids=["phone", "without JavaScript"])
def test_a_resident_finds_a_procedure_by_how_it_sounds(sit_down: Sit, width: int, javascript: bool) -> None:
    page = sit_down(HANAKO, width=width, javascript=javascript).open("/")
    page.get_by_label("手続をさがす").fill("じゅうみんひょう")
    if not javascript:
        page.get_by_role("button", name="検索").click()
    expect(page.get_by_role("status").filter(has_text="1件")).to_be_visible()
    page.get_by_role("link", name="住民票の写しの交付請求").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("住民票の写しの交付請求")
    expect(page.get_by_text("受付中", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("署名用電子証明書の暗証番号（英数字6"))).to_be_visible()


def test_results_follow_what_is_typed_and_the_place_in_the_box_stays(sit_down: Sit) -> None:
    page = sit_down(HANAKO).open("/")
    box = page.get_by_label("手続をさがす")
    box.press_sequentially("がんけんしん")
    expect(page.get_by_role("status").filter(has_text="「がんけんしん」")).to_be_visible()
    expect(page.get_by_role("link", name="がん検診の申込み")).to_be_visible()
    expect(box).to_be_focused()
    box.fill("天気予報")
    expect(page.get_by_text("合う手続が見つかりませんでした")).to_be_visible()
    box.fill("")
    expect(page.get_by_role("heading", name="できごとから探す")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "query", "title"),
    [
        ("en", "residense", "Certificate of residence"),
        ("zh", "癌症篩查", "申请癌症筛查"),
        ("ko", "주민뵤", "주민표 사본 교부 청구"),
    ],
)
def test_other_languages_are_searched_and_forgiven_too(sit_down: Sit, language: str, query: str, title: str) -> None:
    page = sit_down(HANAKO, width=375, javascript=False).open(f"/?lang={language}")
    page.get_by_role("searchbox").fill(query)
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("link", name=title)).to_be_visible()


def test_a_life_event_says_what_to_do_first(sit_down: Sit) -> None:
    page = sit_down(HANAKO, width=375).open("/")
    page.get_by_role("link", name="引越し", exact=True).click()
    expect(page.get_by_text("14日以内に、転入届または転居届")).to_be_visible()
    expect(page.get_by_role("link", name="住民票の写しの交付請求")).to_be_visible()


def test_the_phone_menu_opens_without_javascript_and_leads_to_my_page(sit_down: Sit) -> None:
    hanako = sit_down(HANAKO, width=375, javascript=False)
    page = hanako.log_in("/")
    page.locator("summary", has_text="メニュー").click()
    page.get_by_role("link", name="マイページ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("マイページ")
    for part in ("受け取った書面", "ポイント", "登録した証明書", "同意の記録"):
        page.get_by_role("navigation", name="マイページの項目").get_by_role("link", name=part).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(part))


def test_what_was_searched_for_is_written_down_nowhere(town: Layout, sit_down: Sit) -> None:
    sit_down(HANAKO, javascript=False).open(f"/?q={UNUSUAL}")
    logs = [path for path in town.logs.rglob("*") if path.is_file()]
    assert logs, "there are no logs to look at"
    assert not [path.name for path in logs if "zzqx" in path.read_text("utf-8", "replace")]

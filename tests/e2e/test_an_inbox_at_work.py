"""受信箱を使う: a task found, taken and given away in a real browser; an absent officer's tasks handed over."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from machine.layout import Layout
from machine.visitor import Visitor
from tests.api.scenes import Books, screening_under_review
from tests.e2e.conftest import window

REVIEW = "health:health_review"
Open = Callable[..., Page]


@pytest.fixture
def books(town: Layout) -> Iterator[Books]:
    found = Books(town)
    yield found
    found.close()


@pytest.fixture
def newcomer(books: Books) -> Iterator[Callable[..., Visitor]]:
    with ExitStack() as stack:
        yield lambda *duties, **more: stack.enter_context(books.newcomer(*duties, **more))


@pytest.fixture
def open_window(town: Layout, browser: Browser) -> Iterator[Open]:
    with ExitStack() as stack:

        def opened(someone: Visitor, path: str, *, width: int = 1280, javascript: bool = True) -> Page:
            screen = {"width": width, "height": 900}
            look = {"viewport": screen, "java_script_enabled": javascript, "locale": "ja-JP"}
            page = stack.enter_context(window(browser, town, someone, **look))
            page.goto(town.public_url + path)
            return page

        yield opened


@pytest.mark.parametrize(("width", "javascript"), [(375, True), (1280, False)], ids=["phone", "without JavaScript"])
def test_an_officer_finds_a_task_by_its_last_characters_takes_it_and_gives_it_to_a_colleague(
    newcomer: Callable[..., Visitor], open_window: Open, width: int, javascript: bool
) -> None:
    number = screening_under_review(newcomer())
    name = f"白浜　{width}"  # the town is shared: nobody else has it
    hanada, shirahama = newcomer(REVIEW), newcomer(REVIEW, name=name)
    page = open_window(hanada, "/inbox", width=width, javascript=javascript)

    page.get_by_label("受付番号（終わりの5文字でも）").fill(number[-5:].lower())
    page.get_by_role("button", name="探す").click()
    expect(page.get_by_role("status")).to_contain_text("1 件")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="担当する").click()

    expect(page).to_have_url(re.compile("/tasks/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    mine = page.url.split("/tasks/")[0] + "/inbox?holding=mine"
    page.goto(mine)
    expect(page.locator("tbody")).to_contain_text(number)
    page.locator("tbody tr", has_text=number).get_by_role("link", name="開く").click()

    page.locator("summary", has_text="担当を替える").click()
    page.get_by_label("新しい担当").select_option(label=name)
    page.get_by_role("button", name="担当を替える").click()

    others = open_window(shirahama, "/inbox?holding=mine", width=width, javascript=javascript)
    expect(others.locator("tbody")).to_contain_text(number)
    page.goto(mine)
    expect(page.get_by_text("この条件に合う案件はありません")).to_be_visible()


def test_a_filter_is_an_address_and_leads_back(newcomer: Callable[..., Visitor], open_window: Open) -> None:
    number = screening_under_review(newcomer())
    page = open_window(newcomer(REVIEW), "/inbox")

    page.get_by_role("link", name=re.compile("自分の担当")).click()
    expect(page).to_have_url(re.compile("holding=mine"))
    expect(page.get_by_text("この条件に合う案件はありません")).to_be_visible()
    page.get_by_role("link", name="絞り込みをすべて解除").first.click()

    page.get_by_label("並び順").select_option("received")
    page.get_by_role("button", name="絞り込む").click()
    expect(page).to_have_url(re.compile("order=received"))
    page.goto(page.url + f"&number={number}")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_administrator_hands_over_what_an_absent_officer_holds(
    newcomer: Callable[..., Visitor], open_window: Open
) -> None:
    number = screening_under_review(newcomer())
    absent, heir = newcomer(REVIEW, name="休み　太郎"), newcomer(REVIEW, name="代わり　花")
    task = absent.task_of(number)
    absent.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    page = open_window(newcomer("*:administrator"), "/admin/cases")

    page.get_by_role("link", name="担当の引継ぎ").click()
    theirs = page.locator("section", has=page.get_by_role("heading", name="休み　太郎"))
    theirs.get_by_label("引き継ぐ相手").select_option(label="代わり　花")
    theirs.get_by_role("button", name="すべて引き継ぐ").click()

    expect(page.get_by_text("引き継ぎました")).to_be_visible()
    expect(open_window(heir, "/inbox?holding=mine").locator("tbody")).to_contain_text(number)
    expect(open_window(absent, "/inbox?holding=mine").get_by_text("この条件に合う案件はありません")).to_be_visible()


def test_a_month_of_statistics_and_its_file(newcomer: Callable[..., Visitor], open_window: Open) -> None:
    screening_under_review(newcomer())
    page = open_window(newcomer(REVIEW), "/inbox")

    page.get_by_role("link", name="統計").first.click()
    expect(page.get_by_role("img", name=re.compile("受付と終了の推移"))).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="「受付と終了」をCSVで保存").click()

    text = downloading.value.path().read_text(encoding="utf-8-sig")
    header, *rows = text.splitlines()
    assert header.startswith("手続")
    assert any(row.startswith("がん検診") for row in rows), text

"""受信箱を使う: a task found, taken and given away in a real browser; an absent officer's tasks handed over."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from machine.visitor import Visitor
from tests.api.scenes import Books, screening_under_review
from tests.e2e.conftest import Open

REVIEW = "health:health_review"
SEARCH = "受付番号・氏名・フリガナ・手続名"


@pytest.mark.parametrize(("width", "javascript"), [(375, True), (1280, False)], ids=["phone", "without JavaScript"])
def test_an_officer_finds_a_task_by_its_last_characters_takes_it_and_gives_it_to_a_colleague(
    newcomer: Callable[..., Visitor], open_window: Open, width: int, javascript: bool
) -> None:
    number = screening_under_review(newcomer())
    name = f"白浜　{width}"  # the town is shared: nobody else has it
    hanada, shirahama = newcomer(REVIEW), newcomer(REVIEW, name=name)
    page = open_window(hanada, "/inbox", width=width, javascript=javascript)

    page.get_by_label(SEARCH).fill(number[-5:].lower())
    page.get_by_role("button", name="探す").click()
    expect(page.locator(".madoguchi-inbox__count")).to_contain_text("1 件")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="担当する").click()

    expect(page).to_have_url(re.compile("/tasks/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    mine = page.url.split("/tasks/")[0] + "/inbox?holding=mine"
    page.goto(mine)
    expect(page.locator("tbody")).to_contain_text(number)
    page.locator("tbody tr", has_text=number).get_by_role("link", name="開く").click()

    page.get_by_role("button", name="担当の時間を延ばす").click()
    expect(page.get_by_text("あなたの担当です")).to_be_visible()
    page.locator("summary", has_text="担当を替える").click()
    page.get_by_label("新しい担当").select_option(label=name)
    page.get_by_role("button", name="担当を替える").click()

    others = open_window(shirahama, "/inbox?holding=mine", width=width, javascript=javascript)
    expect(others.locator("tbody")).to_contain_text(number)
    page.goto(mine)
    expect(page.get_by_text("この条件に合う案件はありません")).to_be_visible()


@pytest.mark.parametrize(("width", "javascript"), [(375, False), (1280, True)], ids=["phone", "desk"])
def test_an_officer_finds_a_case_by_a_name_that_stands_in_no_address(
    newcomer: Callable[..., Visitor], open_window: Open, width: int, javascript: bool
) -> None:
    number = screening_under_review(newcomer(), name=f"砥堀　千歳{width}")
    officer = newcomer(REVIEW)
    officer.task_of(number)
    page = open_window(officer, "/inbox", width=width, javascript=javascript)

    page.get_by_label(SEARCH).fill("砥堀")
    page.get_by_role("button", name="探す").click()

    expect(page).to_have_url(re.compile("/inbox/search$"))
    expect(page.locator("tbody")).to_contain_text(number)
    page.get_by_label(SEARCH).fill("がん検診")
    page.get_by_role("button", name="探す").click()
    page.get_by_role("link", name="がん検診の申込み").click()
    expect(page).to_have_url(re.compile("procedure=cancer_screening"))


def test_an_inbox_is_worked_through_by_keyboard_alone(newcomer: Callable[..., Visitor], open_window: Open) -> None:
    number = screening_under_review(newcomer())
    officer = newcomer(REVIEW)
    officer.task_of(number)
    page = open_window(officer, f"/inbox?number={number}")

    page.keyboard.press("/")
    expect(page.get_by_label(SEARCH)).to_be_focused()
    page.keyboard.type("jkc")
    expect(page.get_by_label(SEARCH)).to_have_value("jkc")
    page.get_by_label(SEARCH).blur()
    page.keyboard.press("j")
    expect(page.locator("tbody th a")).to_be_focused()
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/tasks/"))

    page.goto(page.url.split("/tasks/")[0] + f"/inbox?number={number}")
    page.keyboard.press("?")
    page.get_by_label("1文字のキー操作を使わない").check()
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(page.locator("tbody th a")).not_to_be_focused()


def test_who_takes_the_next_one_gets_what_nobody_has(
    newcomer: Callable[..., Visitor], open_window: Open, books: Books
) -> None:
    number = screening_under_review(newcomer())
    newcomer(REVIEW).task_of(number)
    for table in ("case_file", "task"):
        books.write(f"update {table} set department = 'a_desk_of_its_own' where receipt_number = %s", number)
    page = open_window(newcomer("a_desk_of_its_own:health_review"), "/inbox")
    expect(page.get_by_role("button", name="次の案件を担当する")).to_be_visible()

    page.keyboard.press("n")

    expect(page).to_have_url(re.compile("/tasks/"))
    expect(page.locator("main")).to_contain_text(number)
    page.goto(re.sub("/tasks/.*", "/inbox", page.url))
    expect(page.locator("tbody")).to_contain_text(number)
    expect(page.get_by_role("button", name="次の案件を担当する")).to_have_count(0)


def test_an_open_inbox_follows_what_colleagues_do(newcomer: Callable[..., Visitor], open_window: Open) -> None:
    number = screening_under_review(newcomer())
    officer, colleague = newcomer(REVIEW), newcomer(REVIEW, name="余部　進")
    task = officer.task_of(number)
    page = open_window(officer, f"/inbox?number={number}")
    row = page.locator("tbody tr", has_text=number)
    expect(row.get_by_role("button", name="担当する")).to_be_visible()
    expect(page.locator("#live-note")).to_be_visible()

    colleague.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})

    expect(row).to_contain_text("余部　進")
    expect(row.get_by_role("button", name="担当する")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_view_is_saved_under_a_name_and_taken_away(
    newcomer: Callable[..., Visitor], open_window: Open, javascript: bool
) -> None:
    page = open_window(newcomer(REVIEW), "/inbox?flag=overdue&order=received", javascript=javascript)

    page.locator("summary", has_text="表示を保存・整理する").click()
    page.get_by_label("いまの表示の名前").fill("遅れている件")
    page.get_by_role("button", name="保存する").click()

    view = page.get_by_role("link", name="遅れている件")
    expect(view).to_have_attribute("aria-current", "true")
    page.goto(page.url.split("?")[0])
    view.click()
    expect(page).to_have_url(re.compile("flag=overdue&order=received"))
    page.locator("summary", has_text="表示を保存・整理する").click()
    page.get_by_role("button", name=re.compile("^消す.*遅れている件")).click()
    expect(page.get_by_role("link", name="遅れている件")).to_have_count(0)


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
    absent, heir = newcomer(REVIEW, name="不在　四郎"), newcomer(REVIEW, name="後任　花子")
    task = absent.task_of(number)
    absent.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    page = open_window(newcomer("*:administrator"), "/admin/cases")

    page.get_by_role("link", name="職員と職務").first.click()
    page.get_by_role("link", name="不在　四郎", exact=True).click()
    page.get_by_label("引き継ぐ相手").select_option(label="後任　花子")
    page.get_by_role("button", name="すべて引き継ぐ").click()

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

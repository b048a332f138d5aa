"""期限を見る: the calendar leads to a day, the day to a task; a head learns what is late and gives it away."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from machine.layout import Layout
from machine.visitor import Visitor, wait_for
from procedures.calendar import JAPAN
from tests.api.scenes import landscape_under_review, screening_under_review
from tests.e2e.conftest import Open
from tests.town.clock import pass_time

REVIEW, HEAD = "health:health_review", "health:head"
PLANNING = "town_planning:landscape_review"


@pytest.mark.parametrize(("width", "javascript"), [(375, True), (1280, False)], ids=["phone", "without JavaScript"])
def test_an_officer_goes_from_the_calendar_to_a_day_to_its_task(
    newcomer: Callable[..., Visitor], open_window: Open, width: int, javascript: bool
) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    due = datetime.fromisoformat(officer.task_of(number)["due_at"]).astimezone(JAPAN).date()
    page = open_window(officer, "/inbox", width=width, javascript=javascript)

    page.get_by_role("link", name="期限カレンダー").click()
    expect(page.get_by_role("heading", level=1, name="期限カレンダー")).to_be_visible()
    page.goto(f"{page.url.split('?')[0]}?day={due}")
    day = page.locator(".madoguchi-week li" if width < 768 else ".madoguchi-month td").filter(
        has=page.locator(f'a[href="/inbox?due={due}"]')
    )
    day.get_by_role("link", name=re.compile(r"期限 \d+件")).click()

    expect(page).to_have_url(re.compile(f"due={due}"))
    expect(page.get_by_role("link", name=re.compile("^期限 .*絞り込みを解除"))).to_be_visible()
    page.goto(f"{page.url}&number={number}")
    row = page.locator("tbody tr", has_text=number)
    row.get_by_role("link", name=re.compile("がん検診")).click()
    expect(page.get_by_text("処理の期限", exact=True)).to_be_visible()


def test_the_head_is_told_what_is_late_and_gives_it_to_a_colleague(
    town: Layout, newcomer: Callable[..., Visitor], open_window: Open
) -> None:
    number = screening_under_review(newcomer())
    colleague, head = newcomer(REVIEW, name="引受　早子"), newcomer(HEAD, name="課長　待子")
    with ThreadPoolExecutor() as pool:  # Playwright's event loop runs in this thread
        pool.submit(pass_time, town, number, timedelta(days=30)).result()
    wait_for(lambda: head.get("/api/session")["unread_notices"], lambda n: n > 0, "the head to be told")
    page = open_window(head, "/")

    page.get_by_role("link", name=re.compile("受信箱.*期限のお知らせ1件")).click()
    told = page.get_by_role("region", name="期限のお知らせ 1件")
    expect(told.get_by_text("期限超過")).to_be_visible()
    told.get_by_role("link", name=re.compile("がん検診")).click()

    expect(page.get_by_role("heading", level=1, name="担当を替える")).to_be_visible()
    expect(page.get_by_text("担当者なし")).to_be_visible()
    page.get_by_label(re.compile("新しい担当")).select_option(label="引受　早子")
    page.get_by_role("button", name="担当を替える").click()
    expect(page.get_by_text("いまの担当は引受　早子です")).to_be_visible()
    expect(open_window(colleague, "/inbox?holding=mine").locator("tbody")).to_contain_text(number)

    page.goto(page.url.split("/department")[0] + "/department")
    expect(page.locator("tbody tr", has_text=number)).to_contain_text("引受　早子")
    page.goto(page.url.split("/department")[0] + "/inbox/calendar?scope=department")
    expect(page.locator("tbody tr", has_text="引受　早子")).to_be_visible()
    page.goto(page.url.split("/inbox")[0] + "/inbox/notices")
    page.get_by_role("button", name="未読の1件を既読にする").click()
    expect(page.get_by_role("link", name="受信箱", exact=True).first).to_be_visible()


def test_everybody_sees_when_the_law_will_decide(newcomer: Callable[..., Visitor], open_window: Open) -> None:
    resident, officer = newcomer(), newcomer(PLANNING)
    number = landscape_under_review(resident)
    day = datetime.fromisoformat(resident.case(number)["deemed"]["at"]).astimezone(JAPAN)
    said = f"{day.year}年{day.month}月{day.day}日"

    page = open_window(officer, f"/inbox?number={number}")
    expect(page.locator("tbody tr")).to_contain_text(f"{said}")
    expect(page.locator("tbody tr")).to_contain_text("法律により決定")
    page.locator("tbody tr").get_by_role("link", name=re.compile("景観")).click()
    expect(page.get_by_role("heading", name=re.compile(f"{said}.*法律により結果が決まります"))).to_be_visible()
    expect(page.get_by_text("景観法第18条第1項").first).to_be_visible()
    theirs = open_window(resident, f"/cases/{number}", width=375)
    expect(theirs.get_by_text("認められたものとして手続が進みます")).to_be_visible()


def test_the_administrator_closes_a_day_and_opens_it_again(newcomer: Callable[..., Visitor], open_window: Open) -> None:
    year = datetime.now(JAPAN).year + 2  # far away: the town is shared
    page = open_window(newcomer("*:administrator", name="管理　閉"), "/admin/cases")
    page.get_by_role("link", name="市の休庁日").click()
    for part, value in (("年", str(year)), ("月", "6"), ("日", "1" if datetime(year, 6, 1).weekday() < 5 else "3")):  # noqa: DTZ001
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label(re.compile("理由")).fill("庁舎の停電点検")
    page.get_by_role("button", name="登録する").click()

    row = page.locator("tbody tr", has_text="庁舎の停電点検")
    expect(row).to_contain_text("登録：管理　閉")
    expect(page.locator("tbody tr", has_text="昭和の日")).to_be_visible()
    row.get_by_role("button", name=re.compile("取り消す")).click()
    expect(page.locator("tbody tr", has_text="庁舎の停電点検")).to_have_count(0)

"""代理・解任・監査: a head names a substitute, who reviews; the auditor sees who looked; a dismissed officer is out."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from machine.visitor import Visitor
from tests.api.scenes import Books, screening_under_review, today
from tests.e2e.conftest import Open

REVIEW = "health:health_review"


def type_day(page: Page, label: str) -> None:
    """Today, in the three parts of a date."""
    day = today()
    group = page.get_by_role("group", name=re.compile(label))
    for part, value in (("年", day.year), ("月", day.month), ("日", day.day)):
        group.get_by_label(part, exact=True).fill(str(value))


@pytest.mark.parametrize(("width", "javascript"), [(375, True), (1280, False)], ids=["phone", "without JavaScript"])
def test_a_substitute_reviews_an_auditor_sees_it_and_a_dismissed_officer_loses_the_open_page(
    newcomer: Callable[..., Visitor], open_window: Open, books: Books, width: int, javascript: bool
) -> None:
    absent_name, name = f"休み　{width}", f"代わり　{width}"  # the town is shared: nobody else is called so
    sick, substitute = newcomer(REVIEW, name=absent_name), newcomer("children:allowance_review", name=name)
    head, administrator, auditor = (newcomer(f"{each}") for each in ("health:head", "*:administrator", "*:auditor"))
    resident = newcomer()
    number = screening_under_review(resident)
    task = sick.task_of(number)
    sick.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})

    def sit(officer: Visitor, path: str) -> Page:
        return open_window(officer, path, width=width, javascript=javascript)

    # 所属長: the officer is ill; somebody stands in from today.
    page = sit(head, "/officers")
    page.get_by_role("link", name=absent_name).click()
    page.locator("summary", has_text="この職員の代理を届け出る").click()
    page.get_by_label("代理をする職員").select_option(label=name)
    type_day(page, "最後の日")
    page.get_by_role("button", name="代理を届け出る").click()
    expect(page.get_by_text(f"{absent_name} の代理は {name}")).to_be_visible()
    expect(page.get_by_text("期間中", exact=True)).to_be_visible()

    # 代理: sees the task, takes it over and approves it.
    desk = sit(substitute, f"/inbox?number={number}")
    expect(desk.get_by_text(f"{absent_name} の代理をしています")).to_be_visible()
    desk.get_by_role("link", name="開く").click()
    expect(desk.get_by_text(f"{absent_name} の代理として扱います。")).to_be_visible()
    desk.locator("summary", has_text="担当を替える").click()
    desk.get_by_label("新しい担当").select_option(label=name)
    desk.get_by_role("button", name="担当を替える").click()
    open_page = sit(substitute, f"/tasks/{task['id']}")
    desk.get_by_role("button", name="承認する").click()
    expect(desk).to_have_url(re.compile("/inbox"))
    resident.await_case(number, "delivered")
    open_page.reload()
    expect(open_page.locator(".madoguchi-history").first).to_contain_text(f"{name}（{absent_name} の代理）")

    # 監査担当: who saw the case, when, and in whose place.
    log = sit(auditor, "/audit/accesses")
    log.get_by_label("受付番号").fill(number)
    log.get_by_label("見たもの").select_option(label="審査画面")
    log.get_by_role("button", name="探す").click()
    row = log.locator("tbody tr", has_text=name).first
    expect(row).to_contain_text(number)
    expect(row).to_contain_text(f"{absent_name} の代理")
    assert "網干" not in log.locator("tbody").inner_text(), "the log says nothing of whose case it is"

    # 管理者: the substitute leaves the city; the page that is open in their browser is worth nothing any more.
    staff = sit(administrator, "/officers")
    staff.get_by_role("link", name=name).click()
    staff.locator("summary", has_text="この職員を解任する").click()
    staff.get_by_role("button", name="解任する").click()
    expect(staff.get_by_text("解任しました")).to_be_visible()
    expect(staff.get_by_role("link", name=name)).to_have_count(0)
    open_page.reload()
    expect(open_page).to_have_url(re.compile("/login"))
    expect(open_page.get_by_role("heading", name=re.compile("ログイン"))).to_be_visible()
    assert books.rows("select 1 from substitution where revoked_at is null and substitute = %s", me(books, name)) == []


def me(books: Books, name: str) -> object:
    return books.rows("select account_id from officer where name = %s", name)[0]["account_id"]


def test_gaps_between_functions_and_officers_are_seen_before_cases_wait(
    newcomer: Callable[..., Visitor], open_window: Open
) -> None:
    newcomer("health:health_review", name="検診　担当")
    page = open_window(newcomer("health:head"), "/officers")
    page.get_by_role("link", name="職務と手続").click()
    screening = page.locator("section", has=page.get_by_role("heading", name=re.compile("がん検診")))
    expect(screening).to_contain_text("検診　担当")
    expect(screening).to_contain_text("担当者あり")
    expect(page.get_by_role("heading", level=2, name=re.compile("児童手当"))).to_have_count(0)

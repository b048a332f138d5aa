"""決裁: a claim goes through its levels in a real browser: draft read, returned with a reason, approved by three."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from machine.visitor import Visitor
from sandbox.people import HANAKO
from tests.api.scenes import allowance
from tests.conftest import Meet
from tests.e2e.conftest import Open

REVIEW, HEAD, DEPARTMENT = (f"children:allowance_{name}" for name in ("review", "approval", "department"))
WHY = "続柄を住民記録で確かめてください。"


def take(page: Page) -> None:
    page.get_by_role("button", name="担当する").click()
    expect(page.get_by_role("button", name="承認する")).to_be_visible()


def fill_in_the_sheet(page: Page) -> None:
    """審査欄: what the procedure asks its reviewer."""
    for label, said in (("支給を始める月", "２０２６-０６"), ("認定する月額", "30000"), ("第3子以降として数える", "1")):
        page.get_by_label(label).fill(said)
    page.get_by_label("市の課税台帳").check()
    page.get_by_label("住民記録(同じ世帯)").check()
    page.get_by_role("button", name="審査欄を保存する").click()
    expect(page.get_by_text("に保存しました。")).to_be_visible()


def approve(page: Page) -> None:
    take(page)
    if page.get_by_role("heading", name="審査欄に、承認に必要な項目が残っています").count():
        fill_in_the_sheet(page)
    page.get_by_role("button", name="承認する").click()
    expect(page).to_have_url(re.compile("/inbox"))


def level(page: Page, title: str) -> object:
    return expect(page.locator(".madoguchi-stamps__level", has=page.get_by_role("heading", name=title)))


@pytest.mark.parametrize(("width", "javascript"), [(375, True), (1280, False)], ids=["phone", "without JavaScript"])
def test_a_head_reads_the_draft_returns_the_case_and_approves_it_the_second_time(
    meet: Meet, newcomer: Callable[..., Visitor], open_window: Open, width: int, javascript: bool
) -> None:
    hanako = meet(HANAKO)
    number = hanako.apply("child_allowance", allowance(3))
    reviewer, head = newcomer(REVIEW, name="網干　審査"), newcomer(HEAD, name="白浜　課長")
    department = newcomer(DEPARTMENT, name="書写　部長")

    def desk(officer: Visitor) -> Page:
        task = officer.task_of(number)
        return open_window(officer, f"/tasks/{task['id']}", width=width, javascript=javascript)

    approve(desk(reviewer))
    page = desk(head)
    level(page, "審査").to_contain_text("承認：網干　審査")
    level(page, "課長決裁").to_contain_text("判断待ち")
    level(page, "部長決裁").to_contain_text("未着")
    link = page.get_by_role("link", name=re.compile("児童手当認定通知書の案"))
    draft = page.request.get(page.url.split("/tasks/")[0] + str(link.get_attribute("href")))
    assert draft.headers["content-type"] == "application/pdf"
    assert draft.body().startswith(b"%PDF-")

    take(page)
    page.locator("summary", has_text="前の段階に差し戻す").click()
    expect(page.get_by_label("審査", exact=True)).to_be_checked()
    page.get_by_label("差し戻す理由").fill(WHY)
    page.get_by_role("button", name="前の段階に差し戻す").click()
    expect(page).to_have_url(re.compile("/inbox"))

    again = desk(reviewer)
    expect(again.get_by_role("heading", name="「審査」へ差し戻されています")).to_be_visible()
    expect(again.get_by_text(WHY)).to_be_visible()
    expect(again.get_by_text("課長決裁・白浜　課長")).to_be_visible()
    status = open_window(hanako, f"/cases/{number}", width=width, javascript=javascript)
    expect(status.get_by_text("審査中").first).to_be_visible()
    expect(status.get_by_text(WHY)).to_have_count(0)

    approve(again)
    approve(desk(head))
    last = desk(department)
    level(last, "課長決裁").to_contain_text("承認：白浜　課長")
    approve(last)
    assert hanako.await_case(number, "delivered")["documents"]

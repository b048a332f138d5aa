"""一括処理 in a real browser: chosen, looked at, begun, followed to its end, and the rest tried again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from machine.visitor import Visitor
from tests.api.scenes import Books, screening_under_review, soon
from tests.e2e.conftest import Open

REVIEW = "health:health_review"


def holding(officer: Visitor, numbers: list[str]) -> None:
    """So that a view of one's own tasks shows just these."""
    for number in numbers:
        task = officer.task_of(number)
        officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})


def result(page: Page, number: str) -> str:
    return page.locator("tbody tr", has_text=number).locator("td").last.inner_text()


@pytest.mark.parametrize(("width", "javascript"), [(375, False), (1280, True)], ids=["phone", "desk"])
def test_an_officer_approves_what_can_be_and_is_told_what_cannot(
    newcomer: Callable[..., Visitor], open_window: Open, books: Books, width: int, javascript: bool
) -> None:
    good, doubtful = numbers = [screening_under_review(newcomer()) for _ in range(2)]
    officer = newcomer(REVIEW)
    holding(officer, numbers)
    books.write("update task set findings = '{other_cases_open}' where receipt_number = %s", doubtful)
    page = open_window(officer, "/inbox?holding=mine", width=width, javascript=javascript)

    page.get_by_label("選んだ案件をまとめて").select_option(label="承認する")
    page.get_by_label("この一覧の全2件").check()
    page.get_by_role("button", name="確認へ進む").click()
    expect(page.get_by_role("heading", name="まとめて承認")).to_be_visible()
    assert "実行できます" in result(page, good)
    assert "確認が必要な点があります" in result(page, doubtful)
    page.get_by_role("button", name="まとめて承認する").click()

    if not javascript:
        expect(page).to_have_url(re.compile("/bulks/"))
        soon(lambda: officer.get("/api/bulks")[0]["state"], lambda state: state == "finished", "the order ends")
        page.reload()
    expect(page.get_by_text("2件のうち2件が済みました")).to_be_visible()
    assert "できました" in result(page, good)
    assert "できませんでした" in result(page, doubtful)
    page.reload()
    page.get_by_role("button", name="できなかった案件をもう一度").click()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_chosen_cases_alone_are_written_to_and_exported(
    newcomer: Callable[..., Visitor], open_window: Open, books: Books
) -> None:
    chosen, other = numbers = [screening_under_review(newcomer()) for _ in range(2)]
    officer = newcomer(REVIEW)
    holding(officer, numbers)
    page = open_window(officer, "/inbox?holding=mine")

    page.get_by_label(f"{chosen}を選ぶ").check()
    page.get_by_label("選んだ案件をまとめて").select_option(label="メッセージを送る")
    page.get_by_role("button", name="確認へ進む").click()
    page.get_by_label("メッセージ").fill("検診の持ち物をご確認ください。")
    page.get_by_role("button", name="まとめて送る").click()
    expect(page.get_by_text("1件のうち1件が済みました")).to_be_visible()
    wrote = books.rows("select receipt_number from message where receipt_number in (%s, %s)", chosen, other)
    assert wrote == [{"receipt_number": chosen}]

    page.goto(page.url.split("/bulks/")[0] + "/inbox?holding=mine")
    page.get_by_label(f"{chosen}を選ぶ").check()
    page.get_by_label("選んだ案件をまとめて").select_option(label="CSVに書き出す")
    page.get_by_role("button", name="確認へ進む").click()
    page.get_by_role("button", name="書き出す").click()
    expect(page.get_by_text("1件のうち1件が済みました")).to_be_visible()
    page.reload()
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile("CSVで保存")).click()
    header, row = downloading.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert header.startswith("受付番号,受付,期限,担当,")
    assert row.startswith(chosen)
    assert "網干　健二" in row

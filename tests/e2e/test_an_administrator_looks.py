"""管理者が見る: from the list to one case, its history, the workers and the charts, by clicking; scripts or not."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from machine.visitor import Visitor
from tests.api.scenes import screening_under_review
from tests.e2e.conftest import Open


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (375, False)])
def test_an_administrator_finds_a_case_and_reads_how_it_runs(
    newcomer: Callable[..., Visitor], open_window: Open, width: int, javascript: bool
) -> None:
    number = screening_under_review(newcomer())
    page = open_window(newcomer("*:administrator"), "/admin/cases", width=width, javascript=javascript)

    page.locator("#status").select_option("under_review")
    page.locator("#age").select_option(label="24時間以内に受付")
    page.get_by_role("button", name="絞り込む").click()
    expect(page).to_have_url(re.compile("status=under_review.*age=day"))
    page.get_by_role("link", name=number).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    expect(page.get_by_role("heading", name="経過", exact=True)).to_be_visible()
    history = page.get_by_role("region", name="処理基盤の履歴")
    expect(history.get_by_text("流れを始めました")).to_be_visible()
    expect(history.get_by_text("WorkflowExecutionStarted")).to_be_visible()
    expect(history.get_by_role("link", name="Temporalで開く")).to_have_attribute("href", re.compile(number))

    parts = page.get_by_role("navigation", name="案件の管理の項目")
    parts.get_by_role("link", name="処理係と待ち行列").click()
    expect(page.locator("tbody tr", has_text="documents activity")).to_contain_text("動いています")
    parts.get_by_role("link", name="推移").click()
    expect(page.get_by_role("img", name="この24時間の受付と終了")).to_be_visible()
    page.get_by_text("表で見る").first.click()
    expect(page.get_by_role("table", name="この24時間の受付と終了")).to_be_visible()

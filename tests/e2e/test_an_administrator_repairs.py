"""管理者が直す: proposed from the list, looked at, signed by a colleague, followed to its end; scripts or not."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from machine.visitor import Visitor
from tests.api.scenes import screening_under_review
from tests.e2e.conftest import Open

ADMINISTRATOR = "*:administrator"


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (375, False)])
def test_a_case_goes_back_to_its_review_once_a_second_administrator_has_signed(
    newcomer: Callable[..., Visitor], open_window: Open, width: int, javascript: bool
) -> None:
    number = screening_under_review(newcomer())
    asker = open_window(newcomer(ADMINISTRATOR), f"/admin/cases/{number}", width=width, javascript=javascript)
    asker.get_by_role("link", name="この案件を修復する").click()
    asker.get_by_role("radio", name="やり直す").check()
    asker.get_by_role("textbox", name="理由").fill("審査の前提が変わったため")
    asker.get_by_role("button", name="見通しを確かめる").click()
    expect(asker.get_by_text("どの処理についてかを選んでください。")).to_be_visible()
    expect(asker.get_by_role("textbox", name="理由")).to_have_value("審査の前提が変わったため")
    asker.get_by_label("どの処理か").select_option("review")
    asker.get_by_role("button", name="見通しを確かめる").click()

    expect(asker.locator("tbody")).to_contain_text("もう一度行う：")
    expect(asker.get_by_role("button", name="承認して始める")).to_have_count(0)

    signer = open_window(newcomer(ADMINISTRATOR), urlsplit(asker.url).path, width=width)
    signer.get_by_role("button", name="承認して始める").click()

    expect(signer.locator("#progress")).to_contain_text("終了", timeout=30_000)
    expect(signer.locator("tbody")).to_contain_text("できました")
    signer.get_by_role("link", name=number).click()
    expect(signer.get_by_role("region", name="経過")).to_contain_text("管理者が修復を指示しました")

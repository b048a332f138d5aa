"""カードから入力: a resident has the card fill in the form, at a real card agent; and what an earlier case said."""

import re

from playwright.sync_api import Page, expect

from machine.browser import Someone
from sandbox.people import KENJI, YUMI
from tests.api.scenes import SCREENING, screening
from tests.conftest import Meet
from tests.e2e.conftest import Sit

FROM_CARD = "カードから入力する"


def begun(someone: Someone) -> Page:
    """At the first step of the application for a screening."""
    page = someone.log_in(f"/procedures/{SCREENING}")
    page.get_by_role("button", name="申請を始める").click()
    expect(page.get_by_role("button", name=FROM_CARD)).to_be_visible()
    return page


def have_it_read(someone: Someone, pin: str) -> None:
    someone.page.get_by_role("button", name=FROM_CARD).click()
    someone.answer_agent(pin, "カードを読み取る")


def test_the_card_fills_in_the_form_without_any_script(sit_down: Sit) -> None:
    yumi = sit_down(YUMI, width=375, javascript=False)
    page = begun(yumi)
    page.get_by_role("button", name=FROM_CARD).click()
    asked = page.locator("main")
    for word in ("姫路市", "読み取る項目", "氏名", "生年月日", "性別", "電子署名はしません"):
        expect(asked).to_contain_text(word)
    expect(asked).not_to_contain_text("住所")

    yumi.answer_agent("0000", "カードを読み取る")
    expect(page.get_by_role("alert")).to_contain_text("残り2回")
    yumi.answer_agent(YUMI.auth_pin, "カードを読み取る")

    expect(page.get_by_role("heading", level=1)).to_have_text("次の内容を市に送ります")
    for word in (YUMI.name, "1979年7月17日", "女性", "まだ何も送っていません"):
        expect(page.locator("main")).to_contain_text(word)
    page.get_by_role("button", name="市に送る").click()

    expect(page.get_by_text("カードから入力しました", exact=True)).to_be_visible()
    expect(page.locator("#name")).to_have_value(YUMI.name)
    expect(page.get_by_label("女性")).to_be_checked()
    expect(page.get_by_text("カードから入力しました。違うときは直してください。")).to_have_count(3)


def test_what_was_typed_stays_and_the_page_says_so(sit_down: Sit) -> None:
    yumi = sit_down(YUMI)
    page = begun(yumi)
    page.locator("#name").fill("夢前　通称")
    have_it_read(yumi, YUMI.auth_pin)
    page.get_by_role("button", name="市に送る").click()

    expect(page.locator("#card-read li")).to_have_count(1)
    expect(page.locator("#name")).to_have_value("夢前　通称")
    expect(page.get_by_label("女性")).to_be_checked()


def test_going_back_without_sending_leaves_the_form_as_it_was(sit_down: Sit) -> None:
    yumi = sit_down(YUMI)
    page = begun(yumi)
    page.locator("#name").fill("夢前　通称")
    have_it_read(yumi, YUMI.auth_pin)
    page.get_by_role("link", name="送らずに市のページに戻る").click()

    expect(page.locator("#name")).to_have_value("夢前　通称")
    expect(page.get_by_label("女性")).not_to_be_checked()


def test_an_earlier_case_fills_in_the_form_and_says_where_it_is_from(sit_down: Sit, meet: Meet) -> None:
    earlier = meet(KENJI)
    earlier.submit(earlier.fill_in(SCREENING, screening(name="網干　健二")))
    page = begun(sit_down(KENJI))
    expect(page.locator("#name")).to_have_value("網干　健二")
    expect(page.get_by_text(re.compile("前回の申請から入力しました"))).not_to_have_count(0)
    page.locator("#name").fill("網干　健一")
    page.get_by_role("button", name=re.compile("保存して中断")).click()
    page.go_back()
    page.reload()
    expect(page.locator("#question-name")).not_to_contain_text("前回の申請から")

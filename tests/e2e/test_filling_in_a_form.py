"""申請書を書く: step by step in a real browser, on a phone and a desk, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from machine.browser import Someone
from sandbox.people import HANAKO, KENJI, TARO, Person
from tests.e2e.conftest import Sit

WAYS = pytest.mark.parametrize(
    ("width", "javascript"), [(375, True), (1280, False)], ids=["phone", "without JavaScript"]
)


def begin(sit_down: Sit, person: Person, procedure: str, **seat: object) -> Someone:
    someone = sit_down(person, **seat)
    someone.log_in(f"/procedures/{procedure}").get_by_role("button", name="申請を始める").click()
    return someone


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def first_step(someone: Someone) -> None:
    """住民票の写し: the first step filled in, and on."""
    someone.page.get_by_label("世帯全員").check()
    someone.page.get_by_label("通数").fill("３")
    someone.go_on()


@WAYS
def test_each_step_asks_its_own_questions_and_going_back_keeps_what_was_typed(
    sit_down: Sit, width: int, javascript: bool
) -> None:
    hanako = begin(sit_down, HANAKO, "residence_certificate", width=width, javascript=javascript)
    page = hanako.page
    heading(page, "必要な住民票")
    expect(page.get_by_label(re.compile("電話番号"))).to_have_count(0)
    hanako.go_on()
    expect(page).to_have_title(re.compile("^入力を確認してください"))
    page.locator("#error-summary a").first.click()
    expect(page.locator("#kind-first")).to_be_focused()

    first_step(hanako)
    heading(page, "使いみち")
    expect(page.get_by_text("前のページの回答を、次のように整えました。")).to_be_visible()
    page.get_by_role("button", name="前へ戻る").click()
    heading(page, "必要な住民票")
    expect(page.get_by_label("通数")).to_have_value("3")
    hanako.go_on()

    page.get_by_label("その他").check()
    if not javascript:
        hanako.go_on()
        expect(page.get_by_text("回答に合わせて、質問が増えました")).to_be_visible()
    page.get_by_label("具体的な使用目的").fill("相続の手続")
    page.get_by_label("具体的な使用目的").press("Enter")
    heading(page, "受け取り方法と連絡先")
    page.get_by_label(re.compile("電子交付")).check()
    page.get_by_label(re.compile("電話番号")).fill("０７９－２２１－２１１１")
    hanako.go_on()

    heading(page, "内容の確認")
    for said in ("世帯全員", "相続の手続", "900"):
        expect(page.get_by_text(said).first).to_be_visible()
    page.get_by_role("link", name=re.compile("変更する.*使いみち")).click()
    heading(page, "使いみち")


def test_a_draft_goes_on_on_another_device_where_it_was_left(sit_down: Sit) -> None:
    kenji = begin(sit_down, KENJI, "residence_certificate")
    first_step(kenji)
    kenji.page.get_by_label("銀行・ローン").check()
    kenji.page.get_by_role("button", name="保存して中断する").click()
    heading(kenji.page, "下書きを保存しました")

    phone = sit_down(KENJI, width=375).log_in("/cases")
    phone.locator("main a[href^='/drafts/']").first.click()

    heading(phone, "受け取り方法と連絡先")
    phone.get_by_role("button", name="前へ戻る").click()
    expect(phone.get_by_label("銀行・ローン")).to_be_checked()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_two_devices_do_not_overwrite_each_other_unseen(sit_down: Sit, javascript: bool) -> None:
    desk = begin(sit_down, TARO, "residence_certificate", javascript=javascript)
    address = desk.page.url
    phone = sit_down(TARO, width=375, javascript=javascript)
    phone.log_in("/cases")
    phone.page.goto(address)
    phone.page.get_by_label("世帯全員").check()
    phone.page.get_by_label("通数").fill("5")
    phone.go_on()
    heading(phone.page, "使いみち")

    first_step(desk)

    page = desk.page
    expect(page.get_by_text("この下書きは、ほかの端末かタブで先に変更されました")).to_be_visible()
    expect(page.locator("#copies--elsewhere")).to_contain_text("5")
    expect(page.locator("#kind--elsewhere")).to_have_count(0)
    expect(page.get_by_label("通数")).to_have_value("３")
    desk.go_on()
    heading(page, "使いみち")
    phone.page.get_by_role("button", name="前へ戻る").click()
    expect(phone.page.locator("#clash")).to_be_visible()


def test_a_double_click_is_no_conflict_and_adds_one_item(sit_down: Sit) -> None:
    hanako = begin(sit_down, HANAKO, "residence_certificate", javascript=False)
    hanako.page.get_by_label("世帯全員").check()
    hanako.page.get_by_label("通数").fill("1")
    hanako.page.get_by_role("button", name="次へ進む").dblclick()
    expect(hanako.page.locator("#clash")).to_have_count(0)
    heading(hanako.page, "使いみち")


@WAYS
def test_family_members_come_and_go_and_each_mistake_is_at_its_input(
    sit_down: Sit, width: int, javascript: bool
) -> None:
    hanako = begin(sit_down, HANAKO, "moving_out", width=width, javascript=javascript)
    page = hanako.page
    page.goto(re.sub(r"/steps/\w+$", "/steps/household", page.url))
    page.get_by_label("私と家族").check()
    if not javascript:
        hanako.go_on()
    page.locator("#members-0-name").fill("姫路　太郎")
    page.get_by_role("button", name="ご家族を追加する").click()
    page.locator("#members-1-name").fill("姫路　さくら")
    expect(page.locator("#members-0-name")).to_have_value("姫路　太郎")
    hanako.go_on()
    expect(page.locator("#error-summary")).to_be_visible()
    page.locator("#error-summary a[href='#members-1-birth_date-first']").click()
    expect(page.locator("#members-1-birth_date-first")).to_be_focused()

    page.get_by_role("button", name=re.compile("削除.*ご家族 1")).click()
    expect(page.locator("#members-1-name")).to_have_count(0)
    expect(page.locator("#members-0-name")).to_have_value("姫路　さくら")


@WAYS
def test_a_postal_code_fills_the_address(sit_down: Sit, width: int, javascript: bool) -> None:
    hanako = begin(sit_down, HANAKO, "moving_out", width=width, javascript=javascript)
    page = hanako.page
    page.goto(re.sub(r"/steps/\w+$", "/steps/move", page.url))
    page.locator("#postal_code").fill("５３０－０００１")
    page.get_by_role("button", name="住所を入れる").click()
    expect(page.locator("#new_address")).to_have_value("大阪府大阪市北区梅田")
    page.locator("#postal_code").fill("670-0012")
    page.get_by_role("button", name="住所を入れる").click()
    expect(page.get_by_role("button", name="兵庫県姫路市本町")).to_be_visible()
    expect(page.locator("#new_address")).to_have_value("大阪府大阪市北区梅田")


def test_a_draft_is_thrown_away_only_after_a_question(sit_down: Sit) -> None:
    kenji = begin(sit_down, KENJI, "cancer_screening", width=375)
    address = kenji.page.url
    kenji.page.get_by_role("link", name="この下書きを削除する").click()
    heading(kenji.page, "下書きを削除しますか")
    kenji.page.get_by_role("button", name="下書きを削除する").click()
    kenji.page.wait_for_url("**/cases")
    answer = kenji.page.goto(address)
    assert answer is not None
    assert answer.status == 404

"""カードの扱い: a card pulled away while it signs, a certificate revoked by a move, as the person sees it."""

import re

from playwright.sync_api import Page, expect

from machine.browser import Someone
from sandbox.people import HANAKO, YUMI
from tests.e2e.conftest import Sit

SIGN = re.compile("署名")


def about_to_sign(someone: Someone) -> Page:
    """At the card agent, with an application to sign."""
    page = someone.start_certificate()
    someone.fill_in_certificate()
    page.get_by_role("button", name=SIGN).click()
    expect(page.get_by_label(re.compile("パスワード"))).to_be_visible()
    return page


def lay(page: Page, card: str) -> None:
    """Lay a card that fails in some way: the tray knows it, the list on the page does not."""
    page.get_by_label("使うカード").evaluate("(list, card) => { list.selectedOptions[0].value = card }", card)


def test_a_person_who_moved_logs_in_but_is_told_why_the_signature_is_refused(sit_down: Sit) -> None:
    yumi = sit_down(YUMI)
    page = about_to_sign(yumi)
    yumi.answer_agent(YUMI.sign_pin or "", "署名する")

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("失効")
    expect(alert).to_contain_text(re.compile("市区町村|窓口"))
    page.get_by_role("link", name="やめて市のページに戻る").click()
    expect(page.get_by_role("button", name=SIGN)).to_be_visible()


def test_a_card_pulled_away_while_signing_leaves_the_draft_to_be_signed_again(sit_down: Sit) -> None:
    hanako = sit_down(HANAKO)
    page = about_to_sign(hanako)
    lay(page, "hanako removed")
    page.get_by_label(re.compile("パスワード")).fill(HANAKO.sign_pin or "")
    page.get_by_role("button", name="署名する").click()

    expect(page.get_by_role("alert")).to_contain_text("カードが途中で離れました")
    hanako.sign()
    hanako.read_until(re.compile("600円"))

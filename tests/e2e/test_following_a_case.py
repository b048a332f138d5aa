"""案件を見守る: the status page changes by itself, both sides write, and nothing is lost on the way."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from api.counter import SESSION_COOKIE
from machine.browser import Someone
from machine.layout import Layout, url
from machine.postgres import Role
from machine.visitor import Visitor
from sandbox.people import HANAKO, OFFICER
from tests.api.scenes import PDF, screening_under_review, under_review, unpaid
from tests.conftest import Meet
from tests.e2e.conftest import Sit

SOON = 10_000
"""Milliseconds in which an open page must show what happened, without being asked."""
HEARTBEAT = 25_000

Look = Callable[..., Page]


@pytest.fixture
def look(sit_down: Sit, town: Layout) -> Look:
    """`look(visitor, path)`: a window of somebody who is logged in already; with a mark that a reload would lose."""

    def opened(visitor: Visitor, path: str, *, width: int = 375, javascript: bool = True) -> Page:
        someone: Someone = sit_down(HANAKO, width=width, javascript=javascript)
        session = {"name": SESSION_COOKIE, "value": visitor.http.cookies[SESSION_COOKIE], "url": town.public_url}
        someone.page.context.add_cookies([session])  # type: ignore[list-item]
        page = someone.open(path)
        if javascript:
            page.evaluate("window.mark = 1")
        return page

    return opened


def never_reloaded(page: Page) -> bool:
    return page.evaluate("window.mark") == 1


def lose_the_word_of(town: Layout, case: dict[str, Any]) -> None:
    """The gateway takes this case's money and its word gets lost; others pay at the same gateway meanwhile."""
    checkout = case["payments"][0]["url"].rsplit("/", 1)[1]
    lost = {"kind": "webhook_lost", "event": "checkout.session.completed", "object": checkout}
    assert httpx.post(f"{url(town.ports.gateway)}/_sandbox/faults", json=lost, timeout=30).is_success


def test_an_officer_decides_and_the_residents_page_changes_by_itself(meet: Meet, look: Look, town: Layout) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt = under_review(hanako)
    page = look(hanako, f"/cases/{receipt}")
    expect(page.get_by_text("担当の職員が内容を確認しています。")).to_be_visible()
    page.get_by_text("申請した内容を見る").click()
    page.get_by_role("link", name="申請の控えを印刷する").focus()
    expect(page.locator("#live-note")).to_be_visible()

    with town.postgres.connect(Role.ADMIN) as connection:  # PostgreSQL drops the listener: the next change still comes
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'madoguchi changes'"
        )
    officer.decide(officer.task_of(receipt), "approve")

    expect(page.get_by_role("link", name=re.compile("ダウンロード"))).to_be_visible(timeout=SOON * 2)
    assert never_reloaded(page)
    expect(page.locator("#live")).to_contain_text("手続が完了しました")
    expect(page.locator("#record details")).to_have_attribute("open", "")
    expect(page.get_by_role("link", name="申請の控えを印刷する")).to_be_focused()
    expect(page.locator(".madoguchi-stage[data-state=done]")).to_have_count(7)
    expect(page.locator(".madoguchi-stage[data-state=passed_over]")).to_contain_text("郵送")


def test_a_message_arrives_while_another_is_being_written(meet: Meet, look: Look, tmp_path: Path) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt = under_review(hanako)
    page = look(hanako, f"/cases/{receipt}")
    desk = look(officer, f"/tasks/{officer.task_of(receipt)['id']}", width=1280)
    page.get_by_text("メッセージを書く").click()
    page.get_by_role("textbox", name=re.compile("メッセージ")).fill("書きかけの")

    desk.get_by_text("メッセージを書く").click()
    desk.get_by_role("textbox", name=re.compile("メッセージ")).fill("書類をご確認ください。")
    file = tmp_path / "案内.pdf"
    file.write_bytes(PDF)
    desk.get_by_label(re.compile("ファイル")).set_input_files(file)
    desk.get_by_role("button", name="メッセージを送る").dblclick()

    expect(page.get_by_text("書類をご確認ください。")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("textbox", name=re.compile("メッセージ"))).to_have_value("書きかけの")
    assert never_reloaded(page)
    expect(page.locator(".madoguchi-message")).to_have_count(1)
    page.get_by_role("button", name="メッセージを送る").click()
    expect(page.get_by_text("書きかけの")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="案内.pdf").click()
    assert Path(downloading.value.path()).read_bytes() == PDF
    desk.reload()
    expect(desk.get_by_text("書きかけの")).to_be_visible()
    expect(desk.get_by_text("相手が開いた日時")).to_be_visible()


def test_logging_out_elsewhere_ends_the_page(meet: Meet, look: Look) -> None:
    hanako = meet(HANAKO)
    page = look(hanako, f"/cases/{screening_under_review(hanako)}")
    expect(page.locator("#live-note")).to_be_visible()

    hanako.http.delete("/api/session")

    expect(page.locator("#live-ended")).to_be_visible(timeout=HEARTBEAT)
    assert never_reloaded(page)


def test_who_has_paid_and_is_not_confirmed_yet_is_told_not_to_pay_again(meet: Meet, look: Look, town: Layout) -> None:
    hanako = meet(HANAKO)
    case = unpaid(hanako)
    lose_the_word_of(town, case)
    receipt = case["receipt_number"]
    page = look(hanako, f"/cases/{receipt}", javascript=False)
    expect(page.get_by_role("link", name="支払いへ進む")).to_be_visible()
    page.goto(page.url + "?payment=done")  # without having paid: only the gateway's word makes a payment paid
    expect(page).to_have_url(re.compile(rf"/cases/{receipt}$"))
    expect(page.get_by_text(re.compile("二重に支払わないでください"))).to_be_visible()
    expect(page.get_by_role("link", name="支払いへ進む")).to_have_count(0)
    assert hanako.case(receipt)["status"] == "awaiting_payment"

    assert hanako.pay(case).status_code == 303  # now really; the webhook is lost, and the reconciliation asks
    hanako.post(f"/api/cases/{receipt}/payment/return")
    assert hanako.case(receipt)["payments"][0]["confirming"] is True


def test_withdrawing_shows_the_refund_before_and_after(meet: Meet, look: Look) -> None:
    hanako = meet(HANAKO)
    receipt = under_review(hanako)
    page = look(hanako, f"/cases/{receipt}")
    page.get_by_role("link", name="申請を取り下げる").click()
    expect(page.get_by_text(re.compile("合わせて300円"))).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile("VISA •••• 4242|お支払いに使ったカード"))).to_be_visible()
    page.get_by_role("button", name="取り下げる", exact=True).click()

    expect(page.get_by_text(re.compile("返金は済んでいます"))).to_be_visible(timeout=SOON * 2)
    page.get_by_role("link", name="領収書を表示する").click()
    expect(page.get_by_text("返金した金額")).to_be_visible()
    page.goto(page.url.replace("/receipt", "/withdraw"))
    expect(page.get_by_role("heading", name="この申請は取り下げられません")).to_be_visible()


def test_a_list_of_cases_changes_by_itself_too(meet: Meet, look: Look) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt = under_review(hanako)
    page = look(hanako, "/cases", width=320)
    row = page.get_by_role("listitem").filter(has_text=receipt)
    expect(row.get_by_text("審査中")).to_be_visible()

    officer.http.post(f"/api/inbox/cases/{receipt}/messages", data={"body": "ご確認ください。"})

    expect(row.get_by_text("新しいメッセージ 1 件")).to_be_visible(timeout=SOON)
    assert never_reloaded(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

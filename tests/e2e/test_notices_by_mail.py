"""お知らせのメール, as a resident gets them: an address is verified, a mail comes, and nothing personal is in it."""

import re
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from api.counter import SESSION_COOKIE
from machine.browser import Someone, seated
from machine.demo import ANSWERS
from machine.layout import Layout, url
from machine.visitor import Visitor, wait_for
from sandbox.people import HANAKO, OFFICER
from tests.conftest import Meet

SETTINGS = "/account/notices"


def new_address() -> str:
    return f"{uuid4().hex[:10]}@resident.example"


def fault(town: Layout, address: str, kind: str) -> None:
    given = {"address": address, "kind": kind}
    assert httpx.post(f"{url(town.ports.mailbox)}/_sandbox/faults", json=given, timeout=30).is_success


def enter(page: Page, address: str) -> None:
    page.get_by_role("textbox", name=re.compile("メールアドレス")).fill(address)
    page.get_by_role("button", name="確認コードを送る").click()
    expect(page.get_by_text(address).first).to_be_visible()


def verify(someone: Someone, town: Layout, address: str) -> None:
    """Read the code in the mailbox, in another tab, and type it."""
    enter(someone.page, address)
    mailbox = someone.page.context.new_page()
    wait_for(
        lambda: (mailbox.goto(f"{url(town.ports.mailbox)}/?to={address}"), mailbox.locator("article").count())[1],
        lambda count: count > 0, "the mail with the code",
    )  # fmt: skip
    code = re.search(r"\b\d{6}\b", mailbox.locator("article pre").first.inner_text())
    assert code
    mailbox.close()
    someone.page.get_by_role("textbox", name=re.compile("確認コード")).fill(code[0])
    someone.page.get_by_role("button", name="確認する", exact=True).click()
    expect(someone.page.get_by_role("heading", name="メールアドレスを確認しました")).to_be_visible()


@pytest.fixture
def hanako(town: Layout, browser: Browser, meet: Meet) -> object:
    """Hanako at a phone, logged in already; and she through the API."""
    visitor = meet(HANAKO)
    with seated(browser, HANAKO, town.public_url, width=375) as someone:
        cookie = {"name": SESSION_COOKIE, "value": visitor.http.cookies[SESSION_COOKIE], "url": town.public_url}
        someone.page.context.add_cookies([cookie])
        yield someone, visitor
        visitor.http.delete("/api/account/notices/address")


def personal(text: str) -> list[str]:
    """What of the resident or of her application stands in this text."""
    facts = [*HANAKO.name.split("\u3000"), *HANAKO.kana.split("\u3000"), *HANAKO.latin.split(), HANAKO.address]
    facts += [HANAKO.address.removeprefix("兵庫県姫路市"), str(ANSWERS["phone"]), HANAKO.birth_date.isoformat()]
    facts += ["住民票", "residence_certificate", "ertificate of residence", "住民票的", "銀行", "bank"]
    facts = [fact for fact in facts if fact not in ("姫路", "Himeji")]  # the city's own name
    return [fact for fact in facts if fact in text]


def test_a_correction_is_told_by_mail_in_the_chosen_language_and_nothing_else_is(
    town: Layout, hanako: tuple[Someone, Visitor], meet: Meet
) -> None:
    someone, visitor = hanako
    address = new_address()
    someone.open(SETTINGS)
    verify(someone, town, address)
    someone.page.get_by_label("English").check()
    someone.page.get_by_role("button", name="保存する").click()
    expect(someone.page.get_by_role("heading", name="お知らせの選択を保存しました")).to_be_visible()

    receipt_number = visitor.apply("residence_certificate", ANSWERS)
    visitor.pay(visitor.await_case(receipt_number, "awaiting_payment"))
    visitor.await_case(receipt_number, "under_review")
    officer = meet(OFFICER)
    officer.decide(officer.task_of(receipt_number), "send_back", marks={"phone": "番号を確かめてください"})
    visitor.await_case(receipt_number, "awaiting_correction")

    box = f"{url(town.ports.mailbox)}/_sandbox/mails"
    mails = wait_for(
        lambda: [mail for mail in httpx.get(box, params={"to": address}).json() if receipt_number in mail["text"]],
        lambda found: any("check" in mail["subject"] for mail in found), "the mail",
    )  # fmt: skip
    [mail] = [each for each in mails if "check" in each["subject"]]
    assert mail["subject"] == "[Himeji City] Please check your application"
    raw = httpx.get(f"{url(town.ports.mailbox)}/_sandbox/mails/{mail['id']}.eml").text
    assert personal(mail["text"] + str(mail["headers"]) + raw) == []

    link = re.search(r"http\S+/cases/\S+", mail["text"])
    assert link
    someone.page.goto(link[0])
    expect(someone.page.get_by_text("補正待ち").first).to_be_visible()
    someone.open(SETTINGS)
    row = someone.page.get_by_role("row").filter(has_text="内容の確認をお願いします").first
    expect(row).to_contain_text("送信しました")


def test_an_address_that_does_not_exist_is_shown_as_come_back(town: Layout, hanako: tuple[Someone, Visitor]) -> None:
    someone, _ = hanako
    address = new_address()
    fault(town, address, "refuse")
    enter(someone.open(SETTINGS), address)

    someone.read_until("確認コードを送れませんでした")

    expect(someone.page.get_by_text("このアドレスは見つからないと答えました").first).to_be_visible()
    expect(someone.page.get_by_role("row").filter(has_text="戻ってきました").first).to_be_visible()
    someone.page.get_by_role("button", name="このアドレスの登録をやめる").click()
    expect(someone.page.get_by_role("button", name="確認コードを送る")).to_be_visible()


def test_a_browser_that_cannot_be_notified_says_so(town: Layout, hanako: tuple[Someone, Visitor]) -> None:
    someone, _ = hanako
    page = someone.open(SETTINGS)
    page.get_by_role("button", name="このブラウザに通知する").click()
    expect(page.get_by_text("このサイトの通知が許可されていません")).to_be_visible()

    page.context.grant_permissions(["notifications"], origin=town.public_url)
    page.reload()
    page.get_by_role("button", name="このブラウザに通知する").click()
    expect(page.get_by_text("いま通知サービスにつながりません")).to_be_visible()

"""四つの言語で: a resident's whole way, by what a page is and not by what it says, on a phone and on a desk."""

import io
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from machine.browser import Someone
from machine.layout import Layout
from machine.visitor import Visitor
from procedures.calendar import JAPAN
from procedures.texts import Language
from sandbox.people import APPROVER, HANAKO, OFFICER
from tests.api.scenes import approve_claim
from tests.conftest import Meet
from tests.e2e.conftest import Sit

SEARCHED: dict[Language, str] = {"ja": "じどうてあと", "en": "child alowance", "zh": "儿童津贴", "ko": "아동수당"}
"""Kana and English with a typing error."""
HTML_LANG: dict[Language, str] = {"ja": "ja", "en": "en", "zh": "zh-Hans", "ko": "ko"}
PHONE, DESK = 375, 1280
Kind = Literal["next", "back", "later"]


def photograph(colour: str) -> bytes:
    """A photo as a telephone takes it: large, and lying on its side."""
    image, file = Image.new("RGB", (1600, 1200), colour), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(file, "jpeg", exif=exif)
    return file.getvalue()


def press(page: Page, what: Kind) -> None:
    page.locator(f"main .dads-actions button[name='-action'][value={what}]").click()


def choose(page: Page, field: str, value: str) -> None:
    page.locator(f"[name='{field}'][value='{value}']").check()


def write_date(page: Page, field: str, year: str, month: str, day: str) -> None:
    for part, text in (("year", year), ("month", month), ("day", day)):
        page.locator(f"[name='{field}.{part}']").fill(text)


def at_step(page: Page, section: str) -> None:
    expect(page).to_have_url(re.compile(rf"/steps/{section}(\?|$)"))


def find_and_start(someone: Someone, language: Language) -> Page:
    """From a search to the first step, through the login at the card agent."""
    page = someone.open(f"/?lang={language}")
    expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[language])
    page.locator("main input[name=q]").fill(SEARCHED[language])
    page.locator("main input[name=q]").press("Enter")
    page.locator("main a[href='/procedures/child_allowance']").first.click()
    page.locator("form[action='/procedures/child_allowance'] button").click()
    if "/login" in page.url:
        page.locator("form[action='/login'] button").click()
        answer(someone, HANAKO.auth_pin)
        page.wait_for_url(re.compile("/procedures/|/drafts/"))
    if "/procedures/" in page.url:
        page.locator("form[action='/procedures/child_allowance'] button").click()
    at_step(page, "claimant")
    return page


def answer(someone: Someone, pin: str) -> None:
    """At the card agent."""
    page = someone.page
    page.locator("#card").select_option(someone.person.key)
    page.locator("#pin").fill(pin)
    page.locator("main button[type=submit], form button").first.click()


def fill_in_claimant(page: Page) -> None:
    """A mistake first: it is told on top, beside the field, and leads there; then every width and era is understood."""
    values = {"name": "姫路　花子", "name_kana": "ひめじ　はなこ", "postal_code": "〒６７０００１２", "phone": "12"}
    for field, text in values.items():
        page.locator(f"#{field}").fill(text)
    write_date(page, "birth_date", "平成2", "4", "12")
    page.locator("button[name='-address'][value=postal_code]").click()
    page.locator("#postal_code-found").wait_for()
    page.locator("#address").fill("兵庫県姫路市安田四丁目１番地")
    choose(page, "occupation", "employee")
    press(page, "next")
    expect(page.locator("#error-summary li")).to_have_count(1)
    expect(page.locator("#phone")).to_have_attribute("aria-invalid", "true")
    page.locator("#error-summary a").click()
    expect(page.locator("#phone")).to_be_focused()
    page.locator("#phone").fill("０７９２２１２１１１")
    press(page, "next")
    at_step(page, "spouse")
    expect(page.locator(".madoguchi-tidied")).to_contain_text("079-221-2111")


def fill_in_family(page: Page) -> None:
    choose(page, "has_spouse", "no")
    press(page, "next")
    at_step(page, "children")
    page.locator("button[name='-add'][value=children]").click()
    expect(page.locator(".madoguchi-item")).to_have_count(2)
    page.locator("button[name='-remove']").last.click()
    expect(page.locator(".madoguchi-item")).to_have_count(1)
    page.locator("[name='children.0.name']").fill("姫路　さくら")
    page.locator("[name='children.0.name_kana']").fill("ヒメジ　サクラ")
    write_date(page, "children.0.birth_date", "R8", "5", "20")
    choose(page, "children.0.relation", "child")
    choose(page, "children.0.living", "together")
    page.locator("[name=older_children]").fill("０")
    press(page, "next")
    at_step(page, "claim")


def go_on_elsewhere(elsewhere: Someone, language: Language, draft: str) -> Page:
    """On another device: logged in anew, where it was left."""
    page = elsewhere.open(f"/login?next=/my&lang={language}")
    page.locator("form[action='/login'] button").click()
    answer(elsewhere, HANAKO.auth_pin)
    page.wait_for_url(re.compile("/my"))
    page.locator(f"main a[href^='{draft}']").first.click()
    at_step(page, "claim")
    return page


def fill_in_the_rest(page: Page) -> None:
    yesterday = datetime.now(JAPAN).date() - timedelta(days=1)
    choose(page, "reason", "birth")
    write_date(page, "event_date", f"{yesterday.year}", f"{yesterday.month}", f"{yesterday.day}")
    press(page, "next")
    at_step(page, "account")
    choose(page, "account_source", "public")
    press(page, "next")
    at_step(page, "evidence")
    photos = [
        {"name": f"photo{n}.jpg", "mimeType": "image/jpeg", "buffer": photograph(colour)}
        for n, colour in enumerate(("navy", "teal"))
    ]
    page.locator("#health_insurance").set_input_files(photos)  # type: ignore[arg-type]
    page.locator("button[name='-action'][value=attach]").click()
    expect(page.locator(".dads-file-upload__name")).to_have_count(1)
    for consent in ("enquiry_consent", "truth"):
        page.locator(f"[name={consent}]").check()
    press(page, "next")
    expect(page).to_have_url(re.compile(r"/review(\?|$)"))


def sign(someone: Someone) -> str:
    """Sign what the review shows; the receipt number."""
    page = someone.page
    for said in ("ヒメジ　ハナコ", "079-221-2111", "670-0012"):
        expect(page.locator("main")).to_contain_text(said)
    page.locator("form[action$='/sign'] button").click()
    expect(page.locator("main")).to_contain_text("079-221-2111")
    answer(someone, HANAKO.sign_pin or "")
    page.wait_for_url(re.compile("/cases/"))
    return page.url.rsplit("/", 1)[1].split("?")[0]


def correct(someone: Someone, officer: Visitor, receipt: str) -> None:
    """The officer's reason stands beside the one answer that may change; the page came by itself."""
    page = someone.page
    officer.decide(officer.task_of(receipt), "send_back", marks={"phone": "Mobile, please: 携帯電話 090"}, reason="090")
    page.locator(".madoguchi-marks").wait_for()
    page.locator("form[action$='/correct'] button").click()
    at_step(page, "claimant")
    expect(page.locator("#question-phone")).to_contain_text("携帯電話 090")
    expect(page.locator("main input:not([type=hidden]):visible")).to_have_count(1)
    page.locator("#phone").fill("０９０ １２３４ ５６７８")
    press(page, "next")
    page.locator("form[action$='/sign'] button").click()
    answer(someone, HANAKO.sign_pin or "")
    page.wait_for_url(re.compile(f"/cases/{receipt}"))


def talk(page: Page, officer: Visitor, receipt: str) -> None:
    """Question and answer, each shown to the other without loading a page again."""
    page.locator("section[aria-labelledby=messages] summary").click()
    page.locator("#body").fill("いつごろ届きますか。 When will it come?")
    page.locator("form[action$='/messages'] button").click()
    expect(page.locator(".madoguchi-message")).to_have_count(1)
    sent = officer.http.post(f"/api/inbox/cases/{receipt}/messages", data={"body": "来月10日です。"})
    assert sent.status_code == 201, sent.text
    expect(page.locator(".madoguchi-message")).to_have_count(2)


@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["ja", "en", "zh", "ko"])
def test_from_a_search_to_the_sealed_notice(
    town: Layout, meet: Meet, sit_down: Sit, tmp_path: Path, language: Language, width: int
) -> None:
    hanako, elsewhere = sit_down(HANAKO, width=width), sit_down(HANAKO, width=width)
    officer, approver = meet(OFFICER), meet(APPROVER)
    page = find_and_start(hanako, language)
    fill_in_claimant(page)
    fill_in_family(page)
    draft = urlsplit(page.url).path.partition("/steps/")[0]
    press(page, "later")

    page = go_on_elsewhere(elsewhere, language, draft)
    fill_in_the_rest(page)
    receipt = sign(elsewhere)
    officer.task_of(receipt)
    expect(page.locator("[data-state=current], [aria-current=step]").first).to_be_visible()
    talk(page, officer, receipt)
    correct(elsewhere, officer, receipt)
    approve_claim(officer, receipt)
    approve_claim(approver, receipt)

    page.locator("main a[href^='/documents/']").first.wait_for()
    with page.expect_download() as downloading:
        page.locator("main a[href^='/documents/']").first.click()
    file = tmp_path / "notice.pdf"
    downloading.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF-")
    elsewhere.open("/documents")
    expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[language])
    expect(page.locator("main a[href^='/documents/']").first).to_be_visible()

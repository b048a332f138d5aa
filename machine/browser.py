"""ブラウザ: a person with a card in front of a real Chromium; the browser tests and the pictures share it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from sandbox.people import Person

CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")
"""Root needs the first; the others keep Chromium from calling home."""
PATIENCE_MS = 20_000


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """Debian's Chromium, headless, with `more` of its switches."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *more])
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class Someone:
    """誰か: sits before `page`, has `person`'s card and reads Japanese."""

    page: Page
    person: Person
    public_url: str

    def open(self, path: str) -> Page:
        self.page.goto(self.public_url + path)
        return self.page

    def log_in(self, path: str = "/") -> Page:
        """Log in by card and go on to `path`."""
        self.open(f"/login?next={path}").get_by_role("button", name="ログインする").click()
        self.answer_agent(self.person.auth_pin, "ログインする")
        self.page.wait_for_url(f"{self.public_url}{path}")
        return self.page

    def sign(self) -> Page:
        """Sign what the agent shows, and come back to the city's page."""
        self.answer_agent(self.person.sign_pin or "", "署名する")
        self.page.wait_for_url(re.compile(rf"{re.escape(self.public_url)}/cases/"))
        return self.page

    def answer_agent(self, pin: str, button: str) -> None:
        """At the card agent: lay the card on the reader, type the PIN."""
        self.page.get_by_label("使うカード").select_option(self.person.key)
        self.page.get_by_label(re.compile("暗証番号|パスワード")).fill(pin)
        self.page.get_by_role("button", name=button).click()

    def start_certificate(self) -> Page:
        """住民票の写し: log in and open the form."""
        page = self.log_in("/procedures/residence_certificate")
        page.get_by_role("button", name="申請を始める").click()
        return page

    def fill_in_certificate(self) -> None:
        """Two copies of the whole household's record, for a bank, as a sealed PDF."""
        page = self.page
        page.get_by_label("世帯全員").check()
        page.get_by_label("通数").fill("２")
        self.go_on()
        page.get_by_label("銀行・ローン").check()
        self.go_on()
        page.get_by_label(re.compile("電子交付")).check()
        page.get_by_label(re.compile("電話番号")).fill("０７９-２２１-２１１１")
        self.go_on()

    def go_on(self) -> None:
        """次へ, or on to the review after the last step."""
        self.page.get_by_role("button", name=re.compile("^(次|確認)へ進む$")).click()

    def pay(self) -> None:
        """On the gateway's own page, with the test VISA."""
        page = self.page
        page.get_by_role("link", name=re.compile("支払")).first.click()
        page.locator("[name=card_number]").fill("4242 4242 4242 4242")
        page.locator("[name=expiry]").fill("12/40")
        page.locator("[name=cvc]").fill("123")
        page.locator("form button").last.click()
        page.wait_for_url(re.compile(rf"{re.escape(self.public_url)}/cases/"))

    def claim(self, receipt_number: str) -> Page:
        """At the desk: find the case's task by its number and take it; it may not be there yet."""
        self.open(f"/inbox?number={receipt_number}")
        self.read_until(re.compile("^担当する$"))
        self.page.get_by_role("button", name="担当する").click()
        return self.page

    def read_until(self, said: str | re.Pattern[str]) -> None:
        """Read the page again until it says so. Raises TimeoutError that tells what it says instead."""
        for _ in range(PATIENCE_MS // 250):
            if self.page.get_by_text(said).first.is_visible():
                return
            self.page.wait_for_timeout(250)
            self.page.reload()
        raise TimeoutError(f"The page never said {said}: {self.page.locator('main').inner_text()}")


@contextmanager
def seated(
    browser: Browser, person: Person, public_url: str, *, width: int = 1280, javascript: bool = True
) -> Iterator[Someone]:
    """`person` before a fresh window of `width` CSS pixels."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="ja-JP", java_script_enabled=javascript
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield Someone(context.new_page(), person, public_url)
    finally:
        context.close()

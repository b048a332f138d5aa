"""画面の写真: the main pages at 375 and 1280 pixels, for the README and for critical eyes."""

import re
import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser
from rich.console import Console

from machine.browser import Someone, chromium, seated
from machine.demo import appoint_officers
from machine.layout import CLONE, Layout
from machine.up import up
from sandbox.people import ADMINISTRATOR, HANAKO, OFFICER, YUMI

WIDTHS = (375, 1280)
FOLDER = CLONE / "docs" / "screenshots"


def take_pictures() -> None:
    """Open a town of its own, walk through it, and keep what was seen under docs/screenshots/."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout.ephemeral(Path(folder))
        with up(layout, Console(quiet=True)), chromium() as browser:
            appoint_officers(layout)
            for width in WIDTHS:
                _walk(browser, layout, width)


def _walk(browser: Browser, layout: Layout, width: int) -> None:
    with ExitStack() as stack:

        def sit(person: object) -> Someone:
            return stack.enter_context(seated(browser, person, layout.public_url, width=width))  # type: ignore[arg-type]

        hanako, officer, administrator = sit(HANAKO), sit(OFFICER), sit(ADMINISTRATOR)
        _shoot(hanako, "catalogue", "/")
        _shoot(hanako, "search", "/?q=じゅうみんひょう")
        _shoot(hanako, "procedure", "/procedures/residence_certificate")
        hanako.start_certificate()
        _shoot(hanako, "form")
        hanako.fill_in_certificate()
        _shoot(hanako, "review")
        hanako.page.get_by_role("button", name=re.compile("署名")).click()
        _shoot(hanako, "agent")
        hanako.sign()
        hanako.read_until(re.compile("600円"))
        _shoot(hanako, "payment")
        hanako.pay()
        hanako.read_until("担当の職員が内容を確認しています")
        _ask(hanako)
        _shoot(hanako, "status")
        case = urlsplit(hanako.page.url).path
        _review(officer)
        hanako.read_until(re.compile("ダウンロード"))
        _shoot(hanako, "delivered")
        _shoot(hanako, "receipt", f"{case}/receipt")
        _group(hanako)
        _shoot(hanako, "my", "/my")
        _shoot(hanako, "notices", "/account/notices")
        _shoot(hanako, "verify", "/verify")
        _shoot(hanako, "account", "/account/certificates")
        administrator.log_in("/admin/cases")
        _shoot(administrator, "admin")
        administrator.open("/admin/certificates").get_by_role("button", name=re.compile("いま")).first.click()
        administrator.read_until("すべての証明書を確認しました")
        _shoot(administrator, "certificates")
        _refused(sit(YUMI))


def _ask(resident: Someone) -> None:
    """A message to the department in charge."""
    page = resident.page
    page.get_by_text("メッセージを書く").click()
    page.get_by_role("textbox", name=re.compile("^メッセージ")).fill("書面はいつごろ受け取れますか。")
    page.get_by_role("button", name="メッセージを送る").click()
    resident.read_until("書面はいつごろ受け取れますか。")


def _group(resident: Someone) -> None:
    """A form step whose questions repeat: one part for each child."""
    page = resident.open("/procedures/child_allowance")
    page.get_by_role("button", name="申請を始める").click()
    page.wait_for_url(re.compile("/steps/claimant"))
    page.goto(page.url.replace("/steps/claimant", "/steps/children"))
    page.get_by_role("button", name="お子さんを追加する").click()
    page.get_by_text("お子さん 2").first.wait_for()
    _shoot(resident, "group")


def _refused(yumi: Someone) -> None:
    """Who moved is told why the card cannot sign."""
    yumi.start_certificate()
    yumi.fill_in_certificate()
    yumi.page.get_by_role("button", name=re.compile("署名")).click()
    yumi.answer_agent(yumi.person.sign_pin or "", "署名する")
    yumi.page.get_by_role("alert").wait_for()
    _shoot(yumi, "refused")


def _review(officer: Someone) -> None:
    officer.log_in("/inbox")
    _shoot(officer, "inbox")
    officer.page.get_by_role("button", name="担当する").first.click()
    _shoot(officer, "task")
    officer.page.get_by_role("button", name="承認する").click()
    _shoot(officer, "statistics", "/statistics")


def _shoot(someone: Someone, name: str, path: str | None = None) -> None:
    page = someone.page
    if path is not None:
        someone.open(path)
    page.wait_for_load_state("networkidle")
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=FOLDER / f"{name}-{width}.png", full_page=True)

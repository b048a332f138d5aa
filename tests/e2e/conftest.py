"""ブラウザ: a real Chromium at the running town."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from api.counter import SESSION_COOKIE
from machine.browser import Someone, seated
from machine.layout import Layout
from machine.visitor import Visitor
from sandbox.people import Person

Sit = Callable[..., Someone]
Open = Callable[..., Page]


@pytest.fixture
def sit_down(town: Layout, browser: Browser) -> Iterator[Sit]:
    """`sit_down(HANAKO)`: that person before a fresh window (`width` in pixels, `javascript` on or off)."""
    with ExitStack() as stack:

        def someone(person: Person, *, width: int = 1280, javascript: bool = True) -> Someone:
            return stack.enter_context(seated(browser, person, town.public_url, width=width, javascript=javascript))

        yield someone


@contextmanager
def window(browser: Browser, town: Layout, someone: Visitor | None, **how: Any) -> Iterator[Page]:
    """A fresh window, already logged in as `someone`."""
    context = browser.new_context(**how)
    if someone is not None:
        token = someone.http.cookies[SESSION_COOKIE]
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": town.public_url}])
    try:
        yield context.new_page()
    finally:
        context.close()


@pytest.fixture
def open_window(town: Layout, browser: Browser) -> Iterator[Open]:
    """`open_window(officer, "/inbox", width=375, javascript=False)`: a page, already logged in."""
    with ExitStack() as stack:

        def opened(someone: Visitor, path: str, *, width: int = 1280, javascript: bool = True) -> Page:
            screen = {"width": width, "height": 900}
            look = {"viewport": screen, "java_script_enabled": javascript, "locale": "ja-JP"}
            page = stack.enter_context(window(browser, town, someone, **look))
            page.goto(town.public_url + path)
            return page

        yield opened

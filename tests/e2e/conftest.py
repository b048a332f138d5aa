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

"""ブラウザ: a real Chromium at the running town."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from machine.browser import Someone, seated
from machine.layout import Layout
from sandbox.people import Person

Sit = Callable[..., Someone]


@pytest.fixture
def sit_down(town: Layout, browser: Browser) -> Iterator[Sit]:
    """`sit_down(HANAKO)`: that person before a fresh window (`width` in pixels, `javascript` on or off)."""
    with ExitStack() as stack:

        def someone(person: Person, *, width: int = 1280, javascript: bool = True) -> Someone:
            return stack.enter_context(seated(browser, person, town.public_url, width=width, javascript=javascript))

        yield someone

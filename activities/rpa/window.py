"""窓: a browser window per system, kept from one entry to the next; after a failure another one is opened."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Error, async_playwright

from activities.rpa.errors import RobotFailure, SystemUnavailable
from activities.rpa.player import Player
from activities.rpa.script import Script

QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
"""Keep Chromium from calling home."""
VIEW = (1280, 900)


@asynccontextmanager
async def chromium(program: Path) -> AsyncIterator[Browser]:
    """ブラウザ: headless. Root may only run it without its own sandbox; run the robots as somebody else."""
    alone = ("--no-sandbox",) if os.geteuid() == 0 else ()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*QUIET, *alone])
        try:
            yield browser
        finally:
            with suppress(Error):  # it may have gone by itself
                await browser.close()


@dataclass
class Window:
    """窓: of one system. One at a time works at it: whoever uses it sees to that."""

    program: Path
    script: Script
    base_url: str
    _open: AsyncExitStack | None = None
    _player: Player | None = field(default=None, repr=False)

    @asynccontextmanager
    async def player(self) -> AsyncIterator[Player]:
        """操作: with the login of the entry before. A failure is given its picture, and the window is closed."""
        try:
            yield await self._opened()
        except RobotFailure as failure:
            failure.picture = await self._player.picture() if self._player else None
            await self.close()
            raise
        except Error:
            await self.close()
            raise SystemUnavailable("The browser has failed.") from None  # its message could quote what was typed
        except BaseException:
            await self.close()
            raise

    @property
    def is_open(self) -> bool:
        """開いているか否か: whether a browser runs for it."""
        return self._open is not None

    async def close(self) -> None:
        """閉じる: and forget the login."""
        stack, self._open, self._player = self._open, None, None
        if stack is not None:
            await stack.aclose()

    async def _opened(self) -> Player:
        if self._player is not None and not self._player.page.is_closed():
            return self._player
        await self.close()
        async with AsyncExitStack() as stack:
            browser = await stack.enter_async_context(chromium(self.program))
            width, height = VIEW
            page = await browser.new_page(viewport={"width": width, "height": height}, locale="ja-JP")
            self._player = Player(page, self.script, self.base_url)
            self._open = stack.pop_all()
        return self._player

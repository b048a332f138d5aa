"""操作: a hand at an old system's screens: knows which one is shown, fills in, presses, reads. Never guesses.

After each press it waits until a declared screen is there. Anything else stops the work: a screen that was not
expected, a pop-up nobody declared, a page that fails or does not come. What it types is in no message and no log:
Playwright's own errors quote it, so they are never passed on.
"""

import asyncio
import re
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from playwright.async_api import Dialog, Error, Frame, Locator, Page, Request, Response

from activities.rpa.errors import EntryRefused, ScreenNotExpected, SessionLost, SystemClosed, SystemUnavailable
from activities.rpa.script import Screen, ScreenId, Script

CLICK_MS = 5_000
"""A button that is there can be pressed by then; later, nothing may be pressed any more."""
SHOWN_MS = 1_000
"""A page that has begun to come is given this long to be on the picture."""
LOOK_SECONDS = 0.05
CLOSED_FOR = timedelta(minutes=15)
"""A system that says it is closed, within its hours or without declared ones, is left alone for so long."""
UNKNOWN_SECONDS = 2.0
"""What has come whole and is still unknown after this long stays unknown."""
TEXT = """s => { const found = document.readyState !== 'loading' && document.querySelector(s);
    return found && found.textContent }"""
CELLS = """(rows, columns) => rows.map(row => Object.fromEntries(Object.entries(columns).map(
    ([name, selector]) => { const found = row.querySelector(selector); return [name, found && found.textContent] })))"""
Row = Mapping[str, str]


@dataclass
class _Heard:
    """起きたこと since the last press. `arrivals`: names of the frames that show another page; "" is the window."""

    arrivals: set[str] = field(default_factory=set)
    fault: str | None = None
    refusal: str | None = None
    unknown: bool = False


@dataclass
class Player:
    """操作: of one window. `page` belongs to nobody else."""

    page: Page
    script: Script
    base_url: str
    _heard: _Heard = field(default_factory=_Heard)
    _coming: set[Request] = field(default_factory=set)
    _pressed_at: float = 0.0

    def __post_init__(self) -> None:
        self.page.on("dialog", self._answer)
        self.page.on("framenavigated", self._arrived)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)
        self.page.on("requestfinished", self._came)
        self.page.on("requestfailed", self._failed)

    # --- going on -----------------------------------------------------------------------------------------------------

    async def enter(self, *expected: ScreenId) -> ScreenId:
        """入る: by the front door; which of the expected screens it shows."""

        async def go() -> None:
            with suppress(Error):  # what failed was heard, or the screen is not there
                address = self.base_url + self.script.start
                await self.page.goto(address, timeout=self._patience_ms, wait_until="commit")

        return await self._after(go, expected)

    async def press(self, on: ScreenId, button: str, *expected: ScreenId) -> ScreenId:
        """押す: which of the expected screens it led to."""
        await self.see(on)
        screen = self.script.screen(on)
        target = self._locator(screen, screen.buttons[button])
        return await self._press(target, f"{on}.{button}", expected)

    async def open_row(self, on: ScreenId, table: str, place: int, *expected: ScreenId) -> ScreenId:
        """行を開く: by its link."""
        screen = self.script.screen(on)
        listed = screen.table(table)
        row = self._locator(screen, listed.rows).nth(place)
        return await self._press(row.locator(listed.opens or "a").first, f"{on}.{table}", expected)

    async def _press(self, target: Locator, name: str, expected: tuple[ScreenId, ...]) -> ScreenId:
        async def click() -> None:
            try:
                await target.click(timeout=CLICK_MS, no_wait_after=True)
            except Error:
                self._require_window()
                raise ScreenNotExpected(f"{self.script.system}: {name} cannot be pressed.") from None

        return await self._after(click, expected)

    async def _after(self, act: Callable[[], Awaitable[None]], expected: tuple[ScreenId, ...]) -> ScreenId:
        """Acts, not sooner than is polite, and waits for what comes of it."""
        await asyncio.sleep(max(0.0, self._pressed_at + self.script.pause_seconds - time.monotonic()))
        self._heard = heard = _Heard()
        until = self._until()
        await act()
        self._pressed_at = time.monotonic()
        frames = {"", *(self.script.screen(name).frame or "" for name in expected)}
        while not (heard.arrivals & frames or heard.fault or heard.refusal or heard.unknown):
            await self._wait(until)
        return await self._see(expected, until)

    # --- seeing -------------------------------------------------------------------------------------------------------

    async def shows(self, name: ScreenId) -> bool:
        """映っているか否か: at this moment."""
        return await self._shows(self.script.screen(name))

    async def see(self, *expected: ScreenId) -> ScreenId:
        """見る: which of the expected screens is shown, whole."""
        return await self._see(expected, self._until())

    async def _see(self, expected: tuple[ScreenId, ...], until: float) -> ScreenId:
        """Only when nothing is on its way: half a list that broke off must not be taken for all of it."""
        unknown_since: float | None = None
        while True:
            if self._coming:
                unknown_since = None
            elif shown := await self._shown(expected):
                self._judge_heard()
                return shown
            else:
                unknown_since = unknown_since or time.monotonic()
            self._judge_heard()
            if unknown_since is not None and time.monotonic() - unknown_since > UNKNOWN_SECONDS:
                raise ScreenNotExpected(
                    f"{self.script.system} shows {await self._known(expected)} instead of {_or(expected)}."
                )
            await self._wait(until)

    async def _shown(self, expected: tuple[ScreenId, ...]) -> ScreenId | None:
        """The first of them that is shown. Raises what a screen in its place means."""
        for name in expected:
            if await self._shows(self.script.screen(name)):
                return name
        self._judge_heard()
        for screen in self.script.screens:
            if screen.means and screen.id not in expected and await self._shows(screen):
                self._judge_means(screen)
        return None

    def _judge_heard(self) -> None:
        heard, system = self._heard, self.script.system
        if heard.unknown:
            raise ScreenNotExpected(f"{system} popped up something that nobody declared.")
        if heard.refusal:
            raise EntryRefused(f"{system} refuses the entry ({heard.refusal}).")
        if heard.fault:
            raise SystemUnavailable(f"{system} does not answer as it should ({heard.fault}).")

    def _judge_means(self, screen: Screen) -> None:
        match screen.means:
            case "closed":
                raise SystemClosed(f"{self.script.system} says that it is closed ({screen.id}).", CLOSED_FOR)
            case "crashed":
                raise SystemUnavailable(f"{self.script.system} has crashed ({screen.id}).")
            case _:
                raise SessionLost(f"{self.script.system} wants a login ({screen.id}).")

    async def _shows(self, screen: Screen) -> bool:
        frame = self._frame(screen)
        if frame is None:
            return False
        try:
            text = await frame.evaluate(TEXT, screen.shows.selector)
        except Error:  # it is just being replaced by another
            return False
        return isinstance(text, str) and re.search(screen.shows.says, text) is not None

    async def _known(self, expected: tuple[ScreenId, ...]) -> str:
        """For a message: the names of the screens that are shown in the place of the expected ones."""
        frames = {self.script.screen(name).frame for name in expected}
        shown = [screen.id for screen in self.script.screens if screen.frame in frames and await self._shows(screen)]
        return _or(tuple(shown)) if shown else "a screen nobody declared"

    async def _wait(self, until: float) -> None:
        self._require_window()
        if time.monotonic() > until:
            raise SystemUnavailable(f"{self.script.system} said nothing for {self.script.patience_seconds:g} s.")
        await asyncio.sleep(LOOK_SECONDS)

    def _require_window(self) -> None:
        if self.page.is_closed():
            raise SystemUnavailable("The browser has gone.")

    # --- filling in and reading ---------------------------------------------------------------------------------------

    async def fill(self, on: ScreenId, values: Mapping[str, str], **place: object) -> None:
        """入力: what was there is replaced."""
        screen = self.script.screen(on)
        for name, value in values.items():
            selector = screen.fields[name].format(**place)
            try:
                await self._locator(screen, selector).fill(value, timeout=CLICK_MS)
            except Error:
                self._require_window()
                raise ScreenNotExpected(f"{self.script.system}: {on}.{name} cannot be filled in.") from None

    async def read(self, on: ScreenId) -> dict[str, str]:
        """読取り: everything the screen declares."""
        screen = self.script.screen(on)
        return {name: await self._text(screen, selector, f"{on}.{name}") for name, selector in screen.reads.items()}

    async def rows(self, on: ScreenId, table: str) -> list[Row]:
        """表の読取り: rows in order."""
        screen = self.script.screen(on)
        listed = screen.table(table)
        try:
            found = await self._locator(screen, listed.rows).evaluate_all(CELLS, dict(listed.columns))
        except Error:
            self._require_window()
            raise ScreenNotExpected(f"{self.script.system}: {on}.{table} cannot be read.") from None
        if any(text is None for row in found for text in row.values()):
            raise ScreenNotExpected(f"{self.script.system}: {on}.{table} lacks a column.")
        return [{name: str(text).strip() for name, text in row.items()} for row in found]

    async def has(self, on: ScreenId, button: str) -> bool:
        """有無: of a button."""
        screen = self.script.screen(on)
        return await self._locator(screen, screen.buttons[button]).count() > 0

    async def picture(self) -> bytes | None:
        """画面の写し (PNG): a page that hangs is taken hanging. None where there is no window any more."""
        with suppress(Error):
            await self.page.wait_for_load_state(timeout=SHOWN_MS)
        with suppress(Error, TimeoutError):
            async with asyncio.timeout(CLICK_MS / 1000):
                chromium = await self.page.context.new_cdp_session(self.page)
                taken = await chromium.send("Page.captureScreenshot")
                return b64decode(taken["data"])
        return None

    async def _text(self, screen: Screen, selector: str, name: str) -> str:
        try:
            return (await self._locator(screen, selector).inner_text(timeout=CLICK_MS)).strip()
        except Error:
            self._require_window()
            raise ScreenNotExpected(f"{self.script.system}: {name} cannot be read.") from None

    def _frame(self, screen: Screen) -> Frame | None:
        return self.page.main_frame if screen.frame is None else self.page.frame(name=screen.frame)

    def _locator(self, screen: Screen, selector: str) -> Locator:
        frame = self._frame(screen)
        if frame is None:
            self._require_window()
            raise ScreenNotExpected(f"{self.script.system} has no frame {screen.frame}.")
        return frame.locator(selector)

    @property
    def _patience_ms(self) -> float:
        return self.script.patience_seconds * 1000

    def _until(self) -> float:
        return time.monotonic() + self.script.patience_seconds

    # --- hearing ------------------------------------------------------------------------------------------------------

    async def _answer(self, dialog: Dialog) -> None:
        known = self.script.dialog(dialog.message)
        if known is None:
            self._heard.unknown = True
        elif known.means == "refusal":
            self._heard.refusal = known.says
        with suppress(Error):  # gone with its page
            await (dialog.accept() if known and known.means == "question" else dialog.dismiss())

    def _arrived(self, frame: Frame) -> None:
        self._heard.arrivals.add(frame.name)

    def _asked(self, request: Request) -> None:
        if request.is_navigation_request():
            self._coming.add(request)

    def _answered(self, response: Response) -> None:
        if response.status >= 500 and response.request.is_navigation_request():
            self._heard.fault = f"status {response.status}"

    def _came(self, request: Request) -> None:
        self._coming.discard(request)

    def _failed(self, request: Request) -> None:
        self._coming.discard(request)
        failure = request.failure or "failed"
        if request.is_navigation_request() and "ERR_ABORTED" not in failure:
            self._heard.fault = failure


def _or(names: tuple[str, ...]) -> str:
    return " or ".join(names)

"""入口: into an old system, within its hours and no faster than it says, logging in where it asks for it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from activities.rpa.account import AccountFiles
from activities.rpa.errors import LoginRefused, SystemClosed
from activities.rpa.player import Player
from activities.rpa.script import ScreenId, Script

Sleep = Callable[[float], Awaitable[None]]


def now() -> datetime:
    """現在."""
    return datetime.now(UTC)


@dataclass
class Gate:
    """門: of one system, for as long as its robot lives. `clock`: the time now, with its zone."""

    script: Script
    account: AccountFiles
    clock: Callable[[], datetime] = now
    sleep: Sleep = asyncio.sleep
    _began: datetime | None = None

    def require_open(self) -> None:
        """利用時間内か否か: a closed system is asked nothing. Raises SystemClosed."""
        wait = self.script.until_open(self.clock())
        if wait > timedelta(0):
            raise SystemClosed(f"{self.script.system} is closed.", wait)

    async def take_turn(self) -> None:
        """順番: not sooner after the entry before than the system wants. One at a time comes here."""
        if self._began is not None:
            pause = self._began + timedelta(seconds=self.script.entry_seconds) - self.clock()
            if pause > timedelta(0):
                await self.sleep(pause.total_seconds())
        self._began = self.clock()


@dataclass(frozen=True)
class Door:
    """入口: of a gate, by one window."""

    player: Player
    gate: Gate

    async def open(self, inside: ScreenId) -> None:
        """入る: to the screen `inside`. Raises SystemClosed, LoginRefused."""
        self.gate.require_open()
        if await self.player.enter(inside, "login") == inside:
            return
        account = self.gate.account.read()
        await self.player.fill("login", {"user": account.user, "password": account.password})
        if await self.player.press("login", "log_in", inside, "refused_login") != inside:
            self.gate.account.refuse(account)
            raise LoginRefused(f"{self.player.script.system} does not accept the robot's account; renew its two files.")

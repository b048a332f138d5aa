"""読取りの過程群: processes that read pages. One that hangs or dies takes nothing with it but the page it had.

Files come from strangers, and what opens them is written in C: so a process may end at any page.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from activities.batch.page_reading import PageFound, read_page, warm_up
from sheets.label import Label
from sheets.threshold import Thresholds
from store.rosters import Roster
from store.sheet_pages import PageRead

log = logging.getLogger(__name__)
Given = ParamSpec("Given")
Result = TypeVar("Result")


class PageGaveUp(Exception):
    """読取りの断念: the page ended or held up the process that read it; `fault` says which."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass
class Lane:
    """読取りの過程: one process, and what waits for it; a new one is made when it is lost."""

    seconds: float
    _pool: ProcessPoolExecutor | None = field(default=None, repr=False)

    async def run(self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
        """一つの仕事. Raises PageGaveUp, and what `work` raises."""
        pool = self._opened()
        running = asyncio.get_running_loop().run_in_executor(pool, _call, work, given, named)
        try:
            return await asyncio.wait_for(running, self.seconds)
        except BrokenProcessPool:
            self.close()
            raise PageGaveUp("process_ended") from None
        except TimeoutError:
            self.close()
            raise PageGaveUp("took_too_long") from None
        except asyncio.CancelledError:
            self.close()
            raise

    def close(self) -> None:
        """終了: the process, too, whatever it is doing."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        for process in list(pool._processes.values()):  # Python 3.14 has kill_workers for this
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)

    def _opened(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=warm_up)
        return self._pool


def _call(work: Callable[..., Result], given: tuple[object, ...], named: dict[str, object]) -> Result:
    return work(*given, **named)


class ReadingPool:
    """読取りの過程群: so many lanes; whoever comes takes a free one."""

    def __init__(self, processes: int, seconds: float) -> None:
        self._lanes = [Lane(seconds) for _ in range(processes)]
        self._free: asyncio.Queue[Lane] | None = None

    async def run(self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
        """一つの仕事 in the next free process. Raises PageGaveUp, and what `work` raises."""
        if self._free is None:  # a queue belongs to the loop it is made in
            self._free = asyncio.Queue()
            for each in self._lanes:
                self._free.put_nowait(each)
        lane = await self._free.get()
        try:
            return await lane.run(work, *given, **named)
        finally:
            self._free.put_nowait(lane)

    async def page(
        self, content: bytes, number: int, sheets: frozenset[str], roster: Roster, thresholds: Thresholds,
        named: Label | None = None,
    ) -> PageFound:  # fmt: skip
        """一頁を読む: whatever a page does to its reader, something is known of it afterwards."""
        try:
            return await self.run(read_page, content, number, sheets, roster, thresholds, named)
        except PageGaveUp as failed:
            fault = failed.fault
        except Exception as failed:  # a page nobody thought of must not stop a month's paper
            fault = type(failed).__name__
        log.warning("Page %s of a file could not be read: %s", number, fault)
        return PageFound(PageRead("unreadable", "read", fault))

    def close(self) -> None:
        """終了."""
        for lane in self._lanes:
            lane.close()

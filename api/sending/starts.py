"""開始の後送り: cases are started after their resident was answered, a few at a time.

The receipt is legal once it is committed, and the committed command row is the promise to start it: nobody needs to
wait for the workflow server. What is lost here (this process ends, the queue is full, the server is away) is started by
the relay, which finds the row still pending.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextvars import Context, copy_context
from datetime import timedelta

from procedures.values import ReceiptNumber
from store.commands import Command

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Starts under way together."""
SHORTEST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
"""Seconds between these. While more come in than are started at the shortest one, it grows: residents who
submit now come before cases that begin a few seconds later, and the workflows run on the same machines."""
GROWTH = 4
MOST_WAITING = 2_000
"""Beyond these the relay starts them, from the database."""

Start = Callable[[Command], Coroutine[None, None, bool]]
Note = Callable[[Sequence[Command]], None]


class Starts:
    """開始の後送り: one per process. `start` says whether it was started; `note` (in a thread) writes that."""

    def __init__(self, start: Start, note: Note) -> None:
        self._start = start
        self._note = note
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[Command, Context]] = deque()
        """With the context each was filed in: its workflow belongs to the trace of its submission."""
        self._taken = 0
        self._open: dict[ReceiptNumber, asyncio.Event] = {}
        self._task: asyncio.Task[None] | None = None

    def soon(self, command: Command) -> None:
        """Start it when there is room; from a request's thread, which goes on at once."""
        self._loop.call_soon_threadsafe(self._take, command)

    def has(self, receipt_number: ReceiptNumber) -> bool:
        """Whether this process is about to start it."""
        return receipt_number in self._open

    async def started(self, receipt_number: ReceiptNumber, patience: timedelta) -> None:
        """Returns once a start that waits here was tried: what follows a start must not overtake it."""
        if event := self._open.get(receipt_number):
            try:
                await asyncio.wait_for(event.wait(), patience.total_seconds())
            except TimeoutError:
                log.info("Case %s has not been started yet; what follows waits for the relay.", receipt_number)

    def _take(self, command: Command) -> None:
        if len(self._waiting) >= MOST_WAITING:
            return
        self._waiting.append((command, copy_context()))
        self._taken += 1
        self._open[command.receipt_number] = asyncio.Event()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        pause = SHORTEST_PAUSE
        while self._waiting:
            taken = self._taken
            batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            try:
                await self._begin(batch)
            except Exception:
                log.exception("%s cases are not noted as started; the relay asks again.", len(batch))
            finally:
                for command, _ in batch:
                    self._open.pop(command.receipt_number).set()
            if self._waiting:
                await asyncio.sleep(pause)
            pause = next_pause(pause, came=self._taken - taken)

    async def _begin(self, batch: Sequence[tuple[Command, Context]]) -> None:
        starting = [self._loop.create_task(self._start(command), context=context) for command, context in batch]
        results = await asyncio.gather(*starting, return_exceptions=True)
        for (command, _), result in zip(batch, results, strict=True):
            if isinstance(result, Exception):
                kind = type(result).__name__
                log.error("Case %s could not be started; the relay tries again: %s", command.receipt_number, kind)
        begun = [command for (command, _), result in zip(batch, results, strict=True) if result is True]
        if begun:
            await asyncio.to_thread(self._note, begun)


def next_pause(pause: float, came: int) -> float:
    """次の間 in seconds, after one in which so many `came`."""
    rush = came > AT_ONCE * pause / SHORTEST_PAUSE
    return min(pause * GROWTH, LONGEST_PAUSE) if rush else SHORTEST_PAUSE

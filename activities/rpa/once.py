"""一度だけ: the one way anything is typed into an old system: look, write, press, look again, compare.

Old systems take the same thing twice and remember no key of ours. So the key goes into a field people can read
(摘要, 受付番号), and is looked for before anything is written. Looking is not enough: a press that a killed attempt
left behind may still be on its way. So every press is written down before it is made, and one that left no trace counts
as lost only after the system has had time to settle. And an attempt that was overtaken may not press.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from activities.rpa.errors import (
    EnteredTwice,
    EntryAlreadyThere,
    EntryDiffers,
    EntryUnsettled,
    SessionLost,
    SystemUnavailable,
)

LOGINS = 3
"""So often within one attempt; a system that ends sessions faster is not well."""
PRESS_WITHIN = timedelta(seconds=10)
"""Between writing down a press and making it. Longer ago, it is not made: somebody may already be waiting it out."""

Shown = Mapping[str, str]
"""読み返した値 by place, e.g. "total", "3.start"."""
Order = TypeVar("Order")
Asked = TypeVar("Asked", contravariant=True)


@dataclass(frozen=True)
class Entered:
    """登録済み: the number the system gave it, and what it shows of it."""

    number: str
    shown: Shown


@dataclass(frozen=True)
class Attempt(Generic[Order]):
    """試行: what an order's record says when it begins. `unsettled`: how long an earlier press may still take."""

    number: int
    order: Order
    entered: Entered | None
    unsettled: timedelta


class Record(Protocol[Order]):
    """控え of one order: durable before it returns. All but `begin` raise EntrySuperseded for an overtaken attempt."""

    async def begin(self) -> Attempt[Order]:
        """開始: from now on every earlier attempt is overtaken."""

    async def press(self, attempt: Attempt[Order]) -> None:
        """押下の予告."""

    async def finish(self, attempt: Attempt[Order], entered: Entered) -> None:
        """完了."""


@dataclass(frozen=True)
class Found:
    """該当: what is there for an order: numbers under our reference, and of the same thing entered by somebody else."""

    ours: tuple[str, ...]
    others: tuple[str, ...] = ()


class OldSystem(Protocol[Asked]):
    """古いシステム: one robot's hands. Raises RobotFailure."""

    async def log_in(self) -> None:
        """ログイン: where it is needed, and on to where work begins. Raises SystemClosed, LoginRefused."""

    async def look(self, order: Asked) -> Found:
        """確認: what is there."""

    async def write(self, order: Asked) -> None:
        """入力: everything but the last press."""

    async def press(self) -> None:
        """登録: the one press that stores."""

    async def look_again(self, order: Asked) -> Found:
        """再確認: what is there after the press."""

    async def read_back(self, number: str) -> Shown:
        """照会: what is stored, from its own screen."""

    def expected(self, order: Asked) -> Shown:
        """期待値: what `read_back` has to show."""


AtWork = Callable[[], AbstractAsyncContextManager[OldSystem[Order]]]
"""Sits down at the system: only once it is known that there is something to do."""


async def enter_once(at_work: AtWork[Order], record: Record[Order]) -> Entered:
    """登録: once, however often it is called and wherever an earlier call was killed. Raises RobotFailure."""
    for _ in range(LOGINS):
        attempt = await record.begin()
        if attempt.entered:
            return attempt.entered
        try:
            async with at_work() as system:
                return await _attempted(system, record, attempt)
        except SessionLost:
            continue
    raise SystemUnavailable(f"The system wanted a login {LOGINS} times in a row.")


async def _attempted(system: OldSystem[Order], record: Record[Order], attempt: Attempt[Order]) -> Entered:
    order = attempt.order
    await system.log_in()
    found = await system.look(order)
    if not found.ours:
        _require_free(found, attempt)
        await system.write(order)
        await _pressed(system, record, attempt)
        found = await system.look_again(order)
        if not found.ours:
            raise EntryUnsettled("What was pressed is not there yet.")
    if len(found.ours) > 1:
        raise EnteredTwice(f"It stands there {len(found.ours)} times: {', '.join(found.ours)}.")
    entered = Entered(found.ours[0], await system.read_back(found.ours[0]))
    _require_same(system.expected(order), entered)
    await record.finish(attempt, entered)
    return entered


def _require_free(found: Found, attempt: Attempt[Order]) -> None:
    if found.others:
        raise EntryAlreadyThere(f"Somebody else entered the same: {', '.join(found.others)}.")
    if attempt.unsettled > timedelta(0):
        raise EntryUnsettled("An earlier press may still be on its way.", attempt.unsettled)


async def _pressed(system: OldSystem[Order], record: Record[Order], attempt: Attempt[Order]) -> None:
    began = time.monotonic()
    await record.press(attempt)
    if time.monotonic() - began > PRESS_WITHIN.total_seconds():
        raise EntryUnsettled("Writing down the press took too long to still make it.")
    await system.press()


def _require_same(expected: Shown, entered: Entered) -> None:
    differences = tuple(
        sorted(place for place in expected.keys() | entered.shown if expected.get(place) != entered.shown.get(place))
    )
    if differences:
        raise EntryDiffers(f"{entered.number} differs from what was typed: {', '.join(differences)}.", differences)

"""開始の後送り: what there is no room for is left to the relay, and nothing overtakes a start that waits."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest

from api.sending import starts
from api.sending.starts import Starts
from procedures.values import MunicipalityCode, ReceiptNumber
from store.commands import Command

HIMEJI = MunicipalityCode("282014")
PATIENCE = timedelta(seconds=10)


class Server:
    """A workflow server that answers once its `gate` is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.begun: list[ReceiptNumber] = []
        self.noted: list[ReceiptNumber] = []

    async def start(self, command: Command) -> bool:
        await self.gate.wait()
        self.begun.append(command.receipt_number)
        return True

    def note(self, begun: Sequence[Command]) -> None:
        self.noted += [command.receipt_number for command in begun]


def a_start(number: int) -> Command:
    return Command(uuid4(), HIMEJI, ReceiptNumber(f"282014-261123-{number:05}"), "start", {}, 0)


def test_what_follows_a_start_waits_until_it_was_tried() -> None:
    async def told() -> tuple[bool, list[ReceiptNumber]]:
        server = Server()
        waiting = Starts(server.start, server.note)
        command = a_start(1)
        waiting.soon(command)
        await asyncio.sleep(0)  # the loop takes it in
        assert waiting.has(command.receipt_number)
        withdrawal = asyncio.ensure_future(waiting.started(command.receipt_number, PATIENCE))
        await asyncio.sleep(0)
        overtaken = withdrawal.done()
        server.gate.set()
        await withdrawal
        assert not waiting.has(command.receipt_number)
        return overtaken, [*server.begun, *server.noted]

    overtaken, seen = asyncio.run(told())
    assert not overtaken
    assert seen == [a_start(1).receipt_number] * 2


def test_what_finds_no_room_is_the_relays_and_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starts, "MOST_WAITING", 1)

    async def told() -> bool:
        server = Server()
        waiting = Starts(server.start, server.note)
        first, second = a_start(1), a_start(2)
        waiting.soon(first)
        waiting.soon(second)
        await asyncio.sleep(0)
        assert waiting.has(first.receipt_number)
        await waiting.started(second.receipt_number, PATIENCE)  # at once, while the server is still silent
        server.gate.set()
        await waiting.started(first.receipt_number, PATIENCE)
        assert server.begun == [first.receipt_number]
        return waiting.has(second.receipt_number)

    assert asyncio.run(told()) is False


def test_the_pause_grows_in_a_rush_to_its_longest_and_is_short_again_after_it() -> None:
    pauses = [starts.SHORTEST_PAUSE]
    for came in (50, 200, 1_000, 1_000):
        pauses.append(starts.next_pause(pauses[-1], came))

    assert pauses == sorted(pauses)
    assert pauses[-2:] == [starts.LONGEST_PAUSE] * 2
    assert starts.next_pause(starts.LONGEST_PAUSE, came=80) == starts.SHORTEST_PAUSE, "40 a second can be started"
    assert starts.next_pause(starts.SHORTEST_PAUSE, came=starts.AT_ONCE) == starts.SHORTEST_PAUSE

"""リーダーの見張り: what happens on the readers, in order, whatever happens to pcscd."""

import queue
import threading
from collections.abc import Callable, Iterator

import pytest
from other_program import run_python

from card.errors import CardSilent
from card.jpki import JpkiCard
from card.pcsc import PcscReader
from card.watch import (
    CardInserted,
    CardRemoved,
    ReaderAdded,
    ReaderEvent,
    ReaderRemoved,
    ReaderWatch,
    ServiceFound,
    ServiceLost,
    differences,
    snapshot,
)
from card.winscard import ReaderState
from sandbox import cards

LayOnReader = Callable[..., None]


class Watching:
    """A watch in a thread, and the events it has seen."""

    def __init__(self) -> None:
        self.watch = ReaderWatch()
        self._events: queue.Queue[ReaderEvent] = queue.Queue()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        for event in self.watch:
            self._events.put(event)

    def until(self, wanted: ReaderEvent) -> list[ReaderEvent]:
        """The events up to the one wanted; fails after ten seconds without any."""
        seen: list[ReaderEvent] = []
        while wanted not in seen:
            seen.append(self._events.get(timeout=10))
        return seen


@pytest.fixture
def watching(stack: cards.Stack) -> Iterator[Watching]:
    watching = Watching()
    yield watching
    watching.watch.stop()
    watching.thread.join(10)


def test_the_watch_first_tells_how_things_are(
    stack: cards.Stack, lay_on_reader: LayOnReader, request: pytest.FixtureRequest
) -> None:
    lay_on_reader("hanako", slot=1)
    watching: Watching = request.getfixturevalue("watching")
    seen = watching.until(CardInserted(stack.readers[1]))
    assert seen == [ServiceFound(), *map(ReaderAdded, stack.readers), CardInserted(stack.readers[1])]


def test_a_card_is_seen_coming_and_going(stack: cards.Stack, watching: Watching, lay_on_reader: LayOnReader) -> None:
    watching.until(ReaderAdded(stack.readers[1]))
    lay_on_reader("hanako")
    assert watching.until(CardInserted(stack.readers[0])) == [CardInserted(stack.readers[0])]
    stack.take_off()
    assert watching.until(CardRemoved(stack.readers[0])) == [CardRemoved(stack.readers[0])]


def test_using_a_card_is_no_event(stack: cards.Stack, watching: Watching, lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    watching.until(CardInserted(stack.readers[0]))
    with JpkiCard(PcscReader().open()) as card:
        card.sign_authentication("1234", b"nonce")
    stack.take_off()
    assert watching.until(CardRemoved(stack.readers[0])) == [CardRemoved(stack.readers[0])]


def test_the_watch_survives_the_services_death(
    stack: cards.Stack, watching: Watching, lay_on_reader: LayOnReader
) -> None:
    lay_on_reader("hanako")
    watching.until(CardInserted(stack.readers[0]))
    for _ in range(2):
        stack.kill_pcscd()
        watching.until(ServiceLost())
        assert watching.until(CardInserted(stack.readers[0]))[:2] == [ServiceFound(), ReaderAdded(stack.readers[0])]


def test_the_watch_ends_at_once_when_it_is_stopped(stack: cards.Stack, watching: Watching) -> None:
    watching.until(ReaderAdded(stack.readers[1]))
    watching.watch.stop()
    watching.thread.join(5)
    assert not watching.thread.is_alive(), "it waits for the next card"


def test_a_card_that_hangs_is_seen_being_lifted(
    stack: cards.Stack, watching: Watching, lay_on_reader: LayOnReader
) -> None:
    lay_on_reader("hanako", "hang")
    with pytest.raises(CardSilent), JpkiCard(PcscReader(timeout=0.3).open()) as card:
        card.sign_authentication("1234", b"nonce")
    stack.take_off()
    watching.until(CardRemoved(stack.readers[0]))


def test_a_snapshot_says_what_is_on_the_readers(stack: cards.Stack, lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    seen = snapshot()
    assert (seen.service, seen.readers, seen.with_card) == (True, stack.readers, stack.readers[:1])


def test_without_the_service_the_watch_says_so_once_and_keeps_looking() -> None:
    said = run_python(UNSERVED, PCSCLITE_CSOCK_NAME="/nowhere/pcscd.comm")
    assert said.splitlines() == ["Snapshot(service=False, readers=(), with_card=())", "ServiceLost()", "ended"]


UNSERVED = """
import threading
from card.watch import ReaderWatch, snapshot
print(snapshot())
watch = ReaderWatch(poll=0.02)
threading.Timer(0.5, watch.stop).start()
for event in watch:
    print(event)
print("ended")
"""


def test_a_reader_that_is_unplugged_or_plugged_in_is_an_event() -> None:
    before = (ReaderState("left", 0x10), ReaderState("right", 0x20))
    after = (ReaderState("right", 0x10), ReaderState("new", 0x20))
    assert list(differences(before, after)) == [
        ReaderRemoved("left"),
        CardRemoved("right"),
        ReaderAdded("new"),
        CardInserted("new"),
    ]

"""カードの試験: the sandbox's cards, held in memory or lying on a real pcscd."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from card_stand import awaited

from card.jpki import JpkiCard
from card.watch import snapshot
from sandbox import cards, pki


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a test JPKI; nobody answers at its address."""
    place = tmp_path_factory.mktemp("pki")
    pki.create(place, "http://127.0.0.1:9")
    return place


@pytest.fixture(scope="session")
def stack(folder: Path) -> Iterator[cards.Stack]:
    """A real pcscd with two virtual readers. One per process: libpcsclite reads its address once."""
    # Not under pytest's folder: a socket's path has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pcsc") as place, cards.running(folder, Path(place)) as running:
        os.environ["PCSCLITE_CSOCK_NAME"] = str(running.socket)
        yield running


@pytest.fixture
def lay_on_reader(stack: cards.Stack) -> Iterator[Callable[..., None]]:
    """Lays a card (with a fault, on a slot) on the real reader; after the test readers are empty, tries restored."""
    laid: set[str] = set()

    def lay_card(card: str, fault: str = "", slot: int = 0) -> None:
        laid.add(card)
        stack.take_off(slot)
        # pcscd looks every 0.4 s: a card exchanged faster than that is the old one to it.
        assert awaited(lambda: stack.readers[slot] not in snapshot().with_card), "pcscd does not see the card go"
        stack.lay(card, fault, slot)

    yield lay_card
    for slot in range(len(stack.readers)):
        stack.take_off(slot)
    for card in laid:
        stack.restore(card)


@pytest.fixture
def lay(folder: Path) -> Callable[[str], JpkiCard]:
    """Opens a card in memory; it keeps its retry counters for the length of the test."""
    held: dict[str, cards.HeldCard] = {}

    def lay_card(words: str) -> JpkiCard:
        card, _, kind = words.partition(" ")
        if words not in held:
            held[words] = cards.hold(folder, card, kind)
        held[words].power_cycle()
        return JpkiCard(held[words])

    return lay_card

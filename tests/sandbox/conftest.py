"""仮想カードの試験: one test JPKI and one virtual reader for all of them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import cards, pki


@pytest.fixture(scope="session")
def jpki_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a test JPKI; nobody answers at its address."""
    place = tmp_path_factory.mktemp("jpki")
    pki.create(place, "http://127.0.0.1:9")
    return place


@pytest.fixture(scope="session")
def _stack(jpki_folder: Path) -> Iterator[cards.Stack]:
    with tempfile.TemporaryDirectory() as place, cards.running(jpki_folder, Path(place)) as stack:
        yield stack


@pytest.fixture
def stack(_stack: cards.Stack) -> Iterator[cards.Stack]:
    """A virtual reader with both slots empty and all tries on the cards."""
    yield _stack
    for slot in (0, 1):
        _stack.take_off(slot)
    for card in ("hanako", "kenji", "taro"):
        _stack.restore(card)

"""カードの試験: a real reader over TCP with the sandbox's cards."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from card_city import City, running_city

from card.agent import AgentSettings, create_app
from card.jpki import JpkiCard
from card.transport import FrameReader, FrameTransport
from sandbox import cards, pki


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a test JPKI; nobody answers at its address."""
    place = tmp_path_factory.mktemp("pki")
    pki.create(place, "http://127.0.0.1:9")
    return place


@pytest.fixture
def reader(folder: Path) -> Iterator[cards.Reader]:
    """A card reader whose cards have all their tries."""
    with cards.running(folder) as running:
        yield running


@pytest.fixture
def lay(reader: cards.Reader) -> Iterator[Callable[[str], JpkiCard]]:
    """Lays a card on the reader, after taking the last one off."""
    laid: list[JpkiCard] = []

    def lay_card(name: str) -> JpkiCard:
        take_off()
        laid.append(JpkiCard(FrameTransport("127.0.0.1", reader.port, name, timeout=2)))
        return laid[0]

    def take_off() -> None:
        while laid:
            laid.pop().close()

    yield lay_card
    take_off()


@pytest.fixture
def city() -> Iterator[City]:
    with running_city() as city:
        yield city


@pytest.fixture
def agent(reader: cards.Reader, city: City) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        settings = AgentSettings(port, frozenset({city.origin}), FrameReader("127.0.0.1", reader.port))
        server = uvicorn.Server(uvicorn.Config(create_app(settings), access_log=False, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < deadline, "the card agent did not come up"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(10)

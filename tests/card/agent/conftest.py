"""カードエージェントの試験: the agent over real HTTP, between a city's server and a card on a reader behind pcscd."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
import uvicorn

from card.agent.cities import Cities
from card.agent.pages import AgentSettings, create_app
from card.agent.signing import SigningDesk
from card.agent.tray import CardTray
from card.pcsc import PcscReader
from sandbox.cards import Stack
from tests.card.agent.agent_city import City, running_city


@pytest.fixture
def city() -> Iterator[City]:
    with running_city() as city:
        yield city


@pytest.fixture
def agent(stack: Stack, city: City) -> Iterator[str]:
    """The agent's address; every card has all its tries."""
    for card in ("hanako", "taro", "sakura", "yumi"):
        stack.restore(card)
    desk = SigningDesk(PcscReader(stack.readers[0]), CardTray(stack.tray))
    with running_agent(Cities.of(city.entry), desk) as address:
        yield address
    stack.take_off()


@contextmanager
def running_agent(cities: Cities, desk: SigningDesk) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        app = create_app(AgentSettings(port, cities, desk))
        server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < deadline, "the card agent did not come up"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(10)


@dataclass
class Visit:
    """A browser at the agent: fetches its page, fills in its form."""

    client: httpx.Client
    city: City

    def open(self, url: str | None = None) -> httpx.Response:
        return self.client.get("/sign", params={"request": url or f"{self.city.origin}/request"})

    def sign(self, pin: str, card: str = "hanako", page: httpx.Response | None = None, **more: str) -> httpx.Response:
        return self.send({"token": token_of(page or self.open()), "card": card, "pin": pin, **more})

    def read(self, pin: str, card: str = "hanako", page: httpx.Response | None = None, **more: str) -> httpx.Response:
        """Up to the page that shows what will be sent."""
        return self.sign(pin, card, page, **more)

    def confirm(self, page: httpx.Response) -> httpx.Response:
        """Have what was read sent."""
        return self.client.post("/send", data={"token": token_of(page)})

    def send(self, form: dict[str, str], **more: object) -> httpx.Response:
        return self.client.post("/sign", data=form, **more)  # type: ignore[arg-type]


def token_of(page: httpx.Response) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


@pytest.fixture
def visit(agent: str, city: City) -> Iterator[Visit]:
    with httpx.Client(base_url=agent, headers={"Origin": agent}, timeout=30) as client:
        yield Visit(client, city)

"""別館: a second counter on the town's database, with an identity provider and the authority's history of renewals.

It serves many municipalities by host name. A test takes one nobody else uses, so that what it does to a demo person's
card there (moved, renewed, suspended) stays there.
"""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from card.agent.cities import TrustedCity
from machine.demo import city
from machine.layout import Layout, environment, url
from machine.readiness import answers
from machine.visitor import Visitor, wait_for
from sandbox import cards
from sandbox.gateway.process import NeighbourProcess
from sandbox.people import Person

MUNICIPALITIES = (
    "282081", "282120", "282162", "282201", "282278", "282294", "283819", "283827", "284424", "284432", "284467",
    "284645", "284815", "285013",
)  # fmt: skip
Annexes = Callable[..., "Annex"]
MADOGUCHI = str(Path(sys.prefix) / "bin" / "madoguchi")


@dataclass(frozen=True)
class Annex:
    """別館 as one municipality sees it."""

    layout: Layout
    address: str
    municipality: str
    surroundings: Mapping[str, str]

    @property
    def host(self) -> str:
        return f"city{self.municipality}.localhost"

    def visitor(self, person: Person, card: str | None = None) -> Visitor:
        """A demo person with one of their cards, not logged in. Close it."""
        trusted = TrustedCity(origin=self.address, name=city(self.layout).name, keys=city(self.layout).keys)
        pins: dict[Any, str] = {"authentication": person.auth_pin, "signing": person.sign_pin or ""}
        found = Visitor(trusted, lambda: cards.hold(self.layout.pki, card or person.key), pins)
        found.http.headers["host"] = self.host
        return found

    def browser(self) -> httpx.Client:
        """A browser that asks this municipality, and follows nobody anywhere by itself."""
        headers = {"host": self.host, "accept": "text/html", "accept-language": "en"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=30)

    def officers(self, *command: str, succeeds: bool = True) -> str:
        """`madoguchi officers …` for this municipality; what it said."""
        argv = [MADOGUCHI, "officers", *command, "--municipality", self.municipality]
        ran = subprocess.run(argv, env=self.surroundings, cwd=self.layout.clone, capture_output=True, text=True)
        assert (ran.returncode == 0) is succeeds, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    def certificate(self, card: str) -> str:
        """The file of a card's authentication certificate."""
        return str(self.layout.pki / "cards" / card / "authentication.der")


@contextmanager
def running(
    layout: Layout, provider: NeighbourProcess | None, folder: Path, port: int, **changes: str
) -> Iterator[str]:
    """The annex's web server; `changes` override its settings."""
    address = url(port)
    hosts = {f"city{each}.localhost": each for each in MUNICIPALITIES}
    surroundings = environment(layout) | {
        "MADOGUCHI_WEB_PUBLIC_URL": address,
        "MADOGUCHI_WEB_PORT": str(port),
        "MADOGUCHI_WEB_HOSTS": json.dumps(hosts),
        "MADOGUCHI_HISTORY_BASE_URL": url(layout.ports.pki),
        **identity_settings(provider, folder),
        **changes,
    }
    with (folder / "annex.log").open("ab") as log:
        process = subprocess.Popen([MADOGUCHI, "serve"], env=surroundings, cwd=layout.clone, stdout=log, stderr=log)
    try:
        ready = answers(f"{address}/healthz")
        wait_for(lambda: (process.poll(), ready()), lambda seen: seen[1] or seen[0] is not None, "the annex")
        assert process.poll() is None, (folder / "annex.log").read_text()[-2000:]
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def identity_settings(provider: NeighbourProcess | None, folder: Path) -> dict[str, str]:
    if provider is None:
        return {}
    return {
        "MADOGUCHI_IDENTITY_ISSUER": provider.url,
        "MADOGUCHI_IDENTITY_CLIENT_SECRET_FILE": str(folder / "identity" / "client_secret"),
        "MADOGUCHI_IDENTITY_REFRESH_AFTER": "1",
        "MADOGUCHI_IDENTITY_NAME": "姫路市職員認証",
    }


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Staff:
    """職員: a browser that logs in at the city's identity provider."""

    def __init__(self, annex: Annex, provider: NeighbourProcess) -> None:
        self.http = annex.browser()
        self.provider = provider

    def ask(self, next_page: str = "/inbox") -> httpx.Response:
        """Follow the button of the login page: where the counter sends the browser."""
        return self.http.get("/login/identity", params={"next": next_page})

    def choose(self, sent: httpx.Response, subject: str) -> str:
        """At the provider: be that person. The address the browser is sent back to."""
        asked = httpx.get(sent.headers["location"], timeout=30)
        assert asked.status_code == 200, asked.text
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.text.split("<p>")[1]))
        fields |= dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
        back = httpx.post(f"{self.provider.url}/authorize", data=fields | {"subject": subject}, timeout=30)
        return str(back.headers["location"])

    def come_back(self, address: str) -> httpx.Response:
        parts = urlsplit(address)
        return self.http.get(f"{parts.path}?{parts.query}")

    def log_in(self, subject: str, next_page: str = "/inbox") -> httpx.Response:
        return self.come_back(self.choose(self.ask(next_page), subject))

    def session(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.http.get("/api/session").json()
        return found

    def fault(self, kind: str) -> None:
        assert httpx.post(f"{self.provider.url}/_sandbox/faults", json={"kind": kind}, timeout=30).is_success

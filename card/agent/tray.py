"""カードトレイ (試験環境): chooses which demo card lies on the virtual reader. A real reader has a hand instead.

It speaks HTTP over the unix socket of `python -m sandbox.cards`.
"""

from dataclasses import dataclass
from pathlib import Path

import httpx

from card.errors import CardAbsent, ReaderUnavailable


@dataclass(frozen=True)
class CardChoice:
    """選べるカード: what the tray calls one of them, and what people call it."""

    card: str
    name: str


@dataclass(frozen=True)
class CardTray:
    """カードトレイ at a unix socket, one of its slots. Raises ReaderUnavailable where it does not answer."""

    socket: Path
    slot: int = 0

    def choices(self) -> tuple[CardChoice, ...]:
        found = self._ask("GET", "/cards").json()
        return tuple(CardChoice(str(one["card"]), str(one["name"])) for one in found)

    def lay(self, card: str) -> None:
        """カードを置く: `card` may be followed by a blank and how it shall fail. Raises CardAbsent: no such card."""
        name, _, fault = card.strip().partition(" ")
        response = self._ask("PUT", f"/slots/{self.slot}", {"card": name, "fault": fault})
        if response.status_code == httpx.codes.NOT_FOUND:
            raise CardAbsent
        if response.is_error:
            raise ReaderUnavailable

    def lift(self) -> None:
        """カードを取る: what lies there, if anything does."""
        if self._ask("DELETE", f"/slots/{self.slot}").is_error:
            raise ReaderUnavailable

    def _ask(self, method: str, path: str, message: object = None) -> httpx.Response:
        transport = httpx.HTTPTransport(uds=str(self.socket))
        try:
            with httpx.Client(transport=transport, base_url="http://tray", timeout=10) as client:
                return client.request(method, path, json=message)
        except httpx.HTTPError as failed:
            raise ReaderUnavailable from failed

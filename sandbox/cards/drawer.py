"""カード入れ: every card of a test JPKI's folder; a card keeps its retry counters as long as the drawer exists."""

import threading
from dataclasses import dataclass
from pathlib import Path

from sandbox.cards.application import card_entry
from sandbox.cards.card import VirtualCard
from sandbox.cards.common import COMMON, common_application
from sandbox.cards.fault import Token
from sandbox.cards.jpki import JPKI, jpki_application
from sandbox.cards.text import TEXT, text_application
from sandbox.people import PEOPLE
from sandbox.pki.holders import HOLDERS


class NoSuchCard(Exception):
    """そのカードはない."""

    def __init__(self, card: str) -> None:
        super().__init__(f"There is no card called {card!r} here: GET /cards names those there are.")


@dataclass(frozen=True)
class Choice:
    """選べるカード: what programs call it and what people call it."""

    card: str
    name: str


class Drawer:
    """カード入れ: `folder` is a test JPKI (sandbox.pki.create)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cards: dict[tuple[str, Token], VirtualCard] = {}
        self._taking = threading.Lock()

    def choices(self) -> list[Choice]:
        """置けるカード: the demo people's first, then those that are wrong in one way."""
        names = {person.key: person.name for person in PEOPLE}
        return [
            Choice(holder.key, f"{names[holder.owner]} {holder.purpose}".strip())
            for holder in HOLDERS
            if (self._folder / "cards" / holder.key / "card.json").is_file()
        ]

    def card(self, name: str, token: Token = "") -> VirtualCard:
        """カードを取り出す: always the same object for the same card and kind of token. Raises NoSuchCard."""
        with self._taking:
            if (name, token) not in self._cards:
                self._cards[name, token] = self._make(name, token)
            card = self._cards[name, token]
        if token == "blocked":
            card.block()
        return card

    def restore(self, name: str) -> None:
        """初期化: all tries and the first PINs again, as the city office does it. Raises NoSuchCard."""
        self.card(name)
        for (held, _), card in list(self._cards.items()):
            if held == name:
                card.restore()

    def _make(self, name: str, token: Token) -> VirtualCard:
        if name not in {choice.card for choice in self.choices()}:
            raise NoSuchCard(name)
        if not token and card_entry(self._folder, name)["label"] == "smartphone":
            token = "smartphone"  # certificates issued for one are in one
        applications = {JPKI: jpki_application(self._folder, name, token)}
        if token != "smartphone":  # a smartphone holds the two certificates and nothing else of the card
            applications[TEXT] = text_application(self._folder, name)
            applications[COMMON] = common_application(self._folder, name)
        return VirtualCard(applications)

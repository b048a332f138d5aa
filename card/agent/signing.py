"""署名台: one signature or one reading at a time, with the card on the reader or with a certificate file."""

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from card.agent.file import open_file
from card.agent.request import Attribute, SigningRequest
from card.agent.tray import CardChoice, CardTray
from card.cades import sign_detached
from card.errors import CardError, ReaderBusy
from card.jpki import JpkiCard
from card.profile import Purpose
from card.record import Attributes
from card.text import TextCard
from card.transport import CardReader
from card.watch import snapshot

PURPOSES: Final[dict[str, Purpose]] = {"sign": "signing", "login": "authentication", "register": "authentication"}
ReaderState = Literal["card", "empty", "none"]
PATIENCE: Final = 20.0
"""Seconds one tab waits while another uses the card."""


@dataclass(frozen=True, repr=False)
class Answered:
    """答え: what the resident typed and chose. Never shown, logged or kept."""

    pin: str
    card: str = ""
    spend_last_try: bool = False
    file: bytes = b""


@dataclass(frozen=True)
class SigningDesk:
    """署名台: two tabs at once take turns, so that no tab's PIN meets the other tab's card."""

    reader: CardReader
    tray: CardTray | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def choices(self) -> tuple[CardChoice, ...]:
        """選べるカード: none where whatever lies on the reader is taken. Raises ReaderUnavailable."""
        return self.tray.choices() if self.tray else ()

    def state(self) -> ReaderState:
        """リーダーの様子: whether a card lies on a reader of this machine."""
        try:
            seen = snapshot()
        except CardError:  # no PC/SC on this machine: signing says so in words
            return "none"
        return "card" if seen.with_card else "empty" if seen.readers else "none"

    def sign(self, request: SigningRequest, answered: Answered) -> bytes:
        """署名する (CAdES, DER). Raises CardError or FileUnusable."""
        if "business" in request.holders:
            return sign_detached(open_file(answered.file, answered.pin), request.content, datetime.now(UTC))
        with self._at_the_reader(answered), JpkiCard(self.reader.open()) as card:
            signer = card.unlock(PURPOSES[request.purpose], answered.pin, spend_last_try=answered.spend_last_try)
            return sign_detached(signer, request.content, datetime.now(UTC))

    def read(self, request: SigningRequest, answered: Answered) -> Mapping[Attribute, str]:
        """券面事項を読む: of what the city asked for, what the card knows. Raises CardError."""
        with self._at_the_reader(answered), TextCard(self.reader.open()) as card:
            known = card.attributes(pin=answered.pin, spend_last_try=answered.spend_last_try)
        return attributes_of(known, request.attributes)

    @contextmanager
    def _at_the_reader(self, answered: Answered) -> Iterator[None]:
        if not self._turn.acquire(timeout=PATIENCE):
            raise ReaderBusy
        try:
            if self.tray:
                self.tray.lay(answered.card)
            yield
        finally:
            self._turn.release()


def attributes_of(known: Attributes, asked: Collection[Attribute]) -> Mapping[Attribute, str]:
    """求められた券面事項, as the city gets them: nothing it did not ask for, nothing the card does not know."""
    born = known.birth_date.known
    everything: dict[Attribute, str] = {
        "name": known.name,
        "birth_date": born.isoformat() if born else "",
        "address": known.address,
        "sex": "" if known.sex == "unknown" else known.sex,
    }
    return {name: value for name, value in everything.items() if name in asked and value}

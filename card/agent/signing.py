"""署名台: one signature at a time, with the card on the reader or with a certificate file."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from card.agent.file import open_file
from card.agent.request import SigningRequest
from card.agent.tray import CardChoice, CardTray
from card.cades import sign_detached
from card.errors import CardError, ReaderBusy
from card.jpki import JpkiCard
from card.profile import Purpose
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
        if not self._turn.acquire(timeout=PATIENCE):
            raise ReaderBusy
        try:
            return self._with_card(request, answered)
        finally:
            self._turn.release()

    def _with_card(self, request: SigningRequest, answered: Answered) -> bytes:
        if self.tray:
            self.tray.lay(answered.card)
        with JpkiCard(self.reader.open()) as card:
            signer = card.unlock(PURPOSES[request.purpose], answered.pin, spend_last_try=answered.spend_last_try)
            return sign_detached(signer, request.content, datetime.now(UTC))

"""本人確認台: one person at a time: waits for a card, then for its PIN, and hands the signature in at the city.

What is asked is believed only with the city's signature (`card.agent.request`). Nothing is kept when it is over.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from card.agent.cities import TrustedCity
from card.agent.request import CityLink, RequestRefused, SigningRequest
from card.agent.tray import CardTray
from card.cades import sign_detached
from card.errors import (
    CardAbsent,
    CardError,
    CardRemoved,
    CardSilent,
    LastTry,
    PcscMissing,
    PinBlocked,
    PinMalformed,
    ReaderUnavailable,
    WrongPin,
)
from card.jpki import JpkiCard
from card.transport import CardReader
from card.watch import Snapshot, snapshot

Word = Literal[
    "handed_in", "no_card", "card_removed", "card_unusable", "no_pin", "pin_blocked", "declined", "reader_broken",
    "city_unreachable", "request_refused",
]  # fmt: skip
"""返事: what became of it, as the city's side is told."""
Phase = Literal["idle", "lift", "card", "pin", "working", "confirmed", "over"]
"""段階: nobody is asked; take the card away that lies there; lay yours down; type your PIN; wait; and how it ended."""

CARD_WITHIN: Final = 60.0
PIN_WITHIN: Final = 150.0
SHOWN_FOR: Final = 15.0
"""Seconds an end is shown to whom it concerns; then the page is nobody's again."""
_LOOK: Final = 0.3


class _Over(Exception):
    """終わり: `detail`: why the city refuses the card's certificate, in its own words."""

    def __init__(self, word: Word, detail: str = "") -> None:
        super().__init__(word)
        self.word: Word = word
        self.detail = detail


@dataclass(frozen=True, repr=False)
class Typed:
    """入力: never shown, logged or kept."""

    pin: str
    spend_last_try: bool = False


@dataclass
class Seat:
    """席: what the page shows. `number` tells one person's turn from the next one's."""

    number: int = 0
    phase: Phase = "idle"
    city: TrustedCity | None = None
    request: SigningRequest | None = None
    word: Word | None = None
    detail: str = ""
    trouble: CardError | None = None
    ended_at: float = 0.0


@dataclass
class CounterReader:
    """窓口のリーダー: `name` of the reader, or how it begins; None: whichever holds a card.

    `tray` (sandbox): the page offers demo cards to lay on the reader, since nobody has one in their hand.
    """

    reader: CardReader
    link: CityLink
    name: str | None = None
    tray: CardTray | None = None
    look: Callable[[], Snapshot] = snapshot
    card_within: float = CARD_WITHIN
    pin_within: float = PIN_WITHIN
    seat: Seat = field(default_factory=Seat)
    _typed: "asyncio.Queue[Typed | None]" = field(default_factory=lambda: asyncio.Queue(1))

    async def confirm(self, request_url: str) -> Word:
        """本人確認. Cancelled (the officer waits no more), it is over at once."""
        self.seat = Seat(self.seat.number + 1, "working")
        self._typed = asyncio.Queue(1)
        end = _Over("declined")
        try:
            end = await self._confirm(request_url)
        except _Over as over:
            end = over
        except CardError as error:
            end = _Over(_ended_by(error))
        except RequestRefused as refused:
            end = _Over("city_unreachable" if refused.code == "city_unreachable" else "request_refused", refused.detail)
        finally:
            self._end(end)
        return end.word

    def type(self, number: int, typed: Typed | None) -> None:
        """入力された (None: the person does not want to). What was typed for somebody else's turn is dropped."""
        seat = self.seat
        awaited = ("lift", "card", "pin") if typed is None else ("pin",)
        if number == seat.number and seat.phase in awaited and self._typed.empty():
            if typed is not None:
                seat.phase, seat.trouble = "working", None
            self._typed.put_nowait(typed)

    def shown(self) -> Seat:
        """いまの席; an end that was shown long enough is nobody's."""
        over = self.seat.phase in ("confirmed", "over")
        if over and asyncio.get_running_loop().time() - self.seat.ended_at > SHOWN_FOR:
            self.seat = Seat(self.seat.number)
        return self.seat

    async def _confirm(self, request_url: str) -> "_Over":
        """Raises _Over, CardError or RequestRefused where nobody is confirmed."""
        city, request = await self.link.fetch(request_url, "ja")
        if request.purpose != "identify":
            raise _Over("request_refused")
        self.seat.city, self.seat.request = city, request
        await self._card()
        cms = await self._signed(request)
        try:
            await self.link.submit(request, cms)
        except RequestRefused as refused:
            if refused.code == "city_refused":  # what is wrong with the certificate, in the city's words; it knows
                raise _Over("handed_in", refused.detail) from refused
            raise
        return _Over("handed_in")

    async def _card(self) -> None:
        """カードを待つ: one that is laid down now; what lies there already may be somebody else's, left behind.

        Raises ReaderUnavailable where there is no reader, and _Over where no card came.
        """
        if self.tray:
            await asyncio.to_thread(self.tray.lift)
        until = asyncio.get_running_loop().time() + self.card_within
        await self._until("lift", until, lies=False)
        await self._until("card", until, lies=True)

    async def _until(self, phase: Phase, until: float, *, lies: bool) -> None:
        while await self._lies() != lies:
            self.seat.phase = phase
            if not self._typed.empty():
                raise _Over("declined")
            if asyncio.get_running_loop().time() >= until:
                raise _Over("no_card")
            await asyncio.sleep(_LOOK)

    async def _lies(self) -> bool:
        seen = await asyncio.to_thread(self.look)
        if not any(self._is_ours(each) for each in seen.readers):
            raise ReaderUnavailable
        return any(self._is_ours(each) for each in seen.with_card)

    def _is_ours(self, reader: str) -> bool:
        return self.name is None or reader.startswith(self.name)

    async def _signed(self, request: SigningRequest) -> bytes:
        """暗証番号を待って署名する: again while it was mistyped and tries are left. Raises CardError, _Over."""
        until = asyncio.get_running_loop().time() + self.pin_within
        while True:
            self.seat.phase = "pin"
            typed = await self._next(until)
            try:
                return await asyncio.to_thread(self._sign, request, typed)
            except (WrongPin, PinMalformed, LastTry) as mistyped:
                self.seat.trouble = mistyped

    async def _next(self, until: float) -> Typed:
        """次の入力. Raises CardRemoved where the card was taken away meanwhile, and _Over."""
        while (left := until - asyncio.get_running_loop().time()) > 0:
            try:
                typed = await asyncio.wait_for(self._typed.get(), min(left, _LOOK))
            except TimeoutError:
                if not await self._lies():
                    raise CardRemoved from None
                continue
            if typed is None:
                raise _Over("declined")
            return typed
        raise _Over("no_pin")

    def _sign(self, request: SigningRequest, typed: Typed) -> bytes:
        with JpkiCard(self.reader.open()) as card:
            signer = card.unlock("authentication", typed.pin, spend_last_try=typed.spend_last_try)
            return sign_detached(signer, request.content, datetime.now(UTC))

    def _end(self, end: "_Over") -> None:
        seat = self.seat
        confirmed = end.word == "handed_in" and not end.detail
        self.seat = Seat(
            seat.number, "confirmed" if confirmed else "over", seat.city, seat.request, end.word, end.detail,
            ended_at=asyncio.get_running_loop().time(),
        )  # fmt: skip


def _ended_by(error: CardError) -> Word:
    match error:
        case ReaderUnavailable() | PcscMissing():
            return "reader_broken"
        case CardRemoved() | CardAbsent() | CardSilent():
            return "card_removed"
        case PinBlocked():
            return "pin_blocked"
        case _:
            return "card_unusable"

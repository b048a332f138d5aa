"""券面事項入力補助AP: the four attributes and My Number from the card's chip (jpki-card.md section 5).

What is read is checked against the card's own signed hashes (card.record) before it is returned.
"""

import contextlib
from typing import Final, Self

from card import pin as pins
from card import record
from card.apdu import END_OF_FILE, NOT_FOUND, Channel
from card.errors import CardMisbehaved, NotThisCard, PinMalformed
from card.my_number import MyNumber, fits
from card.profile import TEXT, PinProfile, TextProfile
from card.record import Attributes, Proof
from card.transport import Transport

_HEAD: Final = 8
_MY_NUMBER_FILE: Final = 17
"""Filler included: the signed hash is over all of it."""


class TextCard:
    """券面事項入力補助AP of one card: closing it resets the card.

    May share a transport with a JpkiCard; then close only one. Raises NotThisCard, with the transport closed, if the
    card has no such application (a smartphone has none).
    """

    def __init__(self, transport: Transport, profile: TextProfile = TEXT) -> None:
        self._transport = transport
        self._channel = Channel(transport)
        self._profile = profile
        with contextlib.ExitStack() as failed:
            failed.callback(transport.close)
            self._select()
            failed.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def attributes(
        self, *, pin: str | None = None, number_b: str | None = None, spend_last_try: bool = False
    ) -> Attributes:
        """四情報を読む: by the PIN or by 照合番号B (card.my_number.verification_number_b).

        Raises PinMalformed (no try lost), LastTry, WrongPin, PinBlocked; RecordForged.
        """
        self._unlock(_one((self._profile.pin, pin), (self._profile.number_b, number_b)), spend_last_try)
        content = self._object(self._profile.attributes, record.ATTRIBUTES, "attributes")
        self._proof().require_attributes(content)
        return record.read_attributes(content)

    def my_number(
        self, *, pin: str | None = None, number_a: str | None = None, spend_last_try: bool = False
    ) -> MyNumber:
        """マイナンバーを読む: by the PIN or by itself (照合番号A). Only where the law entitles the procedure to it.

        Raises PinMalformed (no try lost, also if a check digit does not fit), LastTry, WrongPin, PinBlocked;
        RecordForged.
        """
        self._unlock(_one((self._profile.pin, pin), (self._profile.number_a, number_a)), spend_last_try)
        self._open(self._profile.my_number)
        content = self._channel.read(0, _MY_NUMBER_FILE).expect(END_OF_FILE).data
        self._proof().require_my_number(content)
        return record.read_my_number(content)

    def tries_left(self, pin: PinProfile) -> int:
        """残り回数 of one of the profile's three: costs no try."""
        self._select()
        return pins.tries_left(self._channel, pin)

    def _select(self) -> None:
        if self._channel.select_application(self._profile.application).expect(NOT_FOUND).status == NOT_FOUND:
            raise NotThisCard

    def _unlock(self, given: tuple[PinProfile, str], spend_last_try: bool) -> None:
        pin, typed = given
        if pin is self._profile.number_a and not fits(pins.half_width(pin, typed).decode()):
            raise PinMalformed(pin.name)
        self._select()
        pins.verify(self._channel, pin, typed, spend_last_try=spend_last_try)

    def _proof(self) -> Proof:
        return Proof(
            proof=self._object(self._profile.proof, record.PROOF, "signed hashes"),
            certificate=self._object(self._profile.certificate, record.CERTIFICATE, "certificate"),
        )

    def _object(self, file: int, tag: int, name: str) -> bytes:
        self._open(file)
        head = self._channel.read(0, _HEAD).expect(END_OF_FILE).data
        return self._channel.read_on(head, record.total_size(head, tag, name), f"reading the {name}")

    def _open(self, file: int) -> None:
        if self._channel.select_file(file).expect(NOT_FOUND).status == NOT_FOUND:
            raise CardMisbehaved("looking for a file that every card has")


def _one(*offered: tuple[PinProfile, str | None]) -> tuple[PinProfile, str]:
    given = [(pin, typed) for pin, typed in offered if typed is not None]
    if len(given) != 1:
        raise TypeError(f"Give one of {' and '.join(pin.name for pin, _ in offered)}.")
    return given[0]

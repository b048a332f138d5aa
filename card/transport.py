"""カードへの通り道: how command bytes reach a card. PC/SC is one; the sandbox's reader over TCP is another."""

import contextlib
import json
import socket
import struct
from dataclasses import dataclass
from typing import Final, Protocol, Self

from card.errors import CardAbsent, CardMisbehaved, CardRemoved, CardSilent, ReaderUnavailable

_OFF: Final = b"\x00"
_ON: Final = b"\x01"
_LIST: Final = b"?"


class Transport(Protocol):
    """通り道: one card on one reader, ours alone until `close`.

    All three raise the errors of card.errors: CardRemoved, CardSilent, ReaderUnavailable.
    """

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """コマンドを送る: returns the data and the status word of the answer."""
        ...

    def power_cycle(self) -> None:
        """電源を入れ直す: forgets every verified PIN."""
        ...

    def close(self) -> None:
        """カードを離す: powers it off, so that no one signs on our verified PIN."""
        ...


@dataclass(frozen=True)
class CardChoice:
    """選べるカード: what a reader with several cards calls one of them, and what people call it."""

    card: str
    name: str


class CardReader(Protocol):
    """カードリーダー: gives transports. A real one has one place and no choice; the sandbox's has all demo cards."""

    def choices(self) -> list[CardChoice]:
        """選べるカード; empty if whatever lies on the reader is taken."""
        ...

    def open(self, card: str) -> Transport:
        """カードを使い始める. Raises ReaderUnavailable or CardAbsent."""
        ...


class FrameReader:
    """TCP越しのリーダー: the sandbox's (python -m sandbox.cards)."""

    def __init__(self, host: str, port: int, *, timeout: float = 5.0) -> None:
        self._host = host
        self._port = port
        self._timeout = timeout

    def choices(self) -> list[CardChoice]:
        link = _Link(self._host, self._port, self._timeout)
        try:
            found = json.loads(link.ask(_LIST))
            return [CardChoice(str(one["card"]), str(one["name"])) for one in found]
        except (ValueError, KeyError, TypeError, CardRemoved) as wrong:
            raise ReaderUnavailable from wrong
        finally:
            link.close()

    def open(self, card: str) -> "FrameTransport":
        return FrameTransport(self._host, self._port, card, timeout=self._timeout)


class FrameTransport:
    """TCP越しのカード: vpcd's frames (2-byte big-endian length, then the bytes) as a client.

    The first frame says which card to lay on the reader (``?`` instead asks which there are); the reader answers
    with the card's ATR, or with an empty frame if it has no such card. `timeout` is in seconds and covers one answer.
    """

    def __init__(self, host: str, port: int, card: str, *, timeout: float = 5.0) -> None:
        self._link = _Link(host, port, timeout)
        with contextlib.ExitStack() as failed:
            failed.callback(self._link.close)
            self.atr = self._link.ask(card.encode())
            if not self.atr:
                raise CardAbsent
            failed.pop_all()

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        answer = self._link.ask(apdu)
        if len(answer) < 2:
            raise CardMisbehaved("answering a command")
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def power_cycle(self) -> None:
        self._link.tell(_OFF)
        self._link.tell(_ON)

    def close(self) -> None:
        with contextlib.suppress(CardRemoved):
            self._link.tell(_OFF)
        self._link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Link:
    """One TCP connection that carries frames."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        try:
            self._socket = socket.create_connection((host, port), timeout=timeout)
        except OSError as failed:
            raise ReaderUnavailable from failed
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self._socket.close()

    def tell(self, frame: bytes) -> None:
        try:
            self._socket.sendall(struct.pack(">H", len(frame)) + frame)
        except OSError as gone:
            raise CardRemoved from gone

    def ask(self, frame: bytes) -> bytes:
        self.tell(frame)
        try:
            return self._receive(int.from_bytes(self._receive(2), "big"))
        except TimeoutError as late:
            # A late answer would be taken for the next one's: this connection is spent.
            self._socket.close()
            raise CardSilent from late
        except OSError as gone:
            raise CardRemoved from gone

    def _receive(self, size: int) -> bytes:
        content = b""
        while len(content) < size:
            part = self._socket.recv(size - len(content))
            if not part:
                raise CardRemoved
            content += part
        return content

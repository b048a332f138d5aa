"""仮想リーダー: lays a virtual card on a TCP port. Frames are vpcd's: 2-byte big-endian length, then the bytes.

The client's first frame names the card, and after a blank how it shall fail, if at all: ``hanako``,
``hanako removed``. The reader answers with the card's ATR, or with an empty frame if it has no such card; ``?`` is
answered with the list of cards, as JSON [{"card", "name"}]. Then every frame of one byte is a control (00 off,
01 on, 02 reset: no answer; 04: the ATR), every other one a command.

Failures, all during the signature but the last two: ``removed``, ``truncated`` (half an answer, then gone), ``cut``
(half a signature in a whole frame), ``damaged`` (one bit flipped), ``delay=SECONDS``; ``juki`` and ``smartphone``
change the token's label.
"""

import contextlib
import json
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sandbox.cards.card import ATR, VirtualCard
from sandbox.cards.fault import Token
from sandbox.cards.jpki import JPKI, jpki_application
from sandbox.cards.text import TEXT, text_application
from sandbox.people import PEOPLE
from sandbox.pki.holders import HOLDERS

_SIGN: Final = 0x2A
_TOKENS: Final[dict[str, Token]] = {"juki": "juki", "smartphone": "smartphone"}


class Reader(socketserver.ThreadingTCPServer):
    """カードリーダー: all cards of a test JPKI's folder; their retry counters last as long as this object."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, folder: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), _Session)
        self.folder = folder
        self.port: int = self.server_address[1]
        self.stopping = threading.Event()
        self._cards: dict[tuple[str, Token], tuple[VirtualCard, threading.Lock]] = {}
        self._laying = threading.Lock()

    def card(self, name: str, label: Token) -> tuple[VirtualCard, threading.Lock]:
        """カードを置く: with the lock that keeps a second user away. Raises FileNotFoundError."""
        with self._laying:
            if (name, label) not in self._cards:
                if "/" in name or not (self.folder / "cards" / name / "card.json").is_file():
                    raise FileNotFoundError(name)
                applications = {
                    JPKI: jpki_application(self.folder, name, label),
                    TEXT: text_application(self.folder, name),
                }
                self._cards[name, label] = VirtualCard(applications), threading.Lock()
            return self._cards[name, label]

    def choices(self) -> list[dict[str, str]]:
        """置けるカード: the demo people's first, then those that are wrong in one way."""
        names = {person.key: person.name for person in PEOPLE}
        return [
            {"card": holder.key, "name": f"{names[holder.owner]} {holder.purpose}".strip()}
            for holder in HOLDERS
            if (self.folder / "cards" / holder.key / "card.json").is_file()
        ]

    def shutdown(self) -> None:
        self.stopping.set()
        super().shutdown()


class _Session(socketserver.BaseRequestHandler):
    """One card on the reader, from laying it down to taking it off."""

    server: Reader
    request: socket.socket

    def handle(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(EOFError, ConnectionError):
            name, _, self.fault = self._receive().decode(errors="replace").strip().partition(" ")
            if name == "?":
                self._send(json.dumps(self.server.choices()).encode())
                return
            try:
                card, exclusive = self.server.card(name, _TOKENS.get(self.fault, ""))
            except FileNotFoundError:
                self._send(b"")
                return
            with exclusive:
                self._send(ATR)
                self._converse(card)

    def _converse(self, card: VirtualCard) -> None:
        try:
            while True:
                frame = self._receive()
                if len(frame) != 1:
                    self._answer(frame, card.transmit(frame))
                elif frame == b"\x04":
                    self._send(ATR)
                else:
                    card.power_off()
        finally:
            card.power_off()

    def _answer(self, command: bytes, answer: bytes) -> None:
        if len(command) > 1 and command[1] == _SIGN:
            answer = self._spoilt(answer)
        self._send(answer)

    def _spoilt(self, answer: bytes) -> bytes:
        kind, _, seconds = self.fault.partition("=")
        if kind == "removed":
            raise EOFError
        if kind == "truncated":
            self.request.sendall(struct.pack(">H", len(answer)) + answer[: len(answer) // 2])
            raise EOFError
        if kind == "delay":
            self.server.stopping.wait(float(seconds or "1"))
        if kind == "cut":
            return answer[: len(answer) // 2] + answer[-2:]
        if kind == "damaged":
            return bytes([answer[0] ^ 1]) + answer[1:]
        return answer

    def _receive(self) -> bytes:
        return self._exactly(int.from_bytes(self._exactly(2), "big"))

    def _exactly(self, size: int) -> bytes:
        content = b""
        while len(content) < size:
            part = self.request.recv(size - len(content))
            if not part:
                raise EOFError
            content += part
        return content

    def _send(self, frame: bytes) -> None:
        self.request.sendall(struct.pack(">H", len(frame)) + frame)


def serve(folder: Path, host: str = "127.0.0.1", port: int = 0) -> None:
    """リーダーを動かす: until the process ends. `folder` is a test JPKI (sandbox.pki.create)."""
    with Reader(folder, host, port) as reader:
        reader.serve_forever()


@contextmanager
def running(folder: Path, host: str = "127.0.0.1", port: int = 0) -> Iterator[Reader]:
    """リーダーを動かしておく間: serves in a thread of this process. For tests."""
    with Reader(folder, host, port) as reader:
        arguments: dict[str, Any] = {"poll_interval": 0.02}
        thread = threading.Thread(target=reader.serve_forever, kwargs=arguments, daemon=True)
        thread.start()
        try:
            yield reader
        finally:
            reader.shutdown()
            thread.join()

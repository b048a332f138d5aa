"""差込口: one slot of the virtual reader and the card lying on it, a TCP client of vpcd.

vpcd's frames: 2-byte big-endian length, then the bytes. One byte is a control (00 off, 01 on, 02 reset: no answer;
04: the ATR), everything else a command.
"""

import contextlib
import socket
import struct
import threading
import time
from typing import Final

from sandbox.cards.card import ATR, VirtualCard
from sandbox.cards.fault import Fault

_SIGN: Final = 0x2A
_VERIFY: Final = 0x20
_READ: Final = 0xB0
_SUCCESS: Final = b"\x90\x00"
_ON: Final = b"\x01"
_ASK_ATR: Final = b"\x04"
_PATIENCE: Final = 3.0
_POLL: Final = 0.45  # pcscd looks at its readers every 0.4 s


class LyingCard:
    """置かれたカード: lies on the slot behind `port` until `lift`, or until its fault takes it away.

    It comes back by itself when pcscd does, as a card that simply lies there would.
    """

    def __init__(self, name: str, card: VirtualCard, words: str, port: int) -> None:
        self.name = name
        self.words = words
        self._card = card
        self._fault = Fault.parse(words)
        self._unlocked = False
        self._port = port
        self._lifted = threading.Event()
        self._seen = threading.Event()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._lie, name=f"card on {port}", daemon=True)

    def lay(self) -> None:
        """置く: returns once the reader has noticed the card, or after a while if there is no pcscd to notice it."""
        self._thread.start()
        self._seen.wait(_PATIENCE)

    def lift(self) -> None:
        """取る: even in the middle of a command that will never be answered.

        Returns once the reader has noticed, half a second at most: a card laid sooner would be taken for the same one.
        """
        self._lifted.set()
        if self._socket is not None:
            _leave(self._socket)
        self._thread.join()

    @property
    def lies(self) -> bool:
        """まだあるか."""
        return not self._lifted.is_set()

    def _lie(self) -> None:
        while not self._lifted.is_set():
            try:
                with socket.create_connection(("127.0.0.1", self._port), timeout=_PATIENCE) as self._socket:
                    self._stay(self._socket)
            except OSError:
                self._lifted.wait(0.02)  # pcscd is gone or not there yet
            finally:
                self._card.power_off()

    def _stay(self, link: socket.socket) -> None:
        with contextlib.suppress(EOFError, OSError):
            self._converse(link)
        _leave(link)
        if not _noticed_by_poll(link) and self._lifted.is_set():
            time.sleep(_POLL)  # a command found the card gone; pcscd itself finds out when it polls

    def _converse(self, link: socket.socket) -> None:
        link.settimeout(None)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        last = b""
        while not self._lifted.is_set():
            frame = _exactly(link, int.from_bytes(_exactly(link, 2), "big"))
            if len(frame) != 1:
                self._answer(link, frame)
            elif frame == _ASK_ATR:
                _send(link, ATR)
                if last == _ON:  # polls ask for it too; only after power-on does pcscd tell its clients of the card
                    self._seen.set()
            else:
                self._card.power_off()
            last = frame

    def _answer(self, link: socket.socket, command: bytes) -> None:
        if self._fault.failing == "snatched" and command[1:2] == bytes([_READ]) and self._unlocked:
            self._lifted.set()
            return
        if len(command) < 2 or command[1] != _SIGN:
            answer = self._card.transmit(command)
            self._unlocked |= command[1:2] == bytes([_VERIFY]) and answer == _SUCCESS
            _send(link, answer)
            return
        match self._fault.failing:
            case "removed":
                self._lifted.set()
                return
            case "hang":
                self._lifted.wait()
                return
            case "delay":
                self._lifted.wait(self._fault.seconds)
        answer = self._card.transmit(command)
        if self._fault.failing == "truncated":
            link.sendall(struct.pack(">H", len(answer)) + answer[: len(answer) // 2])
            self._lifted.set()
        else:
            _send(link, self._fault.spoil(answer))


def _leave(link: socket.socket) -> None:
    """Says nothing more; vpcd finds out when it next asks, and closes the connection."""
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_WR)


def _noticed_by_poll(link: socket.socket) -> bool:
    """Waits until vpcd closes the connection; whether pcscd's own look at the reader made it do so."""
    asked = b""
    with contextlib.suppress(OSError):
        link.settimeout(_PATIENCE)
        while part := link.recv(64):
            asked += part
    return asked == b"\x00\x01" + _ASK_ATR


def _exactly(link: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        # vpcd writes length and body separately under Nagle: unless the length is acknowledged at once, every command
        # costs 40 ms. The option is not sticky.
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = link.recv(size - len(content))
        if not part:
            raise EOFError
        content += part
    return content


def _send(link: socket.socket, frame: bytes) -> None:
    link.sendall(struct.pack(">H", len(frame)) + frame)

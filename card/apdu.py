"""コマンド: ISO 7816-4 commands as the card takes them, and its status words (jpki-card.md section 3)."""

from dataclasses import dataclass, field
from typing import Final

from card.errors import CardMisbehaved
from card.transport import Transport

DONE: Final = 0x9000
END_OF_FILE: Final = 0x6282
PIN_NEEDED: Final = 0x6982
NOT_FOUND: Final = 0x6A82
BLOCKED: Final = frozenset({0x6983, 0x6984})
LARGEST_READ: Final = 256
_LONGEST_ANSWER: Final = 0x8000


@dataclass(frozen=True)
class Answer:
    """応答: `during` says in words what was asked, for errors. `data` may be personal: it never shows."""

    data: bytes = field(repr=False)
    status: int
    during: str

    def expect(self, *statuses: int) -> "Answer":
        """Raises CardMisbehaved unless the status is 9000 or one of `statuses`."""
        if self.status not in (DONE, *statuses):
            raise CardMisbehaved(self.during, self.status)
        return self

    @property
    def tries_left(self) -> int | None:
        """残り回数: x of status 63Cx, 0 if blocked, None if the status says nothing of tries."""
        if self.status & 0xFFF0 == 0x63C0:
            return self.status & 0xF
        return 0 if self.status in BLOCKED else None


class Channel:
    """カードとの会話: sends commands, and follows 61xx and 6Cxx as T=0 readers need it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def select_application(self, identifier: bytes) -> Answer:
        return self._send("finding the application", _command("00A4040C", identifier))

    def select_file(self, number: int) -> Answer:
        return self._send("opening a file", _command("00A4020C", number.to_bytes(2, "big")))

    def read(self, offset: int, size: int) -> Answer:
        """読む: at most 256 bytes; offsets have 15 bits."""
        if not 0 <= offset <= 0x7FFF:
            raise CardMisbehaved("reading a file that never ends")
        return self._ask("reading", b"\x00\xb0" + offset.to_bytes(2, "big") + bytes([size & 0xFF]))

    def read_on(self, head: bytes, size: int, during: str) -> bytes:
        """読み続ける: from behind `head` until there are `size` bytes, in blocks of at most 256."""
        content = head
        while len(content) < size:
            block = self.read(len(content), min(LARGEST_READ, size - len(content))).expect(END_OF_FILE).data
            if not block:
                raise CardMisbehaved(f"{during}: it ends too early")
            content += block
        return content[:size]

    def ask_tries(self) -> Answer:
        """残り回数を聞く: costs no try."""
        return self._send("counting the tries left", bytes.fromhex("00200080"))

    def verify_pin(self, pin: bytes) -> Answer:
        return self._send("checking the PIN", _command("00200080", pin))

    def sign(self, content: bytes) -> Answer:
        return self._ask("signing", _command("802A0080", content) + b"\x00")

    def _send(self, during: str, apdu: bytes) -> Answer:
        """Sends a command that wants no data back. Never twice: it may be a PIN."""
        return Answer(*self._transport.transmit(apdu), during)

    def _ask(self, during: str, apdu: bytes) -> Answer:
        """Sends a command that ends with how much data it wants back."""
        data, status = self._transport.transmit(apdu)
        if status >> 8 == 0x6C:
            data, status = self._transport.transmit(apdu[:-1] + bytes([status & 0xFF]))
        while status >> 8 == 0x61:
            more, status = self._transport.transmit(bytes.fromhex("00C00000") + bytes([status & 0xFF]))
            if not more or len(data) > _LONGEST_ANSWER:
                raise CardMisbehaved(during, status)
            data += more
        return Answer(data, status, during)


def _command(head: str, data: bytes) -> bytes:
    return bytes.fromhex(head) + bytes([len(data)]) + data

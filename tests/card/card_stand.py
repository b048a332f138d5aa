"""試験用のカード: transports that count or script what goes over the wire."""

import time
from collections.abc import Callable

from card.transport import Transport


class Counted:
    """A transport that counts what really went over the wire."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.commands: list[bytes] = []
        self.closed = False

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        self.commands.append(apdu)
        return self._inner.transmit(apdu)

    def power_cycle(self) -> None:
        self._inner.power_cycle()

    def close(self) -> None:
        self.closed = True
        self._inner.close()

    @property
    def pins_sent(self) -> int:
        return sum(apdu[1] == 0x20 and len(apdu) > 4 for apdu in self.commands)


class Scripted:
    """A card that answers from a list: for status words the virtual card never sends."""

    def __init__(self, *answers: tuple[str, int]) -> None:
        self._answers = [(bytes.fromhex(data), status) for data, status in answers]
        self.commands: list[bytes] = []

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        self.commands.append(apdu)
        return self._answers.pop(0)

    def power_cycle(self) -> None: ...

    def close(self) -> None: ...


class Altered:
    """A card some of whose files' first bytes (by number) read otherwise than they were written."""

    def __init__(self, inner: Transport, files: dict[int, Callable[[bytes], bytes]]) -> None:
        self._inner = inner
        self._files = files
        self._selected = 0

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        if apdu[:4] == bytes.fromhex("00A4020C"):
            self._selected = int.from_bytes(apdu[5:7], "big")
        if apdu[1] != 0xB0 or self._selected not in self._files:
            return self._inner.transmit(apdu)
        content, status = self._inner.transmit(bytes.fromhex("00B0000000"))
        while status == 0x9000 and len(content) % 256 == 0:
            more, status = self._inner.transmit(b"\x00\xb0" + len(content).to_bytes(2, "big") + b"\x00")
            content += more
        altered = self._files[self._selected](content)
        at = int.from_bytes(apdu[2:4], "big")
        return altered[at : at + (apdu[4] or 256)], 0x9000

    def power_cycle(self) -> None:
        self._inner.power_cycle()

    def close(self) -> None:
        self._inner.close()


def awaited(happened: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it happened before the time was over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happened():
            return True
        time.sleep(0.02)
    return False

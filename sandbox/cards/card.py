"""仮想カード: answers command bytes as a My Number Card does (jpki-card.md sections 3 and 8)."""

import os
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric import padding, utils

from sandbox.cards.application import Application, Pin

ATR: Final = bytes.fromhex("3BE000FF8131FE4514")
_OK: Final = b"\x90\x00"
_BLOCKED: Final = b"\x69\x84"
_NOT_VERIFIED: Final = b"\x69\x82"
_WRONG_FILE: Final = b"\x69\x81"
_NOTHING_SELECTED: Final = b"\x69\x86"
_NOT_FOUND: Final = b"\x6a\x82"
_NO_SUCH_RECORD: Final = b"\x6a\x83"
_WRONG_PARAMETERS: Final = b"\x6a\x86"
_WRONG_LENGTH: Final = b"\x67\x00"
_WRONG_OFFSET: Final = b"\x6b\x00"
_WRONG_INSTRUCTION: Final = b"\x6d\x00"
_WRONG_CLASS: Final = b"\x6e\x00"
_SHORTEST_PIN: Final = 4
_LONGEST_PIN: Final = 16
_BY_SHORT_ID: Final = 0x80
_SHORT_ID: Final = 0x1F


@dataclass(frozen=True)
class _Command:
    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    le: int | None


class _Refused(Exception):
    def __init__(self, status: bytes) -> None:
        super().__init__(status.hex())
        self.status = status


class VirtualCard:
    """仮想カード: retry counters live as long as the object, verified PINs until `power_off`.

    Selecting an application forgets the selected file but no verified PIN. Some middleware assumes more (section 3);
    a program that needs a PIN forgotten must reset the card, and with this one it notices if it does not.
    """

    def __init__(self, applications: dict[bytes, Application]) -> None:
        self._applications = applications
        self.power_off()

    def power_off(self) -> None:
        """電源断: nothing selected, nothing verified."""
        self._application: Application | None = None
        self._file: int | None = None
        for pin in self._pins():
            pin.verified = False

    def block(self) -> None:
        """ロックする: no try left on any PIN."""
        for pin in self._pins():
            pin.left = 0

    def restore(self) -> None:
        """初期化: all tries and the first PINs again."""
        for pin in self._pins():
            pin.restore()

    def transmit(self, apdu: bytes) -> bytes:
        """コマンドに答える: data and status word."""
        try:
            return self._perform(_parse(apdu)) + _OK
        except _Refused as refused:
            return refused.status

    def _pins(self) -> list[Pin]:
        return [pin for application in self._applications.values() for pin in application.pins.values()]

    def _perform(self, command: _Command) -> bytes:
        match command.cla, command.ins:
            case 0x00, 0xA4:
                return self._select(command)
            case 0x00, 0x84:
                return _challenge(command)
            case (0x00, 0x20 | 0x24 | 0xB0 | 0xB2) | (0x80, 0x2A):
                return self._on_file(command)
        raise _Refused(_WRONG_INSTRUCTION if command.cla in (0x00, 0x80) else _WRONG_CLASS)

    def _select(self, command: _Command) -> bytes:
        match command.p1, command.p2, len(command.data):
            case 0x04, 0x0C, _ if command.data in self._applications:
                self._application, self._file = self._applications[command.data], None
            case 0x02, 0x0C, 2 if self._application and self._application.has(_number(command.data)):
                self._file = _number(command.data)
            case (0x04, 0x0C, _) | (0x02, 0x0C, 2):
                raise _Refused(_NOT_FOUND)
            case _:
                raise _Refused(_WRONG_PARAMETERS)
        return b""

    def _on_file(self, command: _Command) -> bytes:
        if self._application is None:
            raise _Refused(_NOTHING_SELECTED)
        match command.ins:
            case 0x20:
                return _verify(self._application, self._named(command.p2), command)
            case 0x24:
                return _change_pin(self._application, self._named(command.p2), command)
            case 0xB0:
                return self._read(command)
            case 0xB2:
                return _read_record(self._application, command)
        return _sign(self._application, self._named(command.p2), command)

    def _read(self, command: _Command) -> bytes:
        """P1 = 80 + short id names the file, and P2 alone is the offset; else both are a 15-bit offset."""
        if command.p1 & _BY_SHORT_ID:
            return _read(self._application, self._named(command.p1), command.p2, command.le)
        return _read(self._application, self._current(), command.p1 << 8 | command.p2, command.le)

    def _named(self, parameter: int) -> int:
        """The file that 80 (the selected one) or 80 + short id names; naming it selects it."""
        if not parameter & _BY_SHORT_ID or parameter & 0x60:
            raise _Refused(_WRONG_PARAMETERS)
        if parameter == _BY_SHORT_ID:
            return self._current()
        number = parameter & _SHORT_ID
        if self._application is None or not self._application.has(number):
            raise _Refused(_NOT_FOUND)
        self._file = number
        return number

    def _current(self) -> int:
        if self._file is None:
            raise _Refused(_NOTHING_SELECTED)
        return self._file


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _pin(application: Application, number: int) -> Pin:
    if number not in application.pins:
        raise _Refused(_WRONG_FILE)
    return application.pins[number]


def _require_first_parameter(command: _Command, p1: int) -> None:
    if command.p1 != p1:
        raise _Refused(_WRONG_PARAMETERS)


def _require_open(application: Application, number: int) -> None:
    if not application.open(number):
        raise _Refused(_NOT_VERIFIED)


def _verify(application: Application, number: int, command: _Command) -> bytes:
    pin = _pin(application, number)
    _require_first_parameter(command, 0x00)
    if len(command.data) > _LONGEST_PIN:
        raise _Refused(_WRONG_LENGTH)
    if not command.data:  # a question only: always 63Cx, even right after a success (OpenSC relies on it)
        raise _Refused(bytes((0x63, 0xC0 | pin.left)))
    if pin.left == 0:
        raise _Refused(_BLOCKED)
    if not pin.check(command.data):
        raise _Refused(bytes((0x63, 0xC0 | pin.left)))
    return b""


def _change_pin(application: Application, number: int, command: _Command) -> bytes:
    pin = _pin(application, number)
    _require_first_parameter(command, 0x01)
    if not pin.verified:
        raise _Refused(_NOT_VERIFIED)
    if not _SHORTEST_PIN <= len(command.data) <= _LONGEST_PIN:
        raise _Refused(_WRONG_LENGTH)
    pin.value = command.data
    return b""


def _challenge(command: _Command) -> bytes:
    if command.p1 or command.p2:
        raise _Refused(_WRONG_PARAMETERS)
    if command.le is None:
        raise _Refused(_WRONG_LENGTH)
    return os.urandom(command.le)


def _read(application: Application | None, number: int, offset: int, le: int | None) -> bytes:
    content = application.files.get(number) if application else None
    if application is None or content is None:
        raise _Refused(_WRONG_FILE)
    _require_open(application, number)
    if le is None:
        raise _Refused(_WRONG_LENGTH)
    if offset >= len(content):
        raise _Refused(_WRONG_OFFSET)
    return content[offset : offset + le]


def _read_record(application: Application, command: _Command) -> bytes:
    """P1 is the record, P2 the short file id and 100 in binary (ISO 7816-4): one record by its number."""
    if command.p2 & 0x07 != 0x04:
        raise _Refused(_WRONG_PARAMETERS)
    file = command.p2 >> 3
    if not any(file == known for known, _ in application.records):
        raise _Refused(_NOT_FOUND)
    content = application.records.get((file, command.p1))
    if content is None:
        raise _Refused(_NO_SUCH_RECORD)
    return content[: command.le or 256]


def _sign(application: Application, number: int, command: _Command) -> bytes:
    key = application.keys.get(number)
    if key is None:
        raise _Refused(_WRONG_FILE)
    _require_first_parameter(command, 0x00)
    _require_open(application, number)
    if not 0 < len(command.data) <= key.key_size // 8 - 11:
        raise _Refused(_WRONG_LENGTH)
    # The card pads whatever it is given; building the DigestInfo is the host's business.
    return key.sign(command.data, padding.PKCS1v15(), utils.NoDigestInfo())


def _parse(apdu: bytes) -> _Command:
    """Short APDUs only: no data, Le, Lc and data, or Lc, data and Le."""
    if len(apdu) < 4:
        raise _Refused(_WRONG_LENGTH)
    (cla, ins, p1, p2), body = apdu[:4], apdu[4:]
    if len(body) <= 1:
        return _Command(cla, ins, p1, p2, b"", (body[0] or 256) if body else None)
    size = body[0]
    data, rest = body[1 : 1 + size], body[1 + size :]
    if not size or len(data) != size or len(rest) > 1:
        raise _Refused(_WRONG_LENGTH)
    return _Command(cla, ins, p1, p2, data, (rest[0] or 256) if rest else None)

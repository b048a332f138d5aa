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
_WRONG_PARAMETERS: Final = b"\x6a\x86"
_WRONG_LENGTH: Final = b"\x67\x00"
_WRONG_OFFSET: Final = b"\x6b\x00"
_WRONG_INSTRUCTION: Final = b"\x6d\x00"
_WRONG_CLASS: Final = b"\x6e\x00"
_LONGEST_PIN: Final = 16


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
    """仮想カード: retry counters live as long as the object, verified PINs until `power_off`."""

    def __init__(self, applications: dict[bytes, Application]) -> None:
        self._applications = applications
        self.power_off()

    def power_off(self) -> None:
        """電源断: nothing selected, nothing verified."""
        self._application: Application | None = None
        self._file: int | None = None
        for application in self._applications.values():
            for pin in application.pins.values():
                pin.verified = False

    def transmit(self, apdu: bytes) -> bytes:
        """コマンドに答える: data and status word."""
        try:
            return self._perform(_parse(apdu)) + _OK
        except _Refused as refused:
            return refused.status

    def _perform(self, command: _Command) -> bytes:
        match command.cla, command.ins:
            case 0x00, 0xA4:
                return self._select(command)
            case 0x00, 0x84:
                return os.urandom(command.le or 8)
            case (0x00, 0x20 | 0x24 | 0xB0) | (0x80, 0x2A):
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
        if self._application is None or self._file is None:
            raise _Refused(_NOTHING_SELECTED)
        match command.ins:
            case 0x20:
                return _verify(self._application, self._file, command)
            case 0x24:
                return _change_pin(self._application, self._file, command)
            case 0xB0:
                return _read(self._application, self._file, command)
        return _sign(self._application, self._file, command)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _pin(application: Application, number: int) -> Pin:
    if number not in application.pins:
        raise _Refused(_WRONG_FILE)
    return application.pins[number]


def _require_parameters(command: _Command, p1: int) -> None:
    if (command.p1, command.p2) != (p1, 0x80):
        raise _Refused(_WRONG_PARAMETERS)


def _require_open(application: Application, number: int) -> None:
    if not application.open(number):
        raise _Refused(_NOT_VERIFIED)


def _verify(application: Application, number: int, command: _Command) -> bytes:
    pin = _pin(application, number)
    _require_parameters(command, 0x00)
    if len(command.data) > _LONGEST_PIN:
        raise _Refused(_WRONG_LENGTH)
    if not command.data:  # a question only: always 63Cx, even right after a success (OpenSC relies on it)
        raise _Refused(bytes((0x63, 0xC0 | pin.left)))
    if pin.left == 0:
        raise _Refused(_BLOCKED)
    pin.verified = command.data == pin.value
    pin.left = pin.tries if pin.verified else pin.left - 1
    if not pin.verified:
        raise _Refused(bytes((0x63, 0xC0 | pin.left)))
    return b""


def _change_pin(application: Application, number: int, command: _Command) -> bytes:
    pin = _pin(application, number)
    _require_parameters(command, 0x01)
    if not pin.verified:
        raise _Refused(_NOT_VERIFIED)
    if not 4 <= len(command.data) <= _LONGEST_PIN:
        raise _Refused(_WRONG_LENGTH)
    pin.value = command.data
    return b""


def _read(application: Application, number: int, command: _Command) -> bytes:
    content = application.files.get(number)
    if content is None:
        raise _Refused(_WRONG_FILE)
    _require_open(application, number)
    offset = command.p1 << 8 | command.p2
    if command.p1 & 0x80 or offset >= len(content):
        raise _Refused(_WRONG_OFFSET)
    return content[offset : offset + (command.le or 256)]


def _sign(application: Application, number: int, command: _Command) -> bytes:
    key = application.keys.get(number)
    if key is None:
        raise _Refused(_WRONG_FILE)
    _require_parameters(command, 0x00)
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

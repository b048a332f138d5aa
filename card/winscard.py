"""PC/SC: the operating system's card service through pyscard's lowest level: exact codes in, our errors out.

The same names and codes on Windows, macOS and Linux. pyscard's own connection classes add shared mode, a monitor that
dies with pcscd, and a debug trace of every APDU; we want none of them. pyscard is loaded on first use, so that a
machine without it can still use card.jpki over another transport.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final, Self

from card.errors import (
    CardAbsent,
    CardError,
    CardRemoved,
    CardSilent,
    CardUnreadable,
    PcscMissing,
    ReaderAbsent,
    ReaderBusy,
    ReaderLost,
    ReaderUnavailable,
    ServiceUnavailable,
)

_SUCCESS: Final = 0
_TIMEOUT: Final = 0x8010000A
_CANCELLED: Final = 0x80100002
_NO_READERS: Final = 0x8010002E
_UNKNOWN_READER: Final = 0x80100009

_ERRORS: Final[dict[int, type[CardError]]] = {
    0x80100001: ServiceUnavailable,  # F_INTERNAL_ERROR: what a context says once its pcscd is gone
    0x80100003: ServiceUnavailable,  # E_INVALID_HANDLE: so does this
    0x80100013: ServiceUnavailable,  # F_COMM_ERROR
    0x8010001D: ServiceUnavailable,  # E_NO_SERVICE
    0x8010001E: ServiceUnavailable,  # E_SERVICE_STOPPED: Windows, when the last reader is unplugged
    _NO_READERS: ReaderAbsent,
    _UNKNOWN_READER: ReaderLost,
    0x80100017: ReaderLost,  # E_READER_UNAVAILABLE
    0x8010000B: ReaderBusy,  # E_SHARING_VIOLATION
    0x8010000C: CardAbsent,  # E_NO_SMARTCARD
    0x80100010: CardRemoved,  # E_NOT_READY
    0x80100016: CardRemoved,  # E_NOT_TRANSACTED
    0x80100067: CardRemoved,  # W_UNPOWERED_CARD
    0x80100068: CardRemoved,  # W_RESET_CARD
    0x80100069: CardRemoved,  # W_REMOVED_CARD
    0x8010000F: CardUnreadable,  # E_PROTO_MISMATCH
    0x80100015: CardUnreadable,  # E_INVALID_ATR
    0x8010001C: CardUnreadable,  # E_CARD_UNSUPPORTED
    0x80100065: CardUnreadable,  # W_UNSUPPORTED_CARD
    0x80100066: CardUnreadable,  # W_UNRESPONSIVE_CARD
    _TIMEOUT: CardSilent,
    0x80100007: CardSilent,  # F_WAITED_TOO_LONG
}


def failure(code: int) -> CardError:
    """PC/SCのコードをエラーに: signed or unsigned, as the platform has it."""
    status = code & 0xFFFFFFFF
    kind = _ERRORS.get(status, ReaderUnavailable)
    return kind(status) if issubclass(kind, ReaderUnavailable) else kind()


@cache
def _library() -> Any:
    """Raises PcscMissing if pyscard, or the PC/SC library below it, is not there."""
    try:
        return import_module("smartcard.scard")
    except ImportError:
        raise PcscMissing from None


def _require(code: int) -> None:
    if code != _SUCCESS:
        raise failure(code)


@dataclass(frozen=True)
class ReaderState:
    """リーダーの状態: `seen` is PC/SC's own word for it, to be told of changes since."""

    reader: str
    seen: int

    @property
    def card_present(self) -> bool:
        return bool(self.seen & _library().SCARD_STATE_PRESENT)

    @property
    def in_use(self) -> bool:
        """ほかのプログラムが独占している."""
        return bool(self.seen & _library().SCARD_STATE_EXCLUSIVE)


class Context:
    """サービスへの接続. Raises ServiceUnavailable or PcscMissing. It dies with the service: open another."""

    def __init__(self) -> None:
        self._scard = _library()
        code, self._handle = self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_USER)
        _require(code)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        self._scard.SCardReleaseContext(self._handle)

    def cancel(self) -> None:
        """待つのをやめさせる: from another thread; `states` returns at once."""
        self._scard.SCardCancel(self._handle)

    def readers(self) -> tuple[str, ...]:
        code, names = self._scard.SCardListReaders(self._handle, [])
        if code & 0xFFFFFFFF == _NO_READERS:
            return ()
        _require(code)
        return tuple(names)

    def states(self, known: tuple[ReaderState, ...], *, wait: float) -> tuple[ReaderState, ...]:
        """リーダーの状態: as soon as one differs from `known`, or as they are known after `wait` seconds."""
        if not known:
            return ()
        asked = [(state.reader, state.seen) for state in known]
        code, found = self._scard.SCardGetStatusChange(self._handle, max(0, round(wait * 1000)), asked)
        if code & 0xFFFFFFFF in (_TIMEOUT, _CANCELLED):
            return known
        _require(code)
        changed = self._scard.SCARD_STATE_CHANGED
        return tuple(ReaderState(reader, seen & ~changed) for reader, seen, _ in found)

    def now(self, readers: tuple[str, ...]) -> tuple[ReaderState, ...]:
        """いまの状態 of these readers."""
        return self.states(tuple(ReaderState(one, self._scard.SCARD_STATE_UNAWARE) for one in readers), wait=0)

    def connect(self, reader: str) -> "Connection":
        """カードを独占する: no other program can sign on a PIN verified here."""
        return Connection(self._scard, self._handle, reader)


class Connection:
    """独占したカード."""

    def __init__(self, scard: Any, context: Any, reader: str) -> None:
        self._scard = scard
        self._protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        code, self._handle, self._protocol = scard.SCardConnect(
            context, reader, scard.SCARD_SHARE_EXCLUSIVE, self._protocols
        )
        _require(code)

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """コマンドを送る. Raises CardRemoved, too, for an answer that was cut off."""
        t0 = self._protocol == self._scard.SCARD_PROTOCOL_T0
        header = self._scard.SCARD_PCI_T0 if t0 else self._scard.SCARD_PCI_T1
        code, answer = self._scard.SCardTransmit(self._handle, header, list(apdu))
        _require(code)
        data, status = bytes(answer[:-2]), int.from_bytes(answer[-2:], "big")
        if len(answer) < 2 or not whole(data, status):
            raise CardRemoved
        return data, status

    def power_cycle(self) -> None:
        code, self._protocol = self._scard.SCardReconnect(
            self._handle, self._scard.SCARD_SHARE_EXCLUSIVE, self._protocols, self._scard.SCARD_UNPOWER_CARD
        )
        _require(code)

    def disconnect(self, *, reset: bool) -> None:
        """カードを離す: a reset makes it forget verified PINs; a card that is gone has forgotten them."""
        disposition = self._scard.SCARD_RESET_CARD if reset else self._scard.SCARD_LEAVE_CARD
        self._scard.SCardDisconnect(self._handle, disposition)


def whole(data: bytes, status: int) -> bool:
    """Whether the last two bytes can be a status word: SW1 is 6X or 9X (ISO 7816-3), and no error comes with data.

    A card that goes in the middle of its answer leaves the service with half of it and no error.
    """
    if data:
        return status in (0x9000, 0x6281, 0x6282) or status >> 8 == 0x61
    return status >> 12 in (0x6, 0x9)

"""PC/SCのカード: a card on a real reader, ours alone until it is closed, and never waited for without end.

PC/SC's calls have no timeout: a card that hangs blocks `SCardTransmit` until it is lifted. So every call runs in a
thread of the transport; when an answer is late, the transport is spent and its thread is left behind to reset and
release the card as soon as it goes.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Self, TypeVar

from card.errors import CardAbsent, CardError, CardRemoved, CardSilent, ReaderAbsent, ReaderBusy, ReaderUnavailable
from card.winscard import Connection, Context

_Result = TypeVar("_Result")
_RETRY: Final = 0.1
_LOOK_AGAIN: Final = 0.25
_NOTICED: Final = 0.6
"""pcscd looks at readers that cannot tell by themselves every 0.4 s."""


class PcscReader:
    """PC/SCのカードリーダー: `name` (or how it begins) chooses one, else the first that holds a card is taken.

    `timeout` is how long one answer may take, `patience` how long to wait for a card and for other programs to let
    go of it (Windows itself reads a card that was just laid down). Both in seconds.
    """

    def __init__(self, name: str | None = None, *, timeout: float = 5.0, patience: float = 2.0) -> None:
        self._name = name
        self._timeout = timeout
        self._patience = patience

    def open(self) -> "PcscTransport":
        """カードを使い始める.

        Raises PcscMissing, ServiceUnavailable, ReaderAbsent, ReaderBusy, CardAbsent, CardUnreadable; and at once
        CardSilent while an earlier card still hangs on the reader: it must be lifted first.
        """
        return PcscTransport(self._name, timeout=self._timeout, patience=self._patience)


class PcscTransport:
    """PC/SCのカードへの通り道: one card, exclusively."""

    def __init__(self, name: str | None, *, timeout: float, patience: float) -> None:
        self._timeout = timeout
        self._session = _Session()
        with contextlib.ExitStack() as failed:
            failed.callback(self.close)
            self.reader = self._session.run(lambda: self._session.connect(name, patience), patience + timeout)
            failed.pop_all()

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """コマンドを送る. Raises CardRemoved, CardSilent, or a ReaderUnavailable."""
        return self._session.run(lambda: self._session.transmit(apdu), self._timeout)

    def power_cycle(self) -> None:
        self._session.run(self._session.power_cycle, self._timeout)

    def close(self) -> None:
        """カードを離す: reset, at the latest when a card that hangs is lifted."""
        self._session.end(self._timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Silent:
    """黙ったカード: this process's sessions that still wait for a card to answer."""

    def __init__(self) -> None:
        self._sessions: set[_Session] = set()
        self._lock = threading.Lock()

    def add(self, session: "_Session") -> None:
        with self._lock:
            if not session.released:
                self._sessions.add(session)

    def released(self, session: "_Session") -> None:
        with self._lock:
            session.released = True
            self._sessions.discard(session)

    def readers(self) -> frozenset[str]:
        with self._lock:
            return frozenset(session.reader for session in self._sessions)


_silent: Final = _Silent()


class _Session:
    """見張り付きの接続: one connection to PC/SC and the one thread that calls it."""

    def __init__(self) -> None:
        self.reader = ""
        self.released = False
        self._context: Context | None = None
        self._card: Connection | None = None
        self._lost = False
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._over: CardError | None = None
        # Daemon: a card that hangs must not keep the program from ending.
        self._thread = threading.Thread(target=self._serve, name="card", daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], _Result], seconds: float) -> _Result:
        """呼ぶ: in the session's thread. Raises CardSilent after `seconds`, and the session is over."""
        if self._over:
            raise self._over
        answer: Future[_Result] = Future()
        self._calls.put(lambda: _answer(answer, call))
        with contextlib.suppress(TimeoutError):
            return answer.result(seconds)
        late = CardSilent() if self.reader else ReaderUnavailable()
        self._leave(late)
        _silent.add(self)
        raise late

    def end(self, seconds: float) -> None:
        """終わる: returns when the card is reset and free, or after `seconds` if it hangs."""
        if not self._over:
            self._leave(CardRemoved())
            self._thread.join(seconds)
            _silent.add(self)

    def connect(self, name: str | None, patience: float) -> str:
        """カードを待って独占する: returns the reader's name."""
        self._context = Context()
        deadline = time.monotonic() + patience
        while self._card is None:
            try:
                self.reader = _reader_with_card(self._context, name, deadline)
                self._card = self._context.connect(self.reader)
            except (ReaderBusy, CardAbsent, CardRemoved):
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_RETRY)
        return self.reader

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        if self._card is None:
            raise CardRemoved
        try:
            return self._card.transmit(apdu)
        except CardRemoved:
            self._lost = True
            raise

    def power_cycle(self) -> None:
        if self._card is not None:
            self._card.power_cycle()

    def _leave(self, reason: CardError) -> None:
        self._over = reason
        self._calls.put(None)

    def _serve(self) -> None:
        while self._serve_one():
            pass
        if self._context is not None:
            if self._card is not None:
                self._card.disconnect(reset=not (self._lost and self._gone(self._context)))
            self._context.release()
        _silent.released(self)

    def _gone(self, context: Context) -> bool:
        """カードが離れたか: waits for the service to notice.

        Told to reset a card that is gone before it has noticed, pcscd (1.9.9) does not see the next one.
        """
        try:
            states = context.now((self.reader,))
            if all(state.card_present for state in states):
                states = context.states(states, wait=_NOTICED)
        except ReaderUnavailable:
            return True
        return not any(state.card_present for state in states)

    def _serve_one(self) -> bool:
        # A function of its own: nothing of a call, which may hold a PIN, stays on the stack until the next.
        call = self._calls.get()
        if call is None:
            return False
        call()
        return True


def _answer(answer: Future[_Result], call: Callable[[], _Result]) -> None:
    try:
        answer.set_result(call())
    except BaseException as failed:
        answer.set_exception(failed)


def _reader_with_card(context: Context, name: str | None, deadline: float) -> str:
    """カードのあるリーダー: preferably one no other program has taken. Raises CardAbsent after `deadline`."""
    while True:
        states = context.now(_chosen(context.readers(), name))
        holding = [state for state in states if state.card_present]
        silent = _silent.readers()
        if free := [state for state in holding if state.reader not in silent]:
            return min(free, key=lambda state: state.in_use).reader
        if holding:
            raise CardSilent
        left = deadline - time.monotonic()
        if left <= 0:
            raise CardAbsent
        context.states(states, wait=min(left, _LOOK_AGAIN))


def _chosen(readers: tuple[str, ...], name: str | None) -> tuple[str, ...]:
    if name is not None:
        readers = tuple(one for one in readers if one == name) or tuple(one for one in readers if one.startswith(name))
    if not readers:
        raise ReaderAbsent
    return readers

"""リーダーの見張り: readers that come and go, cards laid down and lifted, and a service that dies and comes back.

pyscard's own monitor ends for good, in silence, when pcscd dies; this one opens a new context and says so.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Final, Self

from card.errors import ReaderLost, ReaderUnavailable
from card.winscard import Context, ReaderState

_POLL: Final = 0.4


@dataclass(frozen=True)
class ServiceFound:
    """サービスにつながった."""


@dataclass(frozen=True)
class ServiceLost:
    """サービスがなくなった: and all readers with it; they are added again when it is found."""


@dataclass(frozen=True)
class ReaderAdded:
    """リーダーがつながれた."""

    reader: str


@dataclass(frozen=True)
class ReaderRemoved:
    """リーダーが外された."""

    reader: str


@dataclass(frozen=True)
class CardInserted:
    """カードが置かれた."""

    reader: str


@dataclass(frozen=True)
class CardRemoved:
    """カードが離された."""

    reader: str


ReaderEvent = ServiceFound | ServiceLost | ReaderAdded | ReaderRemoved | CardInserted | CardRemoved


@dataclass(frozen=True)
class Snapshot:
    """いまのようす: `readers` by name, and on which of them a card lies."""

    service: bool
    readers: tuple[str, ...] = ()
    with_card: tuple[str, ...] = ()


def snapshot() -> Snapshot:
    """いまのようすを見る. Raises PcscMissing; a service that is not there is an answer, not an error."""
    try:
        with Context() as context:
            states = context.now(context.readers())
    except ReaderUnavailable:
        return Snapshot(service=False)
    return Snapshot(
        service=True,
        readers=tuple(state.reader for state in states),
        with_card=tuple(state.reader for state in states if state.card_present),
    )


class ReaderWatch:
    """見張り: iterate over it for events, the first of which tell how things are; `stop` from any thread ends it.

    One watch, one loop: iterate once. Raises PcscMissing.
    """

    def __init__(self, *, poll: float = _POLL) -> None:
        self._poll = poll
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._context: Context | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """やめる: the loop ends at once, at the latest after one poll."""
        self._stopped.set()
        with self._lock:
            if self._context is not None:
                self._context.cancel()

    def __iter__(self) -> Iterator[ReaderEvent]:
        found: bool | None = None
        while not self._stopped.is_set():
            with ExitStack() as opened:
                try:
                    context = self._open(opened)
                    found = True
                    yield ServiceFound()
                    yield from self._changes(context)
                except ReaderUnavailable:
                    if found is not False:
                        yield ServiceLost()
                    found = False
            self._stopped.wait(self._poll)

    def _open(self, opened: ExitStack) -> Context:
        context = Context()
        with self._lock:
            self._context = context
        opened.callback(self._close, context)
        return context

    def _close(self, context: Context) -> None:
        with self._lock:
            self._context = None
            context.release()

    def _changes(self, context: Context) -> Iterator[ReaderEvent]:
        """Until stopped, or until ReaderUnavailable says that the context has died."""
        known: tuple[ReaderState, ...] = ()
        while not self._stopped.is_set():
            names = context.readers()
            kept = tuple(state for state in known if state.reader in names)
            new = tuple(one for one in names if one not in {state.reader for state in kept})
            now = kept + context.now(new)
            yield from differences(known, now)
            known = self._next(context, now)
            yield from differences(now, known)

    def _next(self, context: Context, known: tuple[ReaderState, ...]) -> tuple[ReaderState, ...]:
        """Waits for a change or one poll, whichever is first."""
        if known:
            with suppress(ReaderLost):  # unplugged meanwhile; the next list is without it
                return context.states(known, wait=self._poll)
        self._stopped.wait(self._poll)
        return known


def differences(before: tuple[ReaderState, ...], after: tuple[ReaderState, ...]) -> Iterator[ReaderEvent]:
    """前後の違い as events."""
    was = {state.reader: state.card_present for state in before}
    now = {state.reader: state.card_present for state in after}
    yield from (ReaderRemoved(reader) for reader in was if reader not in now)
    for reader, present in now.items():
        if reader not in was:
            yield ReaderAdded(reader)
        if present != was.get(reader, False):
            yield CardInserted(reader) if present else CardRemoved(reader)

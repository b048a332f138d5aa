"""カードリーダー at the counters of a city: whether each answers, since when it does not, and who waits for it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from api.administration.engine import Queue
from api.views import View
from procedures.values import MunicipalityCode
from workflows.reader_contracts import READER_QUEUE, reader_queue

GONE = timedelta(seconds=75)
"""A reader asks for work at least once a minute: one that has not is off. People stand before it, so it is said sooner
than of other workers."""


class ReaderView(View):
    """カードリーダー at one counter. `last_seen_at` null: never, as far as the web server asked has seen."""

    counter: str
    online: bool
    last_seen_at: datetime | None
    backlog: int
    oldest: timedelta


def queues_of(readers: Mapping[MunicipalityCode, Iterable[str]]) -> tuple[tuple[str, str], ...]:
    """待ち行列 of every reader of the installation."""
    return tuple(
        (reader_queue(municipality, each), "activity") for municipality, names in readers.items() for each in names
    )


def is_reader(queue: Queue) -> bool:
    return queue.name.startswith(f"{READER_QUEUE}-")


def readers_of(
    municipality: MunicipalityCode, counters: Iterable[str], queues: Iterable[Queue], at: datetime
) -> tuple[ReaderView, ...]:
    """カードリーダー of one municipality, in its own order."""
    known = {each.name: each for each in queues}
    found = ((each, known.get(reader_queue(municipality, each))) for each in counters)
    return tuple(_reader(counter, queue, at) for counter, queue in found if queue is not None)


def _reader(counter: str, queue: Queue, at: datetime) -> ReaderView:
    seen = queue.seen_at
    return ReaderView(
        counter=counter,
        online=seen is not None and at - seen <= GONE,
        last_seen_at=seen,
        backlog=queue.backlog,
        oldest=queue.oldest,
    )

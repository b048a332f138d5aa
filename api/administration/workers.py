"""処理係と待ち行列: who takes tasks, and how many wait. As of when is said; nobody answers is said too."""

from datetime import datetime, timedelta
from typing import Literal

import anyio.from_thread
from fastapi import APIRouter

from api.administration.engine import EngineAway, Queue
from api.administration.readers import ReaderView, is_reader, readers_of
from api.counter import Administrator, City, Counter, CounterHere
from api.views import View, Visitor
from procedures.values import MunicipalityCode
from workflows.contracts import CASES_QUEUE, COUNTER_QUEUE, DOCUMENTS_QUEUE, ROBOTS_QUEUE, SHEETS_QUEUE

router = APIRouter(prefix="/api/administration", tags=["administration"])

BACK_OFFICE = ((SHEETS_QUEUE, "activity"), (ROBOTS_QUEUE, "activity"))
"""事務室: queues that an installation may do without; shown where somebody works there, or something waits."""
QUEUES = (
    (CASES_QUEUE, "workflow"),
    (CASES_QUEUE, "activity"),
    (DOCUMENTS_QUEUE, "activity"),
    (COUNTER_QUEUE, "activity"),
    *BACK_OFFICE,
)
"""Every queue this installation may work on."""
SILENT = timedelta(minutes=2)
"""A worker asks at least once a minute; Temporal itself forgets one after five."""
SLOW = timedelta(seconds=30)
"""A task that nobody has taken for longer waits for a worker."""

QueueKind = Literal["workflow", "activity"]
Standing = Literal["works", "slow", "nobody"]
"""様子: tasks are taken; the oldest waits too long; no worker asks."""


class WorkerView(View):
    """処理係: one process that asks for tasks. `build`: its version, where it says one."""

    identity: str
    last_seen_at: datetime
    build: str | None
    silent: bool


class QueueView(View):
    """待ち行列. `oldest`: how long the first task has been waiting."""

    name: str
    kind: QueueKind
    standing: Standing
    workers: tuple[WorkerView, ...]
    backlog: int
    oldest: timedelta


class WorkersView(View):
    """処理係と待ち行列. `at` null: Temporal does not answer; nobody can say who works.

    `readers`: the card readers at the counters of this city.
    """

    at: datetime | None
    queues: tuple[QueueView, ...]
    readers: tuple[ReaderView, ...] = ()


@router.get("/workers")
def list_workers(counter: CounterHere, city: City, administrator: Administrator) -> WorkersView:
    """処理係と待ち行列."""
    return view(counter, city, administrator)


def view(counter: Counter, city: MunicipalityCode, _: Visitor) -> WorkersView:
    """処理係と待ち行列 of the whole installation: workers serve every municipality; a reader stands in one."""
    try:
        found = anyio.from_thread.run(counter.engine.queues)
    except EngineAway:
        return WorkersView(at=None, queues=())
    readers = readers_of(city, counter.settings.readers.get(city, ()), found.queues, found.at)
    queues = (each for each in found.queues if not is_reader(each) and _is_open(each))
    return WorkersView(at=found.at, queues=tuple(_queue(each, found.at) for each in queues), readers=readers)


def _is_open(queue: Queue) -> bool:
    return (queue.name, queue.kind) not in BACK_OFFICE or bool(queue.pollers or queue.backlog)


def _queue(queue: Queue, at: datetime) -> QueueView:
    workers = tuple(
        WorkerView(
            identity=each.identity, last_seen_at=each.last_seen_at, build=each.build,
            silent=at - each.last_seen_at > SILENT,
        )
        for each in queue.pollers
    )  # fmt: skip
    return QueueView.model_validate(queue.__dict__ | {"standing": _standing(queue, workers), "workers": workers})


def _standing(queue: Queue, workers: tuple[WorkerView, ...]) -> Standing:
    if all(each.silent for each in workers):
        return "nobody"
    return "slow" if queue.oldest > SLOW else "works"

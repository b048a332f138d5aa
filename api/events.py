"""変更の知らせ (server-sent events, HTML 9.2): open pages are told *that* something of theirs changed, never what.

The page then fetches itself, so nothing but a number travels here and one right of access (the page's own) is enough.
PostgreSQL tells one connection per process (`store/changes.py`); here it is passed on to whoever holds that page open.
A stream costs two small tasks, no thread and no database connection; sessions are checked together, once a heartbeat.
"""

import asyncio
import logging
from collections import Counter as Count
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Receive, Scope, Send

from api.counter import SESSION_COOKIE, Administrator, City, CounterHere, LoggedIn, Officer, token_hash
from api.problems import problem
from procedures.values import MunicipalityCode, ReceiptNumber
from store import bulks, cases, people, repairs, replays
from store.changes import Changes, Topic
from store.database import Database
from store.people import WHOLE_CITY
from store.settings import StoreSettings

log = logging.getLogger(__name__)
router = APIRouter(prefix="/api/cases", tags=["cases"])

HEARTBEAT = 15.0
"""Seconds between signs of life; a proxy drops a connection that is silent for a minute."""
MOST_STREAMS = 10
"""Of one account at a time: as many pages as anybody looks at."""
INBOX_REST = 3.0
"""Seconds between two words about an inbox: in a busy hour every colleague's click changes it."""
BULK_REST = 1.0
SPREAD = 2.0
"""Seconds over which everybody is told after a gap, so that not all pages come back in the same moment."""
RETRY_AFTER = 30
"""Seconds."""
RETRY = b"retry: 3000\n\n"
ALIVE = b": alive\n\n"
ENDED = b"event: ended\ndata: login\n\n"
"""The session is over: the page need not ask again."""

Key = tuple[MunicipalityCode, Topic]


@dataclass(eq=False, slots=True)
class Stream:
    """一本の接続: of one open page. What waits to be said is kept once, however often it happened."""

    city: MunicipalityCode
    account_id: UUID
    token_hash: bytes
    topics: frozenset[Topic]
    rest: float = 0.0
    """Seconds between two things said: where many change what one looks at, it is told of many changes at once."""
    lists_all: bool = False
    """The list of cases: also those that are filed while it is open."""
    changed: bool = True
    """Whoever begins to listen looks once: what changed since the page was made is not lost."""
    alive: bool = False
    over: bool = False
    """The session ended."""
    closed: bool = False
    """The browser left, or the server goes down."""
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def keys(self) -> Iterable[Key]:
        return ((self.city, each) for each in self.topics)

    def tell(self) -> None:
        self.changed = True
        self.woken.set()

    def end(self, *, over: bool = False) -> None:
        self.over, self.closed = over, True
        self.woken.set()
        self.ending.set()

    async def pause(self) -> None:
        """間を置く; who ends it does not wait."""
        if self.rest:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ending.wait(), self.rest)


class Events:
    """変更の配り手: one per web process. Everything happens on its event loop; nothing needs a lock."""

    def __init__(self, database: Database, store: StoreSettings, session_idle: timedelta) -> None:
        self._database = database
        self._session_idle = session_idle
        self._changes = Changes(store, self.changed, self.missed)
        self._streams: set[Stream] = set()
        self._by_topic: dict[Key, set[Stream]] = {}
        self._by_account: Count[UUID] = Count()
        self._closing = False
        self.numbers = count(1)

    async def run(self) -> None:
        """聞いて配る, until cancelled."""
        await asyncio.gather(self._changes.run(), self._beat())

    def close(self) -> None:
        """終える: every stream ends now, and none begins; browsers come back to the next process."""
        self._closing = True
        for stream in self._streams:
            stream.end()

    def require_room(self, account_id: UUID) -> None:
        """上限. Raises Problem: too_many_streams."""
        if self._by_account[account_id] >= MOST_STREAMS:
            raise problem("too_many_streams", RETRY_AFTER)

    def open(self, stream: Stream) -> None:
        """始める; one too many (several at the same moment) ends at once, and hears the refusal when it asks again."""
        if self._closing or self._by_account[stream.account_id] >= MOST_STREAMS:
            stream.end()
        self._streams.add(stream)
        self._by_account[stream.account_id] += 1
        self._follow(stream)

    def leave(self, stream: Stream) -> None:
        self._unfollow(stream)
        self._streams.discard(stream)
        self._by_account[stream.account_id] -= 1
        if self._by_account[stream.account_id] <= 0:
            del self._by_account[stream.account_id]

    # --- what PostgreSQL said -----------------------------------------------------------------------------------------

    def changed(self, municipality: MunicipalityCode, topic: Topic) -> None:
        for each in _followed_as(topic):
            for stream in self._by_topic.get((municipality, each), ()):
                stream.tell()

    def missed(self) -> None:
        """聞き漏らし: everybody looks again, one after the other."""
        loop = asyncio.get_running_loop()
        for place, stream in enumerate(self._streams):
            loop.call_later(SPREAD * place / len(self._streams), stream.tell)

    # --- heartbeats ---------------------------------------------------------------------------------------------------

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            for city in {stream.city for stream in self._streams}:
                streams = [stream for stream in self._streams if stream.city == city]
                try:
                    await asyncio.to_thread(self._look, city, streams, news := _News())
                except SQLAlchemyError as error:
                    log.warning("Sessions of open pages were not checked: %s.", type(error).__name__)
                    news = None
                for stream in streams:
                    self._take(stream, news)

    def _look(self, city: MunicipalityCode, streams: Iterable[Stream], news: "_News") -> None:
        """Two statements for all streams of a municipality, in a thread."""
        with self._database.reading(city) as connection:
            news.sessions = people.alive(connection, {s.token_hash for s in streams}, self._session_idle)
            news.receipts = cases.receipts_of(connection, {s.account_id for s in streams if s.lists_all})

    def _take(self, stream: Stream, news: "_News | None") -> None:
        if news is not None and stream.token_hash not in news.sessions:
            stream.end(over=True)
            return
        filed: frozenset[Topic] = frozenset(news.receipts.get(stream.account_id, ())) if news else frozenset()
        if news and stream.lists_all and filed != stream.topics:
            self._unfollow(stream)
            stream.topics, stream.changed = filed, True
            if stream in self._streams:
                self._follow(stream)
        stream.alive = True
        stream.woken.set()

    def _follow(self, stream: Stream) -> None:
        for key in stream.keys:
            self._by_topic.setdefault(key, set()).add(stream)

    def _unfollow(self, stream: Stream) -> None:
        for key in stream.keys:
            if key in self._by_topic:
                self._by_topic[key].discard(stream)
                if not self._by_topic[key]:
                    del self._by_topic[key]


def _followed_as(topic: Topic) -> tuple[Topic, ...]:
    """A duty is followed as such by those of its department, and as one of the whole city."""
    _, space, function = topic.partition(" ")
    return (topic, inbox_topic(WHOLE_CITY, function)) if space else (topic,)


def inbox_topic(department: str, function: str) -> Topic:
    """受信箱の話題, as migration 0012 says it."""
    return f"{department} {function}"


@dataclass
class _News:
    sessions: set[bytes] = field(default_factory=set)
    receipts: dict[UUID, frozenset[ReceiptNumber]] = field(default_factory=dict)


class EventStream(Response):
    """接続 as an answer that goes on until the browser leaves, the session ends or the server goes down."""

    media_type = "text/event-stream"

    def __init__(self, events: Events, stream: Stream) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._events = events
        self._stream = stream

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        self._events.open(self._stream)
        leaving = asyncio.create_task(_until_gone(receive, self._stream))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await _write(send, RETRY)
            await self._speak(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._events.leave(self._stream)
            leaving.cancel()
            with suppress(asyncio.CancelledError):
                await leaving

    async def _speak(self, send: Send) -> None:
        stream = self._stream
        while not stream.closed:
            if stream.changed:
                stream.changed = False
                await _write(send, f"id: {next(self._events.numbers)}\nevent: changed\ndata: case\n\n".encode())
                await stream.pause()
            elif stream.alive:
                await _write(send, ALIVE)
            stream.alive = False
            if not stream.changed and not stream.closed:
                await stream.woken.wait()
            stream.woken.clear()
        if stream.over:
            await _write(send, ENDED)


async def _until_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _write(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})


# --- routes: the same for programs and for pages ----------------------------------------------------------------------


def of_one_case(
    request: Request, counter: CounterHere, city: City, visitor: LoggedIn, receipt_number: str
) -> EventStream:
    """案件の変更. Raises Problem: not_found, too_many_streams."""
    receipt = ReceiptNumber(receipt_number)
    with counter.database.reading(city) as connection:
        if cases.read(connection, receipt, visitor.account_id) is None:
            raise problem("not_found")
    return _answer(request, Stream(city, visitor.account_id, _token(request), frozenset({receipt})))


def of_all_cases(request: Request, counter: CounterHere, city: City, visitor: LoggedIn) -> EventStream:
    """申請一覧の変更. Raises Problem: too_many_streams."""
    with counter.database.reading(city) as connection:
        receipts = cases.receipts_of(connection, {visitor.account_id}).get(visitor.account_id, frozenset())
    return _answer(request, Stream(city, visitor.account_id, _token(request), receipts, lists_all=True))


def of_inbox(request: Request, city: City, officer: Officer) -> EventStream:
    """受信箱の変更. Raises Problem: too_many_streams."""
    topics = frozenset(inbox_topic(duty.department, duty.function) for duty in officer.duties)
    return _answer(request, Stream(city, officer.account_id, _token(request), topics, rest=INBOX_REST))


def of_bulk(request: Request, counter: CounterHere, city: City, officer: Officer, bulk_id: UUID) -> EventStream:
    """一括処理の進み具合, of one's own. Raises Problem: not_found, too_many_streams."""
    with counter.database.reading(city) as connection:
        if bulks.read(connection, bulk_id, officer.account_id) is None:
            raise problem("not_found")
    topics = frozenset({f"bulk-{bulk_id}"})
    return _answer(request, Stream(city, officer.account_id, _token(request), topics, rest=BULK_REST))


def of_replay(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, replay_id: UUID
) -> EventStream:
    """再生の進み具合. Raises Problem: not_found, too_many_streams."""
    with counter.database.reading(city) as connection:
        if replays.read(connection, replay_id) is None:
            raise problem("not_found")
    topics = frozenset({f"replay-{replay_id}"})
    return _answer(request, Stream(city, administrator.account_id, _token(request), topics, rest=BULK_REST))


def of_repair(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, repair_id: UUID
) -> EventStream:
    """修復の進み具合. Raises Problem: not_found, too_many_streams."""
    with counter.database.reading(city) as connection:
        if repairs.read(connection, repair_id) is None:
            raise problem("not_found")
    topics = frozenset({f"bulk-{repair_id}"})
    return _answer(request, Stream(city, administrator.account_id, _token(request), topics, rest=BULK_REST))


def _answer(request: Request, stream: Stream) -> EventStream:
    events: Events = request.app.state.events
    events.require_room(stream.account_id)
    return EventStream(events, stream)


def _token(request: Request) -> bytes:
    return token_hash(request.cookies.get(SESSION_COOKIE, ""))


def of_this_case(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, receipt: str) -> EventStream:
    """As `of_one_case`, by the name the pages' addresses give the number."""
    return of_one_case(request, counter, city, visitor, receipt)


OfOneCaseHere = Annotated[EventStream, Depends(of_this_case)]
OfOneCase = Annotated[EventStream, Depends(of_one_case)]
OfAllCases = Annotated[EventStream, Depends(of_all_cases)]
OfInbox = Annotated[EventStream, Depends(of_inbox)]
OfBulk = Annotated[EventStream, Depends(of_bulk)]
OfReplay = Annotated[EventStream, Depends(of_replay)]
OfRepair = Annotated[EventStream, Depends(of_repair)]
SPOKEN: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"example": "id: 17\nevent: changed\ndata: case\n\n"}}}
}


@router.get("/events", status_code=200, response_class=EventStream, responses=SPOKEN)
async def watch_cases(stream: OfAllCases) -> Response:
    """申請一覧の変更を待つ: `changed` says to read again; a comment every 15 s; `ended` when the login is over."""
    return stream


@router.get("/{receipt_number}/events", status_code=200, response_class=EventStream, responses=SPOKEN)
async def watch_case(stream: OfOneCase) -> Response:
    """案件の変更を待つ: `changed` says to read again; a comment every 15 s; `ended` when the login is over."""
    return stream

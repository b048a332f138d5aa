"""窓口: what every use case has at hand, and who is asking."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Annotated, ParamSpec, TypeVar
from urllib.parse import urlsplit

import anyio
import anyio.from_thread
import anyio.to_thread
from fastapi import Depends, Request

from api.access.history import CertificateHistory
from api.access.identity_provider import IdentityProvider
from api.administration.engine import Engine
from api.filing.request_key import RequestKey
from api.filing.virus_scan import VirusScan
from api.problems import problem, taken_in
from api.resident.push_services import PushServices
from api.sending.dispatch import Dispatch
from api.settings import WebSettings
from api.viewing.darkroom import Darkroom
from api.visitors import DutyView, InPlaceView, Visitor
from procedures.loader import Library
from procedures.search import Index
from procedures.values import MunicipalityCode
from sheets.loader import SheetLibrary
from store import people
from store.closed_days import ClosedDays
from store.commands import Command
from store.database import Database
from store.keys import CaseKeys
from store.notice_key import NoticeKey
from store.objects import Objects
from store.people import Duty, InPlace, SessionRow
from trust.anchors import AnchorRegistry
from trust.signature import SignatureVerifier

SESSION_COOKIE = "madoguchi_session"
BROWSER_COOKIE = "madoguchi_browser"
"""Names the browser that asked for a login, so that nobody else's browser can collect the session."""


SHORT_WORKERS = 6
"""Threads for what takes milliseconds: fewer than a pool has connections, so that none waits for one of its own kind.
What may wait for Temporal keeps to FastAPI's own."""

Wanted = ParamSpec("Wanted")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Counter:
    """窓口: one per web process, wired in madoguchi.py."""

    settings: WebSettings
    database: Database
    objects: Objects
    keys: CaseKeys
    library: Library
    closed: ClosedDays
    """市の休庁日 of a municipality."""
    dispatch: Dispatch
    anchors: AnchorRegistry
    verifier: SignatureVerifier
    webhook_secret: str
    request_key: RequestKey
    temporal_namespace: str
    notice_key: NoticeKey
    engine: Engine
    """What Temporal itself knows, for administrators."""
    press: Callable[[Sequence[str]], bytes]
    """白紙の印刷: drawn pages as one PDF. Raises subprocess.SubprocessError."""
    history: CertificateHistory | None = None
    """Which certificate a renewed one replaced; None: the authority's service is not connected."""
    identity: IdentityProvider | None = None
    """The city's own identity provider for its officers, where it has one."""
    scan: VirusScan | None = None
    """The city's virus scanner for uploaded files; None: not configured."""

    push: PushServices | None = None
    """The browser makers' push services; None: the city has no key for them."""
    darkroom: Darkroom = field(default_factory=Darkroom)
    sheets: SheetLibrary = field(default_factory=SheetLibrary.read)
    """帳票の書庫."""

    @cached_property
    def index(self) -> Index:
        """手続の索引: made once per process; what residents ask it is kept nowhere."""
        return Index.of(self.library.all())

    @cached_property
    def _short(self) -> anyio.CapacityLimiter:
        return anyio.CapacityLimiter(SHORT_WORKERS)

    async def shortly(self, work: Callable[Wanted, Found], *args: Wanted.args, **named: Wanted.kwargs) -> Found:
        """Do what waits for the database at most, in one of a few threads of its own."""
        return await anyio.to_thread.run_sync(partial(work, *args, **named), limiter=self._short)

    def municipality(self, request: Request) -> MunicipalityCode:
        """The municipality whose address was asked."""
        host = _hostname(request.headers.get("host", ""))
        return self.settings.hosts.get(host, self.settings.municipality)

    def tell(self, command: Command) -> bool:
        """Send a committed command from a request thread. False: nobody knows yet. Raises Problem if refused."""
        answer = anyio.from_thread.run(self.dispatch.send, command)
        return taken_in(answer.outcome, answer.error)


@lru_cache(maxsize=64)
def _hostname(host: str) -> str:
    """Of a Host header, without its port (RFC 9110 §7.2); asked several times in every request."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # [no address of any kind]
        return ""


def token_hash(token: str) -> bytes:
    """Only hashes of tokens are stored: who reads the database cannot take over a session."""
    return hashlib.sha256(token.encode()).digest()


# Dependencies are `async` (FastAPI would send the others through a thread each) and call each other as functions: each
# one FastAPI resolves costs a request as much as a look into the session table.


async def the_counter(request: Request) -> Counter:
    counter: Counter = request.app.state.counter
    return counter


CounterHere = Annotated[Counter, Depends(the_counter)]


async def the_city(request: Request) -> MunicipalityCode:
    return (await the_counter(request)).municipality(request)


City = Annotated[MunicipalityCode, Depends(the_city)]


async def maybe_visitor(request: Request) -> Visitor | None:
    """Who is logged in, if anybody."""
    counter = await the_counter(request)
    if hasattr(request.state, "visitor") or SESSION_COOKIE not in request.cookies:
        return visitor_of(request, counter)
    return await counter.shortly(visitor_of, request, counter)


MaybeVisitor = Annotated[Visitor | None, Depends(maybe_visitor)]


async def the_visitor(request: Request) -> Visitor:
    """Raises 401 where nobody is logged in (any more)."""
    visitor = await maybe_visitor(request)
    if visitor is None:
        raise problem("login_required")
    return visitor


LoggedIn = Annotated[Visitor, Depends(the_visitor)]


async def the_officer(request: Request) -> Visitor:
    """Raises 403 where the visitor holds no duty."""
    visitor = await the_visitor(request)
    if not visitor.duties:
        raise problem("not_allowed")
    return visitor


Officer = Annotated[Visitor, Depends(the_officer)]


async def the_administrator(request: Request) -> Visitor:
    """Raises 403 where the visitor administers nothing."""
    visitor = await the_visitor(request)
    if not visitor.is_administrator:
        raise problem("not_allowed")
    return visitor


Administrator = Annotated[Visitor, Depends(the_administrator)]


async def the_superior(request: Request) -> Visitor:
    """管理者・所属長. Raises 403 where the visitor neither administers the city nor heads a department."""
    visitor = await the_visitor(request)
    if not visitor.is_administrator and not visitor.headed:
        raise problem("not_allowed")
    return visitor


Superior = Annotated[Visitor, Depends(the_superior)]


async def the_auditor(request: Request) -> Visitor:
    """Raises 403 where the visitor is no auditor."""
    visitor = await the_visitor(request)
    if not visitor.is_auditor:
        raise problem("not_allowed")
    return visitor


Auditor = Annotated[Visitor, Depends(the_auditor)]


def visitor_of(request: Request, counter: Counter) -> Visitor | None:
    """Who is logged in, looked up once per request; the guards before the routes ask too."""
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _session(counter, counter.municipality(request), token)
    found: Visitor | None = request.state.visitor
    return found


def _session(counter: Counter, city: MunicipalityCode, token: str) -> Visitor | None:
    with counter.database.reading(city) as connection:
        row = people.find_session(connection, token_hash(token), counter.settings.session_idle)
    return None if row is None else as_visitor(row)


def as_visitor(row: SessionRow) -> Visitor:
    """来訪者: what the store knows of who is asking."""
    own = frozenset(_duty(duty) for duty in row.duties)
    in_place = tuple(_in_place(own, row.in_place))
    return Visitor(
        account_id=row.account_id,
        credential_id=row.credential_id,
        officer_name=row.officer_name,
        duties=own.union(*(each.duties for each in in_place)),
        in_place=in_place,
        unread_notices=row.unread_notices,
    )


def _in_place(own: frozenset[DutyView], conveyed: Sequence[InPlace]) -> Iterator[InPlaceView]:
    """代理: each absent colleague with what is held only in their place."""
    until = {each.absent: each.until for each in sorted(conveyed, key=lambda each: each.until)}
    for absent, last_day in until.items():
        theirs = [each for each in conveyed if each.absent == absent]
        duties = frozenset(_duty(each.duty) for each in theirs if not any(duty.covers(*each.duty) for duty in own))
        yield InPlaceView(absent=absent, name=theirs[0].name, until=last_day, duties=duties)


def _duty(duty: Duty) -> DutyView:
    return DutyView(department=duty.department, function=duty.function)

"""頻度の上限: how often one visitor may ask, so that nobody keeps the others from the counter.

A moving window for each kind of request, per session where somebody is logged in, else per client address. A session
counts as one only once this process has seen it alive: a made-up cookie gets no allowance of its own. Checked before
anything of a request's body is read. RateLimit headers: draft-ietf-httpapi-ratelimit-headers (structured fields).
"""

import hashlib
import ipaddress
import logging
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Literal

from fastapi import Request
from limits import RateLimitItem, parse
from limits.aio.storage import MovingWindowSupport, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.counter import SESSION_COOKIE
from api.problems import Problem, problem
from api.settings import RateSettings

log = logging.getLogger(__name__)

Kind = Literal["logins", "uploads", "verification", "writes", "reads"]
KINDS: tuple[Kind, ...] = ("logins", "uploads", "verification", "writes", "reads")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
EXEMPT = ("/healthz", "/readyz", "/webhooks/", "/static/")
"""The proxy's look, the gateway's news (a lost one is a payment nobody sees) and files that cost nothing."""
LOGINS = ("/api/login-requests", "/api/sessions", "/api/signing-requests", "/login/")
VERIFICATION = ("/api/verification", "/verify")
KNOWN_SESSIONS = 50_000
SWEEP_EVERY = 60.0
"""Seconds between looks for visitors who are long gone."""

Refusal = Callable[[Request, Problem], Response]


class ProcessMemory(Storage, MovingWindowSupport):
    """記憶: the windows in this process's memory; for each key the times of what it asked, the oldest first.

    In place of limits' own memory storage, which looks through every key on a thread of its own after each request.
    """

    STORAGE_SCHEME = ["async+process"]  # noqa: RUF012 - as limits declares it

    def __init__(self, uri: str = "", wrap_exceptions: bool = False, **_: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._asked: dict[str, tuple[deque[float], int]] = {}
        self._swept = time.time()

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = time.time()
        self._sweep(now)
        times, _ = self._asked.setdefault(key, (deque(), expiry))
        _forget(times, now - expiry)
        if len(times) + amount > limit:
            return False
        times.extend([now] * amount)
        return True

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002
        now = time.time()
        times, _ = self._asked.get(key, (deque(), expiry))
        _forget(times, now - expiry)
        return (times[0] if times else now), len(times)

    def _sweep(self, now: float) -> None:
        if now - self._swept < SWEEP_EVERY:
            return
        self._swept = now
        gone = [key for key, (times, expiry) in self._asked.items() if not times or times[-1] <= now - expiry]
        for key in gone:
            del self._asked[key]

    # What limits asks of a storage for its other strategies.

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return ValueError

    async def check(self) -> bool:
        return True

    async def reset(self) -> int | None:
        count = len(self._asked)
        self._asked.clear()
        return count

    async def clear(self, key: str) -> None:
        self._asked.pop(key, None)

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        raise NotImplementedError

    async def get(self, key: str) -> int:
        raise NotImplementedError

    async def get_expiry(self, key: str) -> float:
        raise NotImplementedError


def _forget(times: deque[float], until: float) -> None:
    while times and times[0] <= until:
        times.popleft()


class RateLimits:
    """頻度の上限: stands before everything that reads a body. `refusal` says it, as a page or as a problem."""

    def __init__(self, app: ASGIApp, settings: RateSettings, refusal: Refusal) -> None:
        self._app = app
        self._refusal = refusal
        self._limiter = MovingWindowRateLimiter(_storage(settings.storage))
        self._limits: dict[Kind, RateLimitItem] = {kind: parse(getattr(settings, kind)) for kind in KINDS}
        self._known: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = kind_of(scope) if scope["type"] == "http" else None
        if kind is None:
            await self._app(scope, receive, send)
            return
        request, limit = Request(scope), self._limits[kind]
        session = _session_key(request)
        who = session if session in self._known else client_key(scope)
        try:
            allowed = await self._limiter.hit(limit, kind, who)
            reset, remaining = await self._limiter.get_window_stats(limit, kind, who)
        except StorageError as error:
            log.warning("The rate limits' storage cannot be reached; nobody is limited until it is back: %s.", error)
            await self._app(scope, receive, send)
            return
        wait = max(math.ceil(reset - time.time()), 1)
        counted = _counted(kind, limit, remaining, wait, send)
        if allowed:
            await self._app(scope, receive, counted)
            self._remember(request, session)
        else:
            refused = self._refusal(request, problem("too_many_requests", retry_after=wait))
            await refused(scope, receive, counted)

    def _remember(self, request: Request, session: str) -> None:
        if getattr(request.state, "visitor", None) is None:
            return
        self._known[session] = None
        self._known.move_to_end(session)
        if len(self._known) > KNOWN_SESSIONS:
            self._known.popitem(last=False)


def kind_of(scope: Scope) -> Kind | None:
    """Which allowance a request draws on; None: on none."""
    path, reading = scope["path"], scope["method"] in SAFE
    if path.startswith(EXEMPT):
        return None
    if path.startswith(VERIFICATION):
        return "verification"
    if path.startswith(LOGINS) or (path == "/login" and not reading):
        return "logins"
    if reading:
        return "reads"
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return "uploads" if kind.lower().startswith(b"multipart/") else "writes"


def client_key(scope: Scope) -> str:
    """The client's address, as uvicorn took it from a trusted proxy; of IPv6 the network a household is given (/64)."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host


def _session_key(request: Request) -> str:
    """A session's name among the windows: never its token, because a storage may be shared."""
    token = request.cookies.get(SESSION_COOKIE, "")
    return f"session:{hashlib.sha256(token.encode()).hexdigest()[:32]}"


def _counted(kind: Kind, limit: RateLimitItem, remaining: int, reset: int, send: Send) -> Send:
    async def counted(message: Message) -> None:
        if message["type"] == "http.response.start":
            policy = f'"{kind}";q={limit.amount};w={limit.get_expiry()}'
            left = f'"{kind}";r={max(remaining, 0)};t={reset}'
            said = ((b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode()))
            message["headers"] = [*message["headers"], *said]
        await send(message)

    return counted


def _storage(uri: str) -> Storage:
    found = storage_from_string("async+process://" if uri == "memory://" else f"async+{uri.removeprefix('async+')}")
    if not isinstance(found, Storage):
        raise TypeError(f"{uri!r} is no storage of rate limits.")
    return found

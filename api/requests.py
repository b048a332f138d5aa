"""要求の記録: one line of the log and one measurement for each request, by its route and never by what was in it.

A path can carry a token and a query can carry anything; the route's own pattern carries neither. The receipt number is
the one thing of the path that is told: it names a case and nobody.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.receipts import receipt_number_of

log = logging.getLogger(__name__)
tracer = trace.get_tracer(__name__)
UNKNOWN = "(unknown)"
QUIET = frozenset({"/healthz", "/readyz"})
"""Asked every few seconds by whoever watches us; measured, not written down."""


@dataclass(frozen=True)
class Answered:
    """応答: `seconds` until the answer began; a stream may last for hours."""

    method: str
    route: str
    status: int
    seconds: float


Measure = Callable[[Answered], None]


class Requests:
    """要求の記録: outermost, so that refusals are seen, too."""

    def __init__(self, app: ASGIApp, measure: Measure) -> None:
        self._app = app
        self._measure = measure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with tracer.start_as_current_span("request", kind=SpanKind.SERVER, record_exception=False) as span:
            await self._follow(scope, receive, send, span)

    async def _follow(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        begun, answered = time.perf_counter(), False

        async def noted(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start" and not answered:
                answered = True
                self._note(scope, message["status"], time.perf_counter() - begun, span)
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            if not answered:
                self._note(scope, 500, time.perf_counter() - begun, span)

    def _note(self, scope: Scope, status: int, seconds: float, span: Span) -> None:
        done = Answered(scope["method"], route_of(scope), status, seconds)
        self._measure(done)
        span.update_name(f"{done.method} {done.route}")
        span.set_attribute("http.response.status_code", status)
        if done.route in QUIET:
            return
        said = {"method": done.method, "route": done.route, "status": status, "seconds": round(seconds, 4)}
        if number := _number(scope):
            said["receipt_number"] = number
        log.info("request", extra=said)


def route_of(scope: Scope) -> str:
    """経路: the pattern of the route that answered; everything under one folder of files is one."""
    route = scope.get("route")
    if (pattern := getattr(route, "path", None)) is not None:
        return str(pattern)
    return "/static" if scope["path"].startswith("/static/") else UNKNOWN


def _number(scope: Scope) -> str | None:
    """受付番号 in the path, if it is one: somebody may type a name there."""
    named = scope.get("path_params", {})
    return receipt_number_of(str(named.get("receipt_number") or named.get("receipt") or ""))

"""守り: headers of every page, and refusal of requests another site makes in a reader's name.

Forged requests (CSRF): the session cookie is SameSite=Lax, and a request that would change something is refused when
the browser says another site caused it: `Sec-Fetch-Site` (all browsers since 2023), else `Origin` against `Host`.
A request with neither header comes from no browser and so carries nobody's cookies unasked. Chosen over form tokens:
it needs no state and no JavaScript, a page left open overnight still submits, and no form can forget it. (OWASP CSRF
cheat sheet, "Fetch Metadata"; the rule is the one of Go's net/http.CrossOriginProtection.)
"""

from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.engine_ui import is_asking, origin_of
from api.settings import WebSettings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_DISCARDED = 200_000_000
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
Refusal = Callable[[Request, int, str], Response]
Unforeseen = Callable[[Request, Exception], Response | None]


@cache
def content_policy(form_targets: tuple[str, ...]) -> str:
    """CSP: no inline script or style; forms may lead to us, the card agent and the payment page only."""
    targets = " ".join(["'self'", *map(origin_of, form_targets)])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'; form-action {targets}; frame-ancestors 'none'; base-uri 'none'"
    )


@cache
def _headers(form_targets: tuple[str, ...]) -> tuple[tuple[bytes, bytes], ...]:
    """As ASGI sends them: names in lower case."""
    headers = {"content-security-policy": content_policy(form_targets), **HEADERS}
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


def is_foreign(headers: Headers) -> bool:
    """他サイト起因: whether another site caused this request."""
    if site := headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    sender = headers.get("origin")
    return sender is not None and urlsplit(sender).netloc != headers.get("host")


class Guard:
    """守り: wraps the whole application."""

    def __init__(self, app: ASGIApp, refusal: Refusal, unforeseen: Unforeseen) -> None:
        self.app = app
        self.refusal = refusal
        self.unforeseen = unforeseen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        guarded = _guarded(scope, send)
        if refused := self._refused(scope):
            await _discard(receive)
            await refused(scope, receive, guarded)
            return
        await self._run(scope, receive, guarded)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            answer = None if started else self.unforeseen(Request(scope), error)
            if answer is not None:
                await answer(scope, receive, send)
            raise

    def _refused(self, scope: Scope) -> Response | None:
        headers, request = Headers(scope=scope), Request(scope)
        if scope["method"] not in SAFE_METHODS and is_foreign(headers) and not _is_the_engine_ui(scope, headers):
            return self.refusal(request, 403, "foreign_request")
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > _settings(scope).upload_limit:
            return self.refusal(request, 413, "too_large")
        return None


def _is_the_engine_ui(scope: Scope, headers: Headers) -> bool:
    """処理基盤の画面: the one foreign page that may ask something, and only the codec (`api/engine_ui.py`)."""
    return is_asking(scope["path"], headers.get("origin"), _settings(scope).temporal_ui_url)


async def _discard(receive: Receive) -> None:
    """A browser shows our answer only once it has sent its own; what it sends is thrown away, up to a limit."""
    more, seen = True, 0
    while more and seen < MOST_DISCARDED:
        message = await receive()
        seen += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)


def _guarded(scope: Scope, send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            settings = _settings(scope)
            given = {name for name, _ in message["headers"]}
            wanted = _headers((settings.agent_url, settings.payment_origin))
            message["headers"] = [*message["headers"], *(each for each in wanted if each[0] not in given)]
        await send(message)

    return guarded


def _settings(scope: Scope) -> WebSettings:
    settings: WebSettings = scope["app"].state.counter.settings
    return settings

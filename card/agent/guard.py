"""門番: only loopback names reach the agent (DNS rebinding), only its own page posts, no page frames or probes it."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FORBIDDEN: Final = Response("Only this machine's own browser may use the card agent.", status_code=403)
_OPENED: Final = ("", "document")
"""Sec-Fetch-Dest of a page somebody opens (none: a program without it); an image or a frame of another site differs."""


class Guard:
    """門番 around the agent's pages. `origins`: the cities' sites a form may lead back to."""

    def __init__(self, app: ASGIApp, *, port: int, origins: frozenset[str]) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        # The browser applies form-action to the redirect after the form too, so the cities stand in it.
        targets = " ".join(sorted(origins))
        policy = f"default-src 'self'; form-action 'self' {targets}; base-uri 'none'; frame-ancestors 'none'"
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-frame-options", b"DENY"),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cache-control", b"no-store"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        app: ASGIApp = self._app if self._allowed(Request(scope)) else _FORBIDDEN
        await app(scope, receive, send_guarded)

    def _allowed(self, http: Request) -> bool:
        host = http.headers.get("host", "")
        if host not in self._hosts:
            return False
        if http.method not in ("GET", "HEAD"):
            return http.headers.get("origin") == f"http://{host}"
        if http.url.path == "/sign":  # the city's page sends the whole window here
            return http.headers.get("sec-fetch-dest", "") in _OPENED
        return http.headers.get("sec-fetch-site", "none") in ("same-origin", "none")

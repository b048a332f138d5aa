"""カードエージェント: signs and logs in for a city's pages without those pages ever seeing the PIN.

It runs on the resident's own machine and listens on the loopback address only. A city's page sends the whole browser
window to ``/sign?request=<address of the request>``; the agent fetches the request, shows it, takes the PIN, has the
card sign, delivers the signature and sends the browser back.

    python -m card.agent --port 47100 --origin https://madoguchi.example --reader 127.0.0.1:47101
"""

import argparse
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import jinja2
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from card import words
from card.cades import sign_detached
from card.errors import CardError, LastTry, WrongPin
from card.jpki import JpkiCard
from card.profile import Purpose
from card.request import City, Language, RequestRefused, SigningRequest, origin
from card.transport import CardChoice, CardReader, FrameReader

_TEMPLATES: Final = Path(__file__).parent / "templates"
_MOST_PENDING: Final = 50
_LONGEST_SHOWN: Final = 20_000
_PURPOSES: Final[dict[str, Purpose]] = {"sign": "signing", "login": "authentication"}


@dataclass(frozen=True)
class AgentSettings:
    """設定: `origins` are the cities' sites that may ask; `port` is what the Host header must name."""

    port: int
    origins: frozenset[str]
    reader: CardReader


@dataclass
class _Pending:
    """待っている依頼: under a token only our own page knows."""

    requests: dict[str, SigningRequest] = field(default_factory=dict)

    def add(self, request: SigningRequest) -> str:
        self.requests = {token: one for token, one in self.requests.items() if not one.expired()}
        while len(self.requests) >= _MOST_PENDING:
            del self.requests[next(iter(self.requests))]
        token = secrets.token_urlsafe(32)
        self.requests[token] = request
        return token

    def get(self, token: str) -> SigningRequest:
        """Raises RequestRefused if the token is unknown or its request has expired."""
        request = self.requests.get(token)
        if request is None or request.expired():
            raise RequestRefused("request_expired")
        return request


@dataclass(frozen=True)
class _Trouble:
    """What the page says went wrong; `consent` asks before the last try is spent."""

    text: str
    detail: str = ""
    about_pin: bool = False
    consent: bool = False


class CardAgent:
    """カードエージェントの画面."""

    def __init__(self, settings: AgentSettings) -> None:
        self._settings = settings
        self._pending = _Pending()
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
        )
        self._style = (_TEMPLATES / "agent.css").read_text()

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        # trust_env: a proxy of the environment must not see what a resident signs
        async with httpx.AsyncClient(timeout=15, trust_env=False) as client:
            self._city = City(client, self._settings.origins)
            yield

    async def style(self, _: Request) -> Response:
        return Response(self._style, media_type="text/css")

    async def show(self, http: Request) -> Response:
        """依頼を見せる: GET /sign?request=…"""
        try:
            request = await self._city.fetch(http.query_params.get("request", ""))
        except RequestRefused as refused:
            return self._refusal(refused, _language(http))
        return await self._page(request, self._pending.add(request))

    async def sign(self, http: Request) -> Response:
        """署名する: POST /sign; the PIN goes to the card and nowhere else."""
        form = await http.form(max_files=0, max_fields=10, max_part_size=4096)
        token, card, pin = (str(form.get(name, "")) for name in ("token", "card", "pin"))
        try:
            request = self._pending.get(token)
        except RequestRefused as refused:
            return self._refusal(refused, _language(http))
        try:
            cms = await run_in_threadpool(self._signed, request, card, pin, form.get("consent") == "yes")
            target = await self._city.submit(request, cms)
        except CardError as error:
            return await self._page(request, token, _card_trouble(request.language, error), card)
        except RequestRefused as refused:
            trouble = _Trouble(words.word(request.language, refused.code), refused.detail)
            return await self._page(request, token, trouble, card)
        self._pending.requests.pop(token, None)
        return RedirectResponse(target, status_code=303)

    def _signed(self, request: SigningRequest, card: str, pin: str, spend_last_try: bool) -> bytes:
        with JpkiCard(self._settings.reader.open(card)) as jpki:
            signer = jpki.unlock(_PURPOSES[request.purpose], pin, spend_last_try=spend_last_try)
            return sign_detached(signer, request.content, datetime.now(UTC))

    async def _page(
        self, request: SigningRequest, token: str, trouble: _Trouble | None = None, card: str = ""
    ) -> Response:
        choices: list[CardChoice] = []
        try:
            choices = await run_in_threadpool(self._settings.reader.choices)
        except CardError as error:
            trouble = trouble or _card_trouble(request.language, error)
        label, hint = words.pin_words(request.language, _PURPOSES[request.purpose])
        return self._render(
            "sign.html",
            request.language,
            422 if trouble else 200,
            request=request, token=token, trouble=trouble, choices=choices, chosen=card,
            label=label, hint=hint, numeric=request.purpose == "login",
            asked_by=origin(request.submit_url), exact=_shown(request.content),
        )  # fmt: skip

    def _refusal(self, refused: RequestRefused, language: Language) -> Response:
        status = 502 if refused.code == "city_unreachable" else 400
        text = words.word(language, refused.code)
        return self._render("refused.html", language, status, text=text, detail=refused.detail)

    def _render(self, name: str, language: Language, status: int, **values: object) -> Response:
        page = self._pages.get_template(name)
        content = page.render(language=language, word=lambda key: words.word(language, key), **values)
        return HTMLResponse(content, status_code=status)


def _language(http: Request) -> Language:
    wanted = http.headers.get("accept-language", "").lower()
    known: tuple[Language, ...] = ("ja", "en", "zh", "ko")
    return next((one for one in known if wanted.startswith(one)), "ja")


def _card_trouble(language: Language, error: CardError) -> _Trouble:
    last = isinstance(error, LastTry) or (isinstance(error, WrongPin) and error.tries_left == 1)
    text = words.sentence(language, error)
    if isinstance(error, WrongPin) and last:
        text = f"{text} {words.word(language, 'last_try')}"
    about_pin = isinstance(error, WrongPin | LastTry) or error.code.startswith("pin_")
    return _Trouble(text, about_pin=about_pin, consent=last)


def _shown(content: bytes) -> str:
    """署名されるデータ: as text if it is text, else as hex."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.hex(" ")
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + " …"


class _Guard:
    """門番: only loopback names reach us (DNS rebinding), only our own page posts, and no page frames us."""

    def __init__(self, app: ASGIApp, *, settings: AgentSettings) -> None:
        self._app = app
        self._hosts = {f"{name}:{settings.port}" for name in ("127.0.0.1", "localhost")}
        # The browser applies form-action to the redirect after the form too, so the cities stand in it.
        targets = " ".join(sorted(settings.origins))
        policy = f"default-src 'self'; form-action 'self' {targets}; base-uri 'none'; frame-ancestors 'none'"
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-frame-options", b"DENY"),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
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
        return http.method in ("GET", "HEAD") or http.headers.get("origin", f"http://{host}") == f"http://{host}"


_FORBIDDEN: Final = Response("Only this machine's own browser may use the card agent.", status_code=403)


def create_app(settings: AgentSettings) -> Starlette:
    """カードエージェント as an ASGI application; serve it on 127.0.0.1 only."""
    agent = CardAgent(settings)
    return Starlette(
        routes=[
            Route("/sign", agent.show, methods=["GET"]),
            Route("/sign", agent.sign, methods=["POST"]),
            Route("/agent.css", agent.style, methods=["GET"]),
        ],
        middleware=[Middleware(_Guard, settings=settings)],
        lifespan=agent.lifespan,
    )


def _reader(text: str) -> CardReader:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT, e.g. 127.0.0.1:47101.")
    return FrameReader(host, int(port))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m card.agent", description="The card agent, on 127.0.0.1.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--origin", action="append", required=True, help="a city's site that may ask; repeatable")
    parser.add_argument("--reader", type=_reader, required=True, help="HOST:PORT of the sandbox's card reader")
    arguments = parser.parse_args()
    origins = frozenset(origin(one) for one in arguments.origin)
    app = create_app(AgentSettings(arguments.port, origins, arguments.reader))
    # No access log: addresses of requests would tell who signs what and when.
    uvicorn.run(app, host="127.0.0.1", port=arguments.port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()

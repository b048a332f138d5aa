"""カードエージェントの画面: shows what is asked in plain words, takes the PIN, and sends the browser back."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from card.agent import file, words
from card.agent.cities import LANGUAGES, Cities, Language, TrustedCity
from card.agent.file import FileUnusable
from card.agent.guard import Guard
from card.agent.request import Attribute, CityLink, RequestRefused, SigningRequest
from card.agent.signing import PURPOSES, Answered, SigningDesk
from card.agent.tray import CardChoice
from card.errors import CardError, LastTry, NotThisCard, WrongPin
from card.profile import PinName

_TEMPLATES: Final = Path(__file__).parent / "templates"
_STATIC: Final = {"agent.css": "text/css", "agent.js": "text/javascript"}
_MOST_PENDING: Final = 50
_LONGEST_SHOWN: Final = 20_000


@dataclass(frozen=True)
class AgentSettings:
    """設定: `port` is what the Host header must name."""

    port: int
    cities: Cities
    desk: SigningDesk


@dataclass(frozen=True)
class _Shown:
    """見せた依頼: what this page showed is what gets signed, whatever the city's server says later."""

    city: TrustedCity
    request: SigningRequest


@dataclass
class _Desk:
    """机の上: shown requests, each under a token only its own page knows; and which were answered."""

    shown: dict[str, _Shown] = field(default_factory=dict)
    read: dict[str, Mapping[Attribute, str]] = field(default_factory=dict, repr=False)
    """What a card said, until its holder has it sent: under the token of the page that asked."""
    answered: dict[str, datetime] = field(default_factory=dict)

    def put(self, city: TrustedCity, request: SigningRequest) -> str:
        """Raises RequestRefused if this very request was answered before (single use)."""
        self._forget_expired()
        self._require_unanswered(request)
        while len(self.shown) >= _MOST_PENDING:
            self._drop(next(iter(self.shown)))
        token = secrets.token_urlsafe(32)
        self.shown[token] = _Shown(city, request)
        return token

    def take(self, token: str) -> _Shown:
        """Raises RequestRefused if the token is unknown, its request has expired or was answered in another tab."""
        found = self.shown.get(token)
        if found is None or found.request.expired():
            raise RequestRefused("request_expired")
        self._require_unanswered(found.request)
        return found

    def take_read(self, token: str) -> Mapping[Attribute, str]:
        """Raises RequestRefused if nothing was read on that page, or it is gone."""
        if token not in self.read:
            raise RequestRefused("request_expired")
        return self.read[token]

    def close(self, token: str, request: SigningRequest) -> None:
        self.answered[request.id] = request.expires_at
        self._drop(token)

    def _drop(self, token: str) -> None:
        self.shown.pop(token, None)
        self.read.pop(token, None)

    def _require_unanswered(self, request: SigningRequest) -> None:
        if request.id in self.answered:
            raise RequestRefused("request_answered")

    def _forget_expired(self) -> None:
        for token in [token for token, one in self.shown.items() if one.request.expired()]:
            self._drop(token)
        now = datetime.now().astimezone()
        self.answered = {name: ends for name, ends in self.answered.items() if ends > now}


@dataclass(frozen=True)
class _Trouble:
    """What the page says went wrong; `consent` asks before the last try is spent."""

    text: str
    detail: str = ""
    about_pin: bool = False
    consent: bool = False


class AgentPages:
    """カードエージェントの画面."""

    def __init__(self, settings: AgentSettings) -> None:
        self._settings = settings
        self._desk = _Desk()
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
        )
        self._static = {name: (_TEMPLATES / name).read_text(encoding="utf-8") for name in _STATIC}

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        # trust_env: a proxy of the environment must not see what a resident signs
        async with httpx.AsyncClient(timeout=15, trust_env=False) as client:
            self._link = CityLink(client, self._settings.cities)
            yield

    async def static(self, http: Request) -> Response:
        name = http.url.path.removeprefix("/")
        return Response(self._static[name], media_type=_STATIC[name])

    async def reader(self, _: Request) -> Response:
        """リーダーの様子: what lies on the reader now, for the page that is open; says nothing of whose card it is."""
        return JSONResponse({"state": await run_in_threadpool(self._settings.desk.state)})

    async def show(self, http: Request) -> Response:
        """依頼を見せる: GET /sign?request=…"""
        try:
            city, request = await self._link.fetch(http.query_params.get("request", ""), _language(http))
            _require_own(request)
            token = self._desk.put(city, request)
        except RequestRefused as refused:
            return self._refusal(refused, _language(http))
        return await self._page(_Shown(city, request), token)

    async def sign(self, http: Request) -> Response:
        """署名する, or read: POST /sign; the PIN goes to the card and nowhere else."""
        async with http.form(max_files=1, max_fields=10, max_part_size=4096) as form:
            token, answered = str(form.get("token", "")), await _answered(form)
        try:
            shown = self._desk.take(token)
        except RequestRefused as refused:
            return self._refusal(refused, _language(http))
        if shown.request.purpose == "read":
            return await self._read(shown, token, answered)
        language = shown.request.language
        try:
            cms = await run_in_threadpool(self._settings.desk.sign, shown.request, answered)
            self._desk.take(token)  # another tab may have answered while this one waited for the card
            target = await self._link.submit(shown.request, cms)
        except CardError as error:
            return await self._page(shown, token, _card_trouble(language, error), answered.card)
        except FileUnusable as unusable:
            trouble = _Trouble(words.word(language, unusable.code), about_pin=True)
            return await self._page(shown, token, trouble)
        except RequestRefused as refused:
            trouble = _Trouble(words.word(language, refused.code), refused.detail)
            return await self._page(shown, token, trouble, answered.card)
        self._desk.close(token, shown.request)
        return RedirectResponse(target, status_code=303)

    async def _read(self, shown: _Shown, token: str, answered: Answered) -> Response:
        """券面事項を読み取り、見せる: nothing is sent yet."""
        language = shown.request.language
        try:
            found = await run_in_threadpool(self._settings.desk.read, shown.request, answered)
        except CardError as error:
            return await self._page(shown, token, _card_trouble(language, error, reading=True), answered.card)
        if not found:
            return await self._page(shown, token, _Trouble(words.word(language, "nothing_read")), answered.card)
        self._desk.read[token] = found
        return self._confirmation(shown, token, found)

    async def send(self, http: Request) -> Response:
        """読み取ったことを送る: POST /send; exactly what was shown."""
        async with http.form(max_files=0, max_fields=10, max_part_size=4096) as form:
            token = str(form.get("token", ""))
        try:
            shown, found = self._desk.take(token), self._desk.take_read(token)
        except RequestRefused as refused:
            return self._refusal(refused, _language(http))
        try:
            target = await self._link.tell(shown.request, found)
        except RequestRefused as refused:
            said = words.word(shown.request.language, refused.code)
            return self._confirmation(shown, token, found, _Trouble(said, refused.detail))
        self._desk.close(token, shown.request)
        return RedirectResponse(target, status_code=303)

    def _confirmation(
        self, shown: _Shown, token: str, found: Mapping[Attribute, str], trouble: _Trouble | None = None
    ) -> Response:
        request, language = shown.request, shown.request.language
        lines = [
            (words.word(language, name), words.attribute(language, name, found.get(name, "")))
            for name in request.attributes
        ]
        status = 422 if trouble else 200
        return self._render(
            "confirm.html", language, status,
            request=request, token=token, trouble=trouble, city=shown.city, lines=lines,
        )  # fmt: skip

    async def _page(self, shown: _Shown, token: str, trouble: _Trouble | None = None, card: str = "") -> Response:
        request, language = shown.request, shown.request.language
        business = "business" in request.holders
        choices: tuple[CardChoice, ...] = ()
        try:
            choices = () if business else await run_in_threadpool(self._settings.desk.choices)
        except CardError as error:
            trouble = trouble or _card_trouble(language, error)
        label, hint = words.file_words(language) if business else words.pin_words(language, _pin(request))
        return self._render(
            "sign.html",
            language,
            422 if trouble else 200,
            request=request, token=token, trouble=trouble, choices=choices, chosen=card, business=business,
            label=label, hint=hint, numeric=request.purpose != "sign",
            city=shown.city, exact=_exact(request.content),
        )  # fmt: skip

    def _refusal(self, refused: RequestRefused, language: Language) -> Response:
        status = 502 if refused.code == "city_unreachable" else 400
        text = words.word(language, refused.code)
        return self._render("refused.html", language, status, text=text, detail=refused.detail)

    def _render(self, name: str, language: Language, status: int, **values: object) -> Response:
        page = self._pages.get_template(name)
        content = page.render(language=language, word=lambda key: words.word(language, key), **values)
        return HTMLResponse(content, status_code=status)


def _require_own(request: SigningRequest) -> None:
    """Raises RequestRefused: what a reader at a counter is asked, no agent answers."""
    if request.purpose == "identify":
        raise RequestRefused("request_malformed")


async def _answered(form: FormData) -> Answered:
    uploaded = form.get("file")
    content = await uploaded.read(file.LARGEST + 1) if isinstance(uploaded, UploadFile) else b""
    return Answered(
        pin=str(form.get("pin", "")),
        card=str(form.get("card", "")),
        spend_last_try=form.get("consent") == "yes",
        file=content,
    )


def _language(http: Request) -> Language:
    wanted = http.headers.get("accept-language", "").lower()
    return next((one for one in LANGUAGES if wanted.startswith(one)), "ja")


def _pin(request: SigningRequest) -> PinName:
    return "attributes" if request.purpose == "read" else PURPOSES[request.purpose]


def _card_trouble(language: Language, error: CardError, *, reading: bool = False) -> _Trouble:
    if reading and isinstance(error, NotThisCard):
        return _Trouble(words.word(language, "no_text"))
    last = isinstance(error, LastTry) or (isinstance(error, WrongPin) and error.tries_left == 1)
    about_pin = isinstance(error, WrongPin | LastTry) or error.code.startswith("pin_")
    return _Trouble(words.sentence(language, error), about_pin=about_pin, consent=last)


def _exact(content: bytes) -> str:
    """署名されるデータ: as text if it is text, else as hex."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.hex(" ")
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + " …"


def create_app(settings: AgentSettings) -> Starlette:
    """カードエージェント as an ASGI application; serve it on 127.0.0.1 only."""
    pages = AgentPages(settings)
    origins = frozenset(settings.cities.by_origin)
    return Starlette(
        routes=[
            Route("/sign", pages.show, methods=["GET"]),
            Route("/sign", pages.sign, methods=["POST"]),
            Route("/send", pages.send, methods=["POST"]),
            Route("/reader", pages.reader, methods=["GET"]),
            *(Route(f"/{name}", pages.static, methods=["GET"]) for name in _STATIC),
        ],
        middleware=[Middleware(Guard, port=settings.port, origins=origins)],
        lifespan=pages.lifespan,
    )

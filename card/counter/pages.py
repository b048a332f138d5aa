"""窓口のカードリーダーの画面: says whose turn it is to do what, and takes the PIN. It works without JavaScript."""

import json
from pathlib import Path
from typing import Final

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from card.agent import words as agent_words
from card.agent.cities import LANGUAGES, Language
from card.agent.guard import Guard
from card.agent.tray import CardChoice
from card.counter.desk import CounterReader, Seat, Typed
from card.errors import CardError, LastTry, WrongPin

_HERE: Final = Path(__file__).parent / "templates"
_AGENT: Final = Path(agent_words.__file__).parent / "templates"
_WORDS: Final[dict[str, dict[Language, str]]] = json.loads((_HERE / "words.json").read_text(encoding="utf-8"))
_STATIC: Final = {
    "agent.css": (_AGENT / "agent.css", "text/css"),
    "counter.css": (_HERE / "counter.css", "text/css"),
    "counter.js": (_HERE / "counter.js", "text/javascript"),
}


class CounterPages:
    """窓口のカードリーダーの画面 of one counter."""

    def __init__(self, desk: CounterReader, counter: str) -> None:
        self._desk = desk
        self._counter = counter
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined
        )

    async def show(self, http: Request) -> Response:
        """いまの画面."""
        seat = self._desk.shown()
        language = seat.request.language if seat.request else _language(http)
        choices: tuple[CardChoice, ...] = ()
        if self._desk.tray and seat.phase == "card":
            choices = await run_in_threadpool(self._desk.tray.choices)
        trouble = seat.trouble
        content = self._pages.get_template("counter.html").render(
            language=language, word=lambda name: _WORDS[name][language], seat=seat, counter=self._counter,
            choices=choices, pin=agent_words.pin_words(language, "authentication"),
            trouble=agent_words.sentence(language, trouble) if trouble else "", consent=_is_last(trouble),
            ended=_ended(language, seat), consent_word=agent_words.word(language, "consent"),
        )  # fmt: skip
        return HTMLResponse(content, 422 if trouble else 200)

    async def state(self, _: Request) -> Response:
        """段階, for the page that is open: whether it shows what is."""
        seat = self._desk.shown()
        return JSONResponse({"state": f"{seat.number} {seat.phase}"})

    async def type(self, http: Request) -> Response:
        """暗証番号: to the card, and nowhere else."""
        async with http.form(max_files=0, max_fields=5, max_part_size=1024) as form:
            number, declined = str(form.get("number", "")), form.get("action") == "decline"
            typed = Typed(str(form.get("pin", "")), form.get("consent") == "yes")
        if number.isdigit():
            self._desk.type(int(number), None if declined else typed)
        return RedirectResponse("/", 303)

    async def lay(self, http: Request) -> Response:
        """カードを置く (試験環境)."""
        async with http.form(max_files=0, max_fields=5, max_part_size=1024) as form:
            card = str(form.get("card", ""))
        if self._desk.tray:
            try:
                await run_in_threadpool(self._desk.tray.lay, card)
            except CardError:  # no such card; the page still waits for one
                return RedirectResponse("/", 303)
        return RedirectResponse("/", 303)

    async def static(self, http: Request) -> Response:
        file, kind = _STATIC[http.url.path.removeprefix("/")]
        return Response(file.read_text(encoding="utf-8"), media_type=kind)


def _is_last(trouble: CardError | None) -> bool:
    """あと一回: the holder must say so before it is spent."""
    return isinstance(trouble, LastTry) or (isinstance(trouble, WrongPin) and trouble.tries_left == 1)


def _ended(language: Language, seat: Seat) -> str:
    if seat.word is None:
        return ""
    return seat.detail or _WORDS[f"over_{seat.word}"][language]


def _language(http: Request) -> Language:
    wanted = http.headers.get("accept-language", "").lower()
    return next((one for one in LANGUAGES if wanted.startswith(one)), "ja")


def create_app(desk: CounterReader, counter: str, port: int) -> Starlette:
    """窓口のカードリーダーの画面 as an ASGI application; serve it on 127.0.0.1 only."""
    pages = CounterPages(desk, counter)
    return Starlette(
        routes=[
            Route("/", pages.show, methods=["GET"]),
            Route("/state", pages.state, methods=["GET"]),
            Route("/pin", pages.type, methods=["POST"]),
            Route("/card", pages.lay, methods=["POST"]),
            *(Route(f"/{name}", pages.static, methods=["GET"]) for name in _STATIC),
        ],
        middleware=[Middleware(Guard, port=port, origins=frozenset())],
    )

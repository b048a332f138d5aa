"""庁内システム: one old web system: who is logged in, when it is open, and what goes wrong on demand."""

import asyncio
import hmac
import json
import secrets
import time as clock
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox.legacy.book import Book, Json
from sandbox.legacy.faults import Fault, FaultUnknown, read_fault

Endpoint = Callable[[Request], Awaitable[Response]]
JAPAN = ZoneInfo("Asia/Tokyo")


def read_secret(folder: Path, name: str, first: str) -> str:
    """秘密の読取り: written on first use, mode 0600, then kept."""
    path = folder / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(first)
    return path.read_text().strip()


@dataclass(frozen=True)
class Hours:
    """利用時間: on every day, in Japan's time. The same moment twice: always open."""

    opens: time = time.min
    closes: time = time.min

    def open_at(self, at: datetime) -> bool:
        """利用できるか否か."""
        return self.opens == self.closes or self.opens <= at.astimezone(JAPAN).time() < self.closes

    @classmethod
    def read(cls, text: str) -> "Hours":
        """読取り: 07:00-22:00."""
        return cls(*(time.fromisoformat(each) for each in text.split("-")))


@dataclass
class Sessions:
    """接続: in memory, so that a new start ends them all. Each ends `idle_seconds` after its last page."""

    idle_seconds: float
    _seen: dict[str, float] = field(default_factory=dict)

    def begin(self) -> str:
        """開始: its id, for the cookie."""
        session = secrets.token_hex(16)
        self._seen[session] = clock.monotonic()
        return session

    def goes_on(self, session: str) -> bool:
        """続いているか否か: and lives on from now."""
        seen = self._seen.pop(session, None)
        if seen is None or clock.monotonic() - seen > self.idle_seconds:
            return False
        self._seen[session] = clock.monotonic()
        return True

    def end_all(self) -> None:
        """全て終了."""
        self._seen.clear()


class BrokenAnswer(Response):
    """途切れた応答: never sends the rest, so the server closes the connection in the middle."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/html"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<html>", "more_body": True})


class LegacySystem:
    """庁内システム: the parts every page has in common. Its templates lie in `templates` and in this package."""

    def __init__(
        self, name: str, title: str, folder: Path, templates: Path, *, hours: Hours, idle_seconds: float
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.title = title
        self.book = Book(folder / f"{name}.sqlite3")
        self._user = read_secret(folder, "user", "robot01")
        self._password = read_secret(folder, "password", secrets.token_urlsafe(12))
        self._hours = hours
        self._sessions = Sessions(idle_seconds)
        loader = ChoiceLoader([FileSystemLoader(each) for each in (templates, Path(__file__).parent / "templates")])
        self._templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)

    # --- what pages are made of ---------------------------------------------------------------------------------------

    def route(self, path: str, endpoint: Endpoint, method: str = "GET", *, public: bool = False) -> Route:
        """画面: only while it is open and, unless `public`, only for whoever is logged in."""

        async def answer(request: Request) -> Response:
            await request.body()  # what has arrived is carried out, whether or not anybody still waits for the answer
            self.book.visit(f"{method} {request.url.path}")
            fault = self.book.take_fault(method, request.url.path)
            return await self._befallen(fault, lambda: self._answer(request, endpoint, fault, public=public))

        return Route(path, answer, methods=[method])

    def render(self, template: str, status: int = 200, **values: object) -> Response:
        """表示."""
        html = self._templates.get_template(template).render(name=self.name, title=self.title, **values)
        return HTMLResponse(html, status, {"cache-control": "no-store"})

    def altered(self, request: Request) -> bool:
        """誤登録か否か: whether this request's fault is to store something else."""
        return bool(request.state.altered)

    async def log_in(self, request: Request, then: str) -> Response:
        """ログイン: on to `then`, or the form again."""
        form = await request.form()
        given = (entry(form, "user"), entry(form, "password"))
        if not all(map(hmac.compare_digest, given, (self._user, self._password))):
            return self.render("login.html", problem="利用者ＩＤまたはパスワードが違います。")
        response = RedirectResponse(then, 303)
        response.set_cookie(f"{self.name}_session", self._sessions.begin(), httponly=True, samesite="lax")
        return response

    def logged_in(self, request: Request) -> bool:
        """ログイン中か否か."""
        return self._sessions.goes_on(request.cookies.get(f"{self.name}_session", ""))

    async def _answer(self, request: Request, endpoint: Endpoint, fault: Fault | None, *, public: bool) -> Response:
        kind = fault.kind if fault else None
        request.state.altered = kind == "altered"
        if kind == "closed" or not self._hours.open_at(datetime.now(JAPAN)):
            return self.render("closed.html")
        if kind == "session_lost":
            self._sessions.end_all()
        if not public and not self.logged_in(request):
            return self.render("expired.html")
        return self.render("notice.html") if kind == "notice" else await endpoint(request)

    async def _befallen(self, fault: Fault | None, answer: Callable[[], Awaitable[Response]]) -> Response:
        """故障: what comes instead of the answer, or after it was already made."""
        kind, seconds = (fault.kind, fault.seconds) if fault else (None, 0.0)
        match kind:
            case "error":
                return self.render("error.html", 500)
            case "drop":
                return BrokenAnswer()
            case "slow":
                await asyncio.sleep(seconds)
        made = await answer()
        match kind:
            case "error_after":
                return self.render("error.html", 500)
            case "drop_after":
                return BrokenAnswer()
            case "late":
                await asyncio.sleep(seconds)
        return made

    # --- controls -----------------------------------------------------------------------------------------------------

    def controls(self) -> list[Route]:
        """試験用の操作: without a login; the sandbox listens on 127.0.0.1 only."""
        return [
            Route("/_sandbox/health", self._health, methods=["GET"]),
            Route("/_sandbox/faults", self._faults, methods=["GET", "POST", "DELETE"]),
            Route("/_sandbox/ledger", self._ledger, methods=["GET"]),
        ]

    async def _health(self, _: Request) -> Response:
        return JSONResponse({"sandbox": True, "neighbour": self.name})

    async def _faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.book.clear_faults()
        elif request.method == "POST":
            try:
                self.book.add_fault(read_fault(await _json(request)))
            except FaultUnknown as error:
                return JSONResponse({"error": str(error)}, 422)
        return JSONResponse(self.book.faults())

    async def _ledger(self, _: Request) -> Response:
        return JSONResponse({"records": self.book.records(), "visits": self.book.visits()})


def entry(form: FormData, name: str) -> str:
    """入力値: of one field; empty where there is none."""
    value = form.get(name, "")
    return "" if isinstance(value, UploadFile) else value.strip()[:64]


async def _json(request: Request) -> Json:
    with suppress(json.JSONDecodeError, UnicodeDecodeError):
        given = json.loads(await request.body())
        if isinstance(given, dict):
            return given
    return {}

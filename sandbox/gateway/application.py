"""組立て: the gateway's ASGI application, its secrets' files, and its controls under /_sandbox."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.gateway.api import Api
from sandbox.gateway.charges import Charges
from sandbox.gateway.checkout import Checkout
from sandbox.gateway.delivery import Courier, Endpoint
from sandbox.gateway.events import Announcer, public
from sandbox.gateway.faults import read_fault
from sandbox.gateway.journal import Journal
from sandbox.gateway.ledger import ledger
from sandbox.gateway.pages import Pages
from sandbox.gateway.refusal import Json, Refusal


def read_secret(folder: Path, name: str, prefix: str) -> str:
    """秘密の読取り: created on first use, mode 0600, then kept."""
    path = folder / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(prefix + secrets.token_hex(24))
    return path.read_text().strip()


def create_application(
    folder: Path, *, webhook: str | None, dispute_after_seconds: float = 5.0, retry_seconds: float = 1.0
) -> Starlette:
    """組立て: opens FOLDER's journal; the courier runs for as long as the application does."""
    folder.mkdir(parents=True, exist_ok=True)
    api_key, secret = read_secret(folder, "api_key", "sk_test_"), read_secret(folder, "webhook_secret", "whsec_")
    journal = Journal(folder / "gateway.sqlite3")
    announcer = Announcer(journal, has_endpoint=webhook is not None)
    charges = Charges(journal, announcer)
    checkout = Checkout(journal, announcer, charges, dispute_after_seconds)
    courier = Courier(journal, checkout, charges, Endpoint(webhook, secret, retry_seconds) if webhook else None)
    pages = Pages(journal, checkout, courier.wake)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running = asyncio.create_task(courier.run())
        yield
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        journal.close()

    api = Api(journal, checkout, charges, api_key, courier.wake)
    controls = Controls(journal, charges, pages, courier.wake)
    return Starlette(routes=[*api.routes(), *pages.routes(), *controls.routes()], lifespan=lifespan)


@dataclass
class Controls:
    """試験用の操作: faults, disputes and the ledger. Without a key: the sandbox listens on 127.0.0.1 only."""

    journal: Journal
    charges: Charges
    pages: Pages
    wake: Callable[[], None]

    def routes(self) -> list[Route]:
        """経路: paths under /_sandbox."""
        return [
            Route("/_sandbox/health", _health, methods=["GET"]),
            Route("/_sandbox/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/_sandbox/disputes", self.dispute, methods=["POST"]),
            Route("/_sandbox/disputes/{id}/close", self.close_dispute, methods=["POST"]),
            Route("/_sandbox/ledger", self.show_ledger, methods=["GET"]),
        ]

    async def faults(self, request: Request) -> Response:
        """故障の予約・一覧・取消し."""
        try:
            if request.method == "POST":
                self.journal.add_fault(read_fault(await _json(request)))
            elif request.method == "DELETE":
                self.journal.clear_faults()
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        return JSONResponse(self.journal.faults())

    async def dispute(self, request: Request) -> Response:
        """異議の申立て."""
        given = await _json(request)
        return self._change(lambda: self.charges.dispute(given))

    async def close_dispute(self, request: Request) -> Response:
        """異議の終結."""
        given = await _json(request)
        return self._change(lambda: self.charges.close_dispute(request.path_params["id"], str(given.get("status"))))

    async def show_ledger(self, request: Request) -> Response:
        """台帳: a page for browsers, JSON for checkers."""
        content = ledger(self.journal)
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse(content)
        html = self.pages.templates.get_template("ledger.html").render(content)
        return Response(html, media_type="text/html")

    def _change(self, change: Callable[[], Json]) -> Response:
        try:
            with self.journal.transaction():
                changed = change()
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        self.wake()
        return JSONResponse(public(changed))


async def _health(_: Request) -> Response:
    return JSONResponse({"sandbox": True, "neighbour": "payment gateway"})


async def _json(request: Request) -> Json:
    """JSON本文: an empty dictionary when it is not a JSON object; the reader then says what is missing."""
    with suppress(json.JSONDecodeError, UnicodeDecodeError):
        given = json.loads(await request.body())
        if isinstance(given, dict):
            return given
    return {}

"""組立て: the mail server's page and controls, and the SMTP server that lives as long as they do."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.mail.box import FAULTS, Box
from sandbox.mail.furnishing import furnish
from sandbox.mail.server import Server, protocol

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)


def create_application(folder: Path, smtp: socket.socket, pipe: str | None = None) -> Starlette:
    """組立て: SMTP on `smtp`; reports of failure go through the command `pipe` as well."""
    tls, password = furnish(folder)
    box = Box(folder / "mails.jsonl")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        made = protocol(Server(box, pipe), tls, password)
        server = await asyncio.get_running_loop().create_server(made, sock=smtp)
        yield
        server.close()

    return Starlette(routes=Controls(box).routes(), lifespan=lifespan)


@dataclass
class Controls:
    """画面と操作: without a key: the sandbox listens on 127.0.0.1 only."""

    box: Box

    def routes(self) -> list[Route]:
        """経路."""
        return [
            Route("/", self.page, methods=["GET"]),
            Route("/_sandbox/health", _health, methods=["GET"]),
            Route("/_sandbox/mails", self.mails, methods=["GET"]),
            Route("/_sandbox/mails/{number:int}.eml", self.raw, methods=["GET"]),
            Route("/_sandbox/faults", self.faults, methods=["GET", "POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """メールを読む画面."""
        to = request.query_params.get("to", "")
        shown = {"mails": self.box.mails(to), "to": to, "faults": self.box.faults, "kinds": FAULTS}
        return Response(TEMPLATES.get_template("mailbox.html").render(shown), media_type="text/html")

    async def mails(self, request: Request) -> Response:
        """メールの一覧 (JSON)."""
        return JSONResponse([mail.as_dict() for mail in self.box.mails(request.query_params.get("to", ""))])

    async def raw(self, request: Request) -> Response:
        """メールそのもの, byte for byte."""
        mail = self.box.mail(request.path_params["number"])
        return Response(mail.content, media_type="message/rfc822") if mail else Response(status_code=404)

    async def faults(self, request: Request) -> Response:
        """故障: {address, kind}; a kind that is none of ours ends it. From the page as a form."""
        if request.method == "POST":
            is_form = "form" in request.headers.get("content-type", "")
            given = dict(await request.form()) if is_form else json.loads(await request.body())
            self.box.set_fault(str(given.get("address", "")), given.get("kind"))
            if is_form:
                return RedirectResponse("/", 303)
        return JSONResponse(self.box.faults)


async def _health(_: Request) -> Response:
    return JSONResponse({"sandbox": True, "neighbour": "mail server"})

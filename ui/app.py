"""画面の組立て: routers, static files and guards of every page."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from starlette.exceptions import HTTPException

from ui import problems
from ui.admin import cases as admin_cases
from ui.admin import certificates as admin_certificates
from ui.admin import handover as admin_handover
from ui.assets import Assets
from ui.resident import (
    account,
    attachments,
    cases,
    catalogue,
    documents,
    drafts,
    entrance,
    export,
    filing,
    my,
    notices,
    points,
    prefill,
)
from ui.reviewer import inbox, statistics
from ui.security import Guard

ROUTERS = (
    catalogue.router,
    entrance.router,
    account.router,
    my.router,
    notices.router,
    export.router,
    drafts.router,
    attachments.router,
    prefill.router,
    filing.router,
    cases.router,
    documents.router,
    points.router,
    inbox.router,
    statistics.router,
    admin_cases.router,
    admin_certificates.router,
    admin_handover.router,
)
Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


def register(app: FastAPI) -> None:
    """画面を加える: after the API's routers and handlers; `app.state.counter` must be there when requests come."""
    for router in ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.mount("/static", Assets(), name="static")
    app.add_exception_handler(HTTPException, _spoken(app.exception_handlers.get(HTTPException)))
    app.state.refusal = problems.held_back
    app.add_middleware(Guard, refusal=problems.refused, unforeseen=problems.unforeseen)


def _spoken(otherwise: Handler | None) -> Handler:
    """An address nobody knows: a page for browsers, the API's own answer for programs."""

    async def spoken(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and problems.wants_page(request):
            return problems.trouble_page(request, error.status_code)
        handle = otherwise or http_exception_handler
        answer = handle(request, error)  # type: ignore[arg-type]
        return await answer if isinstance(answer, Awaitable) else answer

    return spoken

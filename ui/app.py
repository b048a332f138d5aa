"""画面の組立て: routers, static files and guards of every page."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from starlette.exceptions import HTTPException

from ui import problems
from ui.admin import accesses as admin_accesses
from ui.admin import anchors as admin_anchors
from ui.admin import cases as admin_cases
from ui.admin import certificates as admin_certificates
from ui.admin import closed_days as admin_closed_days
from ui.admin import officers as admin_officers
from ui.admin import repairs as admin_repairs
from ui.admin import replays as admin_replays
from ui.admin import retention as admin_retention
from ui.admin import sheets as admin_sheets
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
from ui.reviewer import (
    approvals,
    bulk,
    deciding,
    department,
    due_calendar,
    inbox,
    inbox_tools,
    message_templates,
    officer_notices,
    opinions,
    paper_cases,
    paper_drafts,
    paper_reader,
    paper_readings,
    statistics,
    substitutions,
)
from ui.reviewer import cases as reviewer_cases
from ui.security import Guard
from ui.sheets import approval as sheet_approval
from ui.sheets import batches as sheet_batches
from ui.sheets import correction as sheet_correction

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
    inbox_tools.router,
    bulk.router,
    officer_notices.router,
    due_calendar.router,
    department.router,
    deciding.router,
    approvals.router,
    message_templates.router,
    opinions.router,
    reviewer_cases.router,
    paper_drafts.router,
    paper_reader.router,
    paper_readings.router,
    paper_cases.router,
    statistics.router,
    substitutions.router,
    sheet_batches.router,
    sheet_correction.router,
    sheet_approval.router,
    admin_cases.router,
    admin_certificates.router,
    admin_closed_days.router,
    admin_officers.router,
    admin_repairs.router,
    admin_replays.router,
    admin_retention.router,
    admin_sheets.router,
    admin_accesses.router,
    admin_anchors.router,
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

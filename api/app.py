"""アプリ: the JSON API and its error handling. Pages are added by ui, wiring by madoguchi.py."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.telemetry import TelemetryConfig
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from api import events, health, statistics
from api.access import accounts, logins
from api.administration import batches, certificates, closed_days, codec, course, histories, stuck, workers
from api.administration import cases as administration
from api.administration import replay as administration_replay
from api.administration import retention as administration_retention
from api.administration import sheets as administration_sheets
from api.audit import anchors as audit_anchors
from api.audit import evidence as audit_evidence
from api.bulk import orders as bulk
from api.case import comparison, notes, opinions, opinions_asked, signatures
from api.case import files as case_files
from api.case import history as case_history
from api.deciding import answer_corrections, approvals, postponement, recusals, review_forms
from api.desk import department, due_calendar, handover, inbox, next_task, saved_views, tasks
from api.desk import notices as officer_notices
from api.engine_ui import OpenToTheEngineUi
from api.filing import attachments, drafts, prefill, renewal, signing, submissions
from api.idempotency import Idempotency
from api.language import accepted
from api.limits import UploadLimit
from api.messaging import messages
from api.messaging import templates as message_templates
from api.openapi.document import describe, operation_id
from api.paper import cases as paper_cases
from api.paper import drafts as paper_drafts
from api.paper import reader as paper_reader
from api.paper import readings as paper_readings
from api.payments import webhooks
from api.problems import Problem, problem
from api.rates import RateLimits
from api.repair import orders as repairs
from api.resident import cases, catalogue, consents, contacts, documents, exports, my, points, postal_codes
from api.settings import RateSettings
from api.sheets import approvals as sheet_approvals
from api.sheets import batches as sheet_batches
from api.sheets import corrections as sheet_corrections
from api.sheets import naming as sheet_naming
from api.staff import accesses, functions, officers, substitutions
from procedures.texts import Language

log = logging.getLogger(__name__)

ROUTERS = (
    submissions,  # first what residents wait for: FastAPI asks the routers one after another
    drafts,
    catalogue,
    logins,
    accounts,
    consents,
    contacts,
    exports,
    my,
    signing,
    attachments,
    prefill,
    renewal,
    postal_codes,
    events,  # before cases: /api/cases/events is no receipt number
    cases,
    messages,
    documents,
    points,
    inbox,
    next_task,
    bulk,
    officer_notices,
    due_calendar,
    department,
    tasks,
    postponement,
    answer_corrections,
    recusals,
    saved_views,
    approvals,
    case_files,
    case_history,
    comparison,
    signatures,
    notes,
    opinions,
    opinions_asked,
    message_templates,
    review_forms,
    paper_drafts,
    paper_reader,
    paper_readings,
    paper_cases,
    handover,
    officers,
    substitutions,
    functions,
    statistics,
    sheet_batches,
    sheet_corrections,
    sheet_naming,
    sheet_approvals,
    administration,
    histories,  # after it: /api/administration/cases/counts is no receipt number
    batches,
    stuck,
    workers,
    course,
    closed_days,
    certificates,
    administration_replay,
    administration_retention,
    administration_sheets,
    codec,
    repairs,
    accesses,
    audit_anchors,
    audit_evidence,
)
STATUS_CODES = {400: "malformed", 401: "login_required", 403: "not_allowed", 404: "not_found", 413: "too_large"}

MOST_PLACES = 20
UNTOLD: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own spans and logs carry paths and queries, and begin as soon as a process traces at all (api.requests
has ours)."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    lifespan: Lifespan, upload_limit: int, rates: RateSettings | None = None, engine_ui: str | None = None
) -> FastAPI:
    """窓口API. `lifespan` connects it and sets app.state.counter; `upload_limit` in bytes; `engine_ui`: the address of
    Temporal's Web UI, which may ask the codec.

    Guards from the outside in: how often (before a body is read), how much (while it is read), and whether it was
    done before (after it is read). Where pages are, `app.state.refusal` makes a page of what the first one says.
    """
    app = FastAPI(
        title="Madoguchi 窓口", version="1", lifespan=lifespan, docs_url=None, redoc_url=None,
        openapi_url="/api/openapi.json", generate_unique_id_function=operation_id,
        telemetry=UNTOLD,
    )  # fmt: skip
    app.openapi = describe(app)  # type: ignore[method-assign]
    app.add_middleware(Idempotency, refusal=_refused)
    app.add_middleware(UploadLimit, limit=upload_limit, refusal=problem_response(problem("too_large")))
    app.add_middleware(RateLimits, settings=rates or RateSettings(), refusal=_refused)
    if engine_ui is not None:
        app.add_middleware(OpenToTheEngineUi, address=engine_ui)
    for module in ROUTERS:
        app.include_router(module.router, responses={"4XX": {"description": "Problem details (RFC 9457)"}})
    app.include_router(webhooks.router)
    app.include_router(health.router)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for unstorable in (DataError, UnicodeEncodeError):
        app.add_exception_handler(unstorable, _unstorable)
    return app


def problem_response(found: Problem, language: Language = "ja", **more: object) -> JSONResponse:
    """問題詳細 (RFC 9457): `detail` in the reader's language, `texts` in all four."""
    body = {
        "type": f"urn:madoguchi:problem:{found.code}",
        "status": found.status,
        "title": found.code,
        "detail": found.text.of(language),
        "texts": found.text.model_dump(),
    }
    headers = None if found.retry_after is None else {"retry-after": str(found.retry_after)}
    return JSONResponse(body | more, found.status, headers, media_type="application/problem+json")


def _refused(request: Request, found: Problem) -> Response:
    """Refused before any route: a page where one is wanted and somebody makes pages."""
    page: Callable[[Request, Problem], Response | None] = getattr(request.app.state, "refusal", _no_page)
    return page(request, found) or problem_response(found, _language(request))


def _no_page(_: Request, __: Problem) -> Response | None:
    return None


def _language(request: Request) -> Language:
    return accepted(request.headers.get("accept-language", "")) or "ja"


async def _problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return problem_response(error, _language(request))


async def _invalid(_: Request, error: Exception) -> Response:
    """Says where the mistakes are, and never echoes what stood there: it may be personal."""
    places = error.errors()[:MOST_PLACES] if isinstance(error, RequestValidationError) else ()
    named = [".".join(str(part)[:60] for part in each["loc"]) for each in places]
    return problem_response(problem("malformed"), places=named)


async def _unstorable(_: Request, error: Exception) -> Response:
    """A text no database can hold (U+0000, half a surrogate pair): the transaction is undone, nothing is written."""
    log.warning("What was sent cannot be stored (%s).", type(error).__name__)
    return problem_response(problem("malformed"))


async def _http(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = STATUS_CODES.get(error.status_code)
    if code is None:
        return JSONResponse(
            {"type": "about:blank", "status": error.status_code, "title": str(error.detail)},
            error.status_code,
            headers=dict(error.headers or {}),
            media_type="application/problem+json",
        )
    return problem_response(problem(code))

"""アプリ: the JSON API and its error handling. Pages are added by ui, wiring by madoguchi.py."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from api import administration, cases, catalogue, certificates, documents, health, points, tasks
from api.access import accounts, logins
from api.filing import drafts, signing, submissions
from api.language import accepted
from api.limits import UploadLimit
from api.payments import webhooks
from api.problems import Problem, problem
from procedures.texts import Language

log = logging.getLogger(__name__)

ROUTERS = (
    catalogue,
    logins,
    accounts,
    signing,
    drafts,
    submissions,
    cases,
    documents,
    points,
    tasks,
    administration,
    certificates,
)
STATUS_CODES = {400: "malformed", 401: "login_required", 403: "not_allowed", 404: "not_found", 413: "too_large"}

MOST_PLACES = 20

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(lifespan: Lifespan, upload_limit: int) -> FastAPI:
    """窓口API. `lifespan` connects it and sets app.state.counter; `upload_limit` in bytes."""
    app = FastAPI(title="Madoguchi 窓口", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(UploadLimit, limit=upload_limit, refusal=problem_response(problem("too_large")))
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
    return JSONResponse(body | more, found.status, media_type="application/problem+json")


async def _problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return problem_response(error, accepted(request.headers.get("accept-language", "")) or "ja")


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

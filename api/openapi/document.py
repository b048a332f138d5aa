"""OpenAPI文書: what FastAPI writes of the routes, and what it cannot know: who may ask, what goes wrong, examples.

Nothing is listed by hand for single routes, so a new one is complete from the start: its problems are those that the
functions it reaches name (`codes_of`), its examples are made from its own schemas (`example`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from inspect import isclass, isfunction, ismodule
from types import CodeType, FunctionType
from typing import Any, get_args, get_type_hints

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.counter import (
    SESSION_COOKIE,
    Counter,
    the_administrator,
    the_auditor,
    the_officer,
    the_superior,
    the_visitor,
)
from api.events import Events
from api.openapi.examples import example
from api.problems import codes, problem

JSON, PROBLEM = "application/json", "application/problem+json"
NEED_A_SESSION = frozenset({the_visitor, the_officer, the_superior, the_administrator, the_auditor})
WRITES = frozenset({"post", "put", "patch", "delete"})
OUTSIDE_THE_TABLE = {"certificate_refused": 422, "reception_closed": 409, "not_eligible": 422}
"""Problems whose sentence comes from elsewhere: from `trust`, or from the procedure document."""
BEGINNINGS = ("certificate_",)
"""Codes that are put together from a status."""
ABOUT = """\
Everything a resident can do at the counter, and what officers and administrators do. The walk with curl, retries and
limits: docs/api.md.

**Login.** `POST /api/login-requests`, have the card agent sign the request, `POST /api/sessions` with the handback: the
session cookie is set. **Errors** are problem details (RFC 9457): `title` is a stable code, `texts` says it in four
languages. **Retries**: send an `Idempotency-Key` with every write. **Limits**: 429 with `Retry-After`.
"""
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "A key of your own (1 to 128 visible ASCII characters, for example a UUID). The same request sent again with "
        "the same key within 24 hours is done once and answered the same (`Idempotent-Replayed: true`). Only for "
        "logged-in visitors; answers that set a cookie are not kept; a refused or failed write leaves its key free."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
    "example": "3f1c9a52-8f0e-4a55-9d53-0a6f3c7d7c11",
}
HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit-Policy": {
        "description": "Which allowance this request drew on, how many requests it holds, and its window in seconds.",
        "schema": {"type": "string"},
        "example": '"writes";q=120;w=60',
    },
    "RateLimit": {
        "description": "How many are left, and seconds until the oldest leaves the window.",
        "schema": {"type": "string"},
        "example": '"writes";r=118;t=60',
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 12,
    },
    "Idempotent-Replayed": {
        "description": "`true`: this is the first answer to this key, given again.",
        "schema": {"type": "string", "enum": ["true"]},
        "example": "true",
    },
}
PROBLEM_SCHEMA = {
    "type": "object",
    "title": "Problem",
    "description": "問題詳細 (RFC 9457).",
    "required": ["type", "status", "title"],
    "properties": {
        "type": {"type": "string", "description": "urn:madoguchi:problem:CODE"},
        "status": {"type": "integer"},
        "title": {"type": "string", "description": "The code; stable, for programs."},
        "detail": {"type": "string", "description": "What happened and what to do, in the reader's language."},
        "texts": {"type": "object", "additionalProperties": {"type": "string"}, "description": "All four languages."},
        "places": {"type": "array", "items": {"type": "string"}, "description": "Where the mistakes of a body are."},
    },
}


def operation_id(route: APIRoute) -> str:
    """What a client generator names a method: the room and the function."""
    room = str(route.tags[0]).replace(" ", "_") if route.tags else "counter"
    return f"{room}_{route.name}"


def describe(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The document, made once when first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    return document


def _document(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
    components = found.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    components["headers"] = HEADERS
    components["securitySchemes"] = {"session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE}}
    routes = {(route.path, method.lower()): route for route in _routes(app) for method in route.methods or ()}
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            _complete(operation, method, routes[path, method], components["schemas"])
    return found


def _routes(app: FastAPI) -> Iterator[APIRoute]:
    pending = list(app.routes)
    while pending:
        route = pending.pop()
        pending += getattr(getattr(route, "original_router", None), "routes", [])  # FastAPI includes routers lazily
        if isinstance(route, APIRoute):
            yield route


def _complete(operation: dict[str, Any], method: str, route: APIRoute, schemas: Mapping[str, Any]) -> None:
    calls = set(_calls(route.dependant))
    operation["security"] = [{"session": []}] if NEED_A_SESSION & calls else []
    operation.setdefault("description", operation["summary"])
    found = codes_of(*calls)
    if route.path.startswith("/api/"):
        found |= {"too_many_requests"}
        if method in WRITES:
            operation.setdefault("parameters", []).append(KEY)
            found |= {"idempotency_key_invalid", "idempotency_in_progress", "idempotency_key_reused"}
    if "requestBody" in operation:
        found |= {"too_large", "malformed"}
    if operation.get("parameters"):
        found |= {"malformed"}
    _responses(operation, method, found, schemas)


def _responses(operation: dict[str, Any], method: str, found: set[str], schemas: Mapping[str, Any]) -> None:
    responses = operation["responses"]
    for never in ("4XX", "422"):  # FastAPI's own guess; ours are problems
        responses.pop(never, None)
    names = ["RateLimit-Policy", "RateLimit"] + (["Idempotent-Replayed"] if method in WRITES else [])
    for response in responses.values():
        response.setdefault("headers", {}).update({name: _header(name) for name in names})
        _show(response.get("content", {}), schemas)
    _show(operation.get("requestBody", {}).get("content", {}), schemas)
    statuses: dict[int, list[str]] = defaultdict(list)
    for code in sorted(found):
        statuses[status_of(code)].append(code)
    for status, named in sorted(statuses.items()):
        responses[str(status)] = _refusal(status, named)


def _show(content: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    for media_type, each in content.items():
        if "example" not in each and "examples" not in each and each.get("schema"):
            each["example"] = example(each["schema"], schemas, media_type)


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _refusal(status: int, named: list[str]) -> dict[str, Any]:
    headers = {name: _header(name) for name in ("RateLimit-Policy", "RateLimit")}
    if any(code in codes() and problem(code).retry_after for code in named) or status == 429:
        headers["Retry-After"] = _header("Retry-After")
    examples = {code: {"value": _body(status, code)} for code in named}
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}
    return {"description": ", ".join(f"`{code}`" for code in named), "headers": headers, "content": content}


def _body(status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = {"type": f"urn:madoguchi:problem:{code}", "status": status, "title": code}
    if code in codes():
        text = problem(code).text
        body |= {"detail": text.en, "texts": text.model_dump()}
    return body | ({"places": ["body.language"]} if code == "malformed" else {})


# --- which problems a route may answer with ---------------------------------------------------------------------------


def status_of(code: str) -> int:
    return OUTSIDE_THE_TABLE.get(code) or problem(code).status


def codes_of(*functions: Callable[..., object]) -> set[str]:
    """The codes that these functions, and all of api's they reach by name, may raise: what their code names."""
    found: set[str] = set()
    seen: set[CodeType] = set()
    pending = [each for each in functions if isfunction(each)]
    while pending:
        function = pending.pop()
        if function.__code__ in seen:
            continue
        seen.add(function.__code__)
        names, constants = _named(function.__code__)
        found |= constants & _known()
        found |= {code for code in _known() if any(code.startswith(text) for text in constants if text in BEGINNINGS)}
        pending += _reached(function, names)
        for name in names:
            if isinstance(table := function.__globals__.get(name), dict):
                found |= {value for value in table.values() if isinstance(value, str)} & _known()
    return found


@cache
def _known() -> frozenset[str]:
    return codes() | OUTSIDE_THE_TABLE.keys()


@cache
def _at_hand() -> tuple[type, ...]:
    """What use cases find at the counter, and the counter itself: their methods are called by name."""
    fields = (each for held in get_type_hints(Counter).values() for each in (held, *get_args(held)))
    return (Counter, Events, *(each for each in fields if isclass(each) and each.__module__.startswith("api.")))


def _named(code: CodeType) -> tuple[set[str], set[str]]:
    """Every name and every text in a function's code, functions within it included."""
    names = set(code.co_names)
    constants = {each for each in code.co_consts if isinstance(each, str)}
    for inner in (each for each in code.co_consts if isinstance(each, CodeType)):
        more, texts = _named(inner)
        names, constants = names | more, constants | texts
    return names, constants


def _reached(function: FunctionType, names: set[str]) -> Iterator[FunctionType]:
    for name in names:
        for target in (function.__globals__.get(name), *(vars(each).get(name) for each in _at_hand())):
            yield from _within(target, names)


def _within(target: object, names: set[str]) -> Iterator[FunctionType]:
    if ismodule(target):
        for name in names:
            yield from _ours(getattr(target, name, None))
    else:
        yield from _ours(target)


def _ours(target: object) -> Iterator[FunctionType]:
    if not str(getattr(target, "__module__", "")).startswith("api."):
        return
    if isfunction(target):
        yield target
    elif isclass(target):
        yield from (each for each in vars(target).values() if isfunction(each))


def _calls(dependant: Dependant) -> Iterator[Callable[..., object]]:
    if dependant.call is not None:
        yield dependant.call
    for each in dependant.dependencies:
        yield from _calls(each)

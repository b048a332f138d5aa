"""閲覧の権限: who may use each route. A route nobody thought about fails here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

import ui.app
from api.app import create_app
from api.counter import the_administrator, the_auditor, the_officer, the_superior, the_visitor

RULES = {
    the_administrator: "administrator",
    the_auditor: "auditor",
    the_superior: "superior",
    the_officer: "officer",
    the_visitor: "logged in",
}
ROOMS = {
    ("tasks", "inbox", "bulks", "department", "statistics", "substitutions", "sheets"): {"officer"},
    ("administration", "admin", "codec"): {"administrator"},
    ("officers", "functions"): {"superior", "administrator"},
    ("audit",): {"auditor"},
}
"""Whose a room of officers is, by the first word of its addresses, in the API and among the pages."""

PUBLIC = {
    "GET /healthz": "for whoever watches the process; says nothing but that it answers",
    "GET /readyz": "for the proxy, which keeps it from the world; says which part is away, nothing else",
    "POST /webhooks/payment": "the gateway's signature is the key",
    "GET /api/procedures": "procedures are public",
    "GET /api/procedures/{procedure_id}": "procedures are public",
    "GET /api/postal-codes/{code}": "Japan Post's list is public",
    "GET /api/session": "says who is logged in, or nobody",
    "DELETE /api/session": "ends the session of the cookie, if any",
    "POST /api/login-requests": "a login begins before anybody is known",
    "POST /api/sessions": "only the browser that asked, by its own cookie and the handback its card agent got",
    "GET /api/signing-requests/{request_id}": "the card agent has no session; the id is unguessable and lives minutes",
    "POST /api/signing-requests/{request_id}": "the signature over the nonce is the key",
    "GET /api/verification/{code}": "anyone may verify a document",
    "POST /api/verification": "anyone may verify a document",
}
"""Routes of the API without a login, and what protects them instead."""

PUBLIC_PAGES = {
    "GET /": "catalogue",
    "GET /procedures/{procedure_id}": "catalogue",
    "GET /life-events/{event}": "catalogue",
    "GET /categories/{category}": "catalogue",
    "GET /login": "before anybody is known",
    "POST /login": "before anybody is known",
    "GET /login/complete/{handback}": "only the browser that asked, with the handback its card agent got",
    "GET /login/identity": "before anybody is known",
    "GET /login/identity/callback": "only the browser that asked, with the state its identity provider got",
    "POST /logout": "ends the session of the cookie, if any",
    "GET /verify": "anyone may verify a document",
    "GET /verify/{code}": "anyone may verify a document",
    "POST /verify": "anyone may verify a document",
    "GET /accessibility": "a statement the law asks for",
    "GET /push-worker.js": "a script like those under /static, at an address that stays",
    "GET /notices/stop/{token}": "the token is signed; reading changes nothing",
    "GET /calendar/{token}.ics": "the token is an officer's own key; it opens counts by day only",
    "POST /notices/stop/{token}": "the token is signed, and can stop its own receiver's notices only (RFC 8058)",
}


@asynccontextmanager
async def closed(_: FastAPI) -> AsyncIterator[None]:
    yield


def rules(dependant: Dependant) -> set[str]:
    found = {RULES[dependant.call]} if dependant.call in RULES else set()
    return found.union(*(rules(each) for each in dependant.dependencies))


def routes() -> dict[str, set[str]]:
    app = create_app(closed, 1)
    ui.app.register(app)
    found: dict[str, set[str]] = {}
    pending = list(app.routes)
    while pending:
        route = pending.pop()
        pending += getattr(getattr(route, "original_router", None), "routes", [])  # FastAPI includes routers lazily
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                found[f"{method} {route.path}"] = rules(route.dependant)
    return found


def test_every_route_has_an_access_rule_or_a_reason_for_having_none() -> None:
    known = routes()
    unguarded = {route for route, rule in known.items() if not rule}
    allowed = PUBLIC.keys() | PUBLIC_PAGES.keys()
    assert unguarded <= allowed, (
        f"{sorted(unguarded - allowed)}: depend on LoggedIn, Officer, Superior, Administrator or Auditor"
    )
    assert allowed <= unguarded, f"{sorted(allowed - unguarded)}: guarded or gone; take it off the list"


def test_officers_rooms_are_theirs_alone() -> None:
    seen = set()
    for route, rule in routes().items():
        room = route.split(" ")[1].removeprefix("/api").split("/")[1].split(".")[0]
        for rooms, whose in ROOMS.items():
            if room in rooms:
                seen.add(room)
                assert rule & whose, route
    assert seen == {room for rooms in ROOMS for room in rooms}, "a room without routes: take it off the list"


def test_the_description_says_which_operations_need_a_session() -> None:
    app = create_app(closed, 1)
    described = app.openapi()["paths"]
    guarded = {route for route, rule in routes().items() if rule}
    for path, methods in described.items():
        for method, operation in methods.items():
            needed = f"{method.upper()} {path}" in guarded
            assert operation["security"] == ([{"session": []}] if needed else []), (method, path)

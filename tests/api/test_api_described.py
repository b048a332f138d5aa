"""OpenAPI文書の中身: complete for every route, its examples true to its schemas, and nothing left to pages alone."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

import ui.app
from api.app import create_app
from api.problems import codes

WITHOUT_AN_API = {
    "identity_absent", "identity_cancelled", "identity_refused", "identity_request_gone", "identity_unreachable",
    "not_appointed", "forged_webhook", "payment_unknown", "closed_days_unreadable", "view_unnamed",
    "repair_unsaid", "repair_step_unsaid", "not_administrators",
    "blank_label_malformed", "scan_not_drawn", "sheet_draft_unreadable",
}  # fmt: skip
"""Problems of officers' login by the city's identity provider, of the gateway's webhook, of pages alone, and of single
cases of an order."""

THE_SAME = {
    "POST /login": "POST /api/login-requests",
    "POST /logout": "DELETE /api/session",
    "POST /procedures/{procedure_id}": "POST /api/drafts",
    "POST /drafts/{draft_id}/steps/{section_id}": "PUT /api/drafts/{draft_id}/answers",
    "POST /drafts/{draft_id}/renewal": "POST /api/drafts/{draft_id}/renewal",
    "POST /drafts/{draft_id}/delete": "DELETE /api/drafts/{draft_id}",
    "POST /drafts/{draft_id}/submit": "POST /api/drafts/{draft_id}/submission",
    "POST /drafts/{draft_id}/sign": "POST /api/drafts/{draft_id}/signing-request",
    "POST /cases/{receipt}/correct": "POST /api/cases/{receipt_number}/correction",
    "POST /cases/{receipt}/payment": "POST /api/cases/{receipt_number}/payment",
    "POST /cases/{receipt}/withdraw": "POST /api/cases/{receipt_number}/withdrawal",
    "POST /cases/{receipt}/messages": "POST /api/cases/{receipt_number}/messages",
    "POST /verify": "POST /api/verification",
    "POST /account/certificates": "POST /api/account/certificate-requests",
    "POST /account/certificates/{certificate_id}/removal": "DELETE /api/account/certificates/{certificate_id}",
    "POST /account/sessions/end": "DELETE /api/account/sessions",
    "POST /account/export": "POST /api/exports",
    "POST /account/notices/address": "PUT /api/account/notices/address",
    "POST /account/notices/code": "PUT /api/account/notices/address",
    "POST /account/notices/verification": "POST /api/account/notices/address/verification",
    "POST /account/notices/change/end": "DELETE /api/account/notices/address/change",
    "POST /account/notices/address/removal": "DELETE /api/account/notices/address",
    "POST /account/notices/choices": "PUT /api/account/notices/choices",
    "POST /account/notices/browsers/{browser_id}/removal": "DELETE /api/account/notices/browsers/{browser_id}",
}
"""住民の操作: what a page does, and the route of the API that does the same."""
ONLY_BY_LINK = {
    "POST /notices/stop/{token}": "the one-click unsubscription of a mail (RFC 8058), without a login; logged in it is "
    "PUT /api/account/notices/choices",
}


@asynccontextmanager
async def closed(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(closed, 1).openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(where, media type, content) of the request and of every answer."""
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield "request", media_type, content
    for status, response in operation["responses"].items():
        for media_type, content in response.get("content", {}).items():
            yield status, media_type, content


def test_every_operation_says_what_it_is(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) > 40
    assert len(set(names)) == len(names)
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name


def test_every_example_is_true_to_its_schema(document: dict[str, Any]) -> None:
    seen = 0

    @cache
    def valid(schema: str) -> jsonschema_rs.Validator:
        """Many bodies share one schema, and to build its validator takes longer than to use it."""
        return jsonschema_rs.validator_for({**json.loads(schema), "components": document["components"]})

    for name, operation in operations(document):
        for where, media_type, content in contents(operation):
            if not content.get("schema"):
                continue
            shown = [content["example"]] if "example" in content else [e["value"] for e in content["examples"].values()]
            assert shown, f"{name}, {where}: no example; api/openapi/examples.py makes them"
            for each in shown:
                try:
                    valid(json.dumps(content["schema"])).validate(each)
                except jsonschema_rs.ValidationError as error:
                    pytest.fail(f"{name}, {where} ({media_type}): {error}. Add a word to api/openapi/examples.py.")
                seen += 1
    assert seen > 300


def test_every_body_has_a_schema_and_an_example(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for where, media_type, content in contents(operation):
            if media_type in ("application/json", "multipart/form-data") and content.get("schema"):
                assert "example" in content, (name, where)


def test_every_refusal_is_documented_with_its_codes(document: dict[str, Any]) -> None:
    named: set[str] = set()
    for name, operation in operations(document):
        refusals = {s: r for s, r in operation["responses"].items() if s[0] in "45"}
        assert name == "GET /healthz" or "429" in refusals, name
        for status, response in refusals.items():
            assert list(response["content"]) == ["application/problem+json"], (name, status)
            named |= set(response["content"]["application/problem+json"]["examples"])
        if operation["security"]:
            assert "login_required" in refusals["401"]["description"], name
    assert codes() - named == WITHOUT_AN_API


def test_the_codes_of_filing_are_those_that_occur(document: dict[str, Any]) -> None:
    responses = document["paths"]["/api/drafts/{draft_id}/submission"]["post"]["responses"]
    said = {code for status in ("409", "412", "422") for code in responses[status]["content"]["application/problem+json"]["examples"]}  # fmt: skip # noqa: E501
    assert {"answers_incomplete", "not_eligible", "signature_required", "draft_outdated", "draft_changed"} <= said


def test_every_write_takes_an_idempotency_key_and_no_read_does(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        takes = any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ()))
        assert takes == (not name.startswith("GET ")), name
        assert ("400" in operation["responses"]) >= takes, name


def test_limits_are_said_of_every_answer(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            assert {"RateLimit", "RateLimit-Policy"} <= set(response["headers"]), (name, status)
        if "429" in operation["responses"]:
            assert "Retry-After" in operation["responses"]["429"]["headers"], name


def test_whatever_a_resident_does_on_a_page_a_program_can_do(document: dict[str, Any]) -> None:
    api = {name for name, _ in operations(document)}
    pages = set(resident_actions())
    without = sorted(pages - THE_SAME.keys() - ONLY_BY_LINK.keys())
    assert not without, f"{without}: which route of the API does the same? Add it, then name it in THE_SAME."
    gone = sorted((THE_SAME.keys() | ONLY_BY_LINK.keys()) - pages)
    assert not gone, f"{gone}: no page does this any more; take it off the list."
    missing = sorted(set(THE_SAME.values()) - api)
    assert not missing, f"{missing}: not in the API"


def resident_actions() -> Iterator[str]:
    """Every POST of a resident's page."""
    app = create_app(closed, 1)
    ui.app.register(app)
    pending = list(app.routes)
    while pending:
        route = pending.pop()
        pending += getattr(getattr(route, "original_router", None), "routes", [])  # FastAPI includes routers lazily
        if isinstance(route, APIRoute) and route.endpoint.__module__.startswith("ui.resident"):
            yield from (f"{method} {route.path}" for method in route.methods or () if method != "GET")

"""OpenAPI文書: whatever fits (or does not fit) the published document, the counter answers and never falls over."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error

from api.counter import SESSION_COOKIE
from machine.layout import Layout
from tests.api.scenes import Newcomer

EXAMPLES = 3
"""Per operation and visitor: two hundred and eighty operations twice."""
PATIENCE = 60
"""Seconds: a server makes the document when it is asked for the first time."""
LOGGING_OUT = ("DELETE", "/api/session")
STREAMING = "/events"
"""Answers that go on for ever have tests of their own (test_api_events)."""


@pytest.mark.parametrize("functions", [(), ("health_review", "mailing", "administrator")], ids=["resident", "officer"])
def test_nothing_the_openapi_document_allows_or_forbids_breaks_the_server(
    town: Layout, newcomer: Newcomer, functions: tuple[str, ...]
) -> None:
    visitor = newcomer(*functions)
    cookies = {SESSION_COOKIE: visitor.http.cookies[SESSION_COOKIE]}
    schema = schemathesis.openapi.from_url(f"{town.public_url}/api/openapi.json", timeout=PATIENCE)
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if (operation.method.upper(), operation.path) == LOGGING_OUT or operation.path.endswith(STREAMING):
            continue
        cases = st.one_of(
            operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE),
        )

        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=cases)
        def holds(case: schemathesis.Case) -> None:
            response = case.call(cookies=cookies)
            case.validate_response(response, checks=[not_a_server_error])
            if response.status_code >= 400:
                assert response.headers["content-type"] == ["application/problem+json"]

        holds()
        tried += 1
    assert tried > 20

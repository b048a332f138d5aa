"""追跡: one submission is one trace, from the request through workflow and activities to the database."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from machine.layout import Layout, url
from machine.visitor import wait_for
from tests.api.scenes import SCREENING, Books, screening
from tests.town.beside import beside, opened

PHONE, NAME = "079-555-7391", "標識　検査子"
TRACED = {"OTEL_BSP_SCHEDULE_DELAY": "200"}
"""Milliseconds; else spans leave every five seconds."""


@dataclass
class Receiver:
    """受信者: whatever came by OTLP; spans with the process they are of."""

    address: str = ""
    raw: bytes = b""
    spans: list[tuple[str, Span]] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        self.raw += body
        for of_process in ExportTraceServiceRequest.FromString(body).resource_spans:
            told = {each.key: each.value.string_value for each in of_process.resource.attributes}
            for scope in of_process.scope_spans:
                self.spans += [(told["service.instance.id"], span) for span in scope.spans]

    def trace_of(self, name: str) -> set[tuple[str, str]]:
        """(process, name) of every span in the trace that has a span of this name."""
        ids = {span.trace_id for _, span in self.spans if span.name == name}
        return {(process, span.name) for process, span in self.spans if span.trace_id in ids}


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A real receiver of OTLP over HTTP."""
    receiver = Receiver()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.take(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        receiver.address = f"{url(server.server_address[1])}/v1/traces"
        yield receiver
        server.shutdown()


@pytest.mark.timeout(400)  # a second counter starts beside the first
def test_a_submission_is_one_trace_from_the_request_to_the_activities(town: Layout, tmp_path: Path) -> None:
    layout = beside(town, tmp_path / "var")
    layout.furnish()
    submission = "POST /api/drafts/{draft_id}/submission"
    with receiving() as receiver, opened(layout, MADOGUCHI_OBSERVE_TRACES=receiver.address, **TRACED):
        books = Books(layout)
        with books.newcomer() as resident, books.newcomer("health_review") as officer:
            number = resident.submit(resident.fill_in(SCREENING, screening(phone=PHONE, name=NAME)))
            resident.await_case(number, "under_review")
            officer.decide(officer.task_of(number), "approve")
            resident.await_case(number, "delivered")
            expected = {
                ("web", submission),
                ("web", "StartWorkflow:CaseWorkflow"),
                ("worker-cases", "RunWorkflow:CaseWorkflow"),
                ("worker-cases", "RunActivity:review"),
                ("worker-documents", "RunActivity:issue_document"),
                ("worker-cases", "RunActivity:close_case"),
            }
            seen = wait_for(lambda: receiver.trace_of(submission), lambda found: expected <= found, f"{expected}")
        books.close()
    assert any(name.startswith(("SELECT", "INSERT", "WITH")) for process, name in seen if process == "worker-cases")
    assert len([1 for _, span in receiver.spans if span.name == "RunWorkflow:CaseWorkflow"]) == 1, "no replay is traced"
    told = {each.key for _, span in receiver.spans for each in span.attributes}
    assert not told & {
        "url.full",
        "url.path",
        "url.query",
        "http.url",
        "http.target",
        "client.address",
        "user_agent.original",
    }
    for mark in (PHONE, NAME):
        assert mark.encode() not in receiver.raw
    assert number.encode() in receiver.raw, "or the search above would find nothing"

"""追跡: from the request through workflow and activities to the statement.

Spans carry names of routes, workflows and activities, receipt numbers, and statements without their values. Query
strings, paths, parameters, addresses and answers never: so nothing is instrumented by a library that would have to be
talked out of them.
"""

from collections.abc import Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, SynchronousMultiSpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, Span, SpanKind, Status, StatusCode, Tracer
from sqlalchemy import Connection, Engine, ExceptionContext, event
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin, create_tracer_provider

KIND_OF_FAILURE = "exception.type"
STATEMENTS = "statements under way"
"""Of one connection, in its `info`."""


def trace_to(receiver: str, sample: float, process: str) -> OpenTelemetryPlugin:
    """追跡を始める; what a client of Temporal needs for it."""
    spans = SynchronousMultiSpanProcessor()  # type: ignore[no-untyped-call]
    spans.add_span_processor(BatchSpanProcessor(Discreet(OTLPSpanExporter(receiver))))
    provider = create_tracer_provider(
        sampler=ParentBased(TraceIdRatioBased(sample)),
        resource=Resource.create({"service.name": "madoguchi", "service.instance.id": process}),
        active_span_processor=spans,
    )
    trace.set_tracer_provider(provider)
    _trace_statements(trace.get_tracer(__name__))
    return OpenTelemetryPlugin(add_temporal_spans=True)


def _trace_statements(tracer: Tracer) -> None:
    """文の追跡: of every engine of this process; only within a trace: relay and courier ask all the time."""

    def begin(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        connection.info.setdefault(STATEMENTS, []).append(_statement(tracer, statement))

    def end(connection: Connection, *_: Any) -> None:
        connection.info[STATEMENTS].pop().end()

    def fail(context: ExceptionContext) -> None:
        if context.connection is not None and (open_now := context.connection.info.get(STATEMENTS)):
            span: Span = open_now.pop()
            span.set_status(StatusCode.ERROR)
            span.end()

    event.listen(Engine, "before_cursor_execute", begin)
    event.listen(Engine, "after_cursor_execute", end)
    event.listen(Engine, "handle_error", fail)


def _statement(tracer: Tracer, statement: str) -> Span:
    around = trace.get_current_span()
    if not around.is_recording():
        return NonRecordingSpan(around.get_span_context())
    told = {"db.system.name": "postgresql", "db.query.text": statement}
    return tracer.start_span(statement.split(maxsplit=1)[0].upper(), kind=SpanKind.CLIENT, attributes=told)


class Discreet(SpanExporter):
    """口の堅い送り手: of a failure within a span only its type leaves this process; its words may quote somebody."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_without_words(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _without_words(span: ReadableSpan) -> ReadableSpan:
    events = [
        Event(each.name, {KIND_OF_FAILURE: str((each.attributes or {}).get(KIND_OF_FAILURE, ""))}, each.timestamp)
        for each in span.events
    ]
    return ReadableSpan(
        name=span.name, context=span.context, parent=span.parent, resource=span.resource, attributes=span.attributes,
        events=events, links=span.links, kind=span.kind, status=Status(span.status.status_code),
        start_time=span.start_time, end_time=span.end_time, instrumentation_scope=span.instrumentation_scope,
    )  # fmt: skip

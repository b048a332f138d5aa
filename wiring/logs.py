"""ログ: one JSON object per line, without anybody's data.

What our own code says holds ids and counts. What others raise may quote what they were given (a database repeats the
row, a validator the input), so of a failure only its types and places are written, never its words. Fields that nobody
named here are left out.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from opentelemetry import trace
from pythonjsonlogger.json import JsonFormatter
from temporalio import activity

from wiring.settings import LogSettings

ROOMS = ("activities", "api", "store", "trust", "ui", "wiring", "workflows")
FIELDS = {
    "at", "level", "logger", "message", "failure", "trace_id", "workflow_id", "activity", "attempt",
    "method", "route", "status", "seconds", "receipt_number",
}  # fmt: skip
"""All a line can hold; the first four are in every one."""
MOST_FRAMES = 15
OURS = f"{Path(__file__).resolve().parent.parent}/"

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def write_json(settings: LogSettings | None = None) -> None:
    """From here on everything this process logs goes to stderr as JSON."""
    settings = settings or LogSettings()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    handler.addFilter(_place)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for room in ROOMS:
        logging.getLogger(room).setLevel(settings.level.upper())
    logging.getLogger("pyhanko").setLevel(logging.ERROR)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


class Lines(JsonFormatter):
    """行."""

    def __init__(self) -> None:
        names = {"levelname": "level", "name": "logger", "exc_info": "failure"}
        super().__init__(["levelname", "name", "message"], rename_fields=names, timestamp="at", json_ensure_ascii=False)

    def formatException(self, ei: ExceptionInfo) -> dict[str, object]:  # type: ignore[override]  # noqa: N802
        return failure(ei[1])

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        known = {name: value for name, value in log_data.items() if name in FIELDS}
        if not isinstance(known.get("failure"), dict | None):
            del known["failure"]  # somebody else's formatter had it in words
        return known


def failure(error: BaseException | None) -> dict[str, object]:
    """失敗: of what types, and where, from the outermost call to the innermost; without its words."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:] if error else []
    return {
        "types": [type(each).__name__ for each in _causes(error)],
        "places": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _short(path: str) -> str:
    if path.startswith(OURS):
        return path.removeprefix(OURS)
    within = path.rpartition("site-packages/")[2]
    return within if within != path else "/".join(path.split("/")[-2:])


def _place(record: logging.LogRecord) -> bool:
    """Where it happened: the trace, and the case a worker is busy with."""
    for name, value in _surroundings().items():
        record.__dict__.setdefault(name, value)
    return True


def _surroundings() -> Mapping[str, object]:
    found: dict[str, object] = {}
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        found["trace_id"] = trace.format_trace_id(span.trace_id)
    if activity.in_activity():
        info = activity.info()
        found |= {"workflow_id": info.workflow_id, "activity": info.activity_type, "attempt": info.attempt}
    return found

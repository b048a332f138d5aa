"""案件の運行: for administrators: the business timeline of a case beside its decoded history, event by event.

Histories hold ids and outcomes only. What is shown of a payload is still chosen twice: by the name of the fact, and by
what a code, a number or a date may look like; whatever is anything else is left out. The look is written down first.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import anyio.from_thread
from fastapi import APIRouter
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from api.administration.cases import ConsoleLine, line
from api.administration.engine import EngineAway, Execution, HistoryGone, HistoryPart, PlaceUnknown, causes
from api.administration.retention import HoldView
from api.case.views import HistoryLine
from api.counter import Administrator, City, Counter, CounterHere
from api.problems import problem
from api.views import View, Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from store import accesses, cases, console, holds
from store.cases import AuditRow

router = APIRouter(prefix="/api/administration/cases", tags=["administration"])

LONGEST_PLACE = 4_000
FACTS = (
    "procedure", "version", "step", "epoch", "round", "outcome", "reason", "kind", "to", "completes", "closing",
    "due_at", "remind_at", "deputy_at", "retry_at", "surplus_only", "command_id", "task_id",
)  # fmt: skip
"""事実 that may be shown of a message (`workflows/contracts.py`)."""
SHOWABLE = re.compile(r"\A[A-Za-z0-9_.:+-]{1,64}\Z")
"""A code, a number, a date, an id; nobody's name, address or words."""
DEEPEST = 3
LOCAL_ACTIVITY = "core_local_activity"

Standing = Literal["read", "away", "gone", "shredded"]
"""履歴: read; Temporal does not answer; Temporal holds none (any more); its key was destroyed."""


class HistoryEventView(View):
    """出来事: one event of the history. `event`: as the engine calls it. `work`: the activity, Update or marker."""

    id: int
    at: datetime
    event: str
    work: str | None
    facts: Mapping[str, str]
    cause: tuple[str, ...]


class FailingView(View):
    """やり直している処理: of this case, now."""

    activity: str
    attempt: int
    since: datetime
    next_at: datetime | None
    cause: tuple[str, ...]


class ExecutionView(View):
    """実行: how its workflow stands."""

    run_id: str
    status: str
    started_at: datetime
    closed_at: datetime | None
    events: int
    failing: tuple[FailingView, ...]
    broken: bool
    """Its own code fails."""
    tries_of_task: int


class OperationView(View):
    """案件の運行. `history`: whether the events could be read; `next_page`: where the next ones begin."""

    case: ConsoleLine
    timeline: tuple[HistoryLine, ...]
    execution: ExecutionView | None
    holds: tuple[HoldView, ...]
    history: Standing
    events: tuple[HistoryEventView, ...]
    next_page: str | None


@router.get("/{receipt_number}")
def read_operation(
    counter: CounterHere, city: City, administrator: Administrator, receipt_number: str, after: str | None = None
) -> OperationView:
    """案件の運行, about a hundred events at a time."""
    return view(counter, city, administrator, ReceiptNumber(receipt_number), after)


# --- use case ---------------------------------------------------------------------------------------------------------


def view(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, receipt_number: ReceiptNumber,
    after: str | None = None,
) -> OperationView:  # fmt: skip
    """案件の運行. Raises Problem: not_found, malformed (a place no page has ended at)."""
    place = _place(after)
    with counter.database.transaction(city) as connection:
        found = console.read(connection, [receipt_number])
        if not found:
            raise problem("not_found")
        accesses.note(connection, administrator.account_id, "operation", receipt_number)
        lines = cases.timeline(connection, receipt_number)
        kept_on = holds.of_case(connection, receipt_number)
    execution, part, standing = _asked(counter, receipt_number, place)
    events: tuple[HistoryEventView, ...] = ()
    if found[0].purged_at is not None:
        standing = "shredded"
    elif part is not None:
        try:
            converter = counter.engine.converter(receipt_number)
            events = anyio.from_thread.run(_decoded, converter, part)
        except LookupError:
            standing = "shredded"
    return OperationView(
        case=line(found[0]),
        timeline=tuple(_happening(each) for each in lines),
        execution=None if execution is None else _execution(execution),
        holds=tuple(HoldView(**each.__dict__) for each in kept_on),
        history=standing,
        events=events,
        next_page=base64.urlsafe_b64encode(part.further).decode() if part and part.further else None,
    )


def _asked(
    counter: Counter, receipt_number: ReceiptNumber, place: bytes
) -> tuple[Execution | None, HistoryPart | None, Standing]:
    execution = None
    try:
        execution = anyio.from_thread.run(counter.engine.execution, receipt_number)
        return execution, anyio.from_thread.run(counter.engine.history, execution, place), "read"
    except EngineAway:
        return execution, None, "away"
    except HistoryGone:
        return execution, None, "gone"
    except PlaceUnknown as wrong:
        raise problem("malformed") from wrong


def _place(written: str | None) -> bytes:
    if not written:
        return b""
    if len(written) > LONGEST_PLACE:
        raise problem("malformed")
    try:
        return base64.b64decode(written, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as wrong:
        raise problem("malformed") from wrong


def _happening(row: AuditRow) -> HistoryLine:
    """経過の一行: who by kind, nobody by name."""
    facts = dict(_showable(row.facts))
    return HistoryLine.model_validate(
        {
            "seq": row.seq, "at": row.at, "actor": row.actor.split(":")[0], "action": row.action, "step": row.step,
            "officer": None, "to": None, "in_place_of": None, "facts": facts,
        }
    )  # fmt: skip


def _execution(execution: Execution) -> ExecutionView:
    return ExecutionView(
        run_id=execution.run_id, status=execution.status, started_at=execution.started_at,
        closed_at=execution.closed_at, events=execution.events, broken=execution.broken,
        tries_of_task=execution.tries_of_task,
        failing=tuple(FailingView(**each.__dict__) for each in execution.failing),
    )  # fmt: skip


# --- decoding ---------------------------------------------------------------------------------------------------------


async def _decoded(converter: DataConverter, part: HistoryPart) -> tuple[HistoryEventView, ...]:
    """出来事 of this part. Raises LookupError where the key was destroyed."""
    scheduled: dict[int, str] = {}
    found: list[HistoryEventView] = []
    for event in part.history.events:
        found.append(await _event(converter, event, scheduled))
    return tuple(found)


async def _event(converter: DataConverter, event: HistoryEvent, scheduled: dict[int, str]) -> HistoryEventView:
    name = _name(event)
    attributes = getattr(event, event.WhichOneof("attributes") or "", None)
    payloads = [each async for each in _read(converter, _payloads(name, attributes))]
    facts: dict[str, str] = {}
    for payload in payloads:
        facts |= {key: shown for key, shown in _facts(payload) if key not in facts}
    facts |= dict(_own_facts(name, attributes))
    work = _work(name, attributes, payloads)
    if name == "ActivityTaskScheduled" and work:
        scheduled[event.event_id] = work
    work = work or scheduled.get(getattr(attributes, "scheduled_event_id", 0))
    return HistoryEventView(
        id=event.event_id, at=event.event_time.ToDatetime(tzinfo=UTC), event=name, work=work, facts=facts,
        cause=causes(failure) if (failure := getattr(attributes, "failure", None)) else (),
    )  # fmt: skip


def _name(event: HistoryEvent) -> str:
    """As the engine's own pages write it: ActivityTaskScheduled."""
    words = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").split("_")
    return "".join(each.capitalize() for each in words)


def _payloads(name: str, attributes: Any) -> list[Payload]:
    """What an event carries: its input, result or arguments."""
    match name:
        case "WorkflowExecutionStarted" | "ActivityTaskScheduled":
            return list(attributes.input.payloads)
        case "WorkflowExecutionCompleted" | "ActivityTaskCompleted":
            return list(attributes.result.payloads)
        case "WorkflowExecutionUpdateAccepted":
            return list(attributes.accepted_request.input.args.payloads)
        case "MarkerRecorded":
            return [each for part in attributes.details.values() for each in part.payloads]
        case _:
            return []


async def _read(converter: DataConverter, payloads: list[Payload]) -> Any:
    codec = converter.payload_codec
    for payload in await codec.decode(payloads) if codec and payloads else payloads:
        if payload.metadata.get("encoding", b"").startswith(b"json/"):
            yield json.loads(payload.data)


def _work(name: str, attributes: Any, payloads: Iterable[Any]) -> str | None:
    """What was done: the activity, the Update, or what a marker stands for."""
    match name:
        case "ActivityTaskScheduled":
            return str(attributes.activity_type.name)
        case "WorkflowExecutionStarted":
            return str(attributes.workflow_type.name)
        case "WorkflowExecutionUpdateAccepted":
            return str(attributes.accepted_request.input.name)
        case "MarkerRecorded" if attributes.marker_name == LOCAL_ACTIVITY:
            found = (each.get("activity_type") for each in payloads if isinstance(each, Mapping))
            return next((str(each) for each in found if each), None)
        case "MarkerRecorded":
            return str(attributes.marker_name)
        case _:
            return None


def _own_facts(name: str, attributes: Any) -> Iterator[tuple[str, str]]:
    """What the engine itself says of an event."""
    match name:
        case "TimerStarted":
            length: timedelta = attributes.start_to_fire_timeout.ToTimedelta()
            yield "seconds", str(round(length.total_seconds()))
        case "ActivityTaskStarted" if attributes.attempt > 1:
            yield "attempt", str(attributes.attempt)
        case "WorkflowTaskFailed":
            failed = WorkflowTaskFailedCause.Name(attributes.cause)
            yield "reason", failed.removeprefix("WORKFLOW_TASK_FAILED_CAUSE_").lower()
        case "UpsertWorkflowSearchAttributes":
            for payload in attributes.search_attributes.indexed_fields.values():
                status = json.loads(payload.data)
                if isinstance(status, str) and SHOWABLE.match(status):
                    yield "status", status


def _facts(payload: Any, depth: int = 1) -> Iterator[tuple[str, str]]:
    """事実 of a message and of the messages in it; a closing is a word of its own."""
    if isinstance(payload, str) and depth == 1 and SHOWABLE.match(payload):
        yield "outcome", payload
    if isinstance(payload, Mapping):
        yield from _showable(payload)
        for each in payload.values():
            if isinstance(each, Mapping) and depth < DEEPEST:
                yield from _facts(each, depth + 1)


def _showable(said: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name in FACTS:
        value = said.get(name)
        if value is not None and not isinstance(value, Mapping | list) and SHOWABLE.match(str(value)):
            yield name, str(value)

"""食い違い: where a history and the code of today part ways, in words an administrator understands.

The SDK says it in one sentence of its own (`[TMPRL1100] …`); what the history recorded there is read from its event.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

MoveKind = Literal[
    "activity", "local_activity", "timer", "child", "patch", "attributes", "update", "signal", "end", "nothing", "other"
]
"""動きの種類. activity: work given to a neighbour or a queue; local_activity: a short write; nothing: none at all."""

RECORDED: Final[dict[str, MoveKind]] = {
    "ACTIVITY_TASK_SCHEDULED": "activity",
    "ACTIVITY_TASK_CANCEL_REQUESTED": "activity",
    "TIMER_STARTED": "timer",
    "TIMER_CANCELED": "timer",
    "START_CHILD_WORKFLOW_EXECUTION_INITIATED": "child",
    "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES": "attributes",
    "WORKFLOW_PROPERTIES_MODIFIED": "attributes",
    "WORKFLOW_EXECUTION_UPDATE_ACCEPTED": "update",
    "WORKFLOW_EXECUTION_UPDATE_COMPLETED": "update",
    "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED": "signal",
    "WORKFLOW_EXECUTION_COMPLETED": "end",
    "WORKFLOW_EXECUTION_FAILED": "end",
    "WORKFLOW_EXECUTION_CANCELED": "end",
    "WORKFLOW_EXECUTION_CONTINUED_AS_NEW": "end",
}
"""Events that a command of the workflow left behind."""
LOCAL_ACTIVITY = "core_local_activity"
MARKERS: Final[dict[str, MoveKind]] = {LOCAL_ACTIVITY: "local_activity", "core_patch": "patch"}
MACHINES: Final[dict[str, MoveKind]] = {
    "Local activity": "local_activity",
    "LocalActivity": "local_activity",
    "Activity": "activity",
    "Timer": "timer",
    "Child workflow": "child",
    "Patch": "patch",
    "UpsertWorkflowSearchAttributes": "attributes",
    "ModifyWorkflowProperties": "attributes",
    "Update": "update",
    "Signal external WF": "signal",
    "Complete workflow": "end",
    "Fail workflow": "end",
    "Cancel workflow": "end",
    "Continue as new workflow": "end",
}
"""What the SDK calls the command that came, by the beginning of its sentence."""

TURNS = frozenset({EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED})
"""Events between which the program has its turn."""

_SENTENCE = re.compile(r'message: "(.*?)", source: "', re.S)
_EVENT = re.compile(r"HistoryEvent(?:\(id:| { event_id:) (\d+)")
_MACHINE = re.compile(r"error: (.+?) ?[Mm]achine does not handle")
_OTHER_TYPE = re.compile(r"type of [\w ]+ '(.*?)' does not match \w+ type of ([\w ]+) command '(.*?)'")
_NOT_ASKED_FOR = re.compile(r"Missing associated machine for LocalActivity\((\d+)\)")
LONGEST = 400


@dataclass(frozen=True)
class Move:
    """動き: one thing a workflow asked for; `name` of the work, where it has one."""

    kind: MoveKind
    name: str | None = None


@dataclass(frozen=True)
class Divergence:
    """食い違い: at this event the history has `recorded`, and the code of today asks for `came`."""

    event: int | None
    recorded: Move | None
    came: Move | None


def sentence(message: str) -> str:
    """一文: what the SDK says, without what it wraps around it and without the whole event."""
    said = _SENTENCE.search(message)
    return (said[1] if said else message).replace('\\"', '"')[:LONGEST]


def read(said: str, events: Sequence[HistoryEvent], asked: Sequence[Move] = ()) -> Divergence:
    """食い違い from the SDK's sentence. `asked`: what the program asked for in its last step, in its order."""
    recorded_all = [(each.event_id, _recorded(each)) for each in events]
    if named := _OTHER_TYPE.search(said):
        kind = _kind_of(named[2])
        was, is_now = Move(kind, named[1]), Move(kind, named[3])
        return Divergence(next((at for at, move in recorded_all if move == was), None), was, is_now)
    at = _place(said, events)
    recorded = next((move for event, move in recorded_all if event == at), None)
    return Divergence(at, recorded, _came(said, _same_step(events, at), asked))


def _place(said: str, events: Sequence[HistoryEvent]) -> int | None:
    """Which event the sentence is about; a short write is named by its number."""
    if found := _EVENT.search(said):
        return int(found[1])
    if found := _NOT_ASKED_FOR.search(said):
        written = (each.event_id for each in events if _written(each).get("seq") == int(found[1]))
        return next(written, None)
    return None


def _same_step(events: Sequence[HistoryEvent], at: int | None) -> list[Move | None]:
    """What the history has of the step that event belongs to: between two turns of the workflow's program."""
    step: list[HistoryEvent] = []
    for event in events:
        if event.event_type in TURNS:
            if any(each.event_id == at for each in step):
                break
            step = []
        step.append(event)
    return [_recorded(each) for each in step]


def _came(said: str, recorded: list[Move | None], asked: Sequence[Move]) -> Move | None:
    """What the program asked for and the history does not have there; else whatever kind the sentence names."""
    machine = _MACHINE.search(said)
    kind = _kind_of(machine[1]) if machine else None
    strange = list((Counter(asked) - Counter(move for move in recorded if move)).elements())
    if kind is not None:
        return next((move for move in strange if move.kind == kind), Move(kind))
    return next(iter(strange), Move("nothing"))


def _kind_of(machine: str) -> MoveKind:
    said = machine.strip().casefold()
    return next((kind for name, kind in MACHINES.items() if said.startswith(name.casefold())), "other")


def _recorded(event: HistoryEvent) -> Move | None:
    if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
        return _marker(event)
    name = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
    kind = RECORDED.get(name, "other")
    match kind:
        case "activity" if event.HasField("activity_task_scheduled_event_attributes"):
            return Move(kind, event.activity_task_scheduled_event_attributes.activity_type.name)
        case "child":
            initiated = event.start_child_workflow_execution_initiated_event_attributes
            return Move(kind, initiated.workflow_type.name)
        case "update" if event.HasField("workflow_execution_update_accepted_event_attributes"):
            accepted = event.workflow_execution_update_accepted_event_attributes
            return Move(kind, accepted.accepted_request.input.name)
        case "other":
            return Move(kind, name.casefold())
        case _:
            return Move(kind)


def _marker(event: HistoryEvent) -> Move:
    name = event.marker_recorded_event_attributes.marker_name
    kind = MARKERS.get(name, "other")
    if kind == "local_activity":
        return Move(kind, str(_written(event).get("activity_type")))
    return Move(kind, None if kind == "patch" else name)


def _written(event: HistoryEvent) -> dict[str, object]:
    """記録の書込み: what the SDK notes of a local activity; nothing of any other event."""
    if not event.HasField("marker_recorded_event_attributes"):
        return {}
    marker = event.marker_recorded_event_attributes
    if marker.marker_name != LOCAL_ACTIVITY or "data" not in marker.details:
        return {}
    found: dict[str, object] = json.loads(marker.details["data"].payloads[0].data)
    return found

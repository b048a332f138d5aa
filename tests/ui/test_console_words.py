"""運行の言葉: every activity, Update, command, cause and state that exists has words of the city."""

import ast
from pathlib import Path
from typing import get_args

from temporalio.api.enums.v1 import EventType, WorkflowExecutionStatus

from api.administration.cases import Age
from api.administration.stuck import NEIGHBOURS, Blocked
from api.administration.workers import QUEUES, Standing
from api.sending.dispatch import UPDATES
from procedures.process import StepKind
from store.batches import BatchKind, BatchState
from store.commands import CommandKind
from ui.admin import console_words as words

CLONE = Path(__file__).resolve().parents[2]
OF_THE_WEB = CLONE / "api" / "bulk" / "work.py"


def decorated(decorator: str, *files: Path) -> set[str]:
    """Names of all functions and classes under this decorator."""
    return {
        node.name
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and any(ast.unparse(each).startswith(decorator) for each in node.decorator_list)
    }


def test_every_activity_update_command_and_workflow_has_words() -> None:
    activities = decorated("activity.defn", *(CLONE / "activities").rglob("*.py"), OF_THE_WEB)
    workflows = decorated("workflow.defn", *(CLONE / "workflows").rglob("*.py"))
    updates = decorated("workflow.update", *(CLONE / "workflows").rglob("*.py"))
    assert len(activities) > 30
    needed = activities | workflows | updates | UPDATES.keys() | set(get_args(CommandKind)) | set(get_args(StepKind))
    needed.add("core_patch")  # [the engine's own marker of a patch]
    assert needed <= words.WORKS.keys(), f"words for {sorted(needed - words.WORKS.keys())}"
    assert words.WORKS.keys() <= needed, f"nothing is called {sorted(words.WORKS.keys() - needed)} any more"
    assert NEIGHBOURS.keys() <= activities


def test_every_cause_state_and_queue_has_words() -> None:
    assert words.BLOCKED.keys() == set(get_args(Blocked))
    assert words.STANDINGS.keys() == set(get_args(Standing))
    assert words.BATCH_KINDS.keys() == set(get_args(BatchKind))
    assert words.BATCH_STATES.keys() == set(get_args(BatchState))
    assert words.AGES.keys() == set(get_args(Age))
    assert words.QUEUES.keys() == set(QUEUES)


def test_the_engines_own_words_are_spelled_as_it_spells_them() -> None:
    events = {_camel(each.removeprefix("EVENT_TYPE_")) for each in EventType.DESCRIPTOR.values_by_name}
    named = WorkflowExecutionStatus.DESCRIPTOR.values_by_name
    states = {_camel(each.removeprefix("WORKFLOW_EXECUTION_STATUS_")) for each in named}
    assert words.EVENTS.keys() <= events
    assert words.EVENTS.keys() >= words.BAD_EVENTS
    assert words.EXECUTIONS.keys() == states - {"Unspecified"}


def _camel(name: str) -> str:
    return "".join(each.capitalize() for each in name.split("_"))

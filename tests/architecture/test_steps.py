"""処理と進行: what workflows call by name is there, on the queue where they look for it."""

import ast
import re
from typing import get_args

import pytest
from house import Module, module, modules

from procedures.process import StepKind
from procedures.steps import StepBase
from workflows.compensation import UNDO
from workflows.contracts import CASES_QUEUE, DOCUMENTS_QUEUE, ROBOTS_QUEUE
from workflows.steps import FINAL_ERRORS, RUNS

KINDS = get_args(StepKind)
WORKFLOWS = [m for m in modules() if m.name.startswith("workflows/")]


def registered(function: str, file: str = "wiring/workers.py") -> set[str]:
    """The activities one function of the wiring hands to its worker."""
    for node in ast.walk(module(file).tree):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            lists = [n.value for n in ast.walk(node) if isinstance(n, ast.Return) and isinstance(n.value, ast.List)]
            return {each.attr for found in lists for each in found.elts if isinstance(each, ast.Attribute)}
    raise AssertionError(f"{file} has no {function} any more: adapt this test")


CASES = registered("cases_activities") | registered("inbox_rounds") | registered("replay_activities")
CASES |= registered("retention_activities") | registered("reader_records")
DOCUMENTS = registered("documents_activities")
ROBOTS = registered("robot_activities")
SHEETS = registered("sheet_activities")
READER = registered("reader_activities", "wiring/reader.py")
COUNTER = registered("counter_activities", "wiring/web.py")


def written_activities() -> dict[str, str]:
    """Every @activity.defn of the product, and where it is."""
    return {
        node.name: file.name
        for file in modules()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(ast.unparse(each).startswith("activity.defn") for each in node.decorator_list)
    }


def called_activities(file: Module) -> set[str]:
    """Names a workflow calls literally: execute_activity("…"), _write("…"), and in `for activity in ("…", …)`."""
    direct = re.findall(r"(?:execute_activity|execute_local_activity|_write)\(\s*\"(\w+)\"", file.text)
    looped = re.findall(r"for activity in \(([^)]*)\)", file.text)
    return set(direct) | {name for names in looped for name in re.findall(r"\"(\w+)\"", names)}


def called_of(queue: str, file: Module) -> set[str]:
    """Names a workflow calls literally on a queue of its own."""
    return {
        str(node.args[0].value)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call)
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and any(each.arg == "task_queue" and ast.unparse(each.value) == queue for each in node.keywords)
    }


def test_every_activity_that_was_written_is_registered_with_a_worker() -> None:
    missing = {
        name: place
        for name, place in written_activities().items()
        if name not in CASES | DOCUMENTS | COUNTER | ROBOTS | SHEETS | READER
    }
    assert not missing, f"register {missing} in wiring/, or a workflow waits for it for ever"
    assert not CASES & DOCUMENTS | COUNTER & (CASES | DOCUMENTS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_step_names_an_activity_of_its_queue_and_an_options_model(kind: StepKind) -> None:
    run = RUNS[kind]
    there = {DOCUMENTS_QUEUE: DOCUMENTS, ROBOTS_QUEUE: ROBOTS}.get(run.queue, CASES)
    assert kind in there, f"no worker of queue {run.queue} performs {kind}: register it in wiring/workers.py"
    assert not (run.local and run.queue != CASES_QUEUE), "a local activity runs where the workflow runs"
    models = {get_args(c.model_fields["kind"].annotation) for c in StepBase.__subclasses__()}
    assert (kind,) in models, f"procedures/steps.py has no options model for {kind}"


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_every_activity_a_workflow_has_printed_is_one_of_the_documents_queue(file: Module) -> None:
    printed = set(re.findall(r"_print\(\s*\"(\w+)\"", file.text))
    unknown = (printed | called_of("DOCUMENTS_QUEUE", file)) - DOCUMENTS
    assert not unknown, f"{file.name} prints by {unknown}, which the worker of the documents queue does not have"


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_every_activity_a_workflow_calls_by_name_exists(file: Module) -> None:
    apart = {queue: called_of(f"{queue}_QUEUE", file) for queue in ("DOCUMENTS", "SHEETS", "ROBOTS")}
    unknown = called_activities(file) - set().union(*apart.values()) - CASES - COUNTER - READER
    unknown |= apart["SHEETS"] - SHEETS | apart["ROBOTS"] - ROBOTS
    unknown |= set(re.findall(r"\b_do\(\s*\"(\w+)\"", file.text)) - SHEETS
    assert not unknown, f"{file.name} calls {unknown}, which no worker of its queues has"


def test_the_names_are_found_where_workflows_write_them() -> None:
    found = set().union(*(called_activities(file) for file in WORKFLOWS))
    assert {"record_decision", "close_case", "settle_payment", "reconcile_inbox"} <= found


def test_every_compensation_is_an_activity_of_a_kind_of_step() -> None:
    for kind, activity in UNDO:
        assert kind in KINDS
        assert activity in CASES


@pytest.mark.parametrize("name", FINAL_ERRORS)
def test_every_error_that_is_called_final_is_raised_somewhere(name: str) -> None:
    if name == "ValidationError":  # pydantic's own
        return
    classes = [n.name for file in modules() for n in ast.walk(file.tree) if isinstance(n, ast.ClassDef)]
    assert name in classes, f"workflows/steps.py calls {name} final, but no room defines it"

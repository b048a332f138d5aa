"""記録された履歴: today's code walks through each again, on every commit; a broken one is noticed and explained."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.worker import UnsandboxedWorkflowRunner

from commands.recorded import NoKeys, encrypted, read
from tests.histories import fingerprint
from tests.histories.record import FOLDER, SCENES
from tests.histories.teaching import TEACHING, WHAT_TO_DO
from wiring.workers import WORKFLOWS, replay_of
from workflows.codec import CaseCodec, data_converter
from workflows.contracts import CaseInput, Closing
from workflows.divergence import Divergence, Move
from workflows.replay import Replay, Verdict

DELIVERED = FOLDER / "a_certificate_delivered.json.gz"


def judged(*histories: WorkflowHistory, replay: Replay | None = None) -> list[Verdict]:
    async def judge_all() -> list[Verdict]:
        async with (replay or replay_of(NoKeys(), "recorded")).judging() as judge:
            return [await judge(each) for each in histories]

    return asyncio.run(judge_all())


def changed(change: Callable[[HistoryEvent], bool], file: Path = DELIVERED) -> WorkflowHistory:
    """A recorded history with one event changed: the first of which `change` says that it did."""
    history = read(file)
    assert any(change(event) for event in history.events), "nothing was changed: adapt this test"
    return history


def test_every_scene_is_recorded_and_nothing_else() -> None:
    recorded = {file.name.removesuffix(".json.gz") for file in FOLDER.glob("*.json.gz")}
    assert recorded == {scene.__name__ for scene in SCENES}, "run `.venv/bin/python -m tests.histories.record`"


def test_recorded_histories_are_small_and_need_no_key() -> None:
    files = list(FOLDER.glob("*.json.gz"))
    assert sum(file.stat().st_size for file in files) < 200_000
    assert not any(encrypted(read(file)) for file in files)


@pytest.mark.parametrize("name", [scene.__name__ for scene in SCENES])
def test_a_recorded_history_replays_on_the_code_of_today(name: str) -> None:
    (verdict,) = judged(read(FOLDER / f"{name}.json.gz"))
    assert verdict.outcome == "deterministic", f"{verdict}\n{WHAT_TO_DO}"


def test_a_renamed_step_is_told_with_its_event_and_both_names() -> None:
    def rename(event: HistoryEvent) -> bool:
        if event.activity_task_scheduled_event_attributes.activity_type.name != "issue_document":
            return False
        event.activity_task_scheduled_event_attributes.activity_type.name = "print_document"
        return True

    (verdict,) = judged(history := changed(rename))

    assert (verdict.outcome, verdict.reason) == ("would_break", "other_command")
    at = next(e.event_id for e in history.events if e.activity_task_scheduled_event_attributes.activity_type.name == "print_document")  # fmt: skip # noqa: E501
    recorded, came = Move("activity", "print_document"), Move("activity", "issue_document")
    assert verdict.divergence == Divergence(at, recorded, came)
    assert "TMPRL1100" in verdict.detail


def test_a_renamed_local_step_is_told_too() -> None:
    def rename(event: HistoryEvent) -> bool:
        if not event.HasField("marker_recorded_event_attributes"):
            return False
        for payload in event.marker_recorded_event_attributes.details["data"].payloads:
            if b'"review"' in payload.data:
                payload.data = payload.data.replace(b'"review"', b'"examine"')
                return True
        return False

    (verdict,) = judged(changed(rename))

    assert (verdict.outcome, verdict.reason) == ("would_break", "other_command")
    assert verdict.divergence is not None
    assert verdict.divergence.recorded == Move("local_activity", "examine")
    assert verdict.divergence.came == Move("local_activity", "review")


@workflow.defn(name="CaseWorkflow")
class HastilyChanged:
    """A case workflow somebody put a pause into, without `patched()`."""

    @workflow.run
    async def run(self, _: CaseInput) -> Closing:
        await workflow.sleep(timedelta(minutes=1))
        return "delivered"


@workflow.defn(name="CaseWorkflow")
class Impatient:
    """A case workflow that ends at once."""

    @workflow.run
    async def run(self, _: CaseInput) -> Closing:
        return "delivered"


@workflow.defn(name="CaseWorkflow")
class Greeting:
    """A case workflow that begins with a new short write."""

    @workflow.run
    async def run(self, _: CaseInput) -> Closing:
        await workflow.execute_local_activity("greet", start_to_close_timeout=timedelta(seconds=1))
        return "delivered"


@workflow.defn(name="CaseWorkflow")
class Waiting:
    """A case workflow that waits for a word that never comes."""

    @workflow.run
    async def run(self, _: CaseInput) -> Closing:
        await workflow.wait_condition(lambda: False)
        return "delivered"


@workflow.defn(name="CaseWorkflow")
class Stumbling:
    """A case workflow that fails on what it is given."""

    @workflow.run
    async def run(self, _: CaseInput) -> Closing:
        raise ValueError("stumbled")


@pytest.fixture
def replay_with() -> Callable[[type], Replay]:
    def of(one: type) -> Replay:
        keys = NoKeys()
        return Replay([one], UnsandboxedWorkflowRunner(), data_converter(keys), keys, "recorded")

    return of


ON_PAPER = FOLDER / "a_certificate_on_paper.json.gz"


@pytest.mark.parametrize(
    ("file", "program", "recorded", "came"),
    [
        (DELIVERED, HastilyChanged, Move("activity", "check_signature"), Move("timer")),
        (DELIVERED, Impatient, Move("activity", "check_signature"), Move("end")),
        (DELIVERED, Greeting, Move("activity", "check_signature"), Move("local_activity", "greet")),
        (ON_PAPER, HastilyChanged, Move("local_activity", "check_register"), Move("timer")),
        (ON_PAPER, Greeting, Move("local_activity", "check_register"), Move("local_activity", "greet")),
        (ON_PAPER, Waiting, Move("local_activity", "check_register"), Move("nothing")),
    ],
)
def test_a_hasty_change_of_the_program_is_told_with_the_place_and_what_came(
    file: Path, program: type, recorded: Move, came: Move, replay_with: Callable[[type], Replay]
) -> None:
    (verdict,) = judged(read(file), replay=replay_with(program))
    assert (verdict.outcome, verdict.reason) == ("would_break", "other_command")
    assert verdict.divergence == Divergence(5, recorded, came)
    assert verdict.detail.startswith("[TMPRL1100]")


def test_a_program_that_fails_or_lacks_the_workflow_would_break_it(replay_with: Callable[[type], Replay]) -> None:
    (stumbled,) = judged(read(DELIVERED), replay=replay_with(Stumbling))
    assert (stumbled.outcome, stumbled.reason) == ("would_break", "step_failed")
    lacking = next(each for each in WORKFLOWS if each.__name__ != "CaseWorkflow")
    (lacks,) = judged(read(DELIVERED), replay=replay_with(lacking))
    assert (lacks.outcome, lacks.reason) == ("would_break", "no_such_workflow")


def test_a_history_without_a_beginning_proves_nothing_and_the_next_is_told_all_the_same() -> None:
    whole = read(DELIVERED)
    headless = WorkflowHistory(whole.workflow_id, whole.events[1:])
    verdicts = judged(headless, WorkflowHistory("nothing", []), whole)
    assert [(each.outcome, each.reason) for each in verdicts] == [
        ("unknown", "unreadable"),
        ("unknown", "unreadable"),
        ("deterministic", None),
    ]


def test_a_history_for_another_key_is_unknown_and_never_good() -> None:
    sealed = read(DELIVERED)
    given = sealed.events[0].workflow_execution_started_event_attributes.input.payloads
    (payload,) = asyncio.run(CaseCodec(NoKeys(), sealed.workflow_id).encode(given))
    given[0].CopyFrom(payload)
    assert encrypted(sealed)
    (verdict,) = judged(sealed)
    assert (verdict.outcome, verdict.reason) == ("unknown", "unreadable")


def test_the_commands_of_the_workflows_are_those_that_were_accepted() -> None:
    difference = fingerprint.difference(fingerprint.ACCEPTED.read_text("utf-8"), fingerprint.of_this_code())
    assert not difference, f"{difference}\n{TEACHING}"

"""再生: today's code must be able to continue the histories of cases that are open."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from machine.demo import deliver_certificate
from machine.layout import Layout, environment
from store.database import Database
from store.keys import CaseKeys
from store.settings import StoreSettings
from workflows.case_workflow import CaseWorkflow
from workflows.codec import data_converter
from workflows.contracts import CaseInput, Closing

WHAT_TO_DO = (
    "CaseWorkflow no longer makes the commands its open cases have in their histories. Put the change behind "
    "`if workflow.patched('what-changed'):` and keep the old path until no case from before is open."
)


@pytest.fixture
def converter(town: Layout) -> Iterator[DataConverter]:
    """The product's own converter: histories are encrypted with each case's key."""
    surroundings = environment(town)
    names = {name: f"MADOGUCHI_STORE_{name.upper()}" for name in StoreSettings.model_fields}
    given = {name: surroundings[key] for name, key in names.items() if key in surroundings}
    settings = StoreSettings.model_validate(given)
    database = Database(settings)
    yield data_converter(CaseKeys(database, settings.master_key_file))
    database.close()


@pytest.fixture
def history(town: Layout) -> WorkflowHistory:
    """A delivered certificate case, as the server kept it."""
    case, _ = deliver_certificate(town)

    async def fetch() -> WorkflowHistory:
        client = await Client.connect(town.temporal.address, namespace=town.temporal.namespace)
        return await client.get_workflow_handle(case["receipt_number"]).fetch_history()

    return asyncio.run(fetch())


@workflow.defn(name="CaseWorkflow")
class HastilyChanged:
    """A case workflow somebody put a pause into, without `patched()`."""

    @workflow.run
    async def run(self, _: CaseInput) -> Closing:
        await workflow.sleep(timedelta(minutes=1))
        return "delivered"


def test_a_delivered_case_replays_on_the_code_of_today(history: WorkflowHistory, converter: DataConverter) -> None:
    replayer = Replayer(workflows=[CaseWorkflow], data_converter=converter)
    result = asyncio.run(replayer.replay_workflow(history, raise_on_replay_failure=False))
    assert result.replay_failure is None, WHAT_TO_DO


def test_a_change_that_would_break_open_cases_is_noticed(history: WorkflowHistory, converter: DataConverter) -> None:
    runner = UnsandboxedWorkflowRunner()
    replayer = Replayer(workflows=[HastilyChanged], data_converter=converter, workflow_runner=runner)
    result = asyncio.run(replayer.replay_workflow(history, raise_on_replay_failure=False))
    assert isinstance(result.replay_failure, NondeterminismError)

"""Temporalの更新: cases that are open under one release of the server go on under the next, on the same database."""

import asyncio
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client, Schedule, ScheduleActionStartWorkflow, ScheduleSpec
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from machine.layout import CLONE, Ports
from machine.temporal import Temporal, binary

BEFORE = Path(__file__).with_name("temporal_before.lock")
QUEUE = "upgrade"


@workflow.defn
class Waiting:
    """A case in small: waits for a decision beside a deadline, then for a timer."""

    def __init__(self) -> None:
        self._decided = 0

    @workflow.update
    async def decide(self) -> int:
        self._decided += 1
        return self._decided

    @workflow.run
    async def run(self) -> str:
        await workflow.wait_condition(lambda: self._decided > 0, timeout=timedelta(days=30))
        await workflow.sleep(timedelta(seconds=1))
        return f"decided {self._decided}"


@pytest.fixture(scope="module")
def release_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server of the release before: `bootstrap.sh` left a uv, or found one."""
    folder = tmp_path_factory.mktemp("release")
    uv = shutil.which("uv") or str(CLONE / "var" / "tools" / "bin" / "uv")
    command = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--target", str(folder), "--require-hashes"]
    subprocess.run([*command, "--requirement", str(BEFORE)], check=True, capture_output=True, timeout=120)
    return folder / "bin" / "temporal"


def said_by(server: Path) -> str:
    return subprocess.run([server, "--version"], check=True, capture_output=True, text=True).stdout


def working(client: Client) -> Worker:
    return Worker(client, task_queue=QUEUE, workflows=[Waiting], workflow_runner=UnsandboxedWorkflowRunner())


async def begun(temporal: Temporal) -> None:
    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    action = ScheduleActionStartWorkflow(Waiting.run, id="by-schedule", task_queue=QUEUE)
    await client.create_schedule("nightly", Schedule(action=action, spec=ScheduleSpec()))
    async with working(client):
        await client.start_workflow(Waiting.run, id="open", task_queue=QUEUE)
        told = await client.start_workflow(Waiting.run, id="told", task_queue=QUEUE)
        assert await told.execute_update(Waiting.decide, id="command") == 1
        assert await told.result() == "decided 1"


async def carried_on(temporal: Temporal) -> None:
    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    async with working(client):
        waiting = client.get_workflow_handle("open")
        assert await waiting.execute_update(Waiting.decide, id="command") == 1
        assert await waiting.execute_update(Waiting.decide, id="command") == 1, "told again, taken in once"
        assert await waiting.result() == "decided 1"
        told = client.get_workflow_handle("told")
        assert await told.execute_update(Waiting.decide, id="command", result_type=int) == 1, "closed, and it remembers"
        await client.get_schedule_handle("nightly").trigger()
        seen: set[str] = set()
        while not {"open", "told"} <= seen or not any(each.startswith("by-schedule") for each in seen):
            seen = {each.id async for each in client.list_workflows()}


@pytest.mark.timeout(180)
def test_cases_open_under_the_release_before_go_on_under_the_one_we_run(tmp_path: Path, release_before: Path) -> None:
    assert said_by(release_before) != said_by(binary()), "the same release upgrades nothing: take an older one"
    port = Ports.free().temporal
    with Temporal.beside(tmp_path, port, release=release_before) as before:
        asyncio.run(begun(before))
    with Temporal.beside(tmp_path, port) as now:
        asyncio.run(carried_on(now))

"""ワークフローサーバー: the real server, tuned, with a file database."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from keeping import gone
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.contrib.pydantic import pydantic_data_converter

from api.settings import TemporalSettings
from machine.layout import Ports
from machine.ports import LISTEN, sockets
from machine.program import MachineError
from machine.temporal import DURABLE, SEARCH_ATTRIBUTES, Temporal
from wiring.foundation import connected
from wiring.telemetry import Observed

ATTRIBUTES = TypedSearchAttributes(
    [SearchAttributePair(SearchAttributeKey.for_keyword(name), "x") for name in SEARCH_ATTRIBUTES]
)


async def start_case(temporal: Temporal) -> None:
    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    await client.start_workflow("Case", id="R-1", task_queue="nobody", search_attributes=ATTRIBUTES)


async def status_of_case(temporal: Temporal) -> WorkflowExecutionStatus | None:
    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    return (await client.get_workflow_handle("R-1").describe()).status


def test_ready_means_a_workflow_with_every_search_attribute_can_start(tmp_path: Path) -> None:
    with Temporal.beside(tmp_path, Ports.free().temporal) as temporal:
        asyncio.run(start_case(temporal))
        assert asyncio.run(status_of_case(temporal)) == WorkflowExecutionStatus.RUNNING


def test_an_open_case_survives_kill_9(tmp_path: Path) -> None:
    temporal = Temporal.beside(tmp_path, Ports.free().temporal, fast=False)
    with temporal:
        asyncio.run(start_case(temporal))
        for child in temporal._children:
            os.kill(child.identity.pid, signal.SIGKILL)
    with temporal:
        assert asyncio.run(status_of_case(temporal)) == WorkflowExecutionStatus.RUNNING


def test_who_starts_while_the_server_is_away_waits_for_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    temporal = Temporal.beside(tmp_path, Ports.free().temporal)
    settings = TemporalSettings(address=temporal.address, namespace=temporal.namespace)

    async def come_before_the_server() -> str:
        waiting = asyncio.create_task(connected(settings, pydantic_data_converter, timedelta(minutes=1), Observed()))
        while "is asked again" not in caplog.text:
            await asyncio.sleep(0.05)
        await asyncio.to_thread(temporal.start)
        try:
            return (await waiting).namespace
        finally:
            await asyncio.to_thread(temporal.stop)

    assert asyncio.run(come_before_the_server()) == temporal.namespace


def test_who_has_no_patience_is_told_at_once(tmp_path: Path) -> None:
    nobody = TemporalSettings(address=f"127.0.0.1:{Ports.free().temporal}", namespace="x")
    with pytest.raises(RuntimeError, match="connect"):
        asyncio.run(connected(nobody, pydantic_data_converter, timedelta(), Observed()))


def test_only_tests_may_skip_time_or_lose_a_commit(tmp_path: Path) -> None:
    served = " ".join(Temporal(tmp_path, 1, 2, tmp_path / "log").program().argv)
    assert "TimeSkipping" not in served
    assert all(f"--sqlite-pragma {pragma}" in served for pragma in DURABLE)
    assert "synchronous=FULL" in DURABLE


def test_it_listens_on_this_machine_only(tmp_path: Path) -> None:
    ports = Ports.free()
    with Temporal(tmp_path, ports.temporal, ports.temporal_ui, tmp_path / "log") as temporal:
        pid = temporal._children[0].identity.pid
        assert listening(pid), "the check below would pass for a server that listens nowhere"
        assert {address for address in listening(pid) if not address.startswith("0100007F:")} == set()
    assert gone(pid)


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "temporal").mkdir()
    (tmp_path / "temporal" / "temporal.db").mkdir()
    with pytest.raises(MachineError, match="temporal ended with status 1 before it was ready"):
        Temporal.beside(tmp_path, Ports.free().temporal).start()


def listening(pid: int) -> set[str]:
    """Local addresses of its listening sockets (hexadecimal, as in proc(5))."""
    mine = sockets(Path(f"/proc/{pid}"))
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1] for row in rows if row[3] == LISTEN and row[9] in mine}

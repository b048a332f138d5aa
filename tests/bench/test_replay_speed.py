"""再生の計測: recorded histories replayed per second, beside the SDK's bare Replayer on the same ones."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator

import pytest
from rich.console import Console
from rich.table import Table
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from commands.recorded import NoKeys, read
from tests.histories.record import FOLDER
from wiring.workers import WORKFLOWS, replay_of, workflow_runner

pytestmark = pytest.mark.timeout(300)

ROUNDS, COPIES = 5, 10
AIM = 0.8
"""Of the bare Replayer's histories per second: encryption, one verdict at a time, and what is looked at before."""


def histories() -> list[WorkflowHistory]:
    return [read(file) for file in sorted(FOLDER.glob("*.json.gz"))] * COPIES


async def ours(brought: list[WorkflowHistory]) -> float:
    begun = time.perf_counter()
    async with replay_of(NoKeys(), "recorded").judging() as judge:
        for history in brought:
            assert (await judge(history)).outcome == "deterministic"
    return len(brought) / (time.perf_counter() - begun)


async def bare(brought: list[WorkflowHistory]) -> float:
    async def each() -> AsyncIterator[WorkflowHistory]:
        for history in brought:
            yield history

    begun = time.perf_counter()
    replayer = Replayer(
        workflows=WORKFLOWS, workflow_runner=workflow_runner(), data_converter=pydantic_data_converter
    )  # fmt: skip
    assert not (await replayer.replay_workflows(each())).replay_failures
    return len(brought) / (time.perf_counter() - begun)


def test_histories_are_replayed_almost_as_fast_as_by_the_bare_replayer(console: Console) -> None:
    brought = histories()
    asyncio.run(ours(brought[:7]))  # loads what both need
    rates = [(asyncio.run(bare(brought)), asyncio.run(ours(brought))) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / floor for floor, mine in rates)
    table = Table(title=f"再生: {len(brought)} histories of 7 kinds, {ROUNDS} rounds in turn", title_justify="left")
    for column in ("bare Replayer /s", "ours /s", "ratio"):
        table.add_column(column, justify="right")
    for floor, mine in rates:
        table.add_row(f"{floor:.0f}", f"{mine:.0f}", f"{mine / floor:.2f}")
    table.caption = f"Median {ratio:.2f}. Aim: {AIM}."
    console.print()
    console.print(table)
    assert ratio >= AIM

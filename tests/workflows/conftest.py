"""時間を進める: cases of the running town, whose clocks are skipped forward instead of waited for."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from temporalio.client import Client
from temporalio.testing import TimeSkipper

from machine.layout import Layout

PassTime = Callable[[str, timedelta], None]


@pytest.fixture
def pass_time(town: Layout) -> PassTime:
    """`pass_time(receipt_number, timedelta(days=8))`: that case's clock runs on; nobody else's does."""

    async def skip(receipt_number: str, duration: timedelta) -> None:
        client = await Client.connect(town.temporal.address, namespace=town.temporal.namespace)
        handle = client.get_workflow_handle(receipt_number)
        await TimeSkipper(client).fast_forward(handle, duration)

    return lambda receipt_number, duration: asyncio.run(skip(receipt_number, duration))

"""時計: one case's clock runs on, on the real server; nobody else's does."""

import asyncio
from datetime import timedelta

from temporalio.client import Client
from temporalio.testing import TimeSkipper

from machine.layout import Layout


def pass_time(layout: Layout, receipt_number: str, duration: timedelta) -> None:
    """Skip `duration` of a case's own time instead of waiting for it."""

    async def skip() -> None:
        client = await Client.connect(layout.temporal.address, namespace=layout.temporal.namespace)
        await TimeSkipper(client).fast_forward(client.get_workflow_handle(receipt_number), duration)

    asyncio.run(skip())

"""生存の合図: for as long as an activity works, so that the part of a worker that was killed is begun anew soon."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio import activity

BEAT = timedelta(seconds=5)


@asynccontextmanager
async def signs_of_life(every: timedelta = BEAT) -> AsyncIterator[None]:
    """生存の合図: every few seconds until the block ends."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(every.total_seconds())

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating

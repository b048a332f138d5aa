"""再生の実行: open cases' histories, walked through again by the program of this very worker, a few a second.

The program that must be able to go on is the workers' own, so it is asked there and not in a web process.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

from temporalio import activity
from temporalio.client import Client

from activities.desk import Desk
from procedures.values import MunicipalityCode, ReceiptNumber
from store import replays
from store.replays import ReplayedCase
from workflows.contracts import ReplayRun
from workflows.divergence import Divergence, Move
from workflows.replay import Judge, Replay, Verdict

PART = 100
"""Cases of one activity: a worker that goes down leaves no more than these to the next one."""
PACE = timedelta(milliseconds=100)
"""At least so long for each: replaying takes the same processor as residents' cases."""


class Replays:
    """再生の処理."""

    def __init__(self, desk: Desk, client: Client, replay: Replay) -> None:
        self._desk = desk
        self._client = client
        self._replay = replay

    @activity.defn
    async def replay_cases(self, run: ReplayRun) -> bool:
        """再生: some of those without an outcome. Whether any may be left."""
        numbers = await asyncio.to_thread(self._waiting, run)
        async with self._replay.judging() as judge:
            for number in numbers:
                activity.heartbeat()
                await asyncio.gather(self._settle(judge, run, number), asyncio.sleep(PACE.total_seconds()))
        return len(numbers) == PART

    @activity.defn
    def finish_replay(self, run: ReplayRun) -> None:
        """終わり."""
        with self._desk.writing(run.municipality) as connection:
            replays.finish(connection, run.replay_id)

    async def _settle(self, judge: Judge, run: ReplayRun, number: ReceiptNumber) -> None:
        verdict = await judge.of_workflow(self._client, number)
        await asyncio.to_thread(self._write, run.municipality, run.replay_id, told(number, verdict))

    def _waiting(self, run: ReplayRun) -> tuple[ReceiptNumber, ...]:
        with self._desk.writing(run.municipality) as connection:
            return replays.waiting(connection, run.replay_id, PART)

    def _write(self, municipality: MunicipalityCode, replay_id: UUID, found: ReplayedCase) -> None:
        with self._desk.writing(municipality) as connection:
            replays.settle(connection, replay_id, found)


def told(number: ReceiptNumber, verdict: Verdict) -> ReplayedCase:
    """一件の結果, as it is kept."""
    parted = verdict.divergence or Divergence(None, None, None)
    recorded, came = parted.recorded or Move("other"), parted.came or Move("other")
    known = verdict.divergence is not None
    return ReplayedCase(
        number, verdict.outcome, verdict.reason, parted.event,
        recorded.kind if known else None, recorded.name, came.kind if known else None, came.name, verdict.detail,
    )  # fmt: skip

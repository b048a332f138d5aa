"""担当の時間: a claim that nobody works on falls back to everybody when its lease ends.

One workflow for each municipality: it releases what ran out, and sleeps until the next lease ends. A lease taken while
it sleeps lasts at least as long as it sleeps at the longest, so none ends unseen.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

with workflow.unsafe.imports_passed_through():
    from procedures.values import MunicipalityCode
    from workflows.contracts import CASES_QUEUE, LeasesLeft, MunicipalityRun
    from workflows.steps import DATABASE

SHORTEST_LEASE = timedelta(minutes=60)
"""Nobody is given a task for less (store.tasks.LEASE); so long it may sleep when nothing is claimed."""
AT_LEAST = timedelta(seconds=1)
SHORT_WRITE = timedelta(seconds=10)


@workflow.defn
class LeaseWorkflow:
    """担当の時間 (workflow id = `leases-` + the municipality)."""

    @workflow.run
    async def run(self, run: MunicipalityRun) -> None:
        while not workflow.info().is_continue_as_new_suggested():
            left: LeasesLeft = await workflow.execute_local_activity(
                "release_lapsed_tasks", run, result_type=LeasesLeft,
                start_to_close_timeout=SHORT_WRITE, retry_policy=DATABASE,
            )  # fmt: skip
            await workflow.sleep(_pause(left.next_end))
        workflow.continue_as_new(run)


def _pause(next_end: timedelta | None) -> timedelta:
    return SHORTEST_LEASE if next_end is None else max(min(next_end, SHORTEST_LEASE), AT_LEAST)


async def keep(client: Client, municipality: MunicipalityCode) -> None:
    """見張りを置く: one that runs stays the only one."""
    await client.start_workflow(
        LeaseWorkflow.run,
        MunicipalityRun(municipality=municipality),
        id=f"leases-{municipality}",
        task_queue=CASES_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )

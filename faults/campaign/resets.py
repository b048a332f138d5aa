"""巻戻し: every case of a campaign that is over is begun again from every point at which it ever stood.

Temporal's own reset, which no page of ours asks for: what was told is told again all at once, activities run once more,
and where a run then waits for somebody, the next reset ends it. Nothing may happen twice.
"""

import asyncio
from collections.abc import Collection
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from machine.layout import Layout

DECIDED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
AT_ONCE = 4
LOOK_EVERY, PATIENCE = 0.1, 120.0


async def begin_again_from_everywhere(layout: Layout, numbers: Collection[str]) -> int:
    """巻戻し of these cases; how many there were. Raises TimeoutError where a run neither ends nor waits."""
    client = await Client.connect(layout.temporal.address, namespace=layout.temporal.namespace)
    seats = asyncio.Semaphore(AT_ONCE)

    async def one(number: str) -> int:
        async with seats:
            return await begin_again_from_every_point(client, number)

    return sum(await asyncio.gather(*map(one, numbers)))


async def begin_again_from_every_point(client: Client, number: str) -> int:
    """巻戻し of one case, from its first point to its last; a closed case is left without a run that waits."""
    handle = client.get_workflow_handle(number)
    seen = await handle.describe()
    first, closed = seen.run_id, seen.status == WorkflowExecutionStatus.COMPLETED
    history = await handle.fetch_history()
    points = [each.event_id for each in history.events if each.event_type == DECIDED]
    for point in points:
        await _reset(client, number, first, point)
        await _rest(handle)
    if closed and (await handle.describe()).status == WorkflowExecutionStatus.RUNNING:
        await handle.terminate("begun again from everywhere")
    return len(points)


async def _reset(client: Client, number: str, run_id: str, point: int) -> None:
    request = ResetWorkflowExecutionRequest(
        namespace=client.namespace, workflow_execution=WorkflowExecution(workflow_id=number, run_id=run_id),
        reason="begun again", workflow_task_finish_event_id=point, request_id=f"{run_id}-{point}",
    )  # fmt: skip
    await client.workflow_service.reset_workflow_execution(request)


async def _rest(handle: WorkflowHandle[Any, Any]) -> None:
    """Until the newest run has ended, or waits for somebody."""
    until = asyncio.get_running_loop().time() + PATIENCE
    while asyncio.get_running_loop().time() < until:
        seen = await handle.describe()
        raw = seen.raw_description
        waits = not raw.pending_activities and not raw.HasField("pending_workflow_task")
        if waits or seen.status == WorkflowExecutionStatus.COMPLETED:
            return
        await asyncio.sleep(LOOK_EVERY)
    raise TimeoutError(f"The run of {handle.id} neither ends nor waits.")

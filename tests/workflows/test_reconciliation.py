"""照合: the Schedule's workflow reads what the Schedule wrote, and does all of its rounds."""

import asyncio
import time

from temporalio.client import Client, ScheduleActionExecutionStartWorkflow, ScheduleHandle

from machine.layout import Layout

SCHEDULE = "reconciliation-282014"
PATIENCE = 20.0


async def newest(schedule: ScheduleHandle) -> str | None:
    """The workflow id of the Schedule's newest round."""
    recent = (await schedule.describe()).info.recent_actions
    action = recent[-1].action if recent else None
    return action.workflow_id if isinstance(action, ScheduleActionExecutionStartWorkflow) else None


async def a_round(town: Layout) -> tuple[str, list[str]]:
    """Trigger one round: how it ended, and the activities it asked for."""
    client = await Client.connect(town.temporal.address, namespace=town.temporal.namespace)
    schedule = client.get_schedule_handle(SCHEDULE)
    before = await newest(schedule)
    await schedule.trigger()
    deadline = time.monotonic() + PATIENCE
    while (workflow_id := await newest(schedule)) in (before, None):
        assert time.monotonic() < deadline, "the Schedule started nothing"
        await asyncio.sleep(0.05)
    handle = client.get_workflow_handle(str(workflow_id))
    while (described := await handle.describe()).close_time is None:
        assert time.monotonic() < deadline, f"{workflow_id} does not end: see its history and worker-cases.log"
        await asyncio.sleep(0.05)
    events = (await handle.fetch_history()).events
    asked = [event.activity_task_scheduled_event_attributes.activity_type.name for event in events]
    return described.status.name if described.status else "", [name for name in asked if name]


def test_a_scheduled_round_asks_after_payments_the_inbox_and_exports(town: Layout) -> None:
    status, asked = asyncio.run(a_round(town))

    assert asked == ["reconcile_payments", "reconcile_inbox", "reconcile_exports", "reconcile_bulks"]
    assert status == "COMPLETED"

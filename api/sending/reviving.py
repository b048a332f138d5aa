"""再実行: a workflow that ended by a mistake of ours goes on from its last good step (Temporal's reset).

All that was recorded stays, and whatever the case was told meanwhile is told again by the engine itself; effects find
their stored results. Nothing is decided anew: that is what going back to a step is for.
"""

from datetime import timedelta
from uuid import UUID

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHistory

from procedures.values import ReceiptNumber

BROKEN = frozenset(
    {WorkflowExecutionStatus.FAILED, WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.TIMED_OUT,
     WorkflowExecutionStatus.CANCELED}
)  # fmt: skip
"""Ends that no case of ours comes to by itself."""


async def revive(client: Client, receipt_number: ReceiptNumber, command_id: UUID, timeout: timedelta) -> bool:
    """再実行, by a command's id: asked again, it finds the run it made. False: it did not end so.

    Raises RPCError: Temporal is away.
    """
    handle = client.get_workflow_handle(receipt_number)
    found = await handle.describe(rpc_timeout=timeout)
    history = await client.get_workflow_handle(receipt_number, run_id=found.run_id).fetch_history()
    reason = f"repair {command_id}"
    if _made_by(history, reason):
        return True
    if found.status not in BROKEN:
        return False
    good = [each.event_id for each in history.events if each.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]
    request = ResetWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=receipt_number, run_id=found.run_id),
        reason=reason,
        workflow_task_finish_event_id=good[-1],
        request_id=str(command_id),
    )
    await client.workflow_service.reset_workflow_execution(request, timeout=timeout)
    return True


def _made_by(history: WorkflowHistory, reason: str) -> bool:
    """Whether a reset for this reason is where the run began: the engine ends the task it went back to with it."""
    ends = (each.workflow_task_failed_event_attributes for each in history.events)
    return any(
        end.cause == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW and end.failure.message == reason
        for end in ends
    )

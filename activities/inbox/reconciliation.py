"""受信箱の照合: an open task whose workflow is closed, or whose holder lost the duty, is nobody's any more."""

import asyncio
import logging

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.desk import Desk
from procedures.values import ReceiptNumber
from store import cases, handover, tasks
from workflows.contracts import MunicipalityRun

log = logging.getLogger(__name__)


class InboxReconciliation:
    """受信箱の照合の処理."""

    def __init__(self, desk: Desk, client: Client) -> None:
        self._desk = desk
        self._client = client

    @activity.defn
    async def reconcile_inbox(self, run: MunicipalityRun) -> int:
        """照合: the workflow is the source of truth; how many cases had tasks left over."""
        await asyncio.to_thread(self._give_back, run)
        left_over = [number for number in await self._with_open_tasks(run) if not await self._is_open(number)]
        for receipt_number in left_over:
            log.warning("Case %s is closed but had open tasks; they are closed now.", receipt_number)
            await asyncio.to_thread(self._close, run, receipt_number)
        return len(left_over)

    async def _with_open_tasks(self, run: MunicipalityRun) -> tuple[ReceiptNumber, ...]:
        def read() -> tuple[ReceiptNumber, ...]:
            with self._desk.writing(run.municipality) as connection:
                return tasks.open_cases(connection)

        return await asyncio.to_thread(read)

    async def _is_open(self, receipt_number: ReceiptNumber) -> bool:
        """Only the server's own word that it is closed counts; anything else leaves the task alone."""
        try:
            described = await self._client.get_workflow_handle(receipt_number).describe()
        except RPCError as error:
            return error.status is not RPCStatusCode.NOT_FOUND
        return described.status is WorkflowExecutionStatus.RUNNING

    def _give_back(self, run: MunicipalityRun) -> None:
        """代理の終わり: what a substitute held only as such, until a day that is over now."""
        with self._desk.writing(run.municipality) as connection:
            handover.release_lost(connection)

    def _close(self, run: MunicipalityRun, receipt_number: ReceiptNumber) -> None:
        with self._desk.writing(run.municipality) as connection:
            tasks.close_all(connection, receipt_number)
            cases.say(connection, receipt_number, "task_released", facts={"reason": "workflow_closed"})

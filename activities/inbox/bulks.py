"""一括処理の照合: an order that was asked for is begun, also where nobody reached Temporal when it was asked."""

import asyncio
import logging
from datetime import timedelta

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError

from activities.desk import Desk
from store import bulks
from workflows import bulk_workflow
from workflows.contracts import BulkInput, MunicipalityRun

log = logging.getLogger(__name__)
RPC_TIMEOUT = timedelta(seconds=10)


class BulkReconciliation:
    """一括処理の照合の処理."""

    def __init__(self, desk: Desk, client: Client) -> None:
        self._desk = desk
        self._client = client

    @activity.defn
    async def reconcile_bulks(self, run: MunicipalityRun) -> int:
        """照合: begins what is not begun, forgets what was only looked at. How many are under way."""
        orders = await asyncio.to_thread(self._unfinished, run)
        for order in orders:
            try:
                await bulk_workflow.begin(self._client, order, RPC_TIMEOUT)
            except RPCError as error:
                log.warning("Bulk %s is not started yet: %s", order.bulk_id, error.status.name)
        return len(orders)

    def _unfinished(self, run: MunicipalityRun) -> list[BulkInput]:
        with self._desk.writing(run.municipality) as connection:
            bulks.forget_unasked(connection)
            return [
                BulkInput(municipality=run.municipality, bulk_id=bulk_id, size=size)
                for bulk_id, size in bulks.unfinished(connection)
            ]

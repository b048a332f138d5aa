"""空の案件: a workflow that does nothing, with as many commands, updates and activities as a certificate's case."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributeKey
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

CASES, DOCUMENTS = "bare-cases", "bare-documents"
SOON = timedelta(seconds=30)
LATER = timedelta(days=1)
STATUS = SearchAttributeKey.for_keyword("CaseStatus")
A_MOMENT = 0.05
"""Seconds until the person acts on what the case waits for."""

asleep = threading.Semaphore(0)
"""Tells this very process that a workflow is about to wait for a person."""


@activity.defn
def do_nothing() -> None:
    """One step's activity."""


@workflow.defn
class BareWorkflow:
    """Signature, register, fee · payment · review · decision, document, delivery, closing."""

    def __init__(self) -> None:
        self._paid = self._decided = False

    @workflow.update
    async def pay(self) -> None:
        self._paid = True

    @workflow.update
    async def decide(self) -> None:
        await self._local()
        self._decided = True

    @workflow.run
    async def run(self) -> None:
        await self._remote(CASES)
        await self._local()
        await self._remote(CASES)
        workflow.upsert_search_attributes([STATUS.value_set("awaiting_payment")])
        await self._person(lambda: self._paid)
        await self._local()
        workflow.upsert_search_attributes([STATUS.value_set("under_review")])
        await self._person(lambda: self._decided)
        await self._remote(DOCUMENTS)
        await self._local()
        await self._local()

    async def _person(self, acted: Callable[[], bool]) -> None:
        asleep.release()
        await workflow.wait_condition(acted, timeout=LATER)

    async def _remote(self, queue: str) -> None:
        await workflow.execute_activity(do_nothing, task_queue=queue, start_to_close_timeout=SOON)

    async def _local(self) -> None:
        await workflow.execute_local_activity(do_nothing, start_to_close_timeout=SOON)


@asynccontextmanager
async def bare_workers(client: Client) -> AsyncIterator[None]:
    """Two workers without the workflow sandbox, without encryption, in this process."""
    with ThreadPoolExecutor(2) as threads:
        async with AsyncExitStack() as stack:
            for queue, workflows in ((CASES, [BareWorkflow]), (DOCUMENTS, [])):
                worker = Worker(
                    client,
                    task_queue=queue,
                    workflows=workflows,
                    activities=[do_nothing],
                    activity_executor=threads,
                    max_concurrent_activities=2,
                    workflow_runner=UnsandboxedWorkflowRunner(),
                )
                await stack.enter_async_context(worker)
            yield


async def run_bare(client: Client) -> WorkflowHandle[BareWorkflow, None]:
    """One empty case, from start to end."""
    handle = await client.start_workflow(BareWorkflow.run, id=f"bare-{uuid4()}", task_queue=CASES)
    for update in (BareWorkflow.pay, BareWorkflow.decide):
        await asyncio.to_thread(asleep.acquire)
        await asyncio.sleep(A_MOMENT)
        await handle.execute_update(update, id=str(uuid4()))
    await handle.result()
    return handle

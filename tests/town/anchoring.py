"""錨を打つ: the daily anchor of one municipality of a running town, begun now and followed to its end."""

import asyncio
import secrets
from datetime import timedelta
from typing import Any

from psycopg.rows import dict_row
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.contrib.pydantic import pydantic_data_converter

from machine.layout import Layout
from machine.postgres import Role
from machine.visitor import wait_for
from procedures.values import MunicipalityCode
from workflows.audit_anchor_workflow import AuditAnchorWorkflow
from workflows.contracts import CASES_QUEUE, AnchorInput

SOON = timedelta(seconds=1)


def begin(town: Layout, municipality: str, retry_after: timedelta = SOON) -> str:
    """A run outside the Schedule; its id."""
    run_id = f"audit-anchor-{municipality}-{secrets.token_hex(4)}"
    given = AnchorInput(municipality=MunicipalityCode(municipality), retry_after=retry_after)

    async def start() -> None:
        client = await _client(town)
        await client.start_workflow(AuditAnchorWorkflow.run, given, id=run_id, task_queue=CASES_QUEUE)

    asyncio.run(start())
    return run_id


def ended(town: Layout, run_id: str) -> None:
    """Waits until every anchor has its timestamp."""

    async def status() -> WorkflowExecutionStatus | None:
        client = await _client(town)
        return (await client.get_workflow_handle(run_id).describe()).status

    def completed(found: WorkflowExecutionStatus | None) -> bool:
        return found is WorkflowExecutionStatus.COMPLETED

    wait_for(lambda: asyncio.run(status()), completed, f"{run_id} to end", 120)


def hurry(town: Layout, run_id: str) -> None:
    async def signal() -> None:
        client = await _client(town)
        await client.get_workflow_handle(run_id).signal(AuditAnchorWorkflow.check_now)

    asyncio.run(signal())


def rows(town: Layout, municipality: str) -> list[dict[str, Any]]:
    """The anchors, as their owner sees them."""
    with town.postgres.connect(Role.OWNER) as owner:
        owner.row_factory = dict_row  # type: ignore[assignment]
        found: Any = owner.execute("select * from audit_anchor where municipality = %s order by number", [municipality])
        return list(found.fetchall())


def await_tried(town: Layout, municipality: str, times: int) -> dict[str, Any]:
    """The newest anchor, once its timestamp was asked for so often."""

    def tried(found: list[dict[str, Any]]) -> bool:
        return bool(found) and found[-1]["attempts"] >= times

    newest: dict[str, Any] = wait_for(lambda: rows(town, municipality), tried, f"{times} tries")[-1]
    return newest


async def _client(town: Layout) -> Client:
    return await Client.connect(
        town.temporal.address, namespace=town.temporal.namespace, data_converter=pydantic_data_converter
    )

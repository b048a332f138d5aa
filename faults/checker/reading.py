"""読取り: from PostgreSQL (as its administrator), the gateway, the mailbox, Temporal and the object store.

Everything by documented means: SQL, HTTP, the workflow service without our codec, files. Nothing is changed.
"""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecution

from faults.checker.facts import Facts, Row, Rows

QUERIES = {
    "cases": "select receipt_number, procedure, status, step, reason, account_id::text as account_id from case_file",
    "submissions": "select receipt_number, revision, draft_id::text as draft_id from submission",
    "commands": (
        "select id::text as id, receipt_number, kind, status, attempts, payload->>'task_id' as task from command"
    ),
    "audit": (
        "select receipt_number, municipality, seq, at, actor, action, step, facts::text as facts,"
        " facts->>'closing' as closing, prev_hash, hash from audit order by receipt_number, seq"
    ),
    "audit_heads": "select receipt_number, length, hash from audit_head",
    "tasks": (
        "select id::text as id, receipt_number, step, closed_at, outcome,"
        " concat_ws('/', step, epoch, round, seat, function) as seat_key from task"
    ),
    "corrections": "select receipt_number, epoch, answered_at from correction",
    "payments": "select receipt_number, step, epoch, attempt, amount, status, refunded from payment",
    "postings": (
        "select t.id::text as transaction_id, t.receipt_number, t.programme || ' ' || t.person_id as person_id, t.kind,"
        " p.ledger_account, p.points from points_transaction t join points_posting p on p.transaction_id = t.id"
    ),
    "documents": (
        "select id::text as id, receipt_number, document, step, epoch, object_key, sha256, sealed, delivered_at,"
        " revoked_at from document order by issued_at"
    ),
    "notices": "select id, receipt_number, kind from notice",
    "deliveries": (
        "select id::text as id, notice_id, kind, status, attempts from notice_delivery where channel = 'mail'"
    ),
}


@dataclass(frozen=True)
class Places:
    """場所: where the city of a campaign is; written beside its journal as places.json."""

    database: str
    """libpq connection string of the administrator, without the password."""
    password_file: str
    temporal: str
    namespace: str
    gateway: str
    mailbox: str
    objects: str
    journal: str

    @classmethod
    def read(cls, file: Path) -> "Places":
        return cls(**json.loads(file.read_text()))


async def read(places: Places, sealed_sample: int = 20) -> Facts:
    """読む. `sealed_sample`: so many sealed documents go through pdfsig."""
    tables = _tables(places)
    ledger: dict[str, Any] = httpx.get(f"{places.gateway}/_sandbox/ledger", timeout=60).json()
    objects = Path(places.objects)
    return Facts(
        journal=tuple(json.loads(line) for line in Path(places.journal).read_text().splitlines()),
        objects={str(file.relative_to(objects)): _digest(file) for file in objects.rglob("*") if file.is_file()},
        seals=dict(_seals(objects, tables["documents"], sealed_sample)),
        charges=tuple(ledger["charges"]),
        refunds=tuple(ledger["refunds"]),
        disputes=tuple(ledger["disputes"]),
        mails=tuple(httpx.get(f"{places.mailbox}/_sandbox/mails", timeout=60).json()),
        workflows=await _workflows(places),
        **tables,
    )


def _tables(places: Places) -> dict[str, Rows]:
    password = Path(places.password_file).read_text().strip()
    with psycopg.connect(places.database, password=password, row_factory=dict_row) as connection:
        return {name: tuple(connection.execute(query)) for name, query in QUERIES.items()}


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _seals(objects: Path, documents: Rows, most: int) -> Iterator[tuple[str, bool]]:
    """Evenly over all sealed documents."""
    sealed = [row for row in documents if row["sealed"]]
    for row in sealed[:: max(1, len(sealed) // most)]:
        file = objects / row["object_key"]
        if file.exists():
            said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False)  # noqa: S603, S607 - the one in PATH
            yield row["id"], "Signature is Valid." in said.stdout and "Total document signed" in said.stdout


async def _workflows(places: Places) -> Rows:
    client = await Client.connect(places.temporal, namespace=places.namespace)
    return tuple([await _workflow(client, each) async for each in client.list_workflows()])


async def _workflow(client: Client, found: WorkflowExecution) -> Row:
    row = {
        "id": found.id,
        "type": found.workflow_type,
        "status": found.status.name if found.status else "",
        "accepted": [],
        "broken": False,
    }
    if found.workflow_type == "CaseWorkflow":
        history = await client.get_workflow_handle(found.id, run_id=found.run_id).fetch_history()
        row["accepted"] = list(_accepted(history.events))
        row["broken"] = any(_is_broken(event) for event in history.events)
    return row


def _accepted(events: Any) -> Iterator[str]:
    """The ids of the Updates a history took in."""
    for event in events:
        if event.HasField("workflow_execution_update_accepted_event_attributes"):
            yield event.workflow_execution_update_accepted_event_attributes.protocol_instance_id


def _is_broken(event: HistoryEvent) -> bool:
    cause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
    failed = event.HasField("workflow_task_failed_event_attributes")
    return failed and event.workflow_task_failed_event_attributes.cause == cause

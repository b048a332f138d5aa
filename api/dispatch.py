"""指令の送り: tells a workflow what a command row says.

Sent again after any doubt; taken in once, because the row's id is the update id.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from api.starts import Starts
from procedures.values import MunicipalityCode
from store import commands
from store.commands import Command
from store.database import Database
from workflows import export_workflow, schedules
from workflows.case_workflow import CASE_STATUS, CaseWorkflow
from workflows.contracts import (
    CASES_QUEUE,
    CaseInput,
    Correction,
    Decision,
    ExportInput,
    Message,
    PaymentNews,
    RecallInput,
    Request,
)
from workflows.recall_workflow import RecallWorkflow

log = logging.getLogger(__name__)

PROCEDURE = SearchAttributeKey.for_keyword("Procedure")
DEPARTMENT = SearchAttributeKey.for_keyword("Department")
MUNICIPALITY = SearchAttributeKey.for_keyword("Municipality")

UPDATES: dict[str, type[Message]] = {
    "decide": Decision,
    "confirm_payment": PaymentNews,
    "reopen_payment": Request,
    "correct": Correction,
    "withdraw": Request,
    "dispute": Request,
    "retry_now": Request,
}
PAID_TOO_LATE = "paid_too_late"
TOO_LATE: dict[str, str] = {"confirm_payment": PAID_TOO_LATE, "dispute": "payment_disputed"}
"""News that must not be lost when the case is closed already: a recall answers it, for this reason."""


@dataclass(frozen=True)
class Answer:
    """返答: what became of a command. `error` is the validator's type."""

    outcome: Literal["acknowledged", "refused", "pending"]
    error: str | None = None


class Dispatch:
    """指令の送り手: one per process."""

    def __init__(self, database: Database, client: Client, timeout: timedelta) -> None:
        self._database = database
        self._client = client
        self._timeout = timeout
        self._starts = Starts(self._begin, self._note_started)

    def start_soon(self, command: Command) -> None:
        """Start a case after the answer: from a request's thread, which goes on at once. Else the relay does."""
        self._starts.soon(command)

    async def send(self, command: Command) -> Answer:
        """Tell the workflow and note its answer on the row. `pending`: nobody knows yet, the relay goes on."""
        if command.kind == "start" and self._starts.has(command.receipt_number):
            return Answer("pending")
        await self._starts.started(command.receipt_number, self._timeout)
        answer = await self._tell(command)
        if answer.outcome != "pending":
            await asyncio.to_thread(self._note, command, answer)
        return answer

    async def hurry(self, run_id: str) -> None:
        """催促 of a daily check that waits to ask again. One that has ended needs none."""
        try:
            await self._client.get_workflow_handle(run_id).signal("check_now", rpc_timeout=self._timeout)
        except RPCError as error:
            log.info("Run %s was not hurried: %s", run_id, error.status.name)

    async def trigger(self, schedule: str) -> bool:
        """定期実行をいま: a run that is under way stays the only one. False where Temporal does not answer."""
        try:
            await schedules.begin(self._client, schedule, rpc_timeout=self._timeout)
        except RPCError as error:
            log.warning("Schedule %s was not triggered: %s", schedule, error.status.name)
            return False
        return True

    async def begin_export(self, municipality: MunicipalityCode, export_id: UUID) -> None:
        """書き出しを始める. Where Temporal is away the row waits: reconciliation starts it within minutes."""
        try:
            export = ExportInput(municipality=municipality, export_id=export_id)
            await export_workflow.begin(self._client, export, self._timeout)
        except RPCError as error:
            log.warning("Export %s is not started yet: %s", export_id, error.status.name)

    def _note(self, command: Command, answer: Answer) -> None:
        with self._database.transaction(command.municipality) as connection:
            if answer.outcome == "acknowledged":
                commands.acknowledge(connection, command.id)
            else:
                commands.refuse(connection, command.id, answer.error or "refused")

    async def _begin(self, command: Command) -> bool:
        return (await self._tell(command)).outcome == "acknowledged"

    def _note_started(self, begun: Sequence[Command]) -> None:
        for municipality in {command.municipality for command in begun}:
            ids = [command.id for command in begun if command.municipality == municipality]
            with self._database.reading(municipality) as connection:
                commands.acknowledge_all(connection, ids)

    async def _tell(self, command: Command) -> Answer:
        try:
            match command.kind:
                case "start":
                    return await self._start(command)
                case "recall":
                    return await self._recall(command, str(command.payload["reason"]))
                case _:
                    return await self._update(command)
        except RPCError as error:
            log.warning("Command %s (%s) is not delivered yet: %s", command.id, command.kind, error.status.name)
            return Answer("pending")

    async def _start(self, command: Command) -> Answer:
        case = CaseInput.model_validate(command.payload)
        try:
            await self._client.start_workflow(
                CaseWorkflow.run,
                case,
                id=case.receipt_number,
                task_queue=CASES_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=TypedSearchAttributes(
                    [
                        SearchAttributePair(PROCEDURE, case.process.procedure),
                        SearchAttributePair(DEPARTMENT, case.process.department),
                        SearchAttributePair(MUNICIPALITY, case.municipality),
                        SearchAttributePair(CASE_STATUS, "checking"),
                    ]
                ),
                static_summary=f"{case.process.procedure} v{case.process.version}",
                rpc_timeout=self._timeout,
            )
        except WorkflowAlreadyStartedError:
            return Answer("acknowledged")
        return Answer("acknowledged")

    async def _update(self, command: Command) -> Answer:
        message = UPDATES[command.kind].model_validate({**command.payload, "command_id": command.id})
        handle = self._client.get_workflow_handle(command.receipt_number)
        try:
            await handle.execute_update(command.kind, message, id=str(command.id), rpc_timeout=self._timeout)
        except WorkflowUpdateFailedError as error:
            kind = error.cause.type if isinstance(error.cause, ApplicationError) else None
            return await self._too_late(command, kind or "refused")
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            return Answer("pending")
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND and "already completed" in error.message:
                return await self._too_late(command, "CaseClosed")
            raise
        return Answer("acknowledged")

    async def _too_late(self, command: Command, error: str) -> Answer:
        if error == "CaseClosed" and command.kind in TOO_LATE:
            return await self._recall(command, TOO_LATE[command.kind])
        return Answer("refused", error)

    async def _recall(self, command: Command, reason: str) -> Answer:
        recall = RecallInput(
            receipt_number=command.receipt_number,
            municipality=command.municipality,
            reason=reason,
            surplus_only=reason == PAID_TOO_LATE,
        )
        try:
            await self._client.start_workflow(
                RecallWorkflow.run,
                recall,
                id=f"{command.receipt_number}-recall-{command.id}",
                task_queue=CASES_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                rpc_timeout=self._timeout,
            )
        except WorkflowAlreadyStartedError:
            return Answer("acknowledged")
        return Answer("acknowledged")

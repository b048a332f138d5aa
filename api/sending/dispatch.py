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

from api.sending.reviving import revive
from api.sending.starts import Starts
from procedures.values import MunicipalityCode
from store import commands
from store.commands import Command
from store.database import Database
from workflows import (
    bulk_workflow,
    draft_workflow,
    export_workflow,
    identity_workflow,
    paper_reading_workflow,
    replay_workflow,
    schedules,
    sheet_batch_workflow,
)
from workflows.case_workflow import CASE_STATUS, DEPARTMENT, CaseWorkflow
from workflows.contracts import (
    CASES_QUEUE,
    BulkInput,
    CaseInput,
    Correction,
    Decision,
    ExportInput,
    Extension,
    GoBack,
    HandSettled,
    Message,
    NewVersion,
    Pace,
    PaymentNews,
    RecallInput,
    ReplayRun,
    Request,
    StepInput,
)
from workflows.reader_contracts import IdentityInput
from workflows.recall_workflow import RecallWorkflow
from workflows.sheet_contracts import PaperReading, SheetBatchInput

log = logging.getLogger(__name__)

PROCEDURE = SearchAttributeKey.for_keyword("Procedure")
MUNICIPALITY = SearchAttributeKey.for_keyword("Municipality")

UPDATES: dict[str, type[Message]] = {
    "decide": Decision,
    "confirm_payment": PaymentNews,
    "reopen_payment": Request,
    "correct": Correction,
    "extend": Extension,
    "withdraw": Request,
    "dispute": Request,
    "retry_now": Request,
    "go_back": GoBack,
    "settle": HandSettled,
    "hold": Request,
    "resume": Request,
    "terminate": Request,
    "adopt_version": NewVersion,
}
PAID_TOO_LATE = "paid_too_late"
TOO_LATE: dict[str, str] = {"confirm_payment": PAID_TOO_LATE, "dispute": "payment_disputed"}
"""News that must not be lost when the case is closed already: a recall answers it, for this reason."""

NOT_BROKEN = "NotBroken"
"""A case that runs, or has ended as a case does, needs no second run."""


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

    async def hurry(self, run_id: str) -> bool:
        """催促 of a daily check that waits to ask again. False where none by this id is under way."""
        try:
            await self._client.get_workflow_handle(run_id).signal("check_now", rpc_timeout=self._timeout)
        except RPCError as error:
            log.info("Run %s was not hurried: %s", run_id, error.status.name)
            return False
        return True

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

    async def begin_bulk(self, bulk: BulkInput) -> None:
        """一括処理を始める. Where Temporal is away the row waits: reconciliation starts it within minutes."""
        try:
            await bulk_workflow.begin(self._client, bulk, self._timeout)
        except RPCError as error:
            log.warning("Bulk %s is not started yet: %s", bulk.bulk_id, error.status.name)

    async def pace_bulk(self, bulk_id: UUID, pace: Pace) -> bool:
        """一括処理を止める・続ける・取りやめる. False where its workflow does not answer, or has ended."""
        handle = self._client.get_workflow_handle(f"bulk-{bulk_id}")
        try:
            await handle.execute_update("pace", pace, rpc_timeout=self._timeout)
        except (RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            log.warning("Bulk %s was not told to %s: %s", bulk_id, pace.wanted, type(error).__name__)
            return False
        return True

    async def begin_sheets(self, municipality: MunicipalityCode, batch_id: UUID) -> None:
        """帳票の一括を始める. Where Temporal is away the rows wait: the nightly run starts what nobody started."""
        batch = SheetBatchInput(municipality=municipality, batch_id=batch_id)
        try:
            await sheet_batch_workflow.begin(self._client, batch, self._timeout)
        except RPCError as error:
            log.warning("Sheets %s are not started yet: %s", batch_id, error.status.name)

    async def pace_sheets(self, batch_id: UUID, pace: Pace) -> bool:
        """帳票の一括を止める・続ける・取りやめる. False where its workflow does not answer, or has ended."""
        return await self._tell_sheets(batch_id, "pace", pace)

    async def look_at_sheets_again(self, batch_id: UUID) -> None:
        """帳票の一括を見直す: somebody has corrected or approved. Unheard, it looks by itself later."""
        await self._tell_sheets(batch_id, "look_again")

    async def _tell_sheets(self, batch_id: UUID, update: str, *said: Pace) -> bool:
        handle = self._client.get_workflow_handle(sheet_batch_workflow.workflow_id(batch_id))
        try:
            await handle.execute_update(update, args=said, rpc_timeout=self._timeout)
        except (RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            log.warning("Sheets %s were not told to %s: %s", batch_id, update, type(error).__name__)
            return False
        return True

    async def begin_paper_reading(self, municipality: MunicipalityCode, draft_id: UUID) -> bool:
        """紙の読取りを始める. False where Temporal does not answer: it is typed by hand, or asked for again."""
        given = PaperReading(municipality=municipality, draft_id=draft_id)
        try:
            await paper_reading_workflow.begin(self._client, given, self._timeout)
        except RPCError as error:
            log.warning("The reading of paper %s is not started: %s", draft_id, error.status.name)
            return False
        return True

    async def begin_replay(self, run: ReplayRun) -> bool:
        """再生を始める. False where Temporal does not answer."""
        try:
            await replay_workflow.begin(self._client, run, self._timeout)
        except RPCError as error:
            log.warning("Replay %s is not started: %s", run.replay_id, error.status.name)
            return False
        return True

    async def begin_identity(self, asked: IdentityInput) -> bool:
        """窓口のリーダーに求める. False where Temporal does not answer."""
        try:
            await identity_workflow.begin(self._client, asked, self._timeout)
        except RPCError as error:
            log.warning("The reader of counter %s was not asked: %s", asked.counter, error.status.name)
            return False
        return True

    async def stop_identity(self, request_id: UUID) -> None:
        """窓口のリーダーに求めるのをやめる. Unheard, it ends by itself within minutes."""
        handle = self._client.get_workflow_handle(identity_workflow.workflow_id(request_id))
        try:
            await handle.cancel(rpc_timeout=self._timeout)
        except RPCError as error:
            log.info("A reader was not told to stop: %s", error.status.name)

    async def draw_draft(self, given: StepInput) -> bool:
        """起案文書案 を作らせて待つ. False where it could not be drawn in time."""
        try:
            await draft_workflow.draw(self._client, given)
        except (RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            log.warning("The draft %s of %s was not drawn: %s", given.step, given.receipt_number, type(error).__name__)
            return False
        return True

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
                case "rerun":
                    return await self._rerun(command)
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
                return await self._too_late(command, commands.CASE_CLOSED)
            raise
        return Answer("acknowledged")

    async def _rerun(self, command: Command) -> Answer:
        runs = await revive(self._client, command.receipt_number, command.id, self._timeout)
        return Answer("acknowledged") if runs else Answer("refused", NOT_BROKEN)

    async def _too_late(self, command: Command, error: str) -> Answer:
        if error == commands.CASE_CLOSED and command.kind in TOO_LATE:
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

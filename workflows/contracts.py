"""取決め: every message that crosses into or out of a workflow. Ids, outcomes and dates only, never personal data."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from procedures.process import PinnedStep, Process
from procedures.values import MunicipalityCode, ReceiptNumber, StepId

CASES_QUEUE = "cases"
"""Workflows, database activities and neighbours reached over the network."""
DOCUMENTS_QUEUE = "documents"
"""CPU-heavy work (rendering, sealing), in processes of its own."""

Closing = Literal["delivered", "rejected", "withdrawn", "lapsed", "recalled"]
"""終局: how a case ends. lapsed: the resident let the payment term pass; recalled: undone after it was closed."""


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class CaseInput(Message):
    """案件: what a case starts with."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    process: Process
    """Only the steps whose condition holds for the answers given."""


class StepInput(Message):
    """ステップの入力: names the effect: (case, step, epoch) is the key of every write to the outside."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    step: StepId
    epoch: int


class StepResult(Message):
    """ステップの結果.

    done: go on. refused: final, `reason` is a code whose sentence the resident can read. unknown: a neighbour cannot
    tell, the case waits and asks again. waiting: for the resident's payment or an officer's task, until `due_at`.
    """

    outcome: Literal["done", "refused", "unknown", "waiting"]
    reason: str | None = None
    task_id: UUID | None = None
    remind_at: datetime | None = None
    due_at: datetime | None = None


class Decision(Message):
    """判断: an officer's decision on an open task; `command_id` is the command row, and the update id."""

    command_id: UUID
    task_id: UUID
    step: StepId
    epoch: int
    officer: UUID
    outcome: Literal["approve", "send_back", "reject", "dispatch"]


class PaymentNews(Message):
    """入金通知: the gateway said the fee of this step and epoch is paid; the payment row says so already."""

    command_id: UUID
    step: StepId
    epoch: int


class Correction(Message):
    """補正: a new revision was filed. Carries the steps that follow from the new answers."""

    command_id: UUID
    epoch: int
    steps: tuple[PinnedStep, ...]


class Request(Message):
    """求め: an Update that needs no more than its command (withdraw, dispute, retry, reopen payment)."""

    command_id: UUID


class DecisionRecord(Message):
    """record_decision: writes decision, task closure and audit in one transaction."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    decision: Decision


class Wait(Message):
    """record_wait: the case waits for a neighbour that cannot tell; shown on the status page."""

    step: StepInput
    reason: str
    retry_at: datetime


class Nudge(Message):
    """nudge_task: the deadline is near (remind) or over (escalate)."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    task_id: UUID
    kind: Literal["remind", "escalate"]


class Undoing(Message):
    """取消し: one compensation. Keyed like any effect; `reason` says why."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    reason: str


class CaseClosing(Message):
    """close_case: the last line of a case."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    closing: Closing
    reason: str | None = None


class RecallInput(Message):
    """取戻し: undo a case that is closed already (chargeback, a document issued in error).

    `surplus_only`: the case stays as it is; only money that came after its end goes back.
    """

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    reason: str
    surplus_only: bool = False


class MunicipalityRun(Message):
    """照合の一巡: a periodic task of one municipality."""

    municipality: MunicipalityCode


class StatusCheck(Message):
    """日次失効確認: what the Schedule starts. `retry_after`: pause before unreadable lists are asked again."""

    municipality: MunicipalityCode
    retry_after: timedelta
    retry_for: timedelta


class StatusRound(Message):
    """失効確認の一巡: `run_id` is the workflow's id."""

    municipality: MunicipalityCode
    run_id: str


class ExportInput(Message):
    """個人データの書き出し: names the row that says whose, and where the files go."""

    municipality: MunicipalityCode
    export_id: UUID


class ExportPart(ExportInput):
    """print_export: which of how many parts of the readable copy. 1 is the first."""

    part: int
    parts: int


class ExportParts(ExportInput):
    """bind_export: how many parts were printed."""

    parts: int

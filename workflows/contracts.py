"""取決め: every message that crosses into or out of a workflow. Ids, outcomes and dates only, never personal data."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from procedures.deadlines import opening_before
from procedures.process import PinnedStep, Process
from procedures.steps import Deemed
from procedures.values import MunicipalityCode, ReceiptNumber, StepId

CASES_QUEUE = "cases"
"""Workflows, database activities and neighbours reached over the network."""
DOCUMENTS_QUEUE = "documents"
"""CPU-heavy work (rendering, sealing), in processes of its own."""
ROBOTS_QUEUE = "robots"
"""Typing into old systems, one thing at a time, with a browser."""
SHEETS_QUEUE = "sheets"
"""Piles of paper: reading pages and printing results, so that residents never wait for them."""
COUNTER_QUEUE = "counter"
"""What an officer could do at the counter, done by a workflow: in the web processes, which know how."""

CARRIES_ON = ("approve", "dispatch", "hand_out")
"""Decisions after which the case goes on."""

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
    entered_by: UUID | None = None
    """The officer who entered it from paper: somebody else decides."""


class StepInput(Message):
    """ステップの入力: names the effect: (case, step, epoch, round) is the key of every write to the outside."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    step: StepId
    epoch: int
    round: int = 1
    """巡: of the officers' levels, which decide anew after a return; always 1 for every other step."""


class Deeming(Message):
    """みなし: what the law holds decided at a moment, unless officers decide before."""

    at: datetime
    warn_at: datetime
    outcome: Literal["accept", "reject"]
    runs_on: bool
    """The period goes on while the resident corrects."""

    @classmethod
    def of(cls, deemed: Deemed, at: datetime, closed: Collection[date]) -> Self:
        """みなし of one case: what its procedure declares, at the moment its period has passed."""
        warn_at = opening_before(at, deemed.warn_business_days_before, closed)
        return cls(at=at, warn_at=warn_at, outcome=deemed.outcome, runs_on=deemed.correction == "runs_on")


class StepResult(Message):
    """ステップの結果.

    done: go on. refused: final, `reason` is a code whose sentence the resident can read. unknown: a neighbour cannot
    tell, the case waits and asks again. waiting: for the resident's payment or an officer's task, until `due_at`.
    """

    outcome: Literal["done", "refused", "unknown", "waiting"]
    reason: str | None = None
    task_id: UUID | None = None
    seats: tuple[UUID, ...] = ()
    """席: one task for each officer of a quorum; empty: the one of `task_id`."""
    deputy_at: datetime | None = None
    """代決: when the deputies may decide too."""
    remind_at: datetime | None = None
    due_at: datetime | None = None
    deeming: Deeming | None = None


class Decision(Message):
    """判断: an officer's decision on an open task; `command_id` is the command row, and the update id."""

    command_id: UUID
    task_id: UUID
    step: StepId
    epoch: int
    officer: UUID
    outcome: Literal["approve", "send_back", "reject", "dispatch", "hand_out", "return"]
    to: StepId | None = None
    """差戻し先: the earlier level a `return` goes back to."""


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
    entered_by: UUID | None = None
    """The officer who entered it from paper."""


class Extension(Message):
    """延長: the deadline moves, and with it what the law decides where it lets it; the reason is in the store."""

    command_id: UUID
    task_id: UUID
    step: StepId
    remind_at: datetime
    due_at: datetime
    deeming: Deeming | None = None
    """None: as before."""


class Request(Message):
    """求め: an Update that needs no more than its command (withdraw, dispute, retry, reopen payment)."""

    command_id: UUID


class GoBack(Message):
    """やり直し: the case goes back to before this step; it and every later one happen anew, in the next epoch."""

    command_id: UUID
    step: StepId


class HandSettled(Message):
    """手による記録: what a neighbour that cannot tell would have said, or that the step is passed over (`done`)."""

    command_id: UUID
    step: StepId
    outcome: Literal["done", "refused"]
    reason: str | None = None


class NewVersion(Message):
    """新しい版へ移す: the case goes on by this version of its procedure; what is done stays done."""

    command_id: UUID
    process: Process
    """Only the steps whose condition holds for its answers."""


class DecisionRecord(Message):
    """record_decision: writes decision, task closure and audit in one transaction."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    decision: Decision
    completes: bool = True
    """Whether the level has all its approvals with this one."""
    beside: tuple[UUID, ...] = ()
    """Other tasks of the same seat, which nobody decides any more."""


class DeputySeats(Message):
    """seat_deputies: open tasks for the deputies beside those that nobody decided."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    tasks: dict[UUID, UUID]
    """Each open task, and the one for the deputy."""


class ExtensionRecord(Message):
    """record_extension: moves the deadline of the case and of its open tasks."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    extension: Extension


DECIDED_ALREADY = "DecidedAlready"
"""record_deemed: refused, as an officer decided in time."""


class DeemedRecord(Message):
    """record_deemed: nobody decided in time; closes these tasks and tells everybody, in one transaction."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    step: StepId
    """The level the case was at."""
    tasks: tuple[UUID, ...]
    """None while the resident corrects."""
    outcome: Literal["accept", "reject"]


class Wait(Message):
    """record_wait: the case waits for a neighbour that cannot tell; shown on the status page."""

    step: StepInput
    reason: str
    retry_at: datetime


NudgeKind = Literal["remind", "escalate", "warn"]
"""The deadline is near; it is over; the law will decide soon."""


class Nudge(Message):
    """nudge_task: holders are told, and their superiors of what is over or will be decided by law."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    task_id: UUID | None
    """None: no task is open, the resident corrects."""
    kind: NudgeKind


class Undoing(Message):
    """取消し: one compensation. Keyed like any effect; `reason` says why."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    reason: str


class Rejecting(Message):
    """issue_rejection: 却下通知 of one epoch; `reason` is a code, or "decided" where an officer's own words say why."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    epoch: int
    reason: str


class Redoing(Message):
    """begin_again: the case goes on in this epoch, from before this step; what was asked of officers is asked anew."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    step: StepId
    epoch: int


class VersionRecord(Message):
    """record_version: from now on the case is one of this version, and of this department."""

    receipt_number: ReceiptNumber
    municipality: MunicipalityCode
    version: int
    department: str


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


class RobotRun(Message):
    """自動入力の一件: `reference` is the key of what was planned (`store.robot_entries`); the values stay there."""

    municipality: MunicipalityCode
    reference: str


class RobotResult(Message):
    """自動入力の結果: the number the old system gave it; what it shows was read back and is as planned."""

    number: str


class MunicipalityRun(Message):
    """照合の一巡: a periodic task of one municipality."""

    municipality: MunicipalityCode


class LeasesLeft(Message):
    """release_lapsed_tasks: how long until the next lease ends; None: nobody holds a task."""

    next_end: timedelta | None = None


class StatusCheck(Message):
    """日次失効確認: what the Schedule starts. `retry_after`: pause before unreadable lists are asked again."""

    municipality: MunicipalityCode
    retry_after: timedelta
    retry_for: timedelta


class StatusRound(Message):
    """失効確認の一巡: `run_id` is the workflow's id."""

    municipality: MunicipalityCode
    run_id: str


class AnchorInput(Message):
    """監査の錨: what the Schedule starts. `retry_after`: pause before a silent timestamp authority is asked again."""

    municipality: MunicipalityCode
    retry_after: timedelta


class DueCase(Message):
    """廃棄の対象: a case whose retention is over."""

    receipt_number: ReceiptNumber
    closed_at: datetime


class RetentionInput(Message):
    """廃棄の一巡: what the Schedule starts. `after`: how far a run that goes on in a new history has come."""

    municipality: MunicipalityCode
    after: DueCase | None = None


class RetentionPage(Message):
    """find_due: `run_id` is the workflow's id; the page begins after this case."""

    municipality: MunicipalityCode
    run_id: str
    after: DueCase | None = None


class Purging(Message):
    """purge_case; `cause`: why it failed (a type, never a text)."""

    municipality: MunicipalityCode
    run_id: str
    receipt_number: ReceiptNumber
    cause: str = ""


class AnchorRound(Message):
    """錨の一巡: `run_id` is the workflow's id."""

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


class BulkInput(Message):
    """一括処理: names the row that says what to do, and for how many cases."""

    municipality: MunicipalityCode
    bulk_id: UUID
    size: int


class BulkPart(Message):
    """carry_out_bulk: so many cases from that position on; what has an outcome is left alone."""

    municipality: MunicipalityCode
    bulk_id: UUID
    first: int
    count: int


Underway = Literal["running", "paused", "stopped", "finished"]
"""一括処理の状態 once it has begun."""


class BulkShown(Message):
    """show_bulk: the state of the row, as its workflow has it."""

    municipality: MunicipalityCode
    bulk_id: UUID
    state: Underway


class Pace(Message):
    """止める・続ける・取りやめる: what was carried out stays."""

    wanted: Literal["pause", "go_on", "stop"]


class ReplayRun(Message):
    """再生の一巡: names the row; which cases, the store knows."""

    municipality: MunicipalityCode
    replay_id: UUID

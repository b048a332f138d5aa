"""読取りモデル: what pages and the JSON API show of a case; the procedure's texts come from its document."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from procedures.values import Points, ProcedureId, ReceiptNumber, StepId, Yen

Language = Literal["ja", "en", "zh", "ko"]

CaseStatus = Literal[
    "received",
    "checking",
    "awaiting_payment",
    "under_review",
    "awaiting_correction",
    "awaiting_neighbour",
    "issuing",
    "mailing",
    "delivered",
    "rejected",
    "withdrawn",
    "lapsed",
    "recalled",
]
"""案件の状態: the last five are closed. awaiting_neighbour: another system cannot tell yet; nobody is at fault."""

CLOSED: frozenset[CaseStatus] = frozenset({"delivered", "rejected", "withdrawn", "lapsed", "recalled"})

Actor = Literal["resident", "officer", "counter", "neighbour"]


Action = Literal[
    "received",
    "signature_checked",
    "register_checked",
    "payment_opened",
    "payment_confirmed",
    "payment_disputed",
    "task_opened",
    "task_claimed",
    "task_released",
    "approved",
    "sent_back",
    "rejected",
    "corrected",
    "document_issued",
    "delivered",
    "posted",
    "points_awarded",
    "withdrawal_requested",
    "neighbour_awaited",
    "retry_requested",
    "reminded",
    "escalated",
    "refunded",
    "points_reversed",
    "document_revoked",
    "document_downloaded",
    "closed",
]
"""監査の行為: what a line of the audit log says happened; ui has a sentence for each in four languages.

facts by action: approved/sent_back/rejected {}, payment_* {amount, brand?}, refunded {amount},
posted {tracking_number}, points_* {points}, neighbour_awaited {reason}, register_checked {differences: [..]},
closed {closing, reason}.
"""

ReasonCode = Literal[
    "unreachable",
    "step_failed",
    "unknown",
    "revocation_unknown",
    "register_unavailable",
    "not_in_register",
    "subject_not_in_household",
    "not_eligible",
    "already_awarded",
    "payment_overdue",
    "payment_disputed",
    "correction_overdue",
    "decided",
    "withdrawn",
]
"""理由: why a case waits or ended. Signature reasons are `trust`'s own and come with their sentences there."""


class View(BaseModel):
    model_config = ConfigDict(frozen=True)


class DutyView(View):
    """事務分掌: a function in one department, or (`*`) in the whole city."""

    department: str
    function: str


class Visitor(View):
    """来訪者: who is asking. An officer is a visitor with duties."""

    account_id: UUID
    credential_id: UUID | None = None
    """What this session was opened with."""
    officer_name: str | None = None
    duties: frozenset[DutyView] = frozenset()

    @property
    def functions(self) -> frozenset[str]:
        """In whichever department: what to offer on a page, never what to allow."""
        return frozenset(duty.function for duty in self.duties)

    def may(self, department: str, function: str) -> bool:
        """Whether this officer has that function in that department."""
        held = {duty.department for duty in self.duties if duty.function == function}
        return not held.isdisjoint({department, "*"})

    @property
    def is_administrator(self) -> bool:
        """Administration knows no departments: only the whole city's administrator is one."""
        return DutyView(department="*", function="administrator") in self.duties


class DraftView(View):
    """下書き: answers as last saved (raw, as typed), and what is attached."""

    id: UUID
    procedure: ProcedureId
    version: int
    language: Language
    answers: Mapping[str, object]
    attachments: tuple["AttachmentView", ...]
    corrects: ReceiptNumber | None = None
    marks: Mapping[str, str] = {}
    """On a correction: field id → the reviewer's reason; only these fields may change."""


class AttachmentView(View):
    id: UUID
    field: str
    name: str
    media_type: str
    bytes: int


class CaseLine(View):
    """案件の一行: one row of a list."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    status: CaseStatus
    received_at: datetime
    due_at: datetime


class TimelineEntry(View):
    """経過: one line of the audit log in the resident's reach. `action` is a key of ui texts."""

    seq: int
    at: datetime
    actor: Actor
    action: Action
    step: StepId | None
    facts: Mapping[str, object]


class PaymentView(View):
    amount: Yen
    status: Literal["open", "paid", "expired", "refunded", "disputed"]
    url: str
    brand: str | None
    last4: str | None
    paid_at: datetime | None
    refunded: Yen


class DocumentView(View):
    id: UUID
    title: Mapping[str, str]
    bytes: int
    issued_at: datetime
    delivered_at: datetime | None
    revoked_at: datetime | None
    verification_code: str


class CaseView(CaseLine):
    """案件: all a status page shows."""

    language: Language
    step: StepId | None
    reason: str | None
    """Code of the last refusal, wait or rejection; its sentence is in ui texts or in `reason_text`."""
    reason_text: Mapping[str, str] | str | None
    """Sentence(s) for the resident: four languages from a document or trust/, or an officer's own words."""
    suspended_at: datetime | None
    closed_at: datetime | None
    answers: Mapping[str, object]
    marks: Mapping[str, str]
    timeline: tuple[TimelineEntry, ...]
    payments: tuple[PaymentView, ...]
    documents: tuple[DocumentView, ...]
    tracking_number: str | None
    pending: tuple[str, ...]
    """Kinds of commands taken in but not yet acknowledged by the workflow."""

    @property
    def may_withdraw(self) -> bool:
        return self.status not in CLOSED and self.status not in ("issuing", "mailing")


class TaskLine(View):
    """受信箱の一行."""

    id: UUID
    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    department: str
    step: StepId
    kind: Literal["review", "approve", "post_document"]
    function: str
    task_version: int
    assignee: UUID | None
    assignee_name: str | None
    lease_until: datetime | None
    findings: tuple[str, ...]
    opened_at: datetime
    due_at: datetime
    escalated: bool
    closed_at: datetime | None


class PersonFacts(View):
    """基本4情報: as a certificate or the register has them; `sex` is male, female or other."""

    name: str
    address: str
    birth_date: str
    sex: str


class OrganizationFacts(View):
    """事業者: as the certificate of the organisation that signed has it; None: it does not say."""

    organization: str
    corporate_number: str | None = None
    representative: str | None = None
    office: str | None = None


class TaskView(TaskLine):
    """審査画面: answers beside certificate and register facts."""

    answers: Mapping[str, object]
    attachments: tuple[AttachmentView, ...]
    signer: PersonFacts | None
    """As the signing certificate says."""
    organization: OrganizationFacts | None = None
    """As the certificate of the organisation that signed says."""
    signature_outcome: str | None
    registered: PersonFacts | None
    """As the resident register says."""
    differences: tuple[str, ...]
    """Attributes in which register and certificate differ: name, address, birth_date, sex."""
    timeline: tuple[TimelineEntry, ...]
    payments: tuple[PaymentView, ...]
    documents: tuple[DocumentView, ...]
    outcome: str | None
    reason: str | None


class PointsLine(View):
    programme: str
    kind: Literal["award", "reversal"]
    points: Points
    booked_at: datetime
    receipt_number: ReceiptNumber


class PointsView(View):
    balance: Points
    lines: tuple[PointsLine, ...]


class VerificationView(View):
    """検証結果: what the public page says of a document; never its content."""

    outcome: Literal["valid", "altered", "unknown", "revoked"]
    title: Mapping[str, str] | None = None
    issued_at: datetime | None = None
    revoked_at: datetime | None = None
    municipality: str | None = None


class NoticeView(View):
    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    kind: str
    created_at: datetime


class CertificateView(View):
    """登録した証明書: one thing an account is known by. `suspension`: why it may not log in any more."""

    id: UUID
    kind: Literal["jpki_card", "jpki_smartphone", "oidc"]
    registered_at: datetime
    expires_at: datetime | None
    suspension: Literal["revoked", "administrator", "renewed"] | None
    in_use: bool
    """This session was opened with it."""


class SessionView(View):
    """ログイン中の端末."""

    kind: Literal["jpki_card", "jpki_smartphone", "oidc"]
    created_at: datetime
    last_seen_at: datetime
    current: bool

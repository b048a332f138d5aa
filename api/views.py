"""読取りモデル: what pages and the JSON API show of a case; the procedure's texts come from its document."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.deciding.deadline_views import DeemedView as DeemedView
from api.visitors import DutyView as DutyView
from api.visitors import Visitor as Visitor
from procedures.marks import Mark
from procedures.paper import Arrival, Method
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
    "handing_out",
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
    "entered_on_paper",
    "signature_checked",
    "register_checked",
    "payment_opened",
    "payment_confirmed",
    "payment_received",
    "payment_disputed",
    "task_opened",
    "task_claimed",
    "task_released",
    "task_reassigned",
    "approved",
    "approved_in_part",
    "returned",
    "deputy_admitted",
    "looked_over",
    "sent_back",
    "rejected",
    "corrected",
    "document_issued",
    "rejection_issued",
    "rejection_unprintable",
    "answer_corrected",
    "extended",
    "task_held",
    "task_resumed",
    "officer_recused",
    "delivered",
    "posted",
    "handed_out",
    "points_awarded",
    "registry_told",
    "withdrawal_requested",
    "neighbour_awaited",
    "retry_requested",
    "repaired",
    "begun_again",
    "version_adopted",
    "reminded",
    "escalated",
    "law_warned",
    "deemed_accepted",
    "deemed_rejected",
    "refunded",
    "refund_due",
    "points_reversed",
    "document_revoked",
    "document_downloaded",
    "document_printed",
    "person_put_right",
    "absence_confirmed",
    "resident_told",
    "account_closed",
    "account_kept",
    "message_sent",
    "evidence_taken",
    "note_written",
    "note_withdrawn",
    "opinion_asked",
    "opinion_given",
    "opinion_withdrawn",
    "review_form_saved",
    "closed",
    "purged",
    "hold_placed",
    "hold_lifted",
]
"""監査の行為: what a line of the audit log says happened; ui has a sentence for each in four languages.

facts by action: approved/sent_back/rejected {deputy?}, returned {to}, payment_* {amount, brand?}, refunded {amount},
refund_due {amount}, entered_on_paper {arrival}, payment_received {amount, method, receipt_given}, handed_out {how},
resident_told {kind, how}, posted {tracking_number}, points_* {points}, neighbour_awaited {reason}, register_checked
{differences: [..]}, deemed_* {law, at}, opinion_asked {department, function, required}, opinion_given {stance},
review_form_saved {version}, closed {closing, reason}, purged {run}; of whoever acted in another's place {for}.
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
    "other_cases_open",
    "still_appointed",
    "deemed",
    "terminated",
    "answered_by_hand",
]
"""理由: why a case waits or ended. Signature reasons are `trust`'s own and come with their sentences there."""


class View(BaseModel):
    model_config = ConfigDict(frozen=True)


PrefillSource = Literal["card", "earlier", "account", "paper"]
"""事前入力の元: the card's chip, an earlier case of the same account, the account itself (its verified address), or the
person as an officer read them from the paper.
"""


class DraftView(View):
    """下書き: answers as last saved (valid ones as the form writes them, others as typed), and what is attached."""

    id: UUID
    procedure: ProcedureId
    version: int
    language: Language
    answers: Mapping[str, object]
    attachments: tuple["AttachmentView", ...]
    corrects: ReceiptNumber | None = None
    marks: Mapping[str, Mark] = {}
    """On a correction: field id → the reviewer's reason; only these fields may change."""
    received_on: date | None = None
    """In Japan, of the case that is corrected, or of a paper: its answers are checked as of that day."""
    revision: int = 1
    """Counts the saves of its answers; also its ETag."""
    prefilled: Mapping[str, PrefillSource] = {}
    """Field id → where the answer came from, while it is still what was filled in."""
    outdated: bool = False
    """The procedure was revised since: POST …/renewal carries the draft over to the version in force."""
    arrival: Arrival = "online"


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
    unread: int = 0
    """Messages of the city that the resident has not opened."""
    arrival: Arrival = "online"


class StageView(View):
    """段階: one step of this case on its way. `step` None: the receipt, with which every case begins."""

    step: StepId | None
    title: Mapping[str, str]
    state: Literal["done", "now", "ahead", "stopped", "passed_over"]
    """passed_over: not needed for these answers, or the case ended before; stopped: the case ended here."""
    at: datetime | None = None
    """When it was done."""


class TimelineEntry(View):
    """経過: one line of the audit log in the resident's reach. `action` is a key of ui texts."""

    seq: int
    at: datetime
    actor: Actor
    action: Action
    step: StepId | None
    facts: Mapping[str, object]
    substitute: bool = False
    """代理: an officer acted in another's place. Said to officers only."""


class PaymentView(View):
    amount: Yen
    status: Literal["open", "paid", "expired", "refunded", "disputed"]
    url: str | None
    """The hosted page; None where the fee is taken in person."""
    brand: str | None
    last4: str | None
    paid_at: datetime | None
    refunded: Yen
    returned_at: datetime | None = None
    """When the resident came back from the payment page."""
    confirming: bool = False
    """Back from the payment page, and the gateway has not said yet that it was paid: do not pay again."""
    method: Method = "card"
    refund_due: Yen = Yen(0)
    """What an officer has yet to give back by hand."""


class DocumentView(View):
    id: UUID
    title: Mapping[str, str]
    bytes: int
    issued_at: datetime
    delivered_at: datetime | None
    revoked_at: datetime | None
    verification_code: str


class PutRightView(View):
    """職権訂正: an answer an officer put right; None: there was none."""

    field: str
    before: object
    after: object
    reason: str
    at: datetime


class ExtensionView(View):
    """期限の延長, with the officer's reason."""

    due_before: datetime
    due_after: datetime
    reason: str
    at: datetime
    deemed_before: datetime | None = None
    deemed_after: datetime | None = None
    """みなしの時, where it moved too."""


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
    marks: Mapping[str, Mark]
    put_right: tuple[PutRightView, ...] = ()
    extensions: tuple[ExtensionView, ...] = ()
    timeline: tuple[TimelineEntry, ...]
    payments: tuple[PaymentView, ...]
    documents: tuple[DocumentView, ...]
    tracking_number: str | None
    pending: tuple[str, ...]
    """Kinds of commands taken in but not yet acknowledged by the workflow."""
    stages: tuple[StageView, ...] = ()
    acts_next: Actor | None = None
    """Who acts next; None: the case is closed."""
    since: datetime | None = None
    """Since when it waits for them."""
    act_until: datetime | None = None
    """By when the resident must pay or correct."""
    business_days_left: int | None = None
    """Of the processing period (開庁日); while the clock is stopped, what will be left when it goes on."""
    retry_at: datetime | None = None
    """When another system that could not tell is asked again."""
    suspended_days: int = 0
    """Business days for which the period stood still while answers were corrected."""
    deemed: DeemedView | None = None
    """None: no law decides in the city's place, or officers have decided already."""
    withdrawal: Literal["requested", "refused"] | None = None
    """What became of the wish to withdraw, while the case is open."""
    attachments: tuple[AttachmentView, ...] = ()

    @property
    def may_withdraw(self) -> bool:
        """取下げの可否: until the document is being issued or points are awarded; the workflow has the last word."""
        given = any(line.action in ("document_issued", "points_awarded") for line in self.timeline)
        return not given and self.status not in CLOSED and self.status not in ("issuing", "mailing")


class MessageFileView(View):
    """メッセージの添付ファイル. Size in bytes."""

    id: UUID
    name: str
    media_type: str
    bytes: int


class MessageView(View):
    """メッセージ. `read_at`: when the other side first opened it."""

    id: UUID
    author: Literal["resident", "officer"]
    author_name: str | None
    """The officer's, for officers only."""
    body: str
    sent_at: datetime
    read_at: datetime | None
    attachments: tuple[MessageFileView, ...] = ()


class ThreadView(View):
    """やりとり: all messages of a case, oldest first."""

    receipt_number: ReceiptNumber
    messages: tuple[MessageView, ...]
    may_write: bool
    writable_until: datetime | None
    """A closed case takes messages until then."""
    next_id: UUID
    """Send the next message under this id: sent twice, it is taken in once."""


class UnreadView(View):
    """未読: a case whose resident wrote something no officer has opened."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    department: str
    count: int
    since: datetime


class ReceiptLine(View):
    """領収の一行: one payment. Of the card never more than brand and last four digits."""

    amount: Yen
    paid_at: datetime | None
    brand: str | None
    last4: str | None
    refunded: Yen
    method: Method = "card"


class ReceiptView(View):
    """領収書: what the city received for a case, and what it gave back. Integer yen."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    lines: tuple[ReceiptLine, ...]
    received: Yen
    refunded: Yen
    kept: Yen


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


class ConsentView(View):
    """同意: one consent given in an application, in the words the resident read."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    title: Mapping[str, str]
    field: str
    language: Language
    """Of `text` and `explanation`: the language the application was filled in."""
    text: str
    explanation: str | None
    given_at: datetime


class MyDocument(DocumentView):
    """受け取った書面: with the case it came from."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int


class WaitingView(View):
    """用件: a case that waits for its resident."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    status: CaseStatus
    unread: int
    """Messages of officers not opened yet."""
    until: datetime | None
    """When it is too late; None: nothing ends by itself."""


class OpenDraft(View):
    """書きかけの申請."""

    id: UUID
    procedure: ProcedureId
    version: int
    corrects: ReceiptNumber | None
    updated_at: datetime


class MyView(View):
    """マイページ: the newest cases and documents; their own lists hold all."""

    waiting: tuple[WaitingView, ...]
    drafts: tuple[OpenDraft, ...]
    cases: tuple[CaseLine, ...]
    documents: tuple[MyDocument, ...]
    points: Points

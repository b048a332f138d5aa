"""読取りモデル of officers: what the inbox and the desk show of a task."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from api.paper.views import PaperView
from api.views import AttachmentView, DocumentView, ExtensionView, PaymentView, PutRightView, TimelineEntry, View
from procedures.paper import Arrival
from procedures.values import ProcedureId, ReceiptNumber, StepId


class TaskLine(View):
    """受信箱の一行."""

    id: UUID
    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    department: str
    step: StepId
    kind: Literal["review", "approve", "post_document", "deliver"]
    """deliver: documents of a request on paper are to be handed out."""
    function: str
    task_version: int
    assignee: UUID | None
    assignee_name: str | None
    lease_until: datetime | None
    findings: tuple[str, ...]
    opened_at: datetime
    due_at: datetime
    received_at: datetime
    escalated: bool
    deemed_at: datetime | None = None
    """みなしの時: when a law decides, if no officer has; None: no law does."""
    suspended_days: int = 0
    """Business days for which the case stood still while answers were corrected."""
    closed_at: datetime | None
    arrival: Arrival = "online"
    decision_pending: bool = False
    """A decision was taken in, and the case has not answered yet: until then the task stays open."""
    held_until: datetime | None = None
    held_reason: str | None = None

    def held_by_another(self, account_id: UUID) -> bool:
        """ほかの職員の担当: and its time has not run out."""
        run_out = self.lease_until is not None and self.lease_until < datetime.now(UTC)
        return self.assignee not in (None, account_id) and not run_out


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


class MissingView(View):
    """足りないもの: what an approval still needs.

    findings: the officer has to look at them. answers: the form's own rules are not met, by these fields. review_form:
    required fields of the reviewer's part are empty. opinions: one that was asked for as required has not come.
    """

    code: Literal["findings", "answers", "review_form", "opinions"]
    fields: tuple[str, ...]


class TaskView(TaskLine):
    """審査画面: answers beside certificate and register facts."""

    answers: Mapping[str, object]
    attachments: tuple[AttachmentView, ...]
    signer: PersonFacts | None
    """As the signing certificate says; nobody's, where the request came on paper."""
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
    missing: tuple[MissingView, ...] = ()
    markable: tuple[str, ...] = ()
    """Fields that may be sent back: those the resident was asked for."""
    paper: PaperView | None = None
    """Where the request came on paper: nobody signed it."""
    put_right: tuple[PutRightView, ...] = ()
    extensions: tuple[ExtensionView, ...] = ()
    outcome: str | None
    reason: str | None

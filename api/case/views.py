"""読取りモデル of a case as its officers see it: facts, comparison, history, what belongs to it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from api.views import (
    Action,
    Actor,
    AttachmentView,
    CaseStatus,
    DocumentView,
    ExtensionView,
    Language,
    MessageFileView,
    PaymentView,
    PutRightView,
    View,
)
from procedures.notation import Agreement
from procedures.paper import Arrival
from procedures.values import ProcedureId, ReceiptNumber, StepId

Stance = Literal["agree", "object", "comment"]
"""賛否."""


class CaseFileView(View):
    """案件: as an officer reads it, with or without an open task."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    department: str
    language: Language
    status: CaseStatus
    step: StepId | None
    received_at: datetime
    arrival: Arrival
    due_at: datetime
    closed_at: datetime | None
    answers: Mapping[str, object]
    attachments: tuple[AttachmentView, ...]
    put_right: tuple[PutRightView, ...]
    extensions: tuple[ExtensionView, ...]
    payments: tuple[PaymentView, ...]
    documents: tuple[DocumentView, ...]
    open_task: UUID | None
    """A task of this officer's duties that waits."""


class PagesView(View):
    """添付ファイルの頁数: how many it has, how many can be looked at here, and why none can."""

    pages: int
    shown: int
    failure: Literal["broken", "locked", "too_large", "no_such_page", "unfinished"] | None


class AttributeView(View):
    """突合の一行: one attribute as each source writes it, untouched; None: that source does not say it."""

    attribute: Literal[
        "name", "address", "birth_date", "sex", "organization", "corporate_number", "representative", "office"
    ]
    answered: str | None
    """In the application."""
    certified: str | None
    """In the certificate that signed."""
    registered: str | None
    """In the resident register."""
    answer_and_certificate: Agreement | None
    answer_and_register: Agreement | None
    certificate_and_register: Agreement | None


class ComparisonView(View):
    """突合: of the signer with the answers and the register. Empty where nothing was signed."""

    signed_by: Literal["person", "organization", "paper"] | None
    """paper: nobody signed; `certified` is what the paper says of its sender."""
    rows: tuple[AttributeView, ...]


class CertificateUsedView(View):
    """署名に使われた証明書."""

    kind: Literal["individual", "business"]
    medium: Literal["card", "smartphone", "file"] | None
    authority: Mapping[str, str]
    """The authority's name, in four languages."""
    serial: str
    not_before: datetime
    not_after: datetime


class RevocationCheckView(View):
    """失効確認の一回: who was asked, who answered, and as of when."""

    kind: Literal["ocsp", "crl"]
    asked_at: datetime
    address: str
    """The host that was asked."""
    answered_by: str | None
    """The name in the answer; None: it cannot be read any more."""
    as_of: datetime | None
    """When the authority itself last looked (thisUpdate)."""


class SignatureView(View):
    """電子署名の事実: what was signed, with what, when, and how that was checked."""

    outcome: Literal["valid", "invalid"]
    reason: str | None
    reason_text: Mapping[str, str] | None
    """What the reason means, in four languages."""
    revision: int
    """Of the submission that was signed; answers put right by officers since are no part of it."""
    attachments: int
    """How many files the signature covers, by their digests."""
    unchanged: bool
    """Content and files stored today are those that were signed."""
    signed_at: datetime | None
    """By the signer's own clock."""
    received_at: datetime
    checked_at: datetime
    certificate: CertificateUsedView | None
    revocation: tuple[RevocationCheckView, ...]
    revoked_since: datetime | None
    """Revoked, but after the application was received: it stays valid."""


class HistoryLine(View):
    """経過の一行, with the names of officers."""

    seq: int
    at: datetime
    actor: Actor
    officer: str | None
    """Who did it, where an officer did."""
    to: str | None
    """To whom it went (a task)."""
    in_place_of: str | None = None
    """代理: for whom the officer stood in."""
    action: Action
    step: StepId | None
    facts: Mapping[str, object]


class EarlierCase(View):
    """ほかの申請の一行."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    status: CaseStatus
    received_at: datetime
    closed_at: datetime | None


class EarlierView(View):
    """同じ利用者のほかの申請: those of this officer's duties; of others only how many there are."""

    cases: tuple[EarlierCase, ...]
    elsewhere: int


class NoteView(View):
    """内部メモ. `own`: the reader wrote it and may withdraw it."""

    id: UUID
    author: str
    body: str
    written_at: datetime
    withdrawn_at: datetime | None
    own: bool


class DutyChoice(View):
    """照会先: a function in a department, in words."""

    department: str
    function: str
    department_name: Mapping[str, str]
    function_title: Mapping[str, str]


class OpinionView(View):
    """意見照会: the question, what is shown of the case, and the answer."""

    id: UUID
    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    asker: str
    asked: DutyChoice
    question: str
    fields: tuple[str, ...]
    attachments: tuple[UUID, ...]
    wished_for: date
    required: bool
    """An approval waits for the answer."""
    asked_at: datetime
    withdrawn_at: datetime | None
    stance: Stance | None
    answer: str | None
    answerer: str | None
    answered_at: datetime | None
    file: MessageFileView | None
    outdated: bool = False
    """The application was corrected after the question was asked."""

    @property
    def is_waiting(self) -> bool:
        """回答待ちか否か."""
        return self.answered_at is None and self.withdrawn_at is None


class SharedView(View):
    """意見を求められた案件: the question and what may be seen of the case, nothing else."""

    opinion: OpinionView
    answers: Mapping[str, object]
    attachments: tuple[AttachmentView, ...]


class TemplateView(View):
    """定型文: a message a department often writes, by language."""

    id: UUID
    department: str
    name: str
    texts: Mapping[Language, str]
    version: int
    changed_at: datetime
    changed_by: str


class FilledTemplate(View):
    """差し込んだ定型文: in the language of the application, where the template has it."""

    text: str
    language: Language


class ReviewSheetView(View):
    """審査欄 as last saved. `version` 0: nobody has saved yet."""

    version: int
    answers: Mapping[str, object]
    saved_by: str | None
    saved_at: datetime | None
    missing: tuple[str, ...]
    """Required fields that are empty."""

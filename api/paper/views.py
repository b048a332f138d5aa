"""読取りモデル of requests on paper: what an officer wrote down beside the answers, and what is left to do."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.views import AttachmentView, CaseStatus, CaseView, DraftView, View
from procedures.paper import Arrival, PaperArrival, RecordedIdentity, StatedPerson
from procedures.values import ProcedureId, ReceiptNumber, Yen

ToldHow = Literal["letter", "telephone", "in_person"]
"""伝え方."""
PaperMissing = Literal["identity", "scan", "reading", "answers"]
"""足りないもの before a paper can be filed. reading: what a machine read is not confirmed yet."""
ReadingState = Literal["waiting", "read", "unread", "settled"]
"""読取りの状態. read: an officer has to confirm it; unread: nothing could be read; settled: confirmed."""
ReadStanding = Literal["sure", "doubtful", "unread"]
"""読みの確かさ. unread: nobody can tell what is written, or it is no answer."""
PaperTurn = Literal["payment", "correction", "person", "task", "tell", "refund"]
"""次にすること: take the fee, enter the correction, look at who it is, decide the task, tell the resident, pay back."""


class PaperNoticeView(View):
    """紙の申請者へのお知らせ."""

    id: UUID
    kind: str
    created_at: datetime
    told_at: datetime | None
    told_how: ToldHow | None
    told_by_name: str | None


class PaperView(View):
    """紙の申請: how it came, who entered it, whose it is and how that was made sure of."""

    arrival: Arrival
    received_on: date
    entered_by_name: str
    entered_by_reader: bool
    """Whoever entered it (or a correction of it) does not decide on it."""
    stated: StatedPerson | None
    """As written on the paper."""
    identity_check: RecordedIdentity | None
    checked_by_name: str | None
    checked_at: datetime | None
    scans: tuple[AttachmentView, ...]
    notices: tuple[PaperNoticeView, ...]


class PaperProcedureView(View):
    """紙で受け付ける手続 that the reader may enter."""

    id: ProcedureId
    version: int
    title: dict[str, str]


class PaperDraftLine(View):
    """入力中の紙の申請."""

    id: UUID
    procedure: ProcedureId
    version: int
    arrival: PaperArrival
    received_on: date | None
    corrects: ReceiptNumber | None
    updated_at: datetime
    entered_by_name: str


class PaperDraftView(View):
    """入力中の紙の申請, with what is beside its answers. `missing`: what it takes to file it."""

    draft: DraftView
    stated: StatedPerson | None
    identity_check: RecordedIdentity | None
    checked_by_name: str | None
    checked_at: datetime | None
    scans: tuple[AttachmentView, ...]
    missing: tuple[PaperMissing, ...]
    reading: ReadingState | None = None
    """null: nobody had its scan read."""
    read_stated: dict[str, str] | None = None
    """As read from the scan and confirmed; the day of birth in ISO 8601."""


class ReadLine(View):
    """読み取った一項目: a question of the form, or stated.name, .name_kana, .birth_date, .address."""

    place: str
    value: str | None
    """A ticked consent is 1; null: unread."""
    standing: ReadStanding
    cells: tuple[str, ...]
    """Where on the sheet it is written."""


class PaperReadingView(View):
    """紙の読取り. `late`: its readers seem to be away, and it is quicker to type."""

    state: ReadingState
    asked_at: datetime
    late: bool
    fault: str | None
    """Why it is unread, as a code."""
    sheet: str | None
    sheet_version: int | None
    lines: tuple[ReadLine, ...]


class PaperEntered(View):
    """一度に入力した紙の申請: its receipt number, or None where the draft that was left needs an officer."""

    receipt_number: ReceiptNumber | None
    draft: PaperDraftView | None


class PaperCaseLine(View):
    """紙の申請の一行: an open one, or a closed one with something left to do."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    status: CaseStatus
    arrival: PaperArrival
    received_at: datetime
    due_at: datetime
    turns: tuple[PaperTurn, ...]
    """Empty: nothing for an officer to do now."""
    refund_due: Yen = Field(ge=0)


class PaperCaseView(View):
    """紙の申請の案件: the case as its resident would see it, and what an officer does for them."""

    case: CaseView
    paper: PaperView
    turns: tuple[PaperTurn, ...]
    fee: Yen | None
    """What is to be paid at the counter now."""
    refund_due: Yen
    task_id: UUID | None
    """The open task, where there is one."""

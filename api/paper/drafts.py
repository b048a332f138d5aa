"""紙の申請の入力 by the JSON API: each route does for an officer what it does for a resident's own draft."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field, Json

from api.counter import City, CounterHere, Officer
from api.filing import attachments, drafts, paper, renewal
from api.filing.acceptance import Filed
from api.filing.attachments import received
from api.filing.drafts import Answers, IfMatch, SavedDraft, based_on, etag, saved_view
from api.filing.paper import PaperReceipt, WholePaper
from api.filing.renewal import RenewedDraft
from api.paper.views import PaperDraftLine, PaperDraftView, PaperEntered, PaperProcedureView
from api.views import AttachmentView
from procedures.paper import IdentityCheck, PaperArrival, StatedPerson
from procedures.texts import Language

router = APIRouter(prefix="/api/paper", tags=["paper"])

MOST_SCANS = 20


class PaperReceiptSaid(BaseModel):
    """紙の申請の受付: how it came, the day it arrived (not the day it is typed), and the language of the letters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    arrival: PaperArrival
    received_on: date
    language: Language = "ja"

    def receipt(self) -> PaperReceipt:
        return PaperReceipt(self.arrival, self.received_on, self.language)


class PaperDraftWanted(PaperReceiptSaid):
    """紙の申請の入力の求め."""

    procedure: str = Field(max_length=60)


class PaperIdentity(BaseModel):
    """本人と本人確認: whose request it is, as written there, and what was shown. Numbers of documents are not asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stated: StatedPerson
    identity_check: IdentityCheck


class WholePaperSaid(PaperDraftWanted, PaperIdentity, Answers):
    """申請書一枚分."""


@router.get("/procedures")
def list_paper_procedures(counter: CounterHere, officer: Officer) -> tuple[PaperProcedureView, ...]:
    """紙で入力できる手続: those of one's own counters."""
    return paper.listed_procedures(counter, officer)


@router.post("/drafts", status_code=201)
def start_paper_draft(
    counter: CounterHere, city: City, officer: Officer, wanted: PaperDraftWanted, response: Response
) -> PaperDraftView:
    """紙の申請の入力を始める."""
    started = paper.start(counter, city, officer, wanted.procedure, wanted.receipt())
    response.headers["etag"] = etag(started.draft)
    return started


@router.get("/drafts")
def list_paper_drafts(counter: CounterHere, city: City, officer: Officer) -> tuple[PaperDraftLine, ...]:
    """入力中の紙の申請."""
    return paper.listed(counter, city, officer)


@router.get("/drafts/{draft_id}")
def read_paper_draft(
    counter: CounterHere, city: City, officer: Officer, draft_id: UUID, response: Response
) -> PaperDraftView:
    """入力中の紙の申請を読む. `missing` says what it takes to file it."""
    found = paper.read(counter, city, officer, draft_id)
    response.headers["etag"] = etag(found.draft)
    return found


@router.put("/drafts/{draft_id}/receipt")
def change_paper_receipt(
    counter: CounterHere, city: City, officer: Officer, draft_id: UUID, said: PaperReceiptSaid
) -> PaperDraftView:
    """受付方法・受付日・言語を直す."""
    return paper.change_receipt(counter, city, officer, draft_id, said.receipt())


@router.put("/drafts/{draft_id}/identity")
def identify_resident(
    counter: CounterHere, city: City, officer: Officer, draft_id: UUID, said: PaperIdentity
) -> PaperDraftView:
    """本人確認を記録する: who checked, and when, is whoever sends this."""
    return paper.identify(counter, city, officer, draft_id, said.stated, said.identity_check)


@router.put("/drafts/{draft_id}/answers")
def save_paper_answers(
    counter: CounterHere, city: City, officer: Officer, draft_id: UUID, body: Answers, response: Response,
    if_match: IfMatch = None,
) -> SavedDraft:  # fmt: skip
    """回答を保存する: by the same rules as a resident's, as of the day the paper arrived."""
    resident = paper.resident_of(counter, city, officer, draft_id)
    saved = drafts.save(counter, city, resident, draft_id, body.answers, based_on=based_on(if_match))
    response.headers["etag"] = etag(saved.draft)
    return saved_view(saved)


@router.post("/drafts/{draft_id}/attachments", status_code=201)
def add_paper_attachments(
    counter: CounterHere,
    city: City,
    officer: Officer,
    draft_id: UUID,
    field: Annotated[str, Form(max_length=60, examples=["paper_scan"])],
    file: Annotated[list[UploadFile], File(max_length=MOST_SCANS)],
) -> tuple[AttachmentView, ...]:
    """ファイルを添付する: for a question of the form, or (field `paper_scan`) the scan of the paper itself."""
    resident = paper.resident_of(counter, city, officer, draft_id)
    chosen = [received(counter, each) for each in file]
    return attachments.attach(counter, city, resident, draft_id, field, chosen)


@router.get("/drafts/{draft_id}/attachments/{attachment_id}", response_class=Response)
def read_paper_attachment(
    counter: CounterHere, city: City, officer: Officer, draft_id: UUID, attachment_id: UUID
) -> Response:
    """添付したファイルを開く."""
    resident = paper.resident_of(counter, city, officer, draft_id)
    return attachments.opened(counter, city, resident, draft_id, attachment_id)


@router.delete("/drafts/{draft_id}/attachments/{attachment_id}", status_code=204)
def remove_paper_attachment(
    counter: CounterHere, city: City, officer: Officer, draft_id: UUID, attachment_id: UUID
) -> None:
    """添付を外す."""
    resident = paper.resident_of(counter, city, officer, draft_id)
    attachments.detach(counter, city, resident, draft_id, attachment_id)


@router.post("/drafts/{draft_id}/renewal")
def renew_paper_draft(counter: CounterHere, city: City, officer: Officer, draft_id: UUID) -> RenewedDraft:
    """改定後の様式に引き継ぐ."""
    resident = paper.resident_of(counter, city, officer, draft_id)
    return renewal.renewed_view(renewal.renew(counter, city, resident, draft_id))


@router.delete("/drafts/{draft_id}", status_code=204)
def delete_paper_draft(counter: CounterHere, city: City, officer: Officer, draft_id: UUID) -> None:
    """入力をやめる: the draft, its files and what was written down of the person go."""
    paper.remove(counter, city, officer, draft_id)


@router.post("/drafts/{draft_id}/submission", status_code=201)
def submit_paper_draft(
    counter: CounterHere, city: City, officer: Officer, draft_id: UUID, if_match: IfMatch = None
) -> Filed:
    """紙の申請を受け付ける: received on the day the paper arrived."""
    receipt_number = paper.submit(counter, city, officer, draft_id, based_on=based_on(if_match))
    return Filed(receipt_number=receipt_number)


@router.post("/cases", status_code=201)
def enter_paper(
    counter: CounterHere,
    city: City,
    officer: Officer,
    whole: Annotated[Json[WholePaperSaid], Form()],
    file: Annotated[list[UploadFile], File(max_length=MOST_SCANS)],
) -> PaperEntered:
    """紙の申請を一度に入力する: all in one request, `file` being the scan. What is incomplete stays as a draft."""
    scans = [received(counter, each) for each in file]
    said = WholePaper(whole.procedure, whole.receipt(), whole.answers, whole.stated, whole.identity_check, scans)
    return paper.enter(counter, city, officer, said)

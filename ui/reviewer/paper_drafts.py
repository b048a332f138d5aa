"""紙の申請の入力: begun, whose it is, then the resident's own form step by step, looked over, and filed."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, Officer
from api.filing import attachments, paper, reading
from api.paper.drafts import PaperDraftWanted, PaperIdentity, PaperReceiptSaid
from api.problems import Problem, problem
from api.views import Visitor
from procedures.submission import PAPER_SCAN
from ui import entry, steps
from ui.form import DATE_PARTS
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident import draft_contents as shared
from ui.resident import drafts, filing
from ui.resident.drafts import Name, Tidied
from ui.resident.seat import opened, to_its_case
from ui.reviewer import paper_contents as contents
from ui.reviewer.paper_seat import PAPER, PaperSeat, PaperSeated
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)

TO_REVIEW = frozenset(
    {"identity_unchecked", "scan_missing", "not_received_then", "draft_changed", "reading_unconfirmed"}
)
"""What the review page itself explains, with the way out."""


# --- 受付 -------------------------------------------------------------------------------------------------------------


@router.get("/paper/new")
def ask(request: Request, counter: CounterHere, officer: Officer) -> Response:
    """入力を始める: which procedure, how it came, and on which day."""
    return _asked(request, counter, officer, {})


@router.post("/paper/new")
def begin(request: Request, counter: CounterHere, city: City, officer: Officer, sent: Sent) -> Response:
    """入力を始めた: then whose it is."""
    typed = _receipt_typed(sent)
    try:
        wanted = PaperDraftWanted.model_validate({name: value for name, value in typed.items() if value})
        started = paper.start(counter, city, officer, wanted.procedure, wanted.receipt())
    except (ValidationError, Problem) as wrong:
        return _asked(request, counter, officer, typed, wrong)
    return RedirectResponse(steps.beginning(started.draft), 303)


def _asked(
    request: Request, counter: Counter, officer: Visitor, typed: dict[str, str],
    wrong: ValidationError | Problem | None = None,
) -> Response:  # fmt: skip
    procedures = paper.listed_procedures(counter, officer)
    shown = contents.receipt(chosen(request), procedures, typed, wrong)
    return page(request, "reviewer/paper_new.html", visitor=officer, status_code=422 if wrong else 200, **shown)


@router.get("/paper/drafts/{draft_id}/receipt")
def ask_receipt(seat: PaperSeated) -> Response:
    """受付を直す."""
    found = paper.read(*seat.desk, seat.draft_id)
    typed = contents.receipt_of(found)
    return seat.page("reviewer/paper_new.html", **contents.receipt(seat.language, (), typed, None, found))


@router.post("/paper/drafts/{draft_id}/receipt")
def change_receipt(seat: PaperSeated, sent: Sent) -> Response:
    """受付を直した."""
    typed = _receipt_typed(sent)
    try:
        said = PaperReceiptSaid.model_validate({n: v for n, v in typed.items() if v and n != "procedure"})
        paper.change_receipt(*seat.desk, seat.draft_id, said.receipt())
    except (ValidationError, Problem) as wrong:
        found = paper.read(*seat.desk, seat.draft_id)
        shown = contents.receipt(seat.language, (), typed, wrong, found)
        return seat.page("reviewer/paper_new.html", status_code=422, **shown)
    return RedirectResponse(seat.place, 303)


def _receipt_typed(sent: FormData) -> dict[str, str]:
    typed = {name: text(sent, name, 60) for name in ("procedure", "arrival", "language")}
    return typed | {"received_on": _day(sent, "received_on")}


def _day(sent: FormData, name: str) -> str:
    """As three inputs have it: an ISO date, or what was typed."""
    parts = [text(sent, f"{name}.{part}", 10) for part in DATE_PARTS]
    return contents.as_day("-".join(parts)) if any(parts) else ""


# --- 申請書と本人 -----------------------------------------------------------------------------------------------------


@router.get("/paper/drafts/{draft_id}/person")
def person(seat: PaperSeated) -> Response:
    """申請書の画像、本人、本人確認."""
    return _person(seat)


@router.post("/paper/drafts/{draft_id}/person")
def identify(seat: PaperSeated, sent: Sent) -> Response:
    """本人確認を記録した: what was typed is shown again where it is not enough."""
    try:
        _scans(seat, sent)
        if text(sent, entry.ACTION) == "read":
            reading.ask(*seat.desk, seat.draft_id)
            return RedirectResponse(f"{seat.place}/reading", 303)
    except Problem as refused:
        return _person(seat, sent, refused)
    if text(sent, entry.ACTION) == "attach" or text(sent, entry.DETACH):
        return _person(seat, sent)
    found = paper.read(*seat.desk, seat.draft_id)
    if found.draft.corrects is None:
        try:
            said = PaperIdentity.model_validate(_identity(sent))
            found = paper.identify(*seat.desk, seat.draft_id, said.stated, said.identity_check)
        except (ValidationError, Problem) as wrong:
            return _person(seat, sent, wrong)
    if "scan" in found.missing:
        return _person(seat, sent, problem("scan_missing"))
    return RedirectResponse(PAPER if text(sent, entry.ACTION) == "later" else f"{seat.place}/form", 303)


def _scans(seat: PaperSeat, sent: FormData) -> None:
    """画像を足す・外す. Raises Problem."""
    removed = text(sent, entry.DETACH, 36)
    if removed:
        attachments.detach(*seat.who, seat.draft_id, UUID(removed))
    files = [each for each in sent.getlist(PAPER_SCAN) if isinstance(each, UploadFile) and each.filename]
    if files:
        taken = [attachments.received(seat.counter, each) for each in files]
        attachments.attach(*seat.who, seat.draft_id, PAPER_SCAN, taken)


def _identity(sent: FormData) -> dict[str, Any]:
    proxy = {"name": text(sent, "proxy_name", 100), "authority": text(sent, "authority", 40)}
    stated = {name: text(sent, name, 200) for name in ("name", "name_kana", "address", "sex")}
    return {
        "stated": stated | {"birth_date": _day(sent, "birth_date")},
        "identity_check": {
            "proofs": [str(each) for each in sent.getlist("proofs")][:20],
            "proxy": proxy if text(sent, "by") == "proxy" else None,
        },
    }


def _person(seat: PaperSeat, sent: FormData | None = None, wrong: ValidationError | Problem | None = None) -> Response:
    found = paper.read(*seat.desk, seat.draft_id)
    procedure = seat.counter.library.version(found.draft.procedure, found.draft.version)
    typed = contents.typed_person(found) if sent is None else _identity(sent)
    here = opened(seat, even_outdated=True)
    if isinstance(here, Response):
        return here
    readable = reading.readable(seat.counter, procedure.id)
    shown = contents.person(seat.language, procedure, here.way, found, typed, wrong, readable=readable)
    return seat.page("reviewer/paper_person.html", status_code=422 if wrong else 200, **shown)


@router.get("/paper/drafts/{draft_id}/attachments/{attachment_id}")
def attachment(seat: PaperSeated, attachment_id: UUID) -> Response:
    """添付したファイル."""
    return attachments.opened(*seat.who, seat.draft_id, attachment_id)


# --- 申請書の段階, as a resident's own --------------------------------------------------------------------------------


@router.get("/paper/drafts/{draft_id}")
def resume(seat: PaperSeated) -> Response:
    """続きから: whose it is, then the first step that is not finished."""
    try:
        found = paper.read(*seat.desk, seat.draft_id)
    except Problem as refused:
        return to_its_case(seat, refused)
    if {"identity", "scan"} & set(found.missing):
        return RedirectResponse(steps.beginning(found.draft), 303)
    return drafts.resume(seat)


@router.get("/paper/drafts/{draft_id}/form")
def first_step(seat: PaperSeated) -> Response:
    """申請書の続き."""
    return drafts.resume(seat)


@router.get("/paper/drafts/{draft_id}/steps/{section_id}")
def read_step(seat: PaperSeated, section_id: Name, tidied: Tidied = "", unfinished: bool = False) -> Response:
    """申請書の一段階."""
    return drafts.read(seat, section_id, tidied, unfinished)


@router.post("/paper/drafts/{draft_id}/steps/{section_id}")
def write_step(seat: PaperSeated, section_id: Name, sent: Sent) -> Response:
    """一段階の保存."""
    return drafts.write(seat, section_id, sent)


@router.post("/paper/drafts/{draft_id}/renewal")
def renew(seat: PaperSeated) -> Response:
    """改定への引継ぎ."""
    return drafts.renew(seat)


@router.get("/paper/drafts/{draft_id}/delete")
def confirm_deletion(seat: PaperSeated) -> Response:
    """入力をやめる前の確認."""
    return drafts.confirm_deletion(seat)


@router.post("/paper/drafts/{draft_id}/delete")
def delete(counter: CounterHere, city: City, officer: Officer, draft_id: UUID) -> Response:
    """入力をやめた. A second click finds it gone, which is what was wanted."""
    try:
        paper.remove(counter, city, officer, draft_id)
    except Problem as found:
        if found.code != "not_found":
            raise
    return RedirectResponse(PAPER, 303)


# --- 確認と受付 -------------------------------------------------------------------------------------------------------


@router.get("/paper/drafts/{draft_id}/review")
def review(seat: PaperSeated, tidied: Tidied = "") -> Response:
    """内容の確認: exactly what will be filed."""
    return _review(seat, tidied=tidied)


@router.post("/paper/drafts/{draft_id}/submit")
def submit(seat: PaperSeated, sent: Sent) -> Response:
    """受け付ける."""
    try:
        receipt_number = paper.submit(*seat.desk, seat.draft_id, based_on=entry.based_on(sent))
    except Problem as found:
        if found.code in TO_REVIEW:
            return _review(seat, refused=found)
        if found.code in ("answers_incomplete", "draft_outdated"):
            return RedirectResponse(f"{seat.place}/review", 303)
        raise
    return RedirectResponse(seat.case(receipt_number), 303)


def _review(seat: PaperSeat, *, tidied: str = "", refused: Problem | None = None) -> Response:
    here = filing.complete(seat)
    if isinstance(here, Response):
        return here
    found = paper.read(*seat.desk, seat.draft_id)
    notes = shared.tidied(seat.language, here.procedure, here.draft, tidied.split(","))
    closed = seat.counter.closed(seat.city)
    shown = contents.review(seat.language, here.procedure, here.draft, here.checked, found, closed)
    shown |= {"tidied": notes, "problem": refused.text if refused else None}
    return seat.page("reviewer/paper_review.html", status_code=refused.status if refused else 200, **shown)

"""案件: the state of what was filed, and what its owner can do."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse

from api import events
from api.counter import City, Counter, CounterHere, LoggedIn
from api.events import OfAllCases
from api.filing import drafts
from api.messaging import messages
from api.problems import Problem
from api.resident import cases
from api.views import CLOSED, Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute, Receipt
from ui.resident import case_contents, contents
from ui.resident.documents import download
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/cases")
def listed(request: Request, counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """申請の状況."""
    shown = contents.cases(
        counter.library,
        cases.listed(counter, city, visitor),
        drafts.listed(counter, city, visitor),
        cases.notices(counter, city, visitor),
    )
    return page(request, "resident/cases.html", visitor=visitor, **shown)


@router.get("/cases/events", response_class=events.EventStream)
async def watch_all(stream: OfAllCases) -> Response:
    """申請一覧の変更を待つ."""
    return stream


@router.get("/cases/{receipt}")
def read(
    request: Request, counter: CounterHere, city: City, visitor: LoggedIn, receipt: Receipt, payment: str = ""
) -> Response:
    """案件の状況. The payment page sends the resident back with `?payment=done`: noted, and out of the address."""
    if payment == "done":
        cases.payment_returned(counter, city, visitor, ReceiptNumber(receipt))
        return RedirectResponse(f"/cases/{receipt}", 303)
    return _shown(request, counter, city, visitor, ReceiptNumber(receipt))


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, visitor: Visitor, receipt: ReceiptNumber,
    typed: str = "", refused: Problem | None = None,
) -> Response:  # fmt: skip
    side = messages.resident_side(counter, city, visitor)
    view = cases.read(counter, city, visitor, receipt)
    messages.read_all(side, receipt)
    procedure = counter.library.version(view.procedure, view.version)
    more = {"typed": typed, "problem": refused.text if refused else None}
    shown = case_contents.case(
        chosen(request), procedure, view, messages.thread(side, receipt), datetime.now(UTC), **more
    )
    return page(request, "resident/case.html", visitor=visitor, status_code=refused.status if refused else 200, **shown)


@router.get("/cases/{receipt}/events", response_class=events.EventStream)
async def watch(stream: events.OfOneCaseHere) -> Response:
    """案件の変更を待つ."""
    return stream


@router.post("/cases/{receipt}/messages")
def send(
    request: Request, counter: CounterHere, city: City, visitor: LoggedIn, receipt: Receipt, form: Sent
) -> Response:
    """メッセージを送る: a refused one is shown again with what was typed."""
    side = messages.resident_side(counter, city, visitor)
    try:
        send_form(side, ReceiptNumber(receipt), form)
    except Problem as refused:
        if refused.status == 404:
            raise
        return _shown(request, counter, city, visitor, ReceiptNumber(receipt), typed_in(form), refused)
    return RedirectResponse(f"/cases/{receipt}#messages", 303)


def send_form(side: messages.Side, receipt: ReceiptNumber, form: FormData) -> None:
    """送信: what a message form sent. Raises Problem."""
    files = [each for each in form.getlist("files") if isinstance(each, UploadFile)]
    messages.write(side, receipt, typed_in(form), messages.uploads_of(side.counter, files), _id(form))


def typed_in(form: FormData) -> str:
    return text(form, "body", messages.LONGEST * 2)


def _id(form: FormData) -> UUID | None:
    """The id the page was made with; a form without one is a message of its own."""
    try:
        return UUID(text(form, "id", 36))
    except ValueError:
        return None


@router.get("/cases/{receipt}/attachments/{attachment_id}")
def attachment(counter: CounterHere, city: City, visitor: LoggedIn, receipt: Receipt, attachment_id: UUID) -> Response:
    """メッセージの添付ファイル."""
    side = messages.resident_side(counter, city, visitor)
    data, media_type, name = messages.attachment(side, ReceiptNumber(receipt), attachment_id)
    return download(data, name, media_type)


@router.get("/cases/{receipt}/receipt")
def receipt_page(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, receipt: Receipt) -> Response:
    """領収書."""
    view = cases.receipt(counter, city, visitor, ReceiptNumber(receipt))
    procedure = counter.library.version(view.procedure, view.version)
    shown = case_contents.receipt(chosen(request), procedure, view, datetime.now(UTC))
    return page(request, "resident/receipt.html", visitor=visitor, **shown)


@router.get("/cases/{receipt}/print")
def print_view(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, receipt: Receipt) -> Response:
    """申請の控え."""
    view = cases.read(counter, city, visitor, ReceiptNumber(receipt))
    procedure = counter.library.version(view.procedure, view.version)
    shown = case_contents.printed(chosen(request), procedure, view, datetime.now(UTC))
    return page(request, "resident/print.html", visitor=visitor, **shown)


@router.get("/cases/{receipt}/withdraw")
def confirm(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, receipt: Receipt) -> Response:
    """取下げの確認: what it means, before it happens; or why it is too late."""
    view = cases.read(counter, city, visitor, ReceiptNumber(receipt))
    procedure = counter.library.version(view.procedure, view.version)
    shown = case_contents.withdraw(procedure, view)
    status = 200 if view.may_withdraw else 409
    return page(request, "resident/withdraw.html", visitor=visitor, status_code=status, closed=CLOSED, **shown)


@router.post("/cases/{receipt}/withdraw")
def withdraw(counter: CounterHere, city: City, visitor: LoggedIn, receipt: Receipt) -> Response:
    """取下げ."""
    cases.withdraw(counter, city, visitor, ReceiptNumber(receipt))
    return RedirectResponse(f"/cases/{receipt}", 303)


@router.post("/cases/{receipt}/payment")
def reopen_payment(counter: CounterHere, city: City, visitor: LoggedIn, receipt: Receipt) -> Response:
    """再支払: a fresh payment page."""
    cases.reopen_payment(counter, city, visitor, ReceiptNumber(receipt))
    return RedirectResponse(f"/cases/{receipt}", 303)


@router.api_route("/cases/{receipt}/correct", methods=["GET", "POST"])
def correct(counter: CounterHere, city: City, visitor: LoggedIn, receipt: Receipt) -> Response:
    """補正: the draft that answers the reviewer; asking twice opens the same one."""
    draft = cases.start_correction(counter, city, visitor, ReceiptNumber(receipt))
    return RedirectResponse(f"/drafts/{draft.id}", 303)

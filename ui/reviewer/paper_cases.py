"""紙の申請の案件: the list of what officers do for those without a portal, and one case of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, Officer
from api.filing import paper
from api.paper import cases as paper_cases
from api.paper.cases import FeeReceived, RefundMade, ResidentTold
from api.problems import Problem, problem
from api.views import Visitor
from procedures.paper import StatedPerson
from procedures.values import MunicipalityCode, ReceiptNumber
from ui.form import DATE_PARTS
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute, Receipt
from ui.resident import case_contents
from ui.resident.documents import download
from ui.reviewer import paper_case_contents as contents
from ui.reviewer.paper_contents import as_day
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)
Wanted = TypeVar("Wanted", bound=BaseModel)


@router.get("/paper")
def listed(request: Request, counter: CounterHere, city: City, officer: Officer) -> Response:
    """紙の申請: what is being entered, and what is to be done."""
    shown = contents.listed(
        chosen(request),
        counter.library,
        paper.listed(counter, city, officer),
        paper_cases.listed(counter, city, officer),
        may_enter=bool(paper.enterable(counter, officer)),
    )
    return page(request, "reviewer/paper.html", visitor=officer, **shown)


@router.get("/paper/cases/{receipt}")
def read(request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt) -> Response:
    """紙の申請の案件."""
    return _shown(request, counter, city, officer, ReceiptNumber(receipt))


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, receipt: ReceiptNumber,
    refused: Problem | None = None, typed: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    view = paper_cases.read(counter, city, officer, receipt)
    procedure = counter.library.version(view.case.procedure, view.case.version)
    shown = contents.case(chosen(request), procedure, view, refused.text if refused else None, typed)
    status = refused.status if refused else 200
    return page(request, "reviewer/paper_case.html", visitor=officer, status_code=status, **shown)


@router.post("/paper/cases/{receipt}/payment")
def receive(
    request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt, sent: Sent
) -> Response:
    """手数料を受け取った."""
    said = {
        "amount": text(sent, "amount", 10), "method": text(sent, "method", 20), "receipt_given": "given" in sent,
    }  # fmt: skip
    number = ReceiptNumber(receipt)
    try:
        received = _read(FeeReceived, said, "fee_differs")
        paper_cases.receive(counter, city, officer, number, received)
    except Problem as refused:
        return _shown(request, counter, city, officer, number, refused, {"amount": text(sent, "amount", 10)})
    return _back(number)


@router.post("/paper/cases/{receipt}/refund")
def pay_back(
    request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt, sent: Sent
) -> Response:
    """手数料を返した."""
    number = ReceiptNumber(receipt)
    try:
        made = _read(RefundMade, {"amount": text(sent, "amount", 10), "how": text(sent, "how", 20)}, "fee_differs")
        paper_cases.pay_back(counter, city, officer, number, made)
    except Problem as refused:
        return _shown(request, counter, city, officer, number, refused)
    return _back(number)


@router.post("/paper/cases/{receipt}/person")
def put_right(
    request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt, sent: Sent
) -> Response:
    """申請する方の読み誤りを直した."""
    number, typed = ReceiptNumber(receipt), _stated(sent)
    try:
        paper_cases.put_person_right(
            counter, city, officer, number, _read(StatedPerson, typed, "stated_incomplete")
        )  # fmt: skip
    except Problem as refused:
        return _shown(request, counter, city, officer, number, refused, typed)
    return _back(number)


@router.post("/paper/cases/{receipt}/absence")
def confirm_absence(request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt) -> Response:
    """住民記録にないことを確かめた."""
    try:
        paper_cases.confirm_absence(counter, city, officer, ReceiptNumber(receipt))
    except Problem as refused:
        return _shown(request, counter, city, officer, ReceiptNumber(receipt), refused)
    return _back(ReceiptNumber(receipt))


@router.post("/paper/cases/{receipt}/notices/{notice_id}")
def tell(
    request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt, notice_id: UUID, sent: Sent
) -> Response:
    """申請者に知らせた."""
    number = ReceiptNumber(receipt)
    try:
        said = _read(ResidentTold, {"how": text(sent, "how", 20)}, "malformed")
        paper_cases.tell(counter, city, officer, number, notice_id, said.how)
    except Problem as refused:
        return _shown(request, counter, city, officer, number, refused)
    return _back(number)


@router.post("/paper/cases/{receipt}/correction")
def correct(counter: CounterHere, city: City, officer: Officer, receipt: Receipt) -> Response:
    """補正の回答を入力する: asking twice opens the same one."""
    draft = paper_cases.start_correction(counter, city, officer, ReceiptNumber(receipt))
    return RedirectResponse(f"/paper/drafts/{draft.draft.id}", 303)


@router.get("/paper/cases/{receipt}/withdraw")
def confirm_withdrawal(
    request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt
) -> Response:
    """取下げの確認."""
    view = paper_cases.read(counter, city, officer, ReceiptNumber(receipt))
    procedure = counter.library.version(view.case.procedure, view.case.version)
    shown = contents.case(chosen(request), procedure, view, None, None)
    return page(request, "reviewer/paper_withdraw.html", visitor=officer, **shown)


@router.post("/paper/cases/{receipt}/withdraw")
def withdraw(request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt) -> Response:
    """取下げの申出を入力した."""
    try:
        paper_cases.withdraw(counter, city, officer, ReceiptNumber(receipt))
    except Problem as refused:
        return _shown(request, counter, city, officer, ReceiptNumber(receipt), refused)
    return _back(ReceiptNumber(receipt))


@router.get("/paper/cases/{receipt}/receipt")
def receipt_page(request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt) -> Response:
    """領収書."""
    view = paper_cases.receipt(counter, city, officer, ReceiptNumber(receipt))
    procedure = counter.library.version(view.procedure, view.version)
    back = f"/paper/cases/{receipt}"
    shown = case_contents.receipt(chosen(request), procedure, view, datetime.now(UTC), back)
    return page(request, "resident/receipt.html", visitor=officer, **shown)


@router.get("/paper/cases/{receipt}/documents/{document_id}")
def document(counter: CounterHere, city: City, officer: Officer, receipt: Receipt, document_id: UUID) -> Response:
    """書面を印刷する."""
    data, name = paper_cases.document(counter, city, officer, ReceiptNumber(receipt), document_id)
    return download(data, name)


@router.get("/paper/cases/{receipt}/attachments/{attachment_id}")
def scan(counter: CounterHere, city: City, officer: Officer, receipt: Receipt, attachment_id: UUID) -> Response:
    """申請書の画像."""
    data, media_type, name = paper_cases.scan(counter, city, officer, ReceiptNumber(receipt), attachment_id)
    return download(data, name, media_type)


def _back(receipt: ReceiptNumber) -> Response:
    return RedirectResponse(f"/paper/cases/{receipt}", 303)


def _stated(sent: FormData) -> dict[str, str]:
    typed = {name: text(sent, name, 200) for name in ("name", "name_kana", "address", "sex")}
    return typed | {"birth_date": as_day("-".join(text(sent, f"birth_date.{part}", 10) for part in DATE_PARTS))}


def _read(model: type[Wanted], said: Mapping[str, object], code: str) -> Wanted:
    """As the API reads it. Raises Problem `code`."""
    try:
        return model.model_validate(said)
    except ValidationError as wrong:
        raise problem(code) from wrong

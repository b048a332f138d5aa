"""案件: the state of what was filed, and what its owner can do."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api import cases
from api.counter import City, CounterHere, LoggedIn
from api.filing import drafts
from procedures.values import ReceiptNumber
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute, Receipt
from ui.resident import contents

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


@router.get("/cases/{receipt}")
def read(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, receipt: Receipt) -> Response:
    """案件の状況."""
    view = cases.read(counter, city, visitor, ReceiptNumber(receipt))
    procedure = counter.library.version(view.procedure, view.version)
    shown = contents.case(chosen(request), procedure, view)
    return page(request, "resident/case.html", visitor=visitor, **shown)


@router.get("/cases/{receipt}/withdraw")
def confirm(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, receipt: Receipt) -> Response:
    """取下げの確認: what it means, before it happens."""
    view = cases.read(counter, city, visitor, ReceiptNumber(receipt))
    if not view.may_withdraw:
        return RedirectResponse(f"/cases/{receipt}", 303)
    procedure = counter.library.version(view.procedure, view.version)
    return page(request, "resident/withdraw.html", visitor=visitor, procedure=procedure, case=view)


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

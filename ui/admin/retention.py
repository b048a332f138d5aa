"""保存期間の頁: what is purged next, what was, and which cases stay; an administrator places holds and lifts them."""

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.administration import retention
from api.administration.retention import LONGEST_REASON, HeldCaseView, HoldWanted, numbers_in
from api.counter import Administrator, City, Counter, CounterHere
from api.problems import Problem, problem
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui.admin import retention_contents as contents
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute, Receipt
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)
LONGEST_LIST = 20_000
"""Characters; five hundred receipt numbers with what stands between them."""


@router.get("/admin/retention")
def overview(request: Request, counter: CounterHere, city: City, administrator: Administrator) -> Response:
    """保存期間の状況."""
    return _shown(request, counter, city, administrator)


@router.post("/admin/retention/runs")
def purge_now(request: Request, counter: CounterHere, city: City, administrator: Administrator) -> Response:
    """いま廃棄を始める."""
    try:
        retention.start(counter, city, administrator)
    except Problem as refused:
        return _shown(request, counter, city, administrator, refused=refused)
    return RedirectResponse("/admin/retention#runs", 303)


@router.post("/admin/retention/holds")
def settle(request: Request, counter: CounterHere, city: City, administrator: Administrator, form: Sent) -> Response:
    """保存を続ける, or stop to: of a list, each with its result; what was typed stays where it is refused."""
    try:
        done = _settled(counter, city, administrator, form, numbers_in(text(form, "receipt_numbers", LONGEST_LIST)))
    except Problem as refused:
        return _shown(request, counter, city, administrator, refused=refused, form=form)
    return _shown(request, counter, city, administrator, done=done)


@router.post("/admin/cases/{receipt}/holds")
def settle_one(
    counter: CounterHere, city: City, administrator: Administrator, receipt: Receipt, form: Sent
) -> Response:  # fmt: skip
    """保存を続ける, or stop to: of one case, from its own page."""
    _settled(counter, city, administrator, form, (receipt,))
    return RedirectResponse(f"/admin/cases/{receipt}#holds", 303)


def _settled(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, form: FormData, numbers: tuple[str, ...]
) -> tuple[HeldCaseView, ...]:
    try:
        wanted = HoldWanted(receipt_numbers=numbers, reason=text(form, "reason", LONGEST_REASON + 1))
    except ValidationError as wrong:
        raise problem("hold_unreasoned") from wrong
    act = retention.lift if text(form, "act", 10) == "lift" else retention.place
    return act(counter, city, administrator, wanted)


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, administrator: Visitor, *,
    refused: Problem | None = None, form: FormData | None = None, done: tuple[HeldCaseView, ...] = (),
) -> Response:  # fmt: skip
    found = retention.view(counter, city, administrator)
    shown = contents.overview(chosen(request), counter.library, found, done)
    typed = {name: text(form, name, LONGEST_LIST) if form else "" for name in ("receipt_numbers", "reason")}
    told = {"problem": refused.text if refused else None, "typed": typed}
    status = refused.status if refused else 200
    return page(request, "admin/retention.html", visitor=administrator, status_code=status, **shown, **told)

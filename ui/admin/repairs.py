"""修復の頁: what is to happen to one case or many is proposed, looked at, signed by another administrator, followed."""

from typing import get_args
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.administration import cases
from api.administration.cases import CasesAsked
from api.bulk.orders import PaceWanted
from api.counter import Administrator, City, Counter, CounterHere
from api.events import OfRepair
from api.problems import Problem, problem
from api.repair import orders
from api.repair.orders import RepairWanted
from api.repair.said import LONGEST_REASON, OF_A_STEP, Outcome, RepairKind
from api.views import Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from ui.admin import repair_contents as contents
from ui.admin.cases import OfCases
from ui.admin.repair_contents import Typed
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/admin/repairs")
def overview(request: Request, counter: CounterHere, city: City, administrator: Administrator) -> Response:
    """修復の記録."""
    shown = contents.overview(chosen(request), orders.listed(counter, city, administrator))
    return page(request, "admin/repairs.html", visitor=administrator, **shown)


@router.get("/admin/repairs/new")
def begin(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, said: OfCases, case: str = ""
) -> Response:
    """修復を起案する: for one case, or for what the list of cases showed."""
    return _form(request, counter, city, administrator, said or CasesAsked(), Typed(case=case[:60]))


@router.post("/admin/repairs/new")
def propose(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, said: OfCases, form: Sent
) -> Response:
    """起案: a refused one is shown with what was typed."""
    asked = said or CasesAsked()
    typed = Typed(
        case=text(form, "case", 60), kind=text(form, "kind", 20), step=text(form, "step", 100),
        outcome=text(form, "outcome", 10), reason=text(form, "reason", LONGEST_REASON),
    )  # fmt: skip
    try:
        repair_id = orders.propose(counter, city, administrator, _wanted(typed, asked))
    except Problem as refused:
        return _form(request, counter, city, administrator, asked, typed, refused)
    return RedirectResponse(f"/admin/repairs/{repair_id}", 303)


@router.get("/admin/repairs/{repair_id}")
def read(request: Request, counter: CounterHere, city: City, administrator: Administrator, repair_id: UUID) -> Response:
    """修復の見通しと状況."""
    found = orders.read(counter, city, administrator, repair_id)
    shown = contents.repair(chosen(request), counter.library, found)
    return page(request, "admin/repair.html", visitor=administrator, **shown)


@router.get("/admin/repairs/{repair_id}/events", response_class=Response)
async def watch(stream: OfRepair) -> Response:
    """修復の進み具合を待つ."""
    return stream


@router.post("/admin/repairs/{repair_id}/approval")
def approve(counter: CounterHere, city: City, administrator: Administrator, repair_id: UUID) -> Response:
    """承認する: it begins."""
    orders.approve(counter, city, administrator, repair_id)
    return RedirectResponse(f"/admin/repairs/{repair_id}", 303)


@router.post("/admin/repairs/{repair_id}/withdrawal")
def withdraw(counter: CounterHere, city: City, administrator: Administrator, repair_id: UUID) -> Response:
    """取り下げる・承認しない."""
    orders.withdraw(counter, city, administrator, repair_id)
    return RedirectResponse(f"/admin/repairs/{repair_id}", 303)


@router.post("/admin/repairs/{repair_id}/pace")
def pace(counter: CounterHere, city: City, administrator: Administrator, repair_id: UUID, form: Sent) -> Response:
    """止める・続ける・取りやめる."""
    wanted = next((each for each in ("pause", "go_on", "stop") if each == text(form, "wanted", 10)), None)
    if wanted is None:
        raise problem("malformed")
    orders.keep_pace(counter, city, administrator, repair_id, PaceWanted(wanted=wanted))
    return RedirectResponse(f"/admin/repairs/{repair_id}", 303)


# --- small things -----------------------------------------------------------------------------------------------------


def _form(
    request: Request, counter: Counter, city: MunicipalityCode, administrator: Visitor, asked: CasesAsked,
    typed: Typed, refused: Problem | None = None,
) -> Response:  # fmt: skip
    counts = cases.counts(counter, city, administrator, asked)
    earlier = orders.of_case(counter, city, administrator, ReceiptNumber(typed.case)) if typed.case else ()
    shown = contents.form(chosen(request), counter.library, asked, counts, earlier, typed)
    shown["problem"] = refused.text if refused else None
    return page(
        request, "admin/repair_form.html", visitor=administrator, status_code=refused.status if refused else 200,
        **shown,
    )  # fmt: skip


def _wanted(typed: Typed, asked: CasesAsked) -> RepairWanted:
    kind = next((each for each in get_args(RepairKind) if each == typed.kind), None)
    if kind is None:
        raise problem("repair_unsaid")
    if kind in OF_A_STEP and not typed.step:
        raise problem("repair_step_unsaid")
    outcome = next((each for each in get_args(Outcome) if each == typed.outcome), "done")
    return RepairWanted(
        kind=kind, step=typed.step if kind in OF_A_STEP else None, outcome=outcome, reason=typed.reason,
        cases=(typed.case,) if typed.case else (), view=None if typed.case else asked,
    )  # fmt: skip

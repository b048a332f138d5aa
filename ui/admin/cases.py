"""運行の管理: cases, what does not go on, batches, workers and their course, for administrators."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError
from starlette.responses import RedirectResponse

from api.administration import batches, cases, course, histories, stuck, workers
from api.administration.batches import BatchesAsked
from api.administration.cases import CasesAsked
from api.counter import Administrator, City, Counter, CounterHere
from procedures.values import ReceiptNumber
from ui.admin import console_contents as contents
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute, Receipt

router = APIRouter(route_class=PageRoute)


def typed_of_cases(
    procedure: str = "", version: str = "", step: str = "", status: str = "", reason: str = "", age: str = "",
    order: str = "newest", after: str = "",
) -> CasesAsked | None:  # fmt: skip
    """条件; None: it cannot be read."""
    said = {
        "procedure": procedure, "version": version, "step": step, "status": status, "reason": reason, "age": age,
        "order": order, "after": after,
    }  # fmt: skip
    try:
        return CasesAsked.model_validate(said)
    except ValidationError:
        return None


def typed_of_batches(kind: str = "", state: str = "", after: str = "") -> BatchesAsked | None:
    """条件; None: it cannot be read."""
    try:
        return BatchesAsked.model_validate({"kind": kind, "state": state, "after": after})
    except ValidationError:
        return None


OfCases = Annotated[CasesAsked | None, Depends(typed_of_cases)]
OfBatches = Annotated[BatchesAsked | None, Depends(typed_of_batches)]


@router.post("/admin/cases/{receipt}/retry")
def retry(counter: CounterHere, city: City, administrator: Administrator, receipt: Receipt) -> Response:
    """いま再試行する: and back to what does not go on."""
    cases.retry_now(counter, city, administrator, ReceiptNumber(receipt))
    return RedirectResponse("/admin/stuck", 303)


@router.get("/admin/cases")
def overview(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, said: OfCases
) -> Response:
    """案件の一覧: what cannot be read of the question is told, and all are shown."""
    asked = said or CasesAsked()
    shown = contents.cases(
        chosen(request), counter.library, asked, cases.page(counter, city, administrator, asked),
        cases.counts(counter, city, administrator, asked), stuck.view(counter, city, administrator),
        legible=said is not None,
    )  # fmt: skip
    status = 200 if said else 422
    return page(request, "admin/cases.html", visitor=administrator, status_code=status, **shown)


@router.get("/admin/cases/{receipt}")
def operation(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, receipt: Receipt, after: str = ""
) -> Response:
    """案件の運行: the timeline beside the history."""
    view = histories.view(counter, city, administrator, ReceiptNumber(receipt), after)
    here = f"/admin/cases/{receipt}"
    shown = contents.operation(chosen(request), counter.library, view, _link(counter), here)
    return page(request, "admin/operation.html", visitor=administrator, **shown)


@router.get("/admin/stuck")
def standing_still(request: Request, counter: CounterHere, city: City, administrator: Administrator) -> Response:
    """進まない案件."""
    view = stuck.view(counter, city, administrator)
    shown = contents.stuck(chosen(request), counter.library, view, _link(counter))
    return page(request, "admin/stuck.html", visitor=administrator, **shown)


@router.get("/admin/batches")
def together(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, said: OfBatches
) -> Response:
    """まとめて行う処理."""
    asked = said or BatchesAsked()
    found = batches.page(counter, city, administrator, asked)
    shown = contents.batches(chosen(request), asked, found, _link(counter), legible=said is not None)
    status = 200 if said else 422
    return page(request, "admin/batches.html", visitor=administrator, status_code=status, **shown)


@router.get("/admin/workers")
def working(request: Request, counter: CounterHere, city: City, administrator: Administrator) -> Response:
    """処理係と待ち行列."""
    shown = contents.workers(chosen(request), workers.view(counter, city, administrator))
    return page(request, "admin/workers.html", visitor=administrator, **shown)


@router.get("/admin/course")
def going(request: Request, counter: CounterHere, city: City, administrator: Administrator) -> Response:
    """推移."""
    shown = contents.course(chosen(request), course.view(counter, city, administrator))
    return page(request, "admin/course.html", visitor=administrator, **shown)


def _link(counter: Counter) -> contents.Link:
    return partial(cases.temporal_url, counter)

"""承認の頁: what a batch adds up to, and the button of somebody who corrected nothing of it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, Officer
from api.problems import Problem
from api.sheets import approvals, batches
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui import spreadsheet
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident.documents import download
from ui.sheets import approval_contents

router = APIRouter(prefix="/sheets/batches", route_class=PageRoute)


@router.get("/{batch_id}/approval")
def read(request: Request, counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> Response:
    """承認する内容."""
    return _shown(request, counter, city, officer, batch_id)


@router.get("/{batch_id}/files/totals.csv", response_class=Response)
def totals(request: Request, counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> Response:
    """合計と前月との差をCSVで: a line for each person."""
    batch = batches.read(counter, city, officer, batch_id)
    found = approvals.read(counter, city, officer, batch_id)
    table = approval_contents.sheet(chosen(request), counter.sheets.current(batch.sheet), found)
    return download(spreadsheet.written(*table), f"totals-{batch_id}.csv", "text/csv; charset=utf-8")


@router.post("/{batch_id}/approval")
def approve(request: Request, counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> Response:
    """承認する."""
    try:
        approvals.approve(counter, city, officer, batch_id)
    except Problem as refused:
        return _shown(request, counter, city, officer, batch_id, refused)
    return RedirectResponse(f"/sheets/batches/{batch_id}", 303)


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, batch_id: UUID,
    refused: Problem | None = None,
) -> Response:  # fmt: skip
    batch = batches.read(counter, city, officer, batch_id)
    found = approvals.read(counter, city, officer, batch_id)
    content = approval_contents.approval(chosen(request), counter.sheets.current(batch.sheet), batch, found)
    return page(
        request, "sheets/approval.html", visitor=officer, status_code=refused.status if refused else 200,
        problem=refused.text if refused else None, **content,
    )  # fmt: skip

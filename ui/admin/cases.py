"""案件の管理: every case of the city with the way to its workflow."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api import administration
from api.counter import Administrator, City, CounterHere
from procedures.values import ReceiptNumber
from ui import wording
from ui.admin import contents
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute, Receipt

router = APIRouter(route_class=PageRoute)


@router.post("/admin/cases/{receipt}/retry")
def retry(counter: CounterHere, city: City, administrator: Administrator, receipt: Receipt) -> Response:
    """いま再試行する."""
    administration.retry_now(counter, city, administrator, ReceiptNumber(receipt))
    return RedirectResponse("/admin/cases", 303)


@router.get("/admin/cases")
def cases(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, status: str = ""
) -> Response:
    """案件の一覧: newest first."""
    wanted = status if status in wording.STATES else ""
    found = [line for line in administration.listed(counter, city, administrator) if wanted in ("", line.status)]
    shown = contents.cases(
        chosen(request),
        counter.library,
        found,
        lambda receipt: administration.temporal_url(counter, receipt),
        wanted,
    )
    return page(request, "admin/cases.html", visitor=administrator, **shown)

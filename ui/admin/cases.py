"""案件の管理: every case of the city with the way to its workflow."""

from fastapi import APIRouter, Request, Response

from api import administration
from api.counter import Administrator, City, CounterHere
from ui import wording
from ui.admin import contents
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute

router = APIRouter(route_class=PageRoute)


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

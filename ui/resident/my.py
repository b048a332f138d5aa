"""マイページ: one page for everything that is a resident's own, and the record of consents."""

from fastapi import APIRouter, Request, Response

from api.counter import City, CounterHere, LoggedIn
from api.resident import consents, my
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident import my_contents as contents

router = APIRouter(route_class=PageRoute)


@router.get("/my")
def overview(request: Request, counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """マイページ: what waits for the resident comes first."""
    shown = contents.my(counter.library, chosen(request), my.overview(counter, city, visitor))
    return page(request, "resident/my.html", visitor=visitor, **shown)


@router.get("/account/consents")
def given(request: Request, counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """同意の記録."""
    shown = contents.consents(consents.listed(counter, city, visitor))
    return page(request, "resident/consents.html", visitor=visitor, **shown)

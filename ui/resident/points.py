"""ポイント: balance and bookings."""

from fastapi import APIRouter, Request, Response

from api.counter import City, CounterHere, LoggedIn
from api.resident import points
from ui.pages import page
from ui.problems import PageRoute
from ui.resident import contents

router = APIRouter(route_class=PageRoute)


@router.get("/points")
def balance(request: Request, counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """残高."""
    shown = contents.points(counter.library, points.balance(counter, city, visitor))
    return page(request, "resident/points.html", visitor=visitor, **shown)

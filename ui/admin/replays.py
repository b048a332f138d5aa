"""再生の頁: can open cases go on with the program that runs now? Asked, followed and read."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.administration import replay
from api.administration.replay import ReplayWanted
from api.counter import Administrator, City, Counter, CounterHere
from api.events import OfReplay
from api.problems import Problem
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui.admin import replay_contents as contents
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/admin/replays")
def overview(request: Request, counter: CounterHere, city: City, administrator: Administrator) -> Response:
    """再生の記録."""
    return _overview(request, counter, city, administrator)


@router.post("/admin/replays")
def start(request: Request, counter: CounterHere, city: City, administrator: Administrator, form: Sent) -> Response:
    """確かめる: one case, a procedure, or all; where it cannot be begun, the page says so and keeps the choice."""
    number, procedure = text(form, "receipt_number", 60), text(form, "procedure", 100)
    wanted = ReplayWanted(receipt_number=number or None, procedure=procedure or None)
    try:
        replay_id = replay.start(counter, city, administrator, wanted)
    except Problem as refused:
        return _overview(request, counter, city, administrator, procedure, refused)
    return RedirectResponse(f"/admin/replays/{replay_id}", 303)


@router.get("/admin/replays/{replay_id}")
def read(request: Request, counter: CounterHere, city: City, administrator: Administrator, replay_id: UUID) -> Response:
    """再生の状況と結果."""
    found = replay.read(counter, city, administrator, replay_id)
    shown = contents.replayed(chosen(request), counter.library, found)
    return page(request, "admin/replay.html", visitor=administrator, **shown)


@router.get("/admin/replays/{replay_id}/events", response_class=Response)
async def watch(stream: OfReplay) -> Response:
    """再生の進み具合を待つ."""
    return stream


def _overview(
    request: Request, counter: Counter, city: MunicipalityCode, administrator: Visitor, procedure: str = "",
    refused: Problem | None = None,
) -> Response:  # fmt: skip
    found = replay.listed(counter, city, administrator)
    shown = contents.overview(chosen(request), counter.library, found, procedure, refused.text if refused else None)
    status = refused.status if refused else 200
    return page(request, "admin/replays.html", visitor=administrator, status_code=status, **shown)

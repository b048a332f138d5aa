"""カードによる本人確認: the officer has the reader at their counter wait for the card of whoever brought the paper."""

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from api.filing import paper
from api.paper import reader
from api.problems import Problem
from procedures.texts import Text
from ui.problems import PageRoute
from ui.reviewer import paper_reader_contents as contents
from ui.reviewer.paper_seat import PaperSeat, PaperSeated
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/paper/drafts/{draft_id}/reader")
def show(seat: PaperSeated) -> Response:
    """リーダーのそば: it follows by itself, or when it is read again."""
    return _page(seat)


@router.post("/paper/drafts/{draft_id}/reader")
def ask(seat: PaperSeated, sent: Sent) -> Response:
    """カードを待たせる."""
    try:
        reader.ask(*seat.desk, seat.draft_id, text(sent, "counter", 30))
    except Problem as refused:
        return _page(seat, refused.text, refused.status)
    return RedirectResponse(f"{seat.place}/reader", 303)


@router.post("/paper/drafts/{draft_id}/reader/stop")
def stop(seat: PaperSeated) -> Response:
    """待つのをやめる."""
    reader.stop(*seat.desk, seat.draft_id)
    return RedirectResponse(f"{seat.place}/reader", 303)


def _page(seat: PaperSeat, problem: Text | None = None, status: int = 200) -> Response:
    draft = paper.read(*seat.desk, seat.draft_id).draft
    procedure = seat.counter.library.version(draft.procedure, draft.version)
    view = reader.read(*seat.desk, seat.draft_id)
    shown = contents.desk(seat.language, procedure, seat.place, view, problem)
    return seat.page("reviewer/paper_reader.html", status_code=status, **shown)

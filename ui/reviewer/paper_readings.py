"""紙の読取りの頁: the scan is being read; what was read is confirmed beside its picture, or typed by hand."""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.filing import paper, reading
from api.paper.views import PaperReadingView
from api.problems import Problem
from api.sheets.corrections import picture_response
from ui.form import DATE_PARTS
from ui.problems import PageRoute
from ui.reviewer import reading_contents as contents
from ui.reviewer.paper_contents import as_day
from ui.reviewer.paper_seat import PaperSeat, PaperSeated
from ui.reviewer.reading_contents import Typed
from ui.submitted import Sent, text

router = APIRouter(prefix="/paper/drafts", route_class=PageRoute)
LONGEST = 500


@router.get("/{draft_id}/reading")
def read(seat: PaperSeated) -> Response:
    """読取りの進み具合と結果; one that is confirmed leads back to the paper."""
    found = reading.read(*seat.desk, seat.draft_id)
    if found.state == "settled":
        return RedirectResponse(f"{seat.place}/person", 303)
    return _shown(seat, found)


@router.post("/{draft_id}/reading")
def confirm(seat: PaperSeated, sent: Sent) -> Response:
    """確かめた: refused, it is shown again with what was typed."""
    found = reading.read(*seat.desk, seat.draft_id)
    typed = Typed(_values(found, sent), frozenset(str(each) for each in sent.getlist("seen")))
    try:
        reading.confirm(*seat.desk, seat.draft_id, typed.values, typed.seen)
    except Problem as refused:
        if refused.code != "reading_unseen":
            raise
        return _shown(seat, found, typed, refused)
    return RedirectResponse(f"{seat.place}/person", 303)


@router.post("/{draft_id}/reading/again")
def read_again(seat: PaperSeated) -> Response:
    """もう一度読み取る."""
    reading.ask(*seat.desk, seat.draft_id)
    return RedirectResponse(f"{seat.place}/reading", 303)


@router.post("/{draft_id}/reading/discard")
def discard(seat: PaperSeated) -> Response:
    """読取りを使わず、手で入力する."""
    reading.discard(*seat.desk, seat.draft_id)
    return RedirectResponse(f"{seat.place}/person", 303)


@router.get("/{draft_id}/reading/picture", response_class=Response)
def picture(seat: PaperSeated) -> Response:
    """紙の画像."""
    return picture_response(reading.picture(*seat.desk, seat.draft_id))


def _values(found: PaperReadingView, sent: FormData) -> dict[str, str]:
    """A box that is not ticked is not sent, and so empty."""
    return {line.place: _value(line.place, sent) for line in found.lines}


def _value(place: str, sent: FormData) -> str:
    parts = [text(sent, f"{place}.{part}", 10) for part in DATE_PARTS]
    return as_day("-".join(parts)) if any(parts) else text(sent, place, LONGEST)


def _shown(
    seat: PaperSeat, found: PaperReadingView, typed: Typed | None = None, refused: Problem | None = None
) -> Response:
    draft = paper.read(*seat.desk, seat.draft_id)
    procedure = seat.counter.library.version(draft.draft.procedure, draft.draft.version)
    sheet = seat.counter.sheets.version(found.sheet, found.sheet_version or 1) if found.sheet else None
    shown = contents.reading(seat.language, procedure, sheet, draft, found, typed)
    return seat.page(
        "reviewer/paper_reading.html", status_code=refused.status if refused else 200,
        problem=refused.text if refused else None, **shown,
    )  # fmt: skip

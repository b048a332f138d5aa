"""申請: the review of what will be signed, on screen and on paper, and the last button."""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from api.filing import submissions
from api.problems import Problem
from api.resident import cases
from ui import entry, steps
from ui.problems import PageRoute
from ui.resident import draft_contents as contents
from ui.resident.drafts import Tidied
from ui.resident.seat import Opened, Seat, Seated, opened, to_its_case
from ui.submitted import Sent

router = APIRouter(route_class=PageRoute)
TO_REVIEW = frozenset({"answers_incomplete", "draft_outdated", "not_eligible", "reception_closed", "draft_changed"})
"""What the review page itself explains, with the way out."""


@router.get("/drafts/{draft_id}/review")
def review(seat: Seated, tidied: Tidied = "") -> Response:
    """内容の確認: exactly what will be signed or filed; a form with mistakes goes back to the first of them."""
    here = complete(seat)
    return here if isinstance(here, Response) else _review(seat, here, tidied=tidied)


@router.get("/drafts/{draft_id}/review/print")
def printed(seat: Seated) -> Response:
    """印刷用: the same on plain paper."""
    here = complete(seat)
    if isinstance(here, Response):
        return here
    return seat.page("resident/review_print.html", **_content(seat, here), printed_at=datetime.now(UTC))


def complete(seat: Seat) -> Opened | Response:
    here = opened(seat)
    if isinstance(here, Response) or not here.checked.problems:
        return here
    faulty = here.way.faulty()
    address = steps.address(here.draft, faulty) if faulty else seat.place
    return RedirectResponse(f"{address}?unfinished=1", 303)


def _content(seat: Seat, here: Opened) -> contents.Content:
    now, closed = datetime.now(UTC), seat.counter.closed(seat.city)
    return contents.review(seat.language, here.procedure, here.draft, here.checked, now, closed)


def _review(seat: Seat, here: Opened, *, tidied: str = "", changed: bool = False) -> Response:
    notes = contents.tidied(seat.language, here.procedure, here.draft, tidied.split(","))
    shown = _content(seat, here) | {"tidied": notes, "changed": changed, "corrected": _corrected(seat, here)}
    return seat.page("resident/review.html", status_code=409 if changed else 200, **shown)


def _corrected(seat: Seat, here: Opened) -> tuple[contents.Corrected, ...]:
    if here.draft.corrects is None:
        return ()
    filed = cases.read(*seat.who, here.draft.corrects)
    return contents.corrected(seat.language, here.procedure, here.draft, here.checked, filed)


@router.post("/drafts/{draft_id}/submit")
def submit(seat: Seated, sent: Sent) -> Response:
    """申請する: procedures that need no signature."""

    def filed() -> str:
        receipt_number = submissions.submit(*seat.who, seat.draft_id, based_on=entry.based_on(sent))
        return f"/cases/{receipt_number}"

    return _last(seat, filed)


@router.post("/drafts/{draft_id}/sign")
def sign(seat: Seated, sent: Sent) -> Response:
    """署名する: to the card agent; afterwards the browser comes back to the case."""
    return _last(seat, lambda: submissions.request_signature(*seat.who, seat.draft_id, based_on=entry.based_on(sent)))


def _last(seat: Seat, take: Callable[[], str]) -> Response:
    """Where `take` says; to its case where it was pressed twice; back to what stands in its way."""
    try:
        return RedirectResponse(take(), 303)
    except Problem as found:
        if found.code not in TO_REVIEW:
            return to_its_case(seat, found)
        here = complete(seat)
        if isinstance(here, Response):
            return here
        return _review(seat, here, changed=found.code == "draft_changed")


@router.get("/drafts/{draft_id}/signed/{handback}")
def signed(seat: Seated, handback: str) -> Response:
    """署名の後: the agent sends the browser here; only who asked for the signature files it.

    A GET that files: the agent's redirect can be nothing else, and the handback works once and for nobody else.
    """
    receipt_number = submissions.file_signed(*seat.who, seat.draft_id, handback)
    return RedirectResponse(f"/cases/{receipt_number}", 303)

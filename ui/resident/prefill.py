"""カードから入力: where the browser comes back to after the card agent has read the card."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from api.filing import prefill
from api.views import DraftView
from procedures.document import Procedure
from procedures.form import Section
from procedures.texts import Text
from ui.problems import PageRoute
from ui.resident.seat import Seat, Seated

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True)
class CardNote:
    """カードについて: what a step's page says of it."""

    offered: bool
    """The card could fill in something here."""
    was_read: bool
    kept: tuple[Text, ...]
    """Labels of the questions whose answers the card did not change."""


def note(seat: Seat, procedure: Procedure, draft: DraftView, section: Section) -> CardNote:
    """カードについて, for one step as it was asked for."""
    here = {field.id for field in section.fields} & {field.id for field in prefill.about(procedure, draft)}
    query = seat.request.query_params
    kept = query.get("kept", "").split(",")
    labels = tuple(field.label for field in procedure.form.fields() if field.id in kept)
    return CardNote(offered=bool(here) and draft.arrival == "online", was_read=query.get("card") == "read", kept=labels)


@router.get("/drafts/{draft_id}/card/{handback}")
def filled(seat: Seated, handback: str) -> Response:
    """カードから入力: then back to the questions it is about, with what was left as it was.

    A GET that writes: the agent's redirect can be nothing else, and the handback works once and for nobody else.
    """
    done = prefill.fill(*seat.who, seat.draft_id, handback)
    procedure = seat.counter.library.version(done.draft.procedure, done.draft.version)
    about = {field.id for field in prefill.about(procedure, done.draft)}
    section = next(each for each in procedure.form.sections if about & {field.id for field in each.fields})
    query = urlencode({"card": "read", "kept": ",".join(done.kept)})
    return RedirectResponse(f"/drafts/{seat.draft_id}/steps/{section.id}?{query}", 303)

"""紙の読取り by the JSON API: asked for, looked at, confirmed, or left for typing by hand."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.counter import City, CounterHere, Officer
from api.filing import reading
from api.paper.views import PaperReadingView
from api.sheets.corrections import picture_response

router = APIRouter(prefix="/api/paper/drafts", tags=["paper"])

Place = Annotated[str, StringConstraints(max_length=60)]
MOST_LINES = 100


class ReadingConfirmed(BaseModel):
    """確かめた読取り: values that differ from what was read, by place; and which doubtful ones were looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    values: dict[Place, Annotated[str, StringConstraints(max_length=500)]] = Field(
        default_factory=dict, max_length=MOST_LINES
    )
    seen: frozenset[Place] = Field(default=frozenset(), max_length=MOST_LINES)


@router.post("/{draft_id}/reading", status_code=202)
def read_scan_by_machine(counter: CounterHere, city: City, officer: Officer, draft_id: UUID) -> PaperReadingView:
    """申請書の画像を読み取る: in the background; ask how far it is with GET."""
    return reading.ask(counter, city, officer, draft_id)


@router.get("/{draft_id}/reading")
def read_paper_reading(counter: CounterHere, city: City, officer: Officer, draft_id: UUID) -> PaperReadingView:
    """読み取った内容: each answer with how sure it is."""
    return reading.read(counter, city, officer, draft_id)


@router.get("/{draft_id}/reading/picture", response_class=Response)
def read_paper_picture(counter: CounterHere, city: City, officer: Officer, draft_id: UUID) -> Response:
    """紙の画像, laid straight (WebP)."""
    return picture_response(reading.picture(counter, city, officer, draft_id))


@router.post("/{draft_id}/reading/confirmation")
def confirm_paper_reading(
    counter: CounterHere, city: City, officer: Officer, draft_id: UUID, said: ReadingConfirmed
) -> PaperReadingView:
    """読み取った内容を確かめた: they are the draft's answers now. Nothing doubtful may be left unseen."""
    return reading.confirm(counter, city, officer, draft_id, said.values, said.seen)


@router.delete("/{draft_id}/reading", status_code=204)
def discard_paper_reading(counter: CounterHere, city: City, officer: Officer, draft_id: UUID) -> None:
    """読取りを使わず、手で入力する."""
    reading.discard(counter, city, officer, draft_id)

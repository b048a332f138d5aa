"""意見を回答する: what somebody elsewhere, or an expert, is asked and shown of a case."""

from typing import Any, get_args
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from api.case import opinions_asked
from api.case.opinions import LONGEST
from api.case.views import PagesView, SharedView, Stance
from api.counter import City, Counter, CounterHere, Officer
from api.messaging import messages
from api.problems import Problem, problem
from api.viewing.pictures import PageAsked, TurnAsked, ZoomAsked, picture_response
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident.documents import download
from ui.reviewer import opinion_contents, viewer_contents
from ui.reviewer.opinion_contents import TypedAnswer
from ui.reviewer.viewer_contents import Looking, Where
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)
STANCES: tuple[Stance, ...] = get_args(Stance)


@router.get("/inbox/opinions/{opinion_id}")
def read(request: Request, counter: CounterHere, city: City, officer: Officer, opinion_id: UUID) -> Response:
    """意見照会を見る."""
    return _shown(request, counter, city, officer, opinion_id)


@router.get("/inbox/opinions/{opinion_id}/viewer")
def viewer(request: Request, counter: CounterHere, city: City, officer: Officer, opinion_id: UUID) -> Response:
    """見せられたファイルの表示."""
    view = opinions_asked.read(counter, city, officer, opinion_id)
    return page(
        request, "reviewer/case/viewer_part.html", visitor=officer, **_viewer(request, counter, city, officer, view)
    )


@router.post("/inbox/opinions/{opinion_id}/answer")
def answer(
    request: Request, counter: CounterHere, city: City, officer: Officer, opinion_id: UUID, form: Sent
) -> Response:
    """意見を回答する."""
    typed = TypedAnswer(text(form, "stance", 20), text(form, "text", LONGEST * 2))
    sent = [each for each in form.getlist("file") if isinstance(each, UploadFile)]
    try:
        stance = next((each for each in STANCES if each == typed.stance), None)
        if stance is None:
            raise problem("opinion_empty")
        uploads = messages.uploads_of(counter, sent)
        upload = uploads[0] if uploads else None
        opinions_asked.answer(counter, city, officer, opinion_id, stance, typed.text, upload)
    except Problem as refused:
        if refused.status in (403, 404):
            raise
        return _shown(request, counter, city, officer, opinion_id, typed, refused)
    return RedirectResponse(f"/inbox/opinions/{opinion_id}", 303)


@router.get("/inbox/opinions/{opinion_id}/files/{attachment_id}")
def file(counter: CounterHere, city: City, officer: Officer, opinion_id: UUID, attachment_id: UUID) -> Response:
    """見せられたファイルのダウンロード."""
    data, media_type, name = opinions_asked.attachment(counter, city, officer, opinion_id, attachment_id)
    return download(data, name, media_type)


@router.get("/inbox/opinions/{opinion_id}/files/{attachment_id}/pages/{page}")
def picture(
    counter: CounterHere, city: City, officer: Officer, opinion_id: UUID, attachment_id: UUID,
    page: PageAsked, zoom: ZoomAsked = 100, turn: TurnAsked = 0,
) -> Response:  # fmt: skip
    """見せられたファイルの一頁."""
    return picture_response(opinions_asked.page_of(counter, city, officer, opinion_id, attachment_id, page, zoom, turn))


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, opinion_id: UUID,
    typed: TypedAnswer | None = None, refused: Problem | None = None,
) -> Response:  # fmt: skip
    view = opinions_asked.read(counter, city, officer, opinion_id)
    procedure = counter.library.version(view.opinion.procedure, view.opinion.version)
    said = refused.text if refused else None
    content = opinion_contents.asked(chosen(request), procedure, view, typed, said)
    content |= _viewer(request, counter, city, officer, view)
    status = refused.status if refused else 200
    return page(request, "reviewer/opinion.html", visitor=officer, status_code=status, **content)


def _viewer(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, view: SharedView
) -> dict[str, Any]:
    looking = Looking.of(request.query_params)
    here = f"/inbox/opinions/{view.opinion.id}"
    procedure = counter.library.version(view.opinion.procedure, view.opinion.version)
    pages = _pages(counter, city, officer, view, looking)
    where = Where(here, f"{here}/files")
    return viewer_contents.viewer(chosen(request), procedure, view.attachments, looking, pages, where)


def _pages(
    counter: Counter, city: MunicipalityCode, officer: Visitor, view: SharedView, looking: Looking
) -> PagesView | None:
    shown = viewer_contents.current(view.attachments, looking)
    if shown is None:
        return None
    try:
        return opinions_asked.pages(counter, city, officer, view.opinion.id, shown.id)
    except Problem as busy:
        if busy.code != "pictures_busy":
            raise
        return None

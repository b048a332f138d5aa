"""自分のデータ: a copy of what the counter holds of the resident, and the way to have it deleted."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, LoggedIn
from api.problems import Problem
from api.resident import exports
from api.resident.exports import MEDIA_TYPES, ExportView
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident.documents import download
from ui.wording import N_

router = APIRouter(route_class=PageRoute)
HOME = "/account/export"

STATES = {
    "waiting": (N_("作成中"), "blue"),
    "ready": (N_("ダウンロードできます"), "green"),
    "failed": (N_("作成できませんでした"), "red"),
}


@router.get(HOME)
def my_data(request: Request, counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """自分のデータ."""
    return _shown(request, counter, city, visitor)


@router.post(HOME)
def ask(request: Request, counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """書き出しを求める: the readable copy in the language of the page."""
    try:
        exports.ask(counter, city, visitor, chosen(request))
    except Problem as refused:
        return _shown(request, counter, city, visitor, refused)
    return RedirectResponse(HOME, 303)


@router.get(f"{HOME}/{{export_id}}/{{form}}")
def file(
    counter: CounterHere, city: City, visitor: LoggedIn, export_id: UUID, form: Literal["json", "pdf"]
) -> Response:
    """書き出しのダウンロード."""
    data, name = exports.download(counter, city, visitor, export_id, form)
    return download(data, name, MEDIA_TYPES[form])


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, visitor: Visitor, refused: Problem | None = None
) -> Response:
    shown = contents(exports.listed(counter, city, visitor))
    said = {"refused": refused.text if refused else None}
    return page(
        request, "resident/export.html", visitor=visitor, status_code=refused.status if refused else 200, **shown | said
    )


def contents(held: tuple[ExportView, ...]) -> dict[str, object]:
    """内容: each export with its words; one that is being made lets the page look again by itself."""
    return {
        "exports": [(each, *STATES[each.status]) for each in held],
        "making": any(each.status == "waiting" for each in held),
        "refused": None,
    }

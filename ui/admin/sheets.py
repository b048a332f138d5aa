"""帳票の様式の頁: the sheets the city knows and their blanks; a page to draw a new one over a scan."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from api.administration import sheets
from api.administration.sheets import BlankWanted
from api.counter import Administrator, Counter, CounterHere
from api.problems import Problem, problem
from api.resident.documents import pdf_response
from api.views import Visitor
from ui.admin import sheet_contents as contents
from ui.admin.sheet_form import Data, data_of
from ui.admin.sheet_sketch import acted, drawn
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident.documents import download
from ui.submitted import Sent, text

router = APIRouter(prefix="/admin/sheets", route_class=PageRoute)
MOST_INPUTS = 8_000
"""Of a sheet of four hundred fields."""
LARGEST_DOCUMENT = 512_000
SCANS = {b"%PDF": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""What a scan is, its first bytes say."""


async def drawing(request: Request) -> AsyncIterator[FormData]:
    """送信内容: of the form of a whole sheet, which has more inputs than any other."""
    async with request.form(max_fields=MOST_INPUTS, max_files=0) as form:
        yield form


Drawing = Annotated[FormData, Depends(drawing)]


@router.get("")
def overview(request: Request, counter: CounterHere, administrator: Administrator) -> Response:
    """様式の一覧."""
    return _listed(request, counter, administrator)


@router.get("/{sheet_id}/blank.pdf", response_class=Response)
def blank(request: Request, counter: CounterHere, administrator: Administrator, sheet_id: str) -> Response:
    """白紙のPDF, for whom the form says."""
    try:
        wanted = BlankWanted.model_validate({k: v for k, v in request.query_params.items() if k != "lang"})
        return pdf_response(sheets.blank(counter, sheet_id, wanted), f"{sheet_id}.pdf")
    except ValidationError:
        return _listed(request, counter, administrator, problem("blank_label_malformed"))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _listed(request, counter, administrator, refused)


@router.get("/draw")
def draw(request: Request, counter: CounterHere, administrator: Administrator, start: str = "") -> Response:
    """作図の画面: empty, or with a sheet of the library."""
    data = sheets.form(counter, start).model_dump(mode="json", exclude_defaults=True) if start else {}
    return _started(request, counter, administrator, data)


@router.post("/draw/open")
def reopen(request: Request, counter: CounterHere, administrator: Administrator, form: Sent) -> Response:
    """保存した下書きから始める."""
    try:
        data = sheets.opened(_file(form, LARGEST_DOCUMENT))
    except Problem as refused:
        return _started(request, counter, administrator, {}, refused)
    return _started(request, counter, administrator, data)


@router.post("/draw/scan", response_class=Response)
def scan(counter: CounterHere, administrator: Administrator, form: Sent) -> Response:  # noqa: ARG001
    """下敷き: the first page of a scan as a picture; kept nowhere."""
    data = _file(form, counter.settings.upload_limit)
    kind = next((kind for start, kind in SCANS.items() if data.startswith(start)), None)
    if kind is None:
        raise problem("scan_not_drawn")
    picture = sheets.scan(counter, data, kind)
    return Response(picture, media_type="image/jpeg", headers={"cache-control": "no-store"})


@router.post("/draw")
def act(request: Request, counter: CounterHere, administrator: Administrator, form: Drawing) -> Response:
    """描く・検査する・保存する: a refused one shows the page again with what was typed."""
    data, action = data_of(form), text(form, "-action", 60)
    try:
        if action in ("check", "save", "print"):
            return _looked_over(request, counter, administrator, data, action)
    except Problem as refused:
        return _started(request, counter, administrator, data, refused)
    kind = text(form, "-check" if action == "add:checks" else "-kind", 20)
    new = acted(data, action, kind, drawn(text(form, "-at", 60)))
    return _started(request, counter, administrator, data, new=new)


def _looked_over(
    request: Request, counter: Counter, administrator: Visitor, data: Data, action: str
) -> Response:  # fmt: skip
    found = sheets.checked(data)
    if found.sheet and action == "save":
        return download(found.source, "sheet.yaml", "application/yaml")
    if found.sheet and action == "print":
        return pdf_response(sheets.blank_of(counter, found.sheet), f"{found.sheet.id}.pdf")
    content = contents.looked_over(chosen(request), counter.library, counter.sheets.all(), data, found)
    status = 200 if found.sheet else 422
    return _shown(request, administrator, status, **content)


def _started(
    request: Request, counter: Counter, administrator: Visitor, data: Data, refused: Problem | None = None,
    new: str | None = None,
) -> Response:  # fmt: skip
    content = contents.started(chosen(request), counter.library, counter.sheets.all(), data)
    status = refused.status if refused else 200
    return _shown(request, administrator, status, refused=refused, new=new, **content)


def _shown(
    request: Request, administrator: Visitor, status: int, refused: Problem | None = None, new: str | None = None,
    **content: Any,
) -> Response:  # fmt: skip
    told = {"problem": refused.text if refused else None, "new": new}
    return page(request, "admin/sheet_draw.html", visitor=administrator, status_code=status, **content, **told)


def _listed(
    request: Request, counter: Counter, administrator: Visitor, refused: Problem | None = None
) -> Response:  # fmt: skip
    content = contents.listed(chosen(request), counter.library, sheets.listed(counter.sheets))
    status = refused.status if refused else 200
    told = {"problem": refused.text if refused else None}
    return page(request, "admin/sheets.html", visitor=administrator, status_code=status, **content, **told)


def _file(form: FormData, most: int) -> bytes:
    """The uploaded file; too large a one is none that can be read."""
    given = form.get("file")
    if not isinstance(given, UploadFile):
        return b""
    data = given.file.read(most + 1)
    return data if len(data) <= most else b""

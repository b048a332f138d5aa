"""交付書面: download by its owner, verification by anyone."""

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from api.counter import City, CounterHere, LoggedIn, MaybeVisitor
from api.resident import documents
from procedures.values import VerificationCode
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident import contents, my_contents
from ui.submitted import Sent

router = APIRouter(route_class=PageRoute)


def download(data: bytes, name: str, media_type: str = "application/pdf") -> Response:
    """ダウンロード: saved under its own name, never shown inside our pages (RFC 6266, RFC 8187)."""
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}", "cache-control": "no-store"}
    return Response(data, media_type=media_type, headers=headers)


@router.get("/documents")
def listed(request: Request, counter: CounterHere, city: City, visitor: LoggedIn) -> Response:
    """受け取った書面: everything delivered, with its validity."""
    shown = my_contents.documents(counter.library, documents.listed(counter, city, visitor))
    return page(request, "resident/documents.html", visitor=visitor, **shown)


@router.get("/documents/{document_id}")
def document(counter: CounterHere, city: City, visitor: LoggedIn, document_id: UUID) -> Response:
    """書面のダウンロード."""
    data, name = documents.download(counter, city, visitor, document_id)
    return download(data, name)


@router.get("/verify")
def verify(request: Request, visitor: MaybeVisitor, code: str = "") -> Response:
    """書面の確認: the two ways to ask."""
    if code.strip():
        return RedirectResponse(f"/verify/{quote(code.strip()[:64], safe='')}", 303)
    return page(request, "resident/verify.html", visitor=visitor, **contents.verification(chosen(request)))


@router.get("/verify/{code}")
def verify_code(request: Request, counter: CounterHere, city: City, visitor: MaybeVisitor, code: str) -> Response:
    """検証コードで確かめる."""
    found = documents.verify_code(counter, city, VerificationCode(code))
    shown = contents.verification(chosen(request), found, code)
    return page(request, "resident/verify.html", visitor=visitor, **shown)


@router.post("/verify")
def verify_upload(request: Request, counter: CounterHere, city: City, visitor: MaybeVisitor, form: Sent) -> Response:
    """PDFファイルで確かめる: the file is read and forgotten."""
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        missing = contents.verification(chosen(request), missing=True)
        return page(request, "resident/verify.html", visitor=visitor, status_code=422, **missing)
    found = documents.verify_upload(counter, city, file.file.read(counter.settings.upload_limit + 1))
    return page(request, "resident/verify.html", visitor=visitor, **contents.verification(chosen(request), found))

"""交付書面: download after login, and the public page that says whether a document is valid."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Response, UploadFile
from pydantic import Field

from api.counter import City, Counter, CounterHere, LoggedIn
from api.problems import problem
from api.views import MyDocument, VerificationView, Visitor
from procedures.values import MunicipalityCode
from procedures.verification import CodeMistyped, printed_code, read_code
from store import cases, documents
from store.documents import DocumentRow
from trust.document import DocumentOutcome, check_document

router = APIRouter(prefix="/api", tags=["documents"])

UNKNOWN = VerificationView(outcome="unknown")


@router.get("/documents")
def list_documents(counter: CounterHere, city: City, visitor: LoggedIn) -> tuple[MyDocument, ...]:
    """受け取った書面の一覧."""
    return listed(counter, city, visitor)


@router.get("/documents/{document_id}", responses={200: {"content": {"application/pdf": {}}}})
def read_document(counter: CounterHere, city: City, visitor: LoggedIn, document_id: UUID) -> Response:
    """書面をダウンロードする."""
    data, name = download(counter, city, visitor, document_id)
    return pdf_response(data, name)


@router.get("/verification/{code}")
def verify(counter: CounterHere, city: City, code: Annotated[str, Field(max_length=200)]) -> VerificationView:
    """検証コードで確かめる."""
    return verify_code(counter, city, code)


@router.post("/verification")
def verify_file(counter: CounterHere, city: City, file: Annotated[UploadFile, File()]) -> VerificationView:
    """PDFファイルで確かめる."""
    return verify_upload(counter, city, file.file.read(counter.settings.upload_limit + 1))


def pdf_response(data: bytes, name: str) -> Response:
    """A PDF to be saved, never cached on the way."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(data, media_type="application/pdf", headers=headers)


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> tuple[MyDocument, ...]:
    """受け取った書面: what was delivered to the visitor, the newest first; revoked ones say so."""
    with counter.database.reading(city) as connection:
        rows = documents.of_account(connection, visitor.account_id)
    return tuple(
        MyDocument.model_validate({name: getattr(row, name) for name in MyDocument.model_fields}) for row in rows
    )


def download(counter: Counter, city: MunicipalityCode, visitor: Visitor, document_id: UUID) -> tuple[bytes, str]:
    """交付書面 of one's own case: (PDF, file name). The audit log remembers who took it."""
    with counter.database.transaction(city) as connection:
        row = documents.downloadable(connection, document_id, visitor.account_id)
        if row is None:
            raise problem("not_found")
        cases.say(connection, row.receipt_number, "document_downloaded", actor="resident", step=row.step)
    return counter.objects.get(row.object_key), f"{row.receipt_number}-{row.document}.pdf"


def verify_code(counter: Counter, city: MunicipalityCode, typed: str) -> VerificationView:
    """検証コード: what became of the document that prints it; never its content."""
    try:
        code = read_code(typed)
    except CodeMistyped:
        return UNKNOWN
    with counter.database.reading(city) as connection:
        row = documents.by_code(connection, code)
    return UNKNOWN if row is None else _said(row, city)


def verify_upload(counter: Counter, city: MunicipalityCode, data: bytes) -> VerificationView:
    """検証: byte for byte as delivered, or not. A file that prints one of our codes but differs was altered."""
    if len(data) > counter.settings.upload_limit:
        raise problem("too_large")
    with counter.database.reading(city) as connection:
        row = documents.by_digest(connection, hashlib.sha256(data).hexdigest())
        if row is not None:
            return _said(row, city)
        code = printed_code(data)
        copied = documents.by_code(connection, code) if code else None
    if copied is not None:
        return VerificationView(outcome="altered", title=copied.title, issued_at=copied.issued_at, municipality=city)
    check = check_document(data, counter.anchors, revocation=None)
    if check.outcome is DocumentOutcome.UNREADABLE:
        raise problem("document_unreadable")
    return VerificationView(outcome="altered") if check.outcome is DocumentOutcome.ALTERED else UNKNOWN


def _said(row: DocumentRow, city: MunicipalityCode) -> VerificationView:
    return VerificationView(
        outcome="revoked" if row.revoked_at else "valid",
        title=row.title,
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        municipality=city,
    )

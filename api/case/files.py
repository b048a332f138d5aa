"""案件の閲覧: a case of one's duties, its files as downloads and page by page; no open task is needed."""

from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from api.case.access import look_into
from api.case.views import CaseFileView, PagesView
from api.counter import City, Counter, CounterHere, Officer
from api.filing.drafts import attachment_view
from api.problems import problem
from api.resident.cases import documents_of, extensions_of, payments_of, put_right_in
from api.viewing.orders import Turn
from api.viewing.pictures import PageAsked, TurnAsked, Zoom, ZoomAsked, counted, picture, picture_response
from api.views import Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases, drafts, tasks
from store.drafts import AttachmentRow

router = APIRouter(prefix="/api/inbox/cases", tags=["inbox"])


@router.get("/{receipt_number}")
def read_case_file(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> CaseFileView:
    """案件を見る."""
    return read(counter, city, officer, ReceiptNumber(receipt_number))


@router.get("/{receipt_number}/attachments/{attachment_id}", response_class=Response)
def read_case_attachment(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, attachment_id: UUID
) -> Response:
    """添付ファイルをダウンロードする."""
    data, media_type, _ = attachment(counter, city, officer, ReceiptNumber(receipt_number), attachment_id)
    return Response(data, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"})


@router.get("/{receipt_number}/attachments/{attachment_id}/pages")
def count_case_pages(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, attachment_id: UUID
) -> PagesView:
    """添付ファイルの頁数を見る."""
    return pages(counter, city, officer, ReceiptNumber(receipt_number), attachment_id)


@router.get("/{receipt_number}/attachments/{attachment_id}/pages/{page}", response_class=Response)
def read_case_picture(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, attachment_id: UUID,
    page: PageAsked, zoom: ZoomAsked = 100, turn: TurnAsked = 0,
) -> Response:  # fmt: skip
    """添付ファイルの一頁を画像で見る: JPEG, turned clockwise."""
    found = page_of(counter, city, officer, ReceiptNumber(receipt_number), attachment_id, page, zoom, turn)
    return picture_response(found)


# --- use cases --------------------------------------------------------------------------------------------------------


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber) -> CaseFileView:
    """案件を見る. Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        row = look_into(counter, connection, officer, receipt_number, "case")
        _, answers, draft_id = cases.newest_submission(connection, receipt_number)
        waiting = (t for t in tasks.open_of(connection, receipt_number) if officer.may(t.department, t.function))
        return CaseFileView.model_validate(
            row.__dict__
            | {
                "answers": answers,
                "attachments": tuple(attachment_view(each) for each in drafts.attachments(connection, draft_id)),
                "put_right": put_right_in(connection, receipt_number),
                "extensions": extensions_of(connection, receipt_number),
                "payments": payments_of(connection, receipt_number),
                "documents": documents_of(connection, receipt_number, delivered=False),
                "open_task": next((each.id for each in waiting), None),
            }
        )


def attachment(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, attachment_id: UUID
) -> tuple[bytes, str, str]:
    """添付ファイル: (bytes, media type, name). Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        found = _attachment(counter, connection, officer, receipt_number, attachment_id)
    return counter.objects.get(found.object_key), found.media_type, found.name


def page_of(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, attachment_id: UUID,
    page: int, zoom: Zoom, turn: Turn,
) -> bytes:  # fmt: skip
    """添付ファイルの一頁 (JPEG). Raises Problem: not_found, recused, picture_impossible, pictures_busy."""
    with counter.database.reading(city) as connection:
        found = _attachment(counter, connection, officer, receipt_number, attachment_id)
    return picture(counter, found, page, zoom, turn)


def pages(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, attachment_id: UUID
) -> PagesView:
    """添付ファイルの頁数. Raises Problem: not_found, recused, pictures_busy."""
    with counter.database.reading(city) as connection:
        found = _attachment(counter, connection, officer, receipt_number, attachment_id)
    return counted(counter, found)


def _attachment(
    counter: Counter, connection: Connection, officer: Visitor, receipt_number: ReceiptNumber, attachment_id: UUID
) -> AttachmentRow:
    """Of the newest revision, or of one before: an opinion may be about that."""
    look_into(counter, connection, officer, receipt_number, "attachment")
    found = drafts.attached_to_case(connection, receipt_number, attachment_id)
    if found is None:
        raise problem("not_found")
    return found

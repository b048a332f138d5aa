"""意見を求められた側: what officers elsewhere and experts are asked, are shown of a case, and answer. Nothing else."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, File, Form, Response, UploadFile
from sqlalchemy import Connection

from api.case import opinions
from api.case.access import actor_of
from api.case.views import OpinionView, PagesView, SharedView, Stance
from api.counter import City, Counter, CounterHere, Officer
from api.filing.drafts import attachment_view
from api.filing.examination import examine
from api.messaging import messages
from api.messaging.messages import Upload
from api.problems import problem
from api.viewing.orders import Turn
from api.viewing.pictures import PageAsked, TurnAsked, Zoom, ZoomAsked, counted, picture, picture_response
from api.views import Visitor
from api.written import written
from procedures.values import MunicipalityCode
from store import accesses, cases, decisions, drafts
from store import opinions as stored
from store.drafts import AttachmentRow
from store.opinions import AnswerFile, OpinionRow
from store.people import Duty

router = APIRouter(prefix="/api/inbox/opinions", tags=["opinions"])

Answered = Annotated[str, Form(max_length=opinions.LONGEST * 4)]
StanceSaid = Annotated[Stance, Form()]
FileSent = Annotated[UploadFile | None, File()]


@router.get("")
def list_waiting(counter: CounterHere, city: City, officer: Officer) -> tuple[OpinionView, ...]:
    """意見を求められているもの of one's own duties."""
    return waiting(counter, city, officer)


@router.get("/{opinion_id}")
def read_opinion(counter: CounterHere, city: City, officer: Officer, opinion_id: UUID) -> SharedView:
    """意見照会を見る: the question and what is shown of the case."""
    return read(counter, city, officer, opinion_id)


@router.post("/{opinion_id}/answer")
def answer_opinion(
    counter: CounterHere, city: City, officer: Officer, opinion_id: UUID,
    stance: StanceSaid, text: Answered, file: FileSent = None,
) -> SharedView:  # fmt: skip
    """意見を回答する."""
    uploads = messages.uploads_of(counter, [file] if file else [])
    answer(counter, city, officer, opinion_id, stance, text, uploads[0] if uploads else None)
    return read(counter, city, officer, opinion_id)


@router.get("/{opinion_id}/attachments/{attachment_id}", response_class=Response)
def read_shared_attachment(
    counter: CounterHere, city: City, officer: Officer, opinion_id: UUID, attachment_id: UUID
) -> Response:
    """見せられたファイルをダウンロードする."""
    data, media_type, _ = attachment(counter, city, officer, opinion_id, attachment_id)
    return Response(data, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"})


@router.get("/{opinion_id}/attachments/{attachment_id}/pages")
def count_shared_pages(
    counter: CounterHere, city: City, officer: Officer, opinion_id: UUID, attachment_id: UUID
) -> PagesView:
    """見せられたファイルの頁数."""
    return pages(counter, city, officer, opinion_id, attachment_id)


@router.get("/{opinion_id}/attachments/{attachment_id}/pages/{page}", response_class=Response)
def read_shared_picture(
    counter: CounterHere, city: City, officer: Officer, opinion_id: UUID, attachment_id: UUID,
    page: PageAsked, zoom: ZoomAsked = 100, turn: TurnAsked = 0,
) -> Response:  # fmt: skip
    """見せられたファイルの一頁を画像で見る."""
    return picture_response(page_of(counter, city, officer, opinion_id, attachment_id, page, zoom, turn))


# --- use cases --------------------------------------------------------------------------------------------------------


def waiting(counter: Counter, city: MunicipalityCode, officer: Visitor) -> tuple[OpinionView, ...]:
    """意見を求められているもの, the soonest wished for first."""
    held = [Duty(duty.department, duty.function) for duty in officer.duties]
    with counter.database.reading(city) as connection:
        rows = stored.waiting_for(connection, held)
    return tuple(opinions.view(counter.library, row) for row in rows)


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, opinion_id: UUID) -> SharedView:
    """意見照会を見る: answered ones too. Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        row = _asked_of(connection, officer, opinion_id)
        accesses.note_once(connection, officer.account_id, "opinion", row.receipt_number)
        shown = stored.shared(connection, row)
        files = drafts.attachments(connection, shown.draft_id)
    return SharedView(
        opinion=opinions.view(counter.library, row),
        answers={name: value for name, value in shown.answers.items() if name in row.fields},
        attachments=tuple(attachment_view(each) for each in files if each.id in row.attachments),
    )


def answer(
    counter: Counter, city: MunicipalityCode, officer: Visitor, opinion_id: UUID, stance: Stance, text: str,
    upload: Upload | None = None,
) -> None:  # fmt: skip
    """回答する, once.

    Raises Problem: not_found, recused, opinion_empty, opinion_settled, and what a file is refused for.
    """
    said = written(text, opinions.LONGEST)
    if said is None:
        raise problem("opinion_empty")
    with counter.database.reading(city) as connection:
        _asked_of(connection, officer, opinion_id)
    with _kept(counter, city, upload) as file, counter.database.transaction(city) as connection:
        row = _asked_of(connection, officer, opinion_id)
        if not stored.answer(connection, opinion_id, officer.account_id, stance, said, file):
            raise problem("opinion_settled")
        cases.say(
            connection, row.receipt_number, "opinion_given", actor=actor_of(officer), facts={"stance": stance}
        )  # fmt: skip


def attachment(
    counter: Counter, city: MunicipalityCode, officer: Visitor, opinion_id: UUID, attachment_id: UUID
) -> tuple[bytes, str, str]:
    """見せられたファイル: (bytes, media type, name). Raises Problem: not_found, recused."""
    found = _shown_file(counter, city, officer, opinion_id, attachment_id)
    return counter.objects.get(found.object_key), found.media_type, found.name


def pages(
    counter: Counter, city: MunicipalityCode, officer: Visitor, opinion_id: UUID, attachment_id: UUID
) -> PagesView:
    """見せられたファイルの頁数. Raises Problem: not_found, recused, pictures_busy."""
    return counted(counter, _shown_file(counter, city, officer, opinion_id, attachment_id))


def page_of(
    counter: Counter, city: MunicipalityCode, officer: Visitor, opinion_id: UUID, attachment_id: UUID, page: int,
    zoom: Zoom, turn: Turn,
) -> bytes:  # fmt: skip
    """見せられたファイルの一頁 (JPEG). Raises Problem: not_found, recused, picture_impossible, pictures_busy."""
    return picture(counter, _shown_file(counter, city, officer, opinion_id, attachment_id), page, zoom, turn)


# --- small things -----------------------------------------------------------------------------------------------------


def _asked_of(connection: Connection, officer: Visitor, opinion_id: UUID) -> OpinionRow:
    """求められた意見: of this officer's duty, and not about their own or a relative's case. Raises Problem."""
    row = stored.read(connection, opinion_id)
    if row is None or row.withdrawn_at is not None or not officer.may(row.department, row.function):
        raise problem("not_found")
    if decisions.is_barred(connection, row.receipt_number, officer.account_id):
        raise problem("recused")
    return row


def _shown_file(
    counter: Counter, city: MunicipalityCode, officer: Visitor, opinion_id: UUID, attachment_id: UUID
) -> AttachmentRow:
    with counter.database.reading(city) as connection:
        row = _asked_of(connection, officer, opinion_id)
        found = drafts.attached_to_case(connection, row.receipt_number, attachment_id)
        accesses.note_once(connection, officer.account_id, "attachment", row.receipt_number)
    if found is None or attachment_id not in row.attachments:
        raise problem("not_found")
    return found


@contextmanager
def _kept(counter: Counter, city: MunicipalityCode, upload: Upload | None) -> Iterator[AnswerFile | None]:
    """Bytes before the row, and no bytes where the row cannot be written."""
    if upload is None:
        yield None
        return
    found = examine(counter, upload.data, messages.ACCEPTED, counter.settings.upload_limit, messages.MOST_PAGES)
    key = f"{city}/opinions/{uuid4()}"
    digest = hashlib.sha256(found.data).hexdigest()
    counter.objects.put(key, found.data)
    try:
        yield AnswerFile(messages.harmless(upload.name), found.media_type, len(found.data), digest, key)
    except BaseException:
        counter.objects.delete(key)
        raise

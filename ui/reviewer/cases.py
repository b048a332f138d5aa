"""案件を見る・書き込む: a case by itself, its files, notes, questions to others, and the reviewer's own part."""

from contextlib import suppress
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.case import files as case_files
from api.case import notes, opinions, signatures
from api.case.opinions import OpinionWanted
from api.counter import City, Counter, CounterHere, Officer
from api.deciding import review_forms
from api.desk import tasks
from api.problems import Problem, problem
from api.viewing.pictures import PageAsked, TurnAsked, ZoomAsked, picture_response
from api.views import Visitor
from procedures.texts import Text
from procedures.values import MunicipalityCode, ReceiptNumber
from ui.form import DATE_PARTS
from ui.problems import PageRoute, Receipt
from ui.resident.documents import download
from ui.reviewer import case_pages, sheet_contents
from ui.reviewer.case_contents import Refused
from ui.reviewer.opinion_contents import TypedQuestion
from ui.reviewer.sheet_contents import TypedSheet
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/inbox/cases/{receipt}")
def read(request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt) -> Response:
    """案件画面, also of a case without an open task."""
    return case_pages.case_page(request, counter, city, officer, ReceiptNumber(receipt))


@router.get("/inbox/cases/{receipt}/viewer")
def viewer(request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt) -> Response:
    """添付ファイルの表示."""
    return case_pages.viewer_part(request, counter, city, officer, ReceiptNumber(receipt), None)


@router.get("/tasks/{task_id}/viewer")
def viewer_of_task(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> Response:
    """審査画面の添付ファイルの表示."""
    receipt_number = tasks.receipt_of(counter, city, officer, task_id)
    return case_pages.viewer_part(request, counter, city, officer, receipt_number, task_id)


@router.get("/inbox/cases/{receipt}/files/{attachment_id}")
def file(counter: CounterHere, city: City, officer: Officer, receipt: Receipt, attachment_id: UUID) -> Response:
    """添付ファイルのダウンロード."""
    data, media_type, name = case_files.attachment(counter, city, officer, ReceiptNumber(receipt), attachment_id)
    return download(data, name, media_type)


@router.get("/inbox/cases/{receipt}/files/{attachment_id}/pages/{page}")
def picture(
    counter: CounterHere, city: City, officer: Officer, receipt: Receipt, attachment_id: UUID,
    page: PageAsked, zoom: ZoomAsked = 100, turn: TurnAsked = 0,
) -> Response:  # fmt: skip
    """添付ファイルの一頁."""
    number = ReceiptNumber(receipt)
    return picture_response(case_files.page_of(counter, city, officer, number, attachment_id, page, zoom, turn))


@router.get("/inbox/cases/{receipt}/evidence")
def evidence(counter: CounterHere, city: City, officer: Officer, receipt: Receipt) -> Response:
    """電子署名の証拠."""
    data = signatures.evidence(counter, city, officer, ReceiptNumber(receipt))
    return download(data, f"{receipt}-signature.zip", "application/zip")


# --- notes ------------------------------------------------------------------------------------------------------------


@router.post("/inbox/cases/{receipt}/notes")
def write_note(
    request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt, form: Sent
) -> Response:
    """内部メモを書く."""
    number, typed = ReceiptNumber(receipt), text(form, "note", notes.LONGEST * 2)
    try:
        notes.write(counter, city, officer, number, typed, _uuid(form, "id"))
    except Problem as found:
        return _again(request, counter, city, officer, number, form, Refused("note", _kept(found), note=typed))
    return _back(number, form, "notes")


@router.post("/inbox/cases/{receipt}/notes/{note_id}/withdrawal")
def withdraw_note(
    counter: CounterHere, city: City, officer: Officer, receipt: Receipt, note_id: UUID, form: Sent
) -> Response:
    """内部メモを取り下げる."""
    notes.withdraw(counter, city, officer, ReceiptNumber(receipt), note_id)
    return _back(ReceiptNumber(receipt), form, "notes")


# --- opinions ---------------------------------------------------------------------------------------------------------


@router.post("/inbox/cases/{receipt}/opinions")
def ask(request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt, form: Sent) -> Response:
    """意見を照会する."""
    number, typed = ReceiptNumber(receipt), _question(form)
    try:
        opinions.ask(counter, city, officer, number, _wanted(typed, form))
    except Problem as found:
        refused = Refused("opinion", _kept(found), question=typed)
        return _again(request, counter, city, officer, number, form, refused)
    return _back(number, form, "opinions")


@router.post("/inbox/cases/{receipt}/opinions/{opinion_id}/withdrawal")
def withdraw_opinion(
    counter: CounterHere, city: City, officer: Officer, receipt: Receipt, opinion_id: UUID, form: Sent
) -> Response:
    """照会を取り下げる."""
    opinions.withdraw(counter, city, officer, ReceiptNumber(receipt), opinion_id)
    return _back(ReceiptNumber(receipt), form, "opinions")


@router.get("/inbox/cases/{receipt}/opinions/{opinion_id}/file")
def opinion_file(counter: CounterHere, city: City, officer: Officer, receipt: Receipt, opinion_id: UUID) -> Response:
    """回答のファイル."""
    data, media_type, name = opinions.answer_file(counter, city, officer, ReceiptNumber(receipt), opinion_id)
    return download(data, name, media_type)


# --- the reviewer's own part ------------------------------------------------------------------------------------------


@router.post("/tasks/{task_id}/review-form")
def save_sheet(
    request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent
) -> Response:
    """審査欄を保存する: what is wrong, or what a colleague saved meanwhile, is shown beside what was typed."""
    view = tasks.read(counter, city, officer, task_id)
    answers = sheet_contents.typed_in(counter.library.version(view.procedure, view.version), form)
    seen = text(form, "sheet_version", 9)
    try:
        _, wrong = review_forms.save(counter, city, officer, task_id, int(seen) if seen.isdecimal() else -1, answers)
    except Problem as found:
        stale = found.code == "review_form_stale"
        refused = Refused("sheet", _kept(found), sheet=TypedSheet(answers, stale=stale))
        return case_pages.task_page(request, counter, city, officer, task_id, refused=refused)
    if wrong:
        refused = Refused("sheet", wrong[0].message, sheet=TypedSheet(answers, wrong))
        return case_pages.task_page(request, counter, city, officer, task_id, refused=refused)
    return RedirectResponse(f"/tasks/{task_id}#review-form", 303)


# --- small things -----------------------------------------------------------------------------------------------------


def _kept(found: Problem) -> Text:
    """Why, where the page can be shown again with it. Raises it where this officer may not see the page."""
    if found.status in (403, 404):
        raise found
    return found.text


def _again(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, number: ReceiptNumber,
    form: FormData, refused: Refused,
) -> Response:  # fmt: skip
    """The page it was typed on, with what was typed."""
    task = _uuid(form, "task")
    if task is not None:
        return case_pages.task_page(request, counter, city, officer, task, refused=refused)
    return case_pages.case_page(request, counter, city, officer, number, refused)


def _back(number: ReceiptNumber, form: FormData, part: str) -> Response:
    task = _uuid(form, "task")
    return RedirectResponse(f"/tasks/{task}#{part}" if task else f"/inbox/cases/{number}#{part}", 303)


def _uuid(form: FormData, name: str) -> UUID | None:
    try:
        return UUID(text(form, name, 36))
    except ValueError:
        return None


def _question(form: FormData) -> TypedQuestion:
    return TypedQuestion(
        asked=text(form, "asked", 200),
        question=text(form, "question", opinions.LONGEST * 2),
        fields=frozenset(str(each)[:100] for each in form.getlist("fields")),
        files=frozenset(str(each)[:36] for each in form.getlist("files")),
        wished_for={part: text(form, f"wished_for.{part}", 4) for part in DATE_PARTS},
        required="required" in form,
    )


def _wanted(typed: TypedQuestion, form: FormData) -> OpinionWanted:
    """Raises Problem where it cannot even be read."""
    department, _, function = typed.asked.partition(":")
    with suppress(ValueError, ValidationError):
        return OpinionWanted(
            department=department,
            function=function,
            question=typed.question,
            fields=tuple(sorted(typed.fields)),
            attachments=tuple(UUID(each) for each in sorted(typed.files)),
            wished_for=date(*(int(typed.wished_for[part]) for part in DATE_PARTS)),
            required=typed.required,
            id=_uuid(form, "id"),
        )
    raise problem("opinion_incomplete")

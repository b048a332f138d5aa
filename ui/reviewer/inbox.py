"""受信箱: what waits for an officer, and deciding it."""

from datetime import UTC, datetime
from typing import Annotated, get_args
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api import handover, messages, tasks
from api import inbox as tasks_inbox
from api.counter import City, Counter, CounterHere, Officer
from api.inbox import InboxAsked
from api.problems import Problem, problem
from api.views import Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute, Receipt
from ui.resident.cases import send_form, typed_in
from ui.resident.documents import download
from ui.reviewer import contents, inbox_contents
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)
MARK = "mark."
DECISIONS: tuple[tasks.DecisionWord, ...] = get_args(tasks.DecisionWord)


@router.get("/inbox")
def inbox(
    request: Request, counter: CounterHere, city: City, officer: Officer, asked: Annotated[InboxAsked, Query()]
) -> Response:
    """受信箱: the address says which tasks and in what order; a bookmark of it is a saved view."""
    if asked.function not in officer.functions:
        asked = asked.model_copy(update={"function": None})
    found, counts = tasks_inbox.page(counter, city, officer, asked), tasks_inbox.counts(counter, city, officer, asked)
    shown = inbox_contents.inbox(chosen(request), counter.library, officer, asked, found, counts, datetime.now(UTC))
    shown |= contents.unread(counter.library, messages.unread(messages.officer_side(counter, city, officer)))
    return page(request, "reviewer/inbox.html", visitor=officer, **shown)


@router.get("/tasks/{task_id}")
def read(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> Response:
    """審査画面."""
    return _shown(request, counter, city, officer, task_id)


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID,
    typed: contents.Typed | None = None, refused: Problem | None = None,
) -> Response:  # fmt: skip
    view = tasks.read(counter, city, officer, task_id)
    procedure = counter.library.version(view.procedure, view.version)
    detail = refused.text if refused else None
    side = messages.officer_side(counter, city, officer)
    messages.read_all(side, view.receipt_number)
    thread = messages.thread(side, view.receipt_number)
    colleagues = handover.colleagues(counter, city, officer, task_id)
    shown = contents.task(chosen(request), procedure, view, datetime.now(UTC), thread, typed, detail, colleagues)
    return page(request, "reviewer/task.html", visitor=officer, status_code=refused.status if refused else 200, **shown)


@router.post("/tasks/{task_id}/claim")
def claim(counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """担当する."""
    tasks.claim(counter, city, officer, task_id, _version(form))
    return RedirectResponse(f"/tasks/{task_id}", 303)


@router.post("/tasks/{task_id}/release")
def release(counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """担当を外れる."""
    tasks.release(counter, city, officer, task_id, _version(form))
    return RedirectResponse("/inbox", 303)


@router.post("/tasks/{task_id}/assignment")
def assign(counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """担当を替える."""
    try:
        colleague = UUID(text(form, "officer", 36))
    except ValueError as wrong:
        raise problem("no_colleague") from wrong
    handover.assign(counter, city, officer, task_id, _version(form), colleague)
    return RedirectResponse(f"/tasks/{task_id}", 303)


@router.post("/tasks/{task_id}/decision")
def decide(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """判断: a refused decision shows the task again with what was typed."""
    typed = contents.Typed(text(form, "decision", 20), text(form, "reason", tasks.LONGEST_REASON), _marks(form))
    tracking_number = text(form, "tracking_number", 40) or None
    decision = next((word for word in DECISIONS if word == typed.decision), None)
    if decision is None:
        raise problem("malformed")
    try:
        tasks.decide(
            counter, city, officer, task_id, _version(form), decision, typed.reason, typed.marks, tracking_number
        )
    except Problem as refused:
        return _shown(request, counter, city, officer, task_id, typed, refused)
    return RedirectResponse("/inbox", 303)


def _version(form: FormData) -> int:
    """版: the task as the officer saw it; anything else is a version nobody has."""
    version = text(form, "task_version", 9)
    return int(version) if version.isdecimal() else 0


def _marks(form: FormData) -> dict[str, str]:
    named = {name.removeprefix(MARK): text(form, name, 500) for name in form if name.startswith(MARK)}
    return {field: reason for field, reason in named.items() if reason and field.isidentifier()}


@router.get("/tasks/{task_id}/label")
def label(counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> Response:
    """宛名ラベル."""
    return download(tasks.label(counter, city, officer, task_id), "label.pdf")


@router.get("/tasks/{task_id}/attachments/{attachment_id}")
def attachment(counter: CounterHere, city: City, officer: Officer, task_id: UUID, attachment_id: UUID) -> Response:
    """添付ファイル."""
    data, media_type, name = tasks.attachment(counter, city, officer, task_id, attachment_id)
    return download(data, name, media_type)


# --- messages ---------------------------------------------------------------------------------------------------------


@router.get("/inbox/cases/{receipt}/messages")
def thread(request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt) -> Response:
    """申請者とのメッセージ, also of a case that has no open task."""
    return _thread(request, counter, city, officer, ReceiptNumber(receipt))


def _thread(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, receipt: ReceiptNumber,
    typed: str = "", refused: Problem | None = None, task: UUID | None = None,
) -> Response:  # fmt: skip
    side = messages.officer_side(counter, city, officer)
    messages.read_all(side, receipt)
    found = messages.thread(side, receipt)
    status = refused.status if refused else 200
    problem_text = refused.text if refused else None
    shown = {"thread": found, "typed": typed, "problem": problem_text, "task": task}
    return page(request, "reviewer/messages.html", visitor=officer, status_code=status, **shown)


@router.post("/inbox/cases/{receipt}/messages")
def send(
    request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt, form: Sent
) -> Response:
    """申請者にメッセージを送る: back to the task it was written at; a refused one is shown with what was typed."""
    task = _task(form)
    try:
        send_form(messages.officer_side(counter, city, officer), ReceiptNumber(receipt), form)
    except Problem as refused:
        if refused.status == 404:
            raise
        return _thread(request, counter, city, officer, ReceiptNumber(receipt), typed_in(form), refused, task)
    there = f"/tasks/{task}" if task else f"/inbox/cases/{receipt}/messages"
    return RedirectResponse(f"{there}#messages", 303)


@router.get("/inbox/cases/{receipt}/attachments/{attachment_id}")
def message_attachment(
    counter: CounterHere, city: City, officer: Officer, receipt: Receipt, attachment_id: UUID
) -> Response:
    """申請者からの添付ファイル."""
    side = messages.officer_side(counter, city, officer)
    data, media_type, name = messages.attachment(side, ReceiptNumber(receipt), attachment_id)
    return download(data, name, media_type)


def _task(form: FormData) -> UUID | None:
    try:
        return UUID(text(form, "task", 36))
    except ValueError:
        return None

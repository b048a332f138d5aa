"""受信箱: what waits for an officer, and deciding it."""

from datetime import UTC, datetime
from typing import Annotated, get_args
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.case import opinions_asked
from api.counter import City, Counter, CounterHere, Officer
from api.deciding import approvals
from api.deciding.completeness import Decision, HowHandedOut
from api.desk import handover, next_task, notices, saved_views, tasks
from api.desk import inbox as tasks_inbox
from api.desk.inbox import InboxAsked
from api.messaging import messages
from api.messaging import templates as message_templates
from api.problems import Problem, problem
from api.staff import substitutions
from api.views import Visitor
from procedures.marks import Fault, Mark
from procedures.values import MunicipalityCode, ReceiptNumber
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute, Receipt
from ui.resident.cases import send_form, typed_in
from ui.resident.documents import download
from ui.reviewer import approval_contents, contents, inbox_contents, officer_notices, opinion_contents
from ui.reviewer.case_pages import task_page
from ui.reviewer.inbox_contents import Saving
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)
MARK, INSERT = "mark.", "-insert"
FAULTS: tuple[Fault, ...] = get_args(Fault)
DECISIONS: tuple[Decision, ...] = get_args(Decision)
HOW: tuple[HowHandedOut, ...] = get_args(HowHandedOut)


@router.get("/inbox")
def inbox(
    request: Request, counter: CounterHere, city: City, officer: Officer, asked: Annotated[InboxAsked, Query()]
) -> Response:
    """受信箱: the address says which tasks and in what order; a bookmark of it is a saved view."""
    return listed(request, counter, city, officer, asked)


def listed(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, asked: InboxAsked,
    typed_view: str = "", refused: Problem | None = None,
) -> Response:  # fmt: skip
    if asked.function not in officer.functions:
        asked = asked.model_copy(update={"function": None})
    found, counts = tasks_inbox.page(counter, city, officer, asked), tasks_inbox.counts(counter, city, officer, asked)
    saving = Saving(saved_views.listed(counter, city, officer), typed_view, refused.text if refused else None)
    now, closed = datetime.now(UTC), counter.closed(city)
    content = inbox_contents.inbox(chosen(request), counter.library, officer, asked, found, counts, saving, now, closed)
    told = notices.unread(counter, city, officer, officer_notices.FIRST)
    content |= officer_notices.notices(counter.library, told)
    content |= approval_contents.deputised(counter.library, approvals.deputised(counter, city, officer))
    content["keeps_templates"] = bool(message_templates.departments(counter, officer))
    content |= opinion_contents.waiting(counter.library, opinions_asked.waiting(counter, city, officer))
    content |= contents.unread(counter.library, messages.unread(messages.officer_side(counter, city, officer)))
    content |= {"away": substitutions.away(counter, city, officer)}
    status = refused.status if refused else 200
    return page(request, "reviewer/inbox.html", visitor=officer, status_code=status, **content)


@router.get("/tasks/{task_id}")
def read(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> Response:
    """審査画面."""
    return task_page(request, counter, city, officer, task_id)


@router.post("/tasks/{task_id}/claim")
def claim(counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """担当する."""
    tasks.claim(counter, city, officer, task_id, version_of(form))
    return RedirectResponse(f"/tasks/{task_id}", 303)


@router.post("/inbox/next")
def claim_next(counter: CounterHere, city: City, officer: Officer, asked: Annotated[InboxAsked, Query()]) -> Response:
    """次の一件を担当する: the first free task of what the inbox shows."""
    taken = next_task.claim_next(counter, city, officer, asked)
    return RedirectResponse(f"/tasks/{taken.id}", 303)


@router.post("/tasks/{task_id}/release")
def release(counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """担当を外れる."""
    tasks.release(counter, city, officer, task_id, version_of(form))
    return RedirectResponse("/inbox", 303)


@router.post("/tasks/{task_id}/assignment")
def assign(counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """担当を替える."""
    try:
        colleague = UUID(text(form, "officer", 36))
    except ValueError as wrong:
        raise problem("no_colleague") from wrong
    handover.assign(counter, city, officer, task_id, version_of(form), colleague)
    return RedirectResponse(f"/tasks/{task_id}", 303)


@router.post("/tasks/{task_id}/decision")
def decide(request: Request, counter: CounterHere, city: City, officer: Officer, task_id: UUID, form: Sent) -> Response:
    """判断: a refused decision shows the task again with what was typed."""
    typed = contents.Typed(
        text(form, "decision", 20), text(form, "reason", tasks.LONGEST_REASON), marks_of(form),
        text(form, "ground", 100), text(form, "to", 40), text(form, "how", 20),
    )  # fmt: skip
    decision = next((word for word in DECISIONS if word == typed.decision), None)
    if decision is None:
        raise problem("malformed")
    wanted = tasks.DecisionWanted(
        version=version_of(form),
        decision=decision,
        reason=typed.reason,
        marks=dict(typed.marks),
        tracking_number=text(form, "tracking_number", 40) or None,
        ground=typed.ground or None,
        to=typed.to or None,
        how=next((way for way in HOW if way == typed.how), None),
        findings_checked="findings_checked" in form,
    )
    try:
        written = tasks.decide(counter, city, officer, task_id, wanted)
    except Problem as refused:
        return task_page(request, counter, city, officer, task_id, typed, refused)
    return RedirectResponse("/inbox" if written else f"/tasks/{task_id}#decision", 303)


def version_of(form: FormData) -> int:
    """版: the task as the officer saw it; anything else is a version nobody has."""
    version = text(form, "task_version", 9)
    return int(version) if version.isdecimal() else 0


def marks_of(form: FormData) -> dict[str, Mark]:
    """補正の印, as the form's fields name them."""
    named = {name.removeprefix(MARK): text(form, name, 500) for name in form if name.startswith(MARK)}
    return {
        field: Mark(fault=_fault(text(form, f"fault.{field}", 20)), reason=reason)
        for field, reason in named.items()
        if reason and field.isidentifier()
    }


def _fault(typed: str) -> Fault:
    return next((fault for fault in FAULTS if fault == typed), "incorrect")


@router.get("/tasks/{task_id}/documents/{document_id}")
def document(counter: CounterHere, city: City, officer: Officer, task_id: UUID, document_id: UUID) -> Response:
    """渡す書面."""
    data, name = tasks.document(counter, city, officer, task_id, document_id)
    return download(data, name)


@router.get("/tasks/{task_id}/label")
def label(counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> Response:
    """宛名ラベル."""
    return download(tasks.label(counter, city, officer, task_id), "label.pdf")


# --- messages ---------------------------------------------------------------------------------------------------------


@router.get("/inbox/cases/{receipt}/messages")
def thread(request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt) -> Response:
    """申請者とのメッセージ, also of a case that has no open task."""
    return _thread(request, counter, city, officer, ReceiptNumber(receipt))


def _thread(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, receipt: ReceiptNumber,
    typed: str = "", refused: Problem | None = None, task: UUID | None = None, filled_in: str | None = None,
) -> Response:  # fmt: skip
    side = messages.officer_side(counter, city, officer)
    messages.read_all(side, receipt)
    found = messages.thread(side, receipt)
    status = refused.status if refused else 200
    problem_text = refused.text if refused else None
    templates = [(str(each.id), each.name) for each in message_templates.for_case(counter, city, officer, receipt)]
    shown = {"thread": found, "typed": typed, "problem": problem_text, "task": task, "templates": templates}
    shown["filled_in"] = filled_in
    return page(request, "reviewer/messages.html", visitor=officer, status_code=status, **shown)


@router.post("/inbox/cases/{receipt}/messages")
def send(
    request: Request, counter: CounterHere, city: City, officer: Officer, receipt: Receipt, form: Sent
) -> Response:
    """申請者にメッセージを送る: back to the task it was written at; a refused one is shown with what was typed."""
    task = _task(form)
    if INSERT in form:
        return _inserted(request, counter, city, officer, ReceiptNumber(receipt), form, task)
    try:
        send_form(messages.officer_side(counter, city, officer), ReceiptNumber(receipt), form)
    except Problem as refused:
        if refused.status == 404:
            raise
        return _thread(request, counter, city, officer, ReceiptNumber(receipt), typed_in(form), refused, task)
    there = f"/tasks/{task}" if task else f"/inbox/cases/{receipt}/messages"
    return RedirectResponse(f"{there}#messages", 303)


def _inserted(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, receipt: ReceiptNumber,
    form: FormData, task: UUID | None,
) -> Response:  # fmt: skip
    """定型文を入れる: below what was typed already; nothing is sent."""
    typed, chosen_one = typed_in(form), text(form, "template", 36)
    try:
        filled = message_templates.filled(counter, city, officer, receipt, UUID(chosen_one))
    except ValueError:
        return _thread(request, counter, city, officer, receipt, typed, task=task)
    body = "\n\n".join(part for part in (typed, filled.text) if part)
    return _thread(request, counter, city, officer, receipt, body, task=task, filled_in=filled.language)


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

"""案件の頁: a case as its officers see it, at the task they hold or by itself; every part is asked of the API."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import Request, Response

from api.case import comparison, notes, opinions, signatures
from api.case import files as case_files
from api.case import history as case_history
from api.case.views import CaseFileView, PagesView
from api.counter import Counter
from api.deciding import approvals, review_forms
from api.desk import handover, tasks
from api.desk.views import TaskView
from api.messaging import messages
from api.messaging import templates as message_templates
from api.problems import Problem
from api.views import Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from ui.language import chosen
from ui.pages import page
from ui.reviewer import approval_contents, case_contents, contents, viewer_contents
from ui.reviewer.case_contents import NOTHING, Parts, Refused
from ui.reviewer.viewer_contents import Looking, Where


def task_page(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID,
    typed: contents.Typed | None = None, problem: Problem | None = None, refused: Refused = NOTHING,
) -> Response:  # fmt: skip
    """審査画面: the case and what is to be decided of it. `problem`: why a decision was refused."""
    language, view = chosen(request), tasks.read(counter, city, officer, task_id)
    procedure = counter.library.version(view.procedure, view.version)
    parts = _parts(request, counter, city, officer, view, task_id)
    colleagues = handover.colleagues(counter, city, officer, task_id)
    content = case_contents.case(language, counter.library, procedure, parts, refused)
    said = problem.text if problem else None
    content |= contents.task(language, procedure, view, datetime.now(UTC), typed, said, colleagues)
    route = approvals.route(counter, city, officer, task_id)
    content |= approval_contents.approvals(language, procedure, route)
    return page(request, "reviewer/task.html", visitor=officer, status_code=_status(problem, refused), **content)


def case_page(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber,
    refused: Refused = NOTHING,
) -> Response:  # fmt: skip
    """案件画面: of a case that has no task open, or none of this officer's; nothing is decided here."""
    view = case_files.read(counter, city, officer, receipt_number)
    procedure = counter.library.version(view.procedure, view.version)
    parts = _parts(request, counter, city, officer, view, None)
    content = case_contents.case(chosen(request), counter.library, procedure, parts, refused) | {"case": view}
    return page(request, "reviewer/case.html", visitor=officer, status_code=_status(None, refused), **content)


def viewer_part(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber,
    task_id: UUID | None,
) -> Response:  # fmt: skip
    """添付ファイルの表示だけ: what htmx puts in place when somebody turns a page."""
    view = case_files.read(counter, city, officer, receipt_number)
    procedure = counter.library.version(view.procedure, view.version)
    looking, where = Looking.of(request.query_params), _where(receipt_number, task_id)
    pages = _pages(counter, city, officer, view, looking)
    shown = viewer_contents.viewer(chosen(request), procedure, view.attachments, looking, pages, where)
    return page(request, "reviewer/case/viewer_part.html", visitor=officer, **shown)


def _parts(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, view: TaskView | CaseFileView,
    task_id: UUID | None,
) -> Parts:  # fmt: skip
    number, looking = view.receipt_number, Looking.of(request.query_params)
    side = messages.officer_side(counter, city, officer)
    messages.read_all(side, number)
    return Parts(
        receipt_number=number,
        answers=view.answers,
        attachments=view.attachments,
        put_right=view.put_right,
        extensions=view.extensions,
        payments=view.payments,
        comparison=comparison.read(counter, city, officer, number),
        signature=signatures.read(counter, city, officer, number),
        history=case_history.history(counter, city, officer, number),
        earlier=case_history.earlier(counter, city, officer, number),
        notes=notes.of_case(counter, city, officer, number),
        opinions=opinions.of_case(counter, city, officer, number),
        choices=opinions.choices(counter, city, officer, number),
        thread=messages.thread(side, number),
        templates=message_templates.for_case(counter, city, officer, number),
        sheet=review_forms.read(counter, city, officer, number),
        looking=looking,
        pages=_pages(counter, city, officer, view, looking),
        where=_where(number, task_id),
        on_paper=view.arrival != "online",
        task=task_id,
    )


def _pages(
    counter: Counter, city: MunicipalityCode, officer: Visitor, view: TaskView | CaseFileView, looking: Looking
) -> PagesView | None:
    """頁数 of the file that is shown; None while too many are asked for at once."""
    shown = viewer_contents.current(view.attachments, looking)
    if shown is None:
        return None
    try:
        return case_files.pages(counter, city, officer, view.receipt_number, shown.id)
    except Problem as busy:
        if busy.code != "pictures_busy":
            raise
        return None


def _where(receipt_number: ReceiptNumber, task_id: UUID | None) -> Where:
    case = f"/inbox/cases/{receipt_number}"
    return Where(f"/tasks/{task_id}" if task_id else case, f"{case}/files")


def _status(problem: Problem | None, refused: Refused) -> int:
    if problem is not None:
        return problem.status
    return 422 if refused.problem else 200

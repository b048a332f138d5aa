"""一括処理: chosen in the inbox, looked at, begun, followed."""

from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.bulk import orders
from api.bulk.orders import BulkSaid, BulkWanted, PaceWanted
from api.counter import City, Counter, CounterHere, Officer
from api.events import OfBulk
from api.problems import Problem, problem
from api.views import Visitor
from procedures.values import MunicipalityCode, ProcedureId
from ui import spreadsheet
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident.documents import download
from ui.reviewer import bulk_contents
from ui.reviewer.bulk_contents import Typed
from ui.reviewer.inbox import marks_of
from ui.reviewer.inbox_tools import asked_by
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/bulks")
def list_orders(request: Request, counter: CounterHere, city: City, officer: Officer) -> Response:
    """一括処理の記録."""
    content = bulk_contents.orders(chosen(request), orders.listed(counter, city, officer))
    return page(request, "reviewer/bulks.html", visitor=officer, **content)


@router.post("/bulks")
def plan(counter: CounterHere, city: City, officer: Officer, form: Sent) -> Response:
    """選んだ案件を下見する: the chosen rows, or all that the view shows."""
    said: dict[str, object] = {"kind": text(form, "kind", 20), "tasks": form.getlist("task")}
    if text(form, "all"):
        said |= {"tasks": [], "view": asked_by(text(form, "view"))}
    try:
        wanted = BulkWanted.model_validate(said)
    except ValidationError as wrong:
        raise problem("bulk_empty") from wrong
    return RedirectResponse(f"/bulks/{orders.plan(counter, city, officer, wanted)}", 303)


@router.get("/bulks/{bulk_id}")
def read(request: Request, counter: CounterHere, city: City, officer: Officer, bulk_id: UUID) -> Response:
    """一括処理の状況."""
    return _shown(request, counter, city, officer, bulk_id)


@router.get("/bulks/{bulk_id}/events", response_class=Response)
async def watch(stream: OfBulk) -> Response:
    """一括処理の進み具合を待つ."""
    return stream


@router.post("/bulks/{bulk_id}/start")
def start(
    request: Request, counter: CounterHere, city: City, officer: Officer, bulk_id: UUID, form: Sent
) -> Response:  # fmt: skip
    """実行する: a refused order is shown again with what was typed."""
    typed = Typed(text(form, "reason", 4000), marks_of(form), text(form, "body", 5000))
    said = BulkSaid(reason=typed.reason, marks=dict(typed.marks), body=typed.body, officer=_officer(form))
    try:
        orders.start(counter, city, officer, bulk_id, said)
    except Problem as refused:
        return _shown(request, counter, city, officer, bulk_id, typed, refused)
    return RedirectResponse(f"/bulks/{bulk_id}", 303)


@router.post("/bulks/{bulk_id}/pace")
def pace(request: Request, counter: CounterHere, city: City, officer: Officer, bulk_id: UUID, form: Sent) -> Response:
    """一時停止・再開・取りやめ."""
    try:
        orders.keep_pace(counter, city, officer, bulk_id, _pace(form))
    except Problem as refused:
        return _shown(request, counter, city, officer, bulk_id, refused=refused)
    return RedirectResponse(f"/bulks/{bulk_id}", 303)


@router.post("/bulks/{bulk_id}/rest")
def rest(counter: CounterHere, city: City, officer: Officer, bulk_id: UUID) -> Response:
    """残りをもう一度."""
    return RedirectResponse(f"/bulks/{orders.again(counter, city, officer, bulk_id)}", 303)


@router.get("/bulks/{bulk_id}/files/{procedure}")
def file(
    request: Request, counter: CounterHere, city: City, officer: Officer, bulk_id: UUID, procedure: ProcedureId
) -> Response:  # fmt: skip
    """書き出したCSV: made now, from what one may see now."""
    found = orders.exported(counter, city, officer, bulk_id)
    if procedure not in {each.task.procedure for each in found}:
        raise problem("not_found")
    header, rows = bulk_contents.sheet(chosen(request), counter.library, found, procedure)
    return download(spreadsheet.written(header, rows), f"{procedure}.csv", "text/csv; charset=utf-8")


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, bulk_id: UUID,
    typed: Typed | None = None, refused: Problem | None = None,
) -> Response:  # fmt: skip
    found = orders.read(counter, city, officer, bulk_id)
    colleagues = orders.colleagues(counter, city, officer, bulk_id) if found.kind == "assign" else ()
    detail = refused.text if refused else None
    content = bulk_contents.order(chosen(request), counter.library, found, colleagues, typed, detail)
    status = refused.status if refused else 200
    return page(request, "reviewer/bulk.html", visitor=officer, status_code=status, **content)


def _officer(form: FormData) -> UUID | None:
    with suppress(ValueError):
        return UUID(text(form, "officer", 36))
    return None


def _pace(form: FormData) -> PaceWanted:
    try:
        return PaceWanted.model_validate({"wanted": text(form, "wanted", 10)})
    except ValidationError as wrong:
        raise problem("malformed") from wrong

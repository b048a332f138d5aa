"""一括の頁: what was handed in, how far it has come, what was set aside; handing in more."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, Officer
from api.filing.attachments import received
from api.problems import Problem, problem
from api.resident.documents import pdf_response
from api.sheets import batches
from api.sheets.batches import GroupAsked, PaceOfSheets
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident.documents import download
from ui.sheets import batch_contents
from ui.submitted import Sent, text

router = APIRouter(prefix="/sheets", route_class=PageRoute)


@router.get("")
def list_batches(request: Request, counter: CounterHere, city: City, officer: Officer) -> Response:
    """一括の一覧."""
    return _listed(request, counter, city, officer)


@router.post("")
def hand_in(request: Request, counter: CounterHere, city: City, officer: Officer, form: Sent) -> Response:
    """スキャンを読み込む."""
    files = [received(counter, each) for each in form.getlist("file") if isinstance(each, UploadFile) and each.filename]
    name = text(form, "name", 200)
    try:
        batch_id = batches.hand_in(counter, city, officer, text(form, "sheet", 60), name, files)
    except Problem as refused:
        return _listed(request, counter, city, officer, name, refused)
    return RedirectResponse(f"/sheets/batches/{batch_id}", 303)


@router.get("/batches/{batch_id}")
def read(request: Request, counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> Response:
    """一括の状況."""
    return _shown(request, counter, city, officer, batch_id)


@router.get("/batches/{batch_id}/next")
def next_sheet(counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> Response:
    """次のシートへ."""
    found = batches.next_page(counter, city, officer, batch_id)
    return RedirectResponse(f"/sheets/pages/{found}" if found else f"/sheets/batches/{batch_id}", 303)


@router.get("/batches/{batch_id}/files/payroll.csv", response_class=Response)
def payroll(counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> Response:
    """給与システム用のCSV."""
    data = batches.payroll_file(counter, city, officer, batch_id)
    return download(data, f"payroll-{batch_id}.csv", "text/csv; charset=utf-8")


@router.get("/batches/{batch_id}/files/table.csv", response_class=Response)
def table(counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> Response:
    """読み取った値のCSV."""
    data = batches.table_file(counter, city, officer, batch_id)
    return download(data, f"table-{batch_id}.csv", "text/csv; charset=utf-8")


@router.get("/batches/{batch_id}/files/report.pdf", response_class=Response)
def report(counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> Response:
    """月報, of all clubs."""
    return pdf_response(batches.report(counter, city, officer, batch_id), "report.pdf")


@router.get("/batches/{batch_id}/files/clubs/{group}.pdf", response_class=Response)
def group_report(counter: CounterHere, city: City, officer: Officer, batch_id: UUID, group: GroupAsked) -> Response:
    """月報, of one club."""
    return pdf_response(batches.report(counter, city, officer, batch_id, group), f"{group}.pdf")


@router.post("/batches/{batch_id}/pace")
def pace(request: Request, counter: CounterHere, city: City, officer: Officer, batch_id: UUID, form: Sent) -> Response:
    """一時停止・再開・中止."""
    try:
        batches.keep_pace(counter, city, officer, batch_id, _pace(text(form, "wanted", 10)))
    except Problem as refused:
        return _shown(request, counter, city, officer, batch_id, refused)
    return RedirectResponse(f"/sheets/batches/{batch_id}", 303)


def _listed(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, name: str = "",
    refused: Problem | None = None,
) -> Response:  # fmt: skip
    found = batches.listed(counter, city, officer)
    content = batch_contents.listed(chosen(request), officer, counter.sheets.all(), found)
    status = refused.status if refused else 200
    problem_said = refused.text if refused else None
    return page(
        request, "sheets/batches.html", visitor=officer, status_code=status, typed=name, problem=problem_said, **content
    )


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, batch_id: UUID,
    refused: Problem | None = None,
) -> Response:  # fmt: skip
    found = batches.read(counter, city, officer, batch_id)
    content = batch_contents.batch(chosen(request), found)
    status = refused.status if refused else 200
    return page(
        request, "sheets/batch.html", visitor=officer, status_code=status, problem=refused.text if refused else None,
        **content,
    )  # fmt: skip


def _pace(wanted: str) -> PaceOfSheets:
    try:
        return PaceOfSheets.model_validate({"wanted": wanted})
    except ValidationError as wrong:
        raise problem("malformed") from wrong

"""一括: a month's pile of paper: handed in, followed while it is read, corrected, approved and typed in."""

import hashlib
import math
from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID, uuid4

import anyio.from_thread
from fastapi import APIRouter, File, Form, Path, Response, UploadFile
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, Officer
from api.filing.attachments import Chosen, received
from api.problems import problem
from api.resident.documents import pdf_response
from api.sheets import rights
from api.sheets.views import AsideLine, BatchLine, BatchView, ClubLine, PilesProgress
from api.views import View, Visitor
from procedures.values import MunicipalityCode
from sheets.document import Sheet
from store import rosters, sheet_batches, sheet_pages, sheet_views
from store.sheet_batches import BatchProgress, BatchRow, FileRow, PageState
from store.sheet_pages import PageRow
from workflows.contracts import Pace

router = APIRouter(prefix="/api/sheets", tags=["sheets"])

RECENT = 30
MOST_FILES = 100
SCANS = (b"%PDF-", b"II*\0", b"MM\0*", b"\xff\xd8\xff")
"""How a PDF, a TIFF and a JPEG begin."""
OUTSIDE: tuple[PageState, ...] = ("set_aside", "handed_over")
LONGEST_NAME = 200
GroupAsked = Annotated[str, Path(pattern=r"^[0-9]{1,12}$")]


class PaceOfSheets(BaseModel):
    """止める・続ける・中止する."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wanted: Literal["pause", "go_on", "stop"]


class SheetKindView(View):
    """帳票の種類: what a pile may consist of."""

    sheet: str
    version: int
    title: dict[str, str]


class NextView(View):
    """次の一枚: null: nothing waits for this officer."""

    batch: UUID
    page: UUID | None


@router.get("/kinds")
def list_sheet_kinds(counter: CounterHere, officer: Officer) -> tuple[SheetKindView, ...]:
    """帳票の種類: those whose department one corrects or approves for."""
    return kinds(counter, officer)


@router.get("/batches")
def list_sheet_batches(counter: CounterHere, city: City, officer: Officer) -> tuple[BatchLine, ...]:
    """一括の一覧: the newest first."""
    return listed(counter, city, officer)


@router.post("/batches", status_code=201)
def open_sheet_batch(
    counter: CounterHere, city: City, officer: Officer,
    sheet: Annotated[str, Form(max_length=60)], name: Annotated[str, Form(max_length=LONGEST_NAME)],
    file: Annotated[list[UploadFile], File(max_length=MOST_FILES)],
) -> BatchView:  # fmt: skip
    """スキャンを読み込む: a scanner's PDF, TIFF or JPEG files, many sheets in each."""
    batch_id = hand_in(counter, city, officer, sheet, name, [received(counter, each) for each in file])
    return read(counter, city, officer, batch_id)


@router.get("/batches/{batch_id}")
def read_sheet_batch(counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> BatchView:
    """一括の状況."""
    return read(counter, city, officer, batch_id)


@router.get("/batches/{batch_id}/next")
def read_next_sheet(counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> NextView:
    """次に訂正する一枚."""
    return NextView(batch=batch_id, page=next_page(counter, city, officer, batch_id))


@router.get("/batches/{batch_id}/files/payroll.csv", responses={200: {"content": {"text/csv": {}}}})
def read_payroll_file(counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> Response:
    """給与システム用のCSV, once the batch is finished."""
    return Response(payroll_file(counter, city, officer, batch_id), media_type="text/csv; charset=utf-8")


@router.get("/batches/{batch_id}/files/table.csv", responses={200: {"content": {"text/csv": {}}}})
def read_sheet_table(counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> Response:
    """読み取った値のCSV, of a sheet whose result is a table, once the batch is finished."""
    return Response(table_file(counter, city, officer, batch_id), media_type="text/csv; charset=utf-8")


@router.get("/batches/{batch_id}/files/report.pdf", responses={200: {"content": {"application/pdf": {}}}})
def read_sheet_report(counter: CounterHere, city: City, officer: Officer, batch_id: UUID) -> Response:
    """月報, of all clubs."""
    return pdf_response(report(counter, city, officer, batch_id), "report.pdf")


@router.get("/batches/{batch_id}/files/clubs/{group}.pdf", responses={200: {"content": {"application/pdf": {}}}})
def read_group_report(
    counter: CounterHere, city: City, officer: Officer, batch_id: UUID, group: GroupAsked
) -> Response:  # fmt: skip
    """月報, of one club."""
    return pdf_response(report(counter, city, officer, batch_id, group), f"{group}.pdf")


@router.post("/batches/{batch_id}/pace", status_code=202)
def pace_sheet_batch(
    counter: CounterHere, city: City, officer: Officer, batch_id: UUID, pace: PaceOfSheets
) -> BatchView:
    """一括を止める、続ける、中止する."""
    keep_pace(counter, city, officer, batch_id, pace)
    return read(counter, city, officer, batch_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def kinds(counter: Counter, officer: Visitor) -> tuple[SheetKindView, ...]:
    """帳票の種類. Raises Problem not_allowed where there are none."""
    return tuple(
        SheetKindView(sheet=each.id, version=each.version, title=each.title.model_dump())
        for each in _concerned(counter, officer)
        if rights.comes_in_piles(each)
    )


def listed(counter: Counter, city: MunicipalityCode, officer: Visitor) -> tuple[BatchLine, ...]:
    """一括の一覧. Raises Problem: not_allowed."""
    sheets = {each.id: each for each in _concerned(counter, officer)}
    with counter.database.reading(city) as connection:
        rows = [each for each in sheet_batches.newest(connection, RECENT) if each.sheet in sheets]
        return tuple(_line(connection, sheets[row.sheet], row) for row in rows)


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, batch_id: UUID) -> BatchView:
    """一括の状況. Raises Problem: not_found."""
    with counter.database.reading(city) as connection:
        row, sheet = owned(counter, connection, officer, batch_id)
        line = _line(connection, sheet, row)
        progress, work = sheet_batches.progress(connection, batch_id), sheet_views.work(connection, batch_id)
        files = {each.id: each for each in sheet_batches.files(connection, batch_id)}
        aside = sheet_pages.pages(connection, batch_id, *OUTSIDE)
        unread = [each for each in sheet_pages.pages(connection, batch_id, "read") if each.kind != "sheet"]
        groups = sheet_views.groups(connection, batch_id)
        names = {each.group_number: each.group_name for each in rosters.read(connection).entries}
    return BatchView(
        **line.model_dump(), fault=row.fault,
        clubs=tuple(
            ClubLine(group=each.group_number, name=names.get(each.group_number, each.group_number), pages=each.sheets,
                     to_correct=each.to_correct, done=each.sheets - each.to_correct)
            for each in groups
        ),
        aside=tuple(_aside(files, each) for each in sorted((*aside, *unread), key=lambda page: page.position)),
        unreadable_files=tuple((each.name, each.fault) for each in files.values() if each.fault),
        cells=progress.cells, accepted=progress.accepted, changed=progress.corrected,
        human_minutes=math.ceil(progress.seconds / 60), human_seconds=progress.seconds, looked_at=work.touched,
        may_correct=rights.may_correct(officer, sheet), may_approve=rights.may_approve(officer, sheet),
    )  # fmt: skip


def hand_in(
    counter: Counter, city: MunicipalityCode, officer: Visitor, sheet_id: str, name: str, chosen: Sequence[Chosen]
) -> UUID:
    """読み込む: files are kept, their rows written, then the workflow is started. The same bytes twice are one file.

    Raises Problem: not_found, not_allowed, scan_refused.
    """
    sheet = rights.require_concerned(counter, officer, sheet_id)
    rights.require_corrector(officer, sheet)
    if not rights.comes_in_piles(sheet):
        raise problem("not_found")
    if not chosen or not name.strip() or any(not each.data[:1024].lstrip().startswith(SCANS) for each in chosen):
        raise problem("scan_refused")
    batch_id = uuid4()
    home = sheet_batches.folder(city, batch_id)
    kept = [(each, f"{home}/files/{uuid4()}") for each in chosen]
    for each, key in kept:
        counter.objects.put(key, each.data)
    with counter.database.transaction(city) as connection:
        sheet_batches.open_batch(
            connection, sheet_id, name.strip(), "upload", officer=officer.account_id, batch_id=batch_id
        )
        for each, key in kept:
            digest = hashlib.sha256(each.data).digest()
            sheet_batches.add_file(connection, batch_id, each.name[:LONGEST_NAME], key, digest)
    anyio.from_thread.run(counter.dispatch.begin_sheets, city, batch_id)
    return batch_id


def keep_pace(counter: Counter, city: MunicipalityCode, officer: Visitor, batch_id: UUID, pace: PaceOfSheets) -> None:
    """止める・続ける・中止する. Raises Problem: not_found, not_allowed, batch_unreachable."""
    with counter.database.reading(city) as connection:
        _, sheet = owned(counter, connection, officer, batch_id)
    rights.require_corrector(officer, sheet)
    if not anyio.from_thread.run(counter.dispatch.pace_sheets, batch_id, Pace(wanted=pace.wanted)):
        raise problem("batch_unreachable")


def payroll_file(counter: Counter, city: MunicipalityCode, officer: Visitor, batch_id: UUID) -> bytes:
    """給与システム用のCSV. Raises Problem: not_found."""
    return _kept(counter, city, officer, batch_id, sheet_batches.payroll_key(city, batch_id))


def table_file(counter: Counter, city: MunicipalityCode, officer: Visitor, batch_id: UUID) -> bytes:
    """読み取った値のCSV. Raises Problem: not_found."""
    return _kept(counter, city, officer, batch_id, sheet_batches.table_key(city, batch_id))


def report(
    counter: Counter, city: MunicipalityCode, officer: Visitor, batch_id: UUID, group: str | None = None
) -> bytes:  # fmt: skip
    """月報 (PDF), of a club or of all. Raises Problem: not_found."""
    return _kept(counter, city, officer, batch_id, sheet_batches.report_key(city, batch_id, group))


def next_page(counter: Counter, city: MunicipalityCode, officer: Visitor, batch_id: UUID) -> UUID | None:
    """次の一枚. Raises Problem: not_found."""
    with counter.database.reading(city) as connection:
        owned(counter, connection, officer, batch_id)
        return sheet_views.next_for(connection, batch_id, officer.account_id)


def following(counter: Counter, city: MunicipalityCode, officer: Visitor, page_id: UUID) -> NextView:
    """この次の一枚. Raises Problem: not_found."""
    with counter.database.reading(city) as connection:
        page = sheet_pages.page(connection, page_id)
        if page is None:
            raise problem("not_found")
        owned(counter, connection, officer, page.batch_id)
        found = sheet_views.next_for(connection, page.batch_id, officer.account_id, page.position)
    return NextView(batch=page.batch_id, page=found)


# --- small things -----------------------------------------------------------------------------------------------------


def owned(counter: Counter, connection: Connection, officer: Visitor, batch_id: UUID) -> tuple[BatchRow, Sheet]:
    """担当の一括. Raises Problem: not_found."""
    row = sheet_batches.read(connection, batch_id)
    if row is None:
        raise problem("not_found")
    return row, rights.require_concerned(counter, officer, row.sheet)


def _kept(counter: Counter, city: MunicipalityCode, officer: Visitor, batch_id: UUID, key: str) -> bytes:
    """結果のファイル: names and hours are in it."""
    with counter.database.transaction(city) as connection:
        row, sheet = owned(counter, connection, officer, batch_id)
        if row.state != "finished":
            raise problem("not_found")
        rights.look(connection, officer, sheet, batch_id)
    try:
        return counter.objects.get(key)
    except FileNotFoundError as missing:
        raise problem("not_found") from missing


def _concerned(counter: Counter, officer: Visitor) -> tuple[Sheet, ...]:
    found = rights.concerned(counter, officer)
    if not found:
        raise problem("not_allowed")
    return found


def _line(connection: Connection, sheet: Sheet, row: BatchRow) -> BatchLine:
    progress = sheet_batches.progress(connection, row.id)
    work = sheet_views.work(connection, row.id)
    machine = _machine_minutes(connection, row, progress)
    return BatchLine(
        id=row.id, sheet=row.sheet, title=sheet.title.model_dump(), month=row.month, name=row.name, state=row.state,
        paused=row.paused, opened_at=row.opened_at, progress=_progress(progress, work, machine),
        result=sheet.result.kind if sheet.result else None,
    )  # fmt: skip


def _machine_minutes(connection: Connection, row: BatchRow, found: BatchProgress) -> int | None:
    """機械の残り時間: of reading, or of typing in; a batch that stands still has none."""
    if row.paused or row.state not in ("reading", "entering"):
        return None
    reading = row.state == "reading"
    pace = (sheet_views.reading_seconds if reading else sheet_views.entering_seconds)(connection, row.id)
    left = found.pages["waiting" if reading else "approved"]
    return None if pace is None or not left else math.ceil(pace * left / 60)


def _progress(found: BatchProgress, work: sheet_views.Work, machine_minutes_left: int | None) -> PilesProgress:
    pages = found.pages
    left = pages["read"] - work.second
    each = work.seconds / work.touched if work.touched else None
    return PilesProgress(
        pages=found.total, waiting=pages["waiting"], to_correct=left, second=work.second,
        corrected=pages["corrected"], approved=pages["approved"], entered=pages["entered"],
        handed_over=pages["handed_over"], set_aside=pages["set_aside"],
        minutes_left=None if each is None else math.ceil(each * left / 60),
        machine_minutes_left=machine_minutes_left,
    )  # fmt: skip


def _aside(files: dict[UUID, FileRow], page: PageRow) -> AsideLine:
    return AsideLine(
        id=page.id, file=files[page.file_id].name, number=page.number, state=page.state, kind=page.kind,
        fault=page.fault, group=page.group_number, person=page.person_number, has_picture=page.image_key is not None,
    )  # fmt: skip

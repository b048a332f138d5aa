"""帳票の様式: the sheets the city knows, their blanks, and the check of a document that somebody draws.

Nothing here is kept: a document comes into force as a file of the library, and a scan that is laid under a drawing
comes back as a picture and is forgotten.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict

from api.counter import Administrator, Counter, CounterHere
from api.problems import problem
from api.resident.documents import pdf_response
from api.viewing.darkroom import Busy
from api.viewing.orders import Wanted
from api.views import View
from procedures.mistakes import dotted
from procedures.source import SourceInvalid, SourceMistake, data_in
from procedures.texts import Language
from sheets import loader
from sheets.crowding import Crowd, Crowding, crowding
from sheets.document import Sheet
from sheets.drawing import Wording, facts, page
from sheets.known import YearMonth
from sheets.label import Label, Number
from sheets.loader import SheetLibrary, SheetUnknown
from sheets.writing import written

router = APIRouter(prefix="/api/administration/sheets", tags=["administration"])

MOST_CELLS = 3_000
"""More do not fit on an A4 page, and nobody draws them."""
SCAN_WIDTH = 1488
"""Pixels of a page laid under a drawing: seven to the millimetre."""
DRAFT = Path("sheet.yaml")


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


Left = BeforeValidator(_empty_is_none)
"""A form sends what was left empty as an empty text."""


class BlankWanted(BaseModel):
    """白紙の注文: what is known of whoever will fill it in; what is left out is written by hand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    month: Annotated[YearMonth | None, Left] = None
    group: Annotated[Number | None, Left] = None
    """The club's number."""
    person: Annotated[Number | None, Left] = None
    second: Annotated[Language | None, Left] = None
    """A second language, in small letters."""


class SheetFormView(View):
    """帳票の様式: what is on it, in numbers."""

    id: str
    version: int
    title: Mapping[str, str]
    belongs_to: str
    department: str
    fields: int
    tables: int
    cells: int
    checks: int


class DraftWanted(BaseModel):
    """様式の下書き: a sheet document's plain data, right or wrong."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: dict[str, Any]


class DraftMistakeView(View):
    """下書きの誤り: `place` is its path in the document, e.g. fields[2].comb."""

    place: str
    problem: str
    write: str


class CrowdingView(View):
    """込み合い: `place` (a field, or table.column) lies on `other`, at a mark or its white, or off the page."""

    kind: Crowd
    place: str
    other: str


class DraftCheckView(View):
    """検査の結果. `document`: the sheet as a file of the library; null where there are mistakes."""

    mistakes: tuple[DraftMistakeView, ...]
    crowding: tuple[CrowdingView, ...]
    cells: int
    document: str | None


@dataclass(frozen=True)
class Checked:
    """検査: what the loader says of a draft; `sheet` None: it has mistakes."""

    sheet: Sheet | None
    source: bytes
    mistakes: tuple[SourceMistake, ...] = ()
    crowding: tuple[Crowding, ...] = ()


@router.get("")
def list_sheet_forms(counter: CounterHere, _: Administrator) -> tuple[SheetFormView, ...]:
    """様式の一覧: the current version of each sheet of the library."""
    return listed(counter.sheets)


@router.get("/{sheet_id}/blank.pdf", responses={200: {"content": {"application/pdf": {}}}})
def read_blank_sheet(
    counter: CounterHere, _: Administrator, sheet_id: str, wanted: Annotated[BlankWanted, Query()]
) -> Response:  # fmt: skip
    """白紙: to be printed at 100 %; for a month, a club or a person, or for anybody."""
    return pdf_response(blank(counter, sheet_id, wanted), f"{sheet_id}.pdf")


@router.post("/check")
def check_sheet_draft(_: Administrator, wanted: DraftWanted) -> DraftCheckView:
    """下書きを検査する, exactly as the library would be read; nothing is kept."""
    found = checked(wanted.document)
    return DraftCheckView(
        mistakes=tuple(
            DraftMistakeView(place=dotted(each.mistake.where), problem=each.mistake.problem, write=each.mistake.write)
            for each in found.mistakes
        ),
        crowding=tuple(CrowdingView(kind=each.kind, place=each.place, other=each.other) for each in found.crowding),
        cells=len(found.sheet.cells) if found.sheet else 0,
        document=found.source.decode() if found.sheet else None,
    )


@router.post("/blank.pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
def print_sheet_draft(counter: CounterHere, _: Administrator, wanted: DraftWanted) -> Response:
    """下書きの白紙: of a document without mistakes."""
    return pdf_response(blank_of(counter, require_right(checked(wanted.document))), "blank.pdf")


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(library: SheetLibrary) -> tuple[SheetFormView, ...]:
    """様式の一覧, by id."""
    return tuple(
        SheetFormView(
            id=each.id, version=each.version, title=each.title.model_dump(), belongs_to=each.belongs_to,
            department=each.department, fields=len(each.fields), tables=len(each.tables), cells=len(each.cells),
            checks=len(each.checks),
        )
        for each in library.all()
    )  # fmt: skip


def blank(counter: Counter, sheet_id: str, wanted: BlankWanted) -> bytes:
    """白紙のPDF. Raises Problem: not_found, blank_unprinted."""
    return blank_of(counter, form(counter, sheet_id), wanted)


def form(counter: Counter, sheet_id: str) -> Sheet:
    """様式: the current version. Raises Problem: not_found."""
    try:
        return counter.sheets.current(sheet_id)
    except SheetUnknown as unknown:
        raise problem("not_found") from unknown


def blank_of(counter: Counter, sheet: Sheet, wanted: BlankWanted | None = None) -> bytes:
    """白紙のPDF of a document that need not be in the library. Raises Problem: blank_unprinted."""
    asked = wanted or BlankWanted()
    try:
        return counter.press([picture(sheet, asked)])
    except (subprocess.SubprocessError, OSError) as failed:
        raise problem("blank_unprinted") from failed


def picture(sheet: Sheet, wanted: BlankWanted | None = None) -> str:
    """白紙の図 (SVG)."""
    asked = wanted or BlankWanted()
    label = Label(
        sheet=sheet.id, version=sheet.version, month=asked.month, group=asked.group, person=asked.person
    )  # fmt: skip
    second = asked.second if asked.second != "ja" else None
    return page(sheet, label, facts(label), Wording("ja", second))


def checked(document: Mapping[str, Any]) -> Checked:
    """検査: the draft is written as a file of the library, and read as one. Raises Problem: sheet_too_large."""
    source = written(document)
    try:
        sheet = loader.checked(source)
    except SourceInvalid as invalid:
        return Checked(None, source, invalid.mistakes)
    if len(sheet.fields) + sum(table.rows * len(table.columns) for table in sheet.tables) > MOST_CELLS:
        raise problem("sheet_too_large")
    return Checked(sheet, source, crowding=tuple(crowding(sheet)))


def require_right(found: Checked) -> Sheet:
    """誤りのない様式. Raises Problem: sheet_draft_wrong."""
    if found.sheet is None:
        raise problem("sheet_draft_wrong")
    return found.sheet


def opened(source: bytes) -> dict[str, Any]:
    """保存した下書きを開く: its data, right or wrong. Raises Problem: sheet_draft_unreadable."""
    try:
        data: dict[str, Any] = data_in(source, DRAFT)
    except SourceInvalid as invalid:
        raise problem("sheet_draft_unreadable") from invalid
    return data


def scan(counter: Counter, data: bytes, media_type: str) -> bytes:
    """下敷き: the first page of a scan as a JPEG; kept nowhere. Raises Problem: pictures_busy, scan_not_drawn."""
    try:
        drawn, jpeg = counter.darkroom.draw(data, Wanted(media_type, 1, SCAN_WIDTH))
    except Busy as busy:
        raise problem("pictures_busy") from busy
    if drawn.failure is not None:
        raise problem("scan_not_drawn")
    return jpeg

"""名指し: a page whose label no machine could read: a person says which sheet it is and whose, and it is read again."""

from uuid import UUID

import anyio.from_thread
from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, Officer
from api.problems import problem
from api.sheets import rights
from api.sheets.corrections import WHO, Place, SheetSeen, place_of, refused
from api.views import View, Visitor
from procedures.values import MunicipalityCode
from sheets.checks import Days, Limit
from sheets.document import Sheet
from sheets.known import YearMonth
from sheets.label import Number
from store import rosters, sheet_pages
from store.rosters import Roster
from store.sheet_pages import Named, PageChanged

router = APIRouter(prefix="/api/sheets/pages", tags=["sheets"])


class NamedSheet(SheetSeen):
    """名指し: what the label would say. `sheet_version`: the number printed beside the title; null: the current one."""

    sheet_version: int | None = Field(default=None, ge=1)
    group: Number | None = None
    person: Number | None = None
    month: YearMonth | None = None


class NamingView(View):
    """名指しの問い: what there is to choose from, what has to be said, and what is known already."""

    page: UUID
    open: bool
    """False: it was read, or it is too late."""
    fault: str | None
    title: dict[str, str]
    """Of the sheet that its batch is of."""
    versions: tuple[int, ...]
    clubs: tuple[tuple[str, str], ...]
    """Number and name."""
    needs_club: bool
    needs_month: bool
    takes_person: bool
    """Whose it is does not stand on the sheet itself."""
    sheet_version: int
    group: str | None
    person: str | None
    month: str | None


@router.get("/{page_id}/label")
def read_sheet_label(counter: CounterHere, city: City, officer: Officer, page_id: UUID) -> NamingView:
    """名指しの問い."""
    return asked(counter, city, officer, page_id)


@router.post("/{page_id}/label", status_code=202)
def name_sheet_page(
    counter: CounterHere, city: City, officer: Officer, page_id: UUID, named: NamedSheet
) -> NamingView:  # fmt: skip
    """名指しする: it is read again as that; the same answer again changes nothing."""
    name(counter, city, officer, page_id, named)
    return asked(counter, city, officer, page_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def asked(counter: Counter, city: MunicipalityCode, officer: Visitor, page_id: UUID) -> NamingView:
    """名指しの問い. Raises Problem: not_found."""
    with counter.database.reading(city) as connection:
        place = place_of(counter, connection, officer, page_id)
        roster = rosters.read(connection)
    page, sheet = place.page, place.sheet
    versions = sorted((number for name, number in counter.sheets.editions if name == sheet.id), reverse=True)
    return NamingView(
        page=page_id, open=page.nameable and place.batch.state in ("reading", "correcting", "approving"),
        fault=page.fault, title=sheet.title.model_dump(), versions=tuple(versions), clubs=_clubs(roster),
        needs_club=needs_club(sheet),
        needs_month=needs_month(sheet), takes_person=takes_person(sheet), sheet_version=sheet.version,
        group=page.group_number, person=page.person_number, month=page.month or place.batch.month,
    )  # fmt: skip


def name(counter: Counter, city: MunicipalityCode, officer: Visitor, page_id: UUID, wanted: NamedSheet) -> None:
    """名指しする. Raises Problem: not_found, not_allowed, sheet_changed, sheet_unnamed."""
    with counter.database.transaction(city) as connection:
        place = place_of(counter, connection, officer, page_id)
        rights.require_corrector(officer, place.sheet)
        named = _named(counter, connection, place, wanted)
        if not _said_already(place, officer, named):
            _write(connection, officer, place, wanted, named)
    anyio.from_thread.run(counter.dispatch.look_at_sheets_again, place.batch.id)


# --- small things -----------------------------------------------------------------------------------------------------


def needs_club(sheet: Sheet) -> bool:
    """クラブが要るか: what is agreed with whoever wrote it is looked up by club and person."""
    return any(isinstance(each, Limit) for each in sheet.checks)


def takes_person(sheet: Sheet) -> bool:
    """本人の番号を聞くか: not where it is read from the sheet itself."""
    return all(cell.id != WHO for cell in sheet.cells)


def needs_month(sheet: Sheet) -> bool:
    """月が要るか: its days must exist in it."""
    return any(isinstance(each, Days) for each in sheet.checks)


def _clubs(roster: Roster) -> tuple[tuple[str, str], ...]:
    return tuple({each.group_number: (each.group_number, each.group_name) for each in roster.entries}.values())


def _named(counter: Counter, connection: Connection, place: Place, wanted: NamedSheet) -> Named:
    """Raises Problem: sheet_unnamed."""
    version = wanted.sheet_version or counter.sheets.current(place.sheet.id).version
    known = (place.sheet.id, version) in counter.sheets.editions
    clubs = {number for number, _ in _clubs(rosters.read(connection))}
    missing = (needs_club(place.sheet) and wanted.group not in clubs) or (
        needs_month(place.sheet) and wanted.month is None
    )
    if missing or not known:
        raise problem("sheet_unnamed")
    return Named(version, wanted.group, wanted.person, wanted.month)


def _said_already(place: Place, officer: Visitor, named: Named) -> bool:
    page = place.page
    said = Named(page.sheet_version or 0, page.group_number, page.person_number, page.month)
    return page.named_by == officer.account_id and page.state == "waiting" and said == named


def _write(connection: Connection, officer: Visitor, place: Place, wanted: NamedSheet, named: Named) -> None:
    try:
        sheet_pages.name(connection, place.page.id, wanted.version, officer.account_id, named, wanted.seconds)
    except PageChanged as error:
        raise refused(error) from error

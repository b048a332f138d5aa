"""訂正: one sheet at a time: what was read, what a person says is written there, and who looks again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

import anyio.from_thread
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, Officer
from api.problems import Problem, problem
from api.sheets import rights
from api.sheets.typed import LONGEST, as_said, as_written
from api.sheets.views import ContradictionView, Second, SheetCellView, SheetPageView, Standing
from api.views import Visitor
from procedures.values import MunicipalityCode
from sheets.decoding import contradictions
from sheets.document import CellId, Sheet
from sheets.holding import Values
from sheets.known import Known
from sheets.values import Empty, NoValue, Value, value
from sheets.wording import explanation
from store import offices, robot_entries, rosters, sheet_batches, sheet_pages
from store.robot_entries import PAYROLL, EntryKey
from store.rosters import Roster
from store.sheet_batches import BatchRow, SamePerson
from store.sheet_pages import CellRow, PageChanged, PageRow

router = APIRouter(prefix="/api/sheets/pages", tags=["sheets"])

LONGEST_LOOK = 600
"""Seconds: whoever looks longer at a page without saving anything is at lunch."""
WHO = "person.number"
"""Of sheets that belong to a person: their number, as the club's list has it."""
KEPT_FOR = 3600
"""Seconds a browser may show the same picture again without asking."""
AsideReason = Literal["by_officer", "not_ours", "other_form", "typed_by_hand", "to_be_asked"]
"""取り分ける理由: to be seen in the list of what was set aside."""
Version = Annotated[int, Field(ge=0, lt=2**31)]


class SheetSeen(BaseModel):
    """The version of the sheet that the officer saw."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Version
    seconds: int = Field(default=0, ge=0, le=LONGEST_LOOK)
    """Of human work since it was shown."""


class CorrectionWanted(SheetSeen):
    """訂正の求め: what is typed by cell, and which cells agree with the paper as they stand.

    `finish`: nothing may be left open; `despite`: what does not add up is written so on the paper.
    """

    texts: dict[str, Annotated[str, Field(max_length=LONGEST)]] = Field(default={}, max_length=600)
    seen: frozenset[str] = Field(default=frozenset(), max_length=600)
    finish: bool = False
    despite: bool = False


class AsideWanted(SheetSeen):
    """取り分けの求め, and why."""

    reason: AsideReason = "by_officer"


class ValuesImpossible(Problem):
    """値にならない記入: in these cells."""

    def __init__(self, cells: Iterable[str]) -> None:
        plain = problem("sheet_value_impossible")
        super().__init__(plain.status, plain.code, plain.text)
        self.cells = tuple(cells)


@router.get("/{page_id}")
def read_sheet_page(counter: CounterHere, city: City, officer: Officer, page_id: UUID) -> SheetPageView:
    """一枚の帳票."""
    return read(counter, city, officer, page_id)


@router.get("/{page_id}/files/picture", responses={200: {"content": {"image/webp": {}}}})
def read_sheet_picture(counter: CounterHere, city: City, officer: Officer, page_id: UUID) -> Response:
    """紙の画像: laid straight, white beyond its edges; of a page that could not be, as it was scanned."""
    return picture_response(picture(counter, city, officer, page_id))


@router.get("/{page_id}/files/screen", responses={200: {"content": {"image/png": {}}}})
def read_robots_screen(counter: CounterHere, city: City, officer: Officer, page_id: UUID) -> Response:
    """ロボットの画面: at which it gave this sheet back to a person."""
    return picture_response(screen(counter, city, officer, page_id))


@router.post("/{page_id}/corrections")
def correct_sheet_page(
    counter: CounterHere, city: City, officer: Officer, page_id: UUID, wanted: CorrectionWanted
) -> SheetPageView:
    """訂正する: what differs and what was looked at is written down; the same again changes nothing."""
    correct(counter, city, officer, page_id, wanted)
    return read(counter, city, officer, page_id)


@router.post("/{page_id}/confirmation")
def confirm_sheet_totals(
    counter: CounterHere, city: City, officer: Officer, page_id: UUID, seen: SheetSeen
) -> SheetPageView:
    """変更された合計を二人目が確かめる."""
    confirm(counter, city, officer, page_id, seen)
    return read(counter, city, officer, page_id)


@router.post("/{page_id}/set-aside")
def set_sheet_page_aside(
    counter: CounterHere, city: City, officer: Officer, page_id: UUID, wanted: AsideWanted
) -> SheetPageView:
    """取り分ける: a person deals with it outside; it is not typed in."""
    set_aside(counter, city, officer, page_id, wanted)
    return read(counter, city, officer, page_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, page_id: UUID) -> SheetPageView:
    """一枚の帳票. Raises Problem: not_found."""
    with counter.database.transaction(city) as connection:
        place = place_of(counter, connection, officer, page_id)
        rights.look(connection, officer, place.sheet, place.batch.id, page_id)
        found = sheet_pages.cells(connection, page_id)
        roster = rosters.read(connection)
        names = {each.account_id: each.name for each in offices.everybody(connection)}
        left = sheet_batches.progress(connection, place.batch.id).pages["read"]
        file = sheet_pages.file_of(connection, page_id).name
        screen = _screen_key(connection, place.page) is not None
    page, who = place.page, _entry(roster, place.page)
    return SheetPageView(
        id=page.id, batch=page.batch_id, sheet=place.sheet.id, sheet_version=place.sheet.version, month=page.month,
        file=file, number=page.number, group=page.group_number, group_name=who[0], person=page.person_number,
        person_name=who[1], state=page.state, version=page.version, seconds=page.seconds,
        cells=tuple(_cell(each, names) for each in found),
        contradictions=_contradictions(place.sheet, found, known_of(roster, page)) if found else (),
        second_by_others_only=any(each.needs_second and each.corrected_by == officer.account_id for each in found),
        left=left, fault=page.fault, named=page.named_by is not None, screen=screen,
    )  # fmt: skip


def picture(counter: Counter, city: MunicipalityCode, officer: Visitor, page_id: UUID) -> bytes:
    """紙の画像 (WebP). Raises Problem: not_found."""
    with counter.database.transaction(city) as connection:
        place = place_of(counter, connection, officer, page_id)
        rights.look(connection, officer, place.sheet, place.batch.id, page_id)
        key = place.page.image_key
    if key is None:
        raise problem("not_found")
    return counter.objects.get(key)


def screen(counter: Counter, city: MunicipalityCode, officer: Visitor, page_id: UUID) -> bytes:
    """ロボットの画面 (PNG) of the moment when it gave up. Raises Problem: not_found."""
    with counter.database.transaction(city) as connection:
        place = place_of(counter, connection, officer, page_id)
        key = _screen_key(connection, place.page)
        if key is None:
            raise problem("not_found")
        rights.look(connection, officer, place.sheet, place.batch.id, page_id)
    try:
        return counter.objects.get(key)
    except FileNotFoundError as gone:
        raise problem("not_found") from gone


def picture_response(data: bytes) -> Response:
    """画像の応答: this browser may keep it for a while, nobody between us may."""
    headers = {"cache-control": f"private, max-age={KEPT_FOR}", "x-content-type-options": "nosniff"}
    kind = "image/webp" if data[8:12] == b"WEBP" else "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return Response(data, media_type=kind, headers=headers)


def correct(
    counter: Counter, city: MunicipalityCode, officer: Visitor, page_id: UUID, wanted: CorrectionWanted
) -> None:  # fmt: skip
    """訂正する. What is only confirmed but contradicts the rest counts when the sheet is finished in spite of it.

    Raises Problem: not_found, not_allowed, sheet_changed, sheet_value_impossible, sheet_unseen, sheet_contradicts.
    """
    with counter.database.transaction(city) as connection:
        place = place_of(counter, connection, officer, page_id)
        rights.require_corrector(officer, place.sheet)
        before = {each.cell: each for each in sheet_pages.cells(connection, page_id)}
        changed = _changed(place.sheet, before, wanted.texts)
        confirmed = _confirmed(place.sheet, before, wanted.seen - changed.keys())
        said = confirmed | changed
        roster = rosters.read(connection)
        after = {cell: said.get(cell, row.final) for cell, row in before.items()}
        failing = contradictions(place.sheet, values_of(place.sheet, after), known_of(roster, place.page))
        blamed: set[str] = {cell for each in failing for cell in each.cells}
        if wanted.finish:
            _require_finished(before, said, blamed, wanted.despite)
        else:
            said = {cell: text for cell, text in said.items() if cell in changed or cell not in blamed}
        if not said:
            return
        _write(connection, officer, place, wanted, said)
        left = _left(connection, place)
    _tell(counter, place, left)


def confirm(counter: Counter, city: MunicipalityCode, officer: Visitor, page_id: UUID, seen: SheetSeen) -> None:
    """二人目の確認: of all changed totals. Raises Problem: not_found, not_allowed, sheet_changed, sheet_same_person."""
    with counter.database.transaction(city) as connection:
        place = place_of(counter, connection, officer, page_id)
        rights.require_corrector(officer, place.sheet)
        waiting = [
            each.cell
            for each in sheet_pages.cells(connection, page_id)
            if each.needs_second and each.confirmed_by is None
        ]
        try:
            for at, cell in enumerate(waiting):
                seconds = 0 if at else seen.seconds
                sheet_pages.confirm(connection, page_id, seen.version + at, officer.account_id, cell, seconds)
        except (PageChanged, SamePerson) as error:
            raise refused(error) from error
        left = _left(connection, place)
    _tell(counter, place, left)


def set_aside(counter: Counter, city: MunicipalityCode, officer: Visitor, page_id: UUID, wanted: AsideWanted) -> None:
    """取り分ける. Raises Problem: not_found, not_allowed, sheet_changed."""
    with counter.database.transaction(city) as connection:
        place = place_of(counter, connection, officer, page_id)
        rights.require_corrector(officer, place.sheet)
        try:
            sheet_pages.set_aside(connection, page_id, wanted.version, wanted.reason, wanted.seconds)
        except PageChanged as error:
            raise refused(error) from error
        left = _left(connection, place)
    _tell(counter, place, left)


# --- small things -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """どの一枚か: the page, the sheet in the version it was printed in, and its batch."""

    page: PageRow
    sheet: Sheet
    batch: BatchRow


def known_of(roster: Roster, page: PageRow) -> Known:
    """既知の事実: of whoever's month it is."""
    return roster.known(page.group_number, page.month, page.person_number)


def place_of(counter: Counter, connection: Connection, officer: Visitor, page_id: UUID) -> Place:
    """どの一枚か. Raises Problem not_found: others' sheets do not exist."""
    page = sheet_pages.page(connection, page_id)
    batch = None if page is None else sheet_batches.read(connection, page.batch_id)
    if page is None or batch is None:
        raise problem("not_found")
    current = rights.require_concerned(counter, officer, batch.sheet)
    sheet = counter.sheets.version(current.id, page.sheet_version or current.version)
    return Place(page, sheet, batch)


def _screen_key(connection: Connection, page: PageRow) -> str | None:
    """画面の写しの鍵: of a page that the robot gave back; it is kept until somebody has entered it."""
    if page.state != "handed_over" or page.reference is None:
        return None
    entry = robot_entries.read(connection, EntryKey(PAYROLL, page.reference))
    return entry.picture if entry else None


def _left(connection: Connection, place: Place) -> int:
    """残り: pages of its batch that still wait for people."""
    return sheet_batches.progress(connection, place.batch.id).pages["read"]


def _tell(counter: Counter, place: Place, left: int) -> None:
    """一括に知らせる: only when nothing waits any more; a word for every cell would fill its history."""
    if not left:
        anyio.from_thread.run(counter.dispatch.look_at_sheets_again, place.batch.id)


def _write(
    connection: Connection, officer: Visitor, place: Place, wanted: CorrectionWanted, said: Mapping[str, str]
) -> None:  # fmt: skip
    try:
        sheet_pages.correct(
            connection, place.page.id, wanted.version, officer.account_id, said, wanted.seconds,
            totals=place.sheet.totals, person_number=(said.get(WHO) or "").strip() or None,
        )  # fmt: skip
    except PageChanged as error:
        raise refused(error) from error


def _changed(sheet: Sheet, before: Mapping[str, CellRow], texts: Mapping[str, str]) -> dict[str, str]:
    """変えた欄: what means something else than what stands there. Raises Problem: sheet_value_impossible."""
    found, wrong = {}, []
    for cell_id in texts.keys() & before.keys():
        cell = sheet.cell(CellId(cell_id))
        if texts[cell_id].strip() == as_said(cell.kind, before[cell_id].final):
            continue
        try:
            written = as_written(cell, texts[cell_id])
        except NoValue:
            wrong.append(cell_id)
            continue
        if as_said(cell.kind, written) != as_said(cell.kind, before[cell_id].final):
            found[cell_id] = written
    if wrong:
        raise ValuesImpossible(wrong)
    return found


def _confirmed(sheet: Sheet, before: Mapping[str, CellRow], seen: Collection[str]) -> dict[str, str]:
    """確かめた欄: as they stand, where nobody said so before. Raises Problem: sheet_value_impossible."""
    found = {cell: before[cell].final or "" for cell in seen if cell in before and before[cell].corrected is None}
    wrong = [cell for cell, text in found.items() if _value(sheet, CellId(cell), text) is None]
    if wrong:
        raise ValuesImpossible(wrong)
    return found


def _require_finished(before: Mapping[str, CellRow], said: Mapping[str, str], blamed: set[str], despite: bool) -> None:
    """Raises Problem: sheet_unseen, sheet_contradicts."""
    if any(not row.accepted and row.corrected is None and cell not in said for cell, row in before.items()):
        raise problem("sheet_unseen")
    if blamed and not despite:
        raise problem("sheet_contradicts")


def values_of(sheet: Sheet, texts: Mapping[str, str | None]) -> Values:
    """値: of every cell; what is no value is not known."""
    return {cell.id: _value(sheet, cell.id, texts.get(cell.id)) for cell in sheet.cells}


def _value(sheet: Sheet, cell: CellId, text: str | None) -> Value | Empty | None:
    try:
        return None if text is None else value(sheet.cell(cell).kind, text)
    except NoValue:
        return None


def _contradictions(sheet: Sheet, found: Iterable[CellRow], known: Known) -> tuple[ContradictionView, ...]:
    failing = contradictions(sheet, values_of(sheet, {each.cell: each.final for each in found}), known)
    return tuple(
        ContradictionView(sentence=explanation(sheet, each).model_dump(), cells=tuple(each.cells)) for each in failing
    )


def _cell(row: CellRow, names: Mapping[UUID, str]) -> SheetCellView:
    return SheetCellView(
        cell=row.cell, text=row.final, read=row.text, alternatives=tuple(text for text, _ in row.alternatives),
        probability=row.probability, standing=_standing(row), second=_second(row),
        by=names.get(row.corrected_by) if row.corrected_by else None,
    )  # fmt: skip


def _standing(row: CellRow) -> Standing:
    if row.corrected is not None:
        return "confirmed" if row.corrected == row.text else "changed"
    return "accepted" if row.accepted else "doubtful"


def _second(row: CellRow) -> Second:
    if not row.needs_second:
        return "not_needed"
    return "needed" if row.confirmed_by is None else "given"


def _entry(roster: Roster, page: PageRow) -> tuple[str | None, str | None]:
    """名簿の名: of club and person."""
    number = page.person_number or ""
    found = roster.find(page.group_number, number) if number.isdecimal() else None
    club = next((each.group_name for each in roster.entries if each.group_number == page.group_number), None)
    return club, None if found is None else found.name


def refused(error: ValueError) -> Problem:
    """店の例外を問題に: what the store refuses, in words."""
    return problem("sheet_same_person" if isinstance(error, SamePerson) else "sheet_changed")

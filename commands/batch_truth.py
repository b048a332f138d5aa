"""正解による点検: what a scripted officer corrects from the truth of a made-up pile, and what the payroll has to show.

For the demonstration and the tests only: the officers of a city have the paper, we have `sandbox.scans.truth`. The
script follows the rule the city's officers have: start, end and break count; hours and totals are worked out anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from procedures.values import MunicipalityCode
from sandbox.scans.truth import ScannedPage, Truth, Written
from sheets.document import Sheet
from sheets.holding import difference
from sheets.results import PayrollResult
from sheets.values import Empty, Value, text, value
from store import sheet_batches, sheet_pages
from store.database import Database
from store.sheet_pages import CellRow, PageRow

BY_HAND = "typed_by_hand"
"""別に扱う理由: nobody can read it by machine."""


def said(sheet: Sheet, written: Written) -> dict[str, str]:
    """訂正後の記入: of every cell, as an officer leaves it. What is struck out is as if it was never written."""
    texts: dict[str, str] = {cell.id: written.cells.get(cell.id) or "" for cell in sheet.cells}
    if not isinstance(sheet.result, PayrollResult):
        return texts
    worked = []
    for row in sheet.table("row").row_names:
        start, end, rest = (_number(sheet, texts, f"{row}.{column}") for column in ("start", "end", "break"))
        if start is not None and end is not None:
            worked.append(difference(start, end, rest or 0))
            texts[f"{row}.hours"] = text("duration", worked[-1], 4)
    return texts | {"total.hours": text("duration", sum(worked), 5), "total.days": text("digits", len(worked), 2)}


def _number(sheet: Sheet, texts: Mapping[str, str], cell: str) -> int | None:
    found: Value | Empty = value(next(each.kind for each in sheet.cells if each.id == cell), texts[cell])
    return found if isinstance(found, int) else None


def corrections(sheet: Sheet, cells: Sequence[CellRow], written: Written) -> dict[str, str]:
    """訂正: of what is doubtful, and of what its writer worked out wrongly; nothing else is looked at."""
    final = said(sheet, written)
    wrong = {cell for cell, due in final.items() if _differs(sheet, cell, due, written.cells.get(cell) or "")}
    return {each.cell: final[each.cell] for each in cells if each.open or each.cell in wrong}


def _differs(sheet: Sheet, cell: str, due: str, was: str) -> bool:
    kind = next(each.kind for each in sheet.cells if each.id == cell)
    return value(kind, due) != value(kind, was)


@dataclass(frozen=True)
class Scripted:
    """台本の職員: corrects a batch from its truth; a second one confirms totals and approves."""

    database: Database
    municipality: MunicipalityCode
    sheet: Sheet
    truth: Truth
    first: UUID
    second: UUID

    def correct(self, batch_id: UUID) -> int:
        """訂正: every page that waits for a person; how many cells."""
        found = {(page.file, page.page): page for page in self.truth.pages}
        names = self._names(batch_id)
        corrected = 0
        with self.database.reading(self.municipality) as connection:
            waiting = sheet_pages.pages(connection, batch_id, "read")
        for page in waiting:
            corrected += self._page(page, found[names[page.file_id], page.number])
        return corrected

    def approve(self, batch_id: UUID) -> None:
        """承認."""
        with self.database.transaction(self.municipality) as connection:
            sheet_batches.approve(connection, batch_id, self.second)

    def _names(self, batch_id: UUID) -> dict[UUID, str]:
        with self.database.reading(self.municipality) as connection:
            return {file.id: file.name for file in sheet_batches.files(connection, batch_id)}

    def _page(self, page: PageRow, truth: ScannedPage) -> int:
        with self.database.transaction(self.municipality) as connection:
            cells = sheet_pages.cells(connection, page.id)
            if not cells or truth.written is None:
                sheet_pages.set_aside(connection, page.id, page.version, BY_HAND, seconds=0)
                return 0
            changed = corrections(self.sheet, cells, truth.written)
            after = sheet_pages.correct(
                connection, page.id, page.version, self.first, changed, 0, totals=self.sheet.totals,
                person_number=truth.written.person,
            )  # fmt: skip
            for cell in sheet_pages.cells(connection, page.id):
                if cell.open:
                    after = sheet_pages.confirm(connection, page.id, after.version, self.second, cell.cell, 0)
        return len(changed)


@dataclass(frozen=True)
class Difference:
    """相違: between what is true of a sheet and what became of it."""

    person: str
    what: str


def differences(
    sheet: Sheet, truth: Truth, slips: Sequence[Mapping[str, Any]], handed_over: Mapping[str, str]
) -> Iterator[Difference]:
    """突合: every sheet's slip as the payroll stored it, against the truth; `handed_over`: causes by person."""
    by_person: dict[str, list[Mapping[str, Any]]] = {}
    for slip in slips:
        by_person.setdefault(slip["officer"], []).append(slip)
    for page in truth.pages:
        if page.kind != "sheet" or page.written is None:
            continue
        person = page.written.person
        stored = by_person.pop(person, [])
        if not stored:
            if person not in handed_over:
                yield Difference(person, "is in no slip, and nobody was told")
        elif len(stored) > 1:
            yield Difference(person, f"is in {len(stored)} slips")
        else:
            yield from _slip(sheet, page.written, stored[0])
    for person in by_person:
        yield Difference(person, "has a slip and handed in no sheet")


def _slip(sheet: Sheet, written: Written, slip: Mapping[str, Any]) -> Iterator[Difference]:
    due = list(_rows(sheet, said(sheet, written)))
    stored = [
        (row["day"], _minutes(row["start"]), _minutes(row["end"]), row["rest"], row["minutes"]) for row in slip["rows"]
    ]
    for each in due:
        if each not in stored:
            yield Difference(written.person, f"day {each[0]} is not as it was written")
    if len(stored) != len(due):
        yield Difference(written.person, f"has {len(stored)} days in the payroll, {len(due)} on paper")


def _rows(sheet: Sheet, texts: Mapping[str, str]) -> Iterator[tuple[int | None, ...]]:
    for row in sheet.table("row").row_names:
        day, start, end, rest, hours = (
            _number(sheet, texts, f"{row}.{column}") for column in ("day", "start", "end", "break", "hours")
        )
        if start is not None:
            yield day, start, end, rest or 0, hours


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)

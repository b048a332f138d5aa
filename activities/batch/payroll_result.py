"""給与への結果: what the payroll is told of a sheet; which cells mean what, the sheet's document declares."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import time

from pydantic import ValidationError

from activities.rpa.payroll import PayrollEntry, WorkedDay
from sheets.document import Sheet
from sheets.results import PayrollResult
from sheets.values import Empty, NoValue, Value, value
from store.rosters import Roster, RosterEntry
from store.sheet_pages import CellRow, PageRow


class NotPayable(ValueError):
    """給与に渡せない報告: `fault` says why, as a code; a person types it in, or asks whoever wrote it."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def values(sheet: Sheet, cells: Sequence[CellRow]) -> dict[str, Value | Empty | None]:
    """値: of every cell as it finally stands; None where nobody knows, or what stands there is no value."""
    return {each.cell: _value(sheet, each) for each in cells}


def _value(sheet: Sheet, cell: CellRow) -> Value | Empty | None:
    if cell.final is None:
        return None
    try:
        return value(next(each.kind for each in sheet.cells if each.id == cell.cell), cell.final)
    except NoValue:
        return None


def person_of(
    roster: Roster, page: PageRow, cell: str, found: Mapping[str, Value | Empty | None]
) -> RosterEntry:  # fmt: skip
    """本人: by the number that finally stands in its cell. Raises NotPayable."""
    number = found.get(cell)
    entry = roster.find(page.group_number, number) if isinstance(number, int) else None
    if entry is None:
        raise NotPayable("not_on_roster")
    return entry


def payroll_entry(
    sheet: Sheet, result: PayrollResult, cells: Sequence[CellRow], page: PageRow, roster: Roster
) -> PayrollEntry:
    """給与への入力. Raises NotPayable."""
    found = values(sheet, cells)
    person = person_of(roster, page, result.person, found)
    total = found.get(result.total)
    if page.month is None or not isinstance(total, int):
        raise NotPayable("no_total" if page.month else "no_month")
    try:
        return PayrollEntry(
            officer_number=person.officer_number, club=person.club_code, month=page.month,
            days=tuple(_days(sheet, result, found)), total=total,
        )  # fmt: skip
    except ValidationError:  # its words would quote hours
        raise NotPayable("does_not_add_up") from None


def _days(sheet: Sheet, result: PayrollResult, found: Mapping[str, Value | Empty | None]) -> Iterator[WorkedDay]:
    columns = (result.day, result.start, result.end, result.rest, result.hours)
    for row in sheet.table(result.table).row_names:
        day, start, end, rest, hours = (found.get(f"{row}.{column}") for column in columns)
        if all(isinstance(each, Empty) for each in (day, start, end, hours)):
            continue
        given = (day, start, end, hours)
        if not all(isinstance(each, int) for each in given):
            raise NotPayable("row_incomplete")
        yield WorkedDay(
            day=_whole(day), start=_clock(_whole(start)), end=_clock(_whole(end)),
            rest=rest if isinstance(rest, int) else 0, minutes=_whole(hours),
        )  # fmt: skip


def _whole(found: Value | Empty | None) -> int:
    if isinstance(found, int):
        return found
    raise NotPayable("row_incomplete")


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)

"""前月との比較 of what a batch comes to: who has more, less, for the first time or no longer; by person and by club."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from api.sheets.views import ClubSumView, MissingView, SheetSumView
from sheets.comparison import change, month_before
from sheets.document import CellId, Sheet
from store import sheet_batches, sheet_pages
from store.rosters import Roster, RosterEntry
from store.sheet_batches import BatchRow


@dataclass(frozen=True)
class MonthBefore:
    """前月: `minutes` by club code and 職員番号; `total`: which of a sheet's totals is compared with them."""

    minutes: Mapping[tuple[str, str], int]
    total: int | None

    def of(self, entry: RosterEntry | None) -> int | None:
        """この人の前月."""
        return None if entry is None else self.minutes.get((entry.club_code, entry.officer_number))


def month_before_of(connection: Connection, batch: BatchRow, sheet: Sheet, cells: Sequence[CellId]) -> MonthBefore:
    """前月: what the payroll has of it; nothing where the paper belongs to no month, or nobody worked before."""
    earlier = sheet_batches.earlier(connection, batch, month_before(batch.month)) if batch.month else ()
    minutes = sheet_pages.entered_minutes(connection, earlier)
    durations = [at for at, cell in enumerate(cells) if sheet.cell(cell).kind == "duration"]
    return MonthBefore(minutes, durations[0] if minutes and durations else None)


def compared(clubs: Sequence[ClubSumView], roster: Roster, before: MonthBefore) -> tuple[ClubSumView, ...]:
    """比べる: every club with last month's numbers, and those from which nothing came."""
    if before.total is None:
        return tuple(clubs)
    there = {club.group for club in clubs}
    names = {each.group_number: each.group_name for each in roster.entries if before.of(each) is not None}
    silent = [ClubSumView(group=number, name=names[number], sheets=()) for number in sorted(names.keys() - there)]
    return tuple(_club(club, roster, before) for club in (*clubs, *silent))


def _club(club: ClubSumView, roster: Roster, before: MonthBefore) -> ClubSumView:
    sheets = tuple(_sheet(club, each, roster, before) for each in club.sheets)
    people = [each for each in roster.entries if each.group_number == club.group]
    came = {entry for each in club.sheets if (entry := _entry(club, each, roster))}
    missing = tuple(
        MissingView(person=each.person_number, name=each.name, before=minutes)
        for each in people
        if each not in came and (minutes := before.of(each)) is not None
    )
    now = sum(_minutes(each, before) or 0 for each in sheets)
    then = sum(before.of(each) or 0 for each in people)
    told = {"sheets": sheets, "missing": missing, "before": then or None, "change": change(now or None, then or None)}
    return club.model_copy(update=told)


def _sheet(club: ClubSumView, found: SheetSumView, roster: Roster, before: MonthBefore) -> SheetSumView:
    then = before.of(_entry(club, found, roster))
    return found.model_copy(update={"before": then, "change": change(_minutes(found, before), then)})


def _entry(club: ClubSumView, found: SheetSumView, roster: Roster) -> RosterEntry | None:
    number = found.person or ""
    return roster.find(club.group, number) if number.isdecimal() else None


def _minutes(found: SheetSumView, before: MonthBefore) -> int | None:
    return None if before.total is None else found.numbers[before.total]

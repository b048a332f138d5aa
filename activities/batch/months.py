"""月次の結果: what a batch comes to, by club and person, beside the month before; and its numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from activities.batch.entries import Reconciled
from sheets.comparison import Change, change
from store.rosters import Roster, RosterEntry
from store.sheet_batches import BatchProgress, PageState


@dataclass(frozen=True)
class PersonMonth:
    """一人の月: minutes; `fault`: why it is not in the payroll, or not as it was approved."""

    number: str
    name: str
    days: int
    minutes: int | None
    before: int | None
    state: PageState | None
    fault: str | None
    compared: bool = True
    """False: nobody has a month before; the first one is nothing to mark."""

    @property
    def change(self) -> Change:
        """前月との差: only what is worth a look."""
        return change(self.minutes, self.before, compared=self.compared)


@dataclass(frozen=True)
class ClubMonth:
    """一クラブの月."""

    number: str
    name: str
    people: tuple[PersonMonth, ...]

    @property
    def minutes(self) -> int:
        return sum(each.minutes or 0 for each in self.people)

    @property
    def before(self) -> int:
        return sum(each.before or 0 for each in self.people)

    @property
    def change(self) -> Change:
        """前月との差, of all together."""
        compared = any(each.compared for each in self.people)
        return change(self.minutes or None, self.before or None, compared=compared)


@dataclass(frozen=True)
class BatchNumbers:
    """統計: of one batch."""

    sheets: int
    entered: int
    handed_over: int
    left_out: int
    cells: int
    accepted: int
    corrected: int
    minutes: float
    """Of people's work, as measured on the pages for correcting."""
    looked_at: int
    """Sheets that took somebody's time."""

    @classmethod
    def of(cls, counted: BatchProgress, sheets: int, looked_at: int) -> "BatchNumbers":
        pages = counted.pages
        return cls(
            sheets, pages["entered"], pages["handed_over"], pages["set_aside"], counted.cells, counted.accepted,
            counted.corrected, counted.seconds / 60, looked_at,
        )  # fmt: skip

    @property
    def seconds_a_sheet(self) -> float:
        """一枚あたりの秒数: of all sheets, those that nobody had to look at too."""
        return self.minutes * 60 / self.sheets if self.sheets else 0.0

    @property
    def share_accepted(self) -> float:
        return self.accepted / self.cells if self.cells else 0.0


Before = Mapping[tuple[str, str], int]
"""前月: minutes by club code and 職員番号."""


def clubs(found: Sequence[Reconciled], roster: Roster, before: Before) -> tuple[ClubMonth, ...]:
    """クラブ別: every club a sheet came from, now or last month, with everybody who handed one in."""
    came = {each.page.group_number for each in found if each.page.group_number}
    groups = sorted(came | {each.group_number for each in roster.entries if _last(each, before)})
    return tuple(
        _club(group, [each for each in found if each.page.group_number == group], roster, before) for group in groups
    )


def _club(group: str, found: Sequence[Reconciled], roster: Roster, before: Before) -> ClubMonth:
    listed = [each for each in roster.entries if each.group_number == group]
    people = [_month(each, roster, before) for each in found]
    there = {each.number for each in people}
    absent = [_absent(each, before) for each in listed if each.officer_number not in there and _last(each, before)]
    name = listed[0].group_name if listed else ""
    return ClubMonth(group, name, tuple(sorted((*people, *absent), key=lambda each: each.number)))


def _month(found: Reconciled, roster: Roster, before: Before) -> PersonMonth:
    page, entry = found.page, found.entry
    person = roster.find(page.group_number, page.person_number) if page.person_number else None
    if entry is not None:
        person = next((each for each in roster.entries if _is(each, entry.club, entry.officer_number)), person)
    fault = page.fault or ("differs" if entry and found.differences and page.state == "entered" else None)
    return PersonMonth(
        number=person.officer_number if person else page.person_number or "",
        name=person.name if person else "",
        days=len(entry.days) if entry else 0,
        minutes=entry.total if entry else None,
        before=_last(person, before) if person else None,
        state=page.state,
        fault=fault,
        compared=bool(before),
    )


def _absent(person: RosterEntry, before: Before) -> PersonMonth:
    return PersonMonth(person.officer_number, person.name, 0, None, _last(person, before), None, None)


def _last(person: RosterEntry, before: Before) -> int | None:
    return before.get((person.club_code, person.officer_number))


def _is(person: RosterEntry, club: str, officer: str) -> bool:
    return (person.club_code, person.officer_number) == (club, officer)


def payroll_csv(found: Iterable[Reconciled]) -> bytes:
    """給与データ: a line for each day, as old systems take it: CP932, CRLF."""
    lines = ["職員番号,所属コード,対象年月,日,始業,終業,休憩(分),実働(分)"]
    for each in found:
        if each.entry is None:
            continue
        who = f"{each.entry.officer_number},{each.entry.club},{each.entry.month.replace('-', '')}"
        lines += [
            f"{who},{day.day},{day.start:%H:%M},{day.end:%H:%M},{day.rest},{day.minutes}" for day in each.entry.days
        ]
    return "\r\n".join([*lines, ""]).encode("cp932")

"""放課後児童クラブ: invented clubs, the people who work there, and what they write about a month.

Everything follows from a `Random`, so the same seed is the same month.
"""

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from sandbox.register.town import BLOCKS, MEN, SURNAMES, WOMEN
from sandbox.scans.truth import Club, Person, Slip, Written
from sheets.values import text

CLUBS = 67
"""As many as the city has (himeji.md §14)."""
PEOPLE = 9
"""At each club: a month has some six hundred sheets."""
ROWS = 27
_BREAK_FROM = 6 * 60
"""労働基準法34条: over six hours of work there is a break."""
_QUARTER = 15


@dataclass(frozen=True)
class Contract:
    """雇用: of one kind, and how its days look, in minutes."""

    minutes_per_day: int
    minutes_per_month: int
    days: tuple[int, int]
    """Fewest and most days a month."""
    usual: int
    """Minutes on a school day."""


CONTRACTS = (
    Contract(minutes_per_day=600, minutes_per_month=10_800, days=(17, 22), usual=375),
    Contract(minutes_per_day=540, minutes_per_month=6_600, days=(11, 17), usual=300),
    Contract(minutes_per_day=480, minutes_per_month=3_600, days=(4, 10), usual=210),
)
"""Full-time, part-time, students."""


@dataclass(frozen=True)
class Day:
    """一日の勤務: minutes."""

    day: int
    start: int
    end: int
    rest: int

    @property
    def worked(self) -> int:
        """勤務時間."""
        return self.end - self.start - self.rest


def clubs(seed: int) -> tuple[Club, ...]:
    """クラブの一覧: with the people of each."""
    random = Random(f"clubs/{seed}")  # noqa: S311 - repeatable on purpose, and no secret
    towns = [town.split("区")[-1] for _, names in BLOCKS.values() for town in names]
    names = [f"{town}{suffix}" for suffix in ("", "第二") for town in towns][:CLUBS]
    return tuple(
        Club(number=f"{number:03}", name=f"{name}児童クラブ", people=tuple(_people(random, number)))
        for number, name in enumerate(names, start=1)
    )


def roster_csv(found: Iterable[Club]) -> str:
    """名簿: as the city imports it. People and clubs have one number here, on paper and in the payroll."""
    lines = ["group_number,group_name,person_number,name,club_code,officer_number,minutes_per_day,minutes_per_month"]
    lines += [
        f"{club.number},{club.name},{each.number},{each.name},{club.number},{each.number},"
        f"{each.minutes_per_day},{each.minutes_per_month}"
        for club in found
        for each in club.people
    ]
    return "\n".join([*lines, ""])


def contract_of(person: Person) -> Contract:
    """雇用の種類: of a person."""
    return next(each for each in CONTRACTS if each.minutes_per_month == person.minutes_per_month)


def month_of(person: Person, month: str, random: Random) -> Written:
    """一か月の記入: what this person writes, with what people get wrong."""
    return _Writer(random).report(person, _days(contract_of(person), month, random))


def _people(random: Random, club: int) -> Iterator[Person]:
    for number in range(PEOPLE):
        contract = random.choice(CONTRACTS)
        surname, given = random.choice(SURNAMES)[0], random.choice(WOMEN * 3 + MEN)[0]
        yield Person(
            number=f"{club:03}{number * 111 + random.randint(1, 110):03}",
            name=f"{surname}　{given}",
            minutes_per_day=contract.minutes_per_day,
            minutes_per_month=contract.minutes_per_month,
        )


def _days(contract: Contract, month: str, random: Random) -> list[Day]:
    year, number = map(int, month.split("-"))
    open_days = [
        day
        for day in range(1, calendar.monthrange(year, number)[1] + 1)
        if calendar.weekday(year, number, day) != calendar.SUNDAY
    ]
    wanted = min(random.randint(*contract.days), len(open_days))
    worked = sorted(random.sample(open_days, wanted))
    return [_day(contract, day, calendar.weekday(year, number, day) == calendar.SATURDAY, random) for day in worked]


def _day(contract: Contract, day: int, whole_day: bool, random: Random) -> Day:
    """Children come after school; on Saturdays the club is open from eight."""
    start = 8 * 60 + _QUARTER * random.randint(0, 6) if whole_day else 12 * 60 + _QUARTER * random.randint(0, 10)
    length = contract.usual + _QUARTER * random.randint(-3, 4)
    if random.random() < 0.15:
        start += random.choice((5, 10))
        length += random.choice((-5, 5, 10))
    length = min(length, 19 * 60 + 30 - start)
    rest = random.choice((45, 60)) if length > _BREAK_FROM else random.choice((0, 0, 0, 15))
    return Day(day, start, start + length, rest)


class _Writer:
    """書き手: has habits, and makes mistakes now and then."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._leading_zeros = random.random() < 0.65
        self._writes_no_break = random.random() < 0.2

    def report(self, person: Person, days: list[Day]) -> Written:
        """勤務報告: one sheet."""
        slips: list[Slip] = []
        cells: dict[str, str | None] = {"person.number": person.number, "person.name": person.name}
        struck = self._struck_row(days)
        hours = [day.worked for day in days]
        if days and self._happens(0.06):
            at = self._random.randrange(len(days))
            hours[at] = max(_QUARTER, hours[at] + self._random.choice((-60, -30, -15, 15, 30, 60, days[at].rest or 10)))
            slips.append("row_hours")
        numbers = [day.day for day in days]
        if len(days) > 2 and self._happens(0.015):
            at = self._random.randrange(1, len(days))
            numbers[at] = numbers[at - 1]
            slips.append("day_twice")
        lines = [self._line(day, number, worked) for day, number, worked in zip(days, numbers, hours, strict=True)]
        if struck is not None:
            lines.insert(struck, dict.fromkeys(lines[struck]))
        for number in range(1, ROWS + 1):
            line = lines[number - 1] if number <= len(lines) else {}
            for column in ("day", "start", "end", "break", "hours", "remarks"):
                cells[f"row{number:02}.{column}"] = line.get(column, "")
        cells |= self._totals(len(days), sum(hours), slips)
        rows = () if struck is None else (f"row{struck + 1:02}",)
        return Written(
            person=person.number,
            cells=cells,
            slips=tuple(slips),
            struck_rows=rows,
            overwritten=self._overwritten(cells),
        )

    def _line(self, day: Day, number: int, worked: int) -> dict[str, str | None]:
        rest = text("duration", day.rest, 3) if day.rest or self._writes_no_break else ""
        remarks = self._random.choice(("研修", "早番", "遅番", "会議", "行事")) if self._happens(0.05) else ""
        return {
            "day": self._number(f"{number:02}"),
            "start": self._number(text("time", day.start, 4)),
            "end": self._number(text("time", day.end, 4)),
            "break": rest,
            "hours": self._number(text("duration", worked, 4)),
            "remarks": remarks,
        }

    def _totals(self, days: int, minutes: int, slips: list[Slip]) -> dict[str, str | None]:
        if self._happens(0.04):
            minutes += self._random.choice((-60, -45, -30, -15, 15, 30, 60, 120))
            slips.append("total_hours")
        if self._happens(0.02):
            days += self._random.choice((-1, 1))
            slips.append("total_days")
        total: str | None = self._number(text("duration", max(0, minutes), 5))
        if self._happens(0.03):
            total = ""
            slips.append("empty_total")
        return {"total.days": self._number(f"{days:02}"), "total.hours": total}

    def _number(self, full: str) -> str:
        """Who writes no leading zeros leaves those boxes empty."""
        if self._leading_zeros:
            return full
        return full.lstrip("0").rjust(len(full)) if len(full.lstrip("0")) > len(full) - 3 else full

    def _struck_row(self, days: list[Day]) -> int | None:
        return self._random.randrange(len(days)) if days and len(days) < ROWS and self._happens(0.04) else None

    def _overwritten(self, cells: dict[str, str | None]) -> tuple[str, ...]:
        if not self._happens(0.1):
            return ()
        written = [name for name, each in cells.items() if each and each.strip().isdigit()]
        return tuple(self._random.sample(written, 1))

    def _happens(self, often: float) -> bool:
        return self._random.random() < often

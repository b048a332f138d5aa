"""名簿: who works in which club: what the city knows of a sheet before reading it, and who somebody is to the payroll.

The one place where the numbers on paper (club 012, person 012345) meet the payroll's (club code, 職員番号).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, insert, select

from sheets.known import Known
from store.tables import roster_entry


@dataclass(frozen=True)
class RosterEntry:
    """名簿の一行: limits in minutes, None where the contract has none."""

    group_number: str
    group_name: str
    person_number: str
    name: str
    club_code: str
    """所属コード: of the club, in the payroll."""
    officer_number: str
    """職員番号: of the person, in the payroll."""
    minutes_per_day: int | None = None
    minutes_per_month: int | None = None


@dataclass(frozen=True)
class Roster:
    """名簿: of all clubs."""

    entries: tuple[RosterEntry, ...]

    def known(self, group: str | None, month: str | None, person: int | str | None = None) -> Known:
        """既知の事実: of a club's sheet; the limits are `person`'s, once it is known who wrote it."""
        people = [each for each in self.entries if each.group_number == group]
        found = None if person is None else self.find(group, person)
        limits = {} if found is None else _limits(found)
        lists = {"people": frozenset(int(each.person_number) for each in people)} if people else {}
        return Known(month=month, lists=lists, limits=limits)

    def find(self, group: str | None, person: int | str) -> RosterEntry | None:
        """この人: by the numbers on paper."""
        mine = (each for each in self.entries if each.group_number == group)
        return next((each for each in mine if int(each.person_number) == int(person)), None)


def read(connection: Connection) -> Roster:
    """名簿: a few hundred people, by club and number."""
    columns = (roster_entry.c[name] for name in RosterEntry.__annotations__)
    order = roster_entry.c.group_number, roster_entry.c.person_number
    return Roster(tuple(RosterEntry(**row._mapping) for row in connection.execute(select(*columns).order_by(*order))))


def replace(connection: Connection, entries: Iterable[RosterEntry]) -> int:
    """名簿の取込み: in place of the one before; how many people."""
    connection.execute(delete(roster_entry))
    rows = [asdict(each) for each in entries]
    if rows:
        connection.execute(insert(roster_entry), rows)
    return len(rows)


def _limits(entry: RosterEntry) -> dict[str, int]:
    found = {"minutes_per_day": entry.minutes_per_day, "minutes_per_month": entry.minutes_per_month}
    return {name: limit for name, limit in found.items() if limit is not None}

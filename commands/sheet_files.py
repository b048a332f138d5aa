"""帳票のファイル: lists that a city hands in as CSV."""

import csv
import io
from collections.abc import Iterator

from store.rosters import RosterEntry

REQUIRED = ("group_number", "group_name", "person_number", "name", "club_code", "officer_number")
LIMITS = ("minutes_per_day", "minutes_per_month")


class RosterUnreadable(ValueError):
    """読めない名簿: in which line, and why."""


def read_roster(content: str) -> tuple[RosterEntry, ...]:
    """名簿 from CSV with these headings; limits may be left empty. Raises RosterUnreadable."""
    rows = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")))
    missing = [name for name in REQUIRED if name not in (rows.fieldnames or ())]
    if missing:
        raise RosterUnreadable(f"line 1: the heading {missing[0]} is missing; headings are {', '.join(REQUIRED)}")
    return tuple(_entries(rows))


def _entries(rows: "csv.DictReader[str]") -> Iterator[RosterEntry]:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        given = {name: (row.get(name) or "").strip() for name in (*REQUIRED, *LIMITS)}
        for name in REQUIRED:
            if not given[name]:
                raise RosterUnreadable(f"line {rows.line_num}: {name} is empty")
        for name in ("group_number", "person_number"):
            if not (given[name].isascii() and given[name].isdecimal()):
                raise RosterUnreadable(f"line {rows.line_num}: {name} is {given[name]!r}; it has digits only")
        key = given["group_number"], given["person_number"]
        if key in seen:
            raise RosterUnreadable(f"line {rows.line_num}: person {key[1]} of club {key[0]} is listed twice")
        seen.add(key)
        day, month = (_limit(given[name], name, rows.line_num) for name in LIMITS)
        yield RosterEntry(**{name: given[name] for name in REQUIRED}, minutes_per_day=day, minutes_per_month=month)


def _limit(given: str, name: str, line: int) -> int | None:
    if given and not (given.isascii() and given.isdecimal()):
        raise RosterUnreadable(f"line {line}: {name} is {given!r}; it is a number of minutes, or empty")
    return int(given) if given else None

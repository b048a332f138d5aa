"""iCalendarの書き方 (RFC 5545): whole-day events that say how many tasks fall due, and nothing else of them."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from icalendar import Calendar, Event

REFRESH = timedelta(hours=6)


class CountedDay(Protocol):
    """一日."""

    @property
    def day(self) -> date: ...
    @property
    def due(self) -> int: ...
    @property
    def by_law(self) -> int: ...


def written(days: Collection[CountedDay], municipality: str, address: str) -> bytes:
    """書く: in Japanese, the language of the counter's officers."""
    made = Calendar()
    made.add("prodid", "-//Madoguchi//due calendar//JA")
    made.add("version", "2.0")
    made.add("x-wr-calname", "窓口の期限")
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for each in days:
        if each.due:
            summary, link = f"期限 {each.due}件", f"{address}/inbox?due={each.day.isoformat()}"
            made.add_component(_event("due", each.day, summary, link, municipality))
        if each.by_law:
            summary, link = f"法律により結果が決まる日 {each.by_law}件", f"{address}/inbox?flag=statutory"
            made.add_component(_event("law", each.day, summary, link, municipality))
    data: bytes = made.to_ical()
    return data


def _event(kind: str, day: date, summary: str, link: str, municipality: str) -> Event:
    event = Event()
    event.add("uid", f"{kind}-{day.isoformat()}@{municipality}.madoguchi")
    event.add("dtstamp", datetime.now(UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", summary)
    event.add("url", link)
    event.add("transp", "TRANSPARENT")  # takes up nobody's time
    return event

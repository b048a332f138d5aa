"""期限: when the city must have decided, when officers are reminded, and when the law decides in their place.

Pure functions of moments and of the city's closed days. Deadlines that residents were told stay as they were told,
whatever days are closed later.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from procedures import calendar
from procedures.calendar import JAPAN
from procedures.steps import Deemed

OPENING = time(8, 35)
"""Reminders come when the counter opens."""


def due_at(
    received_at: datetime, business_days: int, law_decides_at: datetime | None, closed: Collection[date]
) -> datetime:
    """処理の期限: so many business days after the receipt."""
    return before_the_law(calendar.due_at(received_at, business_days, closed), law_decides_at, closed)


def before_the_law(due: datetime, law_decides_at: datetime | None, closed: Collection[date]) -> datetime:
    """処理の期限: at the latest when the counter closes for the last time before the law decides."""
    return due if law_decides_at is None else min(due, last_chance(law_decides_at, closed))


def deemed_at(deemed: Deemed, received_at: datetime, closed: Collection[date]) -> datetime:
    """みなしの時: the midnight with which the period has passed (初日不算入, 民法140条・141条).

    A period of calendar days may end on a closed day: 民法142条 and 地方自治法4条の2第3項 are about what others have to
    do in time, not about what a city leaves undone.
    """
    day = received_at.astimezone(JAPAN).date()
    if deemed.after.business_days is not None:
        last = calendar.add_business_days(day, deemed.after.business_days, closed)
    else:
        last = day + timedelta(days=deemed.after.days or 0)
    return _midnight_after(last)


def last_chance(law_decides_at: datetime, closed: Collection[date]) -> datetime:
    """最後の開庁日: when the counter closes on the last business day before the law decides."""
    day = calendar.subtract_business_days(law_decides_at.astimezone(JAPAN).date(), 1, closed)
    return datetime.combine(day, calendar.CLOSING_TIME, JAPAN)


def opening_before(at: datetime, business_days: int, closed: Collection[date]) -> datetime:
    """開庁時刻: when the counter opens, so many business days before a deadline."""
    day = calendar.subtract_business_days(at.astimezone(JAPAN).date(), business_days, closed)
    return datetime.combine(day, OPENING, JAPAN)


# --- a correction stops the clock (行政手続法7条) --------------------------------------------------------------------


def stood_still(stopped_at: datetime, now: datetime, closed: Collection[date]) -> int:
    """止まっていた開庁日数: while the resident corrected."""
    return calendar.business_days_between(stopped_at.astimezone(JAPAN).date(), now.astimezone(JAPAN).date(), closed)


def resumed(due: datetime, stopped_at: datetime, now: datetime, closed: Collection[date]) -> datetime:
    """期限の再開: moved by the business days that the correction took; what was late before is late after it.

    Sent back on its last day, a case has one business day left.
    """
    moved = calendar.due_at(due, stood_still(stopped_at, now, closed), closed)
    return moved if due < stopped_at else max(moved, calendar.due_at(now, 1, closed))


def deemed_resumed(
    deemed: Deemed, at: datetime, stopped_at: datetime, now: datetime, closed: Collection[date]
) -> datetime:
    """みなしの時の再開: moved by what the correction took, in the law's own days; unmoved where its period runs on."""
    if deemed.correction == "runs_on":
        return at
    if deemed.after.business_days is None:
        return at + (now.astimezone(JAPAN).date() - stopped_at.astimezone(JAPAN).date())
    last = at.astimezone(JAPAN).date() - timedelta(days=1)
    return _midnight_after(calendar.add_business_days(last, stood_still(stopped_at, now, closed), closed))


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, JAPAN)

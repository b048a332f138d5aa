"""開庁日: the business calendar of a Japanese city hall, as pure functions of dates.

Closed: Saturdays and Sundays, national holidays with their substitutes (国民の祝日に関する法律3条), 29 December to
3 January (地方自治法4条の2第2項), and the city's own closed days, which the caller passes.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import jpholiday

JAPAN = ZoneInfo("Asia/Tokyo")
CLOSING_TIME = time(17, 20)
EVERY_WEEKDAY: frozenset[date] = frozenset()
"""A city without closed days of its own."""


def is_business_day(day: date, closed: Collection[date]) -> bool:
    """開庁日か否か: whether the city hall is open on the day."""
    if day.weekday() >= 5 or day in closed:
        return False
    if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return False
    return not jpholiday.is_holiday(day)


def add_business_days(start: date, days: int, closed: Collection[date]) -> date:
    """開庁日の加算: the last of `days` business days after `start`, which is not counted (初日不算入, 民法140条).

    Zero gives `start` itself. Raises ValueError for a negative count.
    """
    if days < 0:
        raise ValueError(f"expected zero or more business days, found {days}")
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_business_day(day, closed)
    return day


def subtract_business_days(end: date, days: int, closed: Collection[date]) -> date:
    """開庁日の減算: the business day that lies so many business days before `end`; zero gives `end` itself."""
    day = end
    while days > 0:
        day -= timedelta(days=1)
        days -= is_business_day(day, closed)
    return day


def business_days_between(start: date, end: date, closed: Collection[date]) -> int:
    """開庁日数: business days after `start` up to and including `end`; negative where `end` is before `start`."""
    if end < start:
        return -business_days_between(end, start, closed)
    return sum(is_business_day(start + timedelta(days=n), closed) for n in range(1, (end - start).days + 1))


def due_at(received_at: datetime, days: int, closed: Collection[date]) -> datetime:
    """期限: 17:20 in Japan on the last of `days` business days after the day of receipt in Japan.

    A request received on a closed day or after hours is received that same day (情報通信技術活用法6条3項).
    Raises ValueError for a time without a zone.
    """
    if received_at.tzinfo is None:
        raise ValueError("expected a time with a time zone")
    last = add_business_days(received_at.astimezone(JAPAN).date(), days, closed)
    return datetime.combine(last, CLOSING_TIME, JAPAN)


def attended_on(at: datetime, closed: Collection[date]) -> date:
    """処理を始める日: the business day on which somebody looks at what arrives now; the same day until 17:20 in Japan.

    The time of receipt is not moved by it (情報通信技術活用法6条3項). Raises ValueError for a time without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("expected a time with a time zone")
    local = at.astimezone(JAPAN)
    if is_business_day(local.date(), closed) and local.time() < CLOSING_TIME:
        return local.date()
    return add_business_days(local.date(), 1, closed)


def fiscal_year(day: date) -> int:
    """年度: from 1 April to 31 March (地方自治法208条)."""
    return day.year - (day.month < 4)


def national_holiday(day: date) -> str | None:
    """国民の祝日: its name in Japanese, substitutes too; None on any other day."""
    return jpholiday.is_holiday_name(day)


def closures(start: date, days: int, closed: Collection[date]) -> tuple[date, ...]:
    """閉庁日: the weekdays from `start` on, for so many days, on which the city hall is closed all the same."""
    span = (start + timedelta(days=n) for n in range(days))
    return tuple(day for day in span if day.weekday() < 5 and not is_business_day(day, closed))

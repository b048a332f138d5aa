"""開庁日: the first day is not counted, and a closed day never is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.calendar import EVERY_WEEKDAY as NONE
from procedures.calendar import (
    JAPAN,
    add_business_days,
    attended_on,
    business_days_between,
    closures,
    due_at,
    fiscal_year,
    is_business_day,
    national_holiday,
    subtract_business_days,
)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 6, 6), "Saturday"),
        (date(2026, 6, 7), "Sunday"),
        (date(2026, 4, 29), "Showa Day"),
        (date(2026, 5, 6), "substitute for Constitution Day on a Sunday"),
        (date(2026, 9, 22), "a day between two holidays"),
        (date(2026, 12, 29), "the city hall's new year"),
        (date(2025, 1, 2), "the city hall's new year, a Thursday"),
        (date(2025, 1, 3), "the city hall's new year, a Friday"),
        (date(2025, 12, 31), "the city hall's new year, a Wednesday"),
    ],
)
def test_the_city_hall_is_closed(day, why) -> None:
    assert not is_business_day(day, NONE), why


@pytest.mark.parametrize("day", [date(2026, 12, 28), date(2027, 1, 4), date(2026, 4, 30), date(2026, 5, 7)])
def test_the_city_hall_is_open_beside_its_holidays(day) -> None:
    assert is_business_day(day, NONE)


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        (date(2026, 6, 1), 3, date(2026, 6, 4)),
        (date(2026, 6, 5), 1, date(2026, 6, 8)),
        (date(2026, 12, 28), 1, date(2027, 1, 4)),
        (date(2026, 12, 31), 2, date(2027, 1, 5)),
        (date(2026, 4, 28), 1, date(2026, 4, 30)),
        (date(2026, 4, 28), 3, date(2026, 5, 7)),
        (date(2026, 9, 18), 1, date(2026, 9, 24)),
        (date(2026, 6, 1), 0, date(2026, 6, 1)),
    ],
)
def test_business_days_are_counted_from_the_day_after(start, days, last) -> None:
    assert add_business_days(start, days, NONE) == last


def test_the_citys_own_closed_days_are_not_counted() -> None:
    assert add_business_days(date(2026, 6, 1), 1, closed={date(2026, 6, 2)}) == date(2026, 6, 3)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="zero or more business days, found -1"):
        add_business_days(date(2026, 6, 1), -1, NONE)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 60))
def test_counting_there_and_back_agrees(start, days) -> None:
    last = add_business_days(start, days, NONE)
    assert is_business_day(last, NONE)
    assert subtract_business_days(last, days - 1, NONE) > start
    assert business_days_between(start, last, NONE) == days
    assert business_days_between(last, start, NONE) == -days


def test_a_case_is_due_when_the_counter_closes_in_japan() -> None:
    late_in_utc = datetime(2026, 6, 1, 16, 0, tzinfo=UTC)  # 1:00 on 2 June in Japan
    due = due_at(late_in_utc, 3, NONE)
    assert due.isoformat() == "2026-06-05T17:20:00+09:00"
    assert due_at(late_in_utc - timedelta(hours=2), 3, NONE).isoformat() == "2026-06-04T17:20:00+09:00"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="with a time zone"):
        due_at(datetime(2026, 6, 1, 12, 0), 3, NONE)  # noqa: DTZ001


def test_what_arrives_before_closing_on_a_business_day_is_looked_at_that_day() -> None:
    assert attended_on(datetime(2026, 4, 28, 17, 19, tzinfo=JAPAN), NONE) == date(2026, 4, 28)


@pytest.mark.parametrize(
    ("arrives", "looked_at"),
    [
        (datetime(2026, 4, 28, 17, 20, tzinfo=JAPAN), date(2026, 4, 30)),  # 29 April is 昭和の日
        (datetime(2026, 5, 2, 10, 0, tzinfo=JAPAN), date(2026, 5, 7)),  # a Saturday before 憲法記念日 to 振替休日
        (datetime(2026, 12, 28, 23, 0, tzinfo=JAPAN), date(2027, 1, 4)),
        (datetime(2026, 4, 28, 20, 0, tzinfo=UTC), date(2026, 4, 30)),  # already the 29th in Japan
    ],
)
def test_what_arrives_later_is_looked_at_on_the_next_business_day(arrives: datetime, looked_at: date) -> None:
    assert attended_on(arrives, NONE) == looked_at


def test_an_arrival_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        attended_on(datetime(2026, 4, 28, 10, 0), NONE)  # noqa: DTZ001 - that is the mistake


def test_closures_are_the_weekdays_on_which_nobody_is_there() -> None:
    golden_week = [date(2026, 4, 29), date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 6)]
    assert list(closures(date(2026, 4, 28), 14, NONE)) == golden_week
    assert closures(date(2026, 4, 1), 3, {date(2026, 4, 2)}) == (date(2026, 4, 2),)
    assert date(2026, 12, 31) in closures(date(2026, 12, 28), 7, NONE)


def test_days_before_a_deadline_are_business_days_of_the_city() -> None:
    assert subtract_business_days(date(2027, 1, 4), 1, NONE) == date(2026, 12, 28)
    assert subtract_business_days(date(2027, 1, 4), 1, {date(2026, 12, 28)}) == date(2026, 12, 25)
    assert subtract_business_days(date(2028, 3, 1), 1, NONE) == date(2028, 2, 29), "a leap day is a day"


def test_a_fiscal_year_begins_in_april() -> None:
    days = (date(2026, 3, 31), date(2026, 4, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [fiscal_year(day) for day in days] == [2025, 2026, 2026, 2026]


def test_holidays_have_names_and_other_days_have_none() -> None:
    assert national_holiday(date(2026, 5, 6)) == "憲法記念日 振替休日"
    assert national_holiday(date(2026, 12, 29)) is None, "the turn of the year is the city's, not the nation's"

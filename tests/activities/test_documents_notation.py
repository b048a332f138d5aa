"""表記: dates as Japan writes them."""

from datetime import UTC, date, datetime

import pytest

from activities.documents.notation import long_date, wareki


@pytest.mark.parametrize(
    ("day", "printed"),
    [
        (date(2019, 5, 1), "令和元年５月１日"),
        (date(2019, 4, 30), "平成３１年４月３０日"),
        (date(1989, 1, 7), "昭和６４年１月７日"),
        (date(1926, 12, 24), "大正１５年１２月２４日"),
        (date(1912, 7, 29), "明治４５年７月２９日"),
        (date(1873, 1, 1), "明治６年１月１日"),
        ("2026-11-23", "令和８年１１月２３日"),
    ],
)
def test_each_era_begins_on_its_day(day: date | str, printed: str) -> None:
    assert wareki(day) == printed


def test_a_moment_becomes_the_day_it_is_in_japan() -> None:
    assert wareki(datetime(2026, 11, 22, 15, 0, tzinfo=UTC)) == "令和８年１１月２３日"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        wareki(datetime(2026, 11, 23))  # noqa: DTZ001 - that is the point


def test_a_day_before_the_solar_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="1873"):
        wareki(date(1872, 12, 31))


def test_each_language_has_its_own_date() -> None:
    day = date(2026, 11, 23)
    assert [long_date(day, language) for language in ("ja", "en", "zh", "ko")] == [
        "2026年11月23日月曜日",
        "Monday, November 23, 2026",
        "2026年11月23日星期一",
        "2026년 11월 23일 월요일",
    ]

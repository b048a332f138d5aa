from datetime import UTC, date, datetime

import pytest

from ui import notation
from ui.municipality import NAMES

EVENING = datetime(2026, 3, 31, 15, 5, tzinfo=UTC)


def test_a_time_is_shown_in_japan_whatever_the_server_thinks() -> None:
    assert notation.moment("ja", EVENING) == "2026年4月1日 00:05"
    assert notation.moment("en", EVENING) == "April 1, 2026 12:05 AM"
    assert notation.moment("ko", EVENING) == "2026년 4월 1일 00:05"


@pytest.mark.parametrize(
    ("on", "era"),
    [
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2026, 4, 1), "令和8年4月1日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1868, 1, 1), "1868年1月1日"),
    ],
)
def test_an_era_begins_on_its_day(on: date, era: str) -> None:
    assert notation.era(on) == era


def test_a_deadline_names_the_weekday() -> None:
    assert notation.weekday("ja", EVENING) == "2026年4月1日（水）"
    assert notation.weekday("en", EVENING) == "Wed, Apr 1, 2026"


def test_sizes_are_rounded_for_people() -> None:
    assert notation.size("ja", 84_211) == "84.2 KB"
    assert notation.size("ja", 5_000_000) == "5 MB"
    assert notation.size("ja", 12) == "12 B"


def test_every_municipality_code_has_a_right_check_digit() -> None:
    for code in NAMES:
        weighted = sum(int(digit) * weight for digit, weight in zip(code[:5], (6, 5, 4, 3, 2), strict=True))
        assert code[5] == str(11 - weighted % 11)[-1], code
    assert len(NAMES) == 16

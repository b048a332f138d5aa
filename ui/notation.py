"""表記: dates, times and amounts as each language writes them. Times are Japan's, whoever reads them."""

from datetime import date, datetime

from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal

from procedures.calendar import JAPAN
from procedures.texts import Language

ERAS = (
    ("令和", date(2019, 5, 1)),
    ("平成", date(1989, 1, 8)),
    ("昭和", date(1926, 12, 25)),
    ("大正", date(1912, 7, 30)),
    ("明治", date(1868, 10, 23)),
)
"""元号: name and first day, newest first (元号法 and its predecessors)."""


def local(at: date | datetime) -> date:
    """日本の日付: the day in Japan on which an instant falls."""
    return at.astimezone(JAPAN).date() if isinstance(at, datetime) else at


def day(language: Language, at: date | datetime) -> str:
    """日付: in the long form of the language."""
    return format_date(local(at), "long", locale=language)


def weekday(language: Language, at: date | datetime) -> str:
    """曜日付きの日付: for days by which something must happen."""
    if language == "ja":
        return f"{day(language, at)}（{format_date(local(at), 'EEEEE', locale='ja')}）"
    return format_skeleton("yMMMEd", local(at), locale=language)


def moment(language: Language, at: datetime) -> str:
    """日時: to the minute, in Japan's time."""
    return f"{day(language, at)} {clock(language, at)}"


def clock(language: Language, at: datetime) -> str:
    """時刻: to the minute, in Japan's time; the day stands elsewhere."""
    return format_time(at.astimezone(JAPAN), "HH:mm" if language != "en" else "h:mm a", locale=language)


def shortly(language: Language, at: datetime) -> str:
    """日付印: month and day, where the year goes without saying."""
    return format_skeleton("MMMd", local(at), locale=language)


def era(on: date) -> str:
    """和暦: 令和8年4月1日; a day before the eras we know is written in the western calendar."""
    for name, first in ERAS:
        if on >= first:
            year = on.year - first.year + 1
            return f"{name}{'元' if year == 1 else year}年{on.month}月{on.day}日"
    return day("ja", on)


def birthday(language: Language, on: date) -> str:
    """生年月日: Japanese readers see the era beside the western year."""
    return f"{day(language, on)}（{era(on)}）" if language == "ja" else day(language, on)


def number(language: Language, value: int) -> str:
    """数: with the separators of the language."""
    return format_decimal(value, locale=language)


def size(language: Language, count: int) -> str:
    """容量: bytes as KB or MB, rounded up so that a limit is never overstated."""
    for unit, factor in (("MB", 1_000_000), ("KB", 1_000)):
        if count >= factor:
            return f"{format_decimal(round(count / factor, 1), locale=language)} {unit}"
    return f"{number(language, count)} B"

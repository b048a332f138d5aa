"""表記: how a document writes dates, numbers and codes."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

JAPAN = ZoneInfo("Asia/Tokyo")
_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1873, 1, 1), "明治"),
)  # 元号法; the solar calendar begins with 明治6年1月1日 (明治5年太政官布告第337号)
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_SEXES = {"1": "男", "2": "女"}


def fullwidth(text: object) -> str:
    """全角数字: the digits of `text` in full width, as certificates print them."""
    return str(text).translate(_WIDE)


def day(value: date | datetime | str) -> date:
    """日付: a calendar day in Japan from a date, an aware datetime or an ISO 8601 string."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone: a document can't tell which day that is in Japan")
    return value.astimezone(JAPAN).date()


def wareki(value: date | datetime | str) -> str:
    """和暦: 令和８年１１月２３日; the first year of an era is 元年. Before 1873 there is no such date: ValueError."""
    at = day(value)
    for begin, era in _ERAS:
        if at >= begin:
            # 明治 counts from 1868 though its solar days begin in its sixth year
            year = at.year - (1868 if era == "明治" else begin.year) + 1
            return f"{era}{'元' if year == 1 else fullwidth(year)}年{fullwidth(at.month)}月{fullwidth(at.day)}日"
    raise ValueError(f"{at} lies before the solar calendar in Japan (1873-01-01)")


def long_date(value: date | datetime | str, language: str) -> str:
    """日付: with its weekday, in the reader's language."""
    return format_date(day(value), "full", locale={"zh": "zh_Hans"}.get(language, language))


def yen(amount: int) -> str:
    """円: ３００ is 300円, with separators."""
    return f"{amount:,}円"


def sex(code: str) -> str:
    """性別: 男 or 女 from the register's code (1, 2); anything else is the register's own word and stays as it is."""
    return _SEXES.get(code, code)


FILTERS = {"wareki": wareki, "fullwidth": fullwidth, "long_date": long_date, "yen": yen, "sex": sex}

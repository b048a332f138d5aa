"""保存期間の数え方: kept for so many years from the first of April after the fiscal year (会計年度) in which it closed.

So Japanese offices count (公文書等の管理に関する法律施行令8条 for the state; cities in their 文書管理規程).
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from procedures.calendar import fiscal_year

JAPAN = ZoneInfo("Asia/Tokyo")
APRIL = 4


def due_on(closed_on: date, years: int) -> date:
    """廃棄の日: the first day on which it is not kept any more."""
    return date(fiscal_year(closed_on) + 1 + years, APRIL, 1)


def closed_before(today: date, years: int) -> datetime:
    """What closed before this moment is not kept on that day any more."""
    return datetime.combine(date(fiscal_year(today) - years, APRIL, 1), time(), JAPAN)

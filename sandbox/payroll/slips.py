"""実績伝票: one person's month as the payroll keeps it, and what is wrong with one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
ROUNDED_TO = 15


@dataclass(frozen=True)
class Row:
    """一日: times as HH:MM, `rest` and `minutes` in minutes."""

    day: int
    start: str
    end: str
    rest: int
    minutes: int


@dataclass(frozen=True)
class Slip:
    """実績伝票: `month` is YYYYMM; `reference` (摘要) is free text."""

    officer: str
    club: str
    month: str
    reference: str
    rows: tuple[Row, ...]
    total: int

    def body(self) -> dict[str, Any]:
        """保存形."""
        return asdict(self)

    def rounded(self) -> "Slip":
        """誤登録: what a faulty release would store: whole quarters of an hour."""
        rows = tuple(Row(**{**asdict(row), "minutes": row.minutes // ROUNDED_TO * ROUNDED_TO}) for row in self.rows)
        return Slip(self.officer, self.club, self.month, self.reference, rows, sum(row.minutes for row in rows))


class SlipWrong(ValueError):
    """伝票の誤り: a sentence for the pop-up."""


def read_slip(form: Mapping[str, str], officer: str, club: str, month: str, days: int) -> Slip:
    """伝票の読取り: from the entry page's fields. Raises SlipWrong."""
    rows = tuple(_rows(form, days))
    if not rows:
        raise SlipWrong("勤務日が入力されていません。")
    total = _whole(form.get("total", ""), "合計")
    if total != sum(row.minutes for row in rows):
        raise SlipWrong("合計が一致しません。")
    return Slip(officer, club, month, form.get("reference", ""), rows, total)


def _rows(form: Mapping[str, str], days: int) -> Iterator[Row]:
    for day in range(1, days + 1):
        start, end, rest, minutes = (form.get(f"{name}_{day}", "") for name in ("start", "end", "rest", "minutes"))
        if not any((start, end, rest, minutes)):
            continue
        if not TIME.fullmatch(start) or not TIME.fullmatch(end):
            raise SlipWrong(f"{day}日: 時刻が正しくありません。")
        row = Row(day, start, end, _whole(rest or "0", f"{day}日"), _whole(minutes, f"{day}日"))
        if _clock(end) - _clock(start) - row.rest != row.minutes or row.minutes <= 0:
            raise SlipWrong(f"{day}日: 実働時間が一致しません。")
        yield row


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _whole(text: str, where: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise SlipWrong(f"{where}: 数字で入力してください。")
    return int(text)

"""マイナンバー: twelve digits that never show themselves, and 照合番号B, which opens the attributes without a PIN."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

_ERAS: Final = (
    date(2019, 5, 1),  # 令和
    date(1989, 1, 8),  # 平成
    date(1926, 12, 25),  # 昭和
    date(1912, 7, 30),  # 大正
    date(1868, 1, 25),  # 明治
)


class MyNumberMalformed(ValueError):
    """マイナンバーの形が違う: says so without repeating what was typed."""

    def __init__(self) -> None:
        super().__init__("A My Number has 12 digits, the last of which checks the others; these do not fit.")


@dataclass(frozen=True)
class MyNumber:
    """マイナンバー: checked when made. Only `reveal` gives the digits; no repr, log line or traceback does."""

    _digits: str = field(repr=False)

    def __post_init__(self) -> None:
        if not fits(self._digits):
            raise MyNumberMalformed

    def __repr__(self) -> str:
        return "MyNumber(hidden)"

    def reveal(self) -> str:
        """番号そのもの: only where the law entitles the procedure to it (番号法19条)."""
        return self._digits


def fits(digits: str) -> bool:
    """検査用数字が合うか (番号法施行令8条, 省令5条)."""
    if len(digits) != 12 or not (digits.isascii() and digits.isdigit()):
        return False
    weighted = sum(int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(digits[:11]), start=1))
    remainder = weighted % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def verification_number_b(birth_date: date, expiry_year: int, security_code: str, *, western_year: bool = False) -> str:
    """照合番号B: birth date with the era's year, the card's expiry year, the code on its face: 14 digits.

    A foreign resident's card shows the birth date in Western years, so `western_year` is likely right for it; no
    public source says. The security code is 4 digits.
    """
    if not (len(security_code) == 4 and security_code.isascii() and security_code.isdigit()):
        raise ValueError("The security code printed on the card has 4 digits.")
    year = birth_date.year % 100 if western_year else _era_year(birth_date)
    return f"{year:02}{birth_date:%m%d}{expiry_year:04}{security_code}"


def _era_year(day: date) -> int:
    for begun in _ERAS:
        if day >= begun:
            return day.year - begun.year + 1
    raise ValueError("No one with a card was born before the era of 明治.")

"""表記: what people type, made comparable. Only what a field declares is changed; names stay as written."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

LONGEST_NUMBER = 20
LONGEST_DATE = 40
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－ｰ─━", "-"))
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_ERAS = {
    "明治": (1867, date(1868, 10, 23)),
    "大正": (1911, date(1912, 7, 30)),
    "昭和": (1925, date(1926, 12, 25)),
    "平成": (1988, date(1989, 1, 8)),
    "令和": (2018, date(2019, 5, 1)),
}
_ERA_LETTERS = dict(zip("MTSHR", _ERAS, strict=True))
_DATE = re.compile(
    r"(?:(?P<era>明治|大正|昭和|平成|令和|[MTSHR])\s*)?(?P<year>[0-9]{1,4}|元)(?:年|[-/.])\s*"
    r"(?P<month>[0-9]{1,2})(?:月|[-/.])\s*(?P<day>[0-9]{1,2})日?"
)
_COMPACT = re.compile(r"(?P<era>)(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")


def half_width(text: str) -> str:
    """半角: full-width digits, letters and dashes as ASCII."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES).strip()


def katakana(text: str) -> str:
    """全角カタカナ: from hiragana or half-width kana; spaces as U+3000, as the resident register writes them."""
    # NFKC splits ゛ into a space and a combining mark, so the free-standing marks stay out of it.
    wide = "".join(char if char in "゛゜" else unicodedata.normalize("NFKC", char) for char in _joined(text))
    raised = "".join(chr(ord(char) + 0x60) if "ぁ" <= char <= "ゖ" or char in "ゝゞ" else char for char in wide)
    return re.sub(r"\s+", "\u3000", raised.strip())


def _joined(text: str) -> str:
    """Half-width kana with their voicing mark as one character."""
    return re.sub(r"[\uff66-\uff9f]+", lambda kana: unicodedata.normalize("NFKC", kana[0]), text)


def lines(text: str) -> str:
    """改行: CRLF and CR, as browsers send them, as LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_legible(text: str, *, multiline: bool) -> bool:
    """判読可能か否か: no control characters, lone surrogates, non-characters or marks that turn the direction of text.

    HTML and formulas are legible text: whoever writes them out escapes them.
    """
    allowed = "\n\t" if multiline else ""
    return all(char in allowed or not _is_control(char) for char in text)


def _is_control(char: str) -> bool:
    unseen = unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or char in _BIDI
    return unseen or ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF


def read_integer(raw: object) -> int | None:
    """整数の読取り: an integer, or digits of any width; None where it is neither."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw
    if not isinstance(raw, str) or len(raw) > LONGEST_NUMBER:
        return None
    text = half_width(raw)
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,16}", text) else None


def read_date(raw: object) -> date | None:
    """日付の読取り: 2026-04-01, 2026/4/1, 20260401, 2026年4月1日, 令和8年4月1日, R8.4.1, or {year, month, day}.

    None where it is no date that exists, in its era too: 平成31年5月1日 is none.
    """
    if isinstance(raw, date):
        return date(raw.year, raw.month, raw.day)
    if isinstance(raw, Mapping):
        raw = _joined_date(raw)
    if not isinstance(raw, str) or len(raw) > LONGEST_DATE:
        return None
    text = half_width(raw)
    found = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    return _existing(found) if found else None


def _joined_date(parts: Mapping[object, object]) -> str | None:
    """The three inputs of the Digital Agency's date field as one text; the era may stand before the year."""
    values = [parts.get(name, "") for name in ("year", "month", "day")]
    texts = [str(v) if isinstance(v, int) and v.bit_length() < 64 else v for v in values]
    if set(parts) - {"year", "month", "day"} or not all(isinstance(text, str) for text in texts):
        return None
    joined = "-".join(half_width(str(text)[:LONGEST_NUMBER]) for text in texts)
    return "" if joined == "--" else joined


def is_blank_date(raw: object) -> bool:
    """空の日付: all three inputs left empty."""
    return isinstance(raw, Mapping) and _joined_date(raw) == ""


def _existing(found: re.Match[str]) -> date | None:
    era, written = found["era"], found["year"]
    if not era and len(written) != 4:
        return None
    year = 1 if written == "元" else int(written)
    name = _ERA_LETTERS.get(era, era)
    try:
        day = date(year + (_ERAS[name][0] if era else 0), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return day if not era or _era_of(day) == name else None


def _era_of(day: date) -> str | None:
    began = [name for name, (_, start) in _ERAS.items() if start <= day]
    return began[-1] if began else None

"""表記の統一: names and addresses folded for comparison only; what is shown and stored stays as it was written.

Rules: standards.md §4.3 (丁目・番地・番・号 → `-`, の between numbers → `-`, 大字 and 号室 dropped),
kanji numerals read.
A lone 字 stays: dropped, it would also eat into town names.
Folding may make two notations of one address equal, never two numbers: 4-1 and 41 stay apart.
"""

import re
import unicodedata
from typing import Literal

from procedures.readings import forms_made_one

Agreement = Literal["same", "variant", "differs"]
"""variant: only forms of the same characters differ (渡邊, 渡辺)."""
COMPANY_WORDS = {"(株)": "株式会社", "(有)": "有限会社", "(同)": "合同会社", "(学)": "学校法人"}
_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PREFECTURE = re.compile(r"\A(東京都|北海道|京都府|大阪府|\w{2,3}?県)")
_TENS = {"十": 10, "百": 100, "千": 1000}
_DASHES = "‐‑‒–—―−－ー﹣-"  # every dash people type between numbers, the long-vowel mark among them


def fold_name(name: str) -> str:
    """氏名: full and half width, letter case and spaces do not matter; different characters (髙, 高) do."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def fold_organization(name: str) -> str:
    """名称: spaces, widths and the usual abbreviation of the legal form, (株), do not matter."""
    folded = unicodedata.normalize("NFKC", name)
    for short, long in COMPANY_WORDS.items():
        folded = folded.replace(short, long)
    return fold_name(folded)


def fold_address(address: str) -> str:
    """住所: e.g. 姫路市安田四丁目１番地 and 姫路市安田4-1 give the same."""
    text = unicodedata.normalize("NFKC", address).strip().casefold()
    text = re.sub(r"[〇零一二三四五六七八九十百千]+", lambda found: str(_number(found[0])), text)
    text = text.replace("大字", "").replace("号室", "")
    text = re.sub(r"(?<=[0-9])(丁目|番地|番(?!町)|号)", "-", text)
    text = re.sub(r"(?<=[0-9])(\s+)(?=[0-9])", "-", text)
    text = re.sub(r"\s+", "", text)
    text = re.sub(rf"(?<=[0-9{_DASHES}])[のノ{_DASHES}]+(?=[0-9])", "-", text)
    return re.sub(rf"(?<=[0-9])[{_DASHES}]+(?![0-9{_DASHES}])", "", text)


def agreement(kind: Literal["name", "address"], one: str, other: str) -> Agreement:
    """一致: of two notations; a prefecture that only one of two addresses names does not count."""
    if kind == "name":
        pair = fold_name(one), fold_name(other)
    else:
        pair = fold_address(one), fold_address(other)
        if bool(_PREFECTURE.match(pair[0])) != bool(_PREFECTURE.match(pair[1])):
            pair = _PREFECTURE.sub("", pair[0]), _PREFECTURE.sub("", pair[1])
    if pair[0] == pair[1]:
        return "same"
    return "variant" if forms_made_one(pair[0]) == forms_made_one(pair[1]) else "differs"


def _number(kanji: str) -> int:
    """漢数字: both 二十三 and 二三 are 23."""
    if not any(character in _TENS for character in kanji):
        return int("".join(str(_DIGITS[character]) for character in kanji))
    total, digit = 0, 0
    for character in kanji:
        if character in _TENS:
            total += max(digit, 1) * _TENS[character]
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[character]
    return total + digit

"""文字組み: how wide words are, where lines break, and how small they must be set to fit. Millimetres.

Widths are those of a CJK font, whose characters are square and whose Latin letters are about half as wide.
"""

import unicodedata
from collections.abc import Iterator

LATIN = 0.56
"""Width of a half-width character by its height."""
NEVER_FIRST = "、。，．）」』】〕：；！？ー・"
"""行頭禁則: what no line begins with."""


def width(words: str, size: float) -> float:
    """幅: of words set in this size."""
    return size * sum(1.0 if unicodedata.east_asian_width(each) in "WFA" else LATIN for each in words)


def fitting(words: str, size: float, room: float) -> float:
    """字の大きさ: as wished, or smaller, so that the words fit into the room."""
    needed = width(words, size)
    return size if needed <= room else round(size * room / needed, 2)


def lines(words: str, size: float, room: float) -> Iterator[str]:
    """改行: the words in lines that fit."""
    line = ""
    for unit in _units(words):
        if line and width(line + unit.rstrip(), size) > room and unit not in NEVER_FIRST:
            yield line.rstrip()
            line = unit.lstrip()
        else:
            line += unit
    yield line.rstrip()


def _units(words: str) -> Iterator[str]:
    """What no line break may divide: a Latin or Korean word with the space behind it, else one character."""
    word = ""
    for each in words:
        if unicodedata.east_asian_width(each) in "WFA" and not "가" <= each <= "힣":
            if word:
                yield word
            word = ""
            yield each
        else:
            word += each
            if each == " ":
                yield word
                word = ""
    if word:
        yield word

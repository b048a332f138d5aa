"""作図: every sheet has its words, in every language, and room for them."""

import re
import xml.etree.ElementTree as ET
from typing import get_args

import pytest

from procedures.texts import Language
from sheets.document import Sheet
from sheets.drawing import Wording, page
from sheets.label import Label
from sheets.lettering import fitting, lines, width
from sheets.loader import SheetLibrary

LANGUAGES: tuple[Language, ...] = get_args(Language)
SHEETS = SheetLibrary.read().all()
every_sheet = pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.id)


def words(svg: str) -> str:
    return " ".join(ET.fromstring(svg).itertext())


def blank(sheet: Sheet, first: Language = "ja", second: Language | None = None) -> str:
    label = Label(sheet=sheet.id, version=sheet.version)
    return page(sheet, label, ["2026年10月分", "<クラブ> & 012"], Wording(first, second))


@every_sheet
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_speaks_the_language_asked_for(sheet: Sheet, language: Language) -> None:
    printed = words(blank(sheet, language))
    for part in (sheet, *sheet.tables):
        for writing in getattr(part, "columns", ()):
            assert writing.label.of(language) in printed
    assert sheet.title.of(language) in printed
    assert "<クラブ> & 012" in printed


def test_a_second_language_stands_beneath_the_first() -> None:
    application = next(sheet for sheet in SHEETS if sheet.belongs_to == "case")
    printed = words(blank(application, "ja", "en"))
    assert "申請する方" in printed
    assert "Applicant" in printed


@every_sheet
def test_the_page_is_the_same_whenever_it_is_drawn(sheet: Sheet) -> None:
    assert blank(sheet) == blank(sheet)


@every_sheet
def test_nothing_lies_beyond_the_page(sheet: Sheet) -> None:
    for x, y in re.findall(r"M([\d.-]+) ([\d.-]+)", blank(sheet)):
        assert 0 <= float(x) <= 210
        assert 0 <= float(y) <= 297


@pytest.mark.parametrize("text", ["数字は枠からはみ出さないよう、一枠に一字ずつ記入してください。", "Write one digit per box, in black ink.", "검은색 펜으로 한 칸에 한 글자씩 적어 주세요."])  # fmt: skip # noqa: E501
def test_lines_fit_and_lose_nothing(text: str) -> None:
    broken = list(lines(text, 3, 40))
    assert len(broken) > 1
    assert "".join(broken).replace(" ", "") == text.replace(" ", "")
    assert all(width(line, 3) <= 43 for line in broken), "a full stop may hang over"
    assert not any(line[0] in "、。" for line in broken)


def test_a_word_is_not_divided() -> None:
    assert list(lines("Whole household", 3, 20)) == ["Whole", "household"]


def test_long_words_are_set_smaller() -> None:
    assert fitting("長い言葉です", 4, 12) == 2
    assert fitting("短", 4, 12) == 4

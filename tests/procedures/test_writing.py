"""表記: hiragana, half width and full width become one."""

import pytest

from procedures.writing import half_width, katakana, read_date


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("ひめじ　さくら", "ヒメジ　サクラ"),
        ("ﾋﾒｼﾞ ｻｸﾗ", "ヒメジ　サクラ"),
        ("ヒメジ  サクラ", "ヒメジ　サクラ"),
        ("ゔぃおら", "ヴィオラ"),
        ("さ゛", "サ゛"),
        ("は゜", "ハ゜"),
        ("ﾊﾟｰﾙ・ｽﾐｽ", "パール・スミス"),
        ("ﾘ ﾒｲ", "リ　メイ"),
        ("じょー・たろう", "ジョー・タロウ"),
        ("姫路", "姫路"),
    ],
)
def test_kana_become_full_width_katakana(typed, clean) -> None:
    assert katakana(typed) == clean


def test_digits_letters_and_dashes_become_ascii() -> None:
    assert half_width("　０９０ー１２３４‐５６７８ＡＢ ") == "090-1234-5678AB"


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("令和元年5月1日", "2019-05-01"),
        ("平成31年4月30日", "2019-04-30"),
        ("昭和64年1月7日", "1989-01-07"),
        ("S64.1.7", "1989-01-07"),
        ("大正15年12月24日", "1926-12-24"),
        ("明治45年7月29日", "1912-07-29"),
    ],
)
def test_a_year_of_an_era_becomes_a_year(written, iso) -> None:
    day = read_date(written)
    assert day is not None
    assert day.isoformat() == iso


@pytest.mark.parametrize("written", ["昭和64年1月8日", "令和元年4月30日", "大正1年1月1日", "令和0年1月1日", "元-1-1"])
def test_a_day_outside_its_era_is_no_date(written) -> None:
    assert read_date(written) is None

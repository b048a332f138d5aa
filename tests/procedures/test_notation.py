"""表記の統一: one name or address written in two ways is one; two names and two numbers never are."""

import pytest

from procedures.notation import Agreement, agreement


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("姫路　花子", "姫路 花子", "same"),
        ("ＬＩ　ＭＥＩ", "Li Mei", "same"),
        ("渡邊　髙志", "渡辺　高志", "variant"),
        ("齋藤　一", "斎藤　一", "variant"),
        ("斉藤　一", "斎藤　一", "differs"),
        ("姫路　花子", "姫路　花", "differs"),
    ],
)
def test_names(one: str, other: str, expected: Agreement) -> None:
    assert agreement("name", one, other) == agreement("name", other, one) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("兵庫県姫路市安田四丁目１番地", "姫路市安田4-1", "same"),
        ("兵庫県姫路市安田四丁目１番地", "大阪府姫路市安田四丁目１番地", "differs"),
        ("姫路市濱田１番地", "姫路市浜田1", "variant"),
        ("姫路市安田4-1", "姫路市安田41", "differs"),
        ("京都市中京区１番地", "京都府京都市中京区１番地", "same"),
    ],
)
def test_addresses(one: str, other: str, expected: Agreement) -> None:
    assert agreement("address", one, other) == agreement("address", other, one) == expected

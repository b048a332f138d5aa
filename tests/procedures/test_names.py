"""氏名の索引: one name however it is written, from its beginning or from its given name."""

from procedures.loader import Library
from procedures.names import keys, stated
from procedures.readings import fold

LIBRARY = Library.read()


def test_a_name_is_found_however_it_is_written() -> None:
    for one, other in (
        ("姫路　花子", "姫路花子"),
        ("ひめじ はなこ", "ヒメジ　ハナコ"),
        ("ﾋﾒｼﾞ ﾊﾅｺ", "ヒメジ　ハナコ"),
        ("ＬＩ　ＭＥＩ", "li mei"),
        ("髙﨑　齋", "高崎　斎"),
        ("渡邊 眞", "渡辺　真"),
    ):
        assert fold(other) in keys([one]), (one, other)


def test_it_is_found_from_each_of_its_words_on_but_not_from_within() -> None:
    found = keys(["姫路　花子"])
    assert found == {fold("姫路花子"), fold("花子")}
    assert keys(["Anna Maria Rossi"]) == {"annamariarossi", "mariarossi", "rossi"}


def test_different_people_stay_different() -> None:
    assert not keys(["斉藤　一"]) & keys(["斎藤　一"]) - {fold("一")}


def test_nothing_is_no_key() -> None:
    assert keys(["", "　", "・"]) == frozenset()


def test_of_the_answers_only_the_applicants_name_counts() -> None:
    form = LIBRARY.current("child_allowance").form
    answers = {
        "name": "姫路　花子",
        "name_kana": "ヒメジ　ハナコ",
        "spouse_name": "姫路　太郎",
        "phone": "079-221-2111",
    }
    assert stated(form, answers) == ("姫路　花子", "ヒメジ　ハナコ")
    assert stated(form, {}) == ()

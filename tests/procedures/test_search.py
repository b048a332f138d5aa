"""手続の検索: what people type, and what they must find; what nobody here does must find nothing."""

from typing import get_args

import pytest

from procedures.document import Keywords, Procedure
from procedures.life_events import LIFE_EVENTS, OCCASIONS
from procedures.loader import Library
from procedures.readings import fold, fold_romaji, reading, romaji
from procedures.search import LONGEST, Index

INDEX = Index.of(Library.read().all())
RESIDENCE, CANCER, HAPPY, PARTNER = "residence_certificate", "cancer_screening", "happy_pass", "smart_city_partner"

FOUND_FIRST = {
    RESIDENCE: (
        "住民票", "住民票の写し", "住民票の写しの交付請求", "じゅうみんひょう", "ジュウミンヒョウ", "ｼﾞｭｳﾐﾝﾋｮｳ",
        "住民表", "住民標", "住民ひょう", "じゅみんひょう", "じゅうみんひょ", "住民票がほしい", "住民票を取りたい",
        "juminhyo", "jūminhyō", "zyuuminhyou", "JUMINHYO", "住民票　郵送",
        "certificate of residence", "residence certificate", "residense certificate", "Certifcate of residence",
        "住民票副本", "주민표", "주민뵤", "주민표 사본",
    ),
    CANCER: (
        "がん検診", "癌検診", "ガン検診", "がん健診", "がんけんしん", "がん", "癌", "gankenshin",
        "cancer", "cancre", "cancer screaning", "癌症筛查", "癌症篩查", "암검진", "암 검진",
    ),
    HAPPY: ("ハッピーパス", "はっぴーぱす", "ハッピィパス", "ﾊｯﾋﾟｰﾊﾟｽ", "happy pass", "happypass", "hapy pass"),
    PARTNER: ("スマートシティ", "すまーとしてぃ", "smart city", "smartcity", "partner", "智慧城市", "스마트시티"),
}  # fmt: skip
NOTHING = (
    "ラーメン", "海外旅行", "天気予報", "東京タワー", "ああああ", "pizza", "weather", "asdfgh", "xyz", "art", "1234567",
    "날씨", "天气", "の", "する", "ください", "the", "！？", "", "   ", "😀", "\u0000",
)  # fmt: skip


def ids(query: str) -> list[str]:
    return [procedure.id for procedure in INDEX.find(query)]


@pytest.mark.parametrize(("query", "first"), [(query, id) for id, queries in FOUND_FIRST.items() for query in queries])
def test_what_people_type_finds_what_they_mean_first(query: str, first: str) -> None:
    assert ids(query)[:1] == [first]


@pytest.mark.parametrize("query", NOTHING)
def test_what_the_city_does_not_do_finds_nothing(query: str) -> None:
    assert ids(query) == []


def test_a_life_event_finds_its_procedures_however_it_is_written() -> None:
    for query in ("引越し", "引っ越し", "ひっこし", "hikkoshi", "moving house", "moving", "搬家", "이사"):
        assert RESIDENCE in ids(query), query


@pytest.mark.parametrize(
    ("better", "worse"), [("exact", "prefix"), ("prefix", "contained"), ("contained", "reading"), ("reading", "slip")]
)
def test_the_closer_match_comes_first(better: str, worse: str) -> None:
    titles = {
        "exact": "印鑑登録", "prefix": "印鑑登録の証明", "contained": "新しい印鑑登録", "reading": "インカントウロク",
        "slip": "インカントロク",
    }  # fmt: skip
    plain = INDEX.entries[0][0]
    made = {name: titled(plain, name, title) for name, title in titles.items()}
    found = [each.id for each in Index.of([made[worse], made[better]]).find("印鑑登録")]
    assert found == [better, worse]


def titled(plain: Procedure, name: str, title: str) -> Procedure:
    """A procedure that says nothing but its title."""
    elsewhere = plain.title.model_copy(update={"ja": title, "en": name, "zh": name, "ko": name})
    nothing = plain.title.model_copy(update={"ja": "―", "en": "―", "zh": "―", "ko": "―"})
    return plain.model_copy(
        update={"id": name, "title": elsewhere, "summary": nothing, "life_events": (), "keywords": Keywords(),
                "department": plain.department.model_copy(update={"name": nothing})}
    )  # fmt: skip


def test_a_title_counts_more_than_a_keyword_and_a_department_is_found_too() -> None:
    plain = titled(INDEX.entries[0][0], "other", "別の題名")
    keyword = plain.model_copy(update={"keywords": plain.keywords.model_copy(update={"ja": ("印鑑登録",)})})
    title = titled(plain, "title", "印鑑登録")
    office = plain.title.model_copy(update={"ja": "印鑑登録"})
    department = plain.model_copy(
        update={"id": "department", "department": plain.department.model_copy(update={"name": office})}
    )
    found = [each.id for each in Index.of([department, keyword, title]).find("印鑑登録")]
    assert found == ["title", "other", "department"]


def test_words_that_stand_apart_must_all_be_meant_and_what_is_too_long_is_cut() -> None:
    assert RESIDENCE in ids("주민표 이사"), "one word of the title, one of the life event"
    assert ids("주민표 날씨") == []
    assert ids("住民票" + "　" * LONGEST + "ラーメン")[:1] == [RESIDENCE]


def test_a_long_word_is_forgiven_two_slips_and_a_short_one_only_one() -> None:
    assert ids("rezidense")[:1] == [RESIDENCE]
    assert ids("cansar") == []


def test_a_procedures_keywords_are_searched_by_reading_and_with_slips_too() -> None:
    plain = titled(INDEX.entries[0][0], "words", "別の題名")
    index = Index.of([plain.model_copy(update={"keywords": plain.keywords.model_copy(update={"ja": ("戸籍謄本",)})})])
    for query in ("戸籍謄本", "戸籍", "こせきとうほん", "こせきとほん", "kosekitohon"):
        assert [each.id for each in index.find(query)] == ["words"], query


@pytest.mark.parametrize("query", ["住民票" * 1000, "a" * 100_000, "%_'\";--", "((((", "\\", "ー" * 300, "́" * 200])
def test_whatever_is_typed_is_answered(query: str) -> None:
    assert isinstance(INDEX.find(query), tuple)
    assert INDEX.find(query) == INDEX.find(query[:LONGEST])


def test_readings_and_romaji_are_those_a_person_would_write() -> None:
    assert reading("住民票") == reading("じゅうみんひょう") == reading("住民表") == "ジュウミンヒョウ"
    assert romaji(reading("住民票")) == fold_romaji("Jūminhyō") == fold_romaji("zyuuminhyou") == "juminhyo"
    assert romaji(reading("発酵")) == fold_romaji("hakkō") == "hakko"
    assert fold("ﾊｯﾋﾟｰ・パス") == fold("ハッピーパス") == fold("はっぴーぱす")
    assert fold("證明書") == fold("証明書") == fold("证明书")


def test_every_life_event_a_procedure_may_name_has_words() -> None:
    named = get_args(get_args(Procedure.model_fields["life_events"].annotation)[0])
    assert tuple(OCCASIONS) == LIFE_EVENTS == named
    assert all(occasion.first for occasion in OCCASIONS.values())

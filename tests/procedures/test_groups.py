"""繰返し項目: every item is made clean or refused at its own place, all mistakes at once."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.answers import Checked, check_answers
from procedures.loader import Library
from procedures.rules import Facts, Rule
from procedures.submission import Submission
from procedures.values import MunicipalityCode
from procedures.wording import answered, answers_in_words

TODAY = date(2026, 6, 1)
GOOD = {"name": "姫路　花子", "copies": "2", "delivery": "electronic", "agreed": "on"}
SAKURA = {"name": " さくら ", "birth_date": "令和8年5月20日", "school": ""}
KAEDE = {"birth_date": {"year": "2019", "month": "２", "day": "3"}, "school": "primary", "name": "かえで"}
BLANK = {"name": "　", "birth_date": {"year": "", "month": "", "day": ""}, "school": None}
CLEAN = [
    {"name": "さくら", "birth_date": "2026-05-20"},
    {"name": "かえで", "birth_date": "2019-02-03", "school": "primary"},
]


def checked(sample, children: object, **others: object) -> Checked:
    return check_answers(sample, {**GOOD, "children": children, **others}, TODAY)


def codes(result: Checked) -> list[tuple[str, str]]:
    return [(found.field, found.code) for found in result.problems]


def test_a_group_becomes_a_list_of_typed_answers_in_the_forms_order(sample) -> None:
    result = checked(sample, [SAKURA, KAEDE])
    assert result.accepted, result.problems
    assert result.answers["children"] == CLEAN
    assert list(result.answers["children"][1]) == ["name", "birth_date", "school"]


def test_wholly_blank_items_are_dropped_wherever_they_stand(sample) -> None:
    assert checked(sample, [BLANK, SAKURA, {}, None, KAEDE, BLANK]).answers["children"] == CLEAN


@pytest.mark.parametrize("nothing", [None, "", [], [BLANK], [{}, {}], {}])
def test_an_optional_group_may_be_left_out(sample, nothing) -> None:
    result = checked(sample, nothing)
    assert result.accepted
    assert "children" not in result.answers


@pytest.mark.parametrize("nothing", [None, [], [BLANK]])
def test_a_required_group_asks_for_its_first_item(written, nothing) -> None:
    required = Library.read(written(("required: false\n          minimum: 2", "minimum: 1"))).current("sample")
    assert codes(checked(required, nothing)) == [("children", "required")]


def test_every_mistake_of_every_item_is_told_at_its_place_and_at_once(sample) -> None:
    children = [{"birth_date": "2026-02-30", "school": "x"}, BLANK, {"name": "あ" * 21, "birth_date": "2026-06-02"}]
    result = checked(sample, children, copies="9")
    assert codes(result) == [
        ("copies", "too_large"),
        ("children.0.name", "required"),
        ("children.0.birth_date", "not_a_date"),
        ("children.0.school", "not_an_option"),
        ("children.2.name", "too_long"),
        ("children.2.birth_date", "too_late"),
    ]
    assert "children" not in result.answers


def test_too_few_and_too_many_items_are_told_of_the_group_beside_the_items_mistakes(sample) -> None:
    assert codes(checked(sample, [SAKURA])) == [("children", "too_few_items")]
    assert codes(checked(sample, [SAKURA] * 3 + [{"name": "x"}])) == [
        ("children", "too_many_items"),
        ("children.3.birth_date", "required"),
    ]
    (found,) = checked(sample, [SAKURA] * 4).problems
    assert found.message.en == "Please enter no more than 3. Remove the others."


@pytest.mark.parametrize("raw", ["さくら", 5, True, {"name": "さくら"}, {"0": SAKURA}])
def test_what_is_no_list_is_refused_as_a_whole(sample, raw) -> None:
    assert codes(checked(sample, raw)) == [("children", "not_a_list")]


@pytest.mark.parametrize("item", ["さくら", 5, True, ["name"], [[["x"]]]])
def test_an_item_that_is_no_map_is_refused_at_its_place(sample, item) -> None:
    assert codes(checked(sample, [SAKURA, item])) == [("children.1", "not_a_list")]


def test_unknown_fields_of_an_item_are_told_in_print_and_in_bounds(sample) -> None:
    strange = SAKURA | {f"\x1b{n}" + "x" * 999: "1" for n in range(50)} | {5: "1"}
    result = checked(sample, [KAEDE, strange])
    assert {found.code for found in result.problems} == {"unknown_field"}
    assert len(result.problems) == 5
    assert all(found.field.startswith("children.1.") and found.field.isprintable() for found in result.problems)


def test_a_huge_list_is_refused_unread(sample) -> None:
    assert codes(checked(sample, [{"name": 1}] * 100_000)) == [("children", "too_many_items")]


def test_rules_read_the_items_and_a_question_may_hang_on_them(sample) -> None:
    twins = checked(sample, [SAKURA, SAKURA | {"name": "かえで"}])
    assert "twins_note" in twins.visible
    assert "twins_note" not in checked(sample, [SAKURA, KAEDE]).visible
    assert "twins_note" not in checked(sample, None).visible
    facts = Facts(twins.answers, TODAY)
    assert Rule("size(answers.children) * 10").evaluate_points(facts) == 20
    assert Rule("answers.children.all(c, age(c.birth_date, today) < 3)").evaluate_condition(facts)
    assert Rule("answers.children.exists(c, has(c.school) && c.birth_date < answers.children[0].name)").item_fields == {
        ("children", "school"),
        ("children", "birth_date"),
        ("children", "name"),
    }


def test_a_group_is_read_out_item_by_item_in_four_languages(sample) -> None:
    found = answered(sample, {"children": CLEAN})
    assert [(each.place, each.label.ja, each.label.en) for each in found][:3] == [
        ("children.0.name", "お子さん 1：名", "Child 1: Given name"),
        ("children.0.birth_date", "お子さん 1：生年月日", "Child 1: Born on"),
        ("children.1.name", "お子さん 2：名", "Child 2: Given name"),
    ]
    assert (found[-1].label.zh, found[-1].label.ko) == ("孩子 2：学校名", "아이 2: 학교")
    words = answers_in_words(sample, {"children": CLEAN}, "ko")["children"]
    assert words == (CLEAN[0], CLEAN[1] | {"school": "초등학교"})


@pytest.mark.parametrize("broken", ["x", None, 5, ["x"], {"a": 1}, [[]]])
def test_a_stored_group_of_the_wrong_shape_is_shown_as_it_is(sample, broken) -> None:
    (line,) = answered(sample, {"children": broken})
    assert (line.place, line.answer) == ("children", broken)
    assert answers_in_words(sample, {"children": broken}, "ja") == {"children": str(broken)}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5)
VALUES = st.recursive(SCALARS, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=8), v, max_size=4))
ITEM = st.fixed_dictionaries(
    {},
    optional={
        "name": st.just("さくら") | VALUES,
        "birth_date": st.just("R8.5.20") | VALUES,
        "school": st.just("nursery") | VALUES,
        "\ud800": VALUES,
    },
)


@settings(deadline=None, max_examples=200)
@given(st.lists(ITEM | VALUES, max_size=6) | VALUES)
def test_whatever_is_sent_as_a_group_is_answered_and_what_is_accepted_can_be_signed(sample, raw) -> None:
    result = checked(sample, raw)
    again = check_answers(sample, dict(result.answers), TODAY)
    assert again.answers == result.answers
    json.dumps([found.field + found.message.ja for found in result.problems]).encode()
    submission = Submission(
        procedure="sample",
        version=1,
        municipality=MunicipalityCode("282014"),
        answers=result.answers,
        attachments=(),
        nonce="0" * 16,
        language="ja",
    )
    assert Submission.model_validate_json(submission.canonical()).digest() == submission.digest()


def test_a_list_nested_beyond_reason_is_refused_not_a_crash(sample) -> None:
    deep: object = "x"
    for _ in range(5000):
        deep = [deep]
    assert codes(checked(sample, [deep, deep])) == [("children.0", "not_a_list"), ("children.1", "not_a_list")]
    assert codes(checked(sample, [{"name": deep, "birth_date": deep}])) == [
        ("children", "too_few_items"),
        ("children.0.name", "not_text"),
        ("children.0.birth_date", "not_a_date"),
    ]

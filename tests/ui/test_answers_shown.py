"""回答の表示: a repeated group is read item by item, under its number, in the reader's language."""

import pytest
from ui_samples import LIBRARY, RECEIPT, TODAY, a_case, a_draft, certificate_answers

from procedures.answers import check_answers
from procedures.marks import Mark
from procedures.texts import LANGUAGES
from ui import answers
from ui.resident.draft_contents import corrected

MOVING = LIBRARY.current("moving_out")
MEMBERS = [
    {"name": "姫路　太郎", "name_kana": "ヒメジ　タロウ", "birth_date": "1988-11-03", "relation": "spouse"},
    {"name": "姫路　さくら", "name_kana": "ヒメジ　サクラ", "birth_date": "2026-05-20", "relation": "child"},
]


def rows(language: str, members: object) -> list[tuple[str, str, str]]:
    shown = answers.lines(language, MOVING, {"name": "姫路　花子", "members": members})  # type: ignore[arg-type]
    return [(line.field, line.label.of(language), line.answer) for line in shown if line.asked == "members"]  # type: ignore[arg-type]


def test_each_answer_of_each_item_has_a_line_of_its_own() -> None:
    found = rows("ja", MEMBERS)
    assert len(found) == 8
    assert found[3] == ("members.0.relation", "ご家族 1：届出をする方との続柄", "夫または妻")
    assert found[4] == ("members.1.name", "ご家族 2：氏名", "姫路　さくら")
    assert found[6] == ("members.1.birth_date", "ご家族 2：生年月日", "2026年5月20日（令和8年5月20日）")


@pytest.mark.parametrize(
    ("language", "label", "relation"),
    [
        ("en", "Family member 2: Relation to you", "Child"),
        ("zh", "家人 2：与申报人的关系", "子女"),
        ("ko", "가족 2: 신고하는 분과의 관계", "자녀"),
    ],
)
def test_items_are_numbered_in_every_language(language: str, label: str, relation: str) -> None:
    assert rows(language, MEMBERS)[-1][1:] == (label, relation)


def test_a_group_in_one_piece_is_a_paragraph_for_each_item() -> None:
    (group,) = [field for field in MOVING.form.fields() if field.id == "members"]
    said = answers.shown("en", MEMBERS, group)
    assert said.split("\n\n")[1].splitlines() == [
        "Family member 2",
        "Name: 姫路　さくら",
        "Name in katakana: ヒメジ　サクラ",
        "Date of birth: May 20, 2026",
        "Relation to you: Child",
    ]


@pytest.mark.parametrize("broken", ["x", 5, ["x"], [["x"]], {"a": 1}])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stored_group_of_the_wrong_shape_is_shown_never_dropped(language: str, broken: object) -> None:
    ((_, _, said),) = rows(language, broken)
    assert said


def test_before_a_correction_is_filed_what_changed_is_told_and_what_was_forgotten() -> None:
    procedure = LIBRARY.current("residence_certificate")
    filed = a_case("awaiting_correction", certificate_answers() | {"copies": 1})
    mark = Mark(fault="incorrect", reason="2通までです")
    marks = {"copies": mark, "phone": mark}
    now = a_draft(procedure, dict(filed.answers) | {"copies": 2})
    draft = now.model_copy(update={"corrects": RECEIPT, "marks": marks})
    found = corrected("ja", procedure, draft, check_answers(procedure, draft.answers, TODAY), filed)
    assert (found[0].label, found[0].before, found[0].after) == ("通数", "1", "2")
    assert [each.label for each in found if each.same] == ["昼間に連絡できる電話番号"]
    assert len(found) == len(marks)

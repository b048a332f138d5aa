"""回答の検査: every answer is made clean or refused with what to enter, whatever was sent."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.answers import Checked, check_answers
from procedures.rules import Facts
from procedures.submission import Submission
from procedures.values import MunicipalityCode

TODAY = date(2026, 6, 1)
FILE = {"name": "控え.pdf", "media_type": "application/pdf", "bytes": 10, "sha256": "a" * 64}
GOOD = {"name": "姫路　花子", "copies": "2", "delivery": "electronic", "agreed": "on"}


def checked(sample, **changes: object) -> Checked:
    return check_answers(sample, {**GOOD, **changes}, TODAY)


def codes(result: Checked) -> list[tuple[str, str]]:
    return [(found.field, found.code) for found in result.problems]


def test_a_complete_form_becomes_typed_answers_in_the_forms_order(sample) -> None:
    result = checked(sample, extras=["relationship", "domicile"])
    assert result.accepted
    assert list(result.answers.items()) == [
        ("name", "姫路　花子"),
        ("copies", 2),
        ("delivery", "electronic"),
        ("extras", ["domicile", "relationship"]),
        ("agreed", True),
    ]


@pytest.mark.parametrize(
    ("field", "raw", "clean"),
    [
        ("copies", "３", 3),
        ("copies", " 4 ", 4),
        ("copies", 5, 5),
        ("phone", "０７９ー２２１−２１１１", "079-221-2111"),
        ("name", "  姫路　花子  ", "姫路　花子"),
        ("name", "<b>=1+1</b>", "<b>=1+1</b>"),
        ("name", "𠮷田\U000e0100", "𠮷田\U000e0100"),
        ("notes", "一行\r\n二行\r三行", "一行\n二行\n三行"),
        ("extras", "domicile", ["domicile"]),
        ("agreed", True, True),
    ],
)
def test_an_answer_is_made_clean_without_losing_what_was_meant(sample, field, raw, clean) -> None:
    result = checked(sample, **{field: raw})
    assert result.accepted, result.problems
    assert result.answers[field] == clean


@pytest.mark.parametrize(
    ("field", "raw", "code"),
    [
        ("name", "", "required"),
        ("name", "　 ", "required"),
        ("name", None, "required"),
        ("name", 5, "not_text"),
        ("name", ["a"], "not_text"),
        ("name", "あ" * 21, "too_long"),
        ("name", "あ" * 10_000_000, "too_long"),
        ("name", "a\x00b", "control_character"),
        ("name", "a\nb", "control_character"),
        ("name", "a\u202eb", "control_character"),
        ("name", "a\ud800b", "control_character"),
        ("name", "a\uffffb", "control_character"),
        ("phone", "1234", "pattern"),
        ("copies", "two", "not_integer"),
        ("copies", "1.5", "not_integer"),
        ("copies", 1.0, "not_integer"),
        ("copies", True, "not_integer"),
        ("copies", "9" * 5000, "not_integer"),
        ("copies", 0, "too_small"),
        ("copies", "6", "too_large"),
        ("copies", 10**400, "too_large"),
        ("delivery", "pigeon", "not_an_option"),
        ("delivery", ["post"], "not_an_option"),
        ("delivery", {"post": 1}, "not_an_option"),
        ("extras", ["domicile", "x"], "not_an_option"),
        ("extras", ["domicile"] * 1000, "not_an_option"),
        ("notes", "あ" * 51, "too_long"),
        ("agreed", "", "consent_required"),
        ("agreed", None, "consent_required"),
        ("agreed", "maybe", "not_an_option"),
        ("receipt", "file.pdf", "not_an_attachment"),
        ("receipt", [{}], "not_an_attachment"),
        ("receipt", [None], "not_an_attachment"),
        ("receipt", [{**FILE, "name": "a\x00"}], "not_an_attachment"),
        ("receipt", [{**FILE, "field": "name"}], "not_an_attachment"),
        ("receipt", [FILE] * 3, "too_many_files"),
        ("receipt", [{**FILE, "media_type": "image/jpeg"}], "file_type"),
        ("receipt", [{**FILE, "media_type": None}], "file_type"),
        ("receipt", [{**FILE, "bytes": 0}], "file_empty"),
        ("receipt", [{**FILE, "bytes": 1001}], "file_too_large"),
        ("nonsense", "x", "unknown_field"),
    ],
)
def test_a_wrong_answer_is_refused_beside_its_field(sample, field, raw, code) -> None:
    result = checked(sample, **{field: raw})
    assert codes(result) == [(field, code)]
    assert field not in result.answers


@pytest.mark.parametrize(
    "raw",
    [
        "2026-06-10",
        "2026/6/10",
        "２０２６．６．１０",
        "20260610",
        "2026年6月10日",
        "令和8年6月10日",
        "R8.6.10",
        {"year": "2026", "month": "6", "day": "10"},
        {"year": "令和8", "month": "６", "day": 10},
        date(2026, 6, 10),
    ],
)
def test_a_date_is_read_however_it_is_written(sample, raw) -> None:
    assert checked(sample, delivery="post", posted_on=raw).answers["posted_on"] == "2026-06-10"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2026-02-30", "not_a_date"),
        ("平成31年5月1日", "not_a_date"),
        ("26-06-10", "not_a_date"),
        ("tomorrow", "not_a_date"),
        (20260610, "not_a_date"),
        ({"year": "2026", "month": "6"}, "not_a_date"),
        ({"year": "2026", "month": "6", "day": "10", "hour": "1"}, "not_a_date"),
        ({"year": "", "month": "", "day": ""}, "required"),
        ("2026-05-31", "too_early"),
        ("2026-07-02", "too_late"),
    ],
)
def test_a_date_that_is_none_or_out_of_bounds_is_refused(sample, raw, code) -> None:
    assert codes(checked(sample, delivery="post", posted_on=raw)) == [("posted_on", code)]


def test_a_message_says_what_to_enter_in_four_languages(sample) -> None:
    (found,) = checked(sample, delivery="post", posted_on="2026-07-02").problems
    assert found.message.ja == "2026年7月1日以前の日付を入力してください。"
    assert found.message.en == "Please enter 1 July 2026 or an earlier date."
    assert found.message.zh == "请输入2026年7月1日或之前的日期。"
    assert found.message.ko == "2026년 7월 1일 이전의 날짜를 입력해 주세요."
    (found,) = checked(sample, phone="1234").problems
    assert found.message.en == "The format is different. Please enter it like this: 079-221-2111"


def test_a_hidden_answer_is_dropped_and_its_field_not_required(sample) -> None:
    result = checked(sample, posted_on="2026-06-10")
    assert result.accepted
    assert "posted_on" not in result.answers
    assert "posted_on" not in result.visible


def test_a_field_whose_condition_holds_is_shown_and_required(sample) -> None:
    result = checked(sample, delivery="post")
    assert codes(result) == [("posted_on", "required")]
    assert result.visible == {field.id for field in sample.form.fields()} - {"twins_note"}


def test_a_question_is_not_asked_while_the_one_it_hangs_on_is_unanswered(sample) -> None:
    result = checked(sample, delivery="pigeon")
    assert codes(result) == [("delivery", "not_an_option")]
    assert "posted_on" not in result.visible


def test_attachments_are_kept_apart_from_the_answers(sample) -> None:
    result = checked(sample, receipt=[FILE, {**FILE, "name": "b.png", "media_type": "image/png"}])
    assert [each.name for each in result.attachments] == ["控え.pdf", "b.png"]
    assert "receipt" not in result.answers


def test_many_unknown_fields_give_a_bounded_answer_without_control_characters(sample) -> None:
    result = checked(sample, **{f"\x1b<script>{n}" + "x" * 1000: "" for n in range(500)})
    assert len(result.problems) == 20
    assert all(len(found.field) < 100 and found.field.isprintable() for found in result.problems)


def test_eligibility_and_fee_follow_the_checked_answers(sample) -> None:
    by_post = checked(sample, copies=5, delivery="post", posted_on=TODAY + timedelta(days=1))
    facts = Facts(by_post.answers, TODAY)
    assert [refusal.en for refusal in sample.refusals(facts)] == ["Four by post at most"]
    assert sample.fee_due(facts) == 1500
    assert sample.refusals(Facts(checked(sample).answers, TODAY)) == ()


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.binary(max_size=5)
VALUES = st.recursive(SCALARS, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=8), v, max_size=4))
FIELDS = ["name", "phone", "copies", "delivery", "extras", "posted_on", "notes", "receipt", "agreed"]
NEARLY = st.sampled_from(
    ["post", "electronic", "2026-06-10", "on", "1", "", "domicile", [FILE], [{}], "\ud800", "令和"]
)
RAW = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=10), NEARLY | VALUES, max_size=12)


@settings(deadline=None, max_examples=200)
@given(RAW)
def test_whatever_is_sent_is_answered_and_what_is_accepted_can_be_signed(sample, raw) -> None:
    result = check_answers(sample, raw, TODAY)
    assert check_answers(sample, {**result.answers, **_files(result)}, TODAY).answers == result.answers
    json.dumps([found.field + found.message.ja for found in result.problems]).encode()
    Submission(
        procedure="sample",
        version=1,
        municipality=MunicipalityCode("282014"),
        answers=result.answers,
        attachments=result.attachments,
        nonce="0" * 16,
        language="ja",
    ).digest()


def _files(result: Checked) -> dict[str, object]:
    files = [{**each.model_dump(exclude={"field"}), "media_type": "application/pdf"} for each in result.attachments]
    return {"receipt": files} if files else {}

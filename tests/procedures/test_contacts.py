"""連絡先の表記: numbers, codes and addresses are read however they are typed; what is none is told with an example."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.answers import check_answers
from procedures.contacts import read_email, read_phone, read_postal_code
from procedures.texts import LANGUAGES

GOOD = {"name": "姫路　花子", "copies": "2", "delivery": "electronic", "agreed": "on"}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("079-221-2111", "079-221-2111"),
        ("0792212111", "079-221-2111"),
        ("０７９ー２２１−２１１１", "079-221-2111"),
        ("079 221 2111", "079-221-2111"),
        ("（０７９）２２１－２１１１", "079-221-2111"),
        ("+81 79-221-2111", "079-221-2111"),
        ("＋８１　９０　１２３４　５６７８", "090-1234-5678"),
        ("+81 (0)79-221-2111", "079-221-2111"),
        ("09012345678", "090-1234-5678"),
        ("05012345678", "050-1234-5678"),
        ("0120444444", "0120-444-444"),
        ("0790422811", "0790-42-2811"),
    ],
)
def test_a_telephone_number_of_japan_is_written_as_at_home(typed, number) -> None:
    assert read_phone(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "110",
        "1234",
        "221-2111",
        "0000000000",
        "+1 650 253 0000",
        "079-221-2111 ext 5",
        "0792-ABC-DEF",
        "0" * 500,
        "tel:0792212111",
        "079-221-2111;",
        "٠٧٩٢٢١٢١١١",
    ],
)
def test_what_is_no_number_of_japan_is_none(typed) -> None:
    assert read_phone(typed) is None


@pytest.mark.parametrize("typed", ["670-8501", "6708501", "６７０－８５０１", "〒670-8501", "〒 670 8501", "670ー8501"])
def test_a_postal_code_is_read_however_it_is_typed(typed) -> None:
    assert read_postal_code(typed) == "670-8501"


@pytest.mark.parametrize("typed", ["", "670", "670-850", "67085011", "67-08501", "〒", "abc-defg", "670-8501 姫路市"])
def test_what_has_not_seven_digits_is_no_postal_code(typed) -> None:
    assert read_postal_code(typed) is None


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("hanako@example.jp", "hanako@example.jp"),
        (" Hanako@Example.JP ", "Hanako@example.jp"),
        ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp"),
        ("hanako+city@mail.city.example.jp", "hanako+city@mail.city.example.jp"),
        ("old..mobile.@docomo.ne.jp", "old..mobile.@docomo.ne.jp"),
    ],
)
def test_an_address_is_read_in_half_width_with_its_domain_in_lower_case(typed, address) -> None:
    assert read_email(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hanako",
        "@example.jp",
        "hanako@",
        "hanako@example",
        "a b@example.jp",
        "a@b.jp, c@d.jp",
        "a@b.jp\nBcc: c@d.jp",
        "<a@b.jp>",
        "a@-b.jp",
        "a@b..jp",
        "a@[127.0.0.1]",
        "あ@example.jp",
        "a" * 65 + "@b.jp",
        "a@" + "b" * 250 + ".jp",
    ],
)
def test_what_has_not_the_shape_of_one_address_is_none(typed) -> None:
    assert read_email(typed) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_none_and_reading_again_changes_nothing(typed) -> None:
    for read in (read_phone, read_postal_code, read_email):
        clean = read(typed)
        assert clean is None or read(clean) == clean


@pytest.mark.parametrize(
    ("field", "typed", "code", "example"),
    [
        ("mobile", "110", "not_a_phone", "090-1234-5678"),
        ("postal_code", "670", "not_a_postal_code", "670-8501"),
        ("mail", "hanako", "not_an_email", "hanako@example.jp"),
    ],
)
def test_a_refusal_says_what_to_enter_with_an_example_in_four_languages(sample, field, typed, code, example) -> None:
    (found,) = check_answers(sample, {**GOOD, field: typed}, date(2026, 6, 1)).problems
    assert (found.field, found.code) == (field, code)
    assert all(example in found.message.of(language) for language in LANGUAGES)
    assert typed + "。" not in found.message.ja


def test_the_form_keeps_what_was_made_clean(sample) -> None:
    typed = {"mobile": "０９０１２３４５６７８", "mail": "ａ＠ｂ．ｊｐ", "postal_code": "〒6708501"}
    answers = check_answers(sample, {**GOOD, **typed}, date(2026, 6, 1)).answers
    assert [answers[name] for name in typed] == ["090-1234-5678", "a@b.jp", "670-8501"]

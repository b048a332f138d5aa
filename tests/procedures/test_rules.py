"""規則: what a rule may read, what it gives, and what it says where it fails."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from procedures.patterns import matches
from procedures.rules import FactMissing, Facts, Rule, RuleFailed

TODAY = date(2026, 6, 1)


def facts(**answers: object) -> Facts:
    return Facts(answers, TODAY, register={"birth_date": date(2010, 6, 2), "name": "姫路　花子"})


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        ("1990-04-12", "2026-04-11", 35),
        ("1990-04-12", "2026-04-12", 36),
        ("2004-02-29", "2025-02-28", 20),
        ("2004-02-29", "2025-03-01", 21),
        ("2026-06-01", "2026-06-01", 0),
    ],
)
def test_a_person_ages_on_the_birthday_and_on_1_march_when_born_on_29_february(birth, on, years) -> None:
    assert Rule(f'age("{birth}", "{on}")').evaluate(facts()) == years


@pytest.mark.parametrize(
    ("day", "end"), [("2026-04-01", "2027-03-31"), ("2027-03-31", "2027-03-31"), ("2026-12-31", "2027-03-31")]
)
def test_a_fiscal_year_ends_on_31_march(day, end) -> None:
    assert Rule(f'fiscal_year_end("{day}")').evaluate_text(facts()) == end


def test_dates_compare_as_iso_text_whatever_type_they_came_in() -> None:
    rule = Rule('answers.day > today && register.birth_date >= "2010-06-02"')
    assert rule.evaluate_condition(facts(day=date(2026, 6, 2)))
    assert not rule.evaluate_condition(facts(day="2026-06-01"))
    assert Rule("add_days(today, 30)").evaluate_date(facts()) == date(2026, 7, 1)


def test_numbers_and_truth_may_be_written_as_they_are() -> None:
    assert Rule.model_validate(5000).evaluate_points(facts()) == 5000
    assert Rule.model_validate(True).evaluate_condition(facts()) is True


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("answers.missing > 1", "'missing' was not given; ask has(…) first"),
        ("signer.name == 'x'", "signer is not known here"),
    ],
)
def test_a_missing_fact_is_named(source, reason) -> None:
    with pytest.raises(FactMissing) as caught:
        Rule(source).evaluate(facts(copies=1))
    assert str(caught.value) == f"rule `{source}` failed: {reason}"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("answers.copies + 'a'", "it combines values of different types"),
        ("answers.copies / 0", "the calculation has no result (overflow or division by zero)"),
        ("9223372036854775807 + answers.copies", "the calculation has no result (overflow or division by zero)"),
        ("age(answers.secret, today)", "age(): expected a date as YYYY-MM-DD"),
    ],
)
def test_a_failed_rule_says_why_and_never_what_was_answered(source, reason, capfd) -> None:
    with pytest.raises(RuleFailed) as caught:
        Rule(source).evaluate(facts(copies=2, secret="Hanako's secret"))
    assert str(caught.value) == f"rule `{source}` failed: {reason}"
    assert "Hanako" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("answers.copies", None),
        ("'300'", "expected whole yen, found text"),
        ("true", "expected whole yen, found true or false"),
        ("300.5", "expected whole yen, found a fraction"),
        ("0 - 1", "expected 0 to 10,000,000 yen, found -1"),
        ("10000001", "expected 0 to 10,000,000 yen, found 10,000,001"),
    ],
)
def test_a_fee_is_whole_yen_within_bounds(source, reason) -> None:
    if reason is None:
        assert Rule(source).evaluate_fee(facts(copies=300)) == 300
        return
    with pytest.raises(RuleFailed, match=reason):
        Rule(source).evaluate_fee(facts())


def test_a_condition_is_true_or_false_and_nothing_else() -> None:
    with pytest.raises(RuleFailed, match="expected true or false, found an integer"):
        Rule("1").evaluate_condition(facts())


def test_a_rule_knows_what_it_reads_and_ignores_words_in_quotes() -> None:
    rule = Rule(
        """answers.a == "answers.b" && answers.many.exists(x, x == 'answers.c') && age(register.d, today) > 1"""
    )
    assert rule.fields == {"a", "many"}
    assert rule.facts == {"answers", "register", "today"}
    assert "age" in rule.functions
    assert not rule.reads_all_answers
    assert Rule("size(answers) > 1").reads_all_answers


@pytest.mark.parametrize("source", ["", "1 +", "a" * 1001, "(" * 400 + ")" * 400])
def test_what_is_no_expression_is_refused(source) -> None:
    with pytest.raises(ValidationError, match="syntax error at column"):
        Rule(source)


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_refused_never_a_crash(source) -> None:
    with contextlib.suppress(ValidationError, RuleFailed):
        Rule(source).evaluate(facts(a=1))


def test_one_compiled_rule_serves_many_threads() -> None:
    rule = Rule("answers.copies * 300")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda n: rule.evaluate_fee(facts(copies=n)), range(100))) == [n * 300 for n in range(100)]


def test_a_pattern_matches_the_whole_text_in_linear_time() -> None:
    assert matches("[0-9]{3}", "123")
    assert not matches("[0-9]{3}", "123\n")
    assert not matches("(a+)+b", "a" * 1000)

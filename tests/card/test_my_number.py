"""マイナンバーと照合番号B."""

from datetime import date

import pytest

from card.my_number import MyNumber, MyNumberMalformed, fits, verification_number_b


def test_the_published_example_fits_and_no_other_check_digit_does() -> None:
    assert [digit for digit in range(10) if fits(f"53768667718{digit}")] == [8]


@pytest.mark.parametrize(
    "typed", ["", "53768667718", "5376866771888", "５３７６８６６７７１８８", "53768667718x", "²" * 12]
)
def test_what_is_not_twelve_digits_does_not_fit(typed: str) -> None:
    assert not fits(typed)
    with pytest.raises(MyNumberMalformed) as refused:
        MyNumber(typed)
    assert not typed or typed not in str(refused.value)


@pytest.mark.parametrize("shown", [repr, str, "{}".format, "{0!r}".format, lambda number: f"{[number]}"])
def test_a_my_number_never_shows_itself(shown: object) -> None:
    assert callable(shown)
    number = MyNumber("537686677188")
    assert "5376" not in shown(number)
    assert number.reveal() == "537686677188"


def test_the_published_example_of_number_b() -> None:
    assert verification_number_b(date(1980, 2, 17), 2035, "2285") == "55021720352285"


@pytest.mark.parametrize(
    ("birth", "year"),
    [
        (date(2020, 1, 1), "02"),
        (date(2019, 5, 1), "01"),
        (date(2019, 4, 30), "31"),
        (date(1989, 1, 8), "01"),
        (date(1989, 1, 7), "64"),
        (date(1926, 12, 25), "01"),
        (date(1926, 12, 24), "15"),
        (date(1912, 7, 30), "01"),
        (date(1912, 7, 29), "45"),
    ],
)
def test_number_b_counts_in_the_era_of_the_day_of_birth(birth: date, year: str) -> None:
    assert verification_number_b(birth, 2035, "0000")[:2] == year


def test_a_foreign_residents_number_b_counts_in_western_years() -> None:
    assert verification_number_b(date(1996, 9, 30), 2030, "6174", western_year=True) == "96093020306174"


@pytest.mark.parametrize("code", ["", "123", "12345", "12a4", "１２３４"])
def test_a_security_code_that_is_not_four_digits_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="4 digits"):
        verification_number_b(date(1980, 2, 17), 2035, code)

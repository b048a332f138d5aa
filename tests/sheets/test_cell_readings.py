"""読取結果: probabilities are probabilities, and in order."""

import pytest
from paper import read
from pydantic import ValidationError


def test_what_is_missing_to_one_is_something_else() -> None:
    assert read("row01.day", ("11", 0.7), ("17", 0.2)).something_else == pytest.approx(0.1)


def test_more_than_one_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"sum to 1\.100000: calibrate them"):
        read("row01.day", ("11", 0.7), ("17", 0.4))


def test_the_most_probable_comes_first() -> None:
    with pytest.raises(ValidationError, match="not ordered"):
        read("row01.day", ("11", 0.2), ("17", 0.7))

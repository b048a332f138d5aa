"""グラフの形: scales a person can read, and nothing divided by nothing."""

import pytest

from ui import charts


@pytest.mark.parametrize(
    ("largest", "top"), [(1, 2), (2, 2), (3, 4), (5, 10), (11, 20), (21, 40), (41, 100), (1204, 2000)]
)
def test_the_upper_line_is_a_round_number_whose_half_is_whole(largest: int, top: int) -> None:
    assert charts.ceiling(largest) == top
    assert top % 2 == 0


def test_where_nothing_happened_there_is_no_chart() -> None:
    assert charts.columns([]) is None
    assert charts.columns([(0, 0), (0, 0)]) is None
    assert charts.shares([]) == ()
    assert charts.shares([0, 0]) == (0.0, 0.0)


def test_one_bucket_is_a_chart_of_one_column_and_the_least_bar_is_seen() -> None:
    one = charts.columns([(1, 0)])
    assert one is not None
    assert (one.top, one.width, one.columns) == (2, 10, (charts.Column(0, 50.0, 0.0),))

    many = charts.columns([(1000, 1)])
    assert many is not None
    assert many.columns[0].hollow == charts.LEAST
    assert charts.shares([1, 4]) == (25.0, 100.0)

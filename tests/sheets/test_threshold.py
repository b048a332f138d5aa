"""閾値: chosen from a measured curve, and not bolder than what was measured allows."""

from itertools import pairwise
from random import Random

import pytest

from sheets.threshold import Judged, Point, chosen, curve


def cells(count: int, seed: int = 1) -> list[Judged]:
    """Calibrated: right as often as they say."""
    random = Random(seed)
    probabilities = [1 - random.random() ** 6 for _ in range(count)]
    return [Judged(each, True, random.random() < each) for each in probabilities]


def test_the_stricter_the_fewer_are_accepted_and_the_fewer_are_wrong() -> None:
    points = curve(cells(20_000))
    for stricter, laxer in pairwise(points):
        assert stricter.threshold > laxer.threshold
        assert stricter.accepted < laxer.accepted
        assert stricter.wrong <= laxer.wrong
    assert points[-1].share == 1.0
    assert points[len(points) // 2].error < points[-1].error


def test_the_chosen_one_accepts_most_of_those_that_are_good_enough() -> None:
    points = curve(cells(20_000))
    point = chosen(points, 1 / 500)
    assert point is not None
    assert point.error_at_most <= 1 / 500
    assert not [each for each in points if each.accepted > point.accepted and each.error_at_most <= 1 / 500]
    assert 0.3 < point.share < 0.95


def test_what_it_promises_holds_on_other_cells() -> None:
    point = chosen(curve(cells(40_000)), 1 / 500)
    assert point is not None
    others = [each for each in cells(40_000, seed=2) if each.probability >= point.threshold]
    assert sum(not each.right for each in others) / len(others) <= 1 / 500


def test_what_contradicts_itself_is_never_accepted() -> None:
    points = curve([Judged(0.9, True, True), Judged(0.99, False, False)])
    assert points == (Point(0.9, 1, 0, 2),)


def test_a_hundred_right_ones_do_not_prove_one_in_two_thousand() -> None:
    assert chosen(curve([Judged(0.99, True, True)] * 100), 1 / 2000) is None
    assert chosen(curve([Judged(0.99, True, True)] * 6000), 1 / 2000) is not None


@pytest.mark.parametrize(("accepted", "wrong"), [(0, 0), (10, 0), (1000, 1), (1000, 500)])
def test_the_bound_lies_above_what_was_seen(accepted: int, wrong: int) -> None:
    point = Point(0.5, accepted, wrong, 2000)
    assert point.error <= point.error_at_most <= 1.0

"""職務の充足: levels nobody could decide, and levels that only one person could."""

from collections.abc import Hashable, Mapping

import pytest

from procedures.loader import Library
from procedures.occupancy import People, Post, posts, too_few_for
from procedures.steps import Step


@pytest.fixture(scope="module")
def steps() -> Mapping[str, tuple[Step, ...]]:
    library = Library.read()
    return {name: library.current(name).steps for name in ("child_allowance", "smart_city_partner", "cancer_screening")}


def of(steps: tuple[Step, ...], **holders: str) -> tuple[Post, ...]:
    """Who holds what: each letter is a person."""
    return posts(steps, {function: _people(names) for function, names in holders.items()})


def _people(names: str) -> People:
    letters: frozenset[Hashable] = frozenset(names)
    return letters


def gaps(found: tuple[Post, ...]) -> dict[str, str | None]:
    return {each.function: each.gap for each in found}


def test_a_step_nobody_can_do_is_a_gap(steps: Mapping[str, tuple[Step, ...]]) -> None:
    assert gaps(of(steps["cancer_screening"])) == {"health_review": "nobody"}
    assert gaps(of(steps["cancer_screening"], health_review="a")) == {"health_review": None}


def test_a_level_that_only_its_deputy_could_decide_waits_for_the_deputys_day(
    steps: Mapping[str, tuple[Step, ...]],
) -> None:
    found = of(steps["child_allowance"], allowance_review="a", allowance_deputy="b", allowance_department="c")
    assert gaps(found)["allowance_approval"] == "deputy_only"


def test_a_council_needs_as_many_as_its_quorum(steps: Mapping[str, tuple[Step, ...]]) -> None:
    partner = steps["smart_city_partner"]
    (quorum,) = {each.needed for each in of(partner) if each.function == "partner_council"}
    assert quorum > 1
    assert gaps(of(partner, partner_council="a"))["partner_council"] == "too_few"
    assert gaps(of(partner, partner_council="abcdefghi"[:quorum]))["partner_council"] is None


def test_one_person_cannot_both_review_and_approve(steps: Mapping[str, tuple[Step, ...]]) -> None:
    allowance = steps["child_allowance"]
    alone = of(allowance, allowance_review="a", allowance_approval="a", allowance_department="bc")
    names = [each.step for each in alone]
    assert too_few_for(alone) == ((names[0], names[1]),)
    two = of(allowance, allowance_review="a", allowance_approval="ab", allowance_department="c")
    assert too_few_for(two) == ()


def test_three_levels_need_three_people_though_any_two_of_them_have_two(
    steps: Mapping[str, tuple[Step, ...]],
) -> None:
    found = of(steps["child_allowance"], allowance_review="ab", allowance_approval="ab", allowance_department="ab")
    assert too_few_for(found) == (tuple(each.step for each in found),)


def test_who_posts_letters_may_be_anybody(steps: Mapping[str, tuple[Step, ...]]) -> None:
    residence = Library.read().current("residence_certificate").steps
    found = of(residence, certificate_review="a", mailing="a")
    assert too_few_for(found) == ()

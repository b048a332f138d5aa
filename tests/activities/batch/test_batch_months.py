"""月次の結果: what is worth a look beside the month before."""

import pytest

from activities.batch.months import ClubMonth, PersonMonth, clubs
from sheets.comparison import month_before
from store.rosters import Roster, RosterEntry


def person(minutes: int | None, before: int | None) -> PersonMonth:
    return PersonMonth("012345", "姫路　花子", 3, minutes, before, "entered", None)


@pytest.mark.parametrize(
    ("minutes", "before", "change"),
    [
        (3600, 3600, ""),
        (3600, 3350, ""),  # less than five hours
        (6600, 6000, ""),  # five hours, but not a fifth
        (7200, 6000, "more"),
        (3000, 6000, "less"),
        (600, None, "new"),
        (None, 600, "missing"),
        (None, None, ""),
    ],
)
def test_a_difference_is_marked_when_it_is_worth_a_look(minutes: int | None, before: int | None, change: str) -> None:
    assert person(minutes, before).change == change


def test_a_first_month_marks_nobody() -> None:
    first = PersonMonth("012345", "姫路　花子", 3, 3600, None, "entered", None, compared=False)
    assert first.change == ""


def test_december_is_before_january() -> None:
    assert (month_before("2026-01"), month_before("2026-10")) == ("2025-12", "2026-09")


def test_a_club_is_marked_like_a_person() -> None:
    both = (person(3600, 3600), person(None, 3600))
    assert ClubMonth("012", "書写児童クラブ", both).change == "less"
    assert ClubMonth("012", "書写児童クラブ", (person(None, 3600),)).change == "missing"
    assert ClubMonth("012", "書写児童クラブ", (person(600, None),)).change == "new"


def test_a_club_that_handed_in_nothing_is_not_forgotten() -> None:
    roster = Roster((RosterEntry("013", "白鳥児童クラブ", "013001", "姫路　花子", "C13", "600345"),))
    (gone,) = clubs((), roster, {("C13", "600345"): 1200})
    assert (gone.number, gone.minutes, gone.before, gone.change) == ("013", 0, 1200, "missing")
    assert clubs((), roster, {}) == ()

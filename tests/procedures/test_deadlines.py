"""期限: closed days, corrections, the turn of the year and leap days, and what a law decides when nobody does."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures import calendar, deadlines
from procedures.approval_route import decided_by_law
from procedures.calendar import EVERY_WEEKDAY, JAPAN
from procedures.process import PinnedStep, StepKind
from procedures.steps import Deemed, Period
from procedures.texts import Text
from procedures.values import StepId
from tests.procedures.conftest import Refuse

SAID = Text(ja="法", en="act", zh="法律", ko="법률")


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=JAPAN)


def a_law(correction: str = "suspends", **after: int) -> Deemed:
    said = {"outcome": "accept", "after": Period(**after), "correction": correction, "law": SAID, "explanation": SAID}
    return Deemed.model_validate(said)


THIRTY = a_law(days=30)


# --- the law's own days -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "decides"),
    [
        (at(2026, 11, 27), date(2026, 12, 28)),
        (at(2026, 12, 15), date(2027, 1, 15)),
        (at(2028, 1, 30), date(2028, 3, 1)),  # the 30th day is the leap day
        (at(2027, 1, 30), date(2027, 3, 2)),
        (at(2026, 11, 27, 23), date(2026, 12, 28)),
    ],
)
def test_a_period_of_calendar_days_has_passed_with_the_midnight_after_its_last(
    received: datetime, decides: date
) -> None:
    found = deadlines.deemed_at(THIRTY, received, EVERY_WEEKDAY)
    assert found == datetime.combine(decides, calendar.time.min, JAPAN)


def test_a_closed_last_day_prolongs_calendar_days_not_and_business_days_do_not_count_it() -> None:
    closed = {date(2026, 12, 25)}
    assert deadlines.deemed_at(a_law(days=28), at(2026, 11, 27), closed).date() == date(2026, 12, 26)
    plain, later = (deadlines.deemed_at(a_law(business_days=20), at(2026, 11, 27), each) for each in ((), closed))
    assert (plain.date(), later.date()) == (date(2026, 12, 26), date(2026, 12, 29))


def test_the_processing_period_ends_before_the_law_decides() -> None:
    """Twenty business days over the turn of the year are more than thirty days."""
    received = at(2026, 12, 15)
    law = deadlines.deemed_at(THIRTY, received, EVERY_WEEKDAY)
    due = deadlines.due_at(received, 20, law, EVERY_WEEKDAY)
    assert calendar.due_at(received, 20, EVERY_WEEKDAY) > due == at(2027, 1, 14, 17).replace(minute=20)
    assert deadlines.due_at(received, 20, law, {date(2027, 1, 14)}).date() == date(2027, 1, 13)
    assert deadlines.due_at(received, 5, law, EVERY_WEEKDAY) == calendar.due_at(received, 5, EVERY_WEEKDAY)


# --- a correction -----------------------------------------------------------------------------------------------------


def test_a_correction_of_nine_business_days_moves_the_deadline_by_nine() -> None:
    due = calendar.due_at(at(2026, 11, 25), 10, EVERY_WEEKDAY)
    stopped, came = at(2026, 11, 27), at(2026, 12, 10)
    assert deadlines.stood_still(stopped, came, EVERY_WEEKDAY) == 9
    moved = deadlines.resumed(due, stopped, came, EVERY_WEEKDAY)
    assert calendar.business_days_between(due.date(), moved.date(), EVERY_WEEKDAY) == 9
    assert deadlines.stood_still(stopped, came, {date(2026, 12, 1)}) == 8
    assert deadlines.resumed(due, stopped, came, {date(2026, 12, 1)}).date() == date(2026, 12, 21)


def test_what_was_sent_back_on_its_last_day_has_a_day_left_and_what_was_late_stays_late() -> None:
    due = at(2026, 11, 27, 17)
    assert deadlines.resumed(due, at(2026, 11, 27), at(2026, 11, 27, 20), EVERY_WEEKDAY).date() == date(2026, 11, 30)
    late = deadlines.resumed(due, at(2026, 12, 1), at(2026, 12, 4), EVERY_WEEKDAY)
    assert late.date() == date(2026, 12, 2), "two days late when it was sent back, two days late when it came"


@given(
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    st.integers(1, 40),
    st.integers(0, 30),
    st.integers(0, 60),
    st.sets(st.dates(date(2026, 1, 1), date(2030, 6, 1)), max_size=30),
)
def test_as_many_business_days_are_left_after_a_correction_as_before(
    day: date, period: int, worked: int, away: int, closed: set[date]
) -> None:
    received = datetime.combine(day, calendar.time(9), JAPAN)
    due = calendar.due_at(received, period, closed)
    stopped = received + timedelta(days=worked)
    came = stopped + timedelta(days=away)
    left = calendar.business_days_between(stopped.date(), due.date(), closed)
    moved = deadlines.resumed(due, stopped, came, closed)
    if left > 0:
        assert calendar.business_days_between(came.date(), moved.date(), closed) == left
    assert calendar.is_business_day(moved.date(), closed)


def test_a_law_stands_still_or_runs_on_as_it_says_and_in_its_own_days() -> None:
    law, stopped, came = at(2026, 12, 28, 0), at(2026, 12, 4), at(2026, 12, 14)
    moved = deadlines.deemed_resumed(THIRTY, law, stopped, came, EVERY_WEEKDAY)
    assert moved == at(2027, 1, 7, 0)
    runs_on = a_law("runs_on", days=30)
    assert deadlines.deemed_resumed(runs_on, law, stopped, came, EVERY_WEEKDAY) == law
    in_business_days = deadlines.deemed_resumed(
        a_law(business_days=20), at(2026, 12, 26, 0), stopped, came, EVERY_WEEKDAY
    )
    assert in_business_days == at(2027, 1, 9, 0), "six business days over the turn of the year"


# --- whose decision the law does not wait for -----------------------------------------------------------------------


def steps(*kinds: StepKind | tuple[StepKind, str]) -> list[PinnedStep]:
    pairs = [each if isinstance(each, tuple) else (each, None) for each in kinds]
    return [PinnedStep(id=StepId(f"s{n}"), kind=kind, parallel=group) for n, (kind, group) in enumerate(pairs)]


def test_the_law_settles_every_level_before_something_is_handed_over() -> None:
    plain = steps("review", "approve", "issue_document", "approve", "deliver")
    assert decided_by_law(plain, "s0") == {"s0", "s1"}
    assert decided_by_law(plain, "s1") == {"s1"}
    beside = steps(("review", "x"), ("approve", "x"), "approve", "deliver")
    assert decided_by_law(beside, "s0") == {"s0", "s1", "s2"}
    handing = steps(("review", "x"), ("post_document", "x"), "approve")
    assert decided_by_law(handing, "s0") >= {"s0"}, "its own level is always settled, or the case would wait for ever"


# --- what a document may not say ------------------------------------------------------------------------------------

REVIEW = (
    "  - {id: review, kind: review, function: certificate_review, title: {ja: 審査, en: Review, zh: 审查, ko: 심사}}"
)
LAW = "law: {ja: 法, en: act, zh: 法律, ko: 법률}, explanation: {ja: 説, en: said, zh: 说明, ko: 설명}"


def with_law(after: str, step: str = "review") -> str:
    deemed = f"deemed: {{outcome: accept, after: {after}, {LAW}}}"
    return REVIEW.replace("id: review", f"id: {step}").replace("kind: review", f"kind: review, {deemed}")


@pytest.mark.parametrize("after", ["{}", "{days: 30, business_days: 20}"])
def test_a_period_is_counted_in_one_kind_of_days(refused: Refuse, after: str) -> None:
    (line,) = refused((REVIEW, with_law(after)))
    assert "a period is counted in calendar days or in business days; write: days: 30, or business_days: 20" in line


def test_only_the_first_level_declares_what_the_law_holds(refused: Refuse) -> None:
    (line,) = refused((REVIEW, f"{REVIEW}\n{with_law('{days: 30}', 'again')}"))
    assert "officers have decided before this level; write: deemed on the first level" in line

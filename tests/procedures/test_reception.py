"""受付: open, not yet, closed for now, over; and when that changes, by Japan's clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.calendar import EVERY_WEEKDAY as NONE
from procedures.calendar import JAPAN
from procedures.document import Reception
from procedures.loader import Library
from procedures.reception import ReceptionState, reception_at, reception_text

ALWAYS = Reception()
HOURS = Reception(from_time=time(6, 30), until_time=time(23, 0))
OFFICE = Reception(from_time=time(8, 35), until_time=time(17, 20), business_days_only=True)
WEEKDAYS = Reception(business_days_only=True)
SEASON = Reception(opens=date(2026, 4, 1), closes=date(2026, 4, 30))


def japan(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=JAPAN)


def test_without_a_reception_it_is_open_and_nothing_changes() -> None:
    assert reception_at(ALWAYS, japan(1, 1), NONE) == ReceptionState("open")


@pytest.mark.parametrize(
    ("reception", "moment", "state", "changes"),
    [
        (HOURS, japan(6, 1, 6, 29), "closed", japan(6, 1, 6, 30)),
        (HOURS, japan(6, 1, 6, 30), "open", japan(6, 1, 23)),
        (HOURS, japan(6, 1, 22, 59), "open", japan(6, 1, 23)),
        (HOURS, japan(6, 1, 23), "closed", japan(6, 2, 6, 30)),
        (OFFICE, japan(6, 5, 17, 20), "closed", japan(6, 8, 8, 35)),  # Friday evening
        (OFFICE, japan(12, 28, 18), "closed", datetime(2027, 1, 4, 8, 35, tzinfo=JAPAN)),
        (OFFICE, japan(5, 2, 10), "closed", japan(5, 7, 8, 35)),  # a Saturday before 憲法記念日 to 振替休日
        (WEEKDAYS, japan(6, 1), "open", japan(6, 6, 0)),  # Monday; open day and night until Saturday
        (WEEKDAYS, japan(6, 6), "closed", japan(6, 8, 0)),
        (Reception(from_time=time(6, 30)), japan(6, 1), "open", japan(6, 2, 0)),  # closed from midnight
        (SEASON, japan(3, 31, 23, 59), "not_yet", japan(4, 1, 0)),
        (SEASON, japan(4, 1, 0), "open", japan(5, 1, 0)),
        (SEASON, japan(4, 30, 23, 59), "open", japan(5, 1, 0)),
        (Reception(opens=date(2026, 4, 1)), japan(3, 1), "not_yet", japan(4, 1, 0)),
        (Reception(opens=date(2026, 4, 1)), japan(4, 2), "open", None),
        (Reception(closes=date(2027, 3, 31)), japan(4, 2), "open", datetime(2027, 4, 1, tzinfo=JAPAN)),
        (OFFICE.model_copy(update={"opens": date(2026, 6, 6)}), japan(6, 1), "not_yet", japan(6, 8, 8, 35)),
        (HOURS.model_copy(update={"opens": date(2026, 6, 6)}), japan(6, 6, 5), "closed", japan(6, 6, 6, 30)),
    ],
)
def test_a_moment_is_open_or_knows_when_it_will_be(reception, moment, state, changes) -> None:
    assert reception_at(reception, moment, NONE) == ReceptionState(state, changes)
    assert reception_at(reception, moment.astimezone(UTC), NONE) == ReceptionState(state, changes)


def test_it_is_over_since_the_end_of_its_last_window() -> None:
    assert reception_at(SEASON, japan(5, 1, 0), NONE) == ReceptionState("over", closed_since=japan(5, 1, 0))
    short = OFFICE.model_copy(update={"closes": date(2026, 6, 7)})  # a Sunday
    assert reception_at(short, japan(6, 5, 18), NONE) == ReceptionState("over", closed_since=japan(6, 5, 17, 20))
    assert reception_at(short, japan(12, 1), NONE) == ReceptionState("over", closed_since=japan(6, 5, 17, 20))


def test_the_citys_own_closed_days_close_it() -> None:
    closed = {date(2026, 6, 1)}
    assert reception_at(OFFICE, japan(6, 1), closed) == ReceptionState("closed", japan(6, 2, 8, 35))


def test_a_time_without_a_zone_has_no_state() -> None:
    with pytest.raises(ValueError, match="time zone"):
        reception_at(HOURS, datetime(2026, 6, 1, 12), NONE)  # noqa: DTZ001 - that is the mistake


DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31))


@settings(deadline=None, max_examples=150)
@given(opens=DAYS, length=st.none() | st.integers(0, 400), hours=st.booleans(), weekdays=st.booleans(), at=st.data())
def test_the_next_change_is_the_first_moment_of_another_state(opens, length, hours, weekdays, at) -> None:
    closes = opens + timedelta(days=length) if opens and length is not None else None
    reception = Reception(
        opens=opens,
        closes=closes,
        from_time=time(8, 35) if hours else None,
        until_time=time(17, 20) if hours else None,
        business_days_only=weekdays,
    )
    moment = at.draw(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(JAPAN)))  # noqa: DTZ001
    found = reception_at(reception, moment, NONE)
    if found.changes_at is None:
        return
    assert found.changes_at > moment
    instant = timedelta(microseconds=1)
    before, after = (reception_at(reception, at, NONE) for at in (found.changes_at - instant, found.changes_at))
    assert before.is_open == found.is_open
    assert after.is_open != found.is_open


def test_the_sentence_says_when_it_opens_in_four_languages() -> None:
    closed = reception_text(reception_at(HOURS, japan(6, 1, 23), NONE))
    assert closed.ja.startswith("いまは受付時間外です。2026年6月2日6:30から申請できます。")
    assert "from 6:30 on 2 June 2026, Japan time" in closed.en
    assert "2026年6月2日6:30起" in closed.zh
    assert "2026년 6월 2일 6:30부터" in closed.ko
    early = reception_text(reception_at(SEASON, japan(3, 1), NONE))
    assert early.ja.startswith("この手続の受付は、まだ始まっていません。2026年4月1日から")
    assert "from 1 April 2026, Japan time" in early.en


def test_the_sentence_of_what_is_over_names_the_last_day() -> None:
    over = reception_text(reception_at(SEASON, japan(5, 1, 0), NONE))
    assert "2026年4月30日で終了しました" in over.ja
    assert "closed on 30 April 2026" in over.en


def test_a_document_writes_days_and_hours_as_they_are_read(written) -> None:
    lines = "reception: {opens: 2026-04-01, closes: 2026-04-30, from_time: 06:30, until_time: '23:00'}"
    folder = written(("audience: resident", f"audience: resident\n{lines}"))
    reception = Library.read(folder).current("sample").reception
    assert reception == Reception(
        opens=date(2026, 4, 1), closes=date(2026, 4, 30), from_time=time(6, 30), until_time=time(23)
    )

"""紙の申請: when a paper arrived, how its sender is identified, and which procedures are taken on paper."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from procedures.calendar import EVERY_WEEKDAY, JAPAN
from procedures.consistency import mistakes
from procedures.document import Reception
from procedures.loader import Library
from procedures.paper import (
    ALONE,
    OFFICIAL,
    PaperSubmission,
    StatedPerson,
    arrived_at,
    counter_functions,
    is_taken_on_paper,
    suffice,
    wrong_day,
)
from procedures.reception import takes_on
from procedures.submission import Attachment
from procedures.values import MunicipalityCode

LIBRARY = Library.read()
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
PERSON = {
    "name": " 姫路　花子 ", "name_kana": "ひめじ はなこ", "birth_date": "1990-04-12", "address": "姫路市",
    "sex": "female",
}  # fmt: skip


def test_what_arrived_today_arrived_now_and_of_an_earlier_day_only_the_day_is_known() -> None:
    assert arrived_at(TODAY, NOW) == NOW
    earlier = arrived_at(TODAY - timedelta(days=3), NOW).astimezone(JAPAN)
    assert (earlier.date(), earlier.hour) == (date(2026, 11, 21), 0)
    just_after_midnight = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    assert arrived_at(TODAY, just_after_midnight).astimezone(JAPAN).date() == TODAY


@pytest.mark.parametrize(("days", "wrong"), [(-1, "in_the_future"), (0, None), (60, None), (61, "too_long_ago")])
def test_a_paper_arrived_neither_tomorrow_nor_in_another_season(days: int, wrong: str | None) -> None:
    assert wrong_day(TODAY - timedelta(days=days), TODAY) == wrong


@pytest.mark.parametrize(
    ("proofs", "enough"),
    [
        ((), False), (("my_number_card",), True), (("passport", "bank_book"), True), (("health_insurance",), False),
        (("health_insurance", "health_insurance"), False), (("health_insurance", "care_insurance"), True),
        (("pension", "student_card"), True), (("employment_card", "bank_book"), False),
    ],
)  # fmt: skip
def test_one_with_a_photograph_or_two_of_which_one_is_official(proofs: tuple[str, ...], enough: bool) -> None:
    assert suffice(proofs) == enough
    assert not ALONE & OFFICIAL


def test_a_person_is_written_as_the_register_writes_them() -> None:
    assert StatedPerson.model_validate(PERSON).facts() == PERSON | {"name": "姫路　花子", "name_kana": "ヒメジ　ハナコ"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "花\x00子"}, {"address": "a\nb"}, {"name": " "}, {"my_number": "1"}, {"sex": "x"},
        {"birth_date": "1990-13-01"},
    ],
)  # fmt: skip
def test_nothing_illegible_and_no_number_gets_in(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        StatedPerson.model_validate(PERSON | wrong)


def test_papers_are_of_persons_and_end_in_a_document() -> None:
    taken = {each.id for each in LIBRARY.all() if is_taken_on_paper(each)}
    expected = {"cancer_screening", "child_allowance", "landscape_notification", "moving_out", "residence_certificate"}
    assert taken == expected
    assert counter_functions(LIBRARY.current("residence_certificate")) == ("certificate_review", "mailing")
    assert counter_functions(LIBRARY.current("child_allowance")) == ("allowance_review",)


def test_a_day_is_received_on_where_any_moment_of_it_is() -> None:
    season = Reception(opens=date(2026, 11, 2), closes=date(2026, 11, 20), business_days_only=True)
    assert takes_on(season, date(2026, 11, 20), EVERY_WEEKDAY)
    for closed in (date(2026, 11, 21), date(2026, 11, 1), date(2026, 11, 3)):  # the last is 文化の日
        assert not takes_on(season, closed, EVERY_WEEKDAY)
    assert takes_on(Reception(), date(2026, 11, 3), EVERY_WEEKDAY)


def test_no_field_of_a_form_takes_the_name_of_the_scan() -> None:
    document = LIBRARY.current("residence_certificate").model_dump(mode="json")
    document["form"]["sections"][0]["fields"][0]["id"] = "paper_scan"
    assert any("scan of a paper form" in str(each) for each in mistakes(document))


def test_what_is_filed_holds_the_paper_itself_by_its_digest() -> None:
    scan = Attachment(field="paper_scan", name="申請書.pdf", sha256="a" * 64, bytes=9)
    filed = PaperSubmission(
        procedure="sample", version=1, municipality=MunicipalityCode("282014"), answers={}, attachments=(),
        nonce="n" * 16, language="ja", arrival="post", received_on=TODAY, scans=(scan,),
    )  # fmt: skip
    assert b'"received_on":"2026-11-24","scans":[{"bytes":9,' in filed.canonical()

"""審査欄: what a reviewer filled in is made clean or refused; what is missing is named; its document is checked."""

from datetime import date
from pathlib import Path

import pytest

from procedures.form import ReviewForm
from procedures.loader import Library
from procedures.review_form import check_sheet, unfilled
from procedures.source import SourceInvalid

TODAY = date(2026, 5, 1)
FORM = Library.read().current("child_allowance").review_form
FULL = {
    "first_month": "２０２６-０６",
    "monthly_amount": "１５０００",
    "third_or_later": 0,
    "earner_checked_by": "tax_records",
    "custody_checked_by": ["register"],
}


@pytest.fixture
def form() -> ReviewForm:
    assert FORM is not None
    return FORM


def test_what_was_typed_is_made_clean(form: ReviewForm) -> None:
    answers, found = check_sheet(form, FULL, TODAY)
    assert not found
    assert answers == FULL | {"first_month": "2026-06", "monthly_amount": 15000}
    assert unfilled(form, answers) == ()


def test_a_sheet_may_be_saved_before_it_is_complete(form: ReviewForm) -> None:
    answers, found = check_sheet(form, {"monthly_amount": "15000", "first_month": " "}, TODAY)
    assert (answers, found) == ({"monthly_amount": 15000}, ())
    assert unfilled(form, answers) == ("first_month", "third_or_later", "earner_checked_by", "custody_checked_by")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("first_month", "2026-13", "pattern"),
        ("monthly_amount", "9", "too_small"),
        ("monthly_amount", "いくらか", "not_integer"),
        ("earner_checked_by", "hearsay", "not_an_option"),
        ("custody_checked_by", ["register", "hearsay"], "not_an_option"),
        ("remarks", "あ" * 100_000, "too_long"),
        ("remarks", {"a": 1}, "not_text"),
        ("nothing_asked", "x", "unknown_field"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field(form: ReviewForm, field: str, value: object, code: str) -> None:
    _, found = check_sheet(form, FULL | {field: value}, TODAY)
    assert [(each.field, each.code) for each in found] == [(field, code)]


NOTED = """
review_form:
  fields:
    - {id: checked, kind: consent, label: {ja: 確認, en: Checked, zh: 确认, ko: 확인함}}
    - id: until
      kind: date
      minimum: today
      label: {ja: 期限, en: Until when, zh: 到期日期, ko: 기한이 되는 날}
"""


def noted_in(folder: Path, form: str) -> Path:
    document = folder / "sample" / "procedure.yaml"
    document.write_text(document.read_text("utf-8") + form, "utf-8")
    return folder


def test_a_required_checkbox_must_be_checked(written) -> None:
    folder = noted_in(written(), NOTED)
    noted = Library.read(folder).current("sample").review_form
    assert noted is not None
    for said, missing in (({}, ("checked", "until")), ({"checked": True, "until": "2026-05-01"}, ())):
        answers, found = check_sheet(noted, said, TODAY)
        assert not found
        assert unfilled(noted, answers) == missing
    assert check_sheet(noted, {"until": "2026-04-30"}, TODAY)[1][0].code == "too_early"


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (("id: until", "id: checked"), 'the field id "checked" is used twice'),
        (("kind: date", "kind: date\n      visible_when: today > today"), "visible_when has no meaning in the review"),
        (("minimum: today", "minimum: answers.copies"), "which is not known here"),
        (("kind: date\n      minimum: today", "kind: attachment\n      accept: [pdf]"), 'unknown kind "attachment"'),
        (("kind: consent", "kind: consent, prefill: name"), "prefill has no meaning in the review form"),
    ],
    ids=["twice", "condition", "answers", "attachment", "prefill"],
)
def test_a_mistaken_document_says_what_is_wrong_with_it(written, edit: tuple[str, str], sentence: str) -> None:
    assert edit[0] in NOTED
    folder = noted_in(written(), NOTED.replace(*edit))
    with pytest.raises(SourceInvalid, match=sentence):
        Library.read(folder)

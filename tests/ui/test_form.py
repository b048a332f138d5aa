"""What a browser sends becomes answers, and answers become questions again."""

from starlette.datastructures import FormData
from ui_samples import LIBRARY, RECEIPT, TODAY, a_draft, certificate_answers

from procedures.answers import check_answers
from ui import form

CERTIFICATE = LIBRARY.current("residence_certificate")
PASS = LIBRARY.current("happy_pass")


def test_a_conditional_question_is_asked_once_its_condition_holds() -> None:
    hidden = form.shown("ja", CERTIFICATE, a_draft(CERTIFICATE, {"purpose": "bank"}), TODAY)
    asked = form.shown("ja", CERTIFICATE, a_draft(CERTIFICATE, {"purpose": "other"}), TODAY)
    assert "purpose_other" not in [question.field.id for question in hidden.questions]
    assert "purpose_other" in [question.field.id for question in asked.questions]
    assert [question.field.id for question in asked.questions if question.steers] == ["purpose"]


def test_a_new_question_is_announced_instead_of_called_a_mistake() -> None:
    sent = FormData([("-asked", "purpose"), ("purpose", "other")])
    draft = a_draft(CERTIFICATE, {**certificate_answers(), "purpose_other": ""})
    problems = check_answers(CERTIFICATE, draft.answers, TODAY).problems
    assert form.only_new(problems, sent)
    assert not form.only_new(problems, FormData([("-asked", "purpose_other")]))
    assert not form.only_new((), sent)


def test_an_unchecked_box_is_no_and_a_question_not_asked_keeps_its_answer() -> None:
    draft = a_draft(CERTIFICATE, {"include_relationship": True, "include_domicile": True})
    typed = form.typed(CERTIFICATE, draft, FormData([("-asked", "include_relationship"), ("-action", "next")]))
    assert typed == {"include_relationship": False, "include_domicile": True}


def test_a_date_in_three_parts_is_read_in_either_calendar_and_shown_as_typed() -> None:
    for year in ("2026", "令和8", "R8"):
        sent = FormData([("baby_birth_date.year", year), ("baby_birth_date.month", "04"), ("baby_birth_date.day", "1")])
        typed = form.typed(PASS, a_draft(PASS, {}), sent)
        assert check_answers(PASS, typed, TODAY).answers["baby_birth_date"] == "2026-04-01"
        shown = form.shown("ja", PASS, a_draft(PASS, typed), TODAY)
        parts = next(q.parts for q in shown.questions if q.field.id == "baby_birth_date")
        assert parts == {"year": year, "month": "4", "day": "1"}


def test_an_empty_date_is_empty() -> None:
    sent = FormData([("-asked", "baby_birth_date"), ("baby_birth_date.year", ""), ("baby_birth_date.month", "")])
    assert form.typed(PASS, a_draft(PASS, {}), sent)["baby_birth_date"] == ""


def test_an_unknown_field_passes_through_to_be_refused() -> None:
    typed = form.typed(CERTIFICATE, a_draft(CERTIFICATE, {}), FormData([("price", "0")]))
    problems = check_answers(CERTIFICATE, typed, TODAY).problems
    assert ("price", "unknown_field") in [(problem.field, problem.code) for problem in problems]


def test_a_correction_asks_only_what_was_marked() -> None:
    draft = a_draft(CERTIFICATE, certificate_answers(), corrects=RECEIPT, marks={"phone": "桁が足りません"})
    shown = form.shown("ja", CERTIFICATE, draft, TODAY)
    open_questions = [question for question in shown.questions if question.fixed is None]
    assert [(question.field.id, question.mark) for question in open_questions] == [("phone", "桁が足りません")]
    assert next(q.fixed for q in shown.questions if q.field.id == "copies") == "2"


def test_a_correction_may_answer_a_question_its_new_answer_raises() -> None:
    answers = {**certificate_answers(), "purpose": "other", "purpose_other": ""}
    draft = a_draft(CERTIFICATE, answers, corrects=RECEIPT, marks={"purpose": "選び直してください"})
    shown = form.shown("ja", CERTIFICATE, draft, TODAY)
    assert [q.field.id for q in shown.questions if q.fixed is None] == ["purpose", "purpose_other"]


def test_the_summary_leads_to_each_faulty_question() -> None:
    draft = a_draft(CERTIFICATE, {})
    problems = check_answers(CERTIFICATE, {}, TODAY).problems
    shown = form.shown("ja", CERTIFICATE, draft, TODAY, problems)
    assert [question.target for question in shown.faulty] == [
        "kind-first", "copies", "purpose-first", "delivery-first", "phone"
    ]  # fmt: skip

"""What a browser sends becomes answers, and answers become the questions of a step again."""

from collections.abc import Mapping

from starlette.datastructures import FormData
from ui_samples import LIBRARY, RECEIPT, TODAY, a_draft, certificate_answers

from procedures.answers import Checked, check_answers
from procedures.document import Procedure
from procedures.form import Section
from procedures.marks import Mark
from ui import entry, form, postal, steps
from ui.form import Question, Remarks, Shown

CERTIFICATE = LIBRARY.current("residence_certificate")
PASS = LIBRARY.current("happy_pass")
MOVING = LIBRARY.current("moving_out")
PAPER, PURPOSE, RECEIVING = CERTIFICATE.form.sections
HOUSEHOLD = next(section for section in MOVING.form.sections if section.id == "household")
MOVE = next(section for section in MOVING.form.sections if section.id == "move")
MARK = Mark(fault="incorrect", reason="桁が足りません")


def step(procedure: Procedure, answers: Mapping[str, object], section: Section, **more: object) -> Shown:
    draft = a_draft(procedure, answers, **{key: value for key, value in more.items() if key != "remarks"})
    remarks = more.get("remarks", form.PLAIN)
    assert isinstance(remarks, Remarks)
    return form.shown("ja", procedure, draft, TODAY, section, remarks)


def asked(shown: Shown) -> list[str]:
    return [question.path for question in shown.asked]


def question(shown: Shown, path: str) -> Question:
    return next(each for each in shown.asked if each.path == path)


def walk(procedure: Procedure, answers: Mapping[str, object], **more: object) -> steps.Walk:
    draft = a_draft(procedure, answers, **more)
    return steps.walk(procedure, draft, check_answers(procedure, answers, TODAY))


def family(*members: Mapping[str, str]) -> dict[str, object]:
    return {"scope": "with_members", "members": [dict(member) for member in members]}


def test_a_conditional_question_is_asked_once_its_condition_holds() -> None:
    hidden, shown = (step(CERTIFICATE, {"purpose": each}, PURPOSE) for each in ("bank", "other"))
    assert "purpose_other" not in asked(hidden)
    assert "purpose_other" in asked(shown)
    assert [each.path for each in shown.asked if each.steers] == ["purpose"]
    assert shown.slots == "#slot-purpose_other"


def test_a_new_question_is_announced_instead_of_called_a_mistake() -> None:
    sent = FormData([("-asked", "purpose"), ("purpose", "other")])
    draft = a_draft(CERTIFICATE, {**certificate_answers(), "purpose_other": ""})
    problems = check_answers(CERTIFICATE, draft.answers, TODAY).problems
    assert entry.only_new(problems, sent)
    assert not entry.only_new(problems, FormData([("-asked", "purpose_other")]))
    assert not entry.only_new((), sent)


def test_an_unchecked_box_is_no_and_a_question_not_asked_keeps_its_answer() -> None:
    draft = a_draft(CERTIFICATE, {"include_relationship": True, "include_domicile": True})
    typed = entry.typed(CERTIFICATE, draft, FormData([("-asked", "include_relationship"), ("-action", "next")]))
    assert typed == {"include_relationship": False, "include_domicile": True}


def test_a_date_in_three_parts_is_read_in_either_calendar_and_shown_as_typed() -> None:
    baby = PASS.form.sections[0]
    for year in ("2026", "令和8", "R8"):
        sent = FormData([("baby_birth_date.year", year), ("baby_birth_date.month", "04"), ("baby_birth_date.day", "1")])
        typed = entry.typed(PASS, a_draft(PASS, {}), sent)
        assert check_answers(PASS, typed, TODAY).answers["baby_birth_date"] == "2026-04-01"
        parts = question(step(PASS, typed, baby), "baby_birth_date").parts
        assert parts == {"year": year, "month": "4", "day": "1"}


def test_an_empty_date_is_empty() -> None:
    sent = FormData([("-asked", "baby_birth_date"), ("baby_birth_date.year", ""), ("baby_birth_date.month", "")])
    assert entry.typed(PASS, a_draft(PASS, {}), sent)["baby_birth_date"] == ""


def test_an_unknown_field_passes_through_to_be_refused_and_is_forgotten_by_the_next_save() -> None:
    typed = entry.typed(CERTIFICATE, a_draft(CERTIFICATE, {}), FormData([("price", "0")]))
    problems = check_answers(CERTIFICATE, typed, TODAY).problems
    assert ("price", "unknown_field") in [(problem.field, problem.code) for problem in problems]
    assert "price" not in entry.typed(CERTIFICATE, a_draft(CERTIFICATE, typed), FormData([]))


def test_a_correction_asks_only_what_was_marked() -> None:
    marks = {"phone": MARK}
    shown = step(CERTIFICATE, certificate_answers(), RECEIVING, corrects=RECEIPT, marks=marks)
    assert [(each.path, each.mark) for each in shown.asked if each.fixed is None] == [("phone", MARK)]
    assert question(shown, "delivery").fixed == "電子交付(電子公印付きPDFをダウンロード)"


def test_a_correction_may_answer_a_question_its_new_answer_raises() -> None:
    answers = {**certificate_answers(), "purpose": "other", "purpose_other": ""}
    shown = step(
        CERTIFICATE,
        answers,
        PURPOSE,
        corrects=RECEIPT,
        marks={"purpose": MARK},
    )
    assert [each.path for each in shown.asked if each.fixed is None] == ["purpose", "purpose_other"]


def test_the_summary_leads_to_each_faulty_question() -> None:
    problems = check_answers(CERTIFICATE, {}, TODAY).problems
    targets = [
        each.target
        for section in CERTIFICATE.form.sections
        for each in step(CERTIFICATE, {}, section, remarks=Remarks(problems)).faulty
    ]
    assert targets == ["kind-first", "copies", "purpose-first", "delivery-first", "phone"]


# --- repeated items ---------------------------------------------------------------------------------------------------


def test_repeated_items_are_read_by_their_place_and_blank_ones_stay_on_the_page() -> None:
    sent = FormData(
        [
            ("-asked", "members"), ("-asked", "members.0"), ("-asked", "members.2"), ("members.0.name", "姫路　太郎"),
            ("members.0.birth_date.year", "平成2"), ("members.0.birth_date.month", "5"),
            ("members.0.birth_date.day", "20"),
        ]
    )  # fmt: skip
    members = entry.typed(MOVING, a_draft(MOVING, {}), sent)["members"]
    assert [member["name"] for member in members] == ["姫路　太郎", ""]
    assert members[0]["birth_date"] == "平成2-5-20"


def test_every_mistake_in_a_repeated_item_leads_to_its_very_input() -> None:
    answers = family({"name": "姫路　太郎"}, {"name": "", "name_kana": "ヒメジ", "relation": "child"})
    problems = steps.of_section(HOUSEHOLD, check_answers(MOVING, answers, TODAY).problems)
    shown = step(MOVING, answers, HOUSEHOLD, remarks=Remarks(problems))
    targets = [each.target for each in shown.faulty]
    assert "members-0-birth_date-first" in targets
    assert "members-1-name" in targets
    assert "members-0-name" not in targets
    assert not shown.elsewhere


def test_an_item_is_added_and_removed_and_the_others_keep_what_was_typed() -> None:
    answers = family({"name": "一"}, {"name": "二"})
    grown = entry.regrouped(MOVING, answers, FormData([("-add", "members")]))
    assert grown["members"] == [{"name": "一"}, {"name": "二"}, {}]
    shrunk = entry.regrouped(MOVING, answers, FormData([("-remove", "members.0")]))
    assert shrunk["members"] == [{"name": "二"}]


def test_no_more_items_are_added_than_the_group_takes_and_the_first_cannot_go() -> None:
    full = family(*[{"name": str(n)} for n in range(10)])
    assert entry.regrouped(MOVING, full, FormData([("-add", "members")])) == full
    assert not question(step(MOVING, full, HOUSEHOLD), "members").may_grow
    empty = question(step(MOVING, {"scope": "with_members"}, HOUSEHOLD), "members")
    assert [item.path for item in empty.items] == ["members.0"]
    assert not empty.may_shrink


def test_what_is_no_place_of_an_item_changes_nothing() -> None:
    answers = family({"name": "一"})
    for name, value in (("-remove", "members.x"), ("-remove", "members.9"), ("-remove", ""), ("-add", "name")):
        assert entry.regrouped(MOVING, answers, FormData([(name, value)])) == answers


# --- postal codes -----------------------------------------------------------------------------------------------------


def test_a_postal_code_fills_an_empty_address_and_never_one_that_was_typed() -> None:
    filled, found = postal.filled(MOVING, {"postal_code": "６７０－００１２"}, "postal_code")
    assert filled["new_address"] == "兵庫県姫路市本町"
    assert found["postal_code"].filled == "兵庫県姫路市本町"

    typed = {"postal_code": "670-0012", "new_address": "大阪市北区"}
    kept, found = postal.filled(MOVING, dict(typed), "postal_code")
    assert kept == typed
    assert [address.text for address in found["postal_code"].addresses] == ["兵庫県姫路市本町"]
    replaced, _ = postal.filled(MOVING, dict(typed), "postal_code:0")
    assert replaced["new_address"] == "兵庫県姫路市本町"


def test_a_code_of_several_places_asks_which_and_an_unknown_one_says_so() -> None:
    answers, found = postal.filled(MOVING, {"postal_code": "4980000"}, "postal_code")
    assert "new_address" not in answers
    assert [address.text for address in found["postal_code"].addresses] == ["愛知県弥富市", "三重県桑名郡木曽岬町"]
    for code in ("0000000", "abc", ""):
        answers, found = postal.filled(MOVING, {"postal_code": code}, "postal_code")
        assert (found["postal_code"].addresses, answers.get("new_address")) == ((), None)


def test_a_phone_shows_the_keyboard_the_answer_needs() -> None:
    code = question(step(MOVING, {}, MOVE), "postal_code")
    assert (code.keyboard["inputmode"], code.autocomplete) == ("numeric", "postal-code")
    assert code.finds_address


# --- steps ------------------------------------------------------------------------------------------------------------


def test_a_draft_nobody_saved_begins_at_the_beginning() -> None:
    found = walk(CERTIFICATE, certificate_answers(), revision=1).resumed()
    assert found is not None
    assert found.id == "certificate"


def test_resuming_finds_the_first_step_with_a_problem_then_the_first_nobody_has_seen_then_the_review() -> None:
    answers = certificate_answers()
    places = [
        walk(CERTIFICATE, answers | {"copies": 99, "phone": "x"}, revision=2).resumed(),
        walk(CERTIFICATE, {"kind": "household", "copies": 1}, revision=2).resumed(),
        walk(CERTIFICATE, answers, revision=2).resumed(),
    ]
    assert [place.id if place else None for place in places] == ["certificate", "purpose", None]


def test_an_optional_step_nobody_has_seen_is_not_passed_over() -> None:
    partner = LIBRARY.current("smart_city_partner")
    way = walk(partner, {}, revision=2)
    quiet = steps.Walk(way.draft, way.sections, ())
    assert quiet.resumed() == partner.form.sections[0]


def test_in_a_correction_only_steps_with_marked_answers_are_walked() -> None:
    way = walk(
        CERTIFICATE,
        certificate_answers(),
        corrects=RECEIPT,
        marks={"phone": MARK},
        revision=3,
    )
    assert [section.id for section in way.sections] == ["receipt"]
    assert way.resumed() == RECEIVING


def test_a_section_whose_questions_are_all_hidden_is_passed_over() -> None:
    way = walk(CERTIFICATE, certificate_answers(), revision=2)
    seen = Checked({}, (), visible=frozenset({"copies", "phone"}))
    hidden = steps.walk(CERTIFICATE, way.draft, seen)
    assert [section.id for section in hidden.sections] == ["certificate", "receipt"]
    assert hidden.beside(PAPER, 1) == RECEIVING


def test_the_navigation_leads_back_and_never_ahead() -> None:
    named = steps.navigation("ja", CERTIFICATE, walk(CERTIFICATE, certificate_answers()), "purpose")
    assert [(each.state, bool(each.href)) for each in named] == [
        ("completed", True), ("reached", False), ("ahead", False), ("ahead", False), ("ahead", False)
    ]  # fmt: skip
    assert named[-1].title == "署名"


# --- two devices ------------------------------------------------------------------------------------------------------


def test_each_question_answered_otherwise_elsewhere_shows_what_is_there() -> None:
    theirs = certificate_answers() | {"copies": 5, "include_domicile": True}
    shown = step(CERTIFICATE, certificate_answers(), PAPER, remarks=Remarks(theirs=theirs))
    assert [(each.path, each.other) for each in shown.clashing] == [("copies", "5"), ("include_domicile", "はい")]


def test_the_same_answer_in_other_characters_is_no_clash() -> None:
    shown = step(
        CERTIFICATE, certificate_answers() | {"copies": "２"}, PAPER, remarks=Remarks(theirs=certificate_answers())
    )
    assert not shown.clashing

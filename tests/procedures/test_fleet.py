"""全手続の検査: what every procedure folder of the city's library must hold."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from procedures.answers import MEDIA_TYPES, check_answers
from procedures.document import Procedure
from procedures.form import (
    AttachmentField,
    ChoiceField,
    ConsentField,
    DateField,
    FormField,
    GroupField,
    IntegerField,
    TextField,
)
from procedures.loader import Library
from procedures.process import Process, StepKind
from procedures.published import changed_editions
from procedures.rules import Facts
from procedures.steps import Approve, AwardPoints, CheckRegister, PostDocument, Review
from procedures.texts import LANGUAGES, Text
from sandbox.people import PEOPLE

LIBRARY = Library.read()
FLEET = list(LIBRARY.editions.values())
NAMES = [f"{edition.procedure.id}/{edition.procedure.version}" for edition in FLEET]
every_edition = pytest.mark.parametrize("edition", FLEET, ids=NAMES)

KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
HANGUL = re.compile(r"[가-힣]")
IDEOGRAPH = re.compile(r"[一-鿿]")
NOT_SIMPLIFIED = re.compile(r"[証請書県関発務説図対応変選択額郵電児産費続]")
A_PERSON = {
    "person_id": "1",
    "name": "姫路　花子",
    "birth_date": "2026-05-20",
    "sex": "female",
    "address": "兵庫県姫路市",
}
A_FILE = {"name": "控え.pdf", "bytes": 10, "sha256": "a" * 64}
TYPED = {
    "phone": ["079-221-2111", "０９０１２３４５６７８", "+81 79 221 2111"],
    "postal_code": ["670-8501", "〒６７０８５０１"],
    "email": ["hanako@example.jp", "ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ"],
}


def texts(node: object, where: str = "") -> Iterator[tuple[str, Text]]:
    if isinstance(node, Text):
        yield where, node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from texts(getattr(node, name), f"{where}.{name}")
    elif isinstance(node, tuple):
        for i, item in enumerate(node):
            yield from texts(item, f"{where}[{i}]")


def test_the_library_holds_the_procedures_a_city_starts_with() -> None:
    started = {
        "residence_certificate",
        "cancer_screening",
        "happy_pass",
        "smart_city_partner",
        "moving_out",
        "child_allowance",
    }
    assert started <= LIBRARY.latest.keys()


@every_edition
def test_every_text_is_in_its_own_language(edition) -> None:
    for where, text in texts(edition.procedure):
        assert not HANGUL.search(text.ja + text.en + text.zh), f"{where}: Korean outside ko"
        assert len(KANA.findall(text.zh)) <= len(text.zh) / 5, f"{where}: write zh in Chinese, found {text.zh}"
        assert not NOT_SIMPLIFIED.search(text.zh), f"{where}: write zh in simplified characters, found {text.zh}"
        foreign = KANA.findall(text.en) + IDEOGRAPH.findall(text.en)
        assert len(foreign) <= len(text.en) / 5, f"{where}: write en in English, found {text.en}"
        assert HANGUL.search(text.ko) or not IDEOGRAPH.search(text.ko), f"{where}: write ko in Korean, found {text.ko}"


@every_edition
def test_no_long_sentence_is_left_untranslated(edition) -> None:
    for where, text in texts(edition.procedure):
        written = [text.of(language) for language in LANGUAGES]
        long = [sentence for sentence in written if len(sentence) > 8]
        assert len(set(long)) == len(long), f"{where}: two languages are the same: {written}"
        assert not re.search(r"TODO|FIXME|TBD|未定", " ".join(written)), f"{where}: finish the text: {written}"


@every_edition
def test_every_procedure_cites_its_law(edition) -> None:
    procedure: Procedure = edition.procedure
    assert re.search(r"法.*第\d+条", procedure.legal_basis.ja), "legal_basis.ja: name the act and its article (第…条)"
    assert re.search(r"Article \d+", procedure.legal_basis.en), "legal_basis.en: name the article"
    assert re.search(r"法|規程|条例", procedure.retention.legal_basis.ja), "retention.legal_basis.ja: name the rule"


@every_edition
def test_every_procedure_is_reviewed_by_a_declared_function_and_ends_with_the_resident(edition) -> None:
    steps = edition.procedure.steps
    assert any(step.kind == "review" for step in steps), "add a step with kind: review"
    before = [step.kind for step in steps if step.kind not in {"approve", "close_account"}]
    last = before[-1] if steps[-1].kind == "close_account" else steps[-1].kind
    assert last in {"deliver", "post_document"}, "the last step hands something to the resident"


@every_edition
def test_every_template_exists_and_holds_something(edition) -> None:
    for document in edition.procedure.documents:
        template = LIBRARY.template(edition.procedure.id, edition.procedure.version, document.id)
        assert template.read_text("utf-8").strip(), f"{template} is empty"


@every_edition
def test_every_template_reads_answers_the_form_asks_for(edition) -> None:
    asked = {field.id for field in edition.procedure.form.fields()}
    for template in (edition.folder / "documents").glob("*.html"):
        source = template.read_text("utf-8")
        read = set(re.findall(r"""answers\.(?!get\b)(\w+)|answers\.get\(["'](\w+)""", source))
        named = {name for pair in read for name in pair if name}
        assert named <= asked, f"{template} reads {named - asked}, which the form does not ask for"


@every_edition
def test_the_process_is_small_and_carries_no_text(edition) -> None:
    process = edition.procedure.process()
    pinned = process.model_dump_json()
    assert Process.model_validate_json(pinned) == process
    assert [step.kind for step in process.steps] == [step.kind for step in edition.procedure.steps]
    assert {step.kind for step in process.steps} <= set(get_args(StepKind))
    assert pinned.isascii(), "texts stay in the document"
    assert len(pinned) < 2000, f"{len(pinned)} bytes travel into every workflow"


@every_edition
def test_a_document_survives_a_trip_through_json(edition) -> None:
    assert Procedure.model_validate_json(edition.procedure.model_dump_json()) == edition.procedure


@every_edition
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_no_rule_fails_on_any_request_that_is_accepted(edition, data) -> None:
    procedure: Procedure = edition.procedure
    today = data.draw(st.dates(date(2026, 4, 1), date(2028, 3, 31)))
    raw = {field.id: data.draw(_answer(field, today)) for field in procedure.form.fields()}
    checked = check_answers(procedure, raw, today)
    assert checked.accepted, [(found.field, found.message.en) for found in checked.problems]
    facts = Facts(checked.answers, today, signer=A_PERSON, register=A_PERSON)
    procedure.refusals(facts)
    assert (procedure.fee_due(facts) > 0) == (procedure.fee is not None)
    for step in procedure.steps:
        step.applies(facts)
        _step_rules(step, facts)


def _step_rules(step: Any, facts: Facts) -> None:
    if isinstance(step, AwardPoints):
        assert step.points.evaluate_points(facts) > 0
    if isinstance(step, CheckRegister) and step.subject:
        assert step.subject.name.evaluate_text(facts)
        assert step.subject.birth_date.evaluate_date(facts)
    if isinstance(step, CheckRegister) and step.eligible:
        step.eligible.evaluate_condition(facts)


def _answer(field: FormField, today: date) -> st.SearchStrategy[object]:
    """An answer the field accepts, or none where it may be left out."""
    left_out = st.none() if not field.required else st.nothing()
    match field:
        case ConsentField():
            return st.just("on") | (st.nothing() if field.required else st.just(""))
        case ChoiceField():
            return st.sampled_from([option.value for option in field.options]) | left_out
        case IntegerField():
            return st.integers(field.minimum, field.maximum) | left_out
        case DateField():
            now = Facts({}, today)
            first = field.minimum.evaluate_date(now) if field.minimum else today - timedelta(days=36_500)
            last = field.maximum.evaluate_date(now) if field.maximum else today + timedelta(days=400)
            return st.dates(first, last) | left_out
        case GroupField():
            item = st.fixed_dictionaries({each.id: _answer(each, today) for each in field.fields})
            return st.lists(item, min_size=field.minimum, max_size=field.minimum + 2) | left_out
        case TextField(pattern=str()):
            return st.just(field.example) | left_out
        case TextField(writing=writing) if writing in TYPED:
            return st.sampled_from(TYPED[writing]) | left_out
        case AttachmentField():
            files = [{**A_FILE, "media_type": MEDIA_TYPES[kind]} for kind in field.accept]
            return st.lists(st.sampled_from(files), min_size=1, max_size=field.max_files) | left_out
        case _:
            return st.sampled_from(["姫路　花子", "<b>&", "=1+1", "Li Mei"]) | left_out


@every_edition
def test_every_level_has_enough_people_in_the_demonstration(edition) -> None:
    for step in edition.procedure.steps:
        if isinstance(step, Review | Approve | PostDocument):
            duty = f"{edition.procedure.department.id}:{step.function}"
            holders = [person.name for person in PEOPLE if duty in person.duties]
            needed = step.quorum if isinstance(step, Approve) else 1
            assert len(holders) >= needed, f"{duty} needs {needed} people, has {holders}: see sandbox/people.py"


def test_published_versions_are_locked() -> None:
    assert changed_editions() == [], "\n".join(changed_editions())


def test_a_library_cannot_be_changed_by_its_readers() -> None:
    with pytest.raises(TypeError):
        LIBRARY.editions["x", 1] = FLEET[0]  # type: ignore[index]

"""誤りの文面: each mistake says file, line, and what to write instead."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procedures.loader import Library
from procedures.source import SourceInvalid

SAMPLE = (Path(__file__).parent / "sample.yaml").read_text("utf-8")
HANDOVER = SAMPLE[SAMPLE.index("  - id: deliver\n") : SAMPLE.index("  - {id: close,")]


def approved_by(options: str) -> tuple[str, str]:
    """The edit that puts a level of approval before the document is issued."""
    issue = "  - {id: issue,"
    title = "title: {ja: 決裁, en: Approval, zh: 批准, ko: 결재}"
    return issue, f"  - {{id: approve, kind: approve, function: mailing, {options}, {title}}}\n{issue}"


# Name: the edit, the sentence, and a text on the line it must point to where that is not the edit itself.
MISTAKES: dict[str, tuple[Any, ...]] = {
    "a word for a number": (
        ("minimum: 1", "minimum: one"),
        'form.sections[0].fields[2].minimum: expected an integer, found "one"; write: minimum: 1',
    ),
    "a number in quotes": (
        ("minimum: 1", 'minimum: "1"'),
        'form.sections[0].fields[2].minimum: expected an integer, found "1"; write: minimum: 1',
    ),
    "a number for text": (
        ("example: 079-221-2111", "example: 79"),
        "form.sections[0].fields[1].example: expected text, found 79; write: example: text",
    ),
    "a word for yes or no": (
        ("many: true", "many: often"),
        'form.sections[0].fields[4].many: expected true or false, found "often"; write: many: true',
    ),
    "a misspelt key of a field": (
        ("minimum: 1", "minumum: 1"),
        'form.sections[0].fields[2].minumum: unknown key "minumum"; write: minimum (did you mean it?)',
    ),
    "a misspelt key of the document": (
        ("audience: resident", "audiense: resident"),
        'audiense: unknown key "audiense"; write: audience (did you mean it?)',
    ),
    "a key of another kind of field": (
        ("kind: integer", "kind: integer\n          many: true"),
        'form.sections[0].fields[2].many: unknown key "many"; write: one of id, label, hint, required, '
        "visible_when, prefill, kind, minimum, maximum",
        "many: true",
    ),
    "a missing key": (
        ("identity: signature\n", ""),
        'identity: missing "identity"; write: identity: signature or login',
        "# A small procedure",
    ),
    "a missing language": (
        ("title: {ja: 一, en: One, zh: 第一, ko: 하나}", "title: {ja: 一, en: One, zh: 第一}"),
        "form.sections[0].title.ko: the Korean text is missing; write: ko: the same in Korean",
    ),
    "an empty text": (
        ("en: Name", 'en: "  "'),
        "form.sections[0].fields[0].label.en: is empty; write: en: text",
    ),
    "an unknown kind of field": (
        ("kind: integer", "kind: integr"),
        'form.sections[0].fields[2].kind: unknown kind "integr"; write: kind: integer',
    ),
    "an unknown kind of step": (
        ("kind: collect_fee", "kind: collect_fees"),
        'steps[2].kind: unknown kind "collect_fees"; write: kind: collect_fee',
    ),
    "a step without a kind": (
        ("id: review, kind: review, ", "id: review, "),
        'steps[3]: missing "kind"; write: kind: one of check_signature, check_register, collect_fee, review, '
        "approve, issue_document, deliver, post_document, award_points, close_account, "
        "tell_registry",
    ),
    "an unknown word": (
        ("identity: signature", "identity: signatur"),
        'identity: "signatur" is not known here; write: identity: signature',
    ),
    "an id with capitals": (
        ("id: copies", "id: Copies"),
        'form.sections[0].fields[2].id: "Copies" does not look like an id; write: id: lower_case_words, from a '
        "to z, at most 40 characters",
        "id: Copies",
    ),
    "a step nobody could see": (
        (
            "  - {id: fee,",
            "  - {id: gone, kind: close_account, title: {ja: 抹消, en: End, zh: 注销, ko: 말소}}\n  - {id: fee,",
        ),
        "steps[2]: nobody can see a step after close_account; write: this step as the last one",
    ),
    "a handover of nobody": (
        ("kind: check_register\n    eligible: age(register.birth_date, today) >= 15\n", "kind: collect_fee\n"),
        "steps[7]: tell_registry needs to know whom it is about; write: a step with kind: check_register above",
        "  - {id: tell,",
    ),
    "a handover nobody accepted": (
        ("{id: review, kind: review, function: certificate_review,", "{id: review, kind: collect_fee,"),
        "steps[7]: tell_registry is for accepted cases; write: a step with kind: review above",
        "  - {id: tell,",
    ),
    "a farewell with empty hands": (
        (HANDOVER, ""),
        "steps[5]: close_account needs something in the resident's hand before it; write: a step with kind: deliver or "
        "post_document above",
        "  - {id: close,",
    ),
    "a limit out of bounds": (
        ("processing_business_days: 3", "processing_business_days: 0"),
        "limits.processing_business_days: input should be greater than or equal to 1, found 0; write: "
        "processing_business_days: at least 1",
    ),
    "a text where a list belongs": (
        ("accept: [pdf, png]", "accept: pdf"),
        'form.sections[1].fields[2].accept: expected a list, found "pdf"; write: accept: a list, each item after -',
    ),
    "an unknown word in a list": (
        ("accept: [pdf, png]", "accept: [pdf, pgn]"),
        'form.sections[1].fields[2].accept[1]: "pgn" is not known here; write: accept: png',
    ),
    "a rule that is no CEL": (
        ("rule: answers.copies * 300", "rule: answers.copies *"),
        "fee.rule: CEL syntax error at column 17: mismatched input '<EOF>'; write: rule: answers.copies * 300, "
        "or another CEL expression",
    ),
    "a rule about no field": (
        ("rule: answers.copies * 300", "rule: answers.copis * 300"),
        'fee.rule: the rule reads "copis", which is no field of the form; write: answers.copies',
    ),
    "a rule about an attachment": (
        ("rule: answers.copies * 300", "rule: size(answers.receipt) * 300"),
        'fee.rule: the rule reads "receipt", an attachment; files are not facts; write: one of '
        "answers.address, answers.agreed, answers.children, answers.copies, answers.delivery, answers.extras, "
        "answers.mail, answers.mobile, answers.name, answers.notes, answers.phone, answers.postal_code, "
        "answers.posted_on, answers.twins_note",
    ),
    "a field shown by one below it": (
        ('visible_when: answers.delivery == "post"', 'visible_when: answers.notes == "post"'),
        'form.sections[1].fields[0].visible_when: the rule reads "notes", which is asked further down; write: '
        "one of answers.copies, answers.delivery, answers.extras, answers.name, answers.phone",
    ),
    "a rule about an unknown fact": (
        ("rule: answers.copies * 300", "rule: answer.copies * 300"),
        'fee.rule: the rule reads "answer", which is not known here; write: answers',
    ),
    "a fee that reads the register": (
        ("rule: answers.copies * 300", "rule: age(register.birth_date, today) * 300"),
        'fee.rule: the rule reads "register", which is not known here; write: one of answers, today',
    ),
    "an unknown function": (
        ("eligible: age(", "eligible: ages("),
        'steps[1].eligible: the rule calls "ages", which does not exist; write: age',
    ),
    "a rule over all answers": (
        ("rule: answers.copies * 300", 'rule: answers["copies"] * 300'),
        "fee.rule: the rule reads answers without naming a field; write: answers.<field id>",
    ),
    "a deputy nobody declared": (
        approved_by("deputy: {function: certificate_reviews, after_business_days: 2}"),
        'steps[4].deputy.function: the function "certificate_reviews" is not declared under functions; write: '
        "certificate_review",
        "  - {id: approve,",
    ),
    "a deputy who is the level itself": (
        approved_by("deputy: {function: mailing, after_business_days: 2}"),
        'steps[4].deputy.function: the deputy holds "mailing" like the level itself, so nobody would be added; write: '
        "one of certificate_review",
        "  - {id: approve,",
    ),
    "a deputy at once": (
        approved_by("deputy: {function: certificate_review, after_business_days: 0}"),
        "steps[4].deputy.after_business_days: input should be greater than or equal to 1, found 0; write: "
        "after_business_days: at least 1",
        "  - {id: approve,",
    ),
    "a quorum of nobody": (
        approved_by("quorum: 0"),
        "steps[4].quorum: input should be greater than or equal to 1, found 0; write: quorum: at least 1",
        "  - {id: approve,",
    ),
    "a quorum of a review": (
        ("function: certificate_review, title", "function: certificate_review, quorum: 2, title"),
        'steps[3].quorum: unknown key "quorum"; write: one of id, title, when, parallel, kind, function, deemed',
        "  - {id: review,",
    ),
    "a delegation of what is never passed over": (
        approved_by("delegation: {ja: 専決, en: Delegated, zh: 专决, ko: 전결}"),
        "steps[4].delegation: delegation says why the level is passed over, and without when it never is; write: "
        "when: a rule, or leave the delegation out",
        "  - {id: approve,",
    ),
    "a pattern that is none": (
        ("pattern: 0[0-9-]{9,12}", "pattern: 0[0-9-{9,12}"),
        "form.sections[0].fields[1].pattern: the pattern cannot be read: unclosed character class; write: a "
        "regular expression such as [0-9]{7}",
    ),
    "a pattern without example": (
        ("          example: 079-221-2111\n", ""),
        "form.sections[0].fields[1]: a pattern needs an example of what to enter; write: example: an answer it accepts",
        "id: phone",
    ),
    "an example the pattern refuses": (
        ("example: 079-221-2111", "example: none"),
        'form.sections[0].fields[1].example: "none" does not match the pattern; write: an answer it accepts',
    ),
    "a minimum above the maximum": (
        ("maximum: 5", "maximum: 0"),
        "form.sections[0].fields[2].maximum: is below the minimum, 1; write: maximum: 1 or more",
    ),
    "a field id used twice": (
        ("id: notes", "id: name"),
        'form.sections[1].fields[1].id: the field id "name" is used twice; write: id: name_2, or another new id',
        "id: name\n          kind: long_text",
    ),
    "a step about no document": (
        ("documents: [certificate]", "documents: [certificat]"),
        'steps[5].documents[0]: no document has the id "certificat"; write: certificate',
    ),
    "a step for an undeclared function": (
        ("function: mailing", "function: mail"),
        'steps[6].function: the function "mail" is not declared under functions; write: mailing',
    ),
    "a delivery before the issue": (
        ("kind: issue_document, document: certificate, ", "kind: approve, function: mailing, "),
        'steps[5].documents[0]: "certificate" has not been issued yet; write: a step issue_document with '
        "document: certificate above",
        "documents: [certificate]",
    ),
    "a register document without check": (
        ("kind: check_register", "kind: approve\n    function: mailing"),
        "steps[4]: a document with register content needs a step check_register before it; write: a step with "
        "kind: check_register above",
        "id: issue,",
    ),
    "a fee without its step": (
        ("kind: collect_fee,", "kind: approve, function: mailing,"),
        "fee: a fee needs a step collect_fee; write: a step with kind: collect_fee",
        "fee:\n",
    ),
    "a signature without its step": (
        ("kind: check_signature,", "kind: approve, function: mailing,"),
        "identity: identity: signature needs a step check_signature; write: a step with kind: check_signature",
        "identity: signature",
    ),
    "a signature step for a login": (
        ("identity: signature", "identity: login"),
        "steps[0].kind: check_signature needs identity: signature; write: identity: signature, or leave the step out",
        "id: signature,",
    ),
    "a certificate of nobody": (
        ("kind: check_signature,", "kind: check_signature, certificates: [busines],"),
        'steps[0].certificates[0]: "busines" is not known here; write: certificates: business',
    ),
    "claims about a person": (
        ("kind: check_signature,", "kind: check_signature, claims: {name: answers.name},"),
        "steps[0].claims: claims are about an organisation, whose certificate is not accepted here; write: "
        "certificates: [business], or leave the claims out",
    ),
    "a claim nobody was asked for": (
        ("kind: check_signature,", "kind: check_signature, certificates: [business], claims: {name: answers.copis},"),
        'steps[0].claims.name: the rule reads "copis", which is no field of the form; write: answers.copies',
    ),
    "an organisation in the resident register": (
        ("kind: check_signature,", "kind: check_signature, certificates: [individual, business],"),
        "steps[1].kind: check_register is about a person, and organisations may sign here; write: certificates: "
        "[individual] in check_signature, or leave it out",
        "    kind: check_register",
    ),
    "an eligibility without refusal": (
        ("    refusal: {ja: 15歳以上, en: Aged 15 or over, zh: 15岁以上, ko: 15세 이상}\n", ""),
        "steps[1]: eligible and refusal belong together; write: both, or neither",
        "id: register",
    ),
    "an interrupted parallel group": (
        ("kind: collect_fee,", "kind: collect_fee, parallel: handover,"),
        'steps[5].parallel: the group "handover" is interrupted; write: its steps next to each other',
        "    parallel: handover",
    ),
    "a delivery beside its issue": (
        ("kind: issue_document,", "kind: issue_document, parallel: handover,"),
        'steps[5].parallel: runs beside the step that issues "certificate"; write: another group, or none',
        "    parallel: handover",
    ),
    "a template that is not there": (
        ("documents/certificate.html", "documents/missing.html"),
        "documents[0].template: the file documents/missing.html does not exist beside the document; write: the "
        "name of a file in documents/, or add it",
    ),
    "a template outside the folder": (
        ("documents/certificate.html", "../secret.html"),
        'documents[0].template: "../secret.html" does not look like a template\'s path; write: template: '
        "documents/notice.html",
    ),
    "a folder of another name": (
        ("id: sample", "id: other"),
        'id: is "other", but its folder is sample; write: id: sample',
    ),
    "a version without its forerunner": (
        ("version: 1", "version: 3"),
        "version: is 3, but the superseded versions are: none; write: version: 1",
    ),
    "a group's field asked twice": (
        ("            - id: school\n", "            - id: birth_date\n"),
        'form.sections[2].fields[4].fields[2].id: the field id "birth_date" is used twice; '
        "write: id: birth_date_2, or another new id",
        "            - id: birth_date\n              kind: choice",
    ),
    "a condition within a group": (
        ("              max_length: 20\n", '              visible_when: answers.name == "x"\n'),
        "form.sections[2].fields[4].fields[0].visible_when: visible_when has no meaning within a group; "
        "write: no visible_when, or the field outside the group",
        'visible_when: answers.name == "x"',
    ),
    "a group within a group": (
        ("            - id: school\n              kind: choice", "            - id: school\n              kind: group"),
        'form.sections[2].fields[4].fields[2].kind: unknown kind "group"; write: kind: one of choice, date, integer, '
        "long_text, text",
        "              kind: group",
    ),
    "a required group of none": (
        ("required: false\n          minimum: 2", "minimum: 0"),
        "form.sections[2].fields[4].minimum: is 0, but the group is required; "
        "write: minimum: 1, or required: false: then none or at least the minimum",
        "minimum: 0",
    ),
    "a group of less than its least": (
        ("minimum: 2\n          maximum: 3", "minimum: 12"),
        "form.sections[2].fields[4].maximum: is below the minimum, 12; write: maximum: 12 or more",
        "        - id: children",
    ),
    "a rule about what the items of a group are not asked": (
        ("answers.children[0].birth_date", "answers.children[0].birthday"),
        'form.sections[2].fields[5].visible_when: the rule reads "birthday" of "children", which its items are not '
        "asked; write: birth_date",
    ),
    "a rule about each of a group that reads what is not asked": (
        ("c.birth_date == ", "c.scool == "),
        'form.sections[2].fields[5].visible_when: the rule reads "scool" of "children", which its items are not '
        "asked; write: school",
    ),
    "a prefill that does not fit": (
        ("kind: integer", "kind: integer\n          prefill: phone"),
        'form.sections[0].fields[2].prefill: "phone" does not fit a field of kind integer; '
        "write: kind: text, or another prefill",
        "prefill: phone",
    ),
    "a postal code that fills no text": (
        ("address_field: address", "address_field: adress"),
        'form.sections[2].fields[2].address_field: "adress" is no text field of the form; write: address',
    ),
    "an address beside something else than a postal code": (
        ("          writing: email\n", "          writing: email\n          address_field: address\n"),
        "form.sections[2].fields[1].address_field: belongs to a postal code; write: writing: postal_code",
        "address_field: address",
    ),
    "photographs that cannot become a PDF": (
        ("accept: [pdf, png]", "accept: [jpeg, png]\n          photos_as_pdf: true"),
        "form.sections[1].fields[2].photos_as_pdf: photographs become a PDF, but accept does not name pdf and a kind "
        "of photograph; write: accept: [pdf, jpeg, png]",
        "photos_as_pdf: true",
    ),
    "pages of what has none": (
        ("accept: [pdf, png]", "accept: [png]\n          max_pages: 3"),
        "form.sections[1].fields[2].max_pages: only PDFs have pages, and accept names no pdf; write: accept: [pdf]",
        "max_pages: 3",
    ),
    "a reception that closes before it opens": (
        ("audience: resident", "audience: resident\nreception: {opens: 2026-04-01, closes: 2026-03-31}"),
        "reception.closes: is before opens, 2026-04-01; write: closes: 2026-04-01 or later",
        "reception: {",
    ),
    "a day that ends before it begins": (
        ("audience: resident", 'audience: resident\nreception: {from_time: "23:00", until_time: "06:30"}'),
        'reception.until_time: is not after from_time, 23:00; write: until_time: later than "23:00", or leave it out',
        "reception: {",
    ),
    "hours of another zone": (
        ("audience: resident", 'audience: resident\nreception: {from_time: "06:30Z"}'),
        'reception.from_time: has a time zone; the hours are always Japan\'s; write: from_time: "06:30"',
        "reception: {",
    ),
    "a time that is none": (
        ("audience: resident", 'audience: resident\nreception: {from_time: "25:00"}'),
        'reception.from_time: expected a time such as 06:30, found "25:00"; write: from_time: "06:30"',
        "reception: {",
    ),
    "a day that is none": (
        ("audience: resident", 'audience: resident\nreception: {opens: "2026-02-30"}'),
        'reception.opens: expected a day that exists, found "2026-02-30"; write: opens: 2026-04-01',
        "reception: {",
    ),
    "a key written twice": (
        ("audience: resident", "audience: resident\naudience: officer"),
        'the document: not YAML: found duplicate key "audience" with value "officer" (original value: '
        '"resident"); write: each key once',
        "audience: officer",
    ),
    "no YAML": (
        ("audience: resident", "audience: [resident"),
        "the document: not YAML: expected ',' or ']', but got ':'; write: key: value, indented with spaces, "
        "texts holding : or # in quotes",
        "identity: signature",
    ),
    "an alias": (
        ("audience: resident", "audience: &who resident\ncategory_: *who"),
        "the document: aliases (*name) are not used here; write: the text itself",
        "category_: *who",
    ),
}
CASES = [(edit, sentence, (marker or [edit[1]])[0]) for edit, sentence, *marker in MISTAKES.values()]


@pytest.mark.parametrize(("edit", "sentence", "marker"), CASES, ids=MISTAKES)
def test_a_mistake_says_where_it_is_and_what_to_write(refused, edit, sentence, marker) -> None:
    source = SAMPLE.replace(*edit, 1)
    line = source[: source.index(marker)].count("\n") + 1
    assert f"library/sample/procedure.yaml:{line}: {sentence}" in refused(edit)


def test_every_mistake_of_a_file_is_listed_in_the_order_of_its_lines(refused) -> None:
    edits = (
        ("minimum: 1", "minimum: one"),
        ("audience: resident", "audiense: resident"),
        ("rule: answers.copies * 300", "rule: answers.copis * 300"),
        ("documents: [certificate]", "documents: [certificat]"),
    )
    places = [line.split(": ")[1] for line in refused(*edits)]
    assert places == [
        "audience",
        "audiense",
        "form.sections[0].fields[2].minimum",
        "fee.rule",
        "steps[5].documents[0]",
    ]


@pytest.mark.parametrize("source", ["", "- a list", "just text", "\x00", "id: *missing", "é: \udcff"])
def test_a_file_that_is_no_document_is_refused_with_its_first_line(written, tmp_path, source) -> None:
    (written() / "sample" / "procedure.yaml").write_bytes(source.encode("utf-8", "surrogateescape"))
    with pytest.raises(SourceInvalid, match=r"procedure\.yaml:1: the document: "):
        Library.read(tmp_path / "library")


PIECES = ["", "- ", "kind: ", "!!binary x", "!!set {a}", ".inf", "[", "{", "? [a] : b", "1: 2", "null", "2026-04-01"]
PIECE = st.sampled_from(PIECES) | st.text("ab:#'[]{}-\n\t", max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(at=st.integers(0, len(SAMPLE)), length=st.integers(0, 60), piece=PIECE)
def test_a_document_broken_anywhere_is_read_or_refused_never_a_crash(written, at, length, piece) -> None:
    folder = written()
    source = SAMPLE[:at] + piece + SAMPLE[at + length :]
    (folder / "sample" / "procedure.yaml").write_text(source, "utf-8")
    with contextlib.suppress(SourceInvalid):
        Library.read(folder)


@pytest.mark.parametrize("source", ["a: " + "[" * 5000, "a: " + "{a: " * 5000, "x" * 600_000])
def test_a_file_too_deep_or_too_large_is_refused(written, source) -> None:
    folder = written()
    (folder / "sample" / "procedure.yaml").write_text(source, "utf-8")
    with pytest.raises(SourceInvalid, match=r"nested more than 20 deep|larger than 512,000 bytes"):
        Library.read(folder)


def test_a_folder_without_a_document_is_refused(written) -> None:
    folder = written()
    (folder / "empty").mkdir()
    with pytest.raises(SourceInvalid, match=r"empty/procedure\.yaml:1: the document: cannot be read: No such file"):
        Library.read(folder)

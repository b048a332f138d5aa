"""内部メモ・定型文: what officers write for each other and what they often write to residents."""

from typing import Any

import psycopg
import pytest

from machine.layout import Layout
from machine.postgres import Role
from machine.visitor import Visitor
from tests.api.scenes import HIMEJI, Books, Newcomer, screening, screening_under_review

REVIEW = "health:health_review"


def refusal(officer: Visitor, method: str, path: str, body: object = None) -> tuple[int, str]:
    answer = officer.http.request(method, path, json=body)
    return answer.status_code, answer.json()["title"]


# --- notes ------------------------------------------------------------------------------------------------------------


def notes(number: str) -> str:
    return f"/api/inbox/cases/{number}/notes"


def test_a_note_stays_as_it_was_written_and_only_its_author_withdraws_it(newcomer: Newcomer, books: Books) -> None:
    hanada, shirahama = newcomer(REVIEW, name="花田　一"), newcomer(REVIEW, name="白浜　二")
    resident = newcomer()
    number = screening_under_review(resident)

    hanada.post(notes(number), {"body": "  前年の受診歴を\r\n電話で確認済み。 "})
    (note,) = shirahama.post(notes(number), {"body": "了解"})[1:]

    assert (note["author"], note["body"], note["own"]) == ("花田　一", "前年の受診歴を\n電話で確認済み。", False)
    path = f"{notes(number)}/{note['id']}/withdrawal"
    assert refusal(shirahama, "POST", path) == (403, "note_not_yours")
    kept = hanada.post(path)
    assert [each["withdrawn_at"] is not None for each in kept] == [False, True]
    assert kept[1]["body"] == note["body"]
    assert refusal(hanada, "POST", path) == (403, "note_not_yours")
    rows = books.rows("select action from audit where receipt_number = %s order by seq", number)
    said = [row["action"] for row in rows]
    assert [each for each in said if each.startswith("note_")] == ["note_written", "note_written", "note_withdrawn"]
    case = resident.case(number)
    assert "受診歴" not in str(case)
    assert "note_written" not in str(case)


def test_the_database_lets_nobody_rewrite_or_delete_a_note(newcomer: Newcomer, town: Layout) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    officer.post(notes(number), {"body": "残る"})
    for statement in ("update case_note set body = 'x'", "delete from case_note", "update opinion set question = 'x'",
                      "update review_sheet set answers = '{}'"):  # fmt: skip
        with town.postgres.connect(Role.APP) as connection:
            connection.execute(f"set app.municipality = '{HIMEJI}'")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_double_click_writes_one_note_and_an_empty_or_endless_one_is_refused(newcomer: Newcomer) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    twice = {"body": "一度だけ", "id": "7c1f6a3e-0000-4000-8000-" + number[-5:].encode().hex().rjust(12, "0")[-12:]}
    officer.post(notes(number), twice)
    assert len(officer.post(notes(number), twice)) == 1
    for body in ("", " \n ", "\x00", "あ" * 2001):
        assert refusal(officer, "POST", notes(number), {"body": body}) == (422, "note_empty")
    assert officer.http.post(notes(number), json={"body": "あ" * 100_000}).status_code == 422


def test_notes_are_for_officers_of_the_case_alone(newcomer: Newcomer) -> None:
    resident = newcomer()
    number = screening_under_review(resident)
    assert resident.http.get(notes(number)).status_code == 403
    for stranger in (newcomer("health:points_review"), newcomer("health:expert"), newcomer("*:administrator")):
        for method in ("GET", "POST"):
            assert refusal(stranger, method, notes(number), {"body": "x"}) == (404, "not_found")


# --- templates --------------------------------------------------------------------------------------------------------

TEMPLATES = "/api/inbox/message-templates"
HELLO = {"ja": "{受付番号}「{手続名}」について", "en": "About {受付番号}, {手続名}"}


@pytest.fixture
def officer(newcomer: Newcomer, books: Books) -> Visitor:
    books.write("delete from message_template")
    return newcomer(REVIEW)


def a_template(officer: Visitor, **changes: object) -> dict[str, Any]:
    made: dict[str, Any] = officer.post(
        TEMPLATES, {"department": "health", "name": "書類の不足", "texts": HELLO} | changes
    )
    return made


@pytest.mark.parametrize(
    ("language", "said", "written"),
    [("en", "About {}, ", "en"), ("ja", "{}「がん検診", "ja"), ("ko", "{}「がん検診", "ja")],
)
def test_a_template_is_filled_in_the_language_of_the_application(
    newcomer: Newcomer, officer: Visitor, language: str, said: str, written: str
) -> None:
    made = a_template(officer)
    resident = newcomer()
    number = resident.submit(resident.fill_in("cancer_screening", screening(), language))

    filled = officer.get(f"/api/inbox/cases/{number}/message-templates/{made['id']}")

    assert filled["language"] == written
    assert filled["text"].startswith(said.format(number))


def test_a_template_is_changed_by_its_department_and_never_over_a_colleagues_change(
    newcomer: Newcomer, officer: Visitor
) -> None:
    made, colleague = a_template(officer), newcomer(REVIEW, name="白浜　二")
    path = f"{TEMPLATES}/{made['id']}"
    changed = colleague.put(path, {"version": 1, "name": "不足", "texts": {"ja": "書類が足りません。"}})
    assert (changed["version"], changed["changed_by"], changed["texts"]) == (
        2,
        "白浜　二",
        {"ja": "書類が足りません。"},
    )

    late = {"version": 1, "name": "別名", "texts": HELLO}
    assert refusal(officer, "PUT", path, late) == (409, "template_changed")
    assert refusal(officer, "DELETE", f"{path}?version=1") == (409, "template_changed")
    assert officer.http.delete(f"{path}?version=2").status_code == 204
    assert officer.get(TEMPLATES) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "}, {"name": "あ" * 61}, {"texts": {"en": "Hello"}}, {"texts": {"ja": " "}},
        {"texts": {"ja": "{氏名}様"}}, {"texts": {"ja": "あ" * 5001}},
    ],
    ids=["no name", "long name", "no Japanese", "blank", "unknown place", "long"],
)  # fmt: skip
def test_a_template_that_could_not_be_used_is_refused(officer: Visitor, wrong: dict[str, object]) -> None:
    body = {"department": "health", "name": "書類の不足", "texts": HELLO} | wrong
    assert refusal(officer, "POST", TEMPLATES, body) == (422, "template_incomplete")
    assert officer.get(TEMPLATES) == []


def test_two_templates_of_a_department_have_two_names(officer: Visitor) -> None:
    a_template(officer)
    other = a_template(officer, name="別の名前")
    body = {"department": "health", "name": "書類の不足", "texts": HELLO}
    assert refusal(officer, "POST", TEMPLATES, body) == (409, "template_taken")
    late = {"version": 1, "name": "書類の不足", "texts": HELLO}
    assert refusal(officer, "PUT", f"{TEMPLATES}/{other['id']}", late) == (409, "template_taken")


def test_templates_belong_to_their_department(newcomer: Newcomer, officer: Visitor) -> None:
    made = a_template(officer)
    elsewhere, expert = newcomer("resident_counter:certificate_review"), newcomer("health:expert")
    mine = screening_under_review(newcomer())
    for stranger in (elsewhere, expert):
        assert stranger.get(TEMPLATES) == []
        path = f"{TEMPLATES}/{made['id']}"
        assert refusal(stranger, "PUT", path, {"version": 1, "name": "x", "texts": HELLO}) == (404, "not_found")
        assert refusal(stranger, "DELETE", f"{path}?version=1") == (404, "not_found")
        body = {"department": "health", "name": "x", "texts": HELLO}
        assert refusal(stranger, "POST", TEMPLATES, body) == (403, "not_allowed")
    theirs = elsewhere.post(TEMPLATES, {"department": "resident_counter", "name": "x", "texts": HELLO})
    filled = f"/api/inbox/cases/{mine}/message-templates/{theirs['id']}"
    assert refusal(officer, "GET", filled) == (404, "not_found")

"""意見照会: who is asked sees what was shared and nothing else, answers once; an approval waits only where it must."""

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from machine.visitor import Visitor
from sandbox.people import HANAKO
from tests.api.scenes import HAPPY_PASS, PDF, Books, Newcomer, happy_pass, screening_under_review, today
from tests.conftest import Meet

REVIEW, EXPERT = "health:health_review", "health:expert"
IN_A_WEEK = (today() + timedelta(days=7)).isoformat()


def refusal(officer: Visitor, method: str, path: str, body: object = None) -> tuple[int, str]:
    answer = officer.http.request(method, path, json=body)
    return answer.status_code, answer.json()["title"]


def of_case(number: str) -> str:
    return f"/api/inbox/cases/{number}/opinions"


def question(**changes: object) -> dict[str, object]:
    return {
        "department": "health",
        "function": "expert",
        "question": "この年齢で肺がん検診を受けてよいか、医学的な意見をください。",
        "fields": ["screening", "birth_date"],
        "wished_for": IN_A_WEEK,
    } | changes


def answered(
    officer: Visitor, opinion: str, stance: str = "agree", text: str = "差し支えありません。", **more: Any
) -> Any:
    path = f"/api/inbox/opinions/{opinion}/answer"
    return officer.http.post(path, data={"stance": stance, "text": text}, **more)


@pytest.fixture
def asked(newcomer: Newcomer) -> Any:
    """`asked(required=True)`: (the asking officer, the asked expert, the receipt number, the opinion's id)."""

    def ask(**changes: object) -> tuple[Visitor, Visitor, str, str]:
        officer, expert = newcomer(REVIEW, name="花田　一"), newcomer(EXPERT, name="医師　二")
        number = screening_under_review(newcomer())
        (opinion,) = officer.post(of_case(number), question(**changes))
        return officer, expert, number, opinion["id"]

    return ask


def test_an_expert_sees_what_was_shared_and_nothing_else_and_answers(asked: Any) -> None:
    officer, expert, number, opinion = asked()

    assert opinion in [each["id"] for each in expert.get("/api/inbox/opinions")]
    seen = expert.get(f"/api/inbox/opinions/{opinion}")

    assert seen["answers"] == {"screening": "lung", "birth_date": "1951-02-08"}
    assert "網干" not in str(seen)
    assert (seen["opinion"]["asker"], seen["opinion"]["wished_for"]) == ("花田　一", IN_A_WEEK)
    for path in ("", "/history", "/comparison", "/notes", "/opinions", "/messages"):
        assert refusal(expert, "GET", f"/api/inbox/cases/{number}{path}") == (404, "not_found")
    assert expert.get("/api/tasks") == []

    assert answered(expert, opinion).status_code == 200

    (found,) = officer.get(of_case(number))
    assert (found["stance"], found["answer"], found["answerer"]) == ("agree", "差し支えありません。", "医師　二")
    assert opinion not in [each["id"] for each in expert.get("/api/inbox/opinions")]
    assert answered(expert, opinion, "object").json()["title"] == "opinion_settled"
    assert expert.get(f"/api/inbox/opinions/{opinion}")["opinion"]["stance"] == "agree"


def test_nobody_else_finds_the_question(asked: Any, newcomer: Newcomer) -> None:
    officer, _, number, opinion = asked()
    for stranger in (newcomer("children:expert"), newcomer(REVIEW), newcomer("*:administrator"), officer):
        assert refusal(stranger, "GET", f"/api/inbox/opinions/{opinion}") == (404, "not_found")
        assert answered(stranger, opinion).status_code == 404
        assert opinion not in [each["id"] for each in stranger.get("/api/inbox/opinions")]
    assert newcomer("*:expert").get(f"/api/inbox/opinions/{opinion}")["opinion"]["receipt_number"] == number


def test_who_is_close_to_the_resident_is_not_shown_the_question(newcomer: Newcomer) -> None:
    both = newcomer("health:expert")
    number = screening_under_review(both)
    officer = newcomer(REVIEW)
    (opinion,) = officer.post(of_case(number), question())
    assert refusal(both, "GET", f"/api/inbox/opinions/{opinion['id']}") == (403, "recused")
    assert answered(both, opinion["id"]).json()["title"] == "recused"


def test_only_shared_files_can_be_looked_at_and_the_answer_may_carry_one(meet: Meet, newcomer: Newcomer) -> None:
    hanako, officer, expert = meet(HANAKO), newcomer("resident_counter:points_review"), newcomer(EXPERT)
    draft = hanako.post("/api/drafts", {"procedure": HAPPY_PASS, "language": "ja"})["id"]
    hanako.put(f"/api/drafts/{draft}/answers", {"answers": happy_pass()})
    file = hanako.attach(draft, "card_receipt", "card.pdf", PDF)
    number = hanako.file(draft)
    shared = question(fields=[], attachments=[file["id"]])
    (opinion,) = officer.post(of_case(number), shared)
    hidden = officer.post(of_case(number), question(fields=["baby_name"]))[0]

    here = f"/api/inbox/opinions/{opinion['id']}/attachments/{file['id']}"
    assert expert.get(f"{here}/pages")["pages"] == 1
    picture = expert.http.get(f"{here}/pages/1")
    assert Image.open(io.BytesIO(picture.content)).size[0] == 1200
    assert expert.http.get(here).content == PDF
    elsewhere = f"/api/inbox/opinions/{hidden['id']}/attachments/{file['id']}"
    for path in (elsewhere, f"{elsewhere}/pages", f"{elsewhere}/pages/1"):
        assert refusal(expert, "GET", path) == (404, "not_found")

    done = answered(expert, opinion["id"], "comment", "別紙のとおり", files={"file": ("別紙.pdf", PDF)})

    assert done.json()["opinion"]["file"]["name"] == "別紙.pdf"
    assert officer.http.get(f"{of_case(number)}/{opinion['id']}/file").content == PDF
    assert refusal(officer, "GET", f"{of_case(number)}/{hidden['id']}/file") == (404, "not_found")
    bad = answered(expert, hidden["id"], files={"file": ("x.exe", b"MZ\x90")})
    assert (bad.status_code, bad.json()["title"]) == (422, "attachment_refused")
    assert expert.get(f"/api/inbox/opinions/{hidden['id']}")["opinion"]["stance"] is None


def approve(officer: Visitor, number: str) -> Any:
    task = officer.task_of(number)
    claimed = officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    wanted = {"version": claimed["version"], "decision": "approve", "findings_checked": True}
    return officer.http.post(f"/api/tasks/{task['id']}/decision", json=wanted)


def test_an_approval_waits_for_a_required_opinion_until_it_comes_or_is_withdrawn(asked: Any) -> None:
    officer, expert, number, opinion = asked(required=True)
    refused = approve(officer, number)
    assert (refused.status_code, refused.json()["title"]) == (409, "opinion_awaited")
    missing = officer.get(f"/api/tasks/{officer.task_of(number)['id']}")["missing"]
    assert [each["code"] for each in missing] == ["opinions"]

    answered(expert, opinion, "object", "勧められません。")
    assert approve(officer, number).status_code == 202

    officer, _, number, opinion = asked(required=True)
    officer.post(f"{of_case(number)}/{opinion}/withdrawal")
    assert refusal(officer, "POST", f"{of_case(number)}/{opinion}/withdrawal") == (409, "opinion_settled")
    assert approve(officer, number).status_code == 202


def test_an_opinion_that_is_not_required_stops_nobody_and_a_withdrawn_question_is_gone(asked: Any) -> None:
    officer, expert, number, opinion = asked()
    officer.post(f"{of_case(number)}/{opinion}/withdrawal")
    assert refusal(expert, "GET", f"/api/inbox/opinions/{opinion}") == (404, "not_found")
    officer, _, number, _ = asked()
    assert approve(officer, number).status_code == 202


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"function": "health_review"}, "opinion_unaskable"),
        ({"function": "administrator", "department": "*"}, "opinion_unaskable"),
        ({"function": "nobody_is_this"}, "opinion_unaskable"),
        ({"question": " "}, "opinion_incomplete"),
        ({"question": "あ" * 4001}, "opinion_incomplete"),
        ({"fields": ["nothing_asked"]}, "opinion_incomplete"),
        ({"attachments": ["00000000-0000-0000-0000-000000000001"]}, "opinion_incomplete"),
        ({"wished_for": "2020-01-01"}, "opinion_incomplete"),
        ({"wished_for": "2099-01-01"}, "opinion_incomplete"),
    ],
)
def test_a_question_that_cannot_be_asked_says_why(
    newcomer: Newcomer, changes: dict[str, object], expected: str
) -> None:
    officer, _, _ = newcomer(REVIEW), newcomer(EXPERT), newcomer("*:administrator")
    number = screening_under_review(newcomer())
    assert refusal(officer, "POST", of_case(number), question(**changes)) == (422, expected)
    assert officer.get(of_case(number)) == []


def test_the_choice_names_who_could_be_asked_in_words(newcomer: Newcomer) -> None:
    officer, _ = newcomer(REVIEW), newcomer(EXPERT)
    number = screening_under_review(newcomer())
    offered = {(each["department"], each["function"]): each for each in officer.get(f"{of_case(number)}/choices")}
    assert ("health", "health_review") not in offered
    expert = offered["health", "expert"]
    assert expert["function_title"]["ja"] == "外部有識者"
    assert expert["department_name"]["ko"]
    assert all(each["function"] not in ("administrator", "auditor") for each in offered.values())


def test_the_audit_log_says_who_was_asked_and_nothing_of_the_case(asked: Any, books: Books) -> None:
    officer, expert, number, opinion = asked(required=True)
    answered(expert, opinion, "object", "勧められません。")
    lines = books.rows(
        "select action, facts from audit where receipt_number = %s and action like %s order by seq",
        number,
        "opinion%",
    )
    assert [(line["action"], line["facts"]) for line in lines] == [
        ("opinion_asked", {"department": "health", "function": "expert", "required": True}),
        ("opinion_given", {"stance": "object"}),
    ]
    assert officer.get(of_case(number))[0]["question"]


def test_what_was_shared_stays_what_it_was_and_the_asker_sees_that_it_is_outdated(asked: Any) -> None:
    officer, expert, number, opinion = asked(fields=["phone"])
    task = officer.task_of(number)
    claimed = officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    right = {"version": claimed["version"], "answers": {"phone": "079-221-2112"}, "reason": "電話で確かめました"}
    officer.post(f"/api/tasks/{task['id']}/answers", right)
    assert expert.get(f"/api/inbox/opinions/{opinion}")["answers"] == {"phone": "079-221-2111"}
    assert officer.get(of_case(number))[0]["outdated"] is True


def test_an_expert_sees_no_numbers_of_the_department(newcomer: Newcomer) -> None:
    screening_under_review(newcomer())
    figures = newcomer(EXPERT).get("/api/statistics")
    assert (figures["total"]["received"], figures["procedures"]) == (0, [])

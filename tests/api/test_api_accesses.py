"""閲覧記録: every route by which an officer sees personal data writes it down first, and only auditors read the log."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from machine.demo import visitor
from machine.layout import Layout
from machine.visitor import Visitor
from procedures.calendar import JAPAN
from sandbox.people import HANAKO
from tests.api.bulk_scenes import finished, planned
from tests.api.looks_table import DESK, NOT_PERSONAL, PAGES, PERSONAL
from tests.api.paper_scenes import TODAY, await_case, file, filled, pay, read_by_machine
from tests.api.scenes import (
    HIMEJI,
    PDF,
    Books,
    Newcomer,
    account,
    allowance,
    certificate,
    screening_under_review,
    under_review,
)
from tests.api.sheet_scenes import CORRECTION, handed_over, pile
from tests.architecture.test_access import routes

Lines = Callable[[Visitor], list[dict[str, Any]]]


@pytest.fixture
def lines(books: Books) -> Lines:
    """`lines(officer)`: what the log says of them, the oldest first."""

    def of(officer: Visitor) -> list[dict[str, Any]]:
        what = "kind, receipt_number, in_place_of, sheet_batch_id, sheet_page_id"
        return books.rows(f"select {what} from access where officer = %s order by id", account(officer))

    return of


DUTIES = ("children:allowance_review", "resident_counter:certificate_review", "resident_counter:mailing")
EXPERT = ("health:expert",)


@dataclass(frozen=True)
class Scene:
    """場面: one claim with everything there is to look at; a letter to be posted; papers filed and being entered."""

    owner: Visitor
    """Whose the bulk order is, which is shown to nobody else."""
    claim: Mapping[str, str]
    letter: Mapping[str, str]
    paper: Mapping[str, str]
    draft: Mapping[str, str]
    sheets: Mapping[str, str]

    def duties(self, route: str) -> tuple[str, ...]:
        if "/sheets" in route:
            return (CORRECTION,)
        if "/audit/" in route:
            return ("*:auditor",)
        if "/admin" in route:
            return ("*:administrator",)
        return EXPERT if "/inbox/opinions/" in route else DUTIES

    def names(self, route: str) -> Mapping[str, str]:
        if "/sheets" in route:
            return self.sheets
        if "draft_id" in route:
            return self.draft
        if "/paper/" in route or "document_id" in route:
            return self.paper
        if route.endswith("/label"):
            return self.letter
        if route.startswith((f"GET {DESK}/messages", f"GET {PAGES}/attachments")):
            return {**self.claim, "attachment_id": self.claim["message_attachment_id"]}
        return self.claim

    def address(self, route: str) -> str:
        names = self.names(route)
        path = route.split(" ")[1].format(**names)
        if path == "/audit/evidence":
            return f"{path}?number={names['receipt_number']}"
        return f"{path}?serial={names['serial']}" if path.endswith("/certificates") else path


@pytest.fixture(scope="module")
def scene(town: Layout) -> Iterator[Scene]:
    with ExitStack() as stack, closing(Books(town)) as books:
        hanako = stack.enter_context(visitor(town, HANAKO)).log_in()
        people = (books.newcomer(*each) for each in (DUTIES, DUTIES, EXPERT))
        officer, colleague, expert = (stack.enter_context(each) for each in people)
        claim = _claim(hanako, officer, books)
        claim |= {"opinion_id": _opinion(officer, expert, claim), "bulk_id": _export(officer, claim)}
        yield Scene(
            officer, claim, _letter(hanako, officer), _paper(officer, colleague), _draft(officer, books), _sheets(books)
        )


def _sheets(books: Books) -> dict[str, str]:
    """A pile of paper that is finished, with its results."""
    found = pile(books, state="finished")
    for name in ("payroll.csv", "table.csv", "report.pdf", "report-012.pdf"):
        there = books.layout.objects / HIMEJI / "sheets" / found.batch / name
        there.write_bytes(b"x")
    handed_over(books, found.pages[0], b"\x89PNG")
    return {"batch_id": found.batch, "page_id": found.pages[0], "group": "012"}


def _opinion(officer: Visitor, expert: Visitor, claim: Mapping[str, str]) -> str:
    """An opinion about the claim, asked and given, with a file."""
    question = {
        "department": "health", "function": "expert", "question": "いかがですか。", "fields": ["phone"],
        "attachments": [claim["attachment_id"]], "wished_for": TODAY.isoformat(),
    }  # fmt: skip
    (opinion,) = officer.post(f"/api/inbox/cases/{claim['receipt_number']}/opinions", question)
    said = {"stance": "agree", "text": "差し支えありません。"}
    there = f"/api/inbox/opinions/{opinion['id']}/answer"
    expert.http.post(there, data=said, files={"file": ("a.pdf", PDF)}).raise_for_status()
    return str(opinion["id"])


def _export(officer: Visitor, claim: Mapping[str, str]) -> str:
    return str(finished(officer, planned(officer, "export", [{"id": claim["task_id"]}]))["id"])


def _paper(officer: Visitor, colleague: Visitor) -> dict[str, str]:
    """A certificate asked for on paper, paid, and ready to be handed out."""
    number = file(officer, filled(officer, certificate()))
    await_case(officer, number, "awaiting_payment")
    pay(officer, number, 300)
    await_case(officer, number, "under_review")
    colleague.decide(colleague.task_of(number), "approve")
    case = await_case(officer, number, "handing_out")
    task_id = officer.task_of(number)["id"]
    (document,) = officer.get(f"/api/tasks/{task_id}")["documents"]
    return {
        "receipt_number": number,
        "receipt": number,
        "task_id": task_id,
        "attachment_id": case["paper"]["scans"][0]["id"],
        "document_id": document["id"],
    }


def _draft(officer: Visitor, books: Books) -> dict[str, str]:
    draft = filled(officer, certificate())
    read_by_machine(books, draft)
    (scanned,) = officer.get(f"/api/paper/drafts/{draft}")["scans"]
    return {"draft_id": draft, "attachment_id": scanned["id"], "section_id": "certificate"}


def _claim(hanako: Visitor, officer: Visitor, books: Books) -> dict[str, str]:
    """An employee's claim for a small child: with a document attached, and a message with a file."""
    born = (datetime.now(UTC).astimezone(JAPAN).date() - timedelta(days=300)).isoformat()
    child = {"name": "姫路　さくら", "name_kana": "ヒメジ　サクラ", "birth_date": born, "relation": "child"}
    answers = allowance(occupation="employee") | {"children": [child | {"living": "together"}]}
    draft = hanako.post("/api/drafts", {"procedure": "child_allowance", "language": "ja"})
    hanako.put(f"/api/drafts/{draft['id']}/answers", {"answers": answers})
    hanako.attach(draft["id"], "health_insurance", "card.pdf", PDF)
    number = hanako.file(draft["id"])
    task = officer.task_of(number)
    sent = hanako.http.post(
        f"/api/cases/{number}/messages", data={"body": "追加の書類です。"}, files=[("files", ("more.pdf", PDF))]
    )
    (attached,) = officer.get(f"/api/tasks/{task['id']}")["attachments"]
    (card,) = books.rows("select id, serial from credential where account_id = %s and kind = 'jpki_card' "
                         "order by registered_at limit 1", account(hanako))  # fmt: skip
    return {
        "task_id": task["id"],
        "receipt_number": number,
        "receipt": number,
        "attachment_id": attached["id"],
        "message_attachment_id": sent.json()["messages"][0]["attachments"][0]["id"],
        "document": officer.get(f"/api/tasks/{task['id']}/approvals")["drafts"][0]["document"],
        "field": "phone",
        "credential_id": str(card["id"]),
        "serial": str(card["serial"]),
        "page": "1",
        "procedure": "child_allowance",
    }


def _letter(hanako: Visitor, officer: Visitor) -> dict[str, str]:
    number = under_review(hanako, delivery="post")
    officer.decide(officer.task_of(number), "approve")
    hanako.await_case(number, "mailing")
    return {"task_id": officer.task_of(number)["id"], "receipt_number": number}


def test_every_route_of_officers_is_known_to_show_personal_data_or_none() -> None:
    reads = {name for name, rule in routes().items() if name.startswith("GET ") and rule - {"logged in"}}
    unknown, gone = reads - PERSONAL.keys() - NOT_PERSONAL.keys(), (PERSONAL.keys() | NOT_PERSONAL.keys()) - reads
    assert not unknown, (
        f"{sorted(unknown)}: does it show anything of a person? Then let its use case call store.accesses.note before "
        "it returns and name it in PERSONAL; else say in NOT_PERSONAL why not."
    )
    assert not gone, f"{sorted(gone)}: no such route any more; take it off the list"
    assert not PERSONAL.keys() & NOT_PERSONAL.keys()


@pytest.mark.parametrize("route", PERSONAL)
def test_looking_leaves_a_line(route: str, scene: Scene, newcomer: Newcomer, lines: Lines) -> None:
    # Somebody new each time: several parts of one case within a minute are one look.
    looker = scene.owner if "bulk_id" in route else newcomer(*scene.duties(route))
    before = len(lines(looker))

    answer = looker.http.get(scene.address(route))

    assert answer.status_code == 200, answer.text
    written = lines(looker)[before:]
    assert {each["kind"] for each in written} == PERSONAL[route]
    of_a_case = scene.duties(route) in (DUTIES, EXPERT) or "{receipt" in route or route.endswith("/evidence")
    number = scene.names(route).get("receipt_number") if of_a_case else None
    assert {each["receipt_number"] for each in written} == {number}
    paper = scene.sheets if "/sheets" in route else {}
    page = paper.get("page_id") if "page_id" in route else None
    assert {_ids(each) for each in written} == {(paper.get("batch_id"), page)}, "which paper was looked at"


def _ids(line: Mapping[str, Any]) -> tuple[str | None, str | None]:
    batch, page = line["sheet_batch_id"], line["sheet_page_id"]
    return str(batch) if batch else None, str(page) if page else None


@pytest.mark.parametrize("path", ["", "/read"])
def test_an_answer_to_writing_that_shows_the_thread_is_a_look_too(path: str, scene: Scene, lines: Lines) -> None:
    before = len(lines(scene.owner))
    here = f"/api/inbox/cases/{scene.claim['receipt_number']}/messages"
    answer = scene.owner.http.post(f"{here}{path}", data={"body": "承知しました。"})
    assert answer.is_success
    assert [each["kind"] for each in lines(scene.owner)[before:]] == ["messages"]


def test_what_is_refused_was_not_seen(scene: Scene, newcomer: Newcomer, lines: Lines) -> None:
    stranger = newcomer("health:health_review")
    for route in PERSONAL:
        if scene.duties(route) in (DUTIES, EXPERT):
            assert stranger.http.get(scene.address(route)).status_code == 404, route
    assert lines(stranger) == []
    before = len(lines(scene.owner))
    for path in (f"attachments/{uuid4()}", "drafts/nothing"):
        assert scene.owner.http.get(f"/api/tasks/{scene.claim['task_id']}/{path}").status_code == 404, path
    assert scene.owner.http.get(f"/tasks/{scene.claim['task_id']}/label").status_code == 404
    assert len(lines(scene.owner)) == before


def test_a_resident_who_reads_their_own_case_is_no_officer_who_looks(scene: Scene, books: Books, town: Layout) -> None:
    count = "select count(*) as n from access where receipt_number = %s"
    number = scene.claim["receipt_number"]
    before = books.rows(count, number)
    with visitor(town, HANAKO).log_in() as hanako:
        assert hanako.http.get(f"/api/cases/{number}").status_code == 200
        assert hanako.http.get(f"/api/cases/{number}/messages").status_code == 200
    assert books.rows(count, number) == before


def test_a_substitutes_look_says_in_whose_place(newcomer: Newcomer, lines: Lines) -> None:
    absent, substitute = newcomer("health:health_review"), newcomer("children:allowance_review")
    today = datetime.now(UTC).astimezone(JAPAN).date().isoformat()
    absent.post("/api/substitutions", {"substitute": account(substitute), "first_day": today, "last_day": today})
    number = screening_under_review(newcomer())
    substitute.get(f"/api/tasks/{substitute.task_of(number)['id']}")
    substitute.get(f"/api/inbox/cases/{number}/messages")
    assert [str(each["in_place_of"]) for each in lines(substitute)] == [account(absent)] * 2


# --- 監査担当 ---------------------------------------------------------------------------------------------------------


def test_the_auditor_reads_who_saw_what_and_when_page_by_page(newcomer: Newcomer) -> None:
    officer, auditor = newcomer("health:health_review", name="閲覧　者"), newcomer("*:auditor", name="監査　人")
    numbers = [screening_under_review(newcomer()) for _ in range(2)]
    for number in numbers:
        task = officer.task_of(number)
        for _ in range(2):
            officer.get(f"/api/tasks/{task['id']}")

    def asked(**query: object) -> Any:
        return auditor.http.get("/api/audit/accesses", params={"officer": account(officer), **query})

    found = asked().json()
    assert [each["receipt_number"] for each in found] == [*[numbers[1]] * 2, *[numbers[0]] * 2]
    assert {(each["officer_name"], each["kind"], each["in_place_of"]) for each in found} == {("閲覧　者", "task", None)}
    assert "visitor" not in str(found)

    first = asked(limit=3)
    rest = auditor.http.get(first.links["next"]["url"])
    assert [*first.json(), *rest.json()] == found
    assert "next" not in rest.links

    typed = numbers[0].lower().replace("-", "－")
    assert {each["receipt_number"] for each in asked(number=typed).json()} == {numbers[0]}
    assert asked(kind="label").json() == []
    today = datetime.now(UTC).astimezone(JAPAN).date()
    assert asked(since=today, until=today).json() == found
    assert asked(until=today - timedelta(days=1)).json() == []
    assert asked(since=today + timedelta(days=1)).json() == []

    own = auditor.get(f"/api/audit/accesses?officer={account(auditor)}&kind=access_log")
    assert len(own) >= 8, "looking at the log is written down, too"


@pytest.mark.parametrize(
    "query",
    ["officer=me", "kind=everything", "since=yesterday", "since=2026-02-02&until=2026-02-01", "after=x", "limit=0",
     "until=9999-12-31"],
)  # fmt: skip
def test_a_question_that_cannot_be_read_is_refused(newcomer: Newcomer, query: str) -> None:
    auditor = newcomer("*:auditor")
    refused = auditor.http.get(f"/api/audit/accesses?{query}")
    assert (refused.status_code, refused.json()["title"]) == (422, "malformed")
    page = auditor.http.get(f"/audit/accesses?{query}")
    assert page.status_code in (200, 422)
    assert "閲覧記録" in page.text or "受け付けられませんでした" in page.text


def test_nobody_but_an_auditor_reads_the_log(newcomer: Newcomer) -> None:
    for duty in ("*:administrator", "*:head", "health:auditor", "health:health_review"):
        officer = newcomer(duty)
        for path in ("/api/audit/accesses", "/audit/accesses", "/audit/accesses.csv"):
            assert officer.http.get(path).status_code == 403, (duty, path)
    auditor = newcomer("*:auditor")
    assert auditor.http.get("/api/administration/cases").status_code == 403
    assert auditor.http.get("/officers").status_code == 403


def test_the_page_and_its_file_say_the_same(newcomer: Newcomer) -> None:
    officer, auditor = newcomer("health:health_review", name="=1+1"), newcomer("*:auditor")
    number = screening_under_review(newcomer())
    officer.get(f"/api/tasks/{officer.task_of(number)['id']}")

    page = auditor.http.get(f"/audit/accesses?number={number}").text
    assert number in page
    assert "審査画面" in page
    file = auditor.http.get(f"/audit/accesses.csv?number={number}&kind=task")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    header, row = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
    assert header == ["日時", "職員", "代理", "見たもの", "受付番号", "読み取った帳票"]
    assert row[1:] == ["'=1+1", "", "審査画面", number, ""], "no cell is a formula"
    assert date.fromisoformat(row[0][:10])
    assert "記録はありません" in auditor.http.get("/audit/accesses?number=282014-000000-AAAAA&kind=task").text

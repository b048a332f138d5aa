"""権限表: every role × every route of officers, administrators and auditors; a new route has to be put into it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from machine.demo import city, visitor
from machine.layout import Layout
from machine.visitor import Visitor
from procedures.calendar import JAPAN
from sandbox.people import HANAKO
from tests.api.bulk_scenes import finished, planned
from tests.api.paper_scenes import await_case, begin, file, filled, scan
from tests.api.rights_table import MATRIX, ROLES, TASK, UNASKED, of_case, of_task
from tests.api.scenes import PDF, Books, account, allowance, no_card, noted
from tests.api.sheet_scenes import pile
from tests.architecture.test_access import routes

FORMS = ("/messages", "/answer", "/attachments")
"""Routes that take a form, as they may take a file."""


@dataclass(frozen=True)
class Scene:
    """場面: one claim for child allowance that waits for its review, and everybody who might ask."""

    people: Mapping[str, Visitor]
    names: Mapping[str, str]

    def ask(self, role: str, route: str, body: Any) -> int:
        method, path = route.split(" ")
        address, said = path.format(**self.names), self._filled(body)
        sent: dict[str, Any] = {"json": said}
        if method == "DELETE":
            sent = {"params": said}
        elif method == "POST" and path.endswith(FORMS):
            sent = {"data": said, "files": {"file": ("a.pdf", PDF)} if path.endswith("/attachments") else None}
        return self.people[role].http.request(method, address, **sent).status_code

    def _filled(self, said: Any) -> Any:
        if isinstance(said, dict):
            return {key: self._filled(each) for key, each in said.items()}
        if isinstance(said, list):
            return [self._filled(each) for each in said]
        return said.format(**self.names) if isinstance(said, str) else said


@pytest.fixture(scope="module")
def scene(town: Layout) -> Iterator[Scene]:
    with ExitStack() as stack, closing(Books(town)) as books:

        def newcomer(*duties: str) -> Visitor:
            return stack.enter_context(books.newcomer(*duties))

        owner = stack.enter_context(visitor(town, HANAKO)).log_in()
        people = {
            "anonymous": stack.enter_context(Visitor(city(town), no_card, {})),
            "owner": owner,
            "resident": newcomer(),
            "elsewhere": newcomer("health:allowance_review"),
            "beside": newcomer("children:allowance_department"),
            "reviewer": newcomer("children:allowance_review"),
            "approver": newcomer("children:allowance_approval"),
            "deputy": newcomer("children:allowance_deputy"),
            "substitute": newcomer("health:health_review"),
            "head": newcomer("children:head"),
            "auditor": newcomer("*:auditor"),
            "administrator": newcomer("*:administrator"),
            "dismissed": newcomer("children:allowance_review"),
        }
        assert tuple(people) == ROLES
        gone = account(people["dismissed"])
        reviewer = people["reviewer"]
        names = _claim(owner, reviewer, books) | {"reviewer": account(reviewer)} | _on_paper(reviewer)
        names |= _around(reviewer, people["elsewhere"], names)
        found = pile(books)
        names |= {"pile": found.batch, "sheet": found.pages[0], "group": "012"}
        days = {"first_day": names["today"], "last_day": names["today"]}
        people["reviewer"].post("/api/substitutions", {"substitute": account(people["substitute"]), **days})
        people["administrator"].http.delete(f"/api/officers/{gone}").raise_for_status()
        yield Scene(people, names)


def _claim(owner: Visitor, reviewer: Visitor, books: Books) -> dict[str, str]:
    number = owner.apply("child_allowance", allowance(3))
    task = noted(reviewer, reviewer.task_of(number))
    reviewer.post(f"/api/tasks/{task['id']}/release", {"version": task["task_version"]})
    key = f"282014/attachments/{uuid4()}"
    (draft,) = books.rows("select draft_id as id from submission where receipt_number = %s", number)
    (attached,) = books.rows(
        "insert into attachment (draft_id, field, name, media_type, bytes, sha256, object_key)"
        " values (%s, 'health_insurance', 'card.pdf', 'application/pdf', %s, '', %s) returning id",
        draft["id"], len(PDF), key,
    )  # fmt: skip
    there = books.layout.objects / key
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_bytes(PDF)
    sent = owner.http.post(
        f"/api/cases/{number}/messages", data={"body": "質問です。"}, files=[("files", ("a.png", PNG))]
    )
    (message,) = sent.json()["messages"]
    return {
        "task": task["id"],
        "number": number,
        "attachment": str(attached["id"]),
        "file": message["attachments"][0]["id"],
        "message": message["id"],
        "today": datetime.now(UTC).astimezone(JAPAN).date().isoformat(),
        "document": "decision",
        "nobody": str(uuid4()),
        "note": str(uuid4()),
        "page": "1",
    }


def _on_paper(reviewer: Visitor) -> dict[str, str]:
    """A claim on paper that waits for its review, and one that is being entered."""
    number = file(reviewer, filled(reviewer, allowance(3), "child_allowance"))
    case = await_case(reviewer, number, "under_review")
    draft = begin(reviewer, "child_allowance")
    (scanned,) = scan(reviewer, draft)
    return {"paper": number, "scan": case["paper"]["scans"][0]["id"], "draft": draft, "draft_scan": scanned["id"]}


def _around(reviewer: Visitor, asked: Visitor, names: Mapping[str, str]) -> dict[str, str]:
    """An opinion given by another department, a template of this one, and an order that was only looked at."""
    question = {
        "department": "health", "function": "allowance_review", "question": "いかがですか。",
        "fields": ["phone"], "attachments": [names["attachment"]], "wished_for": names["today"],
    }  # fmt: skip
    (opinion,) = reviewer.post(f"/api/inbox/cases/{names['number']}/opinions", question)
    said = {"stance": "agree", "text": "差し支えありません。"}
    there = f"/api/inbox/opinions/{opinion['id']}/answer"
    asked.http.post(there, data=said, files={"file": ("a.pdf", PDF)}).raise_for_status()
    words = {"department": "children", "name": "お礼", "texts": {"ja": "ありがとうございます。"}}
    task = {"id": names["task"]}
    bulk, export = planned(reviewer, "assign", [task]), finished(reviewer, planned(reviewer, "export", [task]))
    template = reviewer.post("/api/inbox/message-templates", words)
    return {"opinion": opinion["id"], "template": template["id"], "bulk": bulk["id"], "export": export["id"]}


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
"""One red pixel."""


def unnamed(route: str) -> str:
    return re.sub(r"{\w+}", "{}", route.split("?")[0])


def test_every_route_of_officers_stands_in_the_table() -> None:
    theirs = {unnamed(name) for name, rule in routes().items() if "/api/" in name and rule - {"logged in"}}
    table = {unnamed(name) for name in MATRIX}
    assert not theirs - table, f"{sorted(theirs - table)}: who may? Put it into MATRIX, with what each role is answered"
    assert not table - theirs, f"{sorted(table - theirs)}: no such route any more; take it out of MATRIX"


@pytest.mark.parametrize("route", MATRIX)
def test_each_role_is_answered_as_the_table_says(route: str, scene: Scene) -> None:
    rights, body = MATRIX[route]
    expected = {role: status for role, status in zip(ROLES, rights, strict=True) if status != UNASKED}
    assert {role: scene.ask(role, route, body) for role in expected} == expected


LEVELS = {
    "allowance_approval": {"approver"},
    "allowance_deputy": {"deputy"},
    "allowance_department": {"beside"},
}
"""決裁の段階: at which a task of this function stands, and whose it is then."""


@pytest.mark.parametrize("function", LEVELS)
def test_at_every_other_level_the_task_is_that_levels_own(
    function: str, scene: Scene, town: Layout, newcomer: Any, books: Books
) -> None:
    # A task of that level as its step would have opened it, beside the review's: rights go by department and function.
    (task,) = books.rows(
        "insert into task (receipt_number, step, epoch, kind, function, due_at, department, procedure, received_at)"
        " select receipt_number, step, 9, 'approve', %s, due_at, department, procedure, received_at"
        " from task where id = %s returning id",
        function, scene.names["task"],
    )  # fmt: skip
    there = Scene(scene.people, {**scene.names, "task": str(task["id"])})
    try:
        for route in (f"GET {TASK}", f"GET {TASK}/approvals", f"POST {TASK}/claim", f"POST {TASK}/decision"):
            rights, body = MATRIX[route]
            found = rights[ROLES.index("reviewer")]
            for role in ROLES[3:-1]:
                # Who has seen the case before is told that this level is not theirs.
                refused = {404, 403}
                asked = there.ask(role, route, body)
                assert (asked == found) if role in LEVELS[function] else (asked in refused), (route, role, asked)
    finally:
        books.write("delete from task where id = %s", task["id"])


def test_the_reviewers_substitute_loses_every_right_with_the_substitution(scene: Scene) -> None:
    reviewer, substitute = scene.people["reviewer"], scene.people["substitute"]
    (found,) = reviewer.get("/api/substitutions")
    assert reviewer.http.delete(f"/api/substitutions/{found['id']}").status_code == 204
    for route, (rights, body) in MATRIX.items():
        if rights in (of_task(rights[5]), of_case(rights[5])):
            assert scene.ask("substitute", route, body) in (403, 404), route
    assert substitute.get("/api/session")["in_place"] == []

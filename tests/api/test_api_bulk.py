"""一括処理 by the API: looked at, begun, followed, paused, repeated; each case as its officer would have done it."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from temporalio.client import Client

from machine.visitor import Visitor
from tests.api.bulk_scenes import ended, finished, planned
from tests.api.scenes import Books, Newcomer, screening_under_review, soon

REVIEW = "health:health_review"


def tasks_of(officer: Visitor, numbers: Iterable[str]) -> list[dict[str, Any]]:
    return [officer.task_of(number) for number in numbers]


def screenings(newcomer: Newcomer, count: int) -> list[str]:
    return [screening_under_review(newcomer()) for _ in range(count)]


def results(bulk: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {item["task"]["receipt_number"]: (item["outcome"], item["reason"]) for item in bulk["items"]}


def test_many_cases_are_approved_by_one_order_and_each_result_is_said(newcomer: Newcomer, books: Books) -> None:
    officer, colleague = newcomer(REVIEW), newcomer(REVIEW)
    good, doubtful, taken, stale = numbers = screenings(newcomer, 4)
    tasks = dict(zip(numbers, tasks_of(officer, numbers), strict=True))
    books.write("update task set findings = '{other_cases_open}' where id = %s", tasks[doubtful]["id"])
    colleague.post(f"/api/tasks/{tasks[taken]['id']}/claim", {"version": tasks[taken]["task_version"]})

    bulk = planned(officer, "approve", tasks.values())

    obstacles = {item["task"]["receipt_number"]: item["obstacle"] for item in bulk["items"]}
    assert obstacles == {good: None, doubtful: "findings_unchecked", taken: "task_taken", stale: None}
    assert (bulk["state"], bulk["progress"]["waiting"]) == ("planned", 4)
    assert officer.task_of(good)["task_version"] == tasks[good]["task_version"], "nothing is done by looking"

    version = colleague.post(f"/api/tasks/{tasks[stale]['id']}/claim", {"version": tasks[stale]["task_version"]})
    colleague.post(f"/api/tasks/{tasks[stale]['id']}/release", version)
    done = finished(officer, bulk)

    assert results(done) == {
        good: ("done", None),
        doubtful: ("refused", "findings_unchecked"),
        taken: ("refused", "task_taken"),
        stale: ("refused", "task_taken"),
    }
    assert done["progress"] == {"total": 4, "done": 1, "refused": 3, "sent": 0, "waiting": 0}
    free = books.rows("select assignee from task where id = %s", tasks[doubtful]["id"])
    assert free == [{"assignee": None}], "what was taken for the order and refused is given back"
    decided = books.rows("select decided_by is not null as by, outcome from task where id = %s", tasks[good]["id"])
    assert decided == [{"by": True, "outcome": "approve"}]


def test_an_order_begun_twice_is_carried_out_once(newcomer: Newcomer, books: Books) -> None:
    officer = newcomer(REVIEW)
    (number,) = screenings(newcomer, 1)
    bulk = planned(officer, "message", tasks_of(officer, [number]))
    for _ in range(2):
        officer.post(f"/api/bulks/{bulk['id']}/start", {"body": "検診の日程が変わりました。"})
    ended(officer, bulk)
    sent = books.rows("select body from message where receipt_number = %s", number)
    assert [each["body"] for each in sent] == ["検診の日程が変わりました。"]


def test_the_rest_can_be_ordered_again(newcomer: Newcomer, books: Books) -> None:
    officer, colleague = newcomer(REVIEW), newcomer(REVIEW)
    one, two = numbers = screenings(newcomer, 2)
    tasks = tasks_of(officer, numbers)
    claim = colleague.post(f"/api/tasks/{tasks[1]['id']}/claim", {"version": tasks[1]["task_version"]})
    first = finished(officer, planned(officer, "approve", tasks))
    assert results(first) == {one: ("done", None), two: ("refused", "task_taken")}
    colleague.post(f"/api/tasks/{tasks[1]['id']}/release", claim)

    second = officer.post(f"/api/bulks/{first['id']}/rest", {})

    assert [item["task"]["receipt_number"] for item in second["items"]] == [two]
    assert results(finished(officer, second)) == {two: ("done", None)}


def test_cases_are_sent_back_given_to_a_colleague_and_exported(newcomer: Newcomer) -> None:
    officer, heir = newcomer(REVIEW), newcomer(REVIEW, name="増位　光")
    resident = newcomer()
    number = screening_under_review(resident)
    tasks = tasks_of(officer, [number])

    bulk = planned(officer, "assign", tasks)
    account = next(
        each["account_id"]
        for each in officer.get(f"/api/tasks/{tasks[0]['id']}/colleagues")
        if each["name"] == "増位　光"
    )
    assert results(finished(officer, bulk, officer=account)) == {number: ("done", None)}
    assert [task["receipt_number"] for task in heir.get("/api/tasks?holding=mine")] == [number]

    export = finished(heir, planned(heir, "export", heir.get("/api/tasks?holding=mine")))
    (exported,) = heir.get(f"/api/bulks/{export['id']}/answers")
    assert exported["answers"]["name"] == "網干　健二"

    back = planned(heir, "send_back", heir.get("/api/tasks?holding=mine"))
    marks = {"phone": {"fault": "incomplete", "reason": "市外局番からお書きください。"}}
    assert results(finished(heir, back, reason="電話番号が足りません。", marks=marks)) == {number: ("done", None)}
    case = resident.await_case(number, "awaiting_correction")
    assert case["marks"]["phone"]["reason"] == "市外局番からお書きください。"


def test_a_view_of_the_inbox_can_be_ordered_as_a_whole(newcomer: Newcomer) -> None:
    officer = newcomer(REVIEW)
    numbers = screenings(newcomer, 2)
    for task in tasks_of(officer, numbers):
        officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    bulk = officer.post("/api/bulks", {"kind": "export", "view": {"holding": "mine"}})
    assert {item["task"]["receipt_number"] for item in bulk["items"]} == set(numbers)


@pytest.mark.parametrize(
    ("kind", "said", "code"),
    [
        ("send_back", {"reason": " ", "marks": {"phone": {"fault": "incorrect", "reason": "x"}}}, "reason_required"),
        ("send_back", {"reason": "x"}, "marks_required"),
        ("message", {"body": "  "}, "message_empty"),
        ("assign", {}, "no_colleague"),
        ("assign", {"officer": "00000000-0000-0000-0000-000000000001"}, "no_colleague"),
        ("message", {"body": "あ" * 100_000}, "malformed"),
        ("send_back", {"reason": "あ" * 100_000}, "malformed"),
    ],
)
def test_an_order_that_lacks_something_is_not_begun(
    newcomer: Newcomer, kind: str, said: dict[str, object], code: str
) -> None:
    officer = newcomer(REVIEW)
    bulk = planned(officer, kind, tasks_of(officer, screenings(newcomer, 1)))
    answer = officer.http.post(f"/api/bulks/{bulk['id']}/start", json=said)
    assert answer.json()["title"] == code
    assert answer.status_code in (404, 409, 422)
    assert officer.get(f"/api/bulks/{bulk['id']}")["state"] == "planned"


def test_what_is_nobodys_duty_is_no_part_of_an_order(newcomer: Newcomer) -> None:
    officer, elsewhere = newcomer(REVIEW), newcomer("resident_counter:mailing")
    tasks = tasks_of(officer, screenings(newcomer, 1))
    for wanted in ({"tasks": [tasks[0]["id"]]}, {"tasks": []}, {"view": {"holding": "mine"}}):
        answer = elsewhere.http.post("/api/bulks", json={"kind": "approve", **wanted})
        assert (answer.status_code, answer.json()["title"]) == (422, "bulk_empty")
    too_many = {"kind": "approve", "tasks": [tasks[0]["id"]] * 501}
    assert officer.http.post("/api/bulks", json=too_many).status_code == 422


def test_an_order_is_its_officers_alone(newcomer: Newcomer) -> None:
    officer, colleague = newcomer(REVIEW), newcomer(REVIEW)
    bulk = planned(officer, "approve", tasks_of(officer, screenings(newcomer, 1)))
    assert colleague.http.get(f"/api/bulks/{bulk['id']}").status_code == 404
    for what in ("start", "pace", "rest"):
        said = {"wanted": "stop"} if what == "pace" else {}
        assert colleague.http.post(f"/api/bulks/{bulk['id']}/{what}", json=said).status_code == 404


async def reconcile(books: Books) -> None:
    temporal = books.layout.temporal
    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    await client.get_schedule_handle("reconciliation-282014").trigger()


def test_who_lost_the_duty_meanwhile_decides_nothing(newcomer: Newcomer, books: Books) -> None:
    officer = newcomer(REVIEW)
    (number,) = screenings(newcomer, 1)
    bulk = planned(officer, "approve", tasks_of(officer, [number]))
    books.write("update bulk set state = 'running', asked_at = now() where id = %s", bulk["id"])
    books.write("delete from officer_duty where account_id = (select account_id from bulk where id = %s)", bulk["id"])

    asyncio.run(reconcile(books))

    def outcome() -> list[dict[str, object]]:
        return books.rows("select outcome, reason from bulk_item where bulk_id = %s", bulk["id"])

    assert soon(outcome, lambda rows: rows[0]["outcome"], "the order is carried out") == [
        {"outcome": "refused", "reason": "not_found"}
    ]
    assert newcomer(REVIEW).task_of(number)["closed_at"] is None


def test_a_paused_order_waits_and_a_stopped_one_leaves_the_rest(newcomer: Newcomer, books: Books) -> None:
    officer = newcomer(REVIEW)
    numbers = screenings(newcomer, 2)
    bulk = planned(officer, "message", tasks_of(officer, numbers))
    refused = officer.http.post(f"/api/bulks/{bulk['id']}/pace", json={"wanted": "pause"})
    assert (refused.status_code, refused.json()["title"]) == (409, "bulk_over"), "nothing is under way"
    # a hundred parts: the last of them takes long enough to be paused before
    books.write(
        "insert into bulk_item (bulk_id, position, municipality, receipt_number, task_id, version)"
        " select bulk_id, position + 2 * n, municipality, receipt_number, task_id, version"
        " from bulk_item, generate_series(1, 240) n where bulk_id = %s", bulk["id"],
    )  # fmt: skip
    officer.post(f"/api/bulks/{bulk['id']}/start", {"body": "お知らせ"})
    paused = officer.post(f"/api/bulks/{bulk['id']}/pace", {"wanted": "pause"})
    assert paused["state"] == "paused"
    assert paused["progress"]["waiting"] > 0

    assert officer.post(f"/api/bulks/{bulk['id']}/pace", {"wanted": "go_on"})["state"] == "running"
    officer.post(f"/api/bulks/{bulk['id']}/pace", {"wanted": "stop"})
    done = ended(officer, bulk)

    assert done["progress"]["waiting"] > 0, "what was not begun is not done"
    assert done["progress"]["done"] == len([item for item in done["items"] if item["outcome"]])

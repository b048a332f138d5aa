"""みなし: what the law decides when nobody does, with the case's clock skipped forward on the real server."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client

from machine.layout import Layout
from machine.postgres import Role
from machine.visitor import Visitor, wait_for
from procedures.calendar import JAPAN
from tests.api.scenes import Books, Newcomer, account, actions, landscape_under_review
from tests.workflows.conftest import PassTime

REVIEW, APPROVE, HEAD = (f"town_planning:{name}" for name in ("landscape_review", "landscape_approval", "head"))
LAW = "景観法第18条第1項"
A_MONTH = timedelta(days=32)


def outcomes(books: Books, number: str) -> list[Any]:
    found = books.rows("select outcome, decided_by from task where receipt_number = %s order by opened_at", number)
    return [(row["outcome"], row["decided_by"] is not None) for row in found]


def told(books: Books, officer: Visitor, number: str) -> list[str]:
    """What this officer was told of the case, the oldest first."""
    mine = [each for each in officer.get("/api/inbox/notices") if each["receipt_number"] == number]
    return [each["kind"] for each in reversed(mine)]


def test_a_notification_nobody_decides_is_accepted_by_law_after_thirty_days(
    newcomer: Newcomer, pass_time: PassTime, books: Books
) -> None:
    resident, reviewer, head = newcomer(), newcomer(REVIEW), newcomer(HEAD)
    number = landscape_under_review(resident)
    filed = resident.case(number)
    decides = datetime.fromisoformat(filed["deemed"]["at"]).astimezone(JAPAN)
    received = datetime.fromisoformat(filed["received_at"]).astimezone(JAPAN).date()
    assert ((decides.date() - received).days, decides.hour) == (31, 0)
    assert reviewer.task_of(number)["deemed_at"] is not None

    pass_time(number, timedelta(days=28))
    warned = told(books, head, number)  # in which order depends on how many working days these weeks have
    assert sorted(warned) == ["law_decides_soon", "task_overdue"], "the superior is warned before"
    assert resident.case(number)["status"] == "under_review"
    pass_time(number, timedelta(days=4))

    case = resident.await_case(number, "delivered")
    assert (case["deemed"]["decided"], case["deemed"]["law"]["ja"]) == (True, LAW)
    assert [(d["title"]["en"], d["revoked_at"]) for d in case["documents"]] == [
        ("Notice that the work may begin", None)
    ]
    (line,) = [entry for entry in case["timeline"] if entry["action"] == "deemed_accepted"]
    assert (line["actor"], line["facts"]["law"]) == ("counter", LAW)
    assert outcomes(books, number) == [("deemed_accepted", False)], "no level after it was opened"
    *before, last = told(books, reviewer, number)
    assert (sorted(before), last) == (["law_decides_soon", "task_due_soon", "task_overdue"], "law_decided")
    kinds = [row["kind"] for row in books.rows("select kind from notice where receipt_number = %s order by id", number)]
    assert kinds == ["deemed_accepted", "delivered"]
    assert LAW in resident.http.get(f"/cases/{number}").text
    assert "法律により認められました" in resident.http.get(f"/cases/{number}").text


def test_what_officers_decide_in_time_is_theirs_and_the_law_is_silent(
    newcomer: Newcomer, pass_time: PassTime, books: Books
) -> None:
    resident, reviewer, approver = newcomer(), newcomer(REVIEW), newcomer(APPROVE)
    number = landscape_under_review(resident)
    reviewer.decide(reviewer.task_of(number), "approve")
    approver.decide(approver.task_of(number), "approve")
    case = resident.await_case(number, "delivered")
    assert case["deemed"] is None
    assert "deemed_accepted" not in actions(case)


def test_the_law_does_not_wait_for_the_second_level_either(
    newcomer: Newcomer, pass_time: PassTime, books: Books
) -> None:
    resident, reviewer, approver = newcomer(), newcomer(REVIEW), newcomer(APPROVE)
    number = landscape_under_review(resident)
    reviewer.decide(reviewer.task_of(number), "approve")
    own = approver.task_of(number)

    pass_time(number, A_MONTH)

    resident.await_case(number, "delivered")
    assert outcomes(books, number) == [("approve", True), ("deemed_accepted", False)]
    route = approver.get(f"/api/tasks/{own['id']}/approvals")["levels"]
    assert [level["state"] for level in route] == ["done", "deemed"]
    late = approver.http.post(f"/api/tasks/{own['id']}/claim", json={"version": own["task_version"]})
    assert (late.status_code, late.json()["title"]) == (409, "task_closed")


def test_a_correction_stops_the_period_and_moves_it_on(newcomer: Newcomer, pass_time: PassTime, books: Books) -> None:
    resident, reviewer = newcomer(), newcomer(REVIEW)
    number = landscape_under_review(resident)
    before = datetime.fromisoformat(resident.case(number)["deemed"]["at"])
    reviewer.decide(
        reviewer.task_of(number), "send_back", marks={"height": "軒の高さではなく最高の高さです。"}, reason="高さ"
    )
    resident.await_case(number, "awaiting_correction")

    pass_time(number, timedelta(days=29))
    assert resident.case(number)["status"] == "awaiting_correction", "the law lets the period stand still"
    books.write(
        "update case_file set suspended_at = suspended_at - interval '29 days' where receipt_number = %s", number
    )
    draft = resident.post(f"/api/cases/{number}/correction")
    resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": draft["answers"] | {"height": "10.2"}})
    resident.submit(draft["id"])

    case = resident.await_case(number, "under_review")
    assert datetime.fromisoformat(case["deemed"]["at"]) - before == timedelta(days=29)
    assert datetime.fromisoformat(reviewer.task_of(number)["deemed_at"]) - before == timedelta(days=29)
    pass_time(number, timedelta(days=32))
    resident.await_case(number, "delivered")
    assert [outcome for outcome, _ in outcomes(books, number)] == ["send_back", "deemed_accepted"]


# --- exactly one wins -------------------------------------------------------------------------------------------------


@contextmanager
def held_up(town: Layout, number: str) -> Iterator[None]:
    """The database takes nothing in of this case; what is being written waits."""
    with town.postgres.connect(Role.OWNER) as owner, owner.transaction():
        owner.execute("select 1 from audit_head where receipt_number = %s for update", (number,))
        yield


def at_the_last_level(books: Books, resident: Visitor, reviewer: Visitor, approver: Visitor) -> tuple[str, Any, Any]:
    """A case whose last level is open, a few seconds before the law decides.

    Time cannot be skipped while a workflow writes, so what happens at one moment comes to pass in its own time.
    """
    number = landscape_under_review(resident)
    books.write("update case_file set deemed_at = now() + interval '6 seconds' where receipt_number = %s", number)
    reviewer.decide(reviewer.task_of(number), "approve")
    task = approver.task_of(number)
    claimed = approver.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    return number, task, {"version": claimed["version"], "decision": "approve", "findings_checked": True}


def await_the_moment(task: Any, seconds: int = 1) -> None:
    """And some seconds more: a workflow that writes hears of its timers with its next heartbeat only."""
    at = datetime.fromisoformat(task["deemed_at"]) + timedelta(seconds=seconds)
    wait_for(lambda: datetime.now(UTC), lambda now: now > at, "the law's moment to pass")


def test_a_decision_that_is_being_written_when_the_law_would_decide_stands(
    town: Layout, newcomer: Newcomer, books: Books
) -> None:
    resident, approver = newcomer(), newcomer(APPROVE)
    number, task, wanted = at_the_last_level(books, resident, newcomer(REVIEW), approver)
    with ThreadPoolExecutor() as pool:
        with held_up(town, number):
            deciding = pool.submit(approver.http.post, f"/api/tasks/{task['id']}/decision", json=wanted)
            await_the_moment(task, seconds=10)
            assert outcomes(books, number)[-1] == (None, False)
        assert deciding.result(timeout=60).status_code == 202

    case = resident.await_case(number, "delivered")
    assert outcomes(books, number) == [("approve", True), ("approve", True)]
    assert "deemed_accepted" not in actions(case)
    assert case["deemed"] is None


def test_what_comes_while_the_law_is_being_written_down_comes_too_late(
    town: Layout, newcomer: Newcomer, books: Books
) -> None:
    resident, approver = newcomer(), newcomer(APPROVE)
    number, task, wanted = at_the_last_level(books, resident, newcomer(REVIEW), approver)
    with ThreadPoolExecutor() as pool:
        with held_up(town, number):
            await_the_moment(task)
            deciding = pool.submit(approver.http.post, f"/api/tasks/{task['id']}/decision", json=wanted)
        late = deciding.result(timeout=60)
    assert (late.status_code, late.json()["title"]) == (409, "task_closed")

    case = resident.await_case(number, "delivered")
    assert outcomes(books, number) == [("approve", True), ("deemed_accepted", False)]
    assert actions(case).count("deemed_accepted") == 1


def test_what_an_officer_decided_stands_where_the_workflow_lost_the_step_in_which_it_was_told(
    town: Layout, newcomer: Newcomer, pass_time: PassTime, books: Books
) -> None:
    resident, reviewer = newcomer(), newcomer(REVIEW)
    number = landscape_under_review(resident)
    task = reviewer.task_of(number)
    books.write("update task set outcome = 'reject', decided_by = %s, closed_at = now() where id = %s",
                account(reviewer), task["id"])  # fmt: skip

    with ThreadPoolExecutor() as pool:
        pool.submit(pass_time, number, A_MONTH).result(timeout=60)
        wait_for(lambda: pool.submit(refused_writes, town, number).result(), bool, "the law to find it decided")

    assert "deemed_accepted" not in actions(resident.case(number))
    books.write("update task set outcome = null, decided_by = null, closed_at = null where id = %s", task["id"])
    reviewer.decide(task, "reject", reason="計画に適合しません。", findings_checked=True)
    assert "deemed_accepted" not in actions(resident.await_case(number, "rejected"))


def refused_writes(town: Layout, number: str) -> int:
    """Short writes of its workflow that ended in a refusal."""

    async def look() -> int:
        client = await Client.connect(town.temporal.address, namespace=town.temporal.namespace)
        history = await client.get_workflow_handle(number).fetch_history()
        return sum(each.marker_recorded_event_attributes.HasField("failure") for each in history.events)

    return asyncio.run(look())


@pytest.mark.parametrize("turn", range(3))
def test_of_a_decision_and_the_law_exactly_one_wins(
    newcomer: Newcomer, pass_time: PassTime, books: Books, turn: int
) -> None:
    resident, reviewer = newcomer(), newcomer(REVIEW)
    number = landscape_under_review(resident)
    task = reviewer.task_of(number)
    claimed = reviewer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    wanted = {
        "version": claimed["version"],
        "decision": "reject",
        "reason": "計画に適合しません。",
        "findings_checked": True,
    }

    with ThreadPoolExecutor() as pool:
        skipping = pool.submit(pass_time, number, A_MONTH)
        answer = reviewer.http.post(f"/api/tasks/{task['id']}/decision", json=wanted)
        skipping.result(timeout=60)

    case = resident.await_case(number, "delivered", "rejected")
    if answer.status_code == 202 and case["status"] == "rejected":
        assert outcomes(books, number) == [("reject", True)]
        assert "deemed_accepted" not in actions(case)
        assert case["documents"] == []
    else:
        assert outcomes(books, number) == [("deemed_accepted", False)]
        assert "rejected" not in actions(case)
        assert len(case["documents"]) == 1


# --- an extension -----------------------------------------------------------------------------------------------------


def extended(officer: Visitor, number: str, **wanted: Any) -> tuple[int, str]:
    task = officer.task_of(number)
    claimed = officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    body = {"version": claimed["version"], "reason": "現地調査のため", **wanted}
    answer = officer.http.post(f"/api/tasks/{task['id']}/extension", json=body)
    return answer.status_code, answer.json().get("title", "")


def test_the_law_lets_its_period_be_extended_so_far_and_no_further(
    newcomer: Newcomer, pass_time: PassTime, books: Books
) -> None:
    resident, reviewer = newcomer(), newcomer(REVIEW)
    number = landscape_under_review(resident)
    before = datetime.fromisoformat(resident.case(number)["deemed"]["at"])
    assert extended(reviewer, number, business_days=30) == (422, "extended_past_the_law")
    assert extended(reviewer, number, business_days=1, statutory_days=91) == (422, "no_statutory_extension")
    assert extended(reviewer, number, business_days=10, statutory_days=60) == (202, "")
    assert extended(reviewer, number, business_days=1, statutory_days=31) == (422, "no_statutory_extension")

    case = resident.case(number)
    assert datetime.fromisoformat(case["deemed"]["at"]) - before == timedelta(days=60)
    assert case["extensions"][0]["deemed_after"] == case["deemed"]["at"]
    pass_time(number, timedelta(days=40))
    assert resident.case(number)["status"] == "under_review", "thirty days are over, ninety are not"
    pass_time(number, timedelta(days=55))
    resident.await_case(number, "delivered")
    assert outcomes(books, number) == [("deemed_accepted", False)]
    notice = resident.download(resident.case(number)["documents"][0]["id"])
    assert notice.startswith(b"%PDF")


def test_a_withdrawal_ends_the_laws_wait_too(newcomer: Newcomer, pass_time: PassTime, books: Books) -> None:
    resident = newcomer()
    number = landscape_under_review(resident)
    resident.post(f"/api/cases/{number}/withdrawal")
    case = resident.await_case(number, "withdrawn")
    assert case["deemed"] is None
    assert outcomes(books, number) == [("case_closed", False)]

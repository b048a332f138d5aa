"""運行の管理: cases and batches narrowed and counted, workers, the course of things, and how one case runs."""

import re
import secrets

import pytest

from machine.visitor import Visitor
from sandbox.people import HANAKO, OFFICER
from tests.api.bulk_scenes import finished, planned
from tests.api.scenes import (
    KAKOGAWA,
    SCREENING,
    Books,
    Newcomer,
    account,
    delivered,
    screening,
    screening_under_review,
    soon,
)
from tests.conftest import Meet

ADMIN = "/api/administration"


@pytest.fixture
def administrator(newcomer: Newcomer) -> Visitor:
    return newcomer("administrator")


def numbers(administrator: Visitor, **asked: object) -> list[str]:
    return [each["receipt_number"] for each in administrator.get(f"{ADMIN}/cases?{query(asked)}")]


def query(asked: dict[str, object]) -> str:
    return "&".join(f"{name}={value}" for name, value in asked.items())


def test_cases_are_narrowed_by_procedure_version_step_state_and_age(administrator: Visitor, newcomer: Newcomer) -> None:
    number = screening_under_review(newcomer())
    here = {"procedure": SCREENING, "version": 1, "step": "review", "status": "under_review", "age": "day"}
    assert number in numbers(administrator, **here, limit=200)
    for other in (
        {"procedure": "happy_pass"}, {"version": 2}, {"step": "deliver"}, {"status": "delivered"},
        {"status": "closed"}, {"age": "before_week"}, {"reason": "unreachable"},
    ):  # fmt: skip
        assert number not in numbers(administrator, **(here | other), limit=200), other
    assert number in numbers(administrator, status="open", limit=200)


def test_the_pages_lead_through_all_cases_once_and_the_counts_agree(administrator: Visitor, newcomer: Newcomer) -> None:
    made = {screening_under_review(newcomer()) for _ in range(3)}
    before = administrator.get(f"{ADMIN}/cases/counts?procedure={SCREENING}")["found"]
    found, address = [], f"{ADMIN}/cases?procedure={SCREENING}&limit=2&order=oldest"
    while address:
        page = administrator.http.get(address)
        found += [each["receipt_number"] for each in page.json()]
        address = page.links.get("next", {}).get("url", "")
    assert made <= set(found)
    assert len(found) == len(set(found)) >= before >= 3


@pytest.mark.parametrize(
    "asked", ["after=x", "after=2026-13-01_1", "version=0", "version=x", "status=lost", "age=old", "order=best"]
)
def test_a_question_nobody_can_read_is_refused_and_its_page_shows_all(administrator: Visitor, asked: str) -> None:
    assert administrator.http.get(f"{ADMIN}/cases?{asked}").json()["title"] == "malformed"
    if not asked.startswith("after"):
        assert administrator.http.get(f"/admin/cases?{asked}").status_code == 422


def test_an_order_of_an_officer_is_among_the_batches_and_finished(administrator: Visitor, newcomer: Newcomer) -> None:
    officer, resident = newcomer("health:health_review"), newcomer()
    number = screening_under_review(resident)
    order = planned(officer, "assign", [officer.task_of(number)])
    finished(officer, order, officer=account(officer))

    batch = next(each for each in administrator.get(f"{ADMIN}/batches?kind=assign") if each["id"] == order["id"])

    assert (batch["state"], batch["total"], batch["done"], batch["failed"]) == ("finished", 1, 1, 0)
    assert batch["workflow_id"] == f"bulk-{order['id']}"
    assert administrator.get(f"{ADMIN}/batches?kind=assign&state=failed") == []


def test_every_queue_has_a_worker_and_says_what_waits(administrator: Visitor) -> None:
    view = administrator.get(f"{ADMIN}/workers")
    assert view["at"] is not None
    assert {(each["name"], each["kind"]) for each in view["queues"]} == {
        ("cases", "workflow"), ("cases", "activity"), ("documents", "activity"), ("counter", "activity"),
    }  # fmt: skip
    assert all(each["workers"] for each in view["queues"])
    assert all(each["standing"] != "nobody" for each in view["queues"])
    assert "cases workflow" in administrator.http.get("/admin/workers").text


def test_what_came_and_what_is_finished_is_counted_by_hour_and_by_day(administrator: Visitor, meet: Meet) -> None:
    before = administrator.get(f"{ADMIN}/course")
    delivered(meet(HANAKO), meet(OFFICER))
    after = administrator.get(f"{ADMIN}/course")
    assert (len(after["hours"]), len(after["days"])) == (24, 14)
    for part in ("hours", "days"):
        for what in ("received", "closed"):
            assert sum(each[what] for each in after[part]) > sum(each[what] for each in before[part]), (part, what)


def test_the_history_of_a_case_is_told_event_by_event_and_says_nothing_of_its_resident(
    administrator: Visitor, newcomer: Newcomer, books: Books
) -> None:
    answers = screening(name="網干　健二郎", phone="079-221-9876")
    resident, officer = newcomer(), newcomer("health:health_review")
    number = screening_under_review(resident, name=answers["name"], phone=answers["phone"])
    officer.decide(officer.task_of(number), "approve", reason="健二郎さんの健診を認めます。")
    resident.await_case(number, "delivered", "handing_out", "mailing", "issuing")

    answer = administrator.http.get(f"{ADMIN}/cases/{number}")
    page = administrator.http.get(f"/admin/cases/{number}")

    view = answer.json()
    events = {(each["event"], each["work"]): each for each in view["events"]}
    assert view["history"] == "read"
    assert [each["id"] for each in view["events"]] == list(range(1, len(view["events"]) + 1))
    assert events["WorkflowExecutionStarted", "CaseWorkflow"]["facts"]["procedure"] == SCREENING
    assert events["WorkflowExecutionUpdateAccepted", "decide"]["facts"]["outcome"] == "approve"
    assert events["MarkerRecorded", "review"]["facts"]["outcome"] == "waiting"
    assert view["timeline"][0]["action"] == "received"
    for said in (answers["name"], "健二郎", "221-9876", str(answers["birth_date"])):
        assert str(said) not in answer.text + page.text, said
    assert "職員の判断" in page.text
    assert f"/workflows/{number}" in page.text
    looks = books.rows("select kind from access where receipt_number = %s and kind = 'operation'", number)
    assert len(looks) == 2


def test_a_long_history_is_read_part_by_part(administrator: Visitor, newcomer: Newcomer, books: Books) -> None:
    """Updates that change nothing lengthen it."""
    number = screening_under_review(newcomer())
    for _ in range(50):
        books.tell(number, "retry_now")
    told = "select count(*) as n from command where receipt_number = %s and kind = 'retry_now' and status <> 'pending'"
    soon(lambda: books.rows(told, number)[0]["n"], lambda n: n == 50, "every retry is taken in", 60.0)

    parts = [administrator.get(f"{ADMIN}/cases/{number}")]
    while parts[-1]["next_page"]:
        parts.append(administrator.get(f"{ADMIN}/cases/{number}?after={parts[-1]['next_page']}"))

    ids = [each["id"] for part in parts for each in part["events"]]
    assert len(parts) > 1
    assert ids == list(range(1, parts[-1]["execution"]["events"] + 1))
    page = administrator.http.get(f"/admin/cases/{number}").text
    assert re.search(rf'href="/admin/cases/{number}\?after=[^"]+#history"', page)


@pytest.mark.parametrize("after", ["@", "AAAA", "A" * 5_000])
def test_a_place_no_page_of_a_history_has_ended_at_is_refused(
    administrator: Visitor, newcomer: Newcomer, after: str
) -> None:
    number = screening_under_review(newcomer())
    assert administrator.http.get(f"{ADMIN}/cases/{number}?after={after}").json()["title"] == "malformed"


def test_a_case_of_another_city_is_not_there(administrator: Visitor, books: Books) -> None:
    number = f"{KAKOGAWA}-261129-{secrets.token_hex(3)}"
    books.write(
        "insert into case_file (municipality, receipt_number, account_id, procedure, version, department, language,"
        " status, received_at, due_at) values (%s, %s, %s, %s, 1, 'health', 'ja', 'under_review', now(), now())",
        KAKOGAWA, number, books.account(KAKOGAWA), SCREENING,
    )  # fmt: skip
    assert administrator.http.get(f"{ADMIN}/cases/{number}").status_code == 404
    assert number not in numbers(administrator, limit=200)

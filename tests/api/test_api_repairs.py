"""修復 by the API: proposed by one administrator, signed by another, carried out case by case, nothing done twice."""

import asyncio
from typing import Any

import pytest
from temporalio.client import Client

from faults.campaign.resets import begin_again_from_everywhere
from machine.layout import Layout
from machine.visitor import CounterRefused, Visitor
from sandbox.people import HANAKO, OFFICER
from tests.api.scenes import (
    Books,
    Ledger,
    Newcomer,
    actions,
    certificate,
    screening_under_review,
    soon,
    under_review,
)
from tests.conftest import Meet

REPAIRS = "/api/administration/repairs"
ADMINISTRATOR = "*:administrator"


@pytest.fixture
def administrators(newcomer: Newcomer) -> tuple[Visitor, Visitor]:
    """One who asks and one who signs."""
    return newcomer(ADMINISTRATOR, name="起案　一郎"), newcomer(ADMINISTRATOR, name="承認　二郎")


def finished(administrator: Visitor, repair: dict[str, Any]) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        return administrator.get(f"{REPAIRS}/{repair['id']}")

    return soon(look, lambda seen: seen["state"] == "finished", "the repair to end", 60)


def signed(administrators: tuple[Visitor, Visitor], wanted: dict[str, Any]) -> dict[str, Any]:
    asker, signer = administrators
    repair = asker.post(REPAIRS, {"reason": "職員の誤りのため"} | wanted)
    signer.post(f"{REPAIRS}/{repair['id']}/approval", {})
    return finished(asker, repair)


def test_many_cases_go_back_with_two_signatures_and_each_says_what_became_of_it(
    newcomer: Newcomer, administrators: tuple[Visitor, Visitor], books: Books
) -> None:
    asker, signer = administrators
    residents = [newcomer() for _ in range(3)]
    numbers = [screening_under_review(resident) for resident in residents]
    ended = screening_under_review(residents[0])
    residents[0].post(f"/api/cases/{ended}/withdrawal", {})
    residents[0].await_case(ended, "withdrawn")

    wanted = {"kind": "go_back", "step": "review", "reason": "様式の誤り", "cases": [*numbers, ended]}
    repair = asker.post(REPAIRS, wanted)

    assert repair["state"] == "proposed"
    assert repair["own"] is True
    outlooks = {item["receipt_number"]: item["outlook"] for item in repair["items"]}
    assert outlooks[numbers[0]]["again"] == ["review"]
    assert outlooks[ended]["obstacle"] == "case_closed"
    with pytest.raises(CounterRefused, match="別の管理者"):
        asker.post(f"{REPAIRS}/{repair['id']}/approval", {})
    assert books.rows("select 1 from task where receipt_number = any(%s) and outcome = 'redone'", numbers) == []

    signer.post(f"{REPAIRS}/{repair['id']}/approval", {})
    signer.post(f"{REPAIRS}/{repair['id']}/approval", {})  # asked twice, begun once

    done = finished(asker, repair)
    assert done["approved_by"] == "承認　二郎"
    assert [item["outcome"] for item in done["items"]] == ["done", "done", "done", "refused"]
    assert done["items"][3]["reason"] == "case_closed"
    redone = "select receipt_number from task where receipt_number = any(%s) and outcome = 'redone'"
    assert sorted(row["receipt_number"] for row in books.rows(redone, numbers)) == sorted(numbers)
    lines = books.rows("select facts from audit where receipt_number = %s and action = 'repaired'", numbers[0])
    assert [line["facts"]["kind"] for line in lines] == ["go_back"]
    with pytest.raises(CounterRefused, match="すでに終わった"):
        signer.post(f"{REPAIRS}/{repair['id']}/withdrawal", {})


def test_the_database_itself_refuses_one_person_for_both_signatures(
    newcomer: Newcomer, administrators: tuple[Visitor, Visitor], books: Books
) -> None:
    asker, _ = administrators
    wanted = {"kind": "hold", "reason": "確認中", "cases": [screening_under_review(newcomer())]}
    repair = asker.post(REPAIRS, wanted)
    with pytest.raises(Exception, match="ck_bulk_two_people"):
        books.write("update bulk set approved_by = account_id where id = %s", repair["id"])


def test_who_is_no_administrator_any_more_repairs_nothing(
    newcomer: Newcomer, administrators: tuple[Visitor, Visitor], books: Books
) -> None:
    asker, signer = administrators
    number = screening_under_review(newcomer())
    repair = asker.post(REPAIRS, {"kind": "terminate", "reason": "重複", "cases": [number]})
    books.write("delete from officer_duty where account_id = (select account_id from bulk where id = %s)", repair["id"])

    signer.post(f"{REPAIRS}/{repair['id']}/approval", {})

    (item,) = finished(signer, repair)["items"]
    assert (item["outcome"], item["reason"]) == ("refused", "not_administrators")
    assert books.rows("select status from case_file where receipt_number = %s", number) == [{"status": "under_review"}]


def test_a_case_whose_workflow_was_ended_by_mistake_goes_on_with_what_was_decided(
    meet: Meet, administrators: tuple[Visitor, Visitor], town: Layout, books: Books
) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    number = under_review(hanako)

    async def end() -> None:
        client = await Client.connect(town.temporal.address, namespace=town.temporal.namespace)
        await client.get_workflow_handle(number).terminate("by mistake")

    asyncio.run(end())
    (item,) = signed(administrators, {"kind": "rerun", "cases": [number]})["items"]
    assert item["outcome"] == "done"
    _as_if_killed_before_the_answer_was_noted(books, number)

    officer.decide(officer.task_of(number), "approve")
    case = hanako.await_case(number, "delivered")
    assert [(p["status"], p["refunded"]) for p in case["payments"]] == [("paid", 0)]
    assert books.of_case(number)["task"] == 1
    (item,) = signed(administrators, {"kind": "rerun", "cases": [number]})["items"]
    assert (item["outcome"], item["reason"]) == ("refused", "case_closed")
    lines = books.rows("select facts from audit where receipt_number = %s and action = 'repaired'", number)
    assert [line["facts"]["kind"] for line in lines] == ["rerun"]


def _as_if_killed_before_the_answer_was_noted(books: Books, number: str) -> None:
    """Whoever told the engine to run again died: the relay asks again, and finds the run it made."""
    reruns = "from command where receipt_number = %s and kind = 'rerun'"
    books.write(
        "update command set status = 'pending', acknowledged_at = null, next_attempt_at = now()"
        " where receipt_number = %s and kind = 'rerun'",
        number,
    )
    soon(
        lambda: books.rows(f"select status, error {reruns}", number),
        lambda rows: rows == [{"status": "acknowledged", "error": None}],
        "the relay to ask again",
    )


def test_a_case_that_runs_is_not_run_again(newcomer: Newcomer, administrators: tuple[Visitor, Visitor]) -> None:
    wanted = {"kind": "rerun", "cases": [screening_under_review(newcomer())]}
    (item,) = signed(administrators, wanted)["items"]
    assert (item["outcome"], item["reason"]) == ("refused", "not_broken")


# --- resets, which no page of ours asks for ---------------------------------------------------------------------------


@pytest.fixture
def ledger(town: Layout) -> Ledger:
    return Ledger(town)


@pytest.mark.parametrize("delivery", ["electronic", "post"])
def test_a_reset_at_any_step_of_a_certificate_does_nothing_twice(
    meet: Meet, town: Layout, books: Books, ledger: Ledger, delivery: str
) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    number = under_review(hanako, **certificate(delivery=delivery))
    officer.decide(officer.task_of(number), "approve")
    if delivery == "post":
        hanako.await_case(number, "mailing")
        officer.decide(officer.task_of(number), "dispatch", tracking_number="123456789012")
    before_case = hanako.await_case(number, "delivered")
    before, told, kept = books.of_case(number), actions(before_case), ledger.kept(number)

    assert asyncio.run(begin_again_from_everywhere(town, [number])) >= 4

    after = books.of_case(number)
    once = ("effect", "payment", "document", "notice", "task", "points_transaction", "register_extract")
    assert {table: after[table] for table in once} == {table: before[table] for table in once}
    assert ledger.kept(number) == kept > 0
    assert len(ledger.of_case(number)["charges"]) == 1
    now = hanako.case(number)
    assert now["status"] == "delivered"
    assert sorted(set(actions(now))) == sorted(set(told))

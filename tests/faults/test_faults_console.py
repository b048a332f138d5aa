"""故障と運行の管理: one glance says which case waits for which neighbour since when, and what is tried again and again.

With Temporal away the console says so, and still shows what the database knows.
"""

from typing import Any

from machine.visitor import Visitor, wait_for
from sandbox.people import HANAKO
from tests.api.scenes import CERTIFICATE, Newcomer, certificate, under_review
from tests.faults.conftest import Meet, Neighbours

STUCK = "/api/administration/stuck"


def line_of(administrator: Visitor, number: str, work: str | None = None) -> dict[str, Any]:
    """Its line among what does not go on, once it is there: the console asks Temporal every ten seconds at most."""

    def look() -> dict[str, Any]:
        lines = administrator.get(STUCK)["lines"]
        mine = (each for each in lines if each["receipt_number"] == number and work in (None, each["work"]))
        return next(mine, {})

    return wait_for(look, bool, f"{number} to stand among what does not go on")


def test_a_case_that_waits_for_the_register_says_since_when_and_goes_when_it_is_told_to_retry(
    neighbours: Neighbours, meet: Meet, newcomer: Newcomer
) -> None:
    hanako, administrator = meet(HANAKO), newcomer("administrator")
    neighbours.register("down", times=50)
    number = hanako.apply(CERTIFICATE, certificate())
    hanako.await_case(number, "awaiting_neighbour")

    line = line_of(administrator, number)
    page = administrator.http.get("/admin/stuck").text
    case = administrator.get(f"/api/administration/cases/{number}")

    waited = next(each for each in case["timeline"] if each["action"] == "neighbour_awaited")
    assert (line["blocked"], line["reason"], line["tries"]) == ("resident_register", "register_unavailable", 1)
    assert line["since"] == waited["at"]
    assert line["next_at"] == waited["facts"]["retry_at"].replace("+00:00", "Z")
    assert number in page
    assert "住民記録システム" in page
    done = [each["work"] for each in case["events"] if each["event"] == "MarkerRecorded"]
    assert done[-2:] == ["record_wait", "core_patch"]
    assert case["events"][-1]["event"] in ("TimerStarted", "WorkflowTaskCompleted", "UpsertWorkflowSearchAttributes")

    neighbours.mend()
    assert administrator.http.post(f"/admin/cases/{number}/retry").status_code == 303
    hanako.await_case(number, "awaiting_payment")
    assert not [each for each in administrator.get(STUCK)["lines"] if each["receipt_number"] == number]


def test_a_refund_that_is_tried_again_and_again_stands_there_with_its_cause(
    neighbours: Neighbours, meet: Meet, newcomer: Newcomer
) -> None:
    """Nothing in the case's state says so: only Temporal knows, asked because the case is being ended."""
    hanako, administrator = meet(HANAKO), newcomer("administrator")
    number = under_review(hanako)
    neighbours.gateway("api_error_before", times=100, path="/v1/refunds")
    hanako.post(f"/api/cases/{number}/withdrawal")

    line = line_of(administrator, number, "refund_fee")

    assert line["blocked"] == "payment_gateway"
    assert line["cause"]
    assert line["tries"] >= 1
    assert line["cause"][0] in administrator.http.get("/admin/stuck").text
    failing = administrator.get(f"/api/administration/cases/{number}")["execution"]["failing"]
    assert [each["activity"] for each in failing] == ["refund_fee"]
    neighbours.mend()
    hanako.await_case(number, "withdrawn")


def test_with_temporal_away_the_console_says_so_and_shows_what_the_database_knows(
    neighbours: Neighbours, meet: Meet, newcomer: Newcomer
) -> None:
    hanako, administrator = meet(HANAKO), newcomer("administrator")
    neighbours.register("down", times=50)
    number = hanako.apply(CERTIFICATE, certificate())
    hanako.await_case(number, "awaiting_neighbour")

    with neighbours.frozen("temporal"):
        away = wait_for(
            lambda: administrator.get(STUCK), lambda view: view["engine_at"] is None, "Temporal to be missed"
        )
        workers = wait_for(
            lambda: administrator.get("/api/administration/workers"), lambda view: view["at"] is None, "it to be missed"
        )
        case = administrator.get(f"/api/administration/cases/{number}")
        pages = {path: administrator.http.get(f"/admin/{path}").text for path in ("cases", "stuck", "workers")}

    assert number in [each["receipt_number"] for each in away["lines"]]
    assert workers["queues"] == []
    assert (case["history"], case["execution"], case["events"]) == ("away", None, [])
    assert case["timeline"][0]["action"] == "received"
    for path, page in pages.items():
        assert "処理基盤（Temporal）が答えません" in page, path
        assert "進まない案件はありません" not in page, path
    neighbours.mend()
    back = wait_for(lambda: administrator.get(STUCK), lambda view: view["engine_at"] is not None, "Temporal to be back")
    assert back["at"] >= back["engine_at"]
    hanako.post(f"/api/cases/{number}/withdrawal")

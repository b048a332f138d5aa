"""手で直す: a neighbour that cannot tell is answered for, or passed over, by an order two administrators signed."""

from typing import Any

import pytest

from machine.visitor import Visitor, wait_for
from sandbox.people import HANAKO
from tests.api.scenes import Books, Ledger, Newcomer, certificate
from tests.faults.conftest import Meet, Neighbours

ADMIN = "/api/administration"
ALL_DAY = 10_000


def ordered(administrators: tuple[Visitor, Visitor], number: str, **wanted: Any) -> dict[str, Any]:
    """What became of the case in an order of its own."""
    asker, signer = administrators
    repair = asker.post(f"{ADMIN}/repairs", {"reason": "電話で確認した", "cases": [number], **wanted})
    signer.post(f"{ADMIN}/repairs/{repair['id']}/approval", {})

    def look() -> dict[str, Any]:
        return asker.get(f"{ADMIN}/repairs/{repair['id']}")

    (item,) = wait_for(look, lambda seen: seen["state"] == "finished", "the order to end")["items"]
    return dict(item)


def waiting(resident: Visitor, step: str) -> str:
    """A certificate that was applied for, and waits at this step."""
    number = resident.apply("residence_certificate", certificate())
    case = resident.await_case(number, "awaiting_neighbour")
    assert case["step"] == step
    return number


def test_an_answer_recorded_by_hand_refuses_the_case_as_the_register_would(
    neighbours: Neighbours, meet: Meet, newcomer: Newcomer, books: Books
) -> None:
    hanako, administrators = meet(HANAKO), (newcomer("administrator"), newcomer("administrator"))
    neighbours.register("down", ALL_DAY)
    number = waiting(hanako, "register")

    early = ordered(administrators, number, kind="answer", step="signature", outcome="refused")
    assert (early["outcome"], early["reason"]) == ("refused", "nothing_to_settle")
    item = ordered(administrators, number, kind="answer", step="register", outcome="refused")

    assert item["outcome"] == "done"
    assert hanako.await_case(number, "rejected")["reason"] == "answered_by_hand"
    assert books.of_case(number)["payment"] == 0


def test_a_fee_is_passed_over_while_the_gateway_is_away_and_the_next_step_begins(
    neighbours: Neighbours, meet: Meet, newcomer: Newcomer, books: Books, ledger: Ledger
) -> None:
    hanako, administrators = meet(HANAKO), (newcomer("administrator"), newcomer("administrator"))
    neighbours.gateway("api_error_before", times=100, path="/v1/checkout/sessions")
    number = waiting(hanako, "fee")

    assert ordered(administrators, number, kind="pass_over", step="fee")["outcome"] == "done"

    hanako.await_case(number, "under_review")
    neighbours.mend()
    assert ledger.kept(number) == 0, "nobody asked for it, and nobody says that somebody did"
    said = "select facts from audit where receipt_number = %s and action = 'repaired'"
    assert [row["facts"]["kind"] for row in books.rows(said, number)] == ["pass_over"]


@pytest.mark.parametrize("wanted", [{"kind": "pass_over"}, {"kind": "answer", "outcome": "done"}])
def test_what_a_later_step_works_with_is_not_passed_over(
    neighbours: Neighbours, meet: Meet, newcomer: Newcomer, wanted: dict[str, str]
) -> None:
    """Nobody would be found in the register under a signature that nobody looked at: the case would be rejected."""
    hanako, administrators = meet(HANAKO), (newcomer("administrator"), newcomer("administrator"))
    for service in ("ocsp", "crl"):
        neighbours.pki(service, "down")
    number = waiting(hanako, "signature")

    asker, _ = administrators
    proposed = asker.post(f"{ADMIN}/repairs", {"reason": "-", "cases": [number], "step": "signature", **wanted})
    assert proposed["items"][0]["outlook"]["obstacle"] == "step_needed"
    item = ordered(administrators, number, step="signature", **wanted)

    assert (item["outcome"], item["reason"]) == ("refused", "step_needed")
    assert hanako.case(number)["status"] == "awaiting_neighbour"


def test_a_case_on_hold_goes_no_further_until_it_may(
    neighbours: Neighbours, meet: Meet, newcomer: Newcomer, books: Books
) -> None:
    hanako, administrators = meet(HANAKO), (newcomer("administrator"), newcomer("administrator"))
    neighbours.register("down", ALL_DAY)
    number = waiting(hanako, "register")

    assert ordered(administrators, number, kind="hold")["outcome"] == "done"
    neighbours.mend()
    administrators[0].post(f"{ADMIN}/cases/{number}/retry")
    lines = administrators[0].get(f"{ADMIN}/cases?status=awaiting_neighbour&step=register")
    assert [line["held"] for line in lines if line["receipt_number"] == number] == [True]
    assert ordered(administrators, number, kind="resume")["outcome"] == "done"

    hanako.await_case(number, "awaiting_payment")
    kinds = books.rows("select kind from command where receipt_number = %s order by created_at", number)
    assert [row["kind"] for row in kinds] == ["start", "hold", "retry_now", "resume"]

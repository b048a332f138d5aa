"""紙の申請の期限: what a case from paper does when nobody pays or hands out, with its clock skipped forward."""

from datetime import timedelta

from machine.visitor import wait_for
from tests.api.paper_scenes import await_case, file, filled, pay
from tests.api.scenes import Newcomer, actions, certificate
from tests.workflows.conftest import PassTime

REVIEW = "resident_counter:certificate_review"


def test_a_fee_nobody_brings_to_the_counter_lets_the_case_lapse_and_its_resident_is_to_be_told(
    newcomer: Newcomer, pass_time: PassTime
) -> None:
    officer = newcomer(REVIEW)
    number = file(officer, filled(officer, certificate()))
    await_case(officer, number, "awaiting_payment")

    pass_time(number, timedelta(days=8))

    closed = await_case(officer, number, "lapsed")
    assert closed["case"]["reason"] == "payment_overdue"
    assert [payment["status"] for payment in closed["case"]["payments"]] == ["expired"]
    assert (closed["turns"], closed["fee"]) == (["tell"], None)


def test_documents_nobody_hands_out_are_escalated_like_every_task(newcomer: Newcomer, pass_time: PassTime) -> None:
    entering, deciding = newcomer(REVIEW), newcomer(REVIEW)
    number = file(entering, filled(entering, certificate()))
    await_case(entering, number, "awaiting_payment")
    pay(entering, number, 300)
    await_case(entering, number, "under_review")
    deciding.decide(deciding.task_of(number), "approve")
    await_case(entering, number, "handing_out")

    pass_time(number, timedelta(days=60))

    task = wait_for(
        lambda: entering.get(f"/api/tasks/{entering.task_of(number)['id']}"), lambda t: t["escalated"], "escalation"
    )
    assert {"reminded", "escalated"} <= set(actions(task))
    entering.decide(task, "hand_out", how="post")
    await_case(entering, number, "delivered")


def test_a_correction_that_never_comes_leaves_a_rejection_a_refund_and_a_letter_to_do(
    newcomer: Newcomer, pass_time: PassTime
) -> None:
    entering, deciding = newcomer(REVIEW), newcomer(REVIEW)
    number = file(entering, filled(entering, certificate()))
    await_case(entering, number, "awaiting_payment")
    pay(entering, number, 300)
    await_case(entering, number, "under_review")
    deciding.decide(deciding.task_of(number), "send_back", marks={"purpose": "提出先を選んでください"})
    await_case(entering, number, "awaiting_correction")

    pass_time(number, timedelta(days=15))

    closed = await_case(entering, number, "rejected")
    assert closed["case"]["reason"] == "correction_overdue"
    assert (closed["turns"], closed["refund_due"]) == (["tell", "refund"], 300)

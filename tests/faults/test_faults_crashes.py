"""処理の故障: processes killed or frozen at the worst moment: nothing is lost, nothing happens twice."""

from machine.visitor import wait_for
from tests.api.scenes import SCREENING, Books, Newcomer, actions, screening
from tests.faults.conftest import Neighbours


def once(books: Books, receipt_number: str) -> None:
    """Every effect of a delivered screening happened exactly once."""
    counts = books.of_case(receipt_number)
    assert {name: counts[name] for name in ("submission", "task", "document")} == {
        "submission": 1, "task": 1, "document": 1,
    }  # fmt: skip
    said = [row["action"] for row in books.rows("select action from audit where receipt_number = %s", receipt_number)]
    for action in ("received", "task_opened", "approved", "document_issued", "delivered", "closed"):
        assert said.count(action) == 1, said
    unanswered = "select kind, status from command where receipt_number = %s and status <> 'acknowledged'"
    assert books.rows(unanswered, receipt_number) == []


def test_workers_killed_between_submission_and_decision_lose_nothing(
    neighbours: Neighbours, newcomer: Newcomer, books: Books
) -> None:
    resident, officer = newcomer(), newcomer("health_review")
    draft_id = resident.fill_in(SCREENING, screening())
    killed = neighbours.kill("worker-cases")
    receipt_number = resident.submit(draft_id)
    assert resident.case(receipt_number)["status"] == "received", "Taken in, though nobody works on it"
    neighbours.await_revived("worker-cases", killed)
    resident.await_case(receipt_number, "under_review")
    task = officer.task_of(receipt_number)

    killed = neighbours.kill("worker-cases")
    decided = officer.decide(task, "approve")
    assert decided["outcome"] in ("pending", "acknowledged")
    neighbours.await_revived("worker-cases", killed)

    resident.await_case(receipt_number, "delivered")
    wait_for(lambda: resident.case(receipt_number)["pending"], lambda pending: pending == [], "the relay")
    once(books, receipt_number)


def test_a_submission_is_answered_while_the_workflow_server_is_frozen(
    neighbours: Neighbours, newcomer: Newcomer, books: Books
) -> None:
    resident, officer = newcomer(), newcomer("health_review")
    draft_id = resident.fill_in(SCREENING, screening())

    with neighbours.frozen("temporal"):
        receipt_number = resident.submit(draft_id)
        case = resident.case(receipt_number)
        assert (case["status"], case["pending"]) == ("received", ["start"])

    later = resident.await_case(receipt_number, "under_review")
    assert later["received_at"] == case["received_at"]
    officer.decide(officer.task_of(receipt_number), "approve")
    resident.await_case(receipt_number, "delivered")
    wait_for(lambda: resident.case(receipt_number)["pending"], lambda pending: pending == [], "the relay")
    once(books, receipt_number)


def test_a_web_server_killed_between_commit_and_start_leaves_a_case_that_starts(
    neighbours: Neighbours, newcomer: Newcomer, books: Books
) -> None:
    resident, officer = newcomer(), newcomer("health_review")
    draft_id = resident.fill_in(SCREENING, screening())

    with neighbours.frozen("temporal"):
        receipt_number = resident.submit(draft_id)  # the receipt is the commit: Temporal need not be there for it
        killed = neighbours.kill("web")
    neighbours.await_revived("web", killed)
    pending = "select 1 from command where receipt_number = %s and kind = 'start'"
    assert len(books.rows(pending, receipt_number)) == 1

    again = resident.submit(draft_id)
    assert again == receipt_number, "Submitting once more finds the case"
    resident.await_case(again, "under_review")
    officer.decide(officer.task_of(again), "approve")
    resident.await_case(again, "delivered")
    wait_for(lambda: resident.case(again)["pending"], lambda pending: pending == [], "the relay")
    once(books, again)


def test_a_workflow_server_killed_with_cases_open_goes_on_with_them(
    neighbours: Neighbours, newcomer: Newcomer, books: Books
) -> None:
    resident, officer = newcomer(), newcomer("health_review")
    receipt_number = resident.submit(resident.fill_in(SCREENING, screening()))
    resident.await_case(receipt_number, "under_review")

    killed = neighbours.kill("temporal")
    neighbours.await_revived("temporal", killed)

    officer.decide(officer.task_of(receipt_number), "approve")
    case = resident.await_case(receipt_number, "delivered")
    assert actions(case).count("approved") == 1
    wait_for(lambda: resident.case(receipt_number)["pending"], lambda pending: pending == [], "the relay")
    once(books, receipt_number)

"""処理の故障: processes killed or frozen at the worst moment: nothing is lost, nothing happens twice."""

from machine.visitor import wait_for
from tests.api.bulk_scenes import ended, planned
from tests.api.scenes import SCREENING, Books, Newcomer, account, actions, screening, screening_under_review
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

    neighbours.freeze("worker-cases")
    decided = officer.decide(task, "approve")
    assert decided["outcome"] == "pending"
    waiting = officer.get(f"/api/tasks/{task['id']}")
    assert (waiting["decision_pending"], waiting["closed_at"]) == (True, None)
    assert "判断を受け付けました" in officer.http.get(f"/tasks/{task['id']}").text
    again = {"version": waiting["task_version"], "decision": "approve"}
    refused = officer.http.post(f"/api/tasks/{task['id']}/decision", json=again)
    assert refused.status_code == 409, "one decision at a time"
    neighbours.await_revived("worker-cases", neighbours.kill("worker-cases"))

    resident.await_case(receipt_number, "delivered")
    wait_for(lambda: resident.case(receipt_number)["pending"], lambda pending: pending == [], "the relay")
    once(books, receipt_number)
    assert not officer.get(f"/api/tasks/{task['id']}")["decision_pending"]


def test_a_web_server_killed_within_an_order_for_many_cases_decides_each_of_them_once(
    neighbours: Neighbours, newcomer: Newcomer, books: Books
) -> None:
    officer, residents = newcomer("health_review"), [newcomer() for _ in range(6)]
    numbers = [screening_under_review(resident) for resident in residents]
    bulk = planned(officer, "approve", [officer.task_of(number) for number in numbers])
    me = account(officer)

    def decided() -> int:
        return len(books.rows("select 1 from task where decided_by = %s", me))

    officer.post(f"/api/bulks/{bulk['id']}/start", {})
    wait_for(decided, bool, "the first decision")
    killed = neighbours.kill("web")
    done = decided()
    neighbours.await_revived("web", killed)

    assert done < len(numbers), "killed too late to tell"
    finished = ended(officer, bulk, patience=90)
    assert finished["progress"] == {"total": 6, "done": 6, "refused": 0, "sent": 0, "waiting": 0}
    for resident, number in zip(residents, numbers, strict=True):
        resident.await_case(number, "delivered")
        once(books, number)


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

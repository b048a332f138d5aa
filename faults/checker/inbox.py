"""受信箱: no open task without a workflow that waits for it, and no such workflow without its task."""

from collections.abc import Iterator

from faults.checker.facts import CLOSED, Facts, Finding, by

WITH_OFFICERS = frozenset({"under_review", "mailing", "handing_out"})


def check(facts: Facts) -> Iterator[Finding]:
    """受信箱の検査."""
    running = {row["id"] for row in facts.workflows if row["status"] == "RUNNING"}
    tasks = by((row for row in facts.tasks if row["closed_at"] is None), "receipt_number")
    for case in facts.cases:
        number, status = case["receipt_number"], case["status"]
        if tasks[number] and (status in CLOSED or number not in running):
            yield Finding("task_left_over", number, f"a task is open, but nothing waits for it ({status})")
        if status in WITH_OFFICERS and not tasks[number]:
            yield Finding("task_missing", number, f"the case is {status} and no officer has a task")
        seats = by(tasks[number], "seat_key")
        if any(len(rows) > 1 for rows in seats.values()):
            yield Finding("task_twice", number, "one seat has two open tasks")

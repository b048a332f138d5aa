"""履歴: one workflow for each case, ended as it should; each command taken in once."""

from collections import Counter
from collections.abc import Iterator

from faults.checker.facts import CLOSED, Facts, Finding, Row, by

ENDED_WELL = frozenset({"RUNNING", "COMPLETED"})
ROUND = "ReconciliationWorkflow"
"""照合の一巡: says that it failed where a neighbour was away; the next one looks again. So only the newest counts."""
NOT_TOLD = frozenset({"start", "recall", "rerun"})
"""Commands that are no Update of the case's own workflow."""
OF_ANOTHER = frozenset({"confirm_payment", "dispute"})
"""News that a recall answers where the case is closed already."""


def check(facts: Facts) -> Iterator[Finding]:
    """履歴の検査."""
    runs = by((row for row in facts.workflows if row["type"] == "CaseWorkflow"), "id")
    newest_round = max((row["id"] for row in facts.workflows if row["type"] == ROUND), default="")
    for row in facts.workflows:
        earlier_round = row["type"] == ROUND and row["id"] < newest_round
        if row["status"] not in ENDED_WELL | {"CONTINUED_AS_NEW"} and not earlier_round:
            yield Finding("workflow_failed", row["id"], f"{row['type']} is {row['status']}")
        if row["broken"]:
            yield Finding("workflow_broken", row["id"], "it could not be replayed by its own program")
    for case in facts.cases:
        yield from _of_case(facts, case, runs[case["receipt_number"]])


def _of_case(facts: Facts, case: Row, runs: list[Row]) -> Iterator[Finding]:
    number = case["receipt_number"]
    if len(runs) != 1:
        yield Finding("workflow_count", number, f"{len(runs)} workflows for one case")
        return
    closed = case["status"] in CLOSED
    if closed != (runs[0]["status"] == "COMPLETED"):
        yield Finding("workflow_open", number, f"the case is {case['status']}, its workflow {runs[0]['status']}")
    accepted: Counter[str] = Counter(runs[0]["accepted"])
    for update, times in accepted.items():
        if times > 1:
            yield Finding("command_twice", number, f"update {update} was taken in {times} times")
    for row in facts.of("commands", number):
        if row["status"] == "pending":
            yield Finding("command_pending", number, f"{row['kind']} was never told ({row['attempts']} attempts)")
        owed = row["status"] == "acknowledged" and row["kind"] not in NOT_TOLD | OF_ANOTHER
        if owed and str(row["id"]) not in accepted:
            yield Finding("command_lost", number, f"{row['kind']} is acknowledged, the history does not know it")

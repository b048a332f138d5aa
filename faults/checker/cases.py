"""案件: none lost, none twice, none stuck, and each ended as its reviewers decided."""

from collections.abc import Iterator

from faults.checker.facts import CLOSED, Facts, Finding, Row, by

WAITS = {
    "awaiting_payment": "payment",
    "under_review": "officer",
    "mailing": "officer",
    "awaiting_correction": "correction",
}
"""Where a case may rest: whom it waits for."""
BY_OFFICERS = frozenset({"approve", "reject", "send_back", "return", "dispatch"})


def check(facts: Facts) -> Iterator[Finding]:
    """案件の検査."""
    yield from _once(facts)
    for case in facts.cases:
        number = case["receipt_number"]
        if not facts.of("submissions", number):
            yield Finding("submission_lost", number, "the case has no submission")
        revisions = len(facts.of("submissions", number))
        if revisions <= len(facts.said("corrected", number)):
            yield Finding("submission_lost", number, "a correction that was taken in is not there")
        yield from (_ended(facts, case) if case["status"] in CLOSED else _waits(facts, case))
        yield from _decisions(facts, number)
        yield from _invented(facts, number)
        yield from _withdrawal(facts, number)
        yield from _lines(facts, case)


def _once(facts: Facts) -> Iterator[Finding]:
    """One draft that was acknowledged is one case, however often it was sent."""
    known = {case["receipt_number"] for case in facts.cases}
    for draft, rows in by(facts.said("filed"), "draft").items():
        numbers = {row["receipt_number"] for row in rows}
        if len(numbers) > 1:
            yield Finding("filed_twice", draft, f"the resident was given {sorted(numbers)} for one request")
        for number in sorted(numbers - known):
            yield Finding("case_lost", number, "the resident has its receipt, and there is no such case")
    for draft, firsts in by((row for row in facts.submissions if row["revision"] == 1), "draft_id").items():
        if len(firsts) > 1:
            became = [row["receipt_number"] for row in firsts]
            yield Finding("filed_twice", str(draft), f"one draft became the cases {became}")
    filed = {row["receipt_number"] for row in facts.said("filed")}
    given_up = {row["draft"] for row in facts.said("unanswered")}
    for row in facts.submissions:
        if row["revision"] == 1 and row["receipt_number"] not in filed and row["draft_id"] not in given_up:
            yield Finding("case_unknown", row["receipt_number"], "nobody was told of this case")


def _ended(facts: Facts, case: Row) -> Iterator[Finding]:
    number, status = case["receipt_number"], case["status"]
    allowed = _allowed(facts, number, case["procedure"])
    if status not in allowed and f"{status}/{case['reason']}" not in allowed:
        yield Finding(
            "decision_contradicted", number, f"it ended {status} ({case['reason']}) where {sorted(allowed)} was due"
        )
    for row in facts.said("told_ended", number):
        if row["status"] != status and (row["status"], status) != ("delivered", "recalled"):
            yield Finding("decision_contradicted", number, f"the resident read {row['status']}, it is {status} now")


def _allowed(facts: Facts, number: str, procedure: str) -> set[str]:
    """Where this case may have ended: the money's and the resident's word first, then the officers'."""
    if facts.said("disputed", number):
        return {"recalled"}
    withdrawals = [row for row in facts.of("commands", number) if row["kind"] == "withdraw"]
    if any(row["status"] == "acknowledged" for row in withdrawals):
        return {"withdrawn"}
    sealed = [task["outcome"] for task in facts.of("tasks", number)]
    if "reject" in sealed:
        return {"rejected"}
    if "approve" in sealed:
        return {"delivered", "rejected/already_awarded"} if procedure == "happy_pass" else {"delivered"}
    return set()


def _waits(facts: Facts, case: Row) -> Iterator[Finding]:
    number, status = case["receipt_number"], case["status"]
    whom = WAITS.get(status)
    if whom is None:
        yield Finding("case_stuck", number, f"it is {status} ({case['reason']}), which waits for no person")
        return
    if not any(row["waits_for"] == whom for row in facts.said("left", number)):
        yield Finding("case_stuck", number, f"it waits for {whom}, who has done all there was to do")
    answered = [row for row in facts.of("corrections", number) if row["answered_at"] is None]
    if whom == "correction" and not answered:
        yield Finding("case_stuck", number, "it waits for a correction nobody was asked for")
    if whom == "payment" and not any(row["status"] == "open" for row in facts.of("payments", number)):
        yield Finding("case_stuck", number, "it waits to be paid and has no page to pay at")


def _decisions(facts: Facts, number: str) -> Iterator[Finding]:
    """What an officer was told is written is written, once."""
    tasks = {str(task["id"]): task for task in facts.of("tasks", number)}
    refused = {str(row["task"]) for row in facts.of("commands", number) if row["status"] == "refused" and row["task"]}
    for task_id, rows in by(facts.said("decided", number), "task").items():
        said = {row["decision"] for row in rows}
        task = tasks.get(task_id)
        if len(said) > 1:
            yield Finding("decided_twice", number, f"task {task_id} was decided {sorted(said)}")
        elif task is None or task["outcome"] not in said:
            acknowledged = any(row["answer"] == "acknowledged" for row in rows)
            if acknowledged or task_id not in refused:
                found = task and task["outcome"]
                yield Finding("decision_lost", number, f"task {task_id} was decided {sorted(said)}, written is {found}")


def _invented(facts: Facts, number: str) -> Iterator[Finding]:
    """No task is decided in a way in which no officer ever meant to decide it."""
    meant = {(row["task"], row["decision"]) for row in facts.said("deciding", number)}
    for task in facts.of("tasks", number):
        if task["outcome"] in BY_OFFICERS and (str(task["id"]), task["outcome"]) not in meant:
            yield Finding("decision_invented", number, f"task {task['id']} is {task['outcome']}, which nobody sent")


def _withdrawal(facts: Facts, number: str) -> Iterator[Finding]:
    """Whoever was told that the wish to withdraw is taken in."""
    wishes = [row for row in facts.of("commands", number) if row["kind"] == "withdraw"]
    if facts.said("withdrew", number) and not wishes:
        yield Finding("withdrawal_lost", number, "the resident withdrew it, and nothing of that is written")


def _lines(facts: Facts, case: Row) -> Iterator[Finding]:
    """The audit log tells every effect as often as its own table."""
    number = case["receipt_number"]
    said = [row["action"] for row in facts.of("audit", number)]
    outcomes = [task["outcome"] for task in facts.of("tasks", number)]
    ends = 2 if facts.said("disputed", number) and "delivered" in _closings(facts, number) else 1
    expected = {
        "received": 1,
        "closed": ends if case["status"] in CLOSED else 0,
        "rejected": outcomes.count("reject"),
        "sent_back": outcomes.count("send_back"),
        "posted": outcomes.count("dispatch"),
        "returned": outcomes.count("return"),
        "document_issued": len([row for row in facts.of("documents", number) if row["document"] != "rejection"]),
        "rejection_issued": len([row for row in facts.of("documents", number) if row["document"] == "rejection"]),
        "points_awarded": sum(row["kind"] == "award" and row["points"] > 0 for row in facts.of("postings", number)),
        "points_reversed": sum(row["kind"] == "reversal" and row["points"] > 0 for row in facts.of("postings", number)),
    }
    told = {action: said.count(action) for action in expected}
    if told != expected:
        differing = {
            action: (told[action], expected[action]) for action in expected if told[action] != expected[action]
        }
        yield Finding("effect_twice", number, f"the log tells {differing} (told, happened)")
    if said.count("approved") + said.count("approved_in_part") != outcomes.count("approve"):
        yield Finding("effect_twice", number, "the log tells another number of approvals than there are decided tasks")


def _closings(facts: Facts, number: str) -> list[str]:
    return [row["closing"] for row in facts.of("audit", number) if row["action"] == "closed"]

"""職員の台本: decides every task of their duties as planned; the administrator hurries what waits for a neighbour."""

import itertools
import time
from collections.abc import Callable, Mapping
from typing import Any

from faults.campaign.forms import REVIEW_SHEET
from faults.campaign.person import NO_ANSWER, GaveUp, PersonAtCounter
from faults.campaign.plan import PlannedCase
from faults.journal import Journal
from machine.visitor import CounterRefused

LOOK_EVERY, HURRY_EVERY = 1.5, 5.0
ROUNDS_BETWEEN_LOGINS = 20
ONE_LEVEL = frozenset({"residence_certificate", "cancer_screening", "moving_out"})
ALLOWANCE = "child_allowance"
Task = Mapping[str, Any]
FindCase = Callable[[str], PlannedCase | None]


class OfficerAtDesk:
    """職員: one person, all of their tasks."""

    def __init__(self, person: PersonAtCounter, planned: FindCase, journal: Journal) -> None:
        self._person = person
        self._planned = planned
        self._journal = journal
        self._account = ""
        self._sealed: set[str] = set()
        """Cases this officer has approved a level of: one person, one seal."""

    def run(self, stopped: Callable[[], bool]) -> None:
        for number in itertools.count(1):
            if stopped():
                return
            try:
                if number % ROUNDS_BETWEEN_LOGINS == 0:
                    self._person.come_again()
                self._account = self._account or str(self._person.get("/api/session")["account_id"])
                for task in self._person.get("/api/tasks"):
                    self._look_at(task)
            except (GaveUp, *NO_ANSWER):
                continue
            time.sleep(LOOK_EVERY)

    def _look_at(self, task: Task) -> None:
        case = self._planned(task["receipt_number"])
        taken = task["assignee"] not in (None, self._account)
        if case is None or taken or task["closed_at"] or task["decision_pending"]:
            return
        decision, more = decision_on(case, task)
        if decision and not (task["kind"] == "approve" and task["receipt_number"] in self._sealed):
            try:
                self._decide(task, decision, more)
            except CounterRefused as refused:  # somebody was faster, or it is decided and this list is old
                self._journal.write("refused", by=self._person.person.key, says=str(refused))

    def _decide(self, task: Task, decision: str, more: Mapping[str, object]) -> None:
        here, number = f"/api/tasks/{task['id']}", task["receipt_number"]
        version = task["task_version"]
        if task["assignee"] is None:
            version = self._person.post(f"{here}/claim", {"version": version})["version"]
        if task["procedure"] == ALLOWANCE and task["kind"] == "review":
            version = self._fill_in(task)
        told = {"receipt_number": number, "task": task["id"], "decision": decision, "by": self._person.person.key}
        self._journal.write("deciding", **told)
        wanted = {"version": version, "decision": decision, "findings_checked": True, **more}
        answer = self._person.post(f"{here}/decision", wanted)["outcome"]
        self._journal.write("decided", **told, step=task["step"], answer=answer)
        if decision == "approve":
            self._sealed.add(number)

    def _fill_in(self, task: Task) -> int:
        """審査欄; the task's version afterwards."""
        seen = self._person.get(f"/api/inbox/cases/{task['receipt_number']}/review-form")
        answers = {"version": seen["version"], "answers": REVIEW_SHEET}
        self._person.put(f"/api/tasks/{task['id']}/review-form", answers)
        return int(self._person.get(f"/api/tasks/{task['id']}")["task_version"])


def decision_on(case: PlannedCase, task: Task) -> tuple[str, Mapping[str, object]]:
    """What the plan says about this task; "": nothing, it is left for somebody who never comes."""
    if task["kind"] == "post_document":
        return "dispatch", {"tracking_number": "1234-5678-9012"}
    if case.ending == "leave_officer":
        return "", {}
    turning = {"send_back": "review", "return": "approve"}.get(case.ending)
    with case.lock:
        if task["kind"] == turning and case.turned in ("", task["id"]):
            case.turned = task["id"]
            return _turn(case)
    last = task["kind"] == "approve" or task["procedure"] in ONE_LEVEL
    if case.ending == "reject" and (case.reject_at == 0 or last):
        ground = {"ground": "not_resident"} if task["procedure"] == ALLOWANCE else {}
        return "reject", {"reason": "要件を確認できませんでした。", **ground}
    return "approve", {}


def _turn(case: PlannedCase) -> tuple[str, Mapping[str, object]]:
    if case.ending == "return":
        return "return", {"to": "review", "reason": "添付を確かめてください。"}
    return "send_back", {"marks": {"phone": {"fault": "incorrect", "reason": "番号をご確認ください。"}}}


class AdministratorAtDesk:
    """管理者: has the city ask a neighbour again, instead of waiting for minutes or hours."""

    def __init__(self, person: PersonAtCounter) -> None:
        self._person = person

    def run(self, stopped: Callable[[], bool]) -> None:
        while not stopped():
            try:
                for line in self._person.get("/api/administration/stuck")["lines"]:
                    self._hurry(line)
            except (GaveUp, *NO_ANSWER):
                continue
            time.sleep(HURRY_EVERY)

    def _hurry(self, line: Task) -> None:
        if line["may_retry"]:
            try:
                self._person.post(f"/api/administration/cases/{line['receipt_number']}/retry")
            except CounterRefused:  # it went on by itself
                return

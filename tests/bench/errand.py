"""用件: one certificate of residence from draft to delivery, with the looks a person takes and not one more.

Waiting is the measurer's own business: it watches the case as the database's administrator, whose statements are not
the application's and whose backend can be told apart (`Watch.pid`).
"""

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import psycopg

from machine.demo import ANSWERS, visitor
from machine.layout import Layout
from machine.postgres import Role
from machine.visitor import Visitor
from sandbox.people import HANAKO, OFFICER

PROCEDURE = "residence_certificate"
PATIENCE = 90.0
CLOSED = ("delivered", "rejected", "lapsed", "recalled", "withdrawn")


class Watch(AbstractContextManager["Watch"]):
    """見張り: sees a case's status without asking the counter."""

    def __init__(self, layout: Layout) -> None:
        self._connection: psycopg.Connection = layout.postgres.connect(Role.ADMIN)
        self.pid = self._connection.info.backend_pid

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def until(self, receipt_number: str, *statuses: str) -> None:
        """Returns once the case has one of these statuses. Raises TimeoutError naming the last one seen."""
        deadline = time.monotonic() + PATIENCE
        while (status := self.status(receipt_number)) not in statuses:
            if time.monotonic() > deadline:
                raise TimeoutError(f"Case {receipt_number} is {status}, not {' or '.join(statuses)}.")
            time.sleep(0.01)

    def status(self, receipt_number: str) -> str:
        row = self._connection.execute(
            "SELECT status FROM case_file WHERE receipt_number = %s", [receipt_number]
        ).fetchone()
        return "absent" if row is None else str(row[0])


@dataclass(frozen=True)
class People(AbstractContextManager["People"]):
    """来訪者たち: a resident and an officer who are logged in already, so that a login is nobody's cost."""

    resident: Visitor
    officer: Visitor

    @classmethod
    def meet(cls, layout: Layout) -> Self:
        return cls(visitor(layout, HANAKO).log_in(), visitor(layout, OFFICER).log_in())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.resident.http.close()
        self.officer.http.close()


def run_errand(people: People, watch: Watch) -> dict[str, Any]:
    """用件を済ます: draft, sign, look, pay, review, look. The delivered case, as its resident sees it."""
    resident, officer = people.resident, people.officer
    receipt_number = resident.apply(PROCEDURE, ANSWERS)
    watch.until(receipt_number, "awaiting_payment")
    resident.pay(resident.case(receipt_number))
    watch.until(receipt_number, "under_review")
    task = next(task for task in officer.get("/api/tasks") if task["receipt_number"] == receipt_number)
    officer.decide(task, "approve")
    watch.until(receipt_number, *CLOSED)
    case = resident.case(receipt_number)
    if case["status"] != "delivered":
        raise AssertionError(f"Case {receipt_number} is {case['status']} ({case['reason']}), not delivered.")
    return case

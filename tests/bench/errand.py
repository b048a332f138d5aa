"""用件: one certificate of residence from draft to delivery, with the looks a person takes and not one more.

Waiting is the measurer's own business: it watches cases as the database's administrator, whose statements are not the
application's and whose server process can be told apart (`Watch.pid`).
"""

import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from machine.demo import ANSWERS, visitor
from machine.layout import Layout
from machine.postgres import Role
from machine.visitor import Visitor
from sandbox.people import HANAKO, OFFICER

PROCEDURE = "residence_certificate"
PATIENCE = 90.0
LOOK_EVERY = 0.02


class Watch(AbstractContextManager["Watch"]):
    """見張り: sees the status of every case that somebody waits for, in one look, without asking the counter."""

    def __init__(self, layout: Layout) -> None:
        self._connection = layout.postgres.connect(Role.ADMIN)
        self.pid = self._connection.info.backend_pid
        self._wanted: dict[str, tuple[str, threading.Event]] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch")
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()
        self._connection.close()

    def until(self, receipt_number: str, status: str) -> None:
        """Returns once the case has this status. Raises TimeoutError where it does not come."""
        come = threading.Event()
        self._wanted[receipt_number] = (status, come)
        if not come.wait(PATIENCE):
            raise TimeoutError(f"Case {receipt_number} was not {status} within {PATIENCE:.0f} seconds.")

    def _look(self) -> None:
        while not self._ending.wait(LOOK_EVERY):
            wanted = dict(self._wanted)
            if not wanted:
                continue
            rows = self._connection.execute(
                "SELECT receipt_number, status FROM case_file WHERE receipt_number = ANY(%s)", [list(wanted)]
            )
            for receipt_number, status in rows:
                if wanted[receipt_number][0] == status:
                    del self._wanted[receipt_number]
                    wanted[receipt_number][1].set()


@dataclass(frozen=True)
class People(AbstractContextManager["People"]):
    """来訪者たち: a resident and an officer who are logged in already, so that a login is nobody's cost."""

    resident: Visitor
    officer: Visitor

    @classmethod
    def meet(cls, layout: Layout) -> Self:
        return cls(visitor(layout, HANAKO).log_in(), visitor(layout, OFFICER).log_in())

    def again(self, layout: Layout) -> Self:
        """The same two in browsers of their own, still logged in."""
        copy = type(self)(visitor(layout, HANAKO), visitor(layout, OFFICER))
        copy.resident.http.cookies.update(self.resident.http.cookies)
        copy.officer.http.cookies.update(self.officer.http.cookies)
        return copy

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.resident.http.close()
        self.officer.http.close()


def run_errand(people: People, watch: Watch) -> str:
    """用件を済ます: draft, sign, look, pay, review. The receipt number of the delivered case."""
    resident, officer = people.resident, people.officer
    receipt_number = resident.apply(PROCEDURE, ANSWERS)
    watch.until(receipt_number, "awaiting_payment")
    resident.pay(resident.case(receipt_number))
    watch.until(receipt_number, "under_review")
    officer.decide(officer.task_of(receipt_number), "approve")
    watch.until(receipt_number, "delivered")
    return receipt_number

"""引継ぎ: a task given to a colleague or taken over; all of an absent officer's handed over by their superior."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from api.case.access import actor_of
from api.counter import City, Counter, CounterHere, Officer, Superior
from api.desk.tasks import TaskVersion, Version, require_impartial, say
from api.problems import problem
from api.views import View, Visitor
from procedures import calendar
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases, handover, tasks
from store.handover import Colleague
from store.people import WHOLE_CITY
from store.tasks import TaskRow

router = APIRouter(tags=["tasks"])

KEPT_FOR = 1
"""割当の期間: until the counter closes after so many business days; after that the task is free again."""


class AssignmentWanted(BaseModel):
    """割当: the version of the task that was seen, and to whom; oneself takes it over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Version
    officer: UUID


class HandoverWanted(BaseModel):
    """引継ぎの求め: to whom; null gives everything back to everybody."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heir: UUID | None = None


class ColleagueView(View):
    """同僚."""

    account_id: UUID
    name: str


class HandoverView(View):
    """引継ぎの結果: how many tasks the heir has now, and how many are everybody's again."""

    handed: int
    freed: int


@router.get("/api/tasks/{task_id}/colleagues")
def list_colleagues(counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> tuple[ColleagueView, ...]:
    """同僚: who may have this task."""
    return colleagues(counter, city, officer, task_id)


@router.post("/api/tasks/{task_id}/assignment")
def assign_task(
    counter: CounterHere, city: City, officer: Officer, task_id: UUID, wanted: AssignmentWanted
) -> TaskVersion:
    """割り当てる: the new version."""
    return TaskVersion(version=assign(counter, city, officer, task_id, wanted.version, wanted.officer))


@router.post("/api/officers/{account_id}/handover")
def hand_over_tasks(
    counter: CounterHere, city: City, superior: Superior, account_id: UUID, wanted: HandoverWanted
) -> HandoverView:
    """引き継ぐ: all open tasks of an absent officer; a superior those of their department."""
    return hand_over(counter, city, superior, account_id, wanted.heir)


# --- use cases --------------------------------------------------------------------------------------------------------


def colleagues(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID) -> tuple[ColleagueView, ...]:
    """同僚 who hold this task's duty. Raises Problem for a task of another duty, unless asked by its head."""
    with counter.database.reading(city) as connection:
        row = assignable(connection, officer, task_id)
        return tuple(_colleague(each) for each in handover.colleagues(connection, row.department, row.function))


def assign(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, version: int, to: UUID) -> int:
    """割当: the new version. Raises Problem where the task changed meanwhile, or they do not hold its duty."""
    until = _until(counter, city)
    with counter.database.transaction(city) as connection:
        row = assignable(connection, officer, task_id)
        if to not in {each.account_id for each in handover.colleagues(connection, row.department, row.function)}:
            raise problem("no_colleague")
        require_impartial(connection, to, row)
        new_version = handover.assign(connection, task_id, version, to, until)
        if new_version is None:
            raise problem("task_closed" if row.closed_at else "task_taken")
        say(connection, officer, row, "task_reassigned", {"officer": str(to)})
    return new_version


def appointed(counter: Counter, city: MunicipalityCode, _: Visitor) -> tuple[ColleagueView, ...]:
    """任命されている職員, by name."""
    with counter.database.reading(city) as connection:
        return tuple(_colleague(each) for each in handover.appointed(connection))


def hand_over(
    counter: Counter, city: MunicipalityCode, superior: Visitor, absent: UUID, heir: UUID | None
) -> HandoverView:
    """引継ぎ: in one transaction, with a line in each case's timeline. Raises Problem for an heir without duties."""
    until = _until(counter, city)
    with counter.database.transaction(city) as connection:
        if heir is not None and (heir == absent or heir not in {e.account_id for e in handover.appointed(connection)}):
            raise problem("no_colleague")
        moved = handover.hand_over(connection, absent, heir, until, scope(superior))
        for each in moved:
            _say(connection, superior, each.receipt_number, each.step, each.assignee)
    handed = sum(each.assignee is not None for each in moved)
    return HandoverView(handed=handed, freed=len(moved) - handed)


def assignable(connection: Connection, officer: Visitor, task_id: UUID) -> TaskRow:
    """割り当てられる件: of one's own duty, or of a department one heads. Raises Problem as `permitted` does."""
    row = tasks.read(connection, task_id)
    if row is None or not (officer.may(row.department, row.function) or officer.heads(row.department)):
        raise problem("not_found")
    return row


def scope(superior: Visitor) -> frozenset[str] | None:
    """所管: the departments a superior answers for; None: every one."""
    return None if superior.is_administrator or WHOLE_CITY in superior.headed else superior.headed


def _until(counter: Counter, city: MunicipalityCode) -> datetime:
    return calendar.due_at(datetime.now(UTC), KEPT_FOR, counter.closed(city))


def _say(connection: Connection, superior: Visitor, receipt_number: ReceiptNumber, step: str, to: UUID | None) -> None:
    facts = {"officer": str(to)} if to else {}
    action = "task_reassigned" if to else "task_released"
    cases.say(connection, receipt_number, action, actor=actor_of(superior), step=step, facts=facts)


def _colleague(each: Colleague) -> ColleagueView:
    return ColleagueView(account_id=each.account_id, name=each.name)

"""引継ぎ: a task given to a colleague or taken over; all of an absent officer handed over by the administrator."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from api.counter import Administrator, City, Counter, CounterHere, Officer
from api.problems import problem
from api.tasks import TaskVersion, Version, permitted
from api.views import View, Visitor
from procedures import calendar
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases, handover
from store.handover import Colleague

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


class HolderView(ColleagueView):
    """担当者, with the number of open tasks they hold."""

    open_tasks: int


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


@router.get("/api/administration/holders")
def list_holders(counter: CounterHere, city: City, administrator: Administrator) -> tuple[HolderView, ...]:
    """担当者の一覧: officers who hold open tasks."""
    return holders(counter, city, administrator)


@router.post("/api/administration/holders/{account_id}/handover")
def hand_over_tasks(
    counter: CounterHere, city: City, administrator: Administrator, account_id: UUID, wanted: HandoverWanted
) -> HandoverView:
    """引き継ぐ: all open tasks of an absent officer."""
    return hand_over(counter, city, administrator, account_id, wanted.heir)


# --- use cases --------------------------------------------------------------------------------------------------------


def colleagues(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID) -> tuple[ColleagueView, ...]:
    """同僚 who hold this task's duty, oneself too. Raises Problem for a task of another duty."""
    with counter.database.reading(city) as connection:
        row = permitted(connection, officer, task_id)
        return tuple(_colleague(each) for each in handover.colleagues(connection, row.department, row.function))


def assign(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, version: int, to: UUID) -> int:
    """割当: the new version. Raises Problem where the task changed meanwhile, or they do not hold its duty."""
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        if to not in {each.account_id for each in handover.colleagues(connection, row.department, row.function)}:
            raise problem("no_colleague")
        new_version = handover.assign(connection, task_id, version, to, _until())
        if new_version is None:
            raise problem("task_closed" if row.closed_at else "task_taken")
        _say(connection, officer, row.receipt_number, row.step, to)
    return new_version


def holders(counter: Counter, city: MunicipalityCode, _: Visitor) -> tuple[HolderView, ...]:
    """担当者の一覧, by name."""
    with counter.database.reading(city) as connection:
        return tuple(HolderView.model_validate(each.__dict__) for each in handover.holders(connection))


def appointed(counter: Counter, city: MunicipalityCode, _: Visitor) -> tuple[ColleagueView, ...]:
    """任命されている職員, by name."""
    with counter.database.reading(city) as connection:
        return tuple(_colleague(each) for each in handover.appointed(connection))


def hand_over(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, absent: UUID, heir: UUID | None
) -> HandoverView:
    """引継ぎ: in one transaction, with a line in each case's timeline. Raises Problem for an heir without duties."""
    with counter.database.transaction(city) as connection:
        if heir is not None and (heir == absent or heir not in {e.account_id for e in handover.appointed(connection)}):
            raise problem("no_colleague")
        moved = handover.hand_over(connection, absent, heir, _until())
        for each in moved:
            _say(connection, administrator, each.receipt_number, each.step, each.assignee)
    handed = sum(each.assignee is not None for each in moved)
    return HandoverView(handed=handed, freed=len(moved) - handed)


def _until() -> datetime:
    return calendar.due_at(datetime.now(UTC), KEPT_FOR)


def _say(connection: Connection, actor: Visitor, receipt_number: ReceiptNumber, step: str, to: UUID | None) -> None:
    facts = {"officer": str(to)} if to else {}
    action = "task_reassigned" if to else "task_released"
    cases.say(connection, receipt_number, action, actor=f"officer:{actor.account_id}", step=step, facts=facts)


def _colleague(each: Colleague) -> ColleagueView:
    return ColleagueView(account_id=each.account_id, name=each.name)

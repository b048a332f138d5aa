"""除斥・忌避: an officer who is close to a case steps aside, or is told to; nobody decides their own."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.counter import City, Counter, CounterHere, Officer
from api.desk.tasks import permitted, say
from api.problems import problem
from api.views import View, Visitor
from procedures.values import MunicipalityCode
from store import decisions, handover, tasks

router = APIRouter(prefix="/api/tasks", tags=["tasks"])


class RecusalWanted(BaseModel):
    """除斥: who steps aside; null: oneself. Why is not asked: it would be personal data of a family."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    officer: UUID | None = None


class RecusalView(View):
    """除斥の結果."""

    declared: bool
    """False: it had been declared before."""


@router.post("/{task_id}/recusal")
def declare_recusal(
    counter: CounterHere, city: City, officer: Officer, task_id: UUID, wanted: RecusalWanted
) -> RecusalView:
    """除斥を申し出る: from now on this officer cannot take or decide any task of the case."""
    return RecusalView(declared=recuse(counter, city, officer, task_id, wanted.officer or officer.account_id))


def recuse(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, who: UUID) -> bool:
    """除斥: a task they hold is everybody's again. Raises Problem for somebody who could not have it anyway."""
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        if who not in {each.account_id for each in handover.colleagues(connection, row.department, row.function)}:
            raise problem("no_colleague")
        if not decisions.recuse(connection, row.receipt_number, who, by=officer.account_id):
            return False
        tasks.release_case(connection, row.receipt_number, who)
        say(connection, officer, row, "officer_recused", {"officer": str(who)})
    return True

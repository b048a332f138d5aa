"""次の一件: an officer takes the first task nobody holds; two who ask at the same moment get two."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.counter import City, Counter, CounterHere, Officer
from api.desk.inbox import InboxAsked, line, looker_of, wanted_of
from api.desk.tasks import say
from api.desk.views import TaskLine
from api.problems import problem
from api.views import Visitor
from procedures.values import MunicipalityCode
from store import inbox, tasks

router = APIRouter(tags=["tasks"])


@router.post("/api/inbox/next")
def claim_next_task(
    counter: CounterHere, city: City, officer: Officer, asked: Annotated[InboxAsked, Query()]
) -> TaskLine:
    """次の一件を担当する: of the tasks these filters show, in their order."""
    return claim_next(counter, city, officer, asked)


def claim_next(counter: Counter, city: MunicipalityCode, officer: Visitor, asked: InboxAsked) -> TaskLine:
    """次の一件を担当する. Raises Problem where nobody's task is left among them."""
    looker = looker_of(counter, city, officer, None)
    with counter.database.transaction(city) as connection:
        taken = inbox.claim_next(connection, looker, wanted_of(asked))
        row = None if taken is None else tasks.read(connection, taken)
        if row is None:
            raise problem("none_free")
        say(connection, officer, row, "task_claimed")
    return line(row)

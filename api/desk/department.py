"""所属の案件: what waits in the departments one heads, and who holds it; a head gives it to somebody else.

A head sees when, what and whose, not what residents wrote: that takes the duty itself.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.counter import City, Counter, CounterHere, Officer
from api.desk import inbox
from api.desk.handover import assignable
from api.desk.inbox import Empty, InboxAsked, InboxCounts, InboxPage, line
from api.desk.views import TaskLine
from api.problems import problem
from api.views import Visitor
from procedures.loader import Library
from procedures.values import MunicipalityCode
from store.inbox import Order
from store.people import Duty

router = APIRouter(prefix="/api/department", tags=["tasks"])


class DepartmentAsked(InboxAsked):
    """絞込み of a head: what was told to them comes first. `department`: one of theirs; without it all."""

    order: Order = "escalated"
    department: Annotated[inbox.Name | None, Empty] = None


@router.get("/tasks")
def list_department_tasks(
    counter: CounterHere, city: City, officer: Officer, response: Response, asked: Annotated[DepartmentAsked, Query()]
) -> tuple[TaskLine, ...]:
    """所属の案件; the header `Link` (RFC 8288) leads to the next page."""
    found = page(counter, city, officer, asked, asked.limit)
    if found.next_page is not None:
        there = asked.address("/api/department/tasks", after=found.next_page)
        response.headers["link"] = f'<{there}>; rel="next"'
    return found.tasks


# --- use cases --------------------------------------------------------------------------------------------------------


def headed(library: Library, officer: Visitor, department: str | None = None) -> frozenset[Duty]:
    """所属の職務: every duty of the departments one heads, as the procedures name them. Raises Problem where none."""
    editions = [edition.procedure for edition in library.editions.values()]
    departments = {each.department.id for each in editions if officer.heads(each.department.id)}
    if not departments or department not in (None, *departments):
        raise problem("not_allowed")
    wanted = departments if department is None else {department}
    return frozenset(
        Duty(each.department.id, function.id)
        for each in editions
        for function in each.functions
        if each.department.id in wanted
    )


def page(
    counter: Counter, city: MunicipalityCode, officer: Visitor, asked: DepartmentAsked, limit: int = inbox.PAGE
) -> InboxPage:
    """所属の案件の一頁. Raises Problem for who heads nothing."""
    duties = headed(counter.library, officer, asked.department)
    return inbox.page(counter, city, officer, asked, limit, duties)


def counts(counter: Counter, city: MunicipalityCode, officer: Visitor, asked: DepartmentAsked) -> InboxCounts:
    """所属の件数."""
    return inbox.counts(counter, city, officer, asked, headed(counter.library, officer, asked.department))


def task(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID) -> TaskLine:
    """所属の一件: what its line says. Raises Problem where one neither heads its department nor holds its duty."""
    with counter.database.reading(city) as connection:
        return line(assignable(connection, officer, task_id))

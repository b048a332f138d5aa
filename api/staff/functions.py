"""職務と手続: each procedure's steps, the function each asks for, who holds it today, and where cases would wait."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal
from uuid import UUID

from fastapi import APIRouter

from api.counter import City, Counter, CounterHere, Superior
from api.desk.handover import scope
from api.views import View, Visitor
from procedures import occupancy
from procedures.document import Procedure
from procedures.occupancy import Gap, Post
from procedures.values import MunicipalityCode, ProcedureId, StepId
from store import offices
from store.offices import DutyHolder
from store.people import WHOLE_CITY

router = APIRouter(prefix="/api/functions", tags=["officers"])


class DutyHolderView(View):
    """職務を持つ職員: in the procedure's department, or for the whole city; `substitute`: in another's place, today."""

    account_id: UUID
    name: str
    whole_city: bool
    substitute: bool


class FunctionView(View):
    """職務: what a step asks for, and who has it."""

    id: str
    title: Mapping[str, str]
    holders: tuple[DutyHolderView, ...]


class StepFunctionView(View):
    """処理と職務: one step at which an officer acts, and how many different ones it needs. `gap`: what is missing."""

    step: StepId
    title: Mapping[str, str]
    kind: Literal["review", "approve", "post_document"]
    needed: int
    function: FunctionView
    deputy: FunctionView | None
    gap: Gap | None


class ProcedureFunctionsView(View):
    """手続の職務. `too_few_for`: groups of steps for which there are too few different officers."""

    procedure: ProcedureId
    version: int
    title: Mapping[str, str]
    department: str
    steps: tuple[StepFunctionView, ...]
    too_few_for: tuple[tuple[StepId, ...], ...]

    @property
    def complete(self) -> bool:
        """Whether cases would go through today."""
        return not self.too_few_for and all(each.gap is None for each in self.steps)


@router.get("")
def list_functions(counter: CounterHere, city: City, superior: Superior) -> tuple[ProcedureFunctionsView, ...]:
    """職務と手続: an administrator sees every procedure, a superior those of their department."""
    return of_procedures(counter, city, superior)


def of_procedures(counter: Counter, city: MunicipalityCode, superior: Visitor) -> tuple[ProcedureFunctionsView, ...]:
    """職務と手続, of the versions new cases are opened with."""
    departments = scope(superior)
    with counter.database.reading(city) as connection:
        holders = offices.duty_holders(connection)
    concerned = [each for each in counter.library.all() if departments is None or each.department.id in departments]
    return tuple(_procedure(procedure, holders) for procedure in concerned)


def _procedure(procedure: Procedure, everybody: Collection[DutyHolder]) -> ProcedureFunctionsView:
    there = [each for each in everybody if each.duty.department in (procedure.department.id, WHOLE_CITY)]
    accounts: dict[str, frozenset[UUID]] = {
        function.id: frozenset(each.account_id for each in there if each.duty.function == function.id)
        for function in procedure.functions
    }
    posts = occupancy.posts(procedure.steps, accounts)
    return ProcedureFunctionsView(
        procedure=ProcedureId(procedure.id),
        version=procedure.version,
        title=procedure.title.model_dump(),
        department=procedure.department.id,
        steps=tuple(_step(procedure, post, there) for post in posts),
        too_few_for=occupancy.too_few_for(posts),
    )


def _step(procedure: Procedure, post: Post, there: Iterable[DutyHolder]) -> StepFunctionView:
    return StepFunctionView.model_validate(
        {
            "step": post.step,
            "title": procedure.step(post.step).title.model_dump(),
            "kind": post.kind,
            "needed": post.needed,
            "function": _function(procedure, post.function, there),
            "deputy": _function(procedure, post.deputy, there) if post.deputy else None,
            "gap": post.gap,
        }
    )


def _function(procedure: Procedure, function: str, there: Iterable[DutyHolder]) -> FunctionView:
    title = next(each.title for each in procedure.functions if each.id == function)
    holders = {each.account_id: _holder(each) for each in reversed(list(there)) if each.duty.function == function}
    return FunctionView(id=function, title=title.model_dump(), holders=tuple(reversed(holders.values())))


def _holder(each: DutyHolder) -> DutyHolderView:
    return DutyHolderView(
        account_id=each.account_id,
        name=each.name,
        whole_city=each.duty.department == WHOLE_CITY,
        substitute=each.substitute,
    )

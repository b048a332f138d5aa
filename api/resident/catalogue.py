"""手続の一覧: what can be applied for, straight from the procedure documents."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query

from api.counter import Counter, CounterHere
from api.problems import problem
from procedures.document import Procedure
from procedures.life_events import LifeEvent
from procedures.loader import ProcedureUnknown
from procedures.search import LONGEST

router = APIRouter(prefix="/api/procedures", tags=["procedures"])

Wanted = Annotated[str, Query(max_length=LONGEST, description="Words in any of the four languages; never logged.")]


@router.get("")
def list_procedures(
    counter: CounterHere, q: Wanted = "", category: str | None = None, life_event: LifeEvent | None = None
) -> tuple[Procedure, ...]:
    """手続の一覧: the versions in force; with `q` only what it finds, the best first."""
    return tuple(_narrowed(found(counter, q) if q.strip() else counter.library.all(), category, life_event))


@router.get("/{procedure_id}")
def read_procedure(counter: CounterHere, procedure_id: str) -> Procedure:
    """手続 in force."""
    return current(counter, procedure_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def current(counter: Counter, procedure_id: str) -> Procedure:
    """手続 in force. Raises Problem where there is none."""
    try:
        return counter.library.current(procedure_id)
    except ProcedureUnknown:
        raise problem("not_found") from None


def found(counter: Counter, query: str) -> tuple[Procedure, ...]:
    """手続の検索: the best first; empty where nothing is meant. The query is kept and logged nowhere."""
    return counter.index.find(query)


def _narrowed(
    procedures: Iterable[Procedure], category: str | None, life_event: LifeEvent | None
) -> Iterable[Procedure]:
    for procedure in procedures:
        if category not in (None, procedure.category):
            continue
        if life_event is None or life_event in procedure.life_events:
            yield procedure

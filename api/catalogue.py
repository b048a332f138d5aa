"""手続の一覧: what can be applied for, straight from the procedure documents."""

from fastapi import APIRouter

from api.counter import CounterHere
from api.problems import problem
from procedures.document import Procedure
from procedures.loader import ProcedureUnknown

router = APIRouter(prefix="/api/procedures", tags=["procedures"])


@router.get("")
def list_procedures(counter: CounterHere) -> tuple[Procedure, ...]:
    """手続の一覧: the versions in force."""
    return counter.library.all()


@router.get("/{procedure_id}")
def read_procedure(counter: CounterHere, procedure_id: str) -> Procedure:
    """手続 in force."""
    try:
        return counter.library.current(procedure_id)
    except ProcedureUnknown:
        raise problem("not_found") from None

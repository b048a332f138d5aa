"""管理: every case of the municipality, and the way to its workflow."""

from fastapi import APIRouter

from api.cases import case_line
from api.counter import Administrator, City, Counter, CounterHere
from api.views import CaseLine, Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases

router = APIRouter(prefix="/api/administration", tags=["administration"])


@router.get("/cases")
def list_cases(counter: CounterHere, city: City, administrator: Administrator) -> tuple[CaseLine, ...]:
    """案件の一覧."""
    return listed(counter, city, administrator)


def listed(counter: Counter, city: MunicipalityCode, _: Visitor) -> tuple[CaseLine, ...]:
    """案件の一覧, the newest first."""
    with counter.database.reading(city) as connection:
        return tuple(case_line(row) for row in cases.listed(connection))


def temporal_url(counter: Counter, receipt_number: ReceiptNumber) -> str:
    """The case's workflow in the Temporal Web UI."""
    return f"{counter.settings.temporal_ui_url}/namespaces/{counter.temporal_namespace}/workflows/{receipt_number}"

"""管理: every case of the municipality, and the way to its workflow."""

from fastapi import APIRouter

from api.cases import case_line
from api.counter import Administrator, City, Counter, CounterHere
from api.problems import problem
from api.views import CaseLine, Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases, commands

router = APIRouter(prefix="/api/administration", tags=["administration"])


@router.get("/cases")
def list_cases(counter: CounterHere, city: City, administrator: Administrator) -> tuple[CaseLine, ...]:
    """案件の一覧."""
    return listed(counter, city, administrator)


@router.post("/cases/{receipt_number}/retry", status_code=202)
def retry_case(counter: CounterHere, city: City, administrator: Administrator, receipt_number: str) -> CaseLine:
    """いま再試行する: ask the neighbour again without waiting for the timer."""
    return retry_now(counter, city, administrator, ReceiptNumber(receipt_number))


def retry_now(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, receipt_number: ReceiptNumber
) -> CaseLine:
    """再試行 of a case that waits for a neighbour. Raises Problem where it does not wait."""
    with counter.database.transaction(city) as connection:
        row = cases.read(connection, receipt_number, lock=True)
        if row is None:
            raise problem("not_found")
        if row.status != "awaiting_neighbour":
            raise problem("nothing_to_retry")
        command = commands.write(connection, city, receipt_number, "retry_now", {})
        cases.say(connection, receipt_number, "retry_requested", actor=f"officer:{administrator.account_id}")
    counter.tell(command)
    return case_line(row)


def listed(counter: Counter, city: MunicipalityCode, _: Visitor) -> tuple[CaseLine, ...]:
    """案件の一覧, the newest first."""
    with counter.database.reading(city) as connection:
        return tuple(case_line(row) for row in cases.listed(connection))


def temporal_url(counter: Counter, receipt_number: ReceiptNumber) -> str:
    """The case's workflow in the Temporal Web UI."""
    return f"{counter.settings.temporal_ui_url}/namespaces/{counter.temporal_namespace}/workflows/{receipt_number}"

"""管理: every case of the municipality: narrowed, counted, page by page; and what makes one go on."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.counter import Administrator, City, Counter, CounterHere
from api.desk.inbox import Empty, Name
from api.problems import problem
from api.resident.cases import case_line
from api.views import CLOSED, CaseLine, CaseStatus, View, Visitor
from procedures.paper import Arrival
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber, StepId
from store import cases, commands, console
from store.console import CasePlace, CaseWanted, ConsoleCase, Order

router = APIRouter(prefix="/api/administration", tags=["administration"])

PAGE = 100
LONGEST_PAGE = 200
STATUSES: frozenset[CaseStatus] = frozenset(get_args(CaseStatus))

Age = Literal["day", "week", "month", "before_week", "before_month", "before_quarter"]
"""受付からの時間: within the last day, week or month; or before the last week, month or quarter of a year."""
WITHIN = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
BEFORE = {
    "before_week": timedelta(days=7), "before_month": timedelta(days=30), "before_quarter": timedelta(days=90),
}  # fmt: skip


class CasesAsked(BaseModel):
    """絞込み, as an address has it. Holds no personal data."""

    model_config = ConfigDict(frozen=True)

    procedure: Annotated[Name | None, Empty] = None
    version: Annotated[int | None, Field(ge=1, le=100_000), Empty] = None
    step: Annotated[Name | None, Empty] = None
    status: Annotated[CaseStatus | Literal["open", "closed"] | None, Empty] = None
    reason: Annotated[Name | None, Empty] = None
    age: Annotated[Age | None, Empty] = None
    order: Order = "newest"
    after: Annotated[str | None, Field(max_length=90), Empty] = None
    """Where the page before ended; its answer says so."""
    limit: int = Field(default=PAGE, ge=1, le=LONGEST_PAGE)

    def address(self, path: str, **changes: object) -> str:
        """宛先: the same view with something changed, from its first page on."""
        said = self.model_dump(mode="json", exclude_defaults=True) | {"after": None} | changes
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{path}?{query}" if query else path


class ConsoleLine(View):
    """案件の一行, as administrators read it."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    department: str
    status: CaseStatus
    step: StepId | None
    reason: str | None
    received_at: datetime
    due_at: datetime
    closed_at: datetime | None
    arrival: Arrival
    purged_at: datetime | None
    """廃棄: its retention is over, and nothing but this line and its log is left."""
    held: bool = False
    """止めてある: an administrator's order to hold it stands; no further step begins."""


class CasesPage(View):
    """案件の一頁. `next_page`: where the next one begins; null: this is the last.

    `exhausted`: so many cases were looked at that the page ends here, though it is not full.
    """

    lines: tuple[ConsoleLine, ...]
    next_page: str | None = None
    exhausted: bool = False


class CaseCountsView(View):
    """件数 among the newest (or oldest) `looked_at` cases of the span; `capped`: there are more."""

    looked_at: int
    capped: bool
    found: int
    statuses: dict[CaseStatus, int]


@router.get("/cases")
def list_cases(
    counter: CounterHere, city: City, administrator: Administrator, response: Response,
    asked: Annotated[CasesAsked, Query()],
) -> tuple[ConsoleLine, ...]:  # fmt: skip
    """案件の一覧; the header `Link` (RFC 8288) leads to the next page."""
    found = page(counter, city, administrator, asked, asked.limit)
    if found.next_page is not None:
        there = asked.address("/api/administration/cases", after=found.next_page)
        response.headers["link"] = f'<{there}>; rel="next"'
    return found.lines


@router.get("/cases/counts")
def count_cases(
    counter: CounterHere, city: City, administrator: Administrator, asked: Annotated[CasesAsked, Query()]
) -> CaseCountsView:
    """案件の件数."""
    return counts(counter, city, administrator, asked)


@router.post("/cases/{receipt_number}/retry", status_code=202)
def retry_case(counter: CounterHere, city: City, administrator: Administrator, receipt_number: str) -> CaseLine:
    """いま再試行する: ask the neighbour again without waiting for the timer."""
    return retry_now(counter, city, administrator, ReceiptNumber(receipt_number))


# --- use cases --------------------------------------------------------------------------------------------------------


def page(counter: Counter, city: MunicipalityCode, _: Visitor, asked: CasesAsked, limit: int = PAGE) -> CasesPage:
    """案件の一頁. Raises Problem for a place no page has ended at."""
    with counter.database.reading(city) as connection:
        found = console.listed(connection, _wanted(asked), after=_place(asked.after), limit=limit)
    return CasesPage(
        lines=tuple(line(each) for each in found.cases),
        next_page=None if found.further is None else _written(found.further),
        exhausted=found.exhausted,
    )


def counts(counter: Counter, city: MunicipalityCode, _: Visitor, asked: CasesAsked) -> CaseCountsView:
    """件数, as above."""
    with counter.database.reading(city) as connection:
        found = console.counted(connection, _wanted(asked))
    return CaseCountsView.model_validate(found.__dict__)


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


def temporal_url(counter: Counter, workflow_id: str) -> str:
    """The workflow in the Temporal Web UI."""
    return f"{counter.settings.temporal_ui_url}/namespaces/{counter.temporal_namespace}/workflows/{workflow_id}"


# --- small things -----------------------------------------------------------------------------------------------------


def line(row: ConsoleCase) -> ConsoleLine:
    """案件の一行."""
    return ConsoleLine.model_validate(row.__dict__)


def _wanted(asked: CasesAsked) -> CaseWanted:
    now = datetime.now(UTC)
    return CaseWanted(
        procedure=ProcedureId(asked.procedure) if asked.procedure else None,
        version=asked.version,
        step=StepId(asked.step) if asked.step else None,
        statuses=_statuses(asked.status),
        reason=asked.reason,
        since=now - WITHIN[asked.age] if asked.age in WITHIN else None,
        until=now - BEFORE[asked.age] if asked.age in BEFORE else None,
        order=asked.order,
    )


def _statuses(status: str | None) -> Collection[str] | None:
    groups: dict[str | None, Collection[str] | None] = {None: None, "open": STATUSES - CLOSED, "closed": CLOSED}
    return groups.get(status, (status or "",))


def _written(place: CasePlace) -> str:
    """続きの印: the place after this case, as an address has it."""
    return f"{place.at.astimezone(UTC).replace(tzinfo=None).isoformat()}_{place.receipt_number}"


def _place(written: str | None) -> CasePlace | None:
    if written is None:
        return None
    at, _, number = written.partition("_")
    try:
        return CasePlace(datetime.fromisoformat(at).replace(tzinfo=UTC), ReceiptNumber(number))
    except ValueError as wrong:
        raise problem("malformed") from wrong

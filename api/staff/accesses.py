"""閲覧記録: for the auditor: which officer saw what kind of personal data of which case, and when; never the data.

Every use case that gives out personal data writes its line first (`store.accesses.note`); a test walks the routes.
"""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Self
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.counter import Auditor, City, Counter, CounterHere
from api.desk.inbox import HYPHENS, Empty
from api.problems import problem
from api.views import View, Visitor
from procedures.calendar import JAPAN
from procedures.values import MunicipalityCode, ReceiptNumber
from store import accesses, offices
from store.accesses import Kind, Place, Wanted

router = APIRouter(prefix="/api/audit", tags=["audit"])

PAGE = 100
LONGEST_PAGE = 200
LONGEST_FILE = 10_000
"""Lines of a file; for more, narrow it or begin where it ended."""
SEPARATOR = "_"


class AccessesAsked(BaseModel):
    """絞込み, as an address has it. Days are whole ones in Japan, both included."""

    model_config = ConfigDict(frozen=True)

    officer: Annotated[UUID | None, Empty] = None
    number: Annotated[str, Field(max_length=60)] = ""
    """A receipt number, as it is written."""
    kind: Annotated[Kind | None, Empty] = None
    since: Annotated[date | None, Empty] = None
    until: Annotated[date | None, Empty] = None
    after: Annotated[str | None, Field(max_length=60), Empty] = None
    """Where the page before ended; its answer says so."""
    limit: int = Field(default=PAGE, ge=1, le=LONGEST_PAGE)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError("a period ends after it begins")
        return self

    def address(self, path: str, **changes: object) -> str:
        """宛先: the same view with something changed, from its first page on."""
        said = self.model_dump(exclude_defaults=True) | {"after": None} | changes
        query = urlencode({name: str(value) for name, value in said.items() if value})
        return f"{path}?{query}" if query else path


class AccessView(View):
    """閲覧記録の一行. `in_place_of`: whom the officer stood in for; `payloads`: of a decoding, how many.

    Of paper read by machine: which batch, and which sheet of it; how they are called while they are kept.
    """

    at: datetime
    officer: UUID
    officer_name: str
    kind: Kind
    receipt_number: ReceiptNumber | None
    in_place_of: str | None
    payloads: int | None = None
    sheet_batch_id: UUID | None = None
    sheet_page_id: UUID | None = None
    sheet_name: str | None = None
    sheet_file: str | None = None
    sheet_number: int | None = None


class AccessesPage(View):
    """閲覧記録の一頁. `next_page`: where the next one begins; null: this is the last."""

    lines: tuple[AccessView, ...]
    next_page: str | None = None


@router.get("/accesses")
def list_accesses(
    counter: CounterHere, city: City, auditor: Auditor, response: Response, asked: Annotated[AccessesAsked, Query()]
) -> tuple[AccessView, ...]:
    """閲覧記録, the newest first; the header `Link` (RFC 8288) leads to the next page. Looking is written down, too."""
    found = page(counter, city, auditor, asked, asked.limit)
    if found.next_page is not None:
        response.headers["link"] = f'<{asked.address("/api/audit/accesses", after=found.next_page)}>; rel="next"'
    return found.lines


# --- use cases --------------------------------------------------------------------------------------------------------


def page(
    counter: Counter, city: MunicipalityCode, auditor: Visitor, asked: AccessesAsked, limit: int = PAGE
) -> AccessesPage:
    """閲覧記録の一頁. Raises Problem for a place no page has ended at."""
    wanted, after = _wanted(asked), _place(asked.after)
    with counter.database.reading(city) as connection:
        accesses.note(connection, auditor.account_id, "access_log", wanted.receipt_number)
        rows = accesses.listed(connection, wanted, after=after, limit=limit + 1)
    lines = tuple(AccessView.model_validate(row.__dict__) for row in rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    more = None if last is None else f"{last.at.astimezone(UTC).replace(tzinfo=None).isoformat()}{SEPARATOR}{last.id}"
    return AccessesPage(lines=lines, next_page=more)


def officers(counter: Counter, city: MunicipalityCode, _: Visitor) -> tuple[tuple[UUID, str], ...]:
    """職員: whom the log may name, dismissed ones too; by name."""
    with counter.database.reading(city) as connection:
        return tuple((each.account_id, each.name) for each in offices.everybody(connection))


# --- small things -----------------------------------------------------------------------------------------------------


def _wanted(asked: AccessesAsked) -> Wanted:
    number = unicodedata.normalize("NFKC", asked.number).translate(HYPHENS).strip().upper()
    return Wanted(
        officer=asked.officer,
        receipt_number=ReceiptNumber(number) if number else None,
        kind=asked.kind,
        since=_midnight(asked.since),
        until=_midnight(asked.until, timedelta(days=1)),
    )


def _midnight(day: date | None, later: timedelta = timedelta()) -> datetime | None:
    try:
        return None if day is None else datetime(day.year, day.month, day.day, tzinfo=JAPAN) + later
    except OverflowError as wrong:
        raise problem("malformed") from wrong


def _place(written: str | None) -> Place | None:
    if written is None:
        return None
    at, _, line = written.partition(SEPARATOR)
    try:
        return Place(datetime.fromisoformat(at).replace(tzinfo=UTC), int(line))
    except ValueError as wrong:
        raise problem("malformed") from wrong

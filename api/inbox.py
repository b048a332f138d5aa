"""受信箱: which tasks wait for an officer: narrowed, sorted, counted, found by number, page by page."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, Officer
from api.problems import problem
from api.views import TaskLine, View, Visitor
from procedures import calendar
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import inbox
from store.inbox import Counts, Flag, Holding, Looker, Order, Place, Wanted
from store.people import Duty
from store.receipts import ALPHABET, RANDOM_LENGTH
from store.tasks import TaskRow

router = APIRouter(tags=["tasks"])

SOON = 3
"""期限間近: so many business days (開庁日) before the deadline."""
PAGE = 100
LONGEST_PAGE = 200
HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ーｰ", "-"))
"""What a Japanese keyboard writes for a hyphen."""
NUMBER = re.compile(rf"\A(?:(?:(\d{{6}})-?)?(\d{{6}})-?)?([{ALPHABET}]{{{RANDOM_LENGTH}}})\Z")


def _empty(value: object) -> object:
    return None if value == "" else value


Empty = BeforeValidator(_empty)
"""A form sends what was not chosen as an empty text."""
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]


class InboxAsked(BaseModel):
    """絞込み, as an address has it: a saved view is a bookmark. Holds no personal data."""

    model_config = ConfigDict(frozen=True)

    procedure: Annotated[Name | None, Empty] = None
    function: Annotated[Name | None, Empty] = None
    holding: Annotated[Holding | None, Empty] = None
    flag: Annotated[Flag | None, Empty] = None
    order: Order = "due"
    number: Annotated[str, Field(max_length=60)] = ""
    """A receipt number or its last five characters; looks among closed tasks too, and past the other filters."""
    after: Annotated[str | None, Field(max_length=90), Empty] = None
    """Where the page before ended; its answer says so."""
    limit: int = Field(default=LONGEST_PAGE, ge=1, le=LONGEST_PAGE)

    def address(self, path: str, **changes: object) -> str:
        """宛先: the same view with something changed, from its first page on."""
        said = self.model_dump(exclude_defaults=True) | {"after": None} | changes
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{path}?{query}" if query else path


class InboxCounts(View):
    """件数: each filter as if it were chosen now, beside the others that are."""

    total: int
    shown: int
    holdings: dict[str, int]
    flags: dict[str, int]
    procedures: dict[str, int]


@dataclass(frozen=True)
class InboxPage:
    """受信箱の一頁. `next_page`: where the next one begins; None: this is the last."""

    tasks: tuple[TaskLine, ...]
    next_page: str | None = None
    legible: bool = True
    """False: what was typed as a number is none."""


@router.get("/api/tasks")
def list_tasks(
    counter: CounterHere, city: City, officer: Officer, response: Response, asked: Annotated[InboxAsked, Query()]
) -> tuple[TaskLine, ...]:
    """受信箱: open tasks of one's duties; the header `Link` (RFC 8288) leads to the next page."""
    found = page(counter, city, officer, asked, asked.limit)
    if found.next_page is not None:
        there = asked.address("/api/tasks", after=found.next_page)
        response.headers["link"] = f'<{there}>; rel="next"'
    return found.tasks


@router.get("/api/inbox/counts")
def count_tasks(
    counter: CounterHere, city: City, officer: Officer, asked: Annotated[InboxAsked, Query()]
) -> InboxCounts:
    """受信箱の件数."""
    return counts(counter, city, officer, asked)


# --- use cases --------------------------------------------------------------------------------------------------------


def page(counter: Counter, city: MunicipalityCode, officer: Visitor, asked: InboxAsked, limit: int = PAGE) -> InboxPage:
    """受信箱の一頁. Raises Problem for a place no page has ended at."""
    looker = _looker(officer)
    with counter.database.reading(city) as connection:
        if asked.number.strip():
            return _numbered(connection, looker, city, asked.number, limit)
        wanted = _wanted(asked)
        rows = inbox.listed(connection, looker, wanted, after=_place(asked.after), limit=limit + 1)
    shown = rows[:limit]
    more = _written(wanted.order, shown[-1]) if len(rows) > limit else None
    return InboxPage(tuple(line(row) for row in shown), more)


def counts(counter: Counter, city: MunicipalityCode, officer: Visitor, asked: InboxAsked) -> InboxCounts:
    """件数 of open tasks."""
    with counter.database.reading(city) as connection:
        found: Counts = inbox.counted(connection, _looker(officer), _wanted(asked))
    return InboxCounts.model_validate(found.__dict__)


def line(row: TaskRow) -> TaskLine:
    """受信箱の一行."""
    return TaskLine.model_validate({**row.__dict__, "version": row.procedure_version, "task_version": row.version})


# --- small things -----------------------------------------------------------------------------------------------------


def _looker(officer: Visitor) -> Looker:
    held = frozenset(Duty(duty.department, duty.function) for duty in officer.duties)
    return Looker(officer.account_id, held, calendar.due_at(datetime.now(UTC), SOON))


def _wanted(asked: InboxAsked) -> Wanted:
    procedure = ProcedureId(asked.procedure) if asked.procedure else None
    return Wanted(procedure, asked.function, asked.holding, asked.flag, asked.order)


def _numbered(connection: Connection, looker: Looker, city: MunicipalityCode, typed: str, limit: int) -> InboxPage:
    match = NUMBER.match(re.sub(r"\s", "", unicodedata.normalize("NFKC", typed).translate(HYPHENS)).upper())
    if match is None:
        return InboxPage((), legible=False)
    code, day, tail = match.groups()
    number = ReceiptNumber(f"{code or city}-{day}-{tail}") if day else None
    return InboxPage(
        tuple(line(row) for row in inbox.numbered(connection, looker, number=number, tail=tail, limit=limit))
    )


def _written(order: Order, row: TaskRow) -> str:
    """続きの印: the place after this task, as an address has it."""
    at = row.due_at if order == "due" else row.received_at
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}_{row.id}"


def _place(written: str | None) -> Place | None:
    if written is None:
        return None
    at, _, task_id = written.partition("_")
    try:
        return Place(datetime.fromisoformat(at).replace(tzinfo=UTC), UUID(task_id))
    except ValueError as wrong:
        raise problem("malformed") from wrong

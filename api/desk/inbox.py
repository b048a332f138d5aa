"""受信箱: which tasks wait for an officer: narrowed, sorted, counted, found by number, page by page."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, Officer
from api.desk.views import TaskLine
from api.events import SPOKEN, EventStream, OfInbox
from api.problems import problem
from api.views import View, Visitor
from procedures import calendar
from procedures.readings import fold
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import accesses, inbox, names
from store.inbox import Counts, Flag, Holding, Looker, Order, Place, Span, Wanted
from store.people import WHOLE_CITY, Duty
from store.receipts import ALPHABET, RANDOM_LENGTH
from store.tasks import TaskRow

router = APIRouter(tags=["tasks"])

YEARS = range(2000, 2100)
"""Of days that can be asked for; a database knows no year 10000."""
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
    due: Annotated[date | None, Empty] = None
    """A day in Japan on which the deadline ends."""
    order: Order = "due"
    number: Annotated[str, Field(max_length=60)] = ""
    """A receipt number or its last five characters; looks among closed tasks too, and past the other filters."""
    after: Annotated[str | None, Field(max_length=90), Empty] = None
    """Where the page before ended; its answer says so."""
    limit: int = Field(default=LONGEST_PAGE, ge=1, le=LONGEST_PAGE)

    def address(self, path: str, **changes: object) -> str:
        """宛先: the same view with something changed, from its first page on."""
        said = self.model_dump(mode="json", exclude_defaults=True) | {"after": None} | changes
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{path}?{query}" if query else path


class SearchWanted(BaseModel):
    """探す言葉: a receipt number or its last five characters, a name in kanji, kana or Latin, or a procedure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=100)]


class InboxFound(View):
    """探した結果: tasks of one's duties, closed ones too, the newest first; and procedures of that name."""

    by: Literal["number", "name"]
    tasks: tuple[TaskLine, ...]
    more: bool = False
    """There are more of this name: more of it finds fewer."""
    procedures: tuple[ProcedureId, ...] = ()


class InboxCounts(View):
    """件数: each filter as if it were chosen now, beside the others that are. `capped`: at least so many."""

    capped: bool = False
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


@router.get("/api/inbox/events", status_code=200, response_class=EventStream, responses=SPOKEN)
async def watch_inbox(stream: OfInbox) -> Response:
    """受信箱の変更を待つ: `changed` says to read again, at most every three seconds; `ended` when the login is over."""
    return stream


@router.post("/api/inbox/search")
def search_tasks(counter: CounterHere, city: City, officer: Officer, wanted: SearchWanted) -> InboxFound:
    """案件を探す: by receipt number, the name of applicant or procedure; not in an address: a name is personal."""
    return search(counter, city, officer, wanted.text)


# --- use cases --------------------------------------------------------------------------------------------------------


def page(
    counter: Counter, city: MunicipalityCode, officer: Visitor, asked: InboxAsked, limit: int = PAGE,
    duties: Collection[Duty] | None = None,
) -> InboxPage:  # fmt: skip
    """受信箱の一頁. `duties`: whose tasks, None: one's own. Raises Problem for a place no page has ended at."""
    looker = looker_of(counter, city, officer, duties)
    with counter.database.reading(city) as connection:
        if asked.number.strip():
            return _numbered(connection, looker, city, asked.number, limit)
        wanted = wanted_of(asked)
        rows = inbox.listed(connection, looker, wanted, after=_place(asked.after), limit=limit + 1)
    shown = rows[:limit]
    more = _written(wanted.order, shown[-1]) if len(rows) > limit else None
    return InboxPage(tuple(line(row) for row in shown), more)


def counts(
    counter: Counter, city: MunicipalityCode, officer: Visitor, asked: InboxAsked,
    duties: Collection[Duty] | None = None,
) -> InboxCounts:  # fmt: skip
    """件数 of open tasks, as above."""
    looker = looker_of(counter, city, officer, duties)
    with counter.database.reading(city) as connection:
        found: Counts = inbox.counted(connection, looker, wanted_of(asked))
    return InboxCounts.model_validate(found.__dict__)


def search(counter: Counter, city: MunicipalityCode, officer: Visitor, text: str) -> InboxFound:
    """案件を探す. What is no receipt number is a name, of a person or of a procedure."""
    looker, key = looker_of(counter, city, officer, None), fold(text)
    with counter.database.reading(city) as connection:
        if is_number(text):
            return InboxFound(by="number", tasks=_numbered(connection, looker, city, text, PAGE).tasks)
        departments = _departments(counter, officer)
        rows, more = names.found(connection, looker.duties, departments, key, PAGE) if key else ((), False)
        accesses.note(connection, officer.account_id, "search")
    called = [each.id for each in counter.library.all() if key and key in fold(each.title.ja + each.title.en)]
    lines = tuple(line(row) for row in rows)
    return InboxFound(by="name", tasks=lines, more=more, procedures=tuple(map(ProcedureId, called)))


def is_number(typed: str) -> bool:
    """受付番号か否か, whole or its last five characters."""
    return _read_number(typed) is not None


def line(row: TaskRow) -> TaskLine:
    """受信箱の一行."""
    return TaskLine.model_validate({**row.__dict__, "version": row.procedure_version, "task_version": row.version})


def looker_of(counter: Counter, city: MunicipalityCode, officer: Visitor, duties: Collection[Duty] | None) -> Looker:
    """見る人. `duties`: whose tasks, None: one's own."""
    soon = calendar.due_at(datetime.now(UTC), SOON, counter.closed(city))
    return Looker(officer.account_id, held_by(officer) if duties is None else duties, soon)


def wanted_of(asked: InboxAsked) -> Wanted:
    """絞込み for the store. Raises Problem for a day no database knows."""
    procedure = ProcedureId(asked.procedure) if asked.procedure else None
    due = None
    if asked.due is not None:
        if asked.due.year not in YEARS:
            raise problem("malformed")
        due = whole_days(asked.due, asked.due)
    return Wanted(procedure, asked.function, asked.holding, asked.flag, due, asked.order)


# --- small things -----------------------------------------------------------------------------------------------------


def held_by(officer: Visitor) -> frozenset[Duty]:
    """事務分掌 as the store has them."""
    return frozenset(Duty(duty.department, duty.function) for duty in officer.duties)


def whole_days(first: date, last: date) -> Span:
    """日: from the first moment of one day in Japan to the last of another."""
    begin, end = (datetime.combine(day, time.min, calendar.JAPAN) for day in (first, last + timedelta(days=1)))
    return Span(begin, end)


def _departments(counter: Counter, officer: Visitor) -> frozenset[str]:
    """職務のある課: every department of the library for who has a duty in the whole city."""
    own = {duty.department for duty in officer.duties}
    if WHOLE_CITY not in own:
        return frozenset(own)
    return frozenset(edition.procedure.department.id for edition in counter.library.editions.values())


def _numbered(connection: Connection, looker: Looker, city: MunicipalityCode, typed: str, limit: int) -> InboxPage:
    match = _read_number(typed)
    if match is None:
        return InboxPage((), legible=False)
    code, day, tail = match.groups()
    number = ReceiptNumber(f"{code or city}-{day}-{tail}") if day else None
    return InboxPage(
        tuple(line(row) for row in inbox.numbered(connection, looker, number=number, tail=tail, limit=limit))
    )


def _read_number(typed: str) -> re.Match[str] | None:
    return NUMBER.match(re.sub(r"\s", "", unicodedata.normalize("NFKC", typed).translate(HYPHENS)).upper())


def _written(order: Order, row: TaskRow) -> str:
    """続きの印: the place after this task, as an address has it."""
    at = row.received_at if order == "received" else row.due_at
    told = "_told" if order == "escalated" and row.escalated else ""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}_{row.id}{told}"


def _place(written: str | None) -> Place | None:
    if written is None:
        return None
    at, _, named = written.partition("_")
    task_id, _, told = named.partition("_")
    try:
        return Place(datetime.fromisoformat(at).replace(tzinfo=UTC), UUID(task_id), escalated=told == "told")
    except ValueError as wrong:
        raise problem("malformed") from wrong

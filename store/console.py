"""案件の管理: every case of the municipality, narrowed, counted and turned page by page.

Cases are read in the order of one index (municipality, received_at). A page looks at MOST_LOOKED_AT of them at most and
says how far it came: no question reads a whole table, and a test reads the plans.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    and_,
    false,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.selectable import LateralFromClause

from procedures.values import ProcedureId, ReceiptNumber, StepId
from store.commands import CommandKind
from store.tables import audit, case_file, command

MOST_LOOKED_AT = 20_000
"""Cases looked at for one page and its counts, so that a rare filter cannot read a million of them."""
STUCK = "awaiting_neighbour"
ENDINGS = ("withdrawal_requested", "rejected", "deemed_rejected", "payment_disputed")
"""Lines of the audit log after which a case is being ended: what it did is being undone."""

TOLD_AGAIN = 1
"""A command that the relay has sent again is late; the first time may just be on its way."""

Order = Literal["newest", "oldest"]
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True)
class CaseWanted:
    """絞込み: None is all. Cases received from `since` up to, but without, `until`."""

    procedure: ProcedureId | None = None
    version: int | None = None
    step: StepId | None = None
    statuses: Collection[str] | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: Order = "newest"


@dataclass(frozen=True)
class CasePlace:
    """続き: the last case that was looked at."""

    at: datetime
    receipt_number: ReceiptNumber


@dataclass(frozen=True)
class ConsoleCase:
    """案件の一行, as an administrator reads it: no personal data."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    department: str
    status: str
    step: StepId | None
    reason: str | None
    received_at: datetime
    due_at: datetime
    closed_at: datetime | None
    arrival: str
    purged_at: datetime | None
    held: bool = False
    """止めてある: an administrator's order to hold it stands; no further step begins."""


@dataclass(frozen=True)
class CasesFound:
    """案件の一頁. `further`: where the next page begins; `exhausted`: it ended because enough had been looked at."""

    cases: tuple[ConsoleCase, ...]
    further: CasePlace | None = None
    exhausted: bool = False


@dataclass(frozen=True)
class CaseCounts:
    """件数 among the cases looked at; `capped`: there are more than were looked at."""

    looked_at: int
    capped: bool
    found: int
    statuses: Mapping[str, int]


@dataclass(frozen=True)
class Waited:
    """待機: since when a case has been waiting for a neighbour at this step, how often it asked, when it asks again."""

    receipt_number: ReceiptNumber
    since: datetime
    tries: int
    retry_at: str | None


@dataclass(frozen=True)
class Undelivered:
    """届いていない指令: committed, told, and not acknowledged by its workflow."""

    receipt_number: ReceiptNumber
    kind: CommandKind
    created_at: datetime
    attempts: int
    next_attempt_at: datetime


@dataclass(frozen=True)
class Met:
    """故障に会った案件: of those received in one hour or day, how many had to wait for a neighbour."""

    start: datetime
    received: int
    waited: int


_CASE = tuple(case_file.c[name] for name in ConsoleCase.__annotations__ if name != "held")


# --- cases ------------------------------------------------------------------------------------------------------------


def listed(connection: Connection, wanted: CaseWanted, *, after: CasePlace | None = None, limit: int) -> CasesFound:
    """一覧, in the order of receipt, from after that place on."""
    seen = _looked_at(wanted, after)
    page = select(seen).where(*_chosen(seen, wanted)).order_by(*_order(seen, wanted)).limit(limit + 1).subquery()
    found = select(page, _held(page.c.receipt_number)).order_by(*_order(page, wanted))
    rows = tuple(ConsoleCase(**row._mapping) for row in connection.execute(found))
    if len(rows) > limit:
        return CasesFound(rows[:limit], _place(rows[limit - 1]))
    last = connection.execute(select(seen).offset(MOST_LOOKED_AT - 1).limit(1)).one_or_none()
    return CasesFound(rows, None if last is None else _place(ConsoleCase(**last._mapping)), last is not None)


def counted(connection: Connection, wanted: CaseWanted) -> CaseCounts:
    """件数 by status, as if each were chosen now beside the other filters."""
    seen = _looked_at(wanted, None)
    others = CaseWanted(wanted.procedure, wanted.version, wanted.step, None, wanted.reason)
    counts = func.count().filter(and_(true(), *_chosen(seen, others))).label("found")
    rows = connection.execute(select(seen.c.status, func.count().label("all"), counts).group_by(seen.c.status)).all()
    looked_at = sum(row.all for row in rows)
    statuses = {row.status: row.found for row in rows if row.found}
    chosen = [count for status, count in statuses.items() if wanted.statuses is None or status in wanted.statuses]
    return CaseCounts(looked_at, looked_at >= MOST_LOOKED_AT, sum(chosen), statuses)


def read(connection: Connection, receipt_numbers: Collection[ReceiptNumber]) -> tuple[ConsoleCase, ...]:
    """案件 by their numbers; those of other municipalities are not there."""
    held = _held(case_file.c.receipt_number)
    rows = connection.execute(select(*_CASE, held).where(case_file.c.receipt_number.in_(receipt_numbers)))
    return tuple(ConsoleCase(**row._mapping) for row in rows)


def waits(connection: Connection, receipt_numbers: Collection[ReceiptNumber]) -> dict[ReceiptNumber, Waited]:
    """待機 of cases that wait for a neighbour: the lines since the step last came to anything else."""
    came = audit.alias()
    before = (
        select(func.coalesce(func.max(came.c.seq), 0))
        .where(
            came.c.receipt_number == case_file.c.receipt_number, came.c.step == case_file.c.step,
            came.c.action != "neighbour_awaited",
        )
        .scalar_subquery()
    )  # fmt: skip
    asked = (
        select(
            case_file.c.receipt_number,
            func.min(audit.c.at).label("since"),
            func.count().label("tries"),
            func.max(audit.c.facts["retry_at"].astext).label("retry_at"),
        )
        .join(audit, audit.c.receipt_number == case_file.c.receipt_number)
        .where(
            case_file.c.receipt_number.in_(receipt_numbers), case_file.c.status == STUCK,
            audit.c.action == "neighbour_awaited", audit.c.step == case_file.c.step, audit.c.seq > before,
        )
        .group_by(case_file.c.receipt_number)
    )  # fmt: skip
    return {row.receipt_number: Waited(**row._mapping) for row in connection.execute(asked)}


def undelivered(connection: Connection, limit: int) -> tuple[Undelivered, ...]:
    """届いていない指令, told more than once: the next to be sent again first."""
    columns = (command.c[name] for name in Undelivered.__annotations__)
    late = command.c.status == "pending", command.c.attempts > TOLD_AGAIN
    found = select(*columns).where(*late).order_by(command.c.next_attempt_at).limit(limit)
    return tuple(Undelivered(**row._mapping) for row in connection.execute(found))


def ending(connection: Connection, limit: int) -> tuple[ReceiptNumber, ...]:
    """終わりかけの案件: open, though something ended it; the newest first, among those looked at."""
    seen = _looked_at(CaseWanted(), None)
    ended = _has_line(seen.c.receipt_number, ENDINGS)
    found = select(seen.c.receipt_number).join(ended, true()).where(seen.c.closed_at.is_(None)).limit(limit)
    return tuple(connection.execute(found).scalars())


def met(connection: Connection, since: datetime, grain: Literal["hour", "day"], zone: str) -> tuple[Met, ...]:
    """故障に会った案件 by the hour or day of their receipt, oldest first."""
    start = func.timezone(zone, func.date_trunc(grain, func.timezone(zone, case_file.c.received_at)))
    waited = _has_line(case_file.c.receipt_number, ("neighbour_awaited",))
    counts = func.count().label("received"), func.count(waited.c.seq).label("waited")
    received = select(start.label("start"), *counts).where(case_file.c.received_at >= since)
    found = received.select_from(case_file.outerjoin(waited, true())).group_by("start")
    return tuple(Met(**row._mapping) for row in connection.execute(found.order_by("start")))


def closings(connection: Connection, since: datetime, grain: Literal["hour", "day"], zone: str) -> dict[datetime, int]:
    """終了した件数 by hour or day; counted when asked, as the statistics are."""
    start = func.timezone(zone, func.date_trunc(grain, func.timezone(zone, case_file.c.closed_at)))
    found = select(start.label("start"), func.count().label("closed")).where(case_file.c.closed_at >= since)
    return {row.start: row.closed for row in connection.execute(found.group_by("start"))}


# --- small things -----------------------------------------------------------------------------------------------------


def _looked_at(wanted: CaseWanted, after: CasePlace | None) -> Subquery:
    """The cases of this span, in order, as far as they are looked at."""
    key = tuple_(case_file.c.received_at, case_file.c.receipt_number)
    found = select(*_CASE)
    if wanted.since is not None:
        found = found.where(case_file.c.received_at >= wanted.since)
    if wanted.until is not None:
        found = found.where(case_file.c.received_at < wanted.until)
    if after is not None:
        there = (after.at, after.receipt_number)
        found = found.where(key > there if wanted.order == "oldest" else key < there)
    return found.order_by(*_order(case_file, wanted)).limit(MOST_LOOKED_AT).subquery()


def _has_line(receipt_number: ColumnElement[Any], actions: Collection[str]) -> LateralFromClause:
    """One such line of each case, looked up case by case: without a limit the whole log would be read and joined."""
    line = select(audit.c.seq).where(audit.c.receipt_number == receipt_number, audit.c.action.in_(actions))
    return line.limit(1).lateral()


def _held(receipt_number: ColumnElement[Any]) -> ColumnElement[bool]:
    """止めてある: the newest order to hold or to go on that the case has taken in."""
    told = (
        select(command.c.kind)
        .where(
            command.c.receipt_number == receipt_number, command.c.kind.in_(("hold", "resume")),
            command.c.status == "acknowledged",
        )
        .order_by(command.c.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    return func.coalesce(told == "hold", false()).label("held")


def _order(of: Any, wanted: CaseWanted) -> list[ColumnElement[Any]]:
    parts = of.c.received_at, of.c.receipt_number
    return [part.asc() if wanted.order == "oldest" else part.desc() for part in parts]


def _chosen(seen: Subquery, wanted: CaseWanted) -> list[ColumnElement[bool]]:
    asked = {"procedure": wanted.procedure, "version": wanted.version, "step": wanted.step, "reason": wanted.reason}
    chosen = [seen.c[name] == value for name, value in asked.items() if value is not None]
    return chosen if wanted.statuses is None else [*chosen, seen.c.status.in_(wanted.statuses)]


def _place(row: ConsoleCase) -> CasePlace:
    return CasePlace(row.received_at, row.receipt_number)

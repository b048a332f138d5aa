"""保存期間: what the next nightly run purges, what the last ones did, and which cases stay beyond their time.

A hold (保存の継続) is an administrator's word with a reason, in the audit log of the case. Numbers and procedures only.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Literal

import anyio.from_thread
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.case.access import absent, actor_of
from api.counter import Administrator, City, Counter, CounterHere
from api.problems import problem
from api.views import View, Visitor
from procedures.loader import ProcedureUnknown
from procedures.retention import JAPAN, due_on
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import cases, holds, retention
from store.holds import HoldRow
from store.retention import KeptCases, RetentionRunRow
from workflows.schedules import retention_id

router = APIRouter(prefix="/api/administration", tags=["administration"])

RECENT = 30
MOST_HELD = 500
MOST_AT_ONCE = 500
"""Cases of one list."""
LONGEST_REASON = 500

HoldOutcome = Literal["held", "held_already", "lifted", "not_held", "not_found", "case_purged"]


class KeptView(View):
    """保存中の案件: of one procedure's version, closed in one fiscal year.

    `due_on`: when they are purged; null: the library has this version no more, so nothing is. `held`: of these, kept
    on.
    """

    procedure: ProcedureId
    version: int
    fiscal_year: int
    due_on: date | None
    cases: int
    held: int


class RetentionRunView(View):
    """廃棄の一巡. `failures`: the first fifty; each is tried again by the next run."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    due: int
    held: int
    purged: int
    failed: int
    failures: tuple[Mapping[str, str], ...]


class HoldView(View):
    """保存の継続."""

    receipt_number: ReceiptNumber
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None
    lifted_reason: str | None


class RetentionView(View):
    """保存期間の状況. `due`: cases of the next run; `holds`: the newest five hundred."""

    today: date
    due: int
    kept: tuple[KeptView, ...]
    runs: tuple[RetentionRunView, ...]
    holds: tuple[HoldView, ...]


class HoldWanted(BaseModel):
    """保存の継続の求め: which cases, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    receipt_numbers: tuple[str, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class HeldCaseView(View):
    """一件の結果."""

    receipt_number: str
    outcome: HoldOutcome


@router.get("/retention")
def read_retention(counter: CounterHere, city: City, administrator: Administrator) -> RetentionView:
    """保存期間の状況."""
    return view(counter, city, administrator)


@router.post("/retention/runs", status_code=202)
def purge_now(counter: CounterHere, city: City, administrator: Administrator) -> RetentionView:
    """いま廃棄を始める: outside the Schedule; one that is under way stays the only one."""
    start(counter, city, administrator)
    return view(counter, city, administrator)


@router.post("/holds")
def place_holds(
    counter: CounterHere, city: City, administrator: Administrator, wanted: HoldWanted
) -> tuple[HeldCaseView, ...]:
    """保存を続ける: each case by itself; what cannot be held says why."""
    return place(counter, city, administrator, wanted)


@router.post("/holds/lifting")
def lift_holds(
    counter: CounterHere, city: City, administrator: Administrator, wanted: HoldWanted
) -> tuple[HeldCaseView, ...]:
    """保存の継続を解く: what is over its retention is purged by the next run."""
    return lift(counter, city, administrator, wanted)


@router.get("/cases/{receipt_number}/holds")
def read_holds(
    counter: CounterHere, city: City, administrator: Administrator, receipt_number: str
) -> tuple[HoldView, ...]:
    """保存の継続 of a case, the newest first."""
    return of_case(counter, city, administrator, ReceiptNumber(receipt_number))


# --- use cases --------------------------------------------------------------------------------------------------------


def view(counter: Counter, city: MunicipalityCode, _: Visitor) -> RetentionView:
    """保存期間の状況."""
    with counter.database.reading(city) as connection:
        kept, runs = retention.kept(connection), retention.runs(connection, RECENT)
        held = holds.placed(connection, MOST_HELD)
    today = datetime.now(UTC).astimezone(JAPAN).date()
    lines = tuple(_kept(counter, each) for each in kept)
    return RetentionView(
        today=today,
        due=sum(each.cases - each.held for each in lines if each.due_on is not None and each.due_on <= today),
        kept=lines, runs=tuple(_run(each) for each in runs), holds=tuple(_hold(each) for each in held),
    )  # fmt: skip


def start(counter: Counter, city: MunicipalityCode, _: Visitor) -> None:
    """いま始める. Raises Problem: purge_not_started."""
    if not anyio.from_thread.run(counter.dispatch.trigger, retention_id(city)):
        raise problem("purge_not_started")


def place(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, wanted: HoldWanted
) -> tuple[HeldCaseView, ...]:
    """保存を続ける. Raises Problem: hold_unreasoned."""
    return tuple(_settle(counter, city, administrator, wanted, number, True) for number in _numbers(wanted))


def lift(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, wanted: HoldWanted
) -> tuple[HeldCaseView, ...]:
    """解く. Raises Problem: hold_unreasoned."""
    return tuple(_settle(counter, city, administrator, wanted, number, False) for number in _numbers(wanted))


def of_case(
    counter: Counter, city: MunicipalityCode, _: Visitor, receipt_number: ReceiptNumber
) -> tuple[HoldView, ...]:
    """保存の継続 of a case. Raises Problem: not_found, case_purged."""
    with counter.database.reading(city) as connection:
        row = cases.read(connection, receipt_number)
        if row is None or row.purged_at is not None:
            raise absent(connection, receipt_number)
        return tuple(_hold(each) for each in holds.of_case(connection, receipt_number))


def numbers_in(written: str) -> tuple[str, ...]:
    """番号の一覧 as typed or pasted: whatever stands between them."""
    return tuple(dict.fromkeys(re.findall(r"[0-9A-Za-z-]+", written.upper())))


# --- small things -----------------------------------------------------------------------------------------------------


def _numbers(wanted: HoldWanted) -> Iterable[ReceiptNumber]:
    if not wanted.reason.strip():
        raise problem("hold_unreasoned")
    return [ReceiptNumber(each) for each in dict.fromkeys(wanted.receipt_numbers)]


def _settle(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, wanted: HoldWanted, number: ReceiptNumber,
    placing: bool,
) -> HeldCaseView:  # fmt: skip
    """One transaction: the row, and the line in the audit log, without the reason: it may name somebody."""
    with counter.database.transaction(city) as connection:
        row = cases.read(connection, number, lock=True)
        if row is None or row.purged_at is not None:
            return HeldCaseView(receipt_number=number, outcome="case_purged" if row else "not_found")
        settle = holds.place if placing else holds.lift
        done = settle(connection, number, administrator.account_id, wanted.reason.strip())
        if done:
            action = "hold_placed" if placing else "hold_lifted"
            cases.say(connection, number, action, actor=actor_of(administrator))
    happened: HoldOutcome = "held" if placing else "lifted"
    before: HoldOutcome = "held_already" if placing else "not_held"
    return HeldCaseView(receipt_number=number, outcome=happened if done else before)


def _kept(counter: Counter, row: KeptCases) -> KeptView:
    try:
        years = counter.library.version(row.procedure, row.version).retention.years
        due = due_on(date(row.fiscal_year, 4, 1), years)
    except ProcedureUnknown:
        due = None
    return KeptView(due_on=due, **row.__dict__)


def _run(row: RetentionRunRow) -> RetentionRunView:
    return RetentionRunView(**row.__dict__ | {"failures": tuple(row.failures)})


def _hold(row: HoldRow) -> HoldView:
    return HoldView(**row.__dict__)

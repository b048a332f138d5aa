"""進まない案件: what waits for which neighbour since when, and what fails by a mistake of ours.

The database says which cases wait; Temporal adds what is being tried again and again. Its lists lag behind by moments,
so the view says as of when; where it does not answer, the view says that, and shows what the database knows.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

import anyio.from_thread
from fastapi import APIRouter

from api.administration.engine import EngineAway, Execution
from api.counter import Administrator, City, Counter, CounterHere
from api.views import CaseStatus, View, Visitor
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber, StepId
from store import console
from store.batches import under_way
from store.console import CaseWanted, ConsoleCase, Undelivered, Waited
from store.receipts import receipt_number_of
from workflows.steps import FINAL_ERRORS

router = APIRouter(prefix="/api/administration", tags=["administration"])

MOST = 100
"""Lines of one look."""
MOST_ENDING = 20

Blocked = Literal[
    "mistake", "certificate_authority", "resident_register", "payment_gateway", "document_seal", "database",
    "workflow",
]  # fmt: skip
"""何を待つか. mistake: of ours, waiting does not help. document_seal: timestamp, fonts, object store. workflow: it does
not take in what it was told."""
NEIGHBOURS: Mapping[str, Blocked] = {
    "check_signature": "certificate_authority",
    "check_status_lists": "certificate_authority",
    "check_register": "resident_register",
    "collect_fee": "payment_gateway",
    "settle_payment": "payment_gateway",
    "refund_fee": "payment_gateway",
    "refund_surplus": "payment_gateway",
    "reconcile_payments": "payment_gateway",
    "issue_document": "document_seal",
    "post_document": "document_seal",
    "issue_rejection": "document_seal",
    "draw_draft": "document_seal",
    "collect_export": "document_seal",
    "print_export": "document_seal",
    "bind_export": "document_seal",
}
"""By the kind of step or the activity; every other one waits for our own database."""
MISTAKES = frozenset(FINAL_ERRORS) | {
    "TypeError", "KeyError", "AttributeError", "IndexError", "AssertionError", "NameError", "ValueError",
    "ProgrammingError", "DataError", "IntegrityError", "UndefinedError", "TemplateSyntaxError",
}  # fmt: skip
"""Types of failures that trying again does not cure."""


class StuckLine(View):
    """進まないもの: one case or batch. `receipt_number` null: a batch. `next_at` null: it is being tried now."""

    workflow_id: str
    receipt_number: ReceiptNumber | None
    procedure: ProcedureId | None
    version: int | None
    step: StepId | None
    status: CaseStatus | None
    blocked: Blocked
    reason: str | None
    """The code a case waits for."""
    work: str | None
    """The activity, the command, or (broken) the workflow itself."""
    cause: tuple[str, ...]
    """Types of the last failure, the outermost first."""
    since: datetime
    tries: int
    next_at: datetime | None
    may_retry: bool


class BlockedView(View):
    """何を待つか: how many, and since when the first of them."""

    blocked: Blocked
    count: int
    since: datetime


class StuckView(View):
    """進まない案件. `engine_at` null: Temporal does not answer, only the database did. `more`: there are more."""

    at: datetime
    engine_at: datetime | None
    groups: tuple[BlockedView, ...]
    lines: tuple[StuckLine, ...]
    more: bool


@router.get("/stuck")
def list_stuck(counter: CounterHere, city: City, administrator: Administrator) -> StuckView:
    """進まない案件: mistakes of ours first, then what has been waiting longest."""
    return view(counter, city, administrator)


# --- use case ---------------------------------------------------------------------------------------------------------


def view(counter: Counter, city: MunicipalityCode, _: Visitor) -> StuckView:
    """進まない案件 of the city."""
    with counter.database.reading(city) as connection:
        ending = console.ending(connection, MOST_ENDING)
        batches = under_way(connection)
    try:
        overview = anyio.from_thread.run(counter.engine.overview, city, ending)
    except EngineAway:
        overview = None
    here = [each for each in overview.executions if _is_here(each, city, batches)] if overview else []
    with counter.database.reading(city) as connection:
        waiting = console.listed(connection, CaseWanted(statuses=(console.STUCK,)), limit=MOST)
        numbers = {each.receipt_number for each in waiting.cases} | set(filter(None, map(_number, here)))
        undelivered = console.undelivered(connection, MOST)
        numbers |= {each.receipt_number for each in undelivered}
        cases = {each.receipt_number: each for each in console.read(connection, numbers)}
        waits = console.waits(connection, numbers)
    lines = [
        *_waiting(counter, cases, waits),
        *(line for each in here for line in _failing(each, cases)),
        *(_told(each, cases) for each in undelivered),
    ]
    lines.sort(key=lambda line: (line.blocked != "mistake", line.since))
    more = len(lines) > MOST or waiting.further is not None or (overview is not None and overview.more)
    return StuckView(
        at=datetime.now(UTC), engine_at=overview.at if overview else None, groups=tuple(_groups(lines)),
        lines=tuple(lines[:MOST]), more=more,
    )  # fmt: skip


def blocked(work: str | None, reason: str | None, cause: Iterable[str]) -> Blocked:
    """何を待つか: by the kind of step or activity, unless the failure is one of ours."""
    if reason == "step_failed" or MISTAKES & set(cause):
        return "mistake"
    return NEIGHBOURS.get(work or "", "database")


# --- small things -----------------------------------------------------------------------------------------------------


def _waiting(
    counter: Counter, cases: Mapping[ReceiptNumber, ConsoleCase], waits: Mapping[ReceiptNumber, Waited]
) -> Iterator[StuckLine]:
    """Cases whose outcome is unknown: they ask again by a durable timer."""
    for number, waited in waits.items():
        case = cases[number]
        kind = counter.library.version(case.procedure, case.version).step(case.step).kind if case.step else None
        retry_at = datetime.fromisoformat(waited.retry_at) if waited.retry_at else None
        found = blocked(kind, case.reason, ())
        yield _line(number, case, found, kind, waited.since, waited.tries, retry_at).model_copy(
            update={"reason": case.reason, "may_retry": True}
        )


def _failing(execution: Execution, cases: Mapping[ReceiptNumber, ConsoleCase]) -> Iterator[StuckLine]:
    """What Temporal tries again: activities, and workflow tasks that our own code fails."""
    number = _number(execution)
    case = cases.get(number) if number else None
    for each in execution.failing:
        found = blocked(each.activity, None, each.cause)
        line = _line(execution.workflow_id, case, found, each.activity, each.since, each.attempt - 1, each.next_at)
        yield line.model_copy(update={"cause": each.cause})
    if execution.broken and execution.task_since is not None:
        tries = execution.tries_of_task - 1
        yield _line(execution.workflow_id, case, "mistake", execution.kind, execution.task_since, tries, None)


def _told(told: Undelivered, cases: Mapping[ReceiptNumber, ConsoleCase]) -> StuckLine:
    case = cases.get(told.receipt_number)
    number, since, retry_at = told.receipt_number, told.created_at, told.next_attempt_at
    return _line(number, case, "workflow", told.kind, since, told.attempts, retry_at).model_copy(
        update={"receipt_number": number}
    )


def _line(
    workflow_id: str, case: ConsoleCase | None, found: Blocked, work: str | None, since: datetime, tries: int,
    next_at: datetime | None,
) -> StuckLine:  # fmt: skip
    about = ("receipt_number", "procedure", "version", "step", "status")
    return StuckLine.model_validate(
        {name: getattr(case, name, None) for name in about}
        | {
            "workflow_id": workflow_id, "blocked": found, "reason": None, "work": work, "cause": (), "since": since,
            "tries": tries, "next_at": next_at, "may_retry": False,
        }
    )  # fmt: skip


def _groups(lines: Iterable[StuckLine]) -> Iterator[BlockedView]:
    by: dict[Blocked, list[StuckLine]] = {}
    for line in lines:
        by.setdefault(line.blocked, []).append(line)
    for found, those in by.items():
        yield BlockedView(blocked=found, count=len(those), since=min(line.since for line in those))


def _number(execution: Execution) -> ReceiptNumber | None:
    """受付番号 of a case's workflow, or of the recall of one."""
    return receipt_number_of(execution.workflow_id)


def _is_here(execution: Execution, city: MunicipalityCode, batches: frozenset[str]) -> bool:
    """Only of this municipality: its cases, its rounds, and the batches its own tables hold."""
    name = execution.workflow_id
    named = name.startswith(f"{city}-") or f"-{city}" in name
    return named or name.partition("-")[2] in batches

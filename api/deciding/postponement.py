"""保留・延長: a task that waits for something outside, and a deadline that moves with a reason the resident reads."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, Officer
from api.desk.tasks import Decided, TaskVersion, Version, in_place_of, permitted, require_open, say
from api.problems import problem
from api.views import Visitor
from procedures import calendar
from procedures.values import MunicipalityCode
from store import commands, decisions, tasks
from store.tasks import TaskRow
from workflows.contracts import Deeming

router = APIRouter(prefix="/api/tasks", tags=["tasks"])

LONGEST_HOLD = 60
"""保留の上限, in days: longer is a correction, an extension or a decision."""
LONGEST_EXTENSION = 60
"""延長の上限, in business days at a time."""
LONGEST_STATUTORY_EXTENSION = 365
REMIND_BEFORE = 1
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class HoldWanted(BaseModel):
    """保留: until the end of a day in Japan; only officers read what is waited for. The deadline does not move."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Version
    until: date
    reason: Reason


class ExtensionWanted(BaseModel):
    """延長: by how many business days from the deadline now; the resident reads the reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Version
    business_days: int = Field(ge=1, le=LONGEST_EXTENSION)
    statutory_days: int = Field(default=0, ge=0, le=LONGEST_STATUTORY_EXTENSION)
    """By how many calendar days the period moves after which a law decides, where that law lets the city do so."""
    reason: Reason


@router.post("/{task_id}/hold")
def hold_task(counter: CounterHere, city: City, officer: Officer, task_id: UUID, wanted: HoldWanted) -> TaskVersion:
    """保留する: the new version."""
    return TaskVersion(version=hold(counter, city, officer, task_id, wanted))


@router.post("/{task_id}/resumption")
def resume_task(counter: CounterHere, city: City, officer: Officer, task_id: UUID, seen: TaskVersion) -> TaskVersion:
    """保留を解く: the new version."""
    return TaskVersion(version=resume(counter, city, officer, task_id, seen.version))


@router.post("/{task_id}/extension", status_code=202)
def extend_deadline(
    counter: CounterHere, city: City, officer: Officer, task_id: UUID, wanted: ExtensionWanted
) -> Decided:
    """期限を延ばす."""
    return Decided(outcome="acknowledged" if extend(counter, city, officer, task_id, wanted) else "pending")


# --- use cases --------------------------------------------------------------------------------------------------------


def hold(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, wanted: HoldWanted) -> int:
    """保留: the task stays the officer's until then. Raises Problem hold_too_long, task_taken, task_closed."""
    today = datetime.now(UTC).astimezone(calendar.JAPAN).date()
    if not 0 <= (wanted.until - today).days <= LONGEST_HOLD:
        raise problem("hold_too_long")
    until = datetime.combine(wanted.until, time.max, calendar.JAPAN)
    return _held(counter, city, officer, task_id, wanted.version, until, wanted.reason)


def resume(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, version: int) -> int:
    """保留の解除. Raises Problem task_taken, task_closed."""
    return _held(counter, city, officer, task_id, version, None, None)


def extend(
    counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, wanted: ExtensionWanted
) -> bool:  # fmt: skip
    """延長: command row first, then the Update. False: taken in, the case will know of it. Raises Problem."""
    closed = counter.closed(city)
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        if "extend" in commands.pending(connection, row.receipt_number):
            raise problem("extension_pending")
        require_open(row, tasks.touch(connection, task_id, wanted.version, officer.account_id))
        deeming = _deeming(counter, connection, row, wanted.statutory_days, closed)
        due_at = calendar.due_at(row.due_at, wanted.business_days, closed)
        _require_sensible(due_at, deeming.at if deeming else row.deemed_at)
        payload = {
            "task_id": str(task_id),
            "step": row.step,
            "remind_at": calendar.due_at(row.due_at, wanted.business_days - REMIND_BEFORE, closed).isoformat(),
            "due_at": due_at.isoformat(),
            "deeming": deeming.model_dump(mode="json") if deeming else None,
            **in_place_of(officer, row),
        }
        command = commands.write(connection, city, row.receipt_number, "extend", payload)
        law_moves = (row.deemed_at, deeming.at) if deeming else (None, None)
        decisions.extend(
            connection, command.id, row.receipt_number, due=(row.due_at, due_at), deemed=law_moves,
            reason=wanted.reason, by=officer.account_id,
        )  # fmt: skip
    return counter.tell(command)


def _deeming(
    counter: Counter, connection: Connection, row: TaskRow, days: int, closed: Collection[date]
) -> Deeming | None:
    """法定の期間の延長: as far as the law lets the city go, all extensions together. Raises Problem."""
    if days == 0:
        return None
    declared = counter.library.version(row.procedure, row.procedure_version).deemed
    if declared is None or row.deemed_at is None:
        raise problem("no_statutory_extension")
    _, deemed = declared
    before = decisions.extensions(connection, row.receipt_number)
    spent = sum(
        (each.deemed_after - each.deemed_before).days for each in before if each.deemed_after and each.deemed_before
    )
    if spent + days > deemed.longest_extension_days:
        raise problem("no_statutory_extension")
    return Deeming.of(deemed, row.deemed_at + timedelta(days=days), closed)


def _require_sensible(due_at: datetime, law_decides_at: datetime | None) -> None:
    if due_at <= datetime.now(UTC):
        raise problem("extended_into_the_past")
    if law_decides_at is not None and due_at >= law_decides_at:
        raise problem("extended_past_the_law")


def _held(
    counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, version: int,
    until: datetime | None, reason: str | None,
) -> int:  # fmt: skip
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        held = tasks.hold(connection, task_id, version, officer.account_id, until=until, reason=reason)
        action = "task_held" if until else "task_resumed"
        say(connection, officer, row, action, {"until": until.date().isoformat()} if until else {})
        return require_open(row, held)

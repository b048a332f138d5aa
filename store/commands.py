"""指令: what a workflow is to be told, written before it is told. The row's id is the update id.

A relay sends again whatever was committed but not acknowledged; a workflow takes the same id in once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Connection, Uuid, any_, case, func, insert, literal, null, select, update

from procedures.values import MunicipalityCode, ReceiptNumber
from store.tables import command

CommandKind = Literal[
    "start",
    "decide",
    "confirm_payment",
    "reopen_payment",
    "correct",
    "extend",
    "withdraw",
    "dispute",
    "retry_now",
    "recall",
    "go_back",
    "settle",
    "hold",
    "resume",
    "terminate",
    "rerun",
    "adopt_version",
]

FIRST_RESEND = timedelta(seconds=5)
"""The sender itself is given this long before the relay takes the command up."""
LONGEST_PAUSE = timedelta(minutes=5)
CASE_CLOSED = "CaseClosed"
"""What a workflow that is over says to everything."""


@dataclass(frozen=True)
class Command:
    """指令 as stored."""

    id: UUID
    municipality: MunicipalityCode
    receipt_number: ReceiptNumber
    kind: CommandKind
    payload: Mapping[str, object]
    attempts: int
    created_at: datetime | None = None


@dataclass(frozen=True)
class Told:
    """指令の結果: `error` is the validator's type, where it was refused."""

    status: Literal["pending", "acknowledged", "refused"]
    error: str | None


def write(
    connection: Connection,
    municipality: MunicipalityCode,
    receipt_number: ReceiptNumber,
    kind: CommandKind,
    payload: Mapping[str, object],
    command_id: UUID | None = None,
) -> Command:
    """Commit to telling the workflow."""
    row = Command(command_id or uuid4(), municipality, receipt_number, kind, payload, 0)
    connection.execute(
        insert(command).values(
            id=row.id,
            receipt_number=receipt_number,
            kind=kind,
            payload=dict(payload),
            next_attempt_at=func.now() + FIRST_RESEND,
        )
    )
    return row


def due(connection: Connection, limit: int) -> tuple[Command, ...]:
    """Take up to `limit` commands nobody has acknowledged; each is pushed back, so that two relays don't collide."""
    pick = (
        select(command.c.id)
        .where(command.c.status == "pending", command.c.next_attempt_at <= func.now())
        .order_by(command.c.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    pause = func.least(FIRST_RESEND * func.power(2, command.c.attempts), LONGEST_PAUSE)
    statement = (
        update(command)
        .where(command.c.id.in_(pick))
        .values(attempts=command.c.attempts + 1, next_attempt_at=func.now() + pause)
        .returning(
            command.c.id,
            command.c.municipality,
            command.c.receipt_number,
            command.c.kind,
            command.c.payload,
            command.c.attempts,
            command.c.created_at,
        )
    )
    rows = (Command(**row._mapping) for row in connection.execute(statement))
    return tuple(sorted(rows, key=lambda c: str(c.created_at)))


def acknowledge(connection: Connection, command_id: UUID) -> None:
    connection.execute(
        update(command)
        .where(command.c.id == command_id)
        .values(status="acknowledged", acknowledged_at=func.now(), attempts=command.c.attempts + 1)
    )


def acknowledge_all(connection: Connection, ids: Sequence[UUID]) -> None:
    connection.execute(
        update(command)
        .where(command.c.id == any_(literal(list(ids), ARRAY(Uuid))))
        .values(status="acknowledged", acknowledged_at=func.now(), attempts=command.c.attempts + 1)
    )


def refuse(connection: Connection, command_id: UUID, error: str) -> None:
    """The workflow said no (its validator's words); the relay does not try again.

    One that had taken it in before (`tell_again`) is only not there yet, and is asked again; or over, and it was done.
    """
    before = command.c.acknowledged_at.is_not(None)
    again = "acknowledged" if error == CASE_CLOSED else "pending"
    connection.execute(
        update(command)
        .where(command.c.id == command_id)
        .values(
            status=case((before, again), else_="refused"),
            error=case((before, null()), else_=error),
            acknowledged_at=func.coalesce(command.c.acknowledged_at, func.now()),
        )
    )


def tell_again(connection: Connection, since: datetime) -> int:
    """もう一度告げる: what was acknowledged since, by workflows that may have forgotten it (an older Temporal was
    restored). Those that have not answer as they did; how many there are.
    """
    statement = (
        update(command)
        .where(command.c.status == "acknowledged", command.c.acknowledged_at >= since)
        .values(status="pending", attempts=0, next_attempt_at=func.now())
    )
    return connection.execute(statement).rowcount


def find(connection: Connection, command_id: UUID) -> Told | None:
    """指令の結果; None: there is no such command."""
    row = connection.execute(select(command.c.status, command.c.error).where(command.c.id == command_id)).one_or_none()
    return None if row is None else Told(row.status, row.error)


def newest_by_kind(connection: Connection, receipt_number: ReceiptNumber) -> dict[str, str]:
    """What became of the newest command of each kind: pending, acknowledged or refused."""
    statement = (
        select(command.c.kind, command.c.status)
        .where(command.c.receipt_number == receipt_number)
        .order_by(command.c.created_at)
    )
    return dict(connection.execute(statement).tuples().all())


def of_kind(connection: Connection, receipt_number: ReceiptNumber, kind: CommandKind) -> tuple[UUID, ...]:
    """指令 of a case, of one kind."""
    mine = command.c.receipt_number == receipt_number, command.c.kind == kind
    return tuple(connection.execute(select(command.c.id).where(*mine)).scalars())


def pending(connection: Connection, receipt_number: ReceiptNumber) -> tuple[str, ...]:
    statement = select(command.c.kind).where(command.c.receipt_number == receipt_number, command.c.status == "pending")
    return tuple(connection.execute(statement).scalars())

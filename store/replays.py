"""再生の記録: which cases are asked about, and what was told of each; unknown is never good."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Uuid, func, insert, literal, select, update

from procedures.values import ProcedureId, ReceiptNumber
from store.tables import case_file, officer, replay, replay_case

ReplayOutcome = Literal["deterministic", "would_break", "unknown"]
LONGEST_DETAIL = 2000


@dataclass(frozen=True)
class ReplayScope:
    """再生の範囲: one case, the open cases of a procedure, or (both None) every open case."""

    receipt_number: ReceiptNumber | None = None
    procedure: ProcedureId | None = None


@dataclass(frozen=True)
class ReplayRow:
    """再生 as stored, summed over its cases."""

    id: UUID
    officer_name: str
    scope: ReplayScope
    asked_at: datetime
    finished_at: datetime | None
    total: int
    deterministic: int
    would_break: int
    unknown: int


@dataclass(frozen=True)
class ReplayedCase:
    """再生の一件. Of `would_break`: the event, what the history recorded there and what the program asked for."""

    receipt_number: ReceiptNumber
    outcome: ReplayOutcome
    reason: str | None = None
    event: int | None = None
    recorded_kind: str | None = None
    recorded_name: str | None = None
    came_kind: str | None = None
    came_name: str | None = None
    detail: str = ""


_CASE = tuple(replay_case.c[name] for name in ReplayedCase.__annotations__)


def open_cases(connection: Connection, procedure: str | None = None) -> tuple[ReceiptNumber, ...]:
    """開いている案件, by our own books."""
    scope = ReplayScope(procedure=ProcedureId(procedure) if procedure else None)
    return tuple(ReceiptNumber(row.receipt_number) for row in connection.execute(_open(scope)))


def ask(connection: Connection, account_id: UUID, scope: ReplayScope) -> UUID | None:
    """再生を求める: the cases are written down as they are now. None: there is no such case."""
    if scope.receipt_number is not None and connection.execute(_open(scope)).first() is None:
        return None
    asked = insert(replay).values(account_id=account_id, receipt_number=scope.receipt_number, procedure=scope.procedure)
    replay_id: UUID = connection.execute(asked.returning(replay.c.id)).scalar_one()
    wanted = _open(scope).add_columns(literal(replay_id, Uuid()))
    connection.execute(insert(replay_case).from_select(["receipt_number", "replay_id"], wanted))
    return replay_id


def under_way(connection: Connection, scope: ReplayScope) -> UUID | None:
    """進行中のもの of the same scope: asked again, it stays the only one."""
    found: UUID | None = connection.execute(
        select(replay.c.id).where(
            replay.c.finished_at.is_(None),
            replay.c.receipt_number.is_not_distinct_from(scope.receipt_number),
            replay.c.procedure.is_not_distinct_from(scope.procedure),
        )
    ).scalar()
    return found


def read(connection: Connection, replay_id: UUID) -> ReplayRow | None:
    """再生."""
    row = connection.execute(_summed().where(replay.c.id == replay_id)).one_or_none()
    return None if row is None else _row(row)


def listed(connection: Connection, limit: int) -> tuple[ReplayRow, ...]:
    """再生の記録, the newest first."""
    found = connection.execute(_summed().order_by(replay.c.asked_at.desc(), replay.c.id).limit(limit))
    return tuple(_row(row) for row in found)


def results(connection: Connection, replay_id: UUID, outcome: ReplayOutcome, limit: int) -> tuple[ReplayedCase, ...]:
    """結果 of one kind, by receipt number."""
    found = connection.execute(
        select(*_CASE)
        .where(replay_case.c.replay_id == replay_id, replay_case.c.outcome == outcome)
        .order_by(replay_case.c.receipt_number)
        .limit(limit)
    )
    return tuple(ReplayedCase(**row._mapping) for row in found)


def waiting(connection: Connection, replay_id: UUID, limit: int) -> tuple[ReceiptNumber, ...]:
    """まだのもの."""
    return tuple(
        connection.execute(
            select(replay_case.c.receipt_number)
            .where(replay_case.c.replay_id == replay_id, replay_case.c.outcome.is_(None))
            .order_by(replay_case.c.receipt_number)
            .limit(limit)
        ).scalars()
    )


def settle(connection: Connection, replay_id: UUID, found: ReplayedCase) -> None:
    """一件の結果; what has one keeps it."""
    told = {name: getattr(found, name) for name in ReplayedCase.__annotations__ if name != "receipt_number"}
    connection.execute(
        update(replay_case)
        .where(
            replay_case.c.replay_id == replay_id, replay_case.c.receipt_number == found.receipt_number,
            replay_case.c.outcome.is_(None),
        )
        .values(**told | {"detail": found.detail[:LONGEST_DETAIL]}, done_at=func.now())
    )  # fmt: skip


def finish(connection: Connection, replay_id: UUID) -> None:
    """終わり."""
    connection.execute(
        update(replay).where(replay.c.id == replay_id, replay.c.finished_at.is_(None)).values(finished_at=func.now())
    )


def _open(scope: ReplayScope) -> Select[tuple[str]]:
    """One case whether open or closed; of a procedure only what is open."""
    wanted = select(case_file.c.receipt_number)
    if scope.receipt_number is not None:
        return wanted.where(case_file.c.receipt_number == scope.receipt_number)
    wanted = wanted.where(case_file.c.closed_at.is_(None))
    return wanted if scope.procedure is None else wanted.where(case_file.c.procedure == scope.procedure)


def _summed() -> Select[tuple[object, ...]]:
    counts = [
        func.count().filter(replay_case.c.outcome == each).label(each)
        for each in ("deterministic", "would_break", "unknown")
    ]
    return (
        select(
            replay.c.id, officer.c.name, replay.c.receipt_number, replay.c.procedure, replay.c.asked_at,
            replay.c.finished_at, func.count(replay_case.c.receipt_number).label("total"), *counts,
        )
        .join(officer, officer.c.account_id == replay.c.account_id)
        .outerjoin(replay_case, replay_case.c.replay_id == replay.c.id)
        .group_by(replay.c.id, officer.c.name)
    )  # fmt: skip


def _row(row: Row[tuple[object, ...]]) -> ReplayRow:
    named = dict(row._mapping)
    scope = ReplayScope(named.pop("receipt_number"), named.pop("procedure"))
    return ReplayRow(officer_name=named.pop("name"), scope=scope, **named)

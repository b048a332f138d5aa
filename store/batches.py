"""まとめて行う処理: what officers, administrators and schedules begin for many at once; what fails first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    Connection,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from store.bulks import BULK_KINDS, REPAIR_KINDS
from store.tables import (
    audit_anchor,
    bulk,
    bulk_item,
    data_export,
    replay,
    replay_case,
    retention_run,
    status_list,
    status_run,
)  # fmt: skip

BatchKind = Literal[
    "approve",
    "assign",
    "send_back",
    "message",
    "export",
    "repair",
    "data_export",
    "certificate_check",
    "replay",
    "retention",
    "audit_anchor",
]
"""一括処理 by what is done; data_export: a resident's own data; the last four look after the city's own house."""
BatchState = Literal["running", "paused", "stopped", "finished", "incomplete", "failed"]
"""incomplete: ended, and something could not be found out. failed: ended without a result."""


@dataclass(frozen=True)
class Batch:
    """まとめて行う処理. `failed`: cases refused, or lists that could not be read."""

    id: str
    kind: BatchKind
    state: BatchState
    failing: bool
    started_at: datetime
    finished_at: datetime | None
    total: int | None = None
    done: int | None = None
    failed: int | None = None


@dataclass(frozen=True)
class BatchPlace:
    """続き: the last batch of the page before."""

    failing: bool
    at: datetime
    id: str


def listed(
    connection: Connection, *, kind: BatchKind | None = None, state: BatchState | None = None,
    after: BatchPlace | None = None, limit: int,
) -> tuple[Batch, ...]:  # fmt: skip
    """一覧: what fails first, then the newest. None of these tables is large: an order is given by a person."""
    every = union_all(_orders(), _data_exports(), _checks(), _replays(), _retention_runs(), _anchors()).subquery()
    key = tuple_(every.c.failing, every.c.started_at, every.c.id)
    found = select(every)
    if kind is not None:
        found = found.where(every.c.kind == kind)
    if state is not None:
        found = found.where(every.c.state == state)
    if after is not None:
        found = found.where(key < (after.failing, after.at, after.id))
    page = found.order_by(*(part.desc() for part in key.clauses)).limit(limit)
    return tuple(_with_progress(connection, [Batch(**row._mapping) for row in connection.execute(page)]))


def under_way(connection: Connection) -> frozenset[str]:
    """実行中の処理: the ids of orders and exports that have not ended."""
    orders = select(cast(bulk.c.id, Text)).where(bulk.c.state.in_(("running", "paused", "stopped")))
    exports = select(cast(data_export.c.id, Text)).where(data_export.c.status == "waiting")
    return frozenset(connection.execute(union_all(orders, exports)).scalars())


# --- small things -----------------------------------------------------------------------------------------------------


def _orders() -> Select[Any]:
    return select(
        cast(bulk.c.id, Text).label("id"),
        case((bulk.c.kind.in_(REPAIR_KINDS), "repair"), else_=bulk.c.kind).label("kind"), bulk.c.state.label("state"),
        false().label("failing"), bulk.c.asked_at.label("started_at"), bulk.c.finished_at.label("finished_at"),
    ).where(bulk.c.asked_at.is_not(None))  # fmt: skip


def _data_exports() -> Select[Any]:
    words = {"waiting": "running", "ready": "finished"}
    failed = data_export.c.status == "failed"
    return select(
        cast(data_export.c.id, Text), literal("data_export"),
        case(words, value=data_export.c.status, else_=data_export.c.status), failed,
        data_export.c.requested_at, data_export.c.finished_at,
    )  # fmt: skip


def _checks() -> Select[Any]:
    unread = (
        select(status_list.c.run_id)
        .where(status_list.c.run_id == status_run.c.id, status_list.c.outcome != "checked")
        .exists()
    )
    ended = status_run.c.finished_at.is_not(None)
    state = case((and_(ended, unread), "incomplete"), (ended, "finished"), else_="running")
    doubtful = select(status_list.c.run_id).where(
        status_list.c.run_id == status_run.c.id, status_list.c.outcome == "unknown"
    )
    failing = or_(and_(ended, unread), doubtful.exists())
    return select(
        status_run.c.id, literal("certificate_check"), state, failing, status_run.c.started_at,
        status_run.c.finished_at,
    )  # fmt: skip


def _replays() -> Select[Any]:
    would_break = (
        select(replay_case.c.replay_id)
        .where(replay_case.c.replay_id == replay.c.id, replay_case.c.outcome == "would_break")
        .exists()
    )
    state = case((replay.c.finished_at.is_(None), "running"), (would_break, "incomplete"), else_="finished")
    return select(
        cast(replay.c.id, Text), literal("replay"), state, would_break, replay.c.asked_at, replay.c.finished_at
    )  # fmt: skip


def _retention_runs() -> Select[Any]:
    failing = retention_run.c.failed > 0
    state = case((retention_run.c.finished_at.is_(None), "running"), (failing, "incomplete"), else_="finished")
    return select(
        retention_run.c.id, literal("retention"), state, failing, retention_run.c.started_at,
        retention_run.c.finished_at,
    )  # fmt: skip


def _anchors() -> Select[Any]:
    """What the timestamp authority has not stamped yet is asked for again; until then it is late."""
    late = and_(audit_anchor.c.token.is_(None), audit_anchor.c.attempts > 0)
    state = case((audit_anchor.c.stamped_at.is_(None), "running"), else_="finished")
    return select(
        audit_anchor.c.run_id + "/" + cast(audit_anchor.c.number, Text), literal("audit_anchor"), state, late,
        audit_anchor.c.gathered_at, audit_anchor.c.stamped_at,
    )  # fmt: skip


def _with_progress(connection: Connection, found: list[Batch]) -> list[Batch]:
    """進み具合, of this page alone."""
    counts: dict[str, Any] = {}
    for kinds, of in (
        ((*BULK_KINDS, "repair"), _items_of), (("certificate_check",), _lists_of), (("replay",), _replayed_of),
        (("retention",), _purged_of),
    ):  # fmt: skip
        if ids := [each.id for each in found if each.kind in kinds]:
            counts |= {row.id: row for row in connection.execute(of(ids))}
    return [
        Batch(**each.__dict__ | {name: getattr(counts[each.id], name) for name in ("total", "done", "failed")})
        if each.id in counts
        else each
        for each in found
    ]


def _items_of(ids: Collection[str]) -> Any:
    done, refused = (func.count().filter(bulk_item.c.outcome == each) for each in ("done", "refused"))
    return (
        select(cast(bulk_item.c.bulk_id, Text).label("id"), func.count().label("total"), done.label("done"),
               refused.label("failed"))
        .where(bulk_item.c.bulk_id.in_(ids))
        .group_by(bulk_item.c.bulk_id)
    )  # fmt: skip


def _lists_of(ids: Collection[str]) -> Any:
    done, unread = (func.count().filter(status_list.c.outcome == each) for each in ("checked", "unknown"))
    return (
        select(
            status_list.c.run_id.label("id"), func.count().label("total"), done.label("done"), unread.label("failed")
        )
        .where(status_list.c.run_id.in_(ids))
        .group_by(status_list.c.run_id)
    )


def _replayed_of(ids: Collection[str]) -> Any:
    done = func.count().filter(replay_case.c.outcome == "deterministic")
    broken = func.count().filter(replay_case.c.outcome.in_(("would_break", "unknown")))
    return (
        select(cast(replay_case.c.replay_id, Text).label("id"), func.count().label("total"), done.label("done"),
               broken.label("failed"))
        .where(replay_case.c.replay_id.in_(ids))
        .group_by(replay_case.c.replay_id)
    )  # fmt: skip


def _purged_of(ids: Collection[str]) -> Any:
    total = (retention_run.c.due - retention_run.c.held).label("total")
    counts = retention_run.c.purged.label("done"), retention_run.c.failed.label("failed")
    return select(retention_run.c.id, total, *counts).where(retention_run.c.id.in_(ids))

"""一括処理: what was asked for many cases, how far it has come, and what became of each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from procedures.values import ReceiptNumber
from store.inbox import of_duties
from store.people import Duty
from store.tables import bulk, bulk_item, command, task

BulkKind = Literal["approve", "assign", "send_back", "message", "export"]
"""承認, 割当, 差戻し, メッセージ, 書き出し."""
RepairKind = Literal["go_back", "pass_over", "answer", "hold", "resume", "terminate", "rerun", "adopt_version"]
"""修復 (store/repairs.py): やり直し, 飛越し, 手による記録, 保留, 再開, 打切り, 再実行, 新しい版へ."""
BULK_KINDS: tuple[BulkKind, ...] = get_args(BulkKind)
REPAIR_KINDS: tuple[RepairKind, ...] = get_args(RepairKind)
BulkState = Literal["planned", "running", "paused", "stopped", "finished"]
"""planned: looked at, not asked yet. stopped: what was not begun is not done; it ends as finished."""
ItemOutcome = Literal["done", "refused", "sent"]
"""sent: the decision is written, the case has not answered yet."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class BulkRow:
    """一括処理 as stored; `said` is what the officer wrote for it."""

    id: UUID
    account_id: UUID
    kind: BulkKind
    said: Mapping[str, object]
    state: BulkState
    planned_at: datetime
    asked_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class BulkItem:
    """一括処理の一件: the task in the version that was seen. `id` names its effect: a command or a message."""

    position: int
    id: UUID
    task_id: UUID
    receipt_number: ReceiptNumber
    version: int
    outcome: ItemOutcome | None
    reason: str | None


@dataclass(frozen=True)
class Progress:
    """進み具合: how many of all."""

    total: int
    done: int
    refused: int
    sent: int

    @property
    def waiting(self) -> int:
        return self.total - self.done - self.refused - self.sent


_BULK = tuple(bulk.c[name] for name in BulkRow.__annotations__)
_ITEM = tuple(bulk_item.c[name] for name in BulkItem.__annotations__)


def plan(
    connection: Connection, account_id: UUID, kind: BulkKind, task_ids: Sequence[UUID], duties: Collection[Duty]
) -> tuple[UUID, int]:
    """下ごしらえ: the open tasks of these duties among them, in the order given; its id and how many they are."""
    found = connection.execute(
        select(task.c.id, task.c.receipt_number, task.c.version).where(
            task.c.id.in_(task_ids), task.c.closed_at.is_(None), of_duties(duties)
        )
    )
    seen = {row.id: row for row in found}
    bulk_id: UUID = connection.execute(
        insert(bulk).values(account_id=account_id, kind=kind).returning(bulk.c.id)
    ).scalar_one()
    rows = [
        {"bulk_id": bulk_id, "position": position, "task_id": row.id, "receipt_number": row.receipt_number,
         "version": row.version}
        for position, row in enumerate(seen[each] for each in dict.fromkeys(task_ids) if each in seen)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(bulk_item), rows)
    return bulk_id, len(rows)


def read(
    connection: Connection, bulk_id: UUID, account_id: UUID | None = None, *, lock: bool = False
) -> BulkRow | None:
    """一括処理; only of `account_id` where given."""
    statement = select(*_BULK).where(bulk.c.id == bulk_id, bulk.c.kind.in_(BULK_KINDS))
    if account_id is not None:
        statement = statement.where(bulk.c.account_id == account_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else BulkRow(**row._mapping)


def of_officer(connection: Connection, account_id: UUID, limit: int) -> tuple[tuple[BulkRow, Progress], ...]:
    """一括処理の記録, the newest first; what was only looked at is left out."""
    counts = [func.count(bulk_item.c.position).label("total")]
    counts += [func.count().filter(bulk_item.c.outcome == each).label(each) for each in ("done", "refused", "sent")]
    found = connection.execute(
        select(*_BULK, *counts)
        .outerjoin(bulk_item, bulk_item.c.bulk_id == bulk.c.id)
        .where(bulk.c.account_id == account_id, bulk.c.state != "planned", bulk.c.kind.in_(BULK_KINDS))
        .group_by(bulk.c.id)
        .order_by(bulk.c.planned_at.desc())
        .limit(limit)
    )
    names = tuple(BulkRow.__annotations__)
    return tuple(
        (BulkRow(**{name: row._mapping[name] for name in names}), Progress(row.total, row.done, row.refused, row.sent))
        for row in found
    )


def items(connection: Connection, bulk_id: UUID, first: int = 0, count: int | None = None) -> tuple[BulkItem, ...]:
    """各件, in order; from that position on, so many."""
    statement = select(*_ITEM).where(bulk_item.c.bulk_id == bulk_id, bulk_item.c.position >= first)
    if count is not None:
        statement = statement.where(bulk_item.c.position < first + count)
    return tuple(BulkItem(**row._mapping) for row in connection.execute(statement.order_by(bulk_item.c.position)))


def progress(connection: Connection, bulk_id: UUID) -> Progress:
    """進み具合."""
    done, refused, sent = (func.count().filter(bulk_item.c.outcome == each) for each in ("done", "refused", "sent"))
    row = connection.execute(select(func.count(), done, refused, sent).where(bulk_item.c.bulk_id == bulk_id)).one()
    return Progress(*row)


def begin(connection: Connection, bulk_id: UUID, said: Mapping[str, object]) -> None:
    """始める: from now on it is carried out."""
    connection.execute(
        update(bulk).where(bulk.c.id == bulk_id).values(said=dict(said), state="running", asked_at=func.now())
    )


def show(connection: Connection, bulk_id: UUID, state: BulkState) -> None:
    """状態: as its workflow has it; what has finished stays so."""
    ended = {"finished_at": func.now()} if state == "finished" else {}
    connection.execute(
        update(bulk).where(bulk.c.id == bulk_id, bulk.c.state != "finished").values(state=state, **ended)
    )


def settle(
    connection: Connection, bulk_id: UUID, position: int, outcome: ItemOutcome, reason: str | None = None
) -> None:
    """一件の結果; what has one keeps it."""
    connection.execute(
        update(bulk_item)
        .where(bulk_item.c.bulk_id == bulk_id, bulk_item.c.position == position, bulk_item.c.outcome.is_(None))
        .values(outcome=outcome, reason=reason, done_at=func.now())
    )


def answered(connection: Connection, bulk_id: UUID) -> int:
    """返答: takes over what the cases have answered since; how many still have not."""
    connection.execute(
        update(bulk_item)
        .where(
            bulk_item.c.bulk_id == bulk_id, bulk_item.c.outcome == "sent", bulk_item.c.id == command.c.id,
            command.c.status == "acknowledged",
        )
        .values(outcome="done", done_at=func.now())
    )  # fmt: skip
    connection.execute(
        update(bulk_item)
        .where(
            bulk_item.c.bulk_id == bulk_id, bulk_item.c.outcome == "sent", bulk_item.c.id == command.c.id,
            command.c.status == "refused",
        )
        .values(outcome="refused", reason=command.c.error, done_at=func.now())
    )  # fmt: skip
    left = select(func.count()).where(bulk_item.c.bulk_id == bulk_id, bulk_item.c.outcome == "sent")
    return int(connection.execute(left).scalar_one())


def unfinished(connection: Connection) -> tuple[tuple[UUID, int], ...]:
    """始まっているはずのもの, with their sizes: of the reconciliation, which starts what nobody started."""
    found = (
        select(bulk.c.id, func.count())
        .join(bulk_item, bulk_item.c.bulk_id == bulk.c.id)
        .where(bulk.c.state.in_(("running", "paused", "stopped")))
        .group_by(bulk.c.id)
    )
    return tuple((row[0], row[1]) for row in connection.execute(found))


def forget_unasked(connection: Connection) -> None:
    """下見だけのもの: looked at a day ago and never asked for."""
    connection.execute(delete(bulk).where(bulk.c.state == "planned", bulk.c.planned_at < func.now() - A_DAY))

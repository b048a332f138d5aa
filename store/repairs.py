"""修復: what one administrator proposes for cases, another signs, and a bulk order (`store/bulks.py`) carries out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from procedures.values import ReceiptNumber, StepId
from store import drafts
from store.bulks import REPAIR_KINDS, ItemOutcome, Progress, RepairKind
from store.drafts import AttachmentRow
from store.tables import (
    bulk,
    bulk_item,
    case_file,
    document,
    effect,
    officer,
    payment,
    points_transaction,
    submission,
    task,
)  # fmt: skip

RepairState = Literal["proposed", "withdrawn", "running", "paused", "stopped", "finished"]


@dataclass(frozen=True)
class RepairRow:
    """修復 as stored; `said`: step, outcome and reason, as they were signed."""

    id: UUID
    account_id: UUID
    kind: RepairKind
    said: Mapping[str, object]
    state: RepairState
    planned_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    finished_at: datetime | None
    asked_by_name: str
    approved_by_name: str | None


@dataclass(frozen=True)
class RepairItem:
    """修復の一件. `id` names its command, so that it happens once."""

    position: int
    id: UUID
    receipt_number: ReceiptNumber
    outcome: ItemOutcome | None
    reason: str | None


@dataclass(frozen=True)
class CaseState:
    """案件の現状, as a repair finds it. `done`: steps with a stored effect; `decided`: levels officers have decided."""

    receipt_number: ReceiptNumber
    procedure: str
    version: int
    status: str
    step: StepId | None
    epoch: int
    closed_at: datetime | None
    done: frozenset[StepId]
    decided: frozenset[StepId]
    kept_yen: int
    documents: int
    awarded: bool


@dataclass(frozen=True)
class Filed:
    """申請内容 as last filed, with its files. `signed`: with a signature, not entered from paper."""

    answers: Mapping[str, object]
    attachments: tuple[AttachmentRow, ...]
    received_at: datetime
    signed: bool


_asker, _approver = officer.alias("asker"), officer.alias("approver")
_OWN = tuple(bulk.c[name] for name in RepairRow.__annotations__ if not name.endswith("_name"))
_ROWS = (
    select(*_OWN, _asker.c.name.label("asked_by_name"), _approver.c.name.label("approved_by_name"))
    .join(_asker, _asker.c.account_id == bulk.c.account_id)
    .outerjoin(_approver, _approver.c.account_id == bulk.c.approved_by)
    .where(bulk.c.kind.in_(REPAIR_KINDS))
)
_ITEM = tuple(bulk_item.c[name] for name in RepairItem.__annotations__)


def propose(
    connection: Connection, account_id: UUID, kind: RepairKind, said: Mapping[str, object],
    cases: Sequence[ReceiptNumber],
) -> UUID:  # fmt: skip
    """起案: nothing happens before another administrator has signed."""
    asked = insert(bulk).values(account_id=account_id, kind=kind, said=dict(said), state="proposed")
    repair_id: UUID = connection.execute(asked.returning(bulk.c.id)).scalar_one()
    rows = [
        {"bulk_id": repair_id, "position": position, "receipt_number": number}
        for position, number in enumerate(dict.fromkeys(cases))
    ]
    connection.execute(insert(bulk_item), rows)
    return repair_id


def read(connection: Connection, repair_id: UUID, *, lock: bool = False) -> RepairRow | None:
    statement = _ROWS.where(bulk.c.id == repair_id)
    row = connection.execute(statement.with_for_update(of=bulk) if lock else statement).one_or_none()
    return None if row is None else RepairRow(**row._mapping)


def recent(connection: Connection, limit: int) -> tuple[RepairRow, ...]:
    """修復の記録, the newest first."""
    found = connection.execute(_ROWS.order_by(bulk.c.planned_at.desc()).limit(limit))
    return tuple(RepairRow(**row._mapping) for row in found)


def of_case(connection: Connection, receipt_number: ReceiptNumber, limit: int) -> tuple[RepairRow, ...]:
    """その案件の修復, the newest first."""
    mine = select(bulk_item.c.bulk_id).where(bulk_item.c.receipt_number == receipt_number)
    found = connection.execute(_ROWS.where(bulk.c.id.in_(mine)).order_by(bulk.c.planned_at.desc()).limit(limit))
    return tuple(RepairRow(**row._mapping) for row in found)


def approve(connection: Connection, repair_id: UUID, account_id: UUID) -> None:
    """承認: from now on it is carried out. The table refuses a signature of whoever asked."""
    signed = {"approved_by": account_id, "approved_at": func.now(), "asked_at": func.now(), "state": "running"}
    connection.execute(update(bulk).where(bulk.c.id == repair_id, bulk.c.state == "proposed").values(**signed))


def withdraw(connection: Connection, repair_id: UUID) -> bool:
    """取下げ・不承認. False where it is carried out already."""
    ended = update(bulk).where(bulk.c.id == repair_id, bulk.c.state == "proposed")
    return connection.execute(ended.values(state="withdrawn", finished_at=func.now())).rowcount == 1


def items(connection: Connection, repair_id: UUID, first: int = 0, count: int | None = None) -> tuple[RepairItem, ...]:
    """各件, in order; from that position on, so many."""
    statement = select(*_ITEM).where(bulk_item.c.bulk_id == repair_id, bulk_item.c.position >= first)
    if count is not None:
        statement = statement.where(bulk_item.c.position < first + count)
    return tuple(RepairItem(**row._mapping) for row in connection.execute(statement.order_by(bulk_item.c.position)))


def progress_of(connection: Connection, repairs: Collection[UUID]) -> Mapping[UUID, Progress]:
    """進み具合 of several, in one statement."""
    done, refused, sent = (func.count().filter(bulk_item.c.outcome == each) for each in ("done", "refused", "sent"))
    counted = select(bulk_item.c.bulk_id, func.count(), done, refused, sent).where(bulk_item.c.bulk_id.in_(repairs))
    return {row[0]: Progress(*row[1:]) for row in connection.execute(counted.group_by(bulk_item.c.bulk_id))}


def states(connection: Connection, numbers: Collection[ReceiptNumber]) -> Mapping[ReceiptNumber, CaseState]:
    """現状 of these cases, in one statement."""
    here = case_file.c.receipt_number
    done = select(func.array_agg(effect.c.step.distinct())).where(effect.c.receipt_number == here)
    decided = select(func.array_agg(task.c.step.distinct())).where(
        task.c.receipt_number == here, task.c.decided_by.is_not(None)
    )
    kept = select(func.coalesce(func.sum(payment.c.amount - payment.c.refunded), 0)).where(
        payment.c.receipt_number == here, payment.c.status == "paid"
    )
    valid = select(func.count()).where(document.c.receipt_number == here, document.c.revoked_at.is_(None))
    awards = select(func.count().filter(points_transaction.c.kind == "award")).where(
        points_transaction.c.receipt_number == here
    )
    reversals = select(func.count().filter(points_transaction.c.kind == "reversal")).where(
        points_transaction.c.receipt_number == here
    )
    parts = {"done": done, "decided": decided, "kept": kept, "valid": valid, "awards": awards, "reversals": reversals}
    own = (case_file.c[name] for name in
           ("receipt_number", "procedure", "version", "status", "step", "epoch", "closed_at"))  # fmt: skip
    found = connection.execute(
        select(*own, *(part.scalar_subquery().label(name) for name, part in parts.items())).where(here.in_(numbers))
    )
    return {
        row.receipt_number: CaseState(
            row.receipt_number, row.procedure, row.version, row.status, row.step, row.epoch, row.closed_at,
            frozenset(row.done or ()), frozenset(row.decided or ()), int(row.kept), row.valid,
            row.awards > row.reversals,
        )
        for row in found
    }  # fmt: skip


def filed(connection: Connection, numbers: Collection[ReceiptNumber]) -> Mapping[ReceiptNumber, Filed]:
    """申請内容 of these cases, in two statements."""
    signed = submission.alias("signed")
    newest = (
        select(
            submission.c.receipt_number, submission.c.answers, submission.c.draft_id, case_file.c.received_at,
            signed.c.cms.is_not(None).label("signed"),
        )
        .join(case_file, case_file.c.receipt_number == submission.c.receipt_number)
        .join(
            signed,
            (signed.c.receipt_number == submission.c.receipt_number)
            & (signed.c.revision == func.coalesce(submission.c.follows, submission.c.revision)),
        )
        .where(submission.c.receipt_number.in_(numbers))
        .order_by(submission.c.receipt_number, submission.c.revision.desc())
        .distinct(submission.c.receipt_number)
    )  # fmt: skip
    rows = connection.execute(newest).all()
    files = drafts.attachments_by_draft(connection, [row.draft_id for row in rows])
    return {
        row.receipt_number: Filed(row.answers, files.get(row.draft_id, ()), row.received_at, row.signed)
        for row in rows
    }  # fmt: skip

"""ポイント: a double-entry ledger. Every transaction moves points between two accounts and sums to zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, exists, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.values import PersonId, Points, ReceiptNumber
from store.tables import points_posting, points_transaction

AWARDS: Literal["awards"] = "awards"
"""付与原資: the city's side of every award."""
RESIDENTS: Literal["residents"] = "residents"
"""住民残高: the resident's side; its postings carry the account."""

_other = points_transaction.alias("other")


@dataclass(frozen=True)
class PointsRow:
    """ポイントの一行."""

    programme: str
    kind: Literal["award", "reversal"]
    points: Points
    booked_at: datetime
    receipt_number: ReceiptNumber


def award(
    connection: Connection,
    *,
    receipt_number: ReceiptNumber,
    programme: str,
    person_id: PersonId,
    account_id: UUID,
    points: Points,
) -> bool:
    """付与: once per programme and person. False where this person has it already."""
    earlier_reversals = (
        select(func.count())
        .where(_other.c.programme == programme, _other.c.person_id == person_id, _other.c.kind == "reversal")
        .scalar_subquery()
    )
    statement = (
        upsert(points_transaction)
        .values(
            receipt_number=receipt_number,
            programme=programme,
            person_id=person_id,
            kind="award",
            sequence=earlier_reversals,
        )
        .on_conflict_do_nothing()
    )
    transaction_id = connection.execute(statement.returning(points_transaction.c.id)).scalar_one_or_none()
    if transaction_id is None:
        return False
    _post(connection, transaction_id, account_id, points)
    return True


def reverse(connection: Connection, receipt_number: ReceiptNumber) -> Points:
    """取消し: book back what this case awarded. The points reversed; 0 where there was nothing (left) to reverse."""
    reversal = points_transaction.alias("reversal")
    awarded = (
        select(
            points_transaction.c.id,
            points_transaction.c.programme,
            points_transaction.c.person_id,
            points_transaction.c.sequence,
            points_posting.c.account_id,
            points_posting.c.points,
        )
        .join(points_posting, points_posting.c.transaction_id == points_transaction.c.id)
        .where(
            points_transaction.c.receipt_number == receipt_number,
            points_transaction.c.kind == "award",
            points_posting.c.ledger_account == RESIDENTS,
            ~exists().where(reversal.c.reverses == points_transaction.c.id),
        )
    )
    total = 0
    for row in connection.execute(awarded).all():
        statement = insert(points_transaction).values(
            receipt_number=receipt_number,
            programme=row.programme,
            person_id=row.person_id,
            kind="reversal",
            reverses=row.id,
            sequence=row.sequence,
        )
        transaction_id: UUID = connection.execute(statement.returning(points_transaction.c.id)).scalar_one()
        _post(connection, transaction_id, row.account_id, Points(-row.points))
        total += row.points
    return Points(total)


def _post(connection: Connection, transaction_id: UUID, account_id: UUID, points: Points) -> None:
    rows: Sequence[dict[str, object]] = [
        {"ledger_account": AWARDS, "account_id": None, "points": -points},
        {"ledger_account": RESIDENTS, "account_id": account_id, "points": points},
    ]
    connection.execute(insert(points_posting).values([{"transaction_id": transaction_id, **row} for row in rows]))


def lines(connection: Connection, account_id: UUID) -> tuple[PointsRow, ...]:
    """通帳: the newest first; the balance is their sum."""
    statement = (
        select(
            points_transaction.c.programme,
            points_transaction.c.kind,
            points_posting.c.points,
            points_transaction.c.booked_at,
            points_transaction.c.receipt_number,
        )
        .join(
            points_transaction,
            points_transaction.c.id == points_posting.c.transaction_id,
        )
        .where(points_posting.c.account_id == account_id)
        .order_by(points_transaction.c.booked_at.desc())
    )
    return tuple(PointsRow(**row._mapping) for row in connection.execute(statement))

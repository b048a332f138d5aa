"""保存の継続: cases that stay although their retention is over, who says so and why, and for how long it was so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Select, func, insert, select, update

from procedures.values import ReceiptNumber
from store.tables import legal_hold, officer


@dataclass(frozen=True)
class HoldRow:
    """保存の継続 as stored; `lifted_at`: None while it lasts."""

    receipt_number: ReceiptNumber
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None
    lifted_reason: str | None


def place(connection: Connection, receipt_number: ReceiptNumber, officer_id: UUID, reason: str) -> bool:
    """続ける; the case is to be locked (`cases.read`) before. False: it is held already."""
    if is_held(connection, receipt_number):
        return False
    values = {"receipt_number": receipt_number, "reason": reason, "placed_by": officer_id}
    connection.execute(insert(legal_hold).values(**values))
    return True


def lift(connection: Connection, receipt_number: ReceiptNumber, officer_id: UUID, reason: str) -> bool:
    """解く. False: it was not held."""
    mine = legal_hold.c.receipt_number == receipt_number, legal_hold.c.lifted_at.is_(None)
    values = {"lifted_by": officer_id, "lifted_at": func.now(), "lifted_reason": reason}
    return bool(connection.execute(update(legal_hold).where(*mine).values(**values)).rowcount)


def is_held(connection: Connection, receipt_number: ReceiptNumber) -> bool:
    """保存を続けているか否か."""
    mine = legal_hold.c.receipt_number == receipt_number, legal_hold.c.lifted_at.is_(None)
    return connection.execute(select(legal_hold.c.id).where(*mine)).first() is not None


def of_case(connection: Connection, receipt_number: ReceiptNumber) -> tuple[HoldRow, ...]:
    """保存の継続 of a case, the newest first."""
    found = _rows().where(legal_hold.c.receipt_number == receipt_number).order_by(legal_hold.c.placed_at.desc())
    return tuple(HoldRow(**row._mapping) for row in connection.execute(found))


def placed(connection: Connection, limit: int) -> tuple[HoldRow, ...]:
    """保存を続けている案件, the newest first."""
    found = _rows().where(legal_hold.c.lifted_at.is_(None)).order_by(legal_hold.c.placed_at.desc()).limit(limit)
    return tuple(HoldRow(**row._mapping) for row in connection.execute(found))


def _rows() -> Select[tuple[object, ...]]:
    placing, lifting = officer.alias("placing"), officer.alias("lifting")
    return (
        select(
            legal_hold.c.receipt_number, legal_hold.c.reason, placing.c.name.label("placed_by"),
            legal_hold.c.placed_at, lifting.c.name.label("lifted_by"), legal_hold.c.lifted_at,
            legal_hold.c.lifted_reason,
        )
        .join(placing, placing.c.account_id == legal_hold.c.placed_by)
        .outerjoin(lifting, lifting.c.account_id == legal_hold.c.lifted_by)
    )  # fmt: skip

"""用件: what waits for a resident, and what a resident left open; one statement each for the first page after login."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from procedures.values import ProcedureId, ReceiptNumber
from store.drafts import is_open
from store.tables import audit, case_file, draft, message


@dataclass(frozen=True)
class WaitingRow:
    """用件: one case that waits for its resident: a payment, a correction, or messages not read yet."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    status: str
    suspended_at: datetime | None
    payment_opened_at: datetime | None
    """When the first payment page of this round was opened: another page does not prolong the term."""
    unread: int
    """Messages of officers not opened yet."""


@dataclass(frozen=True)
class OpenDraftRow:
    """書きかけ: a draft with the moment it was last saved; no answers."""

    id: UUID
    procedure: ProcedureId
    version: int
    corrects: ReceiptNumber | None
    updated_at: datetime


def waiting(connection: Connection, account_id: UUID) -> tuple[WaitingRow, ...]:
    """用件: the oldest first. A closed case waits only where a message was not read."""
    unread = (
        select(func.count())
        .where(
            message.c.receipt_number == case_file.c.receipt_number,
            message.c.author == "officer",
            message.c.read_at.is_(None),
        )
        .scalar_subquery()
    )
    earlier = audit.alias()
    corrected = select(func.coalesce(func.max(earlier.c.seq), 0)).where(
        earlier.c.receipt_number == audit.c.receipt_number, earlier.c.action == "corrected"
    )
    opened = (
        select(func.min(audit.c.at))
        .where(
            audit.c.receipt_number == case_file.c.receipt_number,
            audit.c.action == "payment_opened",
            audit.c.seq > corrected.scalar_subquery(),
        )
        .scalar_subquery()
    )
    statement = (
        select(
            case_file.c.receipt_number, case_file.c.procedure, case_file.c.version, case_file.c.status,
            case_file.c.suspended_at, opened.label("payment_opened_at"), unread.label("unread"),
        )
        .where(
            case_file.c.account_id == account_id,
            case_file.c.status.in_(("awaiting_payment", "awaiting_correction")) | (unread > 0),
        )
        .order_by(case_file.c.received_at)
    )  # fmt: skip
    return tuple(WaitingRow(**row._mapping) for row in connection.execute(statement))


def open_drafts(connection: Connection, account_id: UUID) -> tuple[OpenDraftRow, ...]:
    """書きかけ, the one saved last first."""
    statement = (
        select(draft.c.id, draft.c.procedure, draft.c.version, draft.c.corrects, draft.c.updated_at)
        .where(draft.c.account_id == account_id, is_open())
        .order_by(draft.c.updated_at.desc())
    )
    return tuple(OpenDraftRow(**row._mapping) for row in connection.execute(statement))

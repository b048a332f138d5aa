"""利用者登録の抹消: what goes when a person leaves the counter, and what has to be settled before."""

from uuid import UUID

from sqlalchemy import Connection, delete, func, select, text, update

from procedures.values import ReceiptNumber
from store import drafts, exports
from store.objects import Objects
from store.tables import (
    account,
    attachment,
    case_file,
    contact,
    draft,
    idempotency_key,
    notice_delivery,
    push_subscription,
)


def open_cases(connection: Connection, account_id: UUID, but: ReceiptNumber | None = None) -> int:
    """進行中の案件: how many cases of this account are not closed, `but` this one."""
    statement = select(func.count()).where(case_file.c.account_id == account_id, case_file.c.closed_at.is_(None))
    found: int = connection.execute(statement.where(case_file.c.receipt_number != (but or ""))).scalar_one()
    return found


def close(connection: Connection, account_id: UUID, objects: Objects) -> None:
    """抹消 (`hold_account` it before): all but the cases and the points goes.

    Objects are discarded before the rows that name them are gone for good: after a crash in between all of it is done
    again, and nothing is left that nobody names.
    """
    connection.execute(update(account).where(account.c.id == account_id).values(closed_at=func.now()))
    for key in _forget_drafts(connection, account_id):
        objects.discard(key)
    for export in exports.forget_all(connection, account_id):
        exports.discard_files(objects, export)
    for table in (contact, push_subscription, idempotency_key):
        connection.execute(delete(table).where(table.c.account_id == account_id))
    unsent = notice_delivery.c.account_id == account_id, notice_delivery.c.status == "waiting"
    connection.execute(update(notice_delivery).where(*unsent).values(status="cancelled"))
    connection.execute(text("select forget_account(:closed)"), {"closed": account_id})


def _forget_drafts(connection: Connection, account_id: UUID) -> list[str]:
    """Drafts that never became a case; a file that a case holds too is left alone."""
    unfiled = select(draft.c.id).where(draft.c.account_id == account_id, draft.c.receipt_number.is_(None))
    gone = delete(attachment).where(attachment.c.draft_id.in_(unfiled)).returning(attachment.c.object_key)
    keys = set(connection.execute(gone).scalars())
    connection.execute(delete(draft).where(draft.c.id.in_(unfiled)))
    return sorted(key for key in keys if not drafts.names_object(connection, key))

"""利用者: what goes when a person leaves the counter, and what comes along when two accounts turn out to be one."""

from uuid import UUID

from sqlalchemy import Connection, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.values import ReceiptNumber
from store import drafts, exports
from store.objects import Objects
from store.tables import (
    account,
    attachment,
    case_file,
    contact,
    credential,
    data_export,
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
    _forget(connection, account_id)
    connection.execute(text("select forget_account(:closed)"), {"closed": account_id})


def join(connection: Connection, empty: UUID, kept: UUID) -> None:
    """統合: what belongs to the holder of an `empty` account (`credentials.is_empty`) comes to the one that is `kept`.

    Nothing happens while a certificate still logs in there. Browsers and finished exports come along, and a verified
    address where there is none yet; the wishes about notices are those of the kept account, if it has any. An address
    that waits for its code is asked for again: the code was made for the other account. An export still being made is
    finished where it was asked for, and asked for again: there was nothing in it.
    """
    used = select(credential.c.id).where(credential.c.account_id == empty, credential.c.suspended_at.is_(None)).limit(1)
    if connection.execute(used).scalar_one_or_none() is not None:
        return
    for table, which in ((push_subscription, literal(True)), (data_export, data_export.c.status != "waiting")):
        connection.execute(update(table).where(table.c.account_id == empty, which).values(account_id=kept))
    _bring_address(connection, empty, kept)
    _forget(connection, empty)


def _bring_address(connection: Connection, empty: UUID, kept: UUID) -> None:
    address = ("email", "verified_at", "bounced_at", "bounce")
    names = (*address, "language", "muted")
    verified = contact.c.account_id == empty, contact.c.email.is_not(None)
    brought = select(literal(kept), *(contact.c[name] for name in names)).where(*verified)
    statement = upsert(contact).from_select(["account_id", *names], brought)
    here = {name: statement.excluded[name] for name in address}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[contact.c.account_id], set_=here, where=contact.c.email.is_(None)
        )
    )


def _forget(connection: Connection, account_id: UUID) -> None:
    """Where it is told, what the API answered, and what waits to be sent."""
    for table in (contact, push_subscription, idempotency_key):
        connection.execute(delete(table).where(table.c.account_id == account_id))
    unsent = notice_delivery.c.account_id == account_id, notice_delivery.c.status == "waiting"
    connection.execute(update(notice_delivery).where(*unsent).values(status="cancelled"))


def _forget_drafts(connection: Connection, account_id: UUID) -> list[str]:
    """Drafts that never became a case; a file that a case holds too is left alone."""
    unfiled = select(draft.c.id).where(draft.c.account_id == account_id, draft.c.receipt_number.is_(None))
    gone = delete(attachment).where(attachment.c.draft_id.in_(unfiled)).returning(attachment.c.object_key)
    keys = set(connection.execute(gone).scalars())
    connection.execute(delete(draft).where(draft.c.id.in_(unfiled)))
    return sorted(key for key in keys if not drafts.names_object(connection, key))

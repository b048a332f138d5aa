"""期限カレンダーの購読: an address with a secret in it, of which only the hash is kept; one for each officer."""

from uuid import UUID

from sqlalchemy import Connection, select, update

from store.people import Duty
from store.tables import officer, officer_duty


def open_feed(connection: Connection, account_id: UUID, token_hash: bytes | None) -> None:
    """購読の宛先: from now on this one; None: none."""
    connection.execute(update(officer).where(officer.c.account_id == account_id).values(calendar_hash=token_hash))


def duties_of_feed(connection: Connection, token_hash: bytes) -> frozenset[Duty]:
    """事務分掌 of whose address it is, as they are today; none where it is nobody's."""
    found = (
        select(officer_duty.c.department, officer_duty.c.function)
        .join(officer, officer.c.account_id == officer_duty.c.account_id)
        .where(officer.c.calendar_hash == token_hash)
    )
    return frozenset(Duty(*row) for row in connection.execute(found))
